"""Celery on Redis: failed results made into messages, orphans of killed workers, dead-letter lists."""

import datetime
import json
import os
import signal
import subprocess
import sys
import time
import unittest

import redis

from commandtest import LIVE, PORT, CommandTest, python


class CeleryScene(CommandTest):
    kind = "celery"
    database = 13
    results = 14
    extra = f', results: "redis://127.0.0.1:{PORT}/14", dead: ["pay.dead > celery", "lost.dead"]'

    def setUp(self):
        super().setUp()
        self.backend = redis.Redis(port=PORT, db=self.results)
        self.backend.flushdb()
        self.addCleanup(self.backend.close)
        self.addCleanup(self.backend.flushdb)
        self.scene = dict(os.environ, SCENE_REDIS=self.url, SCENE_RESULTS=f"redis://127.0.0.1:{PORT}/{self.results}", SCENE_MARK=self.mark,
                          SCENE_HEALTHY=self.healthy, PYTHONPATH=LIVE)

    def call(self, code):
        subprocess.run([sys.executable, "-c", f"import celery_dead as scene\n{code}"], env=self.scene, check=True, capture_output=True)

    def worker(self, name="w1", *more):
        process = python("-m", "celery", "-A", "celery_dead", "worker", "-c", "2", "-n", f"{name}@here", "-l", "ERROR", "-Q", "celery,mail",
                         *more, env=self.scene, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=LIVE)
        self.addCleanup(self.stop, process, signal.SIGKILL)
        return process

    def failures(self):
        keys = list(self.backend.scan_iter("celery-task-meta-*"))
        return [meta for meta in map(json.loads, filter(None, self.backend.mget(keys) if keys else [])) if meta["status"] == "FAILURE"]

    def fail_tasks(self, count, queue="celery"):
        self.call(f"[scene.pay.apply_async((n, [], 1.0, 'é'), {{'big': 12345678901234567890}}, queue='{queue}') for n in range({count})]")
        process = self.worker()
        # A child that is ended before its worker has acknowledged the task would be the reason of its failure.
        self.eventually(lambda: len(self.failures()) == count and not self.redis.hlen("unacked"), "the tasks did not fail")
        self.stop(process)

    def age_unacknowledged(self, count):
        """Waits until so many messages are in the hands of workers, and makes their first quiet seconds short: what is
        younger than those is nobody's orphan yet."""
        self.eventually(lambda: self.redis.hlen("unacked") == count == self.redis.zcard("unacked_index"),
                        what="the worker did not take the tasks")
        for tag in self.redis.zrange("unacked_index", 0, -1):
            self.redis.zincrby("unacked_index", -10, tag)

    def assert_tidy(self):
        """No list of answers and no binding of ours is left behind."""
        self.assertEqual([key for key in self.redis.keys("*reply.celery.pidbox*") if b"opsconsole" in key], [])
        self.assertEqual([m for m in self.redis.smembers("_kombu.binding.reply.celery.pidbox") if b"opsconsole" in m], [])


class FailedResultTest(CeleryScene):
    """Results that real workers left behind when they failed: made once, and laid before each test as they were."""

    kept = {}

    def fail_tasks(self, count, queue="celery"):
        if count not in self.kept:
            super().fail_tasks(count, queue)
            for name in ("redis", "backend"):
                client = getattr(self, name)
                kept = [(name, key, max(0, client.pttl(key)), client.dump(key)) for key in client.keys()]
                self.kept.setdefault(count, []).extend(kept)
            return
        for name, key, ttl, value in self.kept[count]:
            getattr(self, name).restore(key, ttl, value)

    def test_failed_results_become_messages_with_the_same_arguments_and_run_once(self):
        self.fail_tasks(4)
        self.fail_without_name()
        groups = self.run_command("dead-letters", "groups", "it", "--format", "json").json["groups"]
        self.assertEqual([(g["task"], g["error_type"], g["count"]) for g in groups][0], ("dead.pay", "TimeoutError", 4))
        plan = self.act("retry", "--all", "--dry-run", confirm=False)
        self.assertEqual((plan.code, plan.json["plan"]["affected"], plan.json["plan"]["guarantee"]), (0, 4, "rebuild"), plan.err)
        self.assertIn("chain", " ".join(plan.json["plan"]["loses"]))
        self.assertIn("result_extended", json.dumps(plan.json["plan"]["refused"]))
        done = self.act("retry", "--filter", "task:dead.pay")
        self.assertEqual((done.code, done.json["receipts"]["moved"]), (0, 4), done.err)
        self.assertEqual(self.redis.llen("celery"), 4)
        again = self.act("retry", "--filter", "task:dead.pay")
        self.assertEqual((again.code, again.json["receipts"]["moved"], self.redis.llen("celery")), (1, 0, 4))
        self.heal()
        self.worker()
        self.eventually(lambda: len(self.marked()) == 4)
        self.assertEqual(sorted(self.marked()), [f"{n}([],1.0,'é')[('big',12345678901234567890)]" for n in range(4)])
        self.eventually(lambda: len(self.failures()) == 1)
        self.assert_tidy()

    def fail_without_name(self):
        meta = {"status": "FAILURE", "result": {"exc_type": "KeyError", "exc_message": ["x"], "exc_module": "builtins"}, "traceback": "t",
                "children": [], "date_done": datetime.datetime.now(datetime.timezone.utc).isoformat(), "task_id": "no-name"}
        self.backend.set("celery-task-meta-no-name", json.dumps(meta), ex=3600)

    def test_one_that_fails_again_can_be_retried_again(self):
        self.fail_tasks(1)
        self.assertEqual(self.act("retry", "--all").code, 0)
        before = self.failures()[0]["date_done"]
        process = self.worker()
        self.eventually(lambda: self.failures() and self.failures()[0]["date_done"] != before)
        self.eventually(lambda: not self.redis.hlen("unacked"))
        self.stop(process)
        self.assertEqual(self.act("retry", "--all").json["receipts"]["moved"], 1)

    def test_other_arguments_can_be_given_where_the_message_is_made_anew(self):
        self.fail_tasks(1)
        task = self.failures()[0]["task_id"]
        wrong = self.act("retry", "--id", task, "--call", "[1,")
        self.assertEqual(wrong.code, 64)
        done = self.act("retry", "--id", task, "--call", '[77, "two"] {"c": 3}')
        self.assertEqual((done.code, done.json["receipts"]["moved"]), (0, 1), done.err)
        self.heal()
        self.worker()
        self.eventually(lambda: self.marked() == ["77('two',)[('c',3)]"])

    def test_discarded_results_come_back_with_the_time_they_had(self):
        self.fail_tasks(3)
        before = {key: self.backend.get(key) for key in self.backend.scan_iter("celery-task-meta-*")}
        done = self.act("discard", "--all")
        self.assertEqual((done.code, done.json["receipts"]["moved"], self.failures()), (0, 3, []), done.err)
        back = self.act("restore", done.json["quarantine"])
        self.assertEqual((back.code, back.json["receipts"]["moved"]), (0, 3), back.err)
        self.assertEqual({key: self.backend.get(key) for key in self.backend.scan_iter("celery-task-meta-*")}, before)
        self.assertGreater(min(self.backend.ttl(key) for key in before), 80_000)
        self.assertEqual(self.act("restore", done.json["quarantine"]).json["receipts"]["conflict"], 3)

    def test_a_revoked_id_is_not_sent_to_workers_that_would_drop_it(self):
        self.fail_tasks(2)
        self.worker()
        victim = self.failures()[0]["task_id"]
        self.eventually(lambda: self.redis.publish("/13.celery.pidbox", "x") > 0)
        self.call(f"scene.app.control.revoke('{victim}', reply=True, timeout=60, limit=1)")
        done = self.act("retry", "--all")
        self.assertEqual((done.json["receipts"]["moved"], done.json["receipts"]["conflict"]), (1, 1), done.err)
        self.assertIn("revoked", done.json["problems"][0]["reason"])
        self.assert_tidy()


class ReaderTest(CeleryScene):
    def test_who_may_only_read_sees_what_can_be_read_and_is_told_what_is_missing(self):
        self.fail_tasks(2)
        self.redis.execute_command("ACL", "SETUSER", "celery-reader", "on", ">secret", "~*", "-@all", "+@read", "+@connection", "+info", "+time",
                                   "+eval_ro", "-@dangerous", "+info")
        self.addCleanup(self.redis.execute_command, "ACL", "DELUSER", "celery-reader")
        self.extra = self.extra.replace("redis://", "redis://celery-reader:secret@")
        config = self.write_config(self.url.replace("redis://", "redis://celery-reader:secret@"), "reader.yaml")
        seen = self.run_command("snapshot", "--samples", "2", "--interval", "1", "--format", "json", config=config).json["sources"][0]
        self.assertEqual((seen["state"], seen["dead"]), ("fresh", 2), seen)
        self.assertIn("no worker can be heard", " ".join(seen["notices"]))
        listed = self.run_command("dead-letters", "list", "it", "--format", "json", config=config)
        self.assertEqual(len(listed.json["letters"]), 2, listed.err)
        done = self.act("retry", "--all", config=config)
        self.assertEqual(done.code, 77)
        for word in ("EVALSHA", "LPUSH", "PUBLISH"):
            self.assertIn(word, done.err)
        self.assertEqual(self.redis.llen("celery"), 0)


class OrphanTest(CeleryScene):
    def orphaned(self, number=3):
        self.call(f"[scene.sleep.delay(n) for n in range({number})]; scene.sleep.apply_async((9,), countdown=600)")
        process = self.worker()
        self.age_unacknowledged(number + 1)
        self.eventually(lambda: len(self.marked()) >= min(number, 2))
        self.stop(process, signal.SIGKILL)

    def test_orphans_of_a_killed_worker_are_restored_and_each_runs_once(self):
        self.orphaned()
        stored = {tag: json.loads(value)[0] for tag, value in self.redis.hgetall("unacked").items()}
        other = self.worker("w2")
        self.eventually(lambda: self.redis.publish("/13.celery.pidbox", "x") == 1)
        found = self.run_command("orphans", "list", "it", "--format", "json")
        self.assertEqual(sorted(orphan["task"] for orphan in found.json["orphans"]), ["dead.sleep"] * 4, found.err)
        self.assertIn("live worker", found.json["orphans"][0]["message"])
        os.killpg(other.pid, signal.SIGKILL)
        other.wait()
        done = self.act("recover", "--all", group="orphans")
        self.assertEqual((done.code, done.json["plan"]["affected"], done.json["receipts"]["moved"]), (0, 4, 4), done.err)
        self.assertEqual((self.redis.hlen("unacked"), self.redis.zcard("unacked_index")), (0, 0))
        for raw in self.redis.lrange("celery", 0, -1):
            message = json.loads(raw)
            before = stored[message["properties"]["delivery_tag"].encode()]
            self.assertTrue(message["headers"].pop("redelivered"))
            self.assertTrue(message["properties"]["delivery_info"].pop("redelivered"))
            self.assertEqual(message, before)
        self.assertEqual(self.act("recover", "--all", group="orphans").code, 64)
        self.heal()
        self.worker("w3")
        self.eventually(lambda: sorted(self.marked()) == ["slow0", "slow1", "slow2"])
        # A worker acknowledges a moment after the task has ended; the one with an eta waits for its time.
        self.eventually(lambda: self.redis.hlen("unacked") == 1)
        self.assertEqual(len(self.marked()), 3)
        self.assert_tidy()

    def test_what_a_live_worker_has_is_no_orphan(self):
        self.call("[scene.sleep.delay(n) for n in range(3)]; scene.sleep.apply_async((9,), countdown=600)")
        self.worker()
        self.age_unacknowledged(4)
        found = self.run_command("orphans", "list", "it", "--format", "json")
        self.assertEqual(found.json["orphans"], [], found.err)
        looking = self.run_command("orphans", "list", "it", "--read-only", "--format", "json")
        self.assertEqual(len(looking.json["orphans"]), 4, looking.err)
        self.assertIn("not asked", looking.json["orphans"][0]["message"])
        self.assert_tidy()
        log = self.verify_audit()
        self.assertEqual(log["records"], 2, "asking is written down: intent and outcome")

    def test_a_worker_without_remote_control_keeps_what_it_has(self):
        self.call("[scene.sleep.delay(n) for n in range(2)]")
        self.scene["SCENE_REMOTE"] = "0"
        self.worker()
        self.age_unacknowledged(2)
        self.assertEqual(self.redis.publish("/13.celery.pidbox", "x"), 0, "nobody listens")
        done = self.act("recover", "--all", group="orphans")
        self.assertEqual(done.code, 77, done.err)
        self.assertIn("may have any of them", done.err)
        self.assertEqual((self.redis.hlen("unacked"), self.redis.llen("celery")), (2, 0))

    def test_a_worker_that_stays_silent_may_have_any_of_them(self):
        self.orphaned(1)
        silent = self.redis.pubsub()
        silent.psubscribe("/13.celery.pidbox")
        silent.get_message(timeout=2)
        self.addCleanup(silent.close)
        done = self.act("recover", "--all", group="orphans")
        self.assertEqual(done.code, 77)
        self.assertIn("silent", done.err)
        self.assertEqual(self.redis.hlen("unacked"), 2)
        self.assert_tidy()


class DeadListTest(CeleryScene):
    def publish(self, queue, count, routing=None):
        code = ("from kombu import Connection, Producer\n"
                f"with scene.app.connection() as c:\n    for n in range({count}):\n"
                f"        scene.pay.apply_async((n, [], 1.0, 'é'), {{'big': 12345678901234567890}}, queue='{queue}')")
        self.call(code)

    def test_messages_of_a_dead_letter_list_go_home_and_run(self):
        self.publish("pay.dead", 5)
        self.publish("lost.dead", 2)
        before = [json.loads(raw) for raw in self.redis.lrange("pay.dead", 0, -1)]
        process = self.worker()
        self.eventually(lambda: self.redis.keys("_kombu.binding.celery"))
        self.stop(process)
        done = self.act("retry", "--all")
        self.assertEqual(done.json["receipts"]["moved"], 5, done.err + done.out)
        self.assertEqual(done.json["receipts"]["failed"], 2)
        self.assertIn("lost.dead > QUEUE", done.json["problems"][0]["reason"])
        self.assertEqual((self.redis.llen("pay.dead"), self.redis.llen("lost.dead")), (0, 2))
        after = [json.loads(raw) for raw in self.redis.lrange("celery", 0, -1)]
        tags = {message["properties"]["delivery_tag"] for message in before + after}
        self.assertEqual(len(tags), 10, "every delivery tag is a new one")
        bodies = sorted((message["body"], json.dumps(message["headers"])) for message in before)
        self.assertEqual(sorted((message["body"], json.dumps(message["headers"])) for message in after), bodies)
        self.assertEqual({message["properties"]["delivery_info"]["routing_key"] for message in after}, {"celery"})
        self.heal()
        self.worker()
        self.eventually(lambda: len(self.marked()) == 5)
        self.assertEqual(len(set(self.marked())), 5)

    def test_an_expired_message_stays_where_a_worker_can_not_drop_it(self):
        self.call("scene.pay.apply_async((1,), queue='pay.dead', expires=1); scene.pay.apply_async((2,), queue='pay.dead')")
        self.redis.sadd("_kombu.binding.celery", "celery\x06\x16\x06\x16celery")
        time.sleep(1.5)
        done = self.act("retry", "--all")
        self.assertEqual((done.json["receipts"]["moved"], done.json["receipts"]["failed"]), (1, 1), done.err)
        self.assertIn("expired", done.json["problems"][0]["reason"])
        self.assertEqual(self.redis.llen("pay.dead"), 1)

    def test_a_list_is_paged_while_messages_come_in_and_discarded_ones_come_back(self):
        self.publish("lost.dead", 30)
        raw = self.redis.lrange("lost.dead", 0, -1)
        listed = self.run_command("dead-letters", "list", "it", "--queue", "lost.dead", "--limit", "30", "--format", "json").json["letters"]
        self.assertEqual(len({letter["id"] for letter in listed}), 30)
        some = [listed[3]["id"], listed[17]["id"], listed[29]["id"]]
        done = self.act("discard", *[word for one in some for word in ("--id", one)])
        self.assertEqual((done.code, done.json["receipts"]["moved"], self.redis.llen("lost.dead")), (0, 3, 27), done.err)
        back = self.act("restore", done.json["quarantine"])
        self.assertEqual((back.code, back.json["receipts"]["moved"]), (0, 3), back.err)
        self.assertEqual(sorted(self.redis.lrange("lost.dead", 0, -1)), sorted(raw))
        self.assertEqual(self.act("restore", done.json["quarantine"]).json["receipts"]["conflict"], 3)


if __name__ == "__main__":
    unittest.main()
