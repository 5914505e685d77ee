"""Long times, both at once since they cost minutes: a wallboard whose server is paused, killed and started again, faster
than the world; and a healthy system of which nothing may be said. `make soak` runs the whole of both, `make test` a tenth.
"""

import json
import os
import signal
import sqlite3
import subprocess
import time

from amounts import SOAK, amount, seeded
from deadline import PATIENCE
from incidentscene import IncidentScene
from places import Home, binary
from walls import WallTest

# Seconds of the board's clock in a soak: ten minutes at its pace, which is more than an hour and a half.
WHOLE = 6000.0
PACE = 10 if SOAK else 20
FAULT_EVERY = 120.0
# What is kept of numbers grows for the first half hour of the board's clock.
SETTLED = 2000.0 if SOAK else amount(WHOLE) / 2
GROWTH = 1 << 20
# Seconds of health.
HEALTH = amount(600.0)


class Soak(WallTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.healthy = IncidentScene()
        cls.addClassCleanup(cls.healthy.close)
        cls.place = Home()
        cls.addClassCleanup(cls.place.remove)
        cls.tape = os.path.join(cls.place.path, "quiet.tape")
        cls.begun = time.time()
        cls.recorder = subprocess.Popen(
            [binary(), "record", "--verbose", "--config", cls.healthy.facts["config"], "--tape", cls.tape],
            env=cls.place.environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        cls.addClassCleanup(cls.recorder.stdout.close)
        cls.addClassCleanup(cls.recorder.kill)

    def test_a_board_goes_on_for_long_without_growing_and_never_shows_old_numbers_as_new(self):
        redis = self.own_redis()
        console = self.wall("--rotate", "20", pace=PACE)
        console.wait_for("1 fresh")
        self.random, self.badges, settled = seeded(), 0, None
        begun = time.monotonic()
        while (time.monotonic() - begun) * PACE < amount(WHOLE):
            console.let_pass(FAULT_EVERY / PACE * self.random.uniform(0.3, 1.0))
            self.fault(redis, console)
            if settled is None and (time.monotonic() - begun) * PACE >= SETTLED:
                settled = self.state(console)
        console.wait_for("1 fresh")
        memory, files, threads = self.state(console)
        self.say(f"{amount(WHOLE):.0f} s of the board's clock at {PACE} times: {memory >> 10} kB, "
                 f"{(memory - settled[0]) >> 10} kB more than when it had settled, {files} files, {threads} threads, "
                 f"{self.badges} badges")
        self.assertGreater(self.badges, 2, "no fault was ever seen")
        self.assertLessEqual(abs(files - settled[1]), 1, "one connection may be under way")
        if SOAK:
            self.assertLessEqual(memory - settled[0], GROWTH)
        self.leave(console)

    def fault(self, redis, console):
        """A server that hangs, or is gone for a while: the board says so before its numbers are old, and comes back."""
        if self.random.random() < 0.5:
            os.kill(redis.process.pid, signal.SIGSTOP)
            back = lambda: os.kill(redis.process.pid, signal.SIGCONT)  # noqa: E731
        else:
            redis.kill()
            back = redis.start
        try:
            console.wait_for(r"STALE|DOWN|NO NEW NUMBERS")
            self.badges += 1
        finally:
            back()
        console.wait_for(r"1 fresh")

    @staticmethod
    def state(console):
        """Resident bytes, open files and threads."""
        with open(f"/proc/{console.pid}/statm") as file:
            pages = int(file.read().split()[1])
        return (pages * os.sysconf("SC_PAGESIZE"), len(os.listdir(f"/proc/{console.pid}/fd")),
                len(os.listdir(f"/proc/{console.pid}/task")))

    def test_a_healthy_system_raises_nothing_in_all_this_time(self):
        time.sleep(max(0.0, self.begun + HEALTH - time.time()))
        recorder = self.recorder
        self.assertIsNone(recorder.poll(), "the recorder ended")
        ended = time.time()
        recorder.terminate()
        said, _ = recorder.communicate(timeout=PATIENCE)
        self.assertEqual(recorder.returncode, 0, said)
        since = f"--from=-{time.time() - self.begun + 60:.0f}s"
        story = json.loads(self.run_plain("incident", "export", since, "--tape", self.tape, "--format", "json").stdout)
        self.assertEqual([each["kind"] for each in story["entries"]], ["begun", "ended"], said)
        self.assertEqual(self.watched(ended), 4, "all four sources were looked at until the end")
        self.say(f"{HEALTH:.0f} s of health: no alert, no suspect")

    def watched(self, ended):
        """How many sources have polls on the tape in its last ten seconds, and enough of them for the whole time."""
        tape = sqlite3.connect(f"file:{self.tape}?mode=ro", uri=True)
        try:
            counts = tape.execute("SELECT count(*), max(at) FROM polls GROUP BY source").fetchall()
        finally:
            tape.close()
        return sum(1 for count, last in counts if count > HEALTH / 4 and last > ended - 10)
