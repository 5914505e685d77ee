"""Whether the incident stack is healthy, and what is swept up after an incident."""

import time
from datetime import datetime, timezone

import psycopg
from redis.exceptions import RedisError
from rq import Queue

import inc_place
from inc_stack import CONSUMERS, REPORTER
from scene_stage import fetch

PATIENCE = 60
CALM = 2.0  # seconds without trouble that count as health
MOST_WAITING = 5
DRAINED = 60  # jobs that the consumers may work off by themselves
BEAT = 15  # seconds; each gets several jobs in that time

LOCKED = """
SELECT count(*) FILTER (WHERE wait_event_type = 'Lock'),
       count(*) FILTER (WHERE xact_start < now() - interval '1 second' AND state <> 'idle')
FROM pg_stat_activity WHERE application_name ~ '^(orders-worker|admin-shell|web-)'"""


class Health:
    def __init__(self):
        self.redis, self.broker = inc_place.redis_client(0), inc_place.redis_client(1)
        self.queues = [Queue(name, connection=self.redis) for name in ("default", "reports")]
        self.suspects = set()

    def calm(self, pause, calm=CALM):
        """Waits until there has been no trouble for so long; what there is, if it does not go. `pause` gives what it waited."""
        deadline = time.monotonic() + PATIENCE
        since, drained = None, False
        while time.monotonic() < deadline:
            try:
                drained = drained or self.drain()
                self.remove_orphans()
                # Swept up only after a look: failures that go on must not be removed before they are seen.
                if trouble := self.trouble():
                    self.empty_failed()
            except (RedisError, psycopg.Error) as error:
                trouble = f"{error}" or type(error).__name__
            now = time.monotonic()
            since = None if trouble else since or now
            if since and now - since >= calm:
                return None
            if not pause(0.25):
                return "standard input has ended"
        return trouble or "healthy for moments only"

    def trouble(self):
        """What is wrong, or None."""
        waiting = [queue.count for queue in self.queues] + [self.broker.llen("celery")]
        if max(waiting) > MOST_WAITING:
            return "{} jobs, {} reports, {} mails wait".format(*waiting)
        if failed := sum(queue.failed_job_registry.get_job_count(cleanup=False) for queue in self.queues):
            return f"{failed} jobs have failed"
        if absent := [name for name in [*CONSUMERS, REPORTER] if not self.beats(name)]:
            return f"no sign of {' '.join(absent)}"
        with inc_place.session("scene") as session:  # closed again: it is no part of the system
            waiters, long = session.execute(LOCKED).fetchone()
        if waiters or long:
            return f"{waiters} sessions wait for locks, {long} transactions are long"
        began = time.monotonic()
        if fetch(f"http://127.0.0.1:{inc_place.port('api')}/orders") is None or time.monotonic() - began > 0.25:
            return "the api is slow"
        return None

    def beats(self, name):
        beat, death = self.redis.hmget(f"rq:worker:{name}", "last_heartbeat", "death")
        if beat is None or death is not None:
            return False
        at = datetime.strptime(beat.decode(), "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=timezone.utc)
        return (datetime.now(timezone.utc) - at).total_seconds() < BEAT

    def drain(self):
        """Once: what would take long to work off is dropped."""
        if self.queues[0].count > DRAINED:
            self.queues[0].empty()
        return True  # mails that wait after an outage are few and quick

    def empty_failed(self):
        removing = self.redis.pipeline(transaction=False)
        for queue in self.queues:
            key = queue.failed_job_registry.key
            for job in self.redis.zrange(key, 0, -1):
                removing.zrem(key, job)
                removing.delete(b"rq:job:" + job, b"rq:results:" + job)
        removing.execute()

    def remove_orphans(self):
        """Jobs that killed workers had taken, which RQ would turn into dead letters minutes later."""
        removing = self.redis.pipeline(transaction=False)
        orphans = self.orphans()
        for key, member in orphans & self.suspects:  # seen twice, so no job that has just been taken
            removing.zrem(key, member) if b":wip:" in key else removing.lrem(key, 1, member)
            job = member.split(b":")[0]
            removing.delete(b"rq:job:" + job, b"rq:executions:" + job)
        self.suspects = orphans
        removing.execute()

    def orphans(self):
        """Jobs that are taken and that no worker works on, as (key, member)."""
        current = {self.redis.hget(f"rq:worker:{name}", "current_job") for name in [*CONSUMERS, REPORTER]}
        found = set()
        for queue in self.queues:
            wip, taken = (key.encode() for key in (queue.started_job_registry.key, queue.intermediate_queue_key))
            found |= {(wip, member) for member in self.redis.zrange(wip, 0, -1)}
            found |= {(taken, member) for member in self.redis.lrange(taken, 0, -1)}
        return {(key, member) for key, member in found if member.split(b":")[0] not in current}
