"""Terminals and locales: what can be drawn is drawn, and what can not is said in one line."""

import os
import re
import subprocess
import time
import unittest

import seeds
from deadline import PATIENCE
from ptyconsole import DOWN, ENTER, ConsoleTest
from places import binary, redis_url
from scanner import offences, plain_offences

COLOUR = re.compile(rb"(?:3[0-7]|4[0-7]|9[0-7]|10[0-7]|38|48)")


def colours(data):
    """Colour numbers of all SGR sequences; the terminal's own colours (39, 49) are none."""
    found = set()
    for sequence in re.findall(rb"\x1b\[([0-9;]*)m", data):
        numbers = sequence.split(b";")
        found |= {number for number in numbers if COLOUR.fullmatch(number)}
    return found


class Looks(ConsoleTest):
    def setUp(self):
        super().setUp()
        seeds.small_queues()
        self.home.configure(("mail", "rq", redis_url(seeds.SMALL)), ("gone", "rq", "redis://127.0.0.1:1/0"))

    def drawn(self, *args, **env):
        """A console that has shown every panel and the help."""
        console = self.console(args=args, **env)
        console.wait_for("DEVELOPMENT")
        for key, text in (("2", "mailbox"), ("4", "postman"), ("5", "5 (DB|Database)"), ("1", "mail .*(ok|busy)"), ("?", "Lists every key")):
            console.press(key, text)
        console.settle()
        return console

    def test_256_colours_are_used_where_there_are_256(self):
        """The usual case; and the console's own background is the terminal's."""
        console = self.drawn()
        self.assertTrue(colours(bytes(console.raw)))
        self.assertEqual(offences(bytes(console.raw)), [])

    def test_no_color_draws_no_colour(self):
        """NO_COLOR is a promise of the whole command line; the environment still stands out by reverse video."""
        console = self.drawn(NO_COLOR="1")
        self.assertEqual(colours(bytes(console.raw)), set())
        self.assertRegex(bytes(console.raw), rb"\x1b\[[0-9;]*7m DEVELOPMENT ")

    def test_an_empty_no_color_means_colour(self):
        """As no-color.org has it."""
        self.assertTrue(colours(bytes(self.drawn(NO_COLOR="").raw)))

    def test_the_mono_look_draws_no_colour(self):
        """The same by option."""
        self.assertEqual(colours(bytes(self.drawn("--look", "mono").raw)), set())

    def test_the_look_of_16_colours_uses_no_other(self):
        """For terminals whose 256 colours are badly mapped."""
        found = colours(bytes(self.drawn("--look", "16").raw))
        self.assertTrue(found)
        self.assertFalse({b"38", b"48"} & found, "an indexed colour beyond the 16")

    def test_trouble_is_told_without_colour(self):
        """Meaning is never by colour alone: a dead source says so in a word and a sign."""
        console = self.drawn(NO_COLOR="1")
        console.press("\x1b", r"○ gone .*DOWN")

    def test_a_locale_without_utf8_gets_ascii_only(self):
        """LANG=C over a serial line: every byte is ASCII, and the words are the same."""
        for env in ({"LANG": "C"}, {"LANG": "C.UTF-8", "LC_ALL": "C"}, {"LANG": None}):
            with self.subTest(**env):
                console = self.drawn(**env)
                self.assertEqual(offences(bytes(console.raw), ascii_only=True), [])

    def test_a_locale_without_utf8_tells_two_names_apart(self):
        """In the list and in the dialog, where they differ in one character that is not ASCII; each escape is that of its own name."""
        names = {"注文-orders": r"\u{6ce8 6587}-orders", "注新-orders": r"\u{6ce8 65b0}-orders",
                 "한국어큐-orders": r"\u{d55c ad6d c5b4 d050}-orders"}
        redis = seeds.cleared(seeds.SMALL)
        self.addCleanup(seeds.small_queues)
        for name in names:
            key, dead = name.encode(), f"dead-{name}".encode()
            seeds.rq_job(redis, key, b"j-" + key, "x")
            redis.hset(b"rq:job:" + dead, mapping={
                "status": "failed", "origin": key, "description": "mail.send()", "data": b"x", "created_at": seeds.stamp(60),
                "ended_at": seeds.stamp(50)})
            redis.zadd(b"rq:failed:" + key, {dead: time.time() + 9000})
        for locale in ("C", "POSIX"):
            with self.subTest(LANG=locale):
                console = self.console(size=(160, 40), LANG=locale)
                console.press("2", "depth")
                for shown in names.values():
                    console.wait_for(re.escape(shown))
                console.press("3", "3 dead letters")
                console.press(ENTER, "3 listed")
                seen = set()
                for _ in names:
                    console.press("R", "y confirm")
                    seen |= {name for name, shown in names.items() if shown in console.text()}
                    console.escape()
                    console.send(DOWN)
                self.assertEqual(seen, set(names))
                self.assertTrue(bytes(console.raw).isascii())
                console.close()

    def test_the_ascii_look_draws_ascii_on_any_terminal(self):
        """The same by option."""
        self.assertTrue(bytes(self.drawn("--look", "ascii").raw).isascii())

    def test_other_terminals_work(self):
        """AC-38: the Linux console, screen and tmux, a plain vt100, where their descriptions are installed."""
        for term in ("linux", "screen", "tmux-256color", "vt100", "xterm"):
            if subprocess.run(["infocmp", term], capture_output=True).returncode != 0:
                continue
            with self.subTest(term=term):
                console = self.console(TERM=term)
                console.wait_for_bytes(b"DEVELOPMENT")
                console.send("q")
                self.assertEqual(console.wait_exit(), 0)
                self.assertTrue(console.is_line_mode())


    def test_a_terminal_of_today_that_this_host_does_not_know_starts_as_one_that_it_is_like(self):
        """Its description is not in the usual package of an older server."""
        for term, like in (("xterm-kitty-x", "xterm-256color"), ("xterm-ghostty.next", "xterm-256color"), ("alacritty-x", "xterm-256color"),
                           ("foot-extra-x", "xterm-256color"), ("wezterm-x", "xterm-256color"), ("putty-256color-x", "xterm-256color"),
                           ("xterm-direct-x", "xterm-256color"), ("tmux-x", "screen-256color"), ("screen.xterm-kitty-x", "screen-256color")):
            with self.subTest(term=term):
                console = self.console(size=(120, 40), TERM=term)
                console.wait_for(f"does not know the terminal '{term}': OpsConsole treats it as {like}")
                console.press("2", "mailbox")
                self.assertTrue(colours(bytes(console.raw)))
                console.send("q")
                self.assertEqual(console.wait_exit(), 0)
                self.assertTrue(console.is_line_mode())

    def test_it_is_said_once_that_a_terminal_is_treated_as_another(self):
        console = self.console(size=(120, 40), TERM="xterm-kitty-x")
        console.wait_for("OpsConsole treats it as")
        for key in "24591":
            console.send(key)
            console.settle(0.1)
        self.assertEqual(bytes(console.raw).count(b"treats it as"), 1)

    def test_a_terminfo_folder_that_is_not_there_keeps_nobody_out(self):
        console = self.console(size=(120, 40), TERMINFO=os.path.join(self.home.path, "nowhere"))
        console.press("2", "mailbox")
        self.assertTrue(colours(bytes(console.raw)))
        console.send("q")
        self.assertEqual(console.wait_exit(), 0)
        self.assertTrue(console.is_line_mode())

    def test_the_linux_console_gets_signs_that_its_fonts_have(self):
        seeds.rq_job(seeds.server(seeds.SMALL), "注文".encode(), b"j-1", "x")
        self.addCleanup(seeds.small_queues)
        console = self.console(size=(120, 40), TERM="linux")
        console.press("2", r"\\u\{6ce8 6587\}")
        self.assertEqual(set(re.findall("[^\x00-\x7f]", console.text())) - set("▲▼♦•│─░▒█"), set())


class Refusals(ConsoleTest):
    def setUp(self):
        super().setUp()
        self.home.configure(("gone", "rq", "redis://127.0.0.1:1/0"))

    def assert_refused(self, code, words, **env):
        console = self.console(**env)
        self.assertEqual(console.wait_exit(), code)
        self.assertRegex(console.raw.decode(), words)
        self.assertEqual(plain_offences(bytes(console.raw).replace(b"\r\n", b"\n"), lines=True), [], "no control sequence")
        self.assertTrue(console.is_line_mode())

    def test_a_dumb_terminal_is_refused_with_78(self):
        """AC-38: it cannot place a cursor; the message says what to do instead."""
        self.assert_refused(78, r"'dumb' cannot place the cursor: try TERM=xterm-256color", TERM="dumb")

    def test_an_unknown_terminal_is_refused_with_78(self):
        """AC-38: an entry that is not installed on this host."""
        self.assert_refused(78, r"'no-such-terminal' is not known on this host: try TERM=", TERM="no-such-terminal")

    def test_no_terminal_type_is_refused_with_78(self):
        """AC-38: TERM is not set, or empty."""
        self.assert_refused(78, "try TERM=xterm-256color", TERM=None)
        self.assert_refused(78, "try TERM=xterm-256color", TERM="")

    def test_a_hostile_terminal_type_is_told_in_plain_words(self):
        """It comes over ssh from the other side."""
        self.assert_refused(78, r"\\x1b\[31m", TERM="\x1b[31m\u202e")

    def test_without_a_terminal_the_snapshot_is_named(self):
        """A script that calls the console by mistake must not hang."""
        done = subprocess.run(
            [binary(), "--config", self.home.config], env=self.home.environment(), stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE)
        self.assertEqual(done.returncode, 64)
        self.assertIn(b"opsconsole snapshot", done.stderr)
        self.assertEqual(done.stdout, b"")

    def test_a_broken_configuration_is_refused_with_78_before_the_screen_is_taken(self):
        """Every error with its place, and a terminal that was not touched."""
        with open(self.home.config, "w") as file:
            file.write("enviroment: production\nsources: 3\n")
        console = self.console()
        self.assertEqual(console.wait_exit(), 78)
        self.assertRegex(console.raw.decode(), r"config\.yaml:1:1: .*'environment'")
        self.assertRegex(console.raw.decode(), r"config\.yaml:2:10: ")
        self.assertNotIn(b"\x1b", console.raw)

    def test_the_environment_of_tests_is_their_own(self):
        """Nothing is read from, or written to, the home of the person who runs the tests."""
        console = self.console()
        console.wait_for("DEVELOPMENT")
        console.send("q")
        self.assertEqual(console.wait_exit(), 0)
        self.assertEqual(sorted(os.listdir(self.home.path)), ["config.yaml", "xdg-state"])


if __name__ == "__main__":
    unittest.main()
