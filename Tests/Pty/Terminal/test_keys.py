"""Input nobody would type: floods, garbage and pastes. The console stays alive and the shell behind it gets nothing."""

import unittest

import seeds
from amounts import amount, seeded
from deadline import PATIENCE
from ptyconsole import DOWN, ESCAPE, LEAVE, ConsoleTest
from places import redis_url
from scanner import offences

FLOOD = 5000
# 'q' and ':' (which could find `quit`) are left out, as are the keys that the terminal turns into signals.
KEYS = [bytes([code]) for code in range(0x20, 0x7F) if chr(code) not in "q:"] + [
    b"\x1b[A", b"\x1b[B", b"\x1b[C", b"\x1b[D", b"\x1bOA", b"\x1bOB", b"\x1bOH", b"\x1bOF", b"\x1b[5~", b"\x1b[6~", b"\x1b[3~",
    b"\x1bOP", b"\x1b[15~", b"\x1b[Z", b"\r", b"\n", b"\t", b"\x7f", b"\x1b", b"\x01", b"\x02", b"\x06", b"\x0c", b"\x10", b"\x17",
    "ü".encode(), "宽".encode(), "\u202e".encode(), b"\x1b[<0;3;4M", b"\x1b[M !!", b"\x1b]11;rgb:0/0/0\x07", b"\x1b[?62;c",
]
# Seconds without a byte that end an unfinished sequence.
SILENCE = 1.1
SIGNALS = b"\x03\x1a\x1c"


class Floods(ConsoleTest):
    def setUp(self):
        super().setUp()
        seeds.fifty_queues()
        self.home.configure(("shop", "rq", redis_url(seeds.FIFTY)))

    def watching(self):
        console = self.console()
        console.press("2", "queue-49")
        return console

    def assert_clean(self, console):
        """Nothing but text and known sequences. What comes behind its good-bye is the terminal's own echo."""
        self.assertEqual(offences(bytes(console.raw).split(LEAVE)[0], clipboard=True), [])

    def assert_answers(self, console):
        """Alive, sane, and obeying: back to Queues from wherever the flood led."""
        console.settle(0.3, most=PATIENCE)
        console.let_pass(SILENCE)  # a sequence without an end swallows what comes until then
        console.escape(8)
        console.press("2", r"queue-\d\d|Esc shows all")
        if "Esc shows all" in console.text():  # a filter that the flood left there
            console.escape()
        console.wait_for(r"queue-\d\d")
        console.settle()  # a frame may be half read
        self.assert_clean(console)

    def test_a_flood_of_keys_is_worked_off(self):
        """AC-46: a cat on the keyboard; 5000 keys, in bursts as a terminal delivers them."""
        console = self.watching()
        random = seeded()
        keys = [random.choice(KEYS) for _ in range(FLOOD)]
        for start in range(0, FLOOD, 50):
            console.send(b"".join(keys[start:start + 50]))
        self.assert_answers(console)

    def test_random_bytes_end_nothing(self):
        """AC-46: a binary file on the line. It may hold the letter q: then the console ends with 0, and is started again."""
        console, quits, random = self.watching(), 0, seeded()
        for _ in range(80):
            data = bytes(byte for byte in random.randbytes(512) if byte not in SIGNALS)
            console.send(data)
            console.pump(0)
            if console.status is not None:
                self.assertEqual(console.status, 0, "an end that nobody asked for")
                self.assertTrue(console.is_line_mode())
                self.assert_clean(console)
                quits += 1
                console = self.watching()
        console.settle(0.2)
        self.assertIn(console.status, (None, 0))
        self.assert_clean(console)
        self.say(f"80 blocks of random bytes; {quits} held a q that counted")

    def test_random_bytes_without_q_leave_it_running(self):
        """The same with nothing in it that could mean an end."""
        console, random = self.watching(), seeded()
        for _ in range(80):
            console.send(bytes(byte for byte in random.randbytes(512) if byte not in SIGNALS + b"q:\x1b"))
        self.assert_answers(console)

    def test_a_pasted_megabyte_is_never_a_command(self):
        """AC-46: what was in the clipboard may hold anything, also `q` and `:quit` with a line end behind it. A usual run pastes a
        tenth of the megabyte."""
        console = self.watching()
        words = b"q:quit\rjkGe1245\n/p\x15\x0c s \xc3\xa4q" * (1 << 16)
        console.send(b"\x1b[200~" + words[:amount(1 << 20)] + b"\x1b[201~")
        console.wait_for("pasted text is not taken as keys")
        self.assertEqual(self.home.exports(), [], "e was not a command")
        self.assertIn("queue-49", console.text())
        self.assert_answers(console)

    def test_a_paste_into_the_filter_is_text(self):
        """A paste is wanted there; line ends in it do not press Enter, and escapes show."""
        console = self.watching()
        console.press("/", "columns:")
        console.send(b"\x1b[200~queue-4\rq\n:quit\r\x1b[201~")
        console.settle(0.2)
        console.wait_for(r"/ queue-4")
        console.send(ESCAPE)
        self.assert_answers(console)

    def test_a_paste_without_an_end_does_not_swallow_keys_for_ever(self):
        """AC-46: the line broke in the middle of it; after a pause, keys are keys again."""
        console = self.watching()
        console.send(b"\x1b[200~half a pas")
        console.let_pass(2)
        console.press("?", "Lists every key")

    def test_a_broken_character_does_not_hold_back_the_next_key(self):
        """AC-46: half a character, as a line with lost bytes delivers it, and then an arrow key."""
        console = self.watching()
        for broken in (b"\xff", b"\xc3", b"\xf0\x9f"):
            with self.subTest(broken=broken):
                console.send(b"g")
                console.wait_for("▸ queue-49")
                console.send(broken + DOWN)
                console.wait_for("▸ queue-48")

    def test_enter_after_a_filter_opens_what_was_found(self):
        """One filters to get somewhere; Enter opens the row, or says why not, but never does nothing without a word."""
        console = self.watching()
        console.send("/queue-07\r")
        console.until(lambda: "queue-08" not in console.text() and "queue-07" in console.text(), what="one row")
        console.press("\r", r"1 of them shown|selected row is gone|nothing is selected")

    def test_nothing_is_left_for_the_shell(self):
        """AC-46: keys behind the good-bye must not run in the shell as a command line."""
        console = self.watching()
        console.send(b"q" + b"rm -rf important\r" * 100)
        self.assertEqual(console.wait_exit(), 0)
        self.assertEqual(console.unread(), 0)


if __name__ == "__main__":
    unittest.main()
