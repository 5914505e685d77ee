"""`opsconsole record` beside a small RQ queue, and what is on its tape."""

import os
import sqlite3
import subprocess
import time

from commandtest import BINARY, CommandTest


class TapeTest(CommandTest):
    """A queue with a few jobs and a worker; the tape is in the folder of the test."""

    kind = "rq"
    database = 11

    def setUp(self):
        super().setUp()
        self.tape = os.path.join(self.folder, "it.tape")
        self.fill(5)
        self.beat()

    def fill(self, count, queue="default"):
        """So many jobs wait in a queue, as RQ stores them."""
        pipe = self.redis.pipeline()
        pipe.delete(f"rq:queue:{queue}")
        for number in range(count):
            job = f"{queue}-{number}"
            pipe.hset(f"rq:job:{job}", mapping={"status": "queued", "origin": queue, "data": b"x", "description": f"shop.charge({number})",
                                                "created_at": self.stamp(5), "enqueued_at": self.stamp(5)})
            pipe.rpush(f"rq:queue:{queue}", job)
        pipe.sadd("rq:queues", f"rq:queue:{queue}")
        pipe.execute()

    def beat(self, queue="default"):
        """A worker that serves the queue, without which each backlog would be an alert."""
        self.redis.hset("rq:worker:w1", mapping={"birth": self.stamp(60), "last_heartbeat": self.stamp(-600), "queues": queue, "hostname": "h",
                                                 "pid": 4711, "state": "idle"})
        self.redis.sadd("rq:workers", "rq:worker:w1")

    @staticmethod
    def stamp(age):
        return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() - age)) + ".000000Z"

    def record(self, *arguments, **options):
        return self.start("record", "--tape", self.tape, *arguments, **options)

    def recorded(self, seconds, *arguments, **options):
        """Records for a while, to the end."""
        return self.run_command("record", "--tape", self.tape, "--for", str(seconds), *arguments, **options)

    def export(self, *arguments, tape=None, since="-1h"):
        """`incident export`, which takes no configuration."""
        done = subprocess.run([BINARY, "incident", "export", f"--from={since}", "--tape", tape or self.tape, *arguments],
                              env=self.variables(), capture_output=True, timeout=60)
        done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
        return done

    def ask_tape(self, sql, path=None):
        """The rows of a query, without a writing handle: the recorder may be at work."""
        tape = sqlite3.connect(f"file:{path or self.tape}?mode=ro", uri=True, timeout=10)
        try:
            return tape.execute(sql).fetchall()
        finally:
            tape.close()

    def assert_sound(self):
        self.assertEqual(self.ask_tape("PRAGMA integrity_check"), [("ok",)])

    def polls(self):
        """How many looks at the source are on the tape, and when the last of them was."""
        return self.ask_tape("SELECT count(*), max(at) FROM polls")[0]

    def open_for_record(self):
        """Waits until a recorder has made its tape."""
        self.eventually(self.is_made, 20, "there is no tape")

    def is_made(self):
        try:
            return os.path.exists(self.tape) and self.ask_tape("SELECT count(*) FROM sqlite_master WHERE name = 'polls'") == [(1,)]
        except sqlite3.OperationalError:  # it is being made at this moment
            return False
