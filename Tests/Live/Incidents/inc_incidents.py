"""The incidents: how each begins and ends. Those of which a program here has to know are files, see inc_place.py."""

import os

from rq import Queue

import inc_place
from inc_stack import CONSUMERS


class Incidents:
    def __init__(self, system):
        self.system = system
        self.on = []
        self.shell = None  # the forgotten session
        system.stage.undo.append(self.close_transaction)  # else its locks would keep the tables from being dropped
        self.known = {
            "open-transaction": (self.open_transaction, self.close_transaction),
            "dependency": (None, None),
            "blocked-loop": (None, None),
            "redis-killed": (lambda: system.kill("redis"), lambda: system.redis.launch()),
            "consumers-gone": (lambda: system.kill(*CONSUMERS), system.start_consumers),
            "producers-doubled": (None, self.discard_backlog),
            "slow-tasks": (None, lambda: self.withdraw("reports.full_export")),
            "retry-storm": (None, lambda: self.withdraw("payments.refund")),
        }

    def begin(self, name):
        first, _ = self.steps(name)
        if name in self.on:
            raise ValueError(f"{name} has begun already")
        self.flag(name, True)
        if first:
            first()
        self.on.append(name)

    def end(self, name):
        _, last = self.steps(name)
        if name not in self.on:
            raise ValueError(f"{name} has not begun")
        self.flag(name, False)
        if last:
            last()
        self.on.remove(name)

    def steps(self, name):
        if name not in self.known:
            raise ValueError(f"unknown incident: {name}; there are {' '.join(self.known)}")
        return self.known[name]

    def flag(self, name, wanted):
        path = os.path.join(self.system.flags, name)
        if wanted:
            open(path, "w").close()
        elif os.path.exists(path):
            os.remove(path)

    def open_transaction(self):
        """Somebody changes all orders by hand and is called away."""
        self.shell = inc_place.session("admin-shell")
        self.shell.execute("BEGIN")
        self.shell.execute("UPDATE inc_orders SET status = 'on-hold'")

    def close_transaction(self):
        if self.shell is not None:  # it may have been ended in the server, which does no harm
            self.shell.close()

    def discard_backlog(self):
        with inc_place.redis_client(0) as redis:
            Queue("default", connection=redis).empty()

    def withdraw(self, task):
        """Takes the waiting jobs of this task out of the queue."""
        with inc_place.redis_client(0) as redis:
            queue = Queue("default", connection=redis)
            ids = queue.job_ids
            reading = redis.pipeline(transaction=False)
            for job in ids:
                reading.hget(f"rq:job:{job}", "description")
            removing = redis.pipeline(transaction=False)
            for job, description in zip(ids, reading.execute()):
                if description and description.startswith(task.encode()):
                    removing.lrem(queue.key, 1, job)
                    removing.delete(f"rq:job:{job}")
            removing.execute()
