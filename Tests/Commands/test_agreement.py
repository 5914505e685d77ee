"""A preview and its receipt agree in number and reason, for each verb of each queue system, whatever lies among the targets."""

import collections
import json
import sys
import time
import unittest

from rq import Queue

from commandtest import LIVE, CommandTest
from test_celery import CeleryScene
from test_rq import RQScene

sys.path.insert(0, LIVE)

import dead_tasks  # noqa: E402


class Agreement:
    """For a `CommandTest`."""

    def assert_agree(self, verb, *arguments, moves, group="dead-letters"):
        """Plans and acts: as many move as were promised, and the others are left for the reasons that were given."""
        planned = self.act(verb, *arguments, "--dry-run", confirm=False, group=group)
        self.assertEqual(planned.code, 0, planned.err)
        plan = planned.json["plan"]
        done = self.act(verb, *arguments, group=group)
        self.assertIn(done.code, (0, 1), done.err)
        receipts = done.json
        self.assertEqual((plan["affected"], receipts["receipts"]["moved"]), (moves, moves), plan)
        promised = collections.Counter({part["reason"]: part["count"] for part in plan["refused"]})
        kept = collections.Counter(problem["reason"] for problem in receipts["problems"])
        self.assertEqual(promised, kept)
        self.assertEqual(plan["affected"] + promised.total(), plan["targets"])
        # The sentence counts what moves, and not what was chosen.
        words = plan["moves"]
        self.assertTrue(words.startswith(f"moves {moves} " if moves else "nothing: "), words)
        if not moves:
            self.assertIn(next(iter(promised)), words)
        return promised


class RQAgreementTest(RQScene, Agreement):
    def test_a_job_whose_record_names_another_queue(self):
        (job,) = self.fail_jobs(1)
        self.redis.hset(f"rq:job:{job}", "origin", "other")
        found = self.assert_agree("retry", "--id", job, moves=0)
        self.assertEqual(list(found), ["its record names another queue; left alone"])

    def test_retry_and_discard_of_all_that_can_be_wrong_with_a_job(self):
        for verb, moves, reasons in (("retry", 2, 4), ("discard", 4, 2)):
            self.redis.flushdb()
            jobs = self.fail_jobs(6)
            self.redis.hset(f"rq:job:{jobs[0]}", "origin", "other")
            self.redis.hset(f"rq:job:{jobs[1]}", "status", "queued")
            self.redis.delete(f"rq:job:{jobs[2]}")
            self.redis.delete(f"rq:job:{jobs[3]}")
            self.redis.set(f"rq:job:{jobs[3]}", "no hash")
            found = self.assert_agree(verb, "--all", moves=moves)
            self.assertEqual(len(found), reasons, found)
            self.assertIn("its key is not of the type that RQ uses; left alone", found)

    def test_restore_beside_jobs_that_are_there(self):
        jobs = self.fail_jobs(3)
        path = self.act("discard", "--all").json["quarantine"]
        self.redis.hset(f"rq:job:{jobs[0]}", "status", "queued")
        found = self.assert_agree("restore", path, moves=2)
        self.assertEqual(list(found), ["a job with this id exists already; left alone"])


    def test_recover_of_jobs_between_queue_and_worker(self):
        queue = Queue("default", connection=self.redis)
        jobs = [queue.enqueue(dead_tasks.pay, number).id for number in range(5)]
        for _ in jobs:
            self.redis.lmove("rq:queue:default", "rq:queue:default:intermediate", "LEFT", "RIGHT")
        self.redis.hset(f"rq:job:{jobs[0]}", "origin", "other")
        self.redis.delete(f"rq:job:{jobs[1]}")
        self.redis.delete(f"rq:job:{jobs[2]}")
        self.redis.set(f"rq:job:{jobs[2]}", "no hash")
        found = self.assert_agree("recover", "--all", moves=2, group="orphans")
        self.assertEqual(found, {"its record names another queue; left alone": 1})
        self.assertEqual({job.decode() for job in self.redis.lrange("rq:queue:default", 0, -1)}, set(jobs[3:]))


class SidekiqAgreementTest(CommandTest, Agreement):
    kind = "sidekiq"
    database = 11

    def job(self, number, **fields):
        body = {"retry": 0, "queue": "payments", "args": [number], "class": "Payment", "jid": f"{number:024x}", **fields}
        return json.dumps({name: value for name, value in body.items() if value is not None})

    def bury(self, *jobs):
        self.redis.zadd("dead", {job: time.time() - 100 + place for place, job in enumerate(jobs)})

    def test_retry_and_discard_of_jobs_without_class_or_queue(self):
        for verb, moves in (("retry", 2), ("discard", 6)):
            self.redis.flushdb()
            self.redis.set("queue:broken", "no list")
            self.bury(self.job(1), self.job(2), self.job(3, queue=None), self.job(4, **{"class": None}), "no job",
                      self.job(5, queue="broken"))
            found = self.assert_agree(verb, "--all", moves=moves)
            self.assertEqual(found.total(), 6 - moves)

    def test_restore_beside_the_same_job(self):
        self.bury(self.job(1), self.job(2))
        path = self.act("discard", "--all").json["quarantine"]
        self.bury(self.job(1))
        found = self.assert_agree("restore", path, moves=1)
        self.assertEqual(list(found), ["the same job is there already; left alone"])


    def test_recover_of_jobs_of_a_process_that_is_gone(self):
        self.redis.sadd("processes", "host:1:abc")
        self.redis.hset("host:1:abc", mapping={"info": "{}", "beat": time.time() - 300, "busy": 4, "quiet": "false"})
        work = {f"t{number}": json.dumps({"queue": queue, "payload": payload, "run_at": int(time.time()) - 400})
                for number, (queue, payload) in enumerate([("payments", self.job(1)), ("payments", self.job(2)), ("broken", self.job(3)),
                                                           ("payments", "no job")])}
        self.redis.hset("host:1:abc:workers", mapping=work)
        self.redis.set("queue:broken", "no list")
        found = self.assert_agree("recover", "--all", moves=2, group="orphans")
        self.assertEqual(found, {"its queue is a key of another type; left alone": 1})
        self.assertEqual(self.redis.llen("queue:payments"), 2)


class DramatiqAgreementTest(CommandTest, Agreement):
    kind = "dramatiq"
    database = 12

    def bury(self, *ids):
        for name in ids:
            self.redis.zadd("dramatiq:q.XQ", {name: int(time.time() * 1000) - 1000})
            self.redis.hset("dramatiq:q.XQ.msgs", name, json.dumps(
                {"queue_name": "q", "actor_name": "a", "args": [1], "kwargs": {}, "message_id": name, "options": {}}))

    def test_retry_and_discard_of_messages_that_are_gone_or_wait_already(self):
        for verb, moves in (("retry", 1), ("discard", 3)):
            self.redis.flushdb()
            self.bury("id-1", "id-2", "id-3")
            self.redis.hdel("dramatiq:q.XQ.msgs", "id-2")
            self.redis.hset("dramatiq:q.msgs", "id-3", "{}")
            found = self.assert_agree(verb, "--all", moves=moves)
            self.assertEqual(found.total(), 3 - moves)

    def test_restore_beside_the_same_message(self):
        self.bury("id-1", "id-2")
        path = self.act("discard", "--all").json["quarantine"]
        self.bury("id-1")
        found = self.assert_agree("restore", path, moves=1)
        self.assertEqual(list(found), ["a message with this id exists already; left alone"])


class CeleryAgreementTest(CeleryScene, Agreement):
    def fail_canvas(self):
        """A chain that breaks at its first link, a chord whose header fails, and two plain tasks."""
        self.call("from celery import chain, chord\n"
                  "chain(scene.pay.si(1), scene.pay.si(2))()\n"
                  "chord([scene.pay.si(3), scene.pay.si(4)])(scene.pay.si(5))\n"
                  "scene.pay.delay(6)\nscene.pay.delay(7)")
        process = self.worker()
        self.eventually(lambda: len(self.failures()) == 7 and not self.redis.hlen("unacked"), "the canvas did not fail")
        self.stop(process)

    def test_what_never_ran_is_told_as_that_and_not_counted_among_what_moves(self):
        self.fail_canvas()
        found = self.assert_agree("retry", "--all", moves=5)
        self.assertEqual(found, {"never ran: the link before it failed": 2})
        again = self.assert_agree("retry", "--all", moves=0)
        self.assertEqual(again["it was retried already and has not ended since"], 5)

    def test_discard_and_restore(self):
        self.fail_canvas()
        self.backend.set("celery-task-meta-no-json", b"\x80pickle", ex=3600)
        done = self.act("discard", "--filter", "task:dead.pay")
        self.assertEqual(done.code, 0, done.err)
        kept = [key for key in self.backend.scan_iter("celery-task-meta-*")]
        self.assertTrue(kept, "the body of the chord has no name and stays")
        path = done.json["quarantine"]
        back = self.assert_agree("restore", path, moves=done.json["receipts"]["moved"])
        self.assertEqual(back.total(), 0)
        again = self.assert_agree("restore", path, moves=0)
        self.assertEqual(list(again), ["it is there already; left alone"])

    def test_messages_of_a_dead_letter_list(self):
        def message(number, key="pay.dead", **headers):
            return json.dumps({
                "body": "W10=", "content-type": "application/json", "content-encoding": "utf-8",
                "headers": {"id": f"id-{number}", "task": "dead.pay", **headers},
                "properties": {"delivery_tag": f"tag-{number}", "delivery_info": {"exchange": "", "routing_key": key},
                               "delivery_mode": 2, "body_encoding": "base64", "correlation_id": f"id-{number}"}})

        self.redis.sadd("_kombu.binding.celery", "celery\x06\x16\x06\x16celery")
        for list_name, moves in (("pay.dead", 2), ("lost.dead", 1)):
            self.redis.delete("pay.dead", "lost.dead", "celery")
            rows = [message(1, "celery"), message(2, list_name), message(3, "celery", expires="2020-01-01T00:00:00+00:00")]
            self.redis.rpush(list_name, *rows)
            found = self.assert_agree("retry", "--all", moves=moves)
            self.assertEqual(found.total(), 3 - moves, found)


if __name__ == "__main__":
    unittest.main()
