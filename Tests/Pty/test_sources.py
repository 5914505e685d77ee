"""Servers hang, die and come back; the console stays quick and says what it knows."""

import re
import statistics
import time
import unittest

import seeds
from deadline import Control
from faults import Listener, OwnRedis
from ptyconsole import DOWN, UP, ConsoleTest
from places import postgres_url, redis_url

# Seconds from a key to its answer: usually, and the slowest of some thirty, which may meet a moment in which the
# machine does something else.
ANSWER, SLOWEST = 0.050, 0.150
# Seconds after its return until a server is seen again.
RETURN = 5.0
# Seconds of moving: numbers that are not confirmed for four are called stale.
HELD = 5.0


class SilentSource(ConsoleTest):
    UNCROWDED = True

    def setUp(self):
        super().setUp()
        seeds.fifty_queues()
        seeds.small_queues()
        self.hole = Listener()
        self.addCleanup(self.hole.close)
        self.home.configure(
            ("shop", "rq", redis_url(seeds.FIFTY)), ("mail", "rq", redis_url(seeds.SMALL)), ("broker", "celery", redis_url(seeds.EMPTY)),
            ("main-db", "postgres", postgres_url()), ("hole", "rq", f"redis://127.0.0.1:{self.hole.port}/0"))

    def answered(self, console, key):
        """Seconds from a key to the first byte of its answer."""
        mark, begun = console.mark(), time.monotonic()
        console.send(key)
        console.until(lambda: console.mark() > mark, what=f"an answer to {key!r}")
        return console.bursts[-1][0] - begun

    def test_one_silent_source_of_five_slows_no_key_and_no_other_source(self):
        """AC-21: it accepts and never answers; keys are answered and the other four stay fresh all the time."""
        console = self.console(size=(120, 40))
        console.wait_for("4 fresh 1 stale")
        console.wait_for(r"hole .*no answer")
        times, bars, tried = [], [], len(self.hole.open)
        keys = ["2", DOWN, DOWN, UP, "4", "5", "1"]
        with Control() as machine:
            while len(self.hole.open) < tried + 2 or len(times) < 4 * len(keys):
                times.append(self.answered(console, keys[len(times) % len(keys)]))
                console.settle(0.05)
                bars.append(console.lines()[0])
        usual, slowest = statistics.median(times), max(times)
        self.say(f"{len(times)} keys answered within {usual * 1000:.0f} ms (median) and {slowest * 1000:.0f} ms "
                 f"beside a silent source (bounds {machine.allows(ANSWER) * 1000:.0f} and {machine.allows(SLOWEST) * 1000:.0f})")
        self.assertLessEqual(usual, machine.allows(ANSWER))
        self.assertLessEqual(slowest, machine.allows(SLOWEST))
        self.assertEqual([bar for bar in bars if "4 fresh 1 stale" not in bar], [])

    def test_moving_the_cursor_makes_no_source_stale(self):
        """Rows are held under a moving cursor; sources that answer are not called dead for it."""
        console = self.console(size=(120, 40))
        console.wait_for("4 fresh 1 stale")
        end = time.monotonic() + HELD
        while time.monotonic() < end:
            for key in (DOWN, UP):
                console.send(key)
                console.settle(0.2)
            for name in ("shop", "mail", "broker", "main-db"):
                self.assertNotRegex(console.text(), rf"{name} .*(STALE|no new numbers)")


class Dying(ConsoleTest):
    def setUp(self):
        super().setUp()
        self.redis = OwnRedis().start()
        self.addCleanup(self.redis.close)
        seeds.small_queues(waiting=7, client=self.redis.client())
        self.home.configure(("mail", "rq", self.redis.url()), ("main-db", "postgres", postgres_url()))

    def age(self, console):
        """The age that the row of the queue shows, in seconds."""
        match = re.search(r"mailbox .* (\d+)s$", console.text(), re.M)
        return int(match.group(1)) if match else -1

    def assert_shown_soon(self, console, pattern):
        begun = time.monotonic()
        with Control() as machine:
            console.wait_for(pattern)
            took = time.monotonic() - begun
        self.say(f"shown {took:.1f} s after it came about (bound {machine.allows(RETURN):.0f})")
        self.assertLessEqual(took, machine.allows(RETURN))

    def test_the_last_numbers_stay_with_age_and_reason_and_it_recovers_by_itself(self):
        """AC-1: what was true a moment ago is worth more than an empty screen, if it says how old it is."""
        console = self.console(size=(120, 30))
        console.press("2", r"mailbox +mail +7 ")
        self.redis.kill()
        self.assert_shown_soon(console, r"mail: .*(refused|closed).*, for \d+s")
        console.until(lambda: self.age(console) >= 4, what="an age of four seconds")
        console.wait_for(r"mailbox +mail +7 ")
        console.wait_for("1 fresh 1 stale")
        console.wait_for(r"next try in \d+s|trying now")
        self.redis.start()
        seeds.small_queues(waiting=11, client=self.redis.client())
        self.assert_shown_soon(console, r"mailbox +mail +11 ")
        console.wait_for("2 fresh")
        self.assertNotIn("no answer", console.text())

    def test_a_server_that_was_dead_at_the_start_is_found_when_it_comes(self):
        """AC-2: the console is up at once, and needs no key later."""
        self.redis.kill()
        console = self.console(size=(200, 30))
        console.wait_for(r"mail .*refused, for \d+s")
        console.wait_for(rf"127\.0\.0\.1:{self.redis.port}")
        self.redis.start()
        seeds.small_queues(waiting=3, client=self.redis.client())
        self.assert_shown_soon(console, r"mail .*3 ready")


if __name__ == "__main__":
    unittest.main()
