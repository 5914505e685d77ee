"""`opsconsole record` beside a small RQ queue, and what is on its tape."""

import os
import signal
import sqlite3
import subprocess
import threading
import time

from commandtest import BINARY, CommandTest

# How many times faster than the world the program waits. Its 2 s between two polls are 0.25 s of ours.
PACE = 8


class Recording:
    """A recorder at work, and what it has said so far."""

    def __init__(self, process):
        self.process, self.lines, self.errors = process, [], []
        self.threads = [threading.Thread(target=self._collect, args=each, daemon=True)
                        for each in ((process.stdout, self.lines), (process.stderr, self.errors))]
        for thread in self.threads:
            thread.start()

    @staticmethod
    def _collect(stream, lines):
        for line in stream:
            lines.append(line.decode().rstrip("\n"))

    def told(self, name):
        """What was printed of a rule, in order: `fired`, `resolved`."""
        return [line.split()[1] for line in list(self.lines) if f" {name}: " in line]

    def end(self, number=signal.SIGTERM):
        """Asks it to end. Returns its exit code."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.ended()

    def ended(self, seconds=60):
        """Waits for its end. Returns its exit code."""
        try:
            return self.process.wait(seconds)
        finally:
            self.close()

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for thread in self.threads:
            thread.join(5)
        self.process.stdout.close()
        self.process.stderr.close()


class TapeTest(CommandTest):
    """A queue with a few jobs and a worker; the tape is in the folder of the test."""

    kind = "rq"
    database = 11

    def setUp(self):
        super().setUp()
        self.tape = os.path.join(self.folder, "it.tape")
        self.fill(5)
        self.beat()

    def variables(self, state="state"):
        return dict(super().variables(state), OPSCONSOLE_TEST_PACE=str(PACE))

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
        """A recorder that goes on until it is ended, at the latest when the test is."""
        recording = Recording(self.start("record", "--tape", self.tape, *arguments, **options))
        self.addCleanup(recording.close)
        return recording

    def recorded(self, polls, *arguments, **options):
        """Records so many polls, and ends it in order."""
        before = self.polls()[0] if os.path.exists(self.tape) else 0
        recording = self.record(*arguments, **options)
        self.open_for_record()
        self.eventually(lambda: self.polls()[0] >= before + polls, what="nothing is recorded")
        self.assertEqual((recording.end(), recording.errors), (0, []))
        return recording

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
        self.eventually(self.is_made, what="there is no tape")

    def is_made(self):
        try:
            return os.path.exists(self.tape) and self.ask_tape("SELECT count(*) FROM sqlite_master WHERE name = 'polls'") == [(1,)]
        except sqlite3.OperationalError:  # it is being made at this moment
            return False
