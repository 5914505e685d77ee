"""Threats T13 to T15: bombs, pickles, ten megabytes, and hostile text in every field, for every system. Nothing is run, nothing swells, nothing
raw is printed."""

import base64
import json
import os
import pickle
import re
import subprocess
import sys
import time
import zlib

from commandtest import BINARY, CommandTest
from deadline import Control

NASTY = "\x1b[2J\x1b]52;c;AA\x07\x9b31m\u202egnigats\u200b\x00\r\nzz\u0301\u0301\u0301日本"
RAW = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]")


class Evil:
    """A pickle that makes a file where it is loaded."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return os.system, (f"touch {self.path}",)


def bomb(megabytes):
    """Zeros that inflate a thousandfold."""
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(1 << 20)) for _ in range(megabytes)) + packer.flush()


class HostileTest(CommandTest):
    def look(self, *words, config=None):
        """Runs a command; its output is clean, its time and its memory are bounded."""
        program = ("import resource, subprocess, sys; done = subprocess.run(sys.argv[1:]); "
                   "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr); sys.exit(done.returncode)")
        with Control() as machine:
            began = time.monotonic()
            done = subprocess.run(
                [sys.executable, "-c", program, BINARY, *words, "--config", config or self.config], env=self.variables(),
                capture_output=True, timeout=120)
            seconds = time.monotonic() - began
        kilobytes = int(done.stderr.split()[-1])
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertLess(seconds, machine.allows(10))
        self.assertLess(kilobytes, 150_000)
        text = done.stdout.decode()
        self.assertIsNone(RAW.search(text), text)
        return text

    def everything(self, *ids):
        for form in ("table", "json"):
            for words in (("list", "it"), ("groups", "it"), *[("show", "it", "--id", one) for one in ids]):
                text = self.look("dead-letters", *words, "--format", form)
                if form == "json":
                    json.loads(text)
        for line in self.look("dead-letters", "export", "it", "--all").splitlines():
            json.loads(line)
        self.look("snapshot", "--format", "json")
        self.assertFalse(os.path.exists(self.trap), "a pickle was loaded")

    def setUp(self):
        super().setUp()
        self.trap = os.path.join(self.folder, "loaded")


class RQHostileTest(HostileTest):
    def test_bombs_pickles_and_megabytes_in_failed_jobs(self):
        def job(name, **fields):
            known = dict(status="failed", created_at=NASTY, ended_at="2026-01-01T00:00:00.000000Z", origin="q" + NASTY,
                         description=f"a.b({NASTY!r})", timeout="180", data=zlib.compress(pickle.dumps(("f", None, (1,), {}))))
            known.update(fields)
            self.redis.hset(f"rq:job:{name}", mapping=known)
            self.redis.zadd("rq:failed:q" + NASTY, {name: 1900000000})

        self.redis.sadd("rq:queues", "rq:queue:q" + NASTY)
        job("plain", worker_name=NASTY)
        job("numbers", number_of_retries="9223372036854775807", retries_left="9223372036854775807", timeout="1e400", ttl="1e400")
        job("negative", number_of_retries="-9223372036854775808", retries_left="nan")
        job("pickle", data=zlib.compress(pickle.dumps(Evil(self.trap))), meta=pickle.dumps(Evil(self.trap)))
        job("bomb", data=bomb(64))
        job("large", description="x" * (10 << 20), data=os.urandom(10 << 20))
        for name, text in (("bomb", base64.b64encode(bomb(32))), ("plain", base64.b64encode(zlib.compress(("Traceback\n" + NASTY).encode()))),
                           ("large", base64.b64encode(zlib.compress(os.urandom(1 << 20))))):
            self.redis.xadd(f"rq:results:{name}", {"type": 2, "worker_name": NASTY, "exc_string": text})
        self.everything("plain", "pickle", "bomb", "large")
        shown = json.loads(self.look("dead-letters", "show", "it", "--id", "pickle", "--format", "json"))
        self.assertIn("system", shown["arguments"])


class RQWorkersHostileTest(HostileTest):
    def test_counters_that_no_worker_can_have(self):
        for number, (done, failed) in enumerate(((2**63 - 1, 1), (2**63 - 1, 2**63 - 1), (-2**63, -1), (10**30, 5))):
            name = f"rq:worker:w{number}"
            self.redis.hset(name, mapping={"state": "busy", "queues": "default", "successful_job_count": done, "failed_job_count": failed,
                                           "birth": "2026-01-01T00:00:00.000000Z", "last_heartbeat": "2026-01-01T00:00:00.000000Z", "pid": 2**63})
            self.redis.sadd("rq:workers", name)
        self.redis.sadd("rq:queues", "rq:queue:default")
        workers = json.loads(self.look("snapshot", "--samples", "2", "--interval", "1", "--format", "json"))["workers"]
        self.assertEqual(len(workers), 4)
        self.look("suspects", "--for", "4", "--format", "json")


class SidekiqHostileTest(HostileTest):
    kind = "sidekiq"
    database = 11

    def test_bombs_and_megabytes_in_dead_jobs(self):
        def dead(jid, **fields):
            job = dict({"class": NASTY, "queue": NASTY, "args": [NASTY], "jid": jid, "error_class": NASTY, "error_message": NASTY, "retry": NASTY,
                        "retry_count": "x", "failed_at": NASTY}, **fields)
            self.redis.zadd("dead", {json.dumps(job): 1795000000})

        self.redis.sadd("queues", NASTY)
        dead("0" * 24, error_backtrace=base64.b64encode(bomb(32)).decode())
        dead("1" * 24, args=["x" * (10 << 20)], error_message="y" * (1 << 20))
        dead("2" * 24, error_backtrace=base64.b64encode(zlib.compress(json.dumps([NASTY]).encode())).decode())
        dead("3" * 24, retry_count=1e30, retry=9223372036854775807, failed_at=-1e30, created_at=float("1e308"))
        dead("4" * 24, retry_count=-1e308, retry=-9223372036854775808, failed_at=1e308)
        self.redis.zadd("dead", {'{"class":"A","args":[],"jid":"endless"}': float("-inf"), '{"class":"B","args":[],"jid":"late"}': float("inf")})
        self.redis.zadd("dead", {b"\xff\xfe not json": 1795000001, b'{"class":' + b"[" * 100_000: 1795000002})
        self.everything("0" * 24, "1" * 24, "2" * 24, "3" * 24, "4" * 24)


class DramatiqHostileTest(HostileTest):
    kind = "dramatiq"
    database = 12

    def test_pickles_and_megabytes_in_dead_messages(self):
        def dead(name, value):
            self.redis.zadd("dramatiq:q.XQ", {name: 1795000000000})
            self.redis.hset("dramatiq:q.XQ.msgs", name, value)

        def message(**fields):
            known = {"actor_name": NASTY, "message_id": NASTY, "queue_name": NASTY, "args": [NASTY], "kwargs": {}, "message_timestamp": 1,
                     "options": {"traceback": NASTY}}
            return json.dumps(dict(known, **fields))

        dead("nasty" + NASTY, message())
        dead("large", message(message_id="large", args=["x" * (10 << 20)]))
        dead("numbers", message(message_id="numbers", message_timestamp=1e308, options={"retries": 1e308, "max_retries": -1e308}))
        self.redis.zadd("dramatiq:q.XQ", {"numbers": float("-inf"), "pickle": float("inf")})
        dead("pickle", pickle.dumps(Evil(self.trap)))
        dead("long", message(message_id="long", options={"traceback": "z\n" * 100_000}))
        self.everything("large", "pickle", "long")


class CeleryHostileTest(HostileTest):
    kind = "celery"
    database = 13
    extra = ', dead: ["gone"]'

    def test_hostile_results_lists_and_unacknowledged_messages(self):
        def result(name, **fields):
            meta = {"status": "FAILURE", "result": {"exc_type": NASTY, "exc_message": [NASTY, {"x": NASTY}], "exc_module": NASTY},
                    "traceback": NASTY, "date_done": NASTY, "task_id": name, "name": NASTY, "args": [NASTY], "kwargs": {NASTY: NASTY},
                    "queue": NASTY}
            self.redis.set(f"celery-task-meta-{name}", json.dumps(dict(meta, **fields)))

        def message(**fields):
            body = base64.b64encode(json.dumps([[NASTY], {}, {}]).encode()).decode()
            known = {"body": body, "content-type": "application/json", "headers": {"task": NASTY, "id": "task" + NASTY},
                     "properties": {"delivery_tag": NASTY, "body_encoding": "base64", "priority": 1e300,
                                    "delivery_info": {"exchange": NASTY, "routing_key": NASTY}}}
            return json.dumps(dict(known, **fields))

        result("nasty")
        result("large", args=["x" * (10 << 20)])
        result("numbers", retries=-1e30)
        result("more", retries=1e308)
        result("deep", args=json.loads("[" * 40 + "]" * 40))
        self.redis.set("celery-task-meta-pickle", pickle.dumps(Evil(self.trap)))
        self.redis.set("celery-task-meta-bytes", b'{"status": "FAILURE", "result": "\xff\xfe')
        self.redis.lpush("gone", message(), message(body="!" * (10 << 20)), b"\xff\x00", pickle.dumps(Evil(self.trap)))
        self.redis.hset("unacked", mapping={"t1": json.dumps([message(), NASTY, NASTY]), "t2": b"\xff\xfe", "t3": b"[" * 100_000})
        self.redis.zadd("unacked_index", {"t1": 1, "t2": 2, "t3": 3, "t4": 4})
        self.everything("nasty", "large", "deep", "bytes")
        self.look("orphans", "list", "it", "--format", "table")
        self.assertEqual(len(json.loads(self.look("orphans", "list", "it", "--format", "json"))["orphans"]), 4)
        before = self.redis.hgetall("unacked")
        self.assertNotEqual(self.act("recover", "--all", group="orphans").code, 0)
        self.assertEqual(self.redis.hgetall("unacked"), before)

