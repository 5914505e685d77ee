"""kill -9 at random points of a retry of 10,000, forty times: every job is in exactly one place, and a second run finishes the rest."""

import random
import time
import unittest

from commandtest import CommandTest

COUNT = 10_000
TIMES = 40


class Killed:
    """What the three systems share; `seed`, `dead` and `waiting` differ."""

    def test_killed_at_random_points(self):
        everything = self.seed()
        moved = 0
        latest = 0.35
        for attempt in range(TIMES):
            # A host that is slow today has to be waited for, or every kill comes too early.
            if moved == 0 and attempt % 8 == 7:
                latest *= 1.6
            if len(self.dead()) < COUNT // 4:
                self.redis.flushdb()
                everything = self.seed()
            process = self.start("dead-letters", "retry", "it", "--all", "--confirm", "development/it", "--rate", "25000", "--format", "json")
            time.sleep(random.uniform(0.03, latest))
            process.kill()
            process.communicate()
            dead, waiting = self.dead(), self.waiting()
            self.assertEqual(len(waiting), len(set(waiting)), "a job waits twice")
            self.assertEqual(set(dead) & set(waiting), set(), "a job is in two places")
            self.assertEqual(set(dead) | set(waiting), everything, "a job is lost")
            moved = max(moved, len(waiting))
            # The lease of the killed console ends by itself after 15 s; the test need not wait for that.
            self.redis.delete(*(self.redis.keys("opsc:lock:*") or ["none"]))
        self.assertGreater(moved, 0, "every kill came before the first batch: the test proves nothing")
        done = self.act("retry", "--all", "--rate", "max")
        self.assertIn(done.code, (0, 64), done.err)
        self.assertEqual(set(self.waiting()), everything)
        self.verify_audit()


class RQKilled(Killed, CommandTest):
    kind = "rq"
    database = 13

    def seed(self):
        pipe = self.redis.pipeline(transaction=False)
        now = int(time.time())
        for number in range(COUNT):
            pipe.hset(f"rq:job:j{number}", mapping={"status": "failed", "origin": "default", "data": b"x" * 50, "description": f"t({number})"})
            pipe.zadd("rq:failed:default", {f"j{number}": now + 1000 + number // 100})
        pipe.sadd("rq:queues", "rq:queue:default")
        pipe.execute()
        return {f"j{number}".encode() for number in range(COUNT)}

    def dead(self):
        return self.redis.zrange("rq:failed:default", 0, -1)

    def waiting(self):
        return self.redis.lrange("rq:queue:default", 0, -1)


class SidekiqKilled(Killed, CommandTest):
    kind = "sidekiq"
    database = 14

    def seed(self):
        jobs = {f'{{"class":"A","queue":"q","jid":"{number:024x}","args":[{number}]}}'.encode(): 1795000000 + number / 7 for number in range(COUNT)}
        self.redis.zadd("dead", jobs)
        return set(jobs)

    def dead(self):
        return self.redis.zrange("dead", 0, -1)

    def waiting(self):
        return self.redis.lrange("queue:q", 0, -1)


class DramatiqKilled(Killed, CommandTest):
    kind = "dramatiq"
    database = 15

    def seed(self):
        self.redis.zadd("dramatiq:q.XQ", {f"id-{number}": 1795000000000 + number // 9 for number in range(COUNT)})
        self.redis.hset("dramatiq:q.XQ.msgs", mapping={
            f"id-{number}": f'{{"actor_name":"a","message_id":"m{number}","args":[],"kwargs":{{}}}}' for number in range(COUNT)})
        return {f"id-{number}".encode() for number in range(COUNT)}

    def dead(self):
        ids = self.redis.zrange("dramatiq:q.XQ", 0, -1)
        self.assertEqual(set(ids), set(self.redis.hkeys("dramatiq:q.XQ.msgs")), "ids and messages of the dead differ")
        return ids

    def waiting(self):
        ids = self.redis.lrange("dramatiq:q", 0, -1)
        self.assertEqual(set(ids), set(self.redis.hkeys("dramatiq:q.msgs")), "ids and messages of the queue differ")
        return ids


class TwoConsoles(CommandTest):
    kind = "rq"
    database = 8

    seed = RQKilled.seed

    def test_two_consoles_at_once_push_each_job_once(self):
        everything = self.seed()
        words = ("dead-letters", "retry", "it", "--all", "--confirm", "development/it", "--rate", "30000", "--format", "json")
        both = [self.start(*words, state=state) for state in ("one", "two")]
        ended = [process.communicate(timeout=60) for process in both]
        waiting = self.redis.lrange("rq:queue:default", 0, -1)
        self.assertEqual(len(waiting), COUNT, ended)
        self.assertEqual(set(waiting), everything)
        refused = [err.decode() for _, err in ended if b"is at the same set" in err]
        self.assertLessEqual(len(refused), 1)


if __name__ == "__main__":
    unittest.main()
