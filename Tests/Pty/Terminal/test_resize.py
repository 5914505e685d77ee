"""Any size, in any order: the console draws what fits, and the last size wins."""

import random
import re
import time
import unittest

import seeds
from framecount import BARS
from ptyconsole import DOWN, ConsoleTest
from places import redis_url
from scanner import offences

ODD = [(40, 12), (20, 5), (3, 2), (1, 1), (2, 60), (200, 1), (80, 3), (7, 7), (79, 23), (13, 30)]


def shape():
    """From 200x60 down to 1x1, with the odd sizes in between, 200 in all."""
    steps = 200 - len(ODD)
    sizes = [(max(1, 200 - 200 * step // (steps - 1)), max(1, 60 - 60 * step // (steps - 1))) for step in range(steps)]
    mixed = random.Random(7)
    for size in ODD:
        sizes.insert(mixed.randrange(len(sizes)), size)
    return sizes


class Sizes(ConsoleTest):
    def setUp(self):
        super().setUp()
        seeds.fifty_queues()
        self.home.configure(("shop", "rq", redis_url(seeds.FIFTY)))

    @staticmethod
    def without_time(text):
        return re.sub(rf"\d\d:\d\d:\d\dZ|\b\d+s\b|[{BARS}]", " ", text)

    def test_a_storm_of_200_sizes_leaves_the_right_screen(self):
        """AC-36: a tiling window manager, or somebody who drags a corner; keys pressed meanwhile count."""
        console = self.console(size=(200, 60))
        console.press("2", "queue-49")
        for index, (columns, rows) in enumerate(shape()):
            console.resize(columns, rows)
            if index % 40 == 0:
                console.send(DOWN)
            end = time.monotonic() + 0.008
            while time.monotonic() < end:
                console.pump(end - time.monotonic())
        console.resize(100, 30)
        console.wait_for(r"▸ queue-44")  # five times down
        console.settle(0.2)
        drawn = console.text()
        mark = console.mark()
        console.resize(100, 30)  # the same size and a blank emulator: no signal is needed for a full paint
        console.send(b"\x0c")
        console.wait_for("queue-30")
        console.settle(0.1)
        self.assertGreater(console.mark(), mark)
        self.assertEqual(self.without_time(drawn), self.without_time(console.text()))
        self.assertEqual(len(drawn.splitlines()), 30)
        self.assertEqual(offences(bytes(console.raw)), [])

    def test_a_small_screen_shows_less_but_never_hides_the_environment(self):
        """AC-37: the console never refuses a size, and never leaves open where one is."""
        console = self.console(size=(100, 30))
        console.press("2", "queue-49")
        for columns, rows, wanted in ((40, 12, "queue-49"), (20, 5, "queue-49"), (14, 1, ""), (100, 30, "queue-40")):
            console.resize(columns, rows)
            console.wait_for("DEVELOPMENT")
            console.wait_for(wanted)
            self.assertIn("DEVELOPMENT", console.lines()[0])
        console.resize(3, 2)
        console.wait_for("DEV|…")
        console.resize(1, 1)
        console.settle(0.1)
        console.resize(80, 24)
        console.wait_for("queue-45")
        console.send("q")
        self.assertEqual(console.wait_exit(), 0)

    def test_it_starts_at_any_size(self):
        """A console in a split of two rows, or on a serial line that tells no size."""
        for size in ((1, 1), (3, 2), (20, 5), (500, 200), (0, 0)):
            with self.subTest(size=size):
                console = self.console(size=size)
                console.until(lambda: b"\x1b[?2004h" in console.raw and len(console.raw) > 30, what="a first paint")
                console.send("2jj?")
                console.settle(0.2)
                console.escape()
                console.send("q")
                self.assertEqual(console.wait_exit(), 0)


if __name__ == "__main__":
    unittest.main()
