"""Dramatiq: messages that a real worker gave up, and what the console does with them."""

import os
import signal
import subprocess
import sys
import unittest

from commandtest import LIVE, CommandTest, python


class DramatiqTest(CommandTest):
    kind = "dramatiq"
    database = 12

    def setUp(self):
        super().setUp()
        self.scene = dict(os.environ, SCENE_REDIS=self.url, SCENE_MARK=self.mark, SCENE_HEALTHY=self.healthy, PYTHONPATH=LIVE)

    def send(self, count):
        code = f"import dramatiq_app\nfor n in range({count}): dramatiq_app.charge.send(n, [], 1.0, 12345678901234567890)"
        subprocess.run([sys.executable, "-c", code], env=self.scene, check=True)

    def worker(self):
        process = python("-m", "dramatiq", "--processes", "1", "--threads", "2", "dramatiq_app", env=self.scene, stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL)
        self.addCleanup(self.stop, process, signal.SIGKILL)
        return process

    def test_dead_messages_go_back_with_every_byte_and_run(self):
        self.send(6)
        process = self.worker()
        self.eventually(lambda: self.redis.zcard("dramatiq:default.XQ") == 6, what="the messages did not die")
        self.stop(process)
        dead = self.redis.hgetall("dramatiq:default.XQ.msgs")
        groups = self.run_command("dead-letters", "groups", "it", "--format", "json").json["groups"]
        self.assertEqual([(g["task"], g["error_type"], g["count"]) for g in groups], [("charge", "TimeoutError", 6)])
        done = self.act("retry", "--all")
        self.assertEqual((done.code, done.json["receipts"]["moved"]), (0, 6), done.err)
        self.assertEqual(self.redis.hgetall("dramatiq:default.msgs"), dead)
        self.assertEqual(self.redis.zcard("dramatiq:default.XQ"), 0)
        self.assertEqual(self.act("retry", "--all").code, 64)
        self.heal()
        self.worker()
        self.eventually(lambda: sorted(self.marked()) == [str(n) for n in range(6)])

    def test_other_arguments_replace_the_old_ones_and_nothing_else(self):
        self.redis.zadd("dramatiq:q.XQ", {"id-1": 1795000000000})
        message = '{"queue_name":"q","actor_name":"a","args":[1],"kwargs":{"k":1.0},"message_id":"m1","options":{"n":12345678901234567890}}'
        self.redis.hset("dramatiq:q.XQ.msgs", "id-1", message)
        done = self.act("retry", "--id", "m1", "--call", '[2, []] {"k": 2.50}')
        self.assertEqual((done.code, done.json["receipts"]["moved"]), (0, 1), done.err)
        self.assertEqual(self.redis.hget("dramatiq:q.msgs", "id-1").decode(), message.replace('[1]', '[2, []]').replace('{"k":1.0}', '{"k": 2.50}'))

    def test_discard_restore_and_what_is_missing(self):
        now = 1795000000000
        self.redis.zadd("dramatiq:q.XQ", {f"id-{n}": now + n for n in range(20)})
        self.redis.hset("dramatiq:q.XQ.msgs", mapping={f"id-{n}": f'{{"actor_name":"a","message_id":"m{n}","args":[{n}],"kwargs":{{}}}}' for n in range(19)})
        before = (self.redis.zrange("dramatiq:q.XQ", 0, -1, withscores=True), self.redis.hgetall("dramatiq:q.XQ.msgs"))
        done = self.act("discard", "--filter", "args~5")
        self.assertEqual(done.json["receipts"]["moved"], 2, done.err)
        back = self.act("restore", done.json["quarantine"])
        self.assertEqual(back.json["receipts"]["moved"], 2, back.err)
        self.assertEqual((self.redis.zrange("dramatiq:q.XQ", 0, -1, withscores=True), self.redis.hgetall("dramatiq:q.XQ.msgs")), before)
        done = self.act("retry", "--all")
        self.assertEqual((done.code, done.json["receipts"]["moved"], done.json["receipts"]["payload_missing"]), (1, 19, 1))

    def test_what_is_about_to_expire_is_warned_about(self):
        import time
        self.redis.zadd("dramatiq:q.XQ", {"a": (time.time() - 6.5 * 86400) * 1000})
        self.redis.hset("dramatiq:q.XQ.msgs", "a", '{"actor_name":"a","message_id":"m","args":[],"kwargs":{}}')
        shown = self.run_command("snapshot", "--format", "json").json
        self.assertTrue(any("deleted by Dramatiq itself" in notice for notice in shown["sources"][0]["notices"]), shown["sources"])


if __name__ == "__main__":
    unittest.main()
