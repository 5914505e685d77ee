"""kill -9 at random points of a retry of 10,000: every job is in exactly one place, and a second run finishes the rest."""

import time
import unittest

from amounts import amount, seeded
from commandtest import CommandTest

COUNT = 10_000
TIMES = 40


class Killed:
    """What the three systems share; `seed`, `dead` and `waiting` differ."""

    def test_killed_at_random_points(self):
        numbers = seeded()
        everything = self.seed()
        for attempt in range(amount(TIMES)):
            if len(self.dead()) < COUNT // 4:
                self.redis.flushdb()
                everything = self.seed()
            before = self.redis.llen(self.ready)
            process = self.start("dead-letters", "retry", "it", "--all", "--confirm", "development/it", "--rate", "25000", "--format", "json")
            # One in four dies while it starts and plans; the others once so many jobs are moved, however long that takes here.
            if attempt % 4 == 3:
                time.sleep(numbers.uniform(0.0, 0.3))
            else:
                self.moved(process, before + numbers.randrange(1, COUNT // 4))
                time.sleep(numbers.uniform(0.0, 0.02))
            process.kill()
            process.communicate()
            self.eventually(self.is_over, what="the server still works on what the killed one sent")
            dead, waiting = self.dead(), self.waiting()
            if attempt % 4 != 3:
                self.assertGreater(len(waiting), before, "it was killed before the first batch: this proves nothing")
            self.assertEqual(len(waiting), len(set(waiting)), "a job waits twice")
            self.assertEqual(set(dead) & set(waiting), set(), "a job is in two places")
            self.assertEqual(set(dead) | set(waiting), everything, "a job is lost")
            # The lease of the killed console ends by itself after 15 s; the test need not wait for that.
            self.redis.delete(*(self.redis.keys("opsc:lock:*") or ["none"]))
        done = self.act("retry", "--all", "--rate", "max")
        self.assertIn(done.code, (0, 64), done.err)
        self.assertEqual(set(self.waiting()), everything)
        # Nobody knows how much each of them did: the log says where to look, and never to do it again.
        for sentence in self.verify_audit()["intents_without_outcome"]:
            self.assertRegex(sentence, "^retry at development/it, operation .* is not known. See what is left: opsconsole dead-letters list it$")

    def test_a_second_retry_right_after_a_kill_says_who_held_it_and_does_the_rest_when_that_has_ended(self):
        everything = self.seed()
        process = self.start("dead-letters", "retry", "it", "--all", "--confirm", "development/it", "--rate", "2000", "--format", "json")
        self.moved(process, 1)
        process.kill()
        process.communicate()
        self.eventually(self.is_over, what="the server still works on what the killed one sent")
        (lock,) = self.redis.keys("opsc:lock:*")
        self.assertTrue(0 < self.redis.pttl(lock) <= 15_000, "a lease that stays for good or for long")
        before = self.waiting()
        self.assertLess(len(before), COUNT, "it was over before it was killed: this proves nothing")
        for state in ("state", "other"):
            refused = self.act("retry", "--all", "--rate", "max", state=state)
            self.assertEqual((refused.code, self.waiting()), (77, before), "it went on beside a lease that may be somebody's")
            self.assertRegex(refused.err, "@.* retry since .* works on the same set; its lease ends in .* unless renewed")
            self.assertIn("wait, then try again", refused.err)
        # It ends by itself at the server; the test need not wait for that.
        self.redis.pexpire(lock, 1)
        self.eventually(lambda: not self.redis.exists(lock))
        done = self.act("retry", "--all", "--rate", "max")
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual((sorted(self.waiting()), len(self.dead())), (sorted(everything), 0))

    def is_over(self):
        """The server still runs batches that the killed console had sent. Read meanwhile, a job stands in two lists."""
        own = self.redis.client_id()
        return not [one for one in self.redis.client_list() if one["db"] == str(self.database) and one["id"] != str(own)]

    def moved(self, process, count):
        """Waits until so many jobs wait, or the program has ended."""
        while process.poll() is None and self.redis.llen(self.ready) < count:
            time.sleep(0.001)


class RQKilled(Killed, CommandTest):
    kind = "rq"
    database = 13
    ready = "rq:queue:default"

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
        return self.redis.lrange(self.ready, 0, -1)


class SidekiqKilled(Killed, CommandTest):
    kind = "sidekiq"
    database = 14
    ready = "queue:q"

    def seed(self):
        jobs = {f'{{"class":"A","queue":"q","jid":"{number:024x}","args":[{number}]}}'.encode(): 1795000000 + number / 7 for number in range(COUNT)}
        self.redis.zadd("dead", jobs)
        return set(jobs)

    def dead(self):
        return self.redis.zrange("dead", 0, -1)

    def waiting(self):
        return self.redis.lrange(self.ready, 0, -1)


class DramatiqKilled(Killed, CommandTest):
    kind = "dramatiq"
    database = 15
    ready = "dramatiq:q"

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
        ids = self.redis.lrange(self.ready, 0, -1)
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
        ended = [process.communicate(timeout=120) for process in both]
        waiting = self.redis.lrange("rq:queue:default", 0, -1)
        self.assertEqual(len(waiting), COUNT, ended)
        self.assertEqual(set(waiting), everything)
        refused = [err.decode() for _, err in ended if b"is at the same set" in err]
        self.assertLessEqual(len(refused), 1)


if __name__ == "__main__":
    unittest.main()
