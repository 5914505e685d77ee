"""Bytes that are no keys: reports of mouse, focus and colours, late pieces of a sequence. Nothing on the screen may change by them."""

import signal
import unittest

import seeds
from amounts import amount, seeded
from foreign import EVERYTHING, FOCUS, MODES_OFF, PASTES, UNKNOWN, inject
from framecount import without_ages
from places import redis_url
from ptyconsole import ALONE, LEAVE, ConsoleTest


class NotKeys(ConsoleTest):
    def setUp(self):
        super().setUp()
        seeds.fifty_queues()
        self.home.configure(("shop", "rq", redis_url(seeds.FIFTY)))
        self.random = seeded()

    def inject(self, console, sequences, late=0.3):
        inject(console, sequences, self.random, late)

    def test_nothing_changes_on_any_panel(self):
        console = self.console(size=(120, 40))
        console.wait_for("1 fresh")
        for key, title in (("1", "Sources"), ("2", "queue-49"), ("3", "Dead letters"), ("4", "worker-1"), ("6", "Runtimes"), ("8", "Alerts"), ("9", "Audit")):
            with self.subTest(panel=key):
                console.press(key, title)
                console.settle(0.3)
                before = without_ages(console.text())
                self.inject(console, self.random.sample(EVERYTHING, amount(len(EVERYTHING))) + FOCUS + UNKNOWN)
                console.let_pass(ALONE)
                self.assertEqual(without_ages(console.text()), before)

    def test_nothing_changes_in_a_prompt_a_box_and_the_help(self):
        console = self.console(size=(120, 40))
        console.press("2", "queue-49")
        for key, title in (("/", "columns:"), (":", "quit"), ("?", "Lists every key"), ("s", "depth|ready")):
            with self.subTest(key=key):
                console.press(key, title)
                console.settle(0.3)
                before = without_ages(console.text())
                self.inject(console, self.random.sample(EVERYTHING, 12) + FOCUS + UNKNOWN)
                console.let_pass(ALONE)
                self.assertEqual(without_ages(console.text()), before)
                console.escape()

    def test_exactly_the_keys_that_were_sent_arrive(self):
        """200 streams of letters and foreign sequences, split anywhere, typed into the filter."""
        console = self.console(size=(120, 40))
        console.press("2", "queue-49")
        console.press("/", "columns:")
        for _ in range(200):
            letters = "".join(self.random.choice("abcdefghijklm") for _ in range(8))
            for letter in letters:
                self.inject(console, [self.random.choice(EVERYTHING)], late=0.02)
                console.send(letter)
            console.wait_for(rf"/ {letters}( |$)")
            console.send(b"\x15")
            console.until(lambda: letters not in console.text(), what="an empty prompt")

    def test_both_forms_of_each_arrow_work_and_a_torn_one_too(self):
        console = self.console()
        console.press("2", "▸ queue-49")
        for down, up in ((b"\x1b[B", b"\x1b[A"), (b"\x1bOB", b"\x1bOA")):
            console.press(down, "▸ queue-48")
            console.press(up, "▸ queue-49")
        console.send(b"\x1b")
        console.let_pass(0.1)
        console.press(b"[B", "▸ queue-48")
        console.press(b"\x1b[1~", "▸ queue-49")

    def test_a_board_takes_none_of_them(self):
        console = self.console(size=(120, 40), config=False,
                               args=("wallboard", "--pages", "queues", "--rotate", "600", "--config", self.home.config))
        console.wait_for("1 fresh")
        console.wait_for("queue-49")
        console.settle(0.3)
        before = self.page(console)
        self.inject(console, EVERYTHING + PASTES + UNKNOWN)
        console.let_pass(ALONE)
        self.assertEqual(self.page(console), before)
        console.send("q")
        self.assertEqual(console.wait_exit(), 0)

    @staticmethod
    def page(console):
        """A board without its bar, in which a mark moves."""
        return without_ages("\n".join(console.lines()[1:]))

    def test_modes_that_others_left_on_are_switched_off_at_the_start_at_the_end_and_after_fg(self):
        console = self.console(jobs=True)
        console.wait_for("1 fresh")
        self.assertIn(MODES_OFF, bytes(console.raw).split(b"\x1b[?1049h")[0])
        mark = console.mark()
        console.send(b"\x1a")
        console.wait_for_bytes(LEAVE, mark)
        console.wait_for_bytes(MODES_OFF, mark)
        mark = console.mark()
        console.signal(signal.SIGUSR1)
        console.wait_for_bytes(b"\x1b[?1049h", mark)
        self.assertIn(MODES_OFF, console.since(mark).split(b"\x1b[?1049h")[0])
        console.wait_for("1 fresh")
        mark = console.mark()
        console.send("q")
        console.wait_for_bytes(LEAVE, mark)
        self.assertIn(MODES_OFF, console.since(mark))


if __name__ == "__main__":
    unittest.main()
