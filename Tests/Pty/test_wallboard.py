"""The wallboard: it shows, tells when it shows old numbers, comes back by itself, and takes nothing from the keyboard."""

import os
import re
import signal
import string
import time
import unittest

from deadline import Control
from ptyconsole import LEAVE
from scanner import offences
from walls import PACE, ChildWatch, WallTest

# What a keyboard can send, but q, Ctrl-C (which leaves) and Ctrl-S (which only the terminal hears).
FUNCTION_KEYS = [b"\x1bOP", b"\x1bOQ", b"\x1b[15~", b"\x1b[24~", b"\x1bOA", b"\x1bOB", b"\x1bOC", b"\x1bOD", b"\x1b[H", b"\x1b[5~",
                 b"\x1b[Z", b"\x1b", b"\x1bx", b"\x1b[200~q\r:quit\r!sh\r\x1b[201~"]
CONTROL_KEYS = [bytes([code]) for code in range(32) if code not in (0x03, 0x11, 0x13, 0x1B, 0x1C)]
# What stands in place of the mark where nothing has come for some time.
TOLD = "NO NEW NUMBERS"
PRINTABLE = [each.encode() for each in string.printable.strip() if each != "q"]


class Showing(WallTest):
    def test_a_board_shows_the_sources_and_turns_its_pages(self):
        self.small_redis()
        console = self.wall("--rotate", "3", pace=1)
        console.wait_for("1 fresh")
        console.wait_for("● mail")
        console.wait_for(r"page 1 of [2-9]")
        with Control() as machine:
            first, begun = self.title(console), time.monotonic()
            console.wait_for(r"page 2 of [2-9]")
            second, turned = self.title(console), time.monotonic()
            console.wait_for(r"page 3 of [3-9]|page 1 of 2")
            stayed = time.monotonic() - turned
        self.assertNotEqual(first, second, "the page turned, and it is another one")
        self.assertLessEqual(turned - begun, 3 + machine.allows(1), "a page stays for three seconds")
        self.assertGreaterEqual(stayed, 3 - machine.allows(1))
        console.wait_for(r"page 1 of [2-9]")
        self.assertEqual(offences(bytes(console.raw)), [])
        self.leave(console)

    @staticmethod
    def title(console):
        return console.lines()[1].split("  ")[0].strip()

    def test_pages_can_be_chosen(self):
        self.small_redis()
        console = self.wall("--pages", "queues", "--rotate", "2")
        console.wait_for("mailbox")
        for text in self.watch(console, 6, console.text):
            self.assertIn("mailbox", text, "it is the only page, and stays")
        self.leave(console)

    def test_the_mark_moves_with_the_data_and_stands_with_them(self):
        """A paused server is the worst case: connections stay open, and nobody says that anything is wrong."""
        redis = self.own_redis()
        console = self.wall()
        console.wait_for("1 fresh")
        console.until(lambda: self.place(console) is not None, what="the mark")
        moving = self.places(console, 8)
        self.assertNotIn(None, moving, "the mark is there all the time")
        self.assertGreaterEqual(len(set(moving)), 3, moving)
        os.kill(redis.process.pid, signal.SIGSTOP)
        try:
            self.places(console, 2.5)  # an answer may have been on its way
            begun = time.monotonic()
            standing = self.watch(console, 4, lambda: "told" if TOLD in console.text() else self.place(console))
            self.assertEqual(len(set(standing) - {"told"}), 1, standing)
            with Control() as machine:
                console.wait_for(f"{TOLD} for")
            took = (time.monotonic() - begun) * PACE + 2.5
            self.say(f"{TOLD} {took:.0f} s after the pause, as the board counts")
            self.assertLessEqual(took, machine.allows(27))
            console.wait_for("○ mail (STALE|DOWN)")
        finally:
            os.kill(redis.process.pid, signal.SIGCONT)
        console.wait_for("1 fresh")
        self.assertNotIn(TOLD, console.text())
        again = self.places(console, 8)
        self.assertGreaterEqual(len(set(again) - {None}), 3, again)
        self.leave(console)

    def test_a_server_that_dies_and_comes_back_is_shown_again_without_a_hand(self):
        redis = self.own_redis()
        console = self.wall()
        console.wait_for("1 fresh")
        redis.kill()
        console.wait_for("NO NEW NUMBERS|1 stale")
        redis.start()
        console.wait_for("1 fresh")
        self.leave(console)


class Keys(WallTest):
    def test_no_key_but_q_does_anything(self):
        self.small_redis()
        console = self.wall("--rotate", "3600")
        console.wait_for("1 fresh")
        page = console.lines()[1]
        for key in PRINTABLE + FUNCTION_KEYS + CONTROL_KEYS:
            console.send(key)
            console.settle(0.01, most=0.1)
            self.assertIsNone(console.status, f"{key!r} ended it")
        console.settle()
        self.assertEqual(console.lines()[1], page, "it shows what it showed")
        self.assertNotIn(LEAVE, bytes(console.raw), "the shell's screen was shown")
        self.assert_runs(console)
        self.assertEqual(offences(bytes(console.raw)), [])
        self.leave(console)

    def test_q_leaves_and_the_terminal_is_given_back(self):
        self.small_redis()
        console = self.wall()
        console.wait_for("1 fresh")
        self.leave(console)
        self.assertTrue(console.is_line_mode())
        tail = bytes(console.raw)
        self.assertIn(LEAVE, tail)
        self.assertGreater(tail.rfind(b"\x1b[?25h"), tail.rfind(b"\x1b[?25l"), "the cursor is visible")

    def test_typed_ahead_keys_do_not_reach_the_shell(self):
        """What somebody typed at a wall must not be run when the wall is left."""
        self.small_redis()
        console = self.wall()
        console.wait_for("1 fresh")
        console.send("rm -rf x\rq")
        self.assertEqual(console.wait_exit(), 0)
        self.assertEqual(console.unread(), 0)


class Kiosk(WallTest):
    def kiosk(self, **options):
        self.small_redis()
        console = self.wall("--kiosk", **options)
        console.wait_for("1 fresh")
        return console

    def assert_takes(self, console, key, name):
        console.send(key)
        console.settle(0.1, most=1)
        self.assertIsNone(console.status, f"{name} ended it")
        self.assert_runs(console)

    def test_q_is_no_way_out_of_a_kiosk(self):
        self.assert_takes(self.kiosk(), "q", "q")

    def test_ctrl_c_is_no_way_out_of_a_kiosk(self):
        self.assert_takes(self.kiosk(), b"\x03", "Ctrl-C")

    def test_ctrl_backslash_is_no_way_out_of_a_kiosk(self):
        self.assert_takes(self.kiosk(), b"\x1c", "Ctrl-backslash")

    def test_bytes_that_make_no_key_are_no_way_out_of_a_kiosk(self):
        """Each alone and again and again: a keyboard of another language, Ctrl-Space, a paste that never ends."""
        console = self.kiosk()
        for data in (b"\0", b"\xe9", b"\xed\xa0\x80", b"\x1b[200~"):
            for _ in range(60):
                console.send(data)
                console.until(lambda: console.status is not None or console.unread_keys() == 0,
                              what="a board that reads", pause=0.002)
        self.assertIsNone(console.status)
        self.assert_runs(console)

    def test_ctrl_z_does_not_open_the_shell_below_a_kiosk(self):
        """Below a shell with job control, as a login on the console of a host is."""
        console = self.kiosk(jobs=True)
        mark = console.mark()
        console.send(b"\x1a")
        console.settle(0.3, most=1.5)
        self.assertNotIn(LEAVE, console.since(mark), "the shell's screen was shown")
        self.assert_runs(console)
        console.signal(signal.SIGTERM)

    def test_termination_ends_a_kiosk_with_143(self):
        console = self.kiosk()
        console.signal(signal.SIGTERM)
        self.assertEqual(console.wait_exit(), 143)
        self.assertTrue(console.is_line_mode())

    def test_hang_up_ends_a_kiosk_with_129(self):
        console = self.kiosk()
        console.signal(signal.SIGHUP)
        self.assertEqual(console.wait_exit(), 129)

    def test_a_closed_terminal_ends_a_kiosk_with_129(self):
        console = self.kiosk()
        console.hang_up()
        self.assertEqual(console.wait_exit(), 129)


class Confined(WallTest):
    """As the forced command of a key: whatever the other side asks for, it is a board and nothing else."""

    def tempting(self):
        """A configuration in which an alert fires at once and would run a program."""
        self.small_redis()
        script, mark = os.path.join(self.home.path, "page.sh"), os.path.join(self.home.path, "it-ran")
        with open(script, "w") as file:
            file.write(f"#!/bin/sh\ntouch {mark}\n")
        os.chmod(script, 0o755)
        with open(self.home.config, "a") as file:
            file.write(f"alerts: [{{name: many, when: \"queue.ready > 3\", severity: critical}}]\n"
                       f"notify: {{bell: critical, osc9: critical, run: {{critical: [{script}]}}}}\n")
        return mark

    def test_no_program_is_started_and_no_file_but_the_log_is_written(self):
        mark = self.tempting()
        before = self.written()
        console = self.wall("--rotate", "2", SSH_ORIGINAL_COMMAND="sh -i")
        watch = ChildWatch(console.pid)
        console.wait_for("1 fresh")
        console.wait_for(r"(?i)many|queue\.ready|mailbox")
        begun = time.monotonic()
        while (time.monotonic() - begun) * PACE < 15:
            console.send("!sh\r:export x\rE")
            console.settle(0.2, most=0.5)
        self.assertEqual(watch.faults_of_the_ended(), 0, "a program ran and ended")
        self.assertEqual(watch.end(), [])
        self.assertGreater(watch.looks, 100, "the watch was asleep")
        self.assertFalse(os.path.exists(mark), "the program of an alert was run")
        self.leave(console)
        fresh = [path for path in self.written() if path not in before]
        self.assertLessEqual(set(fresh), {"xdg-state/opsconsole/log"}, fresh)

    def test_what_the_other_side_asked_for_changes_nothing(self):
        self.small_redis()
        texts = []
        for asked in (None, "sh -i", "opsconsole --config /etc/passwd", "--help"):
            console = self.wall("--pages", "queues", SSH_ORIGINAL_COMMAND=asked)
            console.wait_for("1 fresh")
            console.wait_for("mailbox")
            texts.append([re.sub(r"[\d▁-█]+", "#", line).split("  ")[0] for line in console.lines()[1:6]])
            self.leave(console)
        self.assertEqual(texts, texts[:1] * len(texts))

    def test_a_board_without_a_terminal_is_refused(self):
        self.small_redis()
        done = self.run_plain("wallboard", "--config", self.home.config)
        self.assertEqual(done.returncode, 64, done.stderr)
        self.assertIn(b"needs a terminal", done.stderr)
        self.assertEqual(done.stdout, b"")


if __name__ == "__main__":
    unittest.main()
