"""`doctor --queues`: how tasks are sent and worked on, beside real clients."""

import subprocess

from commandtest import CommandTest, python

SEND = """
import random, sys
from redis import Redis
from rq import Queue
connection = Redis.from_url(sys.argv[1])
queue = Queue("default", connection=connection)
queue.enqueue("shop.fine", 7, job_timeout=60)
queue.enqueue("shop.for_ever", 7, job_timeout=-1, result_ttl=-1)
queue.enqueue("shop.whole", {"order": random.randbytes(20000).hex()}, job_timeout=60, description="shop.whole(order)")
"""

MAIL = """
import sys
from celery import Celery
app = Celery(broker=sys.argv[1], backend=sys.argv[1])
app.send_task("mail.send", (7,))
app.send_task("mail.limited", (7,), time_limit=30)
"""


class Habits(CommandTest):
    database = 9

    def send(self, text):
        done = python("-c", text, self.url, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        output, _ = done.communicate(timeout=120)
        self.assertEqual(done.returncode, 0, output)

    def findings(self, kind):
        self.kind = kind
        result = self.run_command("doctor", "--queues", "--format", "json", config=self.write_config(self.url))
        self.assertEqual(result.code, 0, result.err)
        return result.json

    def test_jobs_of_rq(self):
        self.send(SEND)
        found = {(one["rule"], one["subject"]) for one in self.findings("rq")["findings"]}
        self.assertIn(("no-time-limit", "shop.for_ever in default"), found)
        self.assertIn(("results-for-ever", "shop.for_ever in default"), found)
        self.assertIn(("whole-object", "shop.whole in default"), found)
        self.assertFalse([one for one in found if one[1].startswith("shop.fine")])

    def test_messages_of_celery(self):
        self.send(MAIL)
        document = self.findings("celery")
        found = {(one["rule"], one["subject"], one["severity"]) for one in document["findings"]}
        self.assertIn(("no-time-limit", "mail.send", "info"), found)
        self.assertFalse([one for one in found if one[1] == "mail.limited"])
        self.assertIn("2 waiting tasks", document["looked"][0]["at"])

    def test_a_server_that_may_throw_tasks_away(self):
        self.send(SEND)
        self.redis.config_set("maxmemory-policy", "allkeys-lru")
        self.addCleanup(self.redis.config_set, "maxmemory-policy", "noeviction")
        found = [one for one in self.findings("rq")["findings"] if one["rule"] == "evicting-broker"]
        self.assertEqual(len(found), 1)
        self.assertIn("allkeys-lru", found[0]["seen"])

    def test_a_dead_server_is_told(self):
        config = self.write_config("redis://127.0.0.1:1/0")
        result = self.run_command("doctor", "--queues", "--format", "json", config=config)
        self.assertEqual(result.code, 69)
        self.assertEqual(result.json["failed"][0]["source"], "it")
