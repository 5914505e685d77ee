"""Runbooks from the keyboard: a plan, a run that is watched, a terminal that goes away, a program that floods."""

import json
import os
import signal
import time

import seeds
from ptyconsole import DOWN, ENTER, ESCAPE, ConsoleTest
from places import limit, redis_url

BOOK = """\
apiVersion: runbook/v1
id: {id}
title: {title}
owner: tests
risk: low
environments: [development, staging, production]
{body}"""


class RunbookTest(ConsoleTest):
    def setUp(self):
        super().setUp()
        self.redis = seeds.cleared(1)
        self.books = os.path.join(self.home.path, "books")
        self.mark = os.path.join(self.home.path, "mark")
        os.mkdir(self.books)
        self.home.configure(("orders", "rq", redis_url(1)))
        with open(self.home.config, "a") as file:
            file.write(f"runbooks:\n  folders: [\"{self.books}\"]\n")

    def book(self, name, body, title="a test"):
        with open(os.path.join(self.books, name + ".yaml"), "w") as file:
            file.write(BOOK.format(id=name, title=title, body=body))

    def marked(self):
        if not os.path.exists(self.mark):
            return []
        with open(self.mark) as file:
            return file.read().split()

    def runs(self):
        folder = os.path.join(self.home.state, "runs")
        return sorted(os.listdir(folder)) if os.path.isdir(folder) else []

    def journal(self, run):
        with open(os.path.join(self.home.state, "runs", run, "journal.jsonl")) as file:
            return [json.loads(line) for line in file]

    def until(self, condition, what, seconds=20):
        end = time.monotonic() + limit(seconds)
        while not condition():
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.1)

    def begin(self, console, name):
        """The catalogue, narrowed to one; its plan; yes."""
        console.press("7", "Catalogue", limit(5))
        console.send("/")
        console.send(name)
        # The name stands in the line of the search as well; the row is what says that the folders are read.
        console.press(ENTER, f"▸ {name} ", limit(5))
        console.press(ENTER, "what it is given", limit(5))
        console.press(ENTER, "runs it", limit(10))
        console.settle(0.8)
        console.press("y", "Runbooks › Run", limit(10))

    def test_a_run_is_planned_confirmed_watched_and_in_the_history(self):
        self.book("short", f"steps:\n  - {{id: one, run: {{script: 'echo first; echo one >> {self.mark}'}}}}\n")
        console = self.console(size=(110, 32))
        self.begin(console, "short")
        console.wait_for("succeeded", limit(10))
        console.wait_for("first", limit(5))
        self.assertEqual(self.marked(), ["one"])
        console.press(ESCAPE, "Catalogue", limit(5))
        console.press("\t", "History", limit(5))
        console.wait_for("succeeded", limit(5))

    def test_nothing_is_begun_without_an_answer_and_enter_is_none(self):
        self.book("short", f"steps:\n  - {{id: one, run: {{script: 'echo one >> {self.mark}'}}}}\n")
        console = self.console(size=(110, 32))
        console.press("7", "Catalogue", limit(5))
        console.send("/")
        console.send("short")
        console.press(ENTER, "▸ short ", limit(5))
        console.press(ENTER, "what it is given", limit(5))
        console.press(ENTER, "runs it", limit(10))
        console.press(ENTER, "Enter is not an answer", limit(5))
        console.press(ESCAPE, "nothing was done", limit(5))
        self.assertEqual((self.runs(), self.marked()), ([], []))

    def test_a_console_that_is_killed_leaves_the_run_and_the_next_one_takes_it_up(self):
        self.book("long", "steps:\n" + "".join(
            f"  - {{id: s{number}, run: {{script: 'echo {number} >> {self.mark}; sleep 3'}}}}\n" for number in range(5)))
        console = self.console(size=(110, 32))
        self.begin(console, "long")
        self.until(self.marked, "it did not begin")
        os.kill(console.pid, signal.SIGKILL)
        (run,) = self.runs()
        self.until(lambda: self.journal(run)[-1]["kind"] == "pause", "it did not pause when nobody looked", 30)
        before = self.marked()
        self.assertEqual(before, [str(number) for number in range(len(before))])
        again = self.console(size=(110, 32))
        again.press("7", "long is paused", limit(5))
        again.press("\t", "paused", limit(5))
        again.press(ENTER, "R takes it up", limit(5))
        again.press("R", "take up long", limit(5))
        again.send(DOWN)
        again.press("development/long", "running", limit(10))
        self.until(lambda: self.journal(run)[-1]["kind"] == "run.end", "it did not end", 40)
        self.assertEqual(self.marked(), [str(number) for number in range(5)])

    def test_ctrl_c_on_a_run_that_goes_on_means_the_run_and_elsewhere_the_console(self):
        self.book("slow", f"steps:\n  - {{id: one, run: {{script: 'sleep 4; echo one >> {self.mark}'}}}}\n  - {{id: two, run: {{script: 'echo two >> {self.mark}'}}}}\n")
        console = self.console(size=(110, 32))
        self.begin(console, "slow")
        console.wait_for("running +one", limit(5))
        console.press(b"\x03", "pauses after this step", limit(5))
        console.wait_for("R takes it up", limit(10))
        self.assertEqual(self.marked(), ["one"])
        console.send(b"\x03")
        self.assertEqual(console.wait_exit(), 130)

    def test_a_closed_terminal_ends_the_console_and_not_the_step(self):
        self.book("step", f"on_disconnect: continue\nsteps:\n  - {{id: one, run: {{script: 'sleep 3; echo one >> {self.mark}'}}}}\n")
        console = self.console(size=(110, 32))
        self.begin(console, "step")
        console.hang_up()
        self.until(lambda: self.marked() == ["one"], "the step was taken with the terminal", 15)

    def test_keys_are_answered_while_a_program_floods_and_no_escape_of_it_is_sent(self):
        self.book("flood", "steps:\n  - {id: flood, mode: read, timeout: 30s, run: {script: \"head -c 300000000 /dev/zero | tr '\\\\0' 'x' | fold -w 100; "
                           "printf '\\\\033[2J\\\\033]0;title\\\\007\\\\n'; sleep 1\"}}\n")
        console = self.console(size=(110, 32))
        self.begin(console, "flood")
        slowest = 0
        for _ in range(20):
            began = time.monotonic()
            console.press("?", "help", limit(5))
            slowest = max(slowest, time.monotonic() - began)
            console.press(ESCAPE, "Runbooks › Run", limit(5))
            console.settle(0.1)
        self.assertLess(slowest, limit(0.5), "a key waited for a program's output")
        console.wait_for("succeeded", limit(40))
        self.assertNotIn(b"\x1b]0;title", bytes(console.raw))

    def test_read_only_runs_nothing(self):
        self.book("short", f"steps:\n  - {{id: one, run: {{script: 'echo one >> {self.mark}'}}}}\n")
        console = self.console(size=(110, 32), args=["--read-only"])
        console.press("7", "read and planned, and not run", limit(5))
        console.send("/")
        console.send("short")
        console.press(ENTER, "▸ short ", limit(5))
        console.press(ENTER, "what it is given", limit(5))
        console.press(ENTER, "can not be run as things are", limit(10))
        console.send("y")
        console.settle(0.5)
        self.assertEqual((self.runs(), self.marked()), ([], []))
