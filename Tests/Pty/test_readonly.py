"""Read-only: a tour of every key, with the server itself as witness; and the same keys with dialogs that nobody confirms."""

import json
import threading
import time

import redis

import seeds
from amounts import amount, seeded
from deadline import until
from ptyconsole import ALONE, ENTER, ESCAPE, ConsoleTest
from places import needed, redis_url

RQ, SIDEKIQ, DRAMATIQ, CELERY, RESULTS = 1, 2, 3, 4, 12
#: Keys that leave the console, or would hold the tour up.
LEFT_OUT = "q:"
#: Change something without being marked as writes. MONITOR does not show scripts, but each command in them.
OTHERS = {"PUBLISH", "SPUBLISH", "SCRIPT", "FUNCTION", "FCALL", "CONFIG", "DEBUG", "MULTI", "SWAPDB", "SHUTDOWN", "ACL"}


class Witness:
    """MONITOR on a connection of its own: every command that any client sends, but the tests' own."""

    def __init__(self, port=None):
        self.client = redis.Redis(port=port or int(needed("OPSCONSOLE_TEST_REDIS_PORT")), client_name="witness")
        self.commands = []
        self.writes = OTHERS | {name.upper() for name, facts in self.client.command().items() if "write" in facts["flags"]}
        if not {"RPUSH", "SET", "ZREM"} <= self.writes:
            raise AssertionError("the witness is blind: the server does not say which commands write")
        self.monitor = self.client.monitor().__enter__()
        self.isRunning = True
        self.thread = threading.Thread(target=self._listen, daemon=True)
        self.thread.start()

    def _listen(self):
        try:
            for command in self.monitor.listen():
                self.commands.append(command["command"])
        except (redis.ConnectionError, ValueError, OSError):
            pass

    def end(self):
        """All that came until now: a word of our own, behind it, is waited for."""
        word = f"the-witness-ends-{id(self)}"
        self.client.echo(word)
        until(lambda: any(word in command for command in list(self.commands)), what="the witness is deaf")
        self.commands = [command for command in self.commands if word not in command]
        self.monitor.connection.disconnect()
        self.thread.join(2)
        return self.commands

    def offences(self):
        """Commands that change something, or could."""
        return [line for line in self.end() if line.split(" ", 1)[0].upper() in self.writes]


def everything_dead():
    """Something dead in each system, so that every panel has rows to act on."""
    rq = seeds.cleared(RQ)
    for number in range(5):
        rq.hset(f"rq:job:{number}", mapping={"status": "failed", "origin": "default", "description": f"a.b({number})", "data": b"x",
                                             "created_at": seeds.stamp(60), "ended_at": seeds.stamp(50)})
        rq.zadd("rq:failed:default", {str(number): time.time() + 9000})
    rq.sadd("rq:queues", "rq:queue:default")
    seeds.rq_worker(rq, b"w1", b"default", job=b"1", state="busy")
    rq.zadd("rq:wip:default", {"1:x": time.time() + 900})
    sidekiq = seeds.cleared(SIDEKIQ)
    sidekiq.sadd("queues", "default")
    sidekiq.zadd("dead", {json.dumps({"class": "Charge", "queue": "default", "args": [1], "jid": "0" * 24, "error_class": "E"}): 1795000000})
    dramatiq = seeds.cleared(DRAMATIQ)
    dramatiq.zadd("dramatiq:q.XQ", {"m": 1795000000000})
    dramatiq.hset("dramatiq:q.XQ.msgs", "m", json.dumps({"actor_name": "a", "message_id": "m", "args": [1], "kwargs": {}, "options": {}}))
    celery, results = seeds.cleared(CELERY), seeds.cleared(RESULTS)
    celery.sadd("_kombu.binding.celery", "celery\x06\x16\x06\x16celery")
    celery.hset("unacked", "t", json.dumps([{"headers": {"id": "x", "task": "a.b"}, "properties": {}}, "", "celery"]))
    celery.zadd("unacked_index", {"t": time.time() - 900})
    results.set("celery-task-meta-1", json.dumps({
        "status": "FAILURE", "result": {"exc_type": "E", "exc_message": ["x"]}, "name": "a.b", "args": [1], "kwargs": {}, "queue": "celery",
        "date_done": seeds.stamp(30)}))


class Tour(ConsoleTest):
    def setUp(self):
        super().setUp()
        everything_dead()

    def configure(self, **top):
        self.home.configure(("orders", "rq", redis_url(RQ)), ("side", "sidekiq", redis_url(SIDEKIQ)), ("drama", "dramatiq", redis_url(DRAMATIQ)),
                            ("mail", "celery", redis_url(CELERY) + f"', results: '{redis_url(RESULTS)}"), **top)

    def consoles(self):
        """One for each panel: they wait at the same time. Small screens, since drawing is most of what a key costs."""
        out = {panel: self.console() for panel in "1234589"}
        for console in out.values():
            console.wait_for("4 fresh")
        return out

    @staticmethod
    def tour(consoles, depths=3):
        """Every printable key in every panel; below it a tenth of them, drawn by lot, and all in a soak. The keys that
        follow answer the dialogs."""
        random = seeded()
        keys = [chr(code) for code in range(0x21, 0x7F) if chr(code) not in LEFT_OUT and not chr(code).isdigit()]
        for depth in range(depths):
            for key in random.sample(keys, amount(len(keys)) if depth else len(keys)):
                for panel, console in consoles.items():
                    console.send(panel)
                    console.send(ENTER * depth)
                    console.send(key)
                for console in consoles.values():
                    console.settle(0.004, most=0.2)
                    console.send(ESCAPE)
                for console in consoles.values():
                    console.until(lambda: console.unread_keys() == 0, what="a console that reads its keys", pause=0.005)
                next(iter(consoles.values())).let_pass(ALONE)

    def leave(self, consoles):
        for console in consoles.values():
            console.escape(3)
            console.send("q")
            self.assertEqual(console.wait_exit(), 0)


class ReadOnly(Tour):
    def test_no_key_writes_and_each_attempt_says_why_not(self):
        self.configure(read_only="true")
        witness = Witness()
        consoles = self.consoles()
        self.tour(consoles)
        console = consoles["3"]
        console.wait_for("READ-ONLY")
        console.escape(3)
        console.press("3", "read-only|orders")
        console.press("R", "read-only")
        for key in "DU":
            console.press(key, "read-only")
        console.press("4", "w1")
        console.press("K", "read-only")
        self.leave(consoles)
        offences = witness.offences()
        self.assertEqual(offences, [])
        self.assertGreater(len(witness.commands), 100, "the witness saw the console")
        self.say(f"{len(witness.commands)} commands of a tour with every key, not one that writes")


class ReadWrite(Tour):
    def test_in_read_write_mode_no_single_key_writes_either(self):
        """A key opens a plan; nothing happens before it is confirmed, and no key of the tour does that in production."""
        self.configure(environment="production")
        witness = Witness()
        consoles = self.consoles()
        self.tour(consoles, depths=2)
        self.leave(consoles)
        # Opening the orphans of Celery asks its workers, which is written down and takes no confirmation.
        asked = ("_kombu.binding.reply.celery.pidbox", "celery.pidbox", "reply.celery.pidbox")
        offences = [line for line in witness.offences() if not any(word in line for word in asked)]
        self.assertEqual(offences, [])
        self.assertGreater(len(witness.commands), 100, "the witness saw the console")
