"""Files of the operator that change how the console looks and obeys."""

import time
import unittest

import seeds
from deadline import Control
from ptyconsole import ConsoleTest
from places import redis_url

WIDE = (200, 30)


class Themes(ConsoleTest):
    def setUp(self):
        super().setUp()
        seeds.small_queues()
        self.home.configure(("mail", "rq", redis_url(seeds.SMALL)), theme="x")

    def colours(self, console, word):
        """The foreground that a word on the screen is drawn in."""
        lines = console.lines()
        row = next(index for index, line in enumerate(lines) if word in line)
        return console.screen.buffer[row][lines[row].index(word)].fg

    def opened(self, theme):
        self.home.write("themes/x.yaml", theme)
        console = self.console(size=WIDE)
        console.press("2", "mailbox")
        return console

    def test_a_changed_theme_is_read_while_the_console_runs(self):
        """One tries colours out on the real screen; nobody restarts a console for that."""
        console = self.opened("roles: {text: {fg: green}}\n")
        self.assertEqual(self.colours(console, "mailbox"), "green")
        with Control() as machine:
            begun = time.monotonic()
            self.home.write("themes/x.yaml", "roles: {text: {fg: red}}\n")
            console.wait_for("theme x read again")
            console.until(lambda: self.colours(console, "mailbox") == "red", what="red text")
            took = time.monotonic() - begun
        self.say(f"theme read {took:.1f} s after the change")
        self.assertLessEqual(took, machine.allows(4))

    def test_a_broken_theme_is_reported_with_its_place_and_changes_nothing(self):
        """A slip in an editor must not take the colours away in the middle of an incident."""
        console = self.opened("roles: {text: {fg: green}}\n")
        self.home.write("themes/x.yaml", "roles:\n  text: {fg: blurple}\n")
        console.wait_for(r"x\.yaml:2:14: .*'blurple' is no colour")
        self.assertIn("x.yaml", console.lines()[-1])
        self.assertEqual(self.colours(console, "mailbox"), "green")
        self.home.write("themes/x.yaml", "roles: {text: {fg: red}\n")
        console.wait_for(r"x\.yaml:\d+:\d+: ")
        self.home.write("themes/x.yaml", "roles: {text: {fg: blue}}\n")
        console.until(lambda: self.colours(console, "mailbox") == "blue", what="blue text")

    def test_a_theme_that_is_broken_at_the_start_is_reported(self):
        """The console starts all the same."""
        console = self.opened("roles: {txet: {fg: green}}\n")
        console.wait_for(r"x\.yaml:1:9: unknown key 'txet'; did you mean 'text'")

    def test_a_theme_that_is_not_there_names_the_nearest(self):
        """A typing error, not a reason to refuse."""
        self.home.configure(("mail", "rq", redis_url(seeds.SMALL)), theme="high-contrasd")
        console = self.opened("roles: {}\n")
        console.wait_for(r"unknown theme 'high-contrasd'")


class Keys(ConsoleTest):
    def setUp(self):
        super().setUp()
        seeds.small_queues()
        self.home.configure(("mail", "rq", redis_url(seeds.SMALL)))

    def queues(self, keys):
        self.home.write("keys.yaml", keys)
        console = self.console(size=WIDE)
        console.wait_for("1 fresh|stale")
        return console

    def test_a_command_listens_to_the_key_of_the_operator(self):
        """And to that key only; footer and help tell the new one."""
        console = self.queues("queues.open: o\n")
        console.press("2", "mailbox")
        console.wait_for("o waiting tasks")
        console.press("\r", "Enter does nothing here")
        console.press("o", r"7 of them shown")
        console.press("\x1b", "Queues")
        console.press("?", r"o +waiting tasks|waiting tasks +o")

    def test_a_key_for_two_commands_is_reported_and_the_usual_keys_stay(self):
        """Whichever of the two would win, one of them would surprise somebody."""
        console = self.queues("queues.open: s\n")
        console.wait_for(r"keys\.yaml:1:\d+: the key s stands for .*queues\.open")
        console.press("2", "mailbox")
        console.press("s", "Sort by")
        console.press("\x1b", "mailbox")
        console.press("\r", r"7 of them shown")

    def test_an_unknown_command_or_key_is_reported_with_its_place(self):
        """With the nearest name, so that nobody has to look it up."""
        for text, words in (("queues.opne: o\n", r"keys\.yaml:1:1: unknown key 'queues\.opne'; did you mean 'queues\.open'"),
                            ("queues.open: Hyper-x\n", r"keys\.yaml:1:14: no key is called 'Hyper-x'")):
            with self.subTest(text=text):
                self.queues(text).wait_for(words)


if __name__ == "__main__":
    unittest.main()
