"""Lines that are slow: keys come first, and the line rests while nobody presses one."""

import random
import re
import threading
import time
import unittest

import seeds
from deadline import Control
from places import redis_url
from ptyconsole import DOWN, DWELL, ConsoleTest
from slowline import FarConsole, SlowConsole
from test_actions import RQScene

# 9,600 baud.
RATE = 960
PAGE_DOWN, PASTES_PLAIN = b"\x1b[6~", b"\x1b[?2004l"


class SlowLine(ConsoleTest):
    def setUp(self):
        super().setUp()
        self.redis = seeds.fifty_queues()
        self.home.configure(("shop", "rq", redis_url(seeds.FIFTY)))
        self.keep_changing()

    def keep_changing(self):
        """The depth of every queue changes all the time: a frame of numbers is always due."""
        ended = threading.Event()
        self.addCleanup(ended.set)

        def change():
            while not ended.wait(0.2):
                for queue in random.sample(range(50), 25):
                    self.redis.rpush(b"rq:queue:queue-%02d" % queue, b"job-%02d" % queue)

        threading.Thread(target=change, daemon=True).start()

    def test_a_line_of_9600_baud(self):
        """One console for all of it: to fill such a line takes seconds."""
        console = SlowConsole(RATE)
        console.start((120, 40), self.home.environment(), ["--config", self.home.config])
        self.addCleanup(console.close)
        console.wait_for("1 fresh")
        console.press("2", "queue-4")
        with self.subTest("the line rests while nobody presses a key"):
            console.let_pass(4)
            self.assert_rests(console, 14)
        with self.subTest("a move of the cursor shows within a second"):
            self.assert_moves(console)
        for key, title in (("9", "record"), ("2", "queue-4")):
            with self.subTest("a new panel begins within a second, and takes no longer than its bytes", panel=key):
                self.assert_panel(console, key, title)

        with self.subTest("a page down shows within a second"):
            before = self.queues(console)
            self.assert_begins(console, PAGE_DOWN, lambda: self.queues(console) != before, "a page further down")
        with self.subTest("a dialog begins within a second"):
            self.assert_begins(console, "?", lambda: "Keys (Esc closes)" in console.text(), "the help")
            console.press("?", "queue-1")
        with self.subTest("the goodbye begins within a second"):
            mark = console.mark()
            self.assert_begins(console, "q", lambda: PASTES_PLAIN in console.since(mark), "the goodbye")
            self.assertEqual(console.wait_exit(), 0)

    def assert_begins(self, console, key, shows, what):
        """The key is answered within a second, whatever was on its way."""
        console.let_pass(random.uniform(0.2, 1))
        with Control() as machine:
            begun = time.monotonic()
            console.send(key)
            console.until(shows, what=what, pause=0.01)
            took = time.monotonic() - begun
        self.say(f"{what}: {took:.2f} s after the key")
        self.assertLessEqual(took, 1 + machine.allows(0.3))

    def assert_rests(self, console, seconds):
        """A frame is due five times a second; the line has a pause all the same."""
        mark, end, pause, last = console.mark(), time.monotonic() + seconds, 0.0, time.monotonic()
        while time.monotonic() < end:
            if console.pump(0.1):
                last = time.monotonic()
            pause = max(pause, time.monotonic() - last)
        self.say(f"{(console.mark() - mark) / (seconds * RATE):.0%} of the line is used; the longest pause is {pause:.1f} s")
        self.assertGreater(pause, 1.5)

    def assert_moves(self, console):
        took = []
        with Control() as machine:
            for _ in range(5):
                row = self.cursor(console)
                begun = time.monotonic()
                console.send(DOWN)
                console.until(lambda: self.cursor(console) not in (None, row), what="the next row", pause=0.01)
                took.append(time.monotonic() - begun)
                console.let_pass(random.uniform(0.2, 1))
        self.say(f"cursor at {RATE} B/s: {[round(each, 2) for each in took]} s")
        self.assertLessEqual(max(took), 1 + machine.allows(0.2))

    @staticmethod
    def queues(console):
        return re.findall(r"queue-\d\d", console.text())

    @staticmethod
    def cursor(console):
        found = re.findall(r"▸ (\S+)", console.text())
        return found[0] if len(found) == 1 else None

    def assert_panel(self, console, key, title):
        mark = console.mark()
        self.assertLessEqual(len(console.waiting), RATE, "no more than one frame is on its way")
        with Control() as machine:
            begun = time.monotonic()
            console.send(key)
            console.until(lambda: title_line(console, key), what="the title of the panel", pause=0.01)
            first = time.monotonic() - begun
            console.wait_for(title)
            whole, carried = time.monotonic() - begun, (console.mark() - mark) / RATE
        self.say(f"panel {key} begins after {first:.2f} s, is there after {whole:.2f} s; its bytes take {carried:.2f} s")
        self.assertLessEqual(first, 1 + machine.allows(0.3))
        self.assertLessEqual(whole, carried + 1 + machine.allows(0.5))

    def test_a_terminal_that_never_answers_counts_as_fast(self):
        console = SlowConsole(1_000_000, answers=False)
        console.start((120, 40), self.home.environment(), ["--config", self.home.config])
        self.addCleanup(console.close)
        console.press("2", "queue-4")
        row = self.cursor(console)
        for _ in range(20):
            console.send(DOWN)
        console.until(lambda: self.cursor(console) not in (None, row), what="the next row")


class LateAnswers(RQScene):
    """A line that is far away: what was written arrives, and the terminal says so, more than a second later."""

    def test_an_answer_counts_once_the_terminal_has_shown_the_dialog(self):
        self.fail(3)
        console = FarConsole(away=1.6)
        console.start((120, 40), self.home.environment(), ["--config", self.home.config])
        self.addCleanup(console.close)
        console.press("3", "3 dead letters")
        console.until(lambda: console.answered, what="a terminal that has answered")
        console.send("R")
        console.until(lambda: b"retry 3 of orders" in console.on_its_way(), what="the dialog on its way", pause=0.01)
        console.let_pass(DWELL + 0.1)
        self.assertNotIn("retry 3 of orders", console.text(), "nobody can have read it")
        console.send("y")
        console.wait_for("the terminal has not shown the target yet")
        self.assertEqual(self.redis.zcard("rq:failed:default"), 3)
        console.wait_for("retry 3 of orders")
        console.let_pass(console.away + DWELL)
        console.press("y", "done, after")
        self.assertEqual(self.redis.zcard("rq:failed:default"), 0)


def title_line(console, key):
    """The screen has begun to show the panel: its name is in the line of the panels' page."""
    names = {"9": "Audit", "2": "Queues", "4": "Workers"}
    return any(names[key] in line for line in console.lines()[2:4])


if __name__ == "__main__":
    unittest.main()
