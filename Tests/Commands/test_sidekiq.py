"""Sidekiq: jobs that a real Sidekiq buried, and what the console does with them."""

import os
import signal
import subprocess
import time
import unittest

from commandtest import LIVE, CommandTest

JOBS = os.path.join(LIVE, "sidekiq_jobs.rb")


class SidekiqTest(CommandTest):
    kind = "sidekiq"
    database = 11

    def setUp(self):
        super().setUp()
        self.ruby_variables = dict(os.environ, SCENE_REDIS=self.url, SCENE_MARK=self.mark, SCENE_HEALTHY=self.healthy)

    def ruby(self, code):
        subprocess.run(["ruby", "-W0", "-r", JOBS, "-e", code], env=self.ruby_variables, check=True, capture_output=True)

    def sidekiq(self, *queues):
        words = [word for queue in queues for word in ("-q", queue)]
        process = subprocess.Popen(["sidekiq", *words, "-c", "4", "-t", "2", "-r", JOBS], env=self.ruby_variables, start_new_session=True,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(self.stop, process, signal.SIGKILL)
        return process

    def ran(self):
        with open(self.mark) as file:
            return file.read().split("\n")[:-1]

    def test_dead_jobs_go_back_with_every_byte_and_run(self):
        self.ruby('8.times { |n| Payment.perform_async(n, [], 1.0, 12345678901234567890, {"a" => "\\u00e9\\u2028"}) }')
        process = self.sidekiq("payments")
        self.eventually(lambda: self.redis.zcard("dead") == 8, what="the jobs did not die")
        self.stop(process)
        dead = sorted(self.redis.zrange("dead", 0, -1))
        groups = self.run_command("dead-letters", "groups", "it", "--format", "json").json["groups"]
        self.assertEqual([(g["task"], g["error_type"], g["message"], g["count"]) for g in groups],
                         [("Payment", "ArgumentError", "partner did not answer in # s", 8)])
        shown = self.run_command("dead-letters", "list", "it", "--limit", "1", "--format", "json").json["letters"][0]
        self.assertIn("12345678901234567890", shown["arguments"])
        detail = self.run_command("dead-letters", "show", "it", "--id", shown["id"], "--format", "json").json
        self.assertTrue(any("sidekiq_jobs.rb" in line for line in detail["traceback"]))
        done = self.act("retry", "--all")
        self.assertEqual((done.code, done.json["receipts"]["moved"]), (0, 8), done.err)
        self.assertEqual(sorted(self.redis.lrange("queue:payments", 0, -1)), dead)
        self.heal()
        self.sidekiq("payments")
        self.eventually(lambda: sorted(self.ran()) == [str(n) for n in range(8)])

    def test_other_arguments_replace_the_old_ones_and_nothing_else(self):
        job = b'{"retry":0,"queue":"payments","args":[1, {"a":1.0}],"class":"Payment","jid":"0123456789abcdef01234567","x":12345678901234567890}'
        self.redis.zadd("dead", {job: 1795000000.5})
        done = self.act("retry", "--id", "0123456789abcdef01234567", "--call", '[7, []]')
        self.assertEqual((done.code, done.json["receipts"]["moved"]), (0, 1), done.err)
        self.assertEqual(self.redis.lrange("queue:payments", 0, -1), [job.replace(b'[1, {"a":1.0}]', b"[7, []]")])
        self.assertEqual(self.redis.zcard("dead"), 0)

    def test_the_retry_set_is_meant_only_where_it_is_named(self):
        self.redis.zadd("retry", {b'{"class":"A","queue":"x","jid":"0123456789abcdef01234567","args":[],"retry_count":1}': 1795000000.5})
        self.assertEqual(self.act("retry", "--all").code, 64)
        done = self.act("retry", "--all", "--set", "retry")
        self.assertEqual(done.json["receipts"]["moved"], 1)
        self.assertEqual(self.redis.llen("queue:x"), 1)

    def test_discard_and_restore(self):
        members = {f'{{"class":"A","queue":"x","jid":"{n:024x}","args":[{n}]}}'.encode(): 1795000000.25 for n in range(50)}
        self.redis.zadd("dead", members)
        done = self.act("discard", "--filter", f"id:{7:024x}")
        self.assertEqual(done.json["receipts"]["moved"], 1, done.err)
        self.assertEqual(self.redis.zcard("dead"), 49)
        back = self.act("restore", done.json["quarantine"])
        self.assertEqual(back.json["receipts"]["moved"], 1, back.err)
        self.assertEqual(dict(self.redis.zrange("dead", 0, -1, withscores=True)), members)

    def test_what_is_no_job_is_shown_and_left_alone(self):
        self.redis.zadd("dead", {b"\x80\x02not json \x1b[31m": 1795000001.0, b'{"class":"A","queue":"x","jid":"a","args":[]}': 1795000000.0})
        listed = self.run_command("dead-letters", "list", "it", "--format", "json").json["letters"]
        self.assertEqual([letter["can_retry"] for letter in listed], [False, True])
        done = self.act("retry", "--all")
        self.assertEqual((done.code, done.json["receipts"]["moved"]), (1, 1))
        self.assertEqual(self.redis.zcard("dead"), 1)

    def test_jobs_of_a_killed_process_are_recovered_while_their_copy_exists(self):
        self.ruby("3.times { |n| Sleeper.perform_async(n) }")
        process = self.sidekiq("slow")
        self.eventually(lambda: os.path.exists(self.mark) and len(self.ran()) == 3)
        identity = self.redis.smembers("processes").pop().decode()
        work = f"{identity}:workers"
        self.eventually(lambda: self.redis.hlen(work) == 3, what="the process did not report its work")
        self.assertEqual(self.run_command("orphans", "list", "it", "--format", "json").json["orphans"], [])
        self.stop(process, signal.SIGKILL)
        self.assertEqual(self.redis.llen("queue:slow"), 0, "basic fetch has lost them")
        # Half a minute of silence, made short.
        self.redis.hset(identity, "beat", time.time() - 45)
        found = self.run_command("orphans", "list", "it", "--format", "json").json["orphans"]
        self.assertEqual([orphan["task"] for orphan in found], ["Sleeper"] * 3)
        done = self.act("recover", "--all", group="orphans")
        self.assertEqual((done.code, done.json["receipts"]["moved"]), (0, 3), done.err)
        self.assertEqual(self.redis.llen("queue:slow"), 3)
        self.assertEqual(self.act("recover", "--all", group="orphans").code, 64)
        self.heal()
        self.sidekiq("slow")
        self.eventually(lambda: sorted(self.ran()) == ["slow 0", "slow 1", "slow 2"])


if __name__ == "__main__":
    unittest.main()
