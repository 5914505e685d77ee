"""Long times, both at once since they cost minutes: a wallboard whose server is paused, killed and started anew, at ten
times the speed of the world; and a healthy system of which nothing may be said."""

import json
import os
import random
import signal
import sqlite3
import subprocess
import time

from healthy import HealthySystem
from places import Home, binary
from walls import WallTest

PACE = 10
# Ten minutes where nobody waits for the result, which is more than an hour and a half of the board's clock.
SECONDS = float(os.environ.get("OPSCONSOLE_SOAK_SECONDS", "600" if os.environ.get("CI") else "60"))
FAULT_EVERY = 12.0
SEED = 20_261_122
# What is kept of numbers grows for the first half hour of the board's clock: three minutes of ours.
SETTLED = min(200.0, SECONDS / 2)
GROWTH = 1 << 20


class Soak(WallTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.healthy = HealthySystem()
        cls.addClassCleanup(cls.healthy.close)
        cls.place = Home()
        cls.addClassCleanup(cls.place.remove)
        cls.tape = os.path.join(cls.place.path, "quiet.tape")
        cls.begun = time.time()
        cls.recorder = subprocess.Popen([binary(), "record", "--verbose", "--config", cls.healthy.facts["config"], "--tape", cls.tape],
                                        env=cls.place.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        cls.addClassCleanup(cls.recorder.stdout.close)
        cls.addClassCleanup(cls.recorder.kill)

    def test_a_healthy_system_raises_nothing_in_all_this_time(self):
        time.sleep(max(0.0, self.begun + SECONDS - time.time()))
        self.assertIsNone(self.recorder.poll(), "the recorder ended")
        self.recorder.terminate()
        said, _ = self.recorder.communicate(timeout=20)
        self.assertEqual(self.recorder.returncode, 0, said)
        since = f"--from=-{time.time() - self.begun + 60:.0f}s"
        story = json.loads(self.run_plain("incident", "export", since, "--tape", self.tape, "--format", "json").stdout)
        self.assertEqual([each["kind"] for each in story["entries"]], ["begun", "ended"], said)
        self.assertEqual(self.looks(), 4, "all four sources were looked at until the end")
        self.say(f"{time.time() - self.begun:.0f} s of health: no alert, no suspect")

    def looks(self):
        """How many sources have looks on the tape in its last ten seconds, and enough of them for the whole time."""
        tape = sqlite3.connect(f"file:{self.tape}?mode=ro", uri=True)
        try:
            counts = tape.execute("SELECT count(*), max(at) FROM polls GROUP BY source").fetchall()
        finally:
            tape.close()
        return sum(1 for count, last in counts if count > SECONDS / 4 and last > self.begun + SECONDS - 10)

    def test_a_board_goes_on_for_long_without_growing_and_never_shows_old_numbers_as_new(self):
        redis, console = self.own_redis(), None
        console = self.wall("--rotate", "20", OPSCONSOLE_TEST_PACE=str(PACE))
        console.wait_for("1 fresh")
        self.random, self.badges, self.settled = random.Random(SEED), 0, None
        begun = time.monotonic()
        while time.monotonic() - begun < SECONDS:
            self.watch(console, FAULT_EVERY * self.random.uniform(0.3, 1.0))
            self.fault(redis, console)
            if self.settled is None and time.monotonic() - begun >= SETTLED:
                self.settled = self.state(console)
        console.wait_for("1 fresh", 30)
        memory, files, threads = self.state(console)
        self.say(f"{SECONDS:.0f} s at {PACE} times: {memory >> 10} kB, {(memory - self.settled[0]) >> 10} kB more than when it "
                 f"had settled, {files} files, {threads} threads, {self.badges} badges")
        self.assertGreater(self.badges, 2, "no fault was ever seen")
        self.assertLessEqual(abs(files - self.settled[1]), 1, "one connection may be under way")
        if SECONDS >= 300:
            self.assertLessEqual(memory - self.settled[0], GROWTH)
        self.leave(console)

    def watch(self, console, seconds):
        console.pump(seconds)
        self.assertIsNone(console.status)

    def fault(self, redis, console):
        """A server that hangs, or is gone for a while: the board says so before its numbers are old, and comes back."""
        if self.random.random() < 0.5:
            os.kill(redis.process.pid, signal.SIGSTOP)
            back = lambda: os.kill(redis.process.pid, signal.SIGCONT)  # noqa: E731
        else:
            redis.kill()
            back = redis.start
        try:
            console.wait_for(r"STALE|DOWN|NO NEW NUMBERS", 10)
            self.badges += 1
        finally:
            back()
        console.wait_for(r"1 fresh", 30)

    @staticmethod
    def state(console):
        """Resident bytes, open files and threads."""
        with open(f"/proc/{console.pid}/statm") as file:
            pages = int(file.read().split()[1])
        return (pages * os.sysconf("SC_PAGESIZE"), len(os.listdir(f"/proc/{console.pid}/fd")),
                len(os.listdir(f"/proc/{console.pid}/task")))
