"""Acting from the keyboard, beside real workers: keys in, and what the servers hold afterwards."""

import json
import os
import signal
import subprocess
import sys

import family
import seeds
from deadline import until
from livescene import LIVE
from places import redis_url
from ptyconsole import DOWN, ENTER, ESCAPE, UP, ConsoleTest

RQ, SIDEKIQ, CELERY = 1, 2, 4


class ActionTest(ConsoleTest):
    def setUp(self):
        super().setUp()
        self.mark = os.path.join(self.home.path, "mark")
        self.healthy = os.path.join(self.home.path, "healthy")

    def background(self, *command, **variables):
        process = subprocess.Popen(command, cwd=LIVE, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(
            os.environ, PYTHONPATH=LIVE, SCENE_MARK=self.mark, SCENE_HEALTHY=self.healthy, **variables))

        def stop():
            if process.poll() is None:
                family.end(process.pid, signal.SIGKILL)
            process.wait()

        self.addCleanup(stop)
        return process

    def audit(self):
        with open(os.path.join(self.home.state, "audit.jsonl")) as file:
            return [json.loads(line) for line in file]


class RQScene(ActionTest):
    def setUp(self):
        super().setUp()
        self.redis = seeds.cleared(RQ)
        self.home.configure(("orders", "rq", redis_url(RQ)))

    def fail(self, count):
        sys.path.insert(0, LIVE)
        os.environ.update(SCENE_MARK=self.mark, SCENE_HEALTHY=self.healthy)
        import dead_tasks
        from rq import Queue, SimpleWorker
        queue = Queue("default", connection=self.redis)
        ids = [queue.enqueue(dead_tasks.pay, number).id for number in range(count)]
        SimpleWorker([queue], connection=self.redis).work(burst=True, logging_level="CRITICAL")
        return ids


class RQActions(RQScene):
    def test_a_group_is_retried_one_is_discarded_and_restored_and_the_log_shows_it(self):
        self.fail(12)
        console = self.console(size=(120, 40))
        console.press("3", "12 dead letters")
        console.press(ENTER, "12 listed")
        console.press("D", "quarantine file")
        console.confirm("done, after")
        self.assertEqual(self.redis.zcard("rq:failed:default"), 11)
        console.press(ESCAPE, "11 listed")
        console.press(ESCAPE, "orders")
        console.press("U", "Restore from a quarantine file")
        console.press(ENTER, "restore .* of orders")
        console.confirm("done, after")
        self.assertEqual(self.redis.zcard("rq:failed:default"), 12)
        console.press(ESCAPE, "12 dead letters")
        console.press("R", "retry 12 of orders")
        console.confirm("done, after")
        self.assertEqual((self.redis.zcard("rq:failed:default"), self.redis.llen("rq:queue:default")), (0, 12))
        console.escape()
        console.press("9", "the chain holds")
        console.wait_for("retry")
        steps = [(record["phase"], record["action"]) for record in self.audit() if record["phase"] != "note"]
        self.assertEqual(steps, [(phase, action) for action in ("discard", "restore", "retry") for phase in ("intent", "outcome")])

    def test_a_damaged_quarantine_file_is_named_and_hides_no_other(self):
        self.fail(2)
        console = self.console(size=(120, 40))
        console.press("3", "2 dead letters")
        console.press(ENTER, "2 listed")
        console.press("D", "quarantine file")
        console.confirm("done, after")
        folder = os.path.join(self.home.state, "quarantine")
        (name,) = os.listdir(folder)
        with open(os.path.join(folder, "damaged.jsonl"), "wb") as file:
            file.write(b"\0" * 100)
        console.press(ESCAPE, "1 listed")
        console.press(ESCAPE, "orders")
        console.press("U", "1 quarantine file cannot be read: damaged.jsonl")
        console.wait_for("Restore from a quarantine file")
        with open(os.path.join(folder, name), "rb+") as file:
            lines = file.readlines()
            file.seek(len(lines[0]))
            file.write(b"{" * len(lines[1]))
        console.press(ENTER, "nothing of the file was used · choose another file")
        self.assertEqual(self.redis.zcard("rq:failed:default"), 1)

    def test_workers_are_halted_and_go_on_and_a_job_is_stopped(self):
        from rq import Queue
        self.fail(0)
        rq = os.path.join(os.path.dirname(sys.executable), "rq")
        self.background(rq, "worker", "-u", redis_url(RQ), "--name", "w1", "default")
        job = Queue("default", connection=self.redis).enqueue("dead_tasks.sleep", 1)
        until(lambda: self.redis.hget("rq:worker:w1", "current_job"), what="the worker did not begin")
        console = self.console(size=(120, 40))
        console.press("4", "w1.*busy")
        console.press("H", "halts all workers")
        console.confirm("done, after")
        self.assertEqual(self.redis.get("rq:suspended"), b"1")
        console.escape()
        console.press("U", "take jobs again")
        console.confirm("done, after")
        self.assertIsNone(self.redis.get("rq:suspended"))
        console.escape()
        console.press("K", "kills the job")
        console.confirm("done, after")
        until(lambda: self.redis.hget(f"rq:job:{job.id}", "status") == b"stopped", what="the job was not stopped")


class CeleryActions(ActionTest):
    def setUp(self):
        super().setUp()
        self.redis = seeds.cleared(CELERY)
        self.home.configure(("mail", "celery", redis_url(CELERY)))
        self.worker = self.background(sys.executable, "-m", "celery", "-A", "celery_dead", "worker", "-c", "2", "-n", "w1@here", "-l", "ERROR", "-Q",
                                      "celery", SCENE_REDIS=redis_url(CELERY))
        until(lambda: self.redis.publish(f"/{CELERY}.celery.pidbox", "x") == 1, what="the worker does not listen")

    def act(self, console, key, *patterns):
        console.press(key, "a request; the worker decides")
        console.confirm("(done|ended|broke).*, after")
        for pattern in patterns:
            console.wait_for(pattern)
        console.escape()

    def test_remote_control_answers_and_leaves_nothing_behind(self):
        call = ("import celery_dead as s; s.sleep.delay(1); s.sleep.apply_async((7,), countdown=600); "
                "print(s.pay.apply_async((3,), countdown=500).id)")
        done = subprocess.run([sys.executable, "-c", call], cwd=LIVE, capture_output=True, check=True,
                              env=dict(os.environ, PYTHONPATH=LIVE, SCENE_REDIS=redis_url(CELERY), SCENE_MARK=self.mark, SCENE_HEALTHY=self.healthy))
        task = done.stdout.decode().strip()
        console = self.console(size=(120, 40))
        console.press("4", "w1@here")
        self.act(console, "P", "pong")
        self.act(console, "I", r"active: dead\.sleep", r"scheduled: dead\.sleep", "not before")
        self.act(console, "+", "pool will grow")
        self.act(console, "-")
        console.press("V", "id of the task that")
        console.send(task)
        console.press(ENTER, "tells all workers")
        console.confirm("flagged as revoked")
        console.escape()
        self.act(console, "X")
        left = [key for key in self.redis.keys("*") if b"opsconsole" in key]
        members = [member for member in self.redis.smembers("_kombu.binding.reply.celery.pidbox") if b"opsconsole" in member]
        self.assertEqual((left, members), ([], []))
        open(self.healthy, "w").close()
        self.assertEqual([record["action"] for record in self.audit() if record["phase"] == "outcome"],
                         ["ping", "inspect", "grow", "shrink", "revoke", "shutdown"])

    def test_failures_are_heard_as_they_come_and_orphans_wait_for_the_word_of_workers(self):
        console = self.console(size=(120, 40))
        console.press("3", "mail")
        call = "import celery_dead as s; s.pay.delay(5); s.sleep.delay(1)"
        subprocess.run([sys.executable, "-c", call], cwd=LIVE, check=True,
                       env=dict(os.environ, PYTHONPATH=LIVE, SCENE_REDIS=redis_url(CELERY), SCENE_MARK=self.mark, SCENE_HEALTHY=self.healthy))
        console.wait_for(r"heard 1 failure in .*dead\.pay TimeoutError partner did not answer in 5 s")
        console.press("a", "in flight.*unacknowledged")
        until(lambda: self.redis.zcount("unacked_index", "-inf", self.redis.time()[0] - 6) >= 1, what="not old enough")
        console.send(DOWN)
        console.settle(0.2)
        if "unacknowledged" not in next(line for line in console.lines() if line.startswith("▸")):
            console.press(UP, "▸.*unacknowledged")
        console.press(ENTER, "nothing of this kind")
        os.killpg(self.worker.pid, signal.SIGKILL)
        self.worker.wait()
        console.press("a", "no worker listens")
        console.press("R", "recover .* of mail")
        console.confirm("done, after")
        self.assertEqual((self.redis.hlen("unacked"), self.redis.llen("celery")), (0, 1))


class SidekiqActions(ActionTest):
    def test_a_process_is_made_quiet_and_ended(self):
        link = seeds.cleared(SIDEKIQ)
        self.home.configure(("side", "sidekiq", redis_url(SIDEKIQ)))
        process = self.background("sidekiq", "-q", "slow", "-c", "2", "-t", "2", "-r", os.path.join(LIVE, "sidekiq_jobs.rb"), SCENE_REDIS=redis_url(SIDEKIQ))
        until(lambda: link.scard("processes") == 1, what="no process beats")
        console = self.console(size=(120, 40))
        console.press("4", "idle|busy")
        console.press("Q", "side")
        console.confirm("done, after")
        identity = link.srandmember("processes")
        until(lambda: link.hget(identity, "quiet") == b"true", what="it is not quiet")
        console.escape()
        console.press("T", "side")
        console.confirm("done, after")
        until(lambda: process.poll() is not None, what="it did not end")
