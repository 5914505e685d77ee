"""How fast the first screen stands, and how few bytes a slow line has to carry."""

import re
import statistics
import time
import unittest

import seeds
from faults import Listener, closed_port
from ptyconsole import DOWN, ConsoleTest
from places import limit, postgres_url, redis_url

FIRST_PAINT = 0.100
FULL_PAINT = 6000
CURSOR_MOVE = 300
IDLE_PER_SECOND = 100
IDLE = 10.0


class FirstPaint(ConsoleTest):
    def test_stands_within_100_ms_while_every_source_is_dead(self):
        """An incident is when the console is opened, so nothing may wait for a server: neither refused nor silent ones."""
        hole = Listener()
        self.addCleanup(hole.close)
        self.home.configure(
            ("refused-rq", "rq", f"redis://127.0.0.1:{closed_port()}/0"),
            ("refused-mail", "celery", f"redis://127.0.0.1:{closed_port()}/1"),
            ("refused-db", "postgres", f"postgresql://watcher@127.0.0.1:{closed_port()}/shop"),
            ("silent-rq", "rq", f"redis://127.0.0.1:{hole.port}/0"),
            ("silent-db", "postgres", f"postgresql://watcher@127.0.0.1:{hole.port}/shop"))
        times = []
        for _ in range(7):
            console = self.console()
            console.wait_for_bytes(b"DEVELOPMENT")
            times.append(console.bursts[-1][0] - console.started)
            console.close()
        median = statistics.median(times)
        self.say(f"first paint {median * 1000:.0f} ms (median of 7, worst {max(times) * 1000:.0f}; bound {limit(FIRST_PAINT) * 1000:.0f})")
        self.assertLessEqual(median, limit(FIRST_PAINT))


class BytesOnTheLine(ConsoleTest):
    def setUp(self):
        super().setUp()
        seeds.fifty_queues()
        seeds.small_queues()
        self.home.configure(
            ("shop", "rq", redis_url(seeds.FIFTY)), ("mail", "rq", redis_url(seeds.SMALL)), ("main-db", "postgres", postgres_url()))

    def queues(self):
        console = self.console()
        console.wait_for("3 fresh")
        console.press("2", "queue-49")
        console.settle()
        return console

    def test_a_full_paint_takes_at_most_6000_bytes(self):
        """A paint over a slow link must not take seconds; Ctrl-L draws every cell anew."""
        console = self.queues()
        sizes = {}
        for key, title in (("1", "what matters"), ("2", "ready"), ("4", "postman"), ("5", "main-db")):
            console.press(key, title)
            console.settle()
            mark = console.mark()
            console.send(b"\x0c")
            console.until(lambda: b"\x1b[H\x1b[2J" in console.since(mark) or b"\x1b[J" in console.since(mark), what="a full paint")
            console.settle(0.1)
            sizes[title] = len(console.since(mark))
        self.say(f"full paint at 80x24: {sizes} bytes")
        self.assertLessEqual(max(sizes.values()), FULL_PAINT)

    def test_a_cursor_move_takes_at_most_300_bytes(self):
        """The cursor is moved far more often than anything else. The median: a frame may carry ages that ticked as well."""
        console = self.queues()
        sizes = []
        console.send(DOWN)
        console.settle(0.1)
        while len(sizes) < 10:
            console.send("g")
            console.settle(0.1)
            clock, mark = console.screen.display[0][-10:], console.mark()
            console.send(DOWN)
            console.until(lambda: console.mark() > mark, what="a frame")
            console.settle(0.03)
            console.feed()
            if console.screen.display[0][-10:] == clock:  # otherwise the clock's bytes are in it
                sizes.append(console.mark() - mark)
        median = statistics.median(sizes)
        self.say(f"cursor move among 51 queues: {median:.0f} bytes (median of 10, worst {max(sizes)})")
        self.assertLessEqual(median, CURSOR_MOVE)

    def idle(self, console):
        """Watches for ten seconds: bytes and bursts per second, and every screen seen."""
        console.settle(0.2)
        mark, first, screens = console.mark(), len(console.bursts), []
        end = time.monotonic() + IDLE
        while time.monotonic() < end:
            if console.pump(min(0.2, end - time.monotonic())):
                screens.append(console.text())
        times = [when for when, _ in console.bursts[first:]]
        bursts = sum(1 for before, after in zip([0] + times, times) if after - before > 0.1)
        return (console.mark() - mark) / IDLE, bursts / IDLE, screens

    @staticmethod
    def without_ages(text):
        """The screen without its clock, ages and trend, which is a time axis: what may not change while nothing happens."""
        text = re.sub(r" *[░▁▂▃▄▅▆▇█]+", " TREND", text)
        text = re.sub(r"\d\d:\d\d:\d\dZ", "CLOCK", text)
        return re.sub(r" *\b(\d+d\d\dh|\d+h\d\dm|\d+m\d\ds|\d+s)(?!\w)", " AGE", text)

    def assert_quiet(self, console, name):
        per_second, bursts, screens = self.idle(console)
        self.say(f"idle {name}: {per_second:.0f} bytes and {bursts:.1f} bursts a second")
        self.assertEqual(len({self.without_ages(text) for text in screens}), 1, "more than clock and ages changed")
        with self.subTest("bytes"):
            self.assertLessEqual(per_second, IDLE_PER_SECOND)
        with self.subTest("bursts"):
            self.assertLessEqual(bursts, 1.1)  # ten seconds may hold the beginnings of eleven

    def test_an_idle_pulse_writes_clock_and_ages_once_a_second(self):
        """A console that stands open for days must not wake the line, the laptop or tmux for nothing."""
        console = self.console()
        console.wait_for("3 fresh")
        # The first growth rates need a few polls.
        end = time.monotonic() + 7.5  # no rate is told from less than five seconds
        console.until(lambda: time.monotonic() > end)
        self.assert_quiet(console, "Pulse")


if __name__ == "__main__":
    unittest.main()
