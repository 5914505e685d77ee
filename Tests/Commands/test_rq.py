"""RQ: jobs that real workers failed, and what the console does with them."""

import json
import os
import signal
import subprocess
import sys
import time
import unittest

from commandtest import LIVE, CommandTest, python

sys.path.insert(0, LIVE)

import dead_tasks  # noqa: E402
from rq import Queue, SimpleWorker  # noqa: E402
from rq.exceptions import InvalidJobOperation  # noqa: E402


class RQScene(CommandTest):
    kind = "rq"
    database = 9

    def setUp(self):
        super().setUp()
        os.environ["SCENE_MARK"], os.environ["SCENE_HEALTHY"] = self.mark, self.healthy
        os.environ["PYTHONPATH"] = LIVE

    def fail_jobs(self, count, queue="default", **options):
        made = Queue(queue, connection=self.redis)
        jobs = [made.enqueue(dead_tasks.pay, number, {"a": [1.0]}, **options) for number in range(count)]
        SimpleWorker([made], connection=self.redis).work(burst=True, logging_level="CRITICAL")
        return [job.id for job in jobs]

    def heal_and_work(self, *queues):
        self.heal()
        SimpleWorker([Queue(name, connection=self.redis) for name in queues], connection=self.redis).work(
            burst=True, logging_level="CRITICAL")
        return self.marked()


class RQTest(RQScene):
    def test_a_retried_job_survives_its_old_failure_ttl_and_runs_once(self):
        (job,) = self.fail_jobs(1, failure_ttl=600)
        payload = self.redis.hget(f"rq:job:{job}", "data")
        done = self.act("retry", "--id", job)
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual(done.json["receipts"]["moved"], 1)
        self.assertEqual(self.redis.ttl(f"rq:job:{job}"), -1)
        # What sweeps the registry, at a time when the old limit is past.
        Queue("default", connection=self.redis).failed_job_registry.cleanup(timestamp=int(time.time()) + 1000)
        self.assertEqual(self.redis.hget(f"rq:job:{job}", "data"), payload)
        self.assertEqual(self.heal_and_work("default"), ["0"])

    def test_all_of_two_queues_go_back_each_to_its_own_and_twice_moves_nothing_twice(self):
        ids = self.fail_jobs(30) + self.fail_jobs(20, "mail")
        plan = self.act("retry", "--all", "--dry-run", confirm=False)
        self.assertEqual(plan.code, 0, plan.err)
        self.assertEqual(plan.json["plan"]["affected"], 50)
        self.assertIsNone(plan.json["receipts"])
        self.assertEqual(self.redis.zcard("rq:failed:default"), 30)
        done = self.act("retry", "--all")
        self.assertEqual((done.code, done.json["receipts"]["moved"]), (0, 50), done.err)
        again = self.act("retry", "--all")
        self.assertEqual(again.code, 64, "nothing is dead any more: an empty selection")
        again = self.act("retry", "--id", ids[0])
        self.assertEqual(again.code, 64)
        self.assertEqual(self.redis.llen("rq:queue:default"), 30)
        self.assertEqual(sorted(self.heal_and_work("default", "mail")), sorted(str(n) for n in list(range(30)) + list(range(20))))
        self.assertEqual(self.verify_audit()["intents_without_outcome"], [])

    def test_a_job_whose_record_is_gone_costs_one_receipt_and_not_the_run(self):
        ids = self.fail_jobs(40)
        self.redis.delete(f"rq:job:{ids[7]}")
        done = self.act("retry", "--all")
        self.assertEqual(done.code, 1)
        self.assertEqual(done.json["receipts"]["moved"], 39)
        self.assertEqual(done.json["receipts"]["payload_missing"], 1)
        self.assertEqual([problem["id"] for problem in done.json["problems"]], [ids[7]])
        self.assertEqual(self.redis.zrange("rq:failed:default", 0, -1), [ids[7].encode()])

    def test_the_stock_tool_beside_us_never_doubles_a_job(self):
        ids = self.fail_jobs(600)
        # What `rq requeue` does, from the other end, while ours is in the middle of it. Whoever is quicker on a busy
        # machine leaves nothing to the other: ours is slow (six seconds for all), and stopped while theirs has its turn.
        ours = self.start("dead-letters", "retry", "it", "--all", "--confirm", "development/it", "--batch", "5", "--rate", "100",
                          "--format", "json")
        registry, theirs = Queue("default", connection=self.redis).failed_job_registry, 0
        self.eventually(lambda: self.redis.llen("rq:queue:default"), "nothing is moved")
        for turn in range(20):
            ours.send_signal(signal.SIGCONT if turn % 2 else signal.SIGSTOP)
            theirs += self.requeue(registry, ids[-1 - 10 * turn:-11 - 10 * turn:-1])
        ours.send_signal(signal.SIGCONT)
        out, err = ours.communicate(timeout=120)
        self.assertIn(ours.returncode, (0, 1), err)
        moved = json.loads(out)["receipts"]["moved"]
        self.assertTrue(0 < theirs < len(ids) and 0 < moved < len(ids), f"not both were at it: {theirs} and {moved}")
        waiting = self.redis.lrange("rq:queue:default", 0, -1)
        self.assertEqual(sorted(waiting), sorted(job.encode() for job in ids))

    @staticmethod
    def requeue(registry, ids):
        """How many of these jobs RQ itself moved; the others were moved before."""
        count = 0
        for job in ids:
            try:
                registry.requeue(job)
                count += 1
            except InvalidJobOperation:
                pass
        return count

    def test_pickled_arguments_are_not_edited(self):
        (job,) = self.fail_jobs(1)
        sentence = "RQ stores arguments as a pickle, which OpsConsole never writes · enqueue a new job from the application"
        for more in (["--dry-run"], []):
            done = self.act("retry", "--id", job, "--call", "[1]", *more)
            self.assertEqual(done.code, 77, more)
            self.assertTrue(done.err.strip().endswith(sentence), done.err)
            self.assertNotIn("log", done.err)
        with open(os.path.join(self.folder, "state", "opsconsole", "audit.jsonl")) as file:
            records = [json.loads(line) for line in file]
        self.assertEqual([(record["phase"], record["reason"]) for record in records], [("refused", f"nothing was done: {sentence}")] * 2)
        self.assertEqual(self.redis.zcard("rq:failed:default"), 1)

    def test_the_record_of_a_job_that_was_queued_anew_is_not_discarded_with_its_old_entry(self):
        (job,) = self.fail_jobs(1, job_id="nightly")
        Queue("default", connection=self.redis).enqueue(dead_tasks.pay, 7, job_id="nightly")
        self.redis.zadd("rq:failed:default", {"nightly": 1900000000})
        done = self.act("discard", "--all")
        self.assertEqual((done.code, done.json["receipts"]["changed"]), (1, 1), done.err)
        self.assertTrue(self.redis.exists("rq:job:nightly"))
        self.assertEqual(self.heal_and_work("default"), ["7"])

    def test_a_restored_job_outlives_the_sweep_that_would_have_taken_it(self):
        (job,) = self.fail_jobs(1, failure_ttl=600)
        limit = int(time.time()) + 2
        self.redis.zadd("rq:failed:default", {job: limit})
        done = self.act("discard", "--id", job)
        self.assertEqual(done.json["receipts"]["moved"], 1, done.err)
        time.sleep(max(0.0, limit + 1 - time.time()))
        back = self.act("restore", done.json["quarantine"])
        self.assertEqual((back.code, back.json["receipts"]["moved"]), (0, 1), back.err)
        self.assertIn("one more day", " ".join(back.json["plan"]["warnings"]))
        self.assertGreater(self.redis.zscore("rq:failed:default", job), time.time() + 80_000)
        self.assertGreater(self.redis.ttl(f"rq:job:{job}"), 80_000)
        self.assertEqual(self.act("retry", "--all").json["receipts"]["moved"], 1)
        self.assertEqual(self.heal_and_work("default"), ["0"])

    def test_a_file_of_another_source_is_not_restored_by_accident(self):
        self.fail_jobs(2)
        path = self.act("discard", "--all").json["quarantine"]
        with open(path) as file:
            text = file.read()
        other = os.path.join(self.folder, "other.jsonl")
        with open(other, "w") as file:
            file.write(text.replace('"source":"it"', '"source":"elsewhere"'))
        self.assertEqual(self.act("restore", other).code, 64)
        self.assertEqual(self.act("restore", other, "--other-source").json["receipts"]["moved"], 2)

    def test_what_is_discarded_can_be_put_back_byte_for_byte(self):
        ids = self.fail_jobs(12)
        before = {job: (self.redis.hgetall(f"rq:job:{job}"), self.redis.xrange(f"rq:results:{job}")) for job in ids}
        scores = self.redis.zrange("rq:failed:default", 0, -1, withscores=True)
        done = self.act("discard", "--filter", "message~answer")
        self.assertEqual((done.code, done.json["receipts"]["moved"]), (0, 12), done.err)
        self.assertEqual(self.redis.keys("rq:job:*") + self.redis.keys("rq:results:*"), [])
        path = done.json["quarantine"]
        self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
        back = self.act("restore", path)
        self.assertEqual((back.code, back.json["receipts"]["moved"]), (0, 12), back.err)
        after = {job: (self.redis.hgetall(f"rq:job:{job}"), self.redis.xrange(f"rq:results:{job}")) for job in ids}
        self.assertEqual(after, before)
        self.assertEqual(self.redis.zrange("rq:failed:default", 0, -1, withscores=True), scores)
        twice = self.act("restore", path)
        self.assertEqual((twice.code, twice.json["receipts"]["conflict"]), (1, 12))
        self.act("retry", "--all")
        self.assertEqual(len(self.heal_and_work("default")), 12)

    def test_jobs_of_a_killed_worker_are_found_and_run_again_once(self):
        queue = Queue("default", connection=self.redis)
        job = queue.enqueue(dead_tasks.sleep, 1)
        rq = os.path.join(os.path.dirname(sys.executable), "rq")
        worker = python(rq, "worker", "-u", self.url, "--name", "w1", "default", stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(self.stop, worker, signal.SIGKILL)
        self.eventually(lambda: self.redis.hget("rq:worker:w1", "current_job"), what="the worker did not begin")
        self.eventually(lambda: os.path.exists(self.mark))
        busy = self.run_command("orphans", "list", "it", "--format", "json")
        self.assertEqual(busy.json["orphans"], [], "a worker that is alive has no orphans")
        self.stop(worker, signal.SIGKILL)
        # Its record expires by itself a minute and a half after its last word.
        self.redis.delete("rq:worker:w1")
        found = self.run_command("orphans", "list", "it", "--format", "json")
        self.assertEqual([orphan["id"] for orphan in found.json["orphans"]], [job.id], found.err)
        done = self.act("recover", "--all", group="orphans")
        self.assertEqual((done.code, done.json["receipts"]["moved"]), (0, 1), done.err)
        self.assertEqual(self.redis.zcard("rq:wip:default"), 0)
        self.assertEqual(self.heal_and_work("default"), ["slow", "1"])
        self.assertEqual(self.act("recover", "--all", group="orphans").code, 64)

    def test_a_job_stuck_between_queue_and_worker_is_found_and_given_back(self):
        queue = Queue("default", connection=self.redis)
        job = queue.enqueue(dead_tasks.pay, 5)
        self.redis.lmove("rq:queue:default", "rq:queue:default:intermediate", "LEFT", "RIGHT")
        done = self.act("recover", "--all", group="orphans")
        self.assertEqual((done.code, done.json["receipts"]["moved"]), (0, 1), done.err)
        self.assertEqual(self.redis.lrange("rq:queue:default", 0, -1), [job.id.encode()])
        self.assertEqual(self.redis.llen("rq:queue:default:intermediate"), 0)

    def test_the_first_few_that_fail_again_stop_the_rest(self):
        self.fail_jobs(60)
        rq = os.path.join(os.path.dirname(sys.executable), "rq")
        worker = python(rq, "worker", "-u", self.url, "--worker-class", "rq.SimpleWorker", "default", stdout=subprocess.DEVNULL,
                        stderr=subprocess.DEVNULL)
        self.addCleanup(self.stop, worker, signal.SIGKILL)
        self.eventually(lambda: self.redis.scard("rq:workers"))
        done = self.act("retry", "--all", "--canary", "5", "--canary-wait", "20")
        self.assertEqual(done.code, 1)
        self.assertIn("failed again", done.json["end"])
        self.assertEqual(done.json["receipts"]["moved"], 5)
        self.assertEqual(done.json["untouched"], 55)


class RefusalTest(RQScene):
    database = 10
    environment = "production"

    def test_nothing_goes_on_without_its_words(self):
        self.fail_jobs(3)
        self.assertEqual(self.run_command("dead-letters", "retry", "it").code, 64)
        self.assertEqual(self.act("retry", "--filter", "  ").code, 64)
        self.assertEqual(self.act("retry", "--all", confirm=False).code, 77)
        wrong = self.run_command("dead-letters", "retry", "it", "--all", "--confirm", "staging/it")
        self.assertEqual(wrong.code, 77)
        self.assertIn("production/it", wrong.err)
        self.assertEqual(self.run_command("dead-letters", "retry", "nobody", "--all").code, 64)
        self.assertEqual(self.redis.zcard("rq:failed:default"), 3)
        self.assertEqual(self.verify_audit()["records"], 2, "the refused and the cancelled one are written down")

    def test_read_only_changes_nothing_and_says_why(self):
        self.fail_jobs(3)
        config = self.write_config(self.url, "ro.yaml", more="read_only: true\n")
        before = self.redis.info("commandstats")
        for words in ((["--read-only"], self.config), ([], config)):
            done = self.run_command("dead-letters", "retry", "it", "--all", "--confirm", "production/it", *words[0], config=words[1])
            self.assertEqual(done.code, 77)
            self.assertIn("read-only", done.err)
        after = self.redis.info("commandstats")
        for name in ("evalsha", "eval", "rpush", "zrem", "script|load", "publish"):
            count = [stats.get(f"cmdstat_{name}", {}).get("calls", 0) for stats in (before, after)]
            self.assertEqual(count[0], count[1], name)
        self.assertEqual(self.redis.zcard("rq:failed:default"), 3)

    def test_who_may_only_read_sees_everything_and_is_told_what_is_missing(self):
        self.fail_jobs(3)
        self.redis.execute_command("ACL", "SETUSER", "reader", "on", ">secret", "~*", "&*", "-@all", "+@read", "+@connection", "+info", "+eval_ro",
                                   "+time", "-@dangerous", "+info")
        self.addCleanup(self.redis.execute_command, "ACL", "DELUSER", "reader")
        config = self.write_config(self.url.replace("redis://", "redis://reader:secret@"), "reader.yaml")
        listed = self.run_command("dead-letters", "list", "it", "--format", "json", config=config)
        self.assertEqual(len(listed.json["letters"]), 3, listed.err)
        done = self.act("retry", "--all", config=config)
        self.assertEqual(done.code, 77)
        for word in ("EVALSHA", "HSET", "RPUSH", "ZREM"):
            self.assertIn(word, done.err)
        self.assertNotIn("secret", done.err)
        self.redis.execute_command("ACL", "SETUSER", "reader", "-eval_ro")
        done = self.act("retry", "--all", config=config)
        self.assertEqual(done.code, 77)
        self.assertIn("+eval_ro", done.err)
        self.assertEqual(self.redis.zcard("rq:failed:default"), 3)


if __name__ == "__main__":
    unittest.main()
