"""A terminal that has no room: what could not be written is still owed, also where another program left it in non-blocking mode."""

import fcntl
import os
import signal
import struct
import termios
import time
import unittest

import seeds
from deadline import PATIENCE
from foreign import MODES_OFF
from framecount import without_ages
from places import redis_url
from ptyconsole import LEAVE, ConsoleTest, PtyConsole
from slowline import SlowConsole

SIZE = (200, 60)
# Seconds for which a console that waits for room reads no key.
STUCK = 0.3
REDRAW = b"\x0c"


def fill(console, paint):
    """Nobody reads: whole screens until the terminal is full. Then the console waits for room, and what is typed stays unread."""
    end, since = time.monotonic() + PATIENCE, time.monotonic()
    while time.monotonic() - since < STUCK:
        if time.monotonic() > end:
            raise AssertionError("the terminal was never full")
        if console.unread_keys() == 0:
            paint()
            since = time.monotonic()
        time.sleep(0.02)


class Sipping(PtyConsole):
    """A reader that takes little at a time: there is hardly room for what is still to be written."""

    def _read(self):
        return os.read(self.master, 100)


class TornFrames(ConsoleTest):
    """Node, asyncio and some wrappers of ssh leave the terminal in non-blocking mode: a full buffer takes a part of a frame."""

    def setUp(self):
        super().setUp()
        seeds.fifty_queues()
        self.home.configure(("shop", "rq", redis_url(seeds.FIFTY)))

    def watching(self, **how):
        console = self.console(size=SIZE, **how)
        console.wait_for("1 fresh")
        return console

    def fill(self, console):
        fill(console, lambda: os.write(console.master, REDRAW))

    def assert_whole(self, console):
        """What is on the screen is what a full redraw shows."""
        console.settle(0.3)
        before = without_ages(console.text())
        mark = console.mark()
        console.send(REDRAW)
        console.until(lambda: console.mark() - mark > SIZE[0], what="a whole screen")
        console.settle(0.3)
        self.assertEqual(without_ages(console.text()), before)

    def test_a_reader_that_pauses_gets_whole_frames(self):
        console = self.watching(blocking=False)
        for _ in range(3):
            for key in "529462":
                console.send(key)
                time.sleep(0.3)
            console.settle(0.3)
        console.press("9", "record")
        self.assert_whole(console)

    def test_a_reader_that_stops_and_comes_back_finds_a_whole_screen(self):
        for blocking in (False, True):
            with self.subTest(blocking=blocking):
                console = self.watching(blocking=blocking)
                self.fill(console)
                time.sleep(2)
                os.write(console.master, b"529")
                console.wait_for("record")
                self.assert_whole(console)
                console.close()

    def test_a_slow_line_shows_what_a_full_redraw_shows(self):
        """Where the terminal answers, frames come in pieces; where it does not, they wait for room."""
        for answers in (True, False):
            with self.subTest(answers=answers):
                console = SlowConsole(rate=15_000, room=1000, answers=answers)
                console.start(SIZE, self.home.environment(), ["--config", self.home.config], blocking=False)
                self.addCleanup(console.close)
                console.wait_for("1 fresh")
                if not answers:
                    self.fill(console)
                for key in "5294":
                    console.send(key)
                    console.let_pass(0.1)
                console.press("2", "queue-49")
                self.assert_whole(console)
                console.close()

    def test_a_console_that_was_stopped_while_the_terminal_was_full_draws_a_whole_screen(self):
        console = self.watching(blocking=False, jobs=True)
        console.press("2", "queue-49")
        self.fill(console)
        mark = console.mark()
        os.write(console.master, b"\x1a")
        console.wait_for_bytes(LEAVE, mark)
        self.assert_goodbye(console, mark)
        mark = console.mark()
        console.signal(signal.SIGUSR1)
        console.wait_for_bytes(b"\x1b[?1049h", mark)
        console.wait_for("1 fresh")
        self.assert_whole(console)

    def test_a_board_that_had_no_room_shows_a_whole_page(self):
        console = self.console(size=SIZE, blocking=False, config=False,
                               args=("wallboard", "--pages", "queues", "--rotate", "3600", "--config", self.home.config))
        console.wait_for("1 fresh")
        widths = [SIZE[0] - 1, SIZE[0]]

        def paint():
            os.write(console.master, b"x")
            self.narrow(console, widths[0])
            widths.reverse()

        fill(console, paint)
        self.narrow(console, SIZE[0])
        time.sleep(1)
        console.wait_for("queue-49")
        console.settle(0.3)
        before = without_ages("\n".join(console.lines()[1:]))
        console.resize(SIZE[0] - 1, SIZE[1])
        console.wait_for("queue-49")
        console.resize(*SIZE)
        console.wait_for("queue-49")
        console.settle(0.3)
        self.assertEqual(without_ages("\n".join(console.lines()[1:])), before)

    @staticmethod
    def narrow(console, columns):
        """Another width, of which the emulator hears nothing: each is drawn anew, and the last one is its own."""
        fcntl.ioctl(console.slave, termios.TIOCSWINSZ, struct.pack("HHHH", SIZE[1], columns, 0, 0))

    def test_the_goodbye_arrives_whole_where_the_terminal_was_full(self):
        console = Sipping()
        console.start(SIZE, self.home.environment(), ["--config", self.home.config], blocking=False)
        self.addCleanup(console.close)
        console.wait_for("1 fresh")
        self.fill(console)
        mark = console.mark()
        os.write(console.master, b"q")
        self.assertEqual(console.wait_exit(), 0)
        self.assert_goodbye(console, mark)
        self.assertTrue(console.is_line_mode())

    def assert_goodbye(self, console, mark):
        console.settle(0.1)
        end = console.since(mark)
        self.assertIn(LEAVE, end, "the shell's screen is back")
        self.assertIn(b"\x1b[?2004l", end, "pastes are plain")
        self.assertGreater(end.rfind(b"\x1b[?25h"), end.rfind(b"\x1b[?25l"), "the cursor is visible")
        self.assertIn(MODES_OFF, end.split(LEAVE)[-1], "no mode is left on in the shell's screen")


if __name__ == "__main__":
    unittest.main()
