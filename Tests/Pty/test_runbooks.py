"""Runbooks from the keyboard: a plan, a run that is watched, a terminal that goes away, a program that floods."""

import json
import os
import signal
import statistics
import time

import seeds
from deadline import Control, until
from ptyconsole import DOWN, ENTER, ESCAPE, ConsoleTest
from places import redis_url

# A key waits for no program's output. The slowest of twenty may meet a moment in which the machine does something else.
ANSWER, SLOWEST = 0.15, 0.5
# Steps of one second each: more than a run does in the ten seconds in which it waits for somebody to look.
STEPS = 20

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

    def gate(self, name):
        """A file that a step waits for, and the words by which it does."""
        path = os.path.join(self.home.path, name)
        return path, f"while [ ! -e {path} ]; do sleep 0.05; done"

    @staticmethod
    def open(gate):
        with open(gate, "w"):
            pass

    def begin(self, console, name):
        """The catalogue, narrowed to one; its plan; yes."""
        console.press("7", "Catalogue")
        console.send("/")
        console.send(name)
        # The name stands in the line of the search as well; the row is what says that the folders are read.
        console.press(ENTER, f"▸ {name} ")
        console.press(ENTER, "what it is given")
        console.send(ENTER)
        console.confirm("Runbooks › Run", shown="y start")

    def test_a_run_of_another_environment_says_so_in_the_history(self):
        self.book("short", "steps:\n  - {id: one, run: {script: 'true'}}\n")
        done = self.run_plain("runbook", "run", "short", "--confirm", "development/short", "--config", self.home.config)
        self.assertEqual(done.returncode, 0, done.stderr)
        for environment, name in (("development", r"\bshort\b"), ("production", "development/short")):
            console = self.console(size=(120, 30), args=("--environment", environment))
            console.press("7", "Catalogue")
            console.press("\t", f"succeeded +{name}")

    def test_a_run_is_planned_confirmed_watched_and_in_the_history(self):
        self.book("short", f"steps:\n  - {{id: one, run: {{script: 'echo first; echo one >> {self.mark}'}}}}\n")
        console = self.console(size=(110, 32))
        self.begin(console, "short")
        console.wait_for("succeeded")
        console.wait_for("first")
        self.assertEqual(self.marked(), ["one"])
        console.press(ESCAPE, "Catalogue")
        console.press("\t", "History")
        console.wait_for("succeeded")

    def test_a_console_counts_as_somebody_who_looks_also_on_another_panel(self):
        gate, waits = self.gate("go")
        self.book("long", f"steps:\n  - {{id: one, timeout: 5m, run: {{script: '{waits}'}}}}\n"
                          f"  - {{id: two, run: {{script: 'echo two >> {self.mark}'}}}}\n")
        console = self.console(size=(110, 32))
        self.begin(console, "long")
        console.until(self.runs, what="the run")
        console.press("1", "Pulse")
        # A runner that hears nobody waits for half of its patience, and then for all of it.
        time.sleep(18)
        self.open(gate)
        console.until(self.marked, what="the second step")
        self.assertEqual(self.marked(), ["two"])

    def test_nothing_is_begun_without_an_answer_and_enter_is_none(self):
        self.book("short", f"steps:\n  - {{id: one, run: {{script: 'echo one >> {self.mark}'}}}}\n")
        console = self.console(size=(110, 32))
        console.press("7", "Catalogue")
        console.send("/")
        console.send("short")
        console.press(ENTER, "▸ short ")
        console.press(ENTER, "what it is given")
        console.press(ENTER, "y start")
        console.press(ENTER, "Enter is not an answer")
        console.press(ESCAPE, "nothing was done")
        self.assertEqual((self.runs(), self.marked()), ([], []))

    def test_a_console_that_is_killed_leaves_the_run_and_the_next_one_takes_it_up(self):
        quick = os.path.join(self.home.path, "quick")
        self.book("long", "steps:\n" + "".join(
            f"  - {{id: s{number}, run: {{script: 'echo {number} >> {self.mark}; [ -e {quick} ] || sleep 1'}}}}\n"
            for number in range(STEPS)))
        console = self.console(size=(110, 32))
        self.begin(console, "long")
        console.until(self.marked, what="the first step")
        os.kill(console.pid, signal.SIGKILL)
        (run,) = self.runs()
        until(lambda: self.journal(run)[-1]["kind"] == "pause", what="it did not pause when nobody looked")
        before = self.marked()
        self.assertEqual(before, [str(number) for number in range(len(before))])
        self.assertLess(len(before), STEPS)
        self.open(quick)
        again = self.console(size=(110, 32))
        again.press("7", "long is paused")
        again.press("\t", "paused")
        again.press(ENTER, "R takes it up")
        again.press("R", "resume long")
        again.send(DOWN)
        again.press("development/long", "running|succeeded")
        again.until(lambda: self.journal(run)[-1]["kind"] == "run.end", what="the end of the run")
        self.assertEqual(self.marked(), [str(number) for number in range(STEPS)])

    def test_ctrl_c_on_a_run_that_goes_on_means_the_run_and_elsewhere_the_console(self):
        gate, wait = self.gate("go")
        self.book("slow", f"steps:\n  - {{id: one, run: {{script: '{wait}; echo one >> {self.mark}'}}}}\n"
                          f"  - {{id: two, run: {{script: 'echo two >> {self.mark}'}}}}\n")
        console = self.console(size=(110, 32))
        self.begin(console, "slow")
        console.wait_for("running +one")
        console.press(b"\x03", "pauses after this step")
        self.open(gate)
        console.wait_for("R takes it up")
        self.assertEqual(self.marked(), ["one"])
        console.send(b"\x03")
        self.assertEqual(console.wait_exit(), 130)

    def test_a_closed_terminal_ends_the_console_and_not_the_step(self):
        gate, wait = self.gate("go")
        self.book("step", "on_disconnect: continue\nsteps:\n"
                          f"  - {{id: one, run: {{script: '{wait}; echo one >> {self.mark}'}}}}\n")
        console = self.console(size=(110, 32))
        self.begin(console, "step")
        console.wait_for("running +one")
        console.hang_up()
        self.assertEqual(console.wait_exit(), 129)
        self.open(gate)
        until(lambda: self.marked() == ["one"], what="the step was taken with the terminal")

    def test_keys_are_answered_while_a_program_floods_and_no_escape_of_it_is_sent(self):
        enough = os.path.join(self.home.path, "enough")
        self.book("flood", "steps:\n  - {id: flood, mode: read, timeout: 120s, run: {script: \""
                           f"while [ ! -e {enough} ]; do head -c 5000000 /dev/zero | tr '\\\\0' 'x' | fold -w 100; done; "
                           "printf '\\\\033[2J\\\\033]0;title\\\\007\\\\n'; echo over\"}}\n")
        console = self.console(size=(110, 32))
        self.begin(console, "flood")
        console.wait_for("x{50}")
        times = []
        with Control() as machine:
            for _ in range(20):
                began = time.monotonic()
                console.press("?", "Lists every key")
                times.append(time.monotonic() - began)
                console.press(ESCAPE, "Runbooks › Run")
                console.let_pass(0.1)
        self.open(enough)
        self.say(f"keys beside a flood: {statistics.median(times) * 1000:.0f} ms (median of 20), {max(times) * 1000:.0f} ms "
                 f"(slowest; bounds {machine.allows(ANSWER) * 1000:.0f} and {machine.allows(SLOWEST) * 1000:.0f})")
        self.assertLess(statistics.median(times), machine.allows(ANSWER), "a key waited for a program's output")
        self.assertLess(max(times), machine.allows(SLOWEST), "a key waited for a program's output")
        console.wait_for("succeeded")
        self.assertNotIn(b"\x1b]0;title", bytes(console.raw))

    def test_read_only_runs_nothing(self):
        self.book("short", f"steps:\n  - {{id: one, run: {{script: 'echo one >> {self.mark}'}}}}\n")
        console = self.console(size=(110, 32), args=["--read-only"])
        console.press("7", "read and planned, and not run")
        console.send("/")
        console.send("short")
        console.press(ENTER, "▸ short ")
        console.press(ENTER, "what it is given")
        console.press(ENTER, "cannot run now")
        console.send("y")
        console.escape()
        console.until(lambda: "can not be run" not in console.text(), what="the end of the plan, behind the y")
        console.let_pass(0.5)
        self.assertNotIn("Runbooks › Run", console.text())
        self.assertEqual((self.runs(), self.marked()), ([], []))
