"""Reports of the terminal during an operation: they answer nothing, stop nothing, and do nothing twice."""

import os
import unittest

from amounts import amount, seeded
from foreign import EVERYTHING, PASTES, UNKNOWN, pieces
from places import postgres_url, redis_url
from ptyconsole import DWELL
from test_actions import RQ, RQScene

# What the title of each panel begins with.
PANELS = {"1": "[Sources]", "2": "Queues", "3": "Dead letters", "4": "Workers", "5": "[Activity]", "6": "[Processes]", "7": "[Catalogue]",
          "8": "[Firing]", "9": "Audit"}
LETTERS = 12


class Tour(RQScene):
    """A staged retry in production: the first five go back, and the rest waits until a worker has done them."""

    def setUp(self):
        super().setUp()
        self.home.configure(("orders", "rq", redis_url(RQ)), ("main", "postgres", postgres_url()), environment="production")
        self.random = seeded()

    def test_a_staged_retry_runs_to_its_end_whatever_the_terminal_reports(self):
        """All panels are visited while it runs: by another console beside it, and by the digits on the one that it runs in."""
        self.operator, self.onlooker = self.console(size=(120, 40)), self.console(size=(120, 40))
        for console in (self.operator, self.onlooker):
            console.wait_for("2 fresh")
        for _ in range(amount(100)):
            self.assert_runs_to_its_end()

    def assert_runs_to_its_end(self):
        self.begin()
        self.visit_all_panels()
        self.operator.wait_for("watching")
        self.assertEqual((self.redis.zcard("rq:failed:default"), self.redis.llen("rq:queue:default")), (LETTERS - 5, 5))
        self.work()
        while "done, after" not in self.operator.text():
            self.assert_goes_on()
            self.disturb(self.operator)
            self.disturb(self.onlooker)
        self.work()
        self.assertEqual(sorted(self.done(), key=int), [str(number) for number in range(LETTERS)], "each once")
        self.assertEqual((self.redis.zcard("rq:failed:default"), self.redis.llen("rq:queue:default")), (0, 0))
        last = [record for record in self.audit() if record["action"] == "retry"][-1]
        self.assertEqual(last["phase"], "outcome", last)
        self.operator.escape()

    def begin(self):
        """Letters that failed; and the retry of them, confirmed with reports between the letters of the name."""
        self.redis.flushdb()
        for path in (self.healthy, self.mark):
            if os.path.exists(path):
                os.remove(path)
        self.fail(LETTERS)
        os.remove(self.mark)
        self.operator.press("3", "Dead letters")
        self.operator.press("a", f"orders: {LETTERS} dead letters")
        self.operator.press("R", "type production/orders")
        self.operator.let_pass(DWELL)
        for letter in "production/orders":
            self.operator.send(letter)
            if self.random.random() < 0.2:
                self.disturb(self.operator)
        self.operator.wait_for("watching")

    def visit_all_panels(self):
        for panel in self.random.sample(sorted(PANELS), len(PANELS)):
            self.operator.send(panel)
            self.onlooker.send(panel)
            self.onlooker.until(lambda: self.shows(self.onlooker, panel), what=f"panel {panel}", pause=0.01)
            for console in self.random.choices((self.operator, self.onlooker), k=4):
                self.disturb(console)
            self.assertTrue(self.shows(self.onlooker, panel), self.onlooker.text())
            self.assertTrue(self.shows(self.operator, "3"), self.operator.text())
            self.assert_goes_on()

    def assert_goes_on(self):
        self.assertNotRegex(self.operator.text(), "stopp(ed|ing)|PRODUCTION: stop|Esc again")

    @staticmethod
    def shows(console, panel):
        return console.lines()[2].strip().startswith(PANELS[panel])

    def disturb(self, console):
        """A report, a paste or a key that nobody knows, in one piece or in two."""
        for piece in pieces(self.random.choice(EVERYTHING + PASTES + UNKNOWN), self.random):
            console.send(piece)
            console.let_pass(0.005)

    def work(self):
        """A worker does what waits."""
        from rq import Queue, SimpleWorker
        with open(self.healthy, "w"):
            pass
        SimpleWorker([Queue("default", connection=self.redis)], connection=self.redis).work(burst=True, logging_level="CRITICAL")

    def done(self):
        with open(self.mark) as file:
            return file.read().split()


class Stopping(RQScene):
    """One Esc alone may be the head of a torn sequence: it stops nothing."""

    def running(self, environment):
        self.home.configure(("orders", "rq", redis_url(RQ)), environment=environment)
        self.fail(12)
        console = self.console(size=(120, 40))
        console.press("3", "12 dead letters")
        console.press("R", "retry 12 of orders")
        return console

    def in_production(self):
        console = self.running("production")
        console.let_pass(DWELL)
        console.press("production/orders", "watching")
        return console

    def elsewhere(self):
        """In stages, as the operator may choose: the retry rests behind its first five."""
        console = self.running("development")
        console.press("\t", "first 5, wait")
        console.confirm("watching")
        return console

    def assert_stopped(self, console):
        console.wait_for("stopped")
        self.assertNotIn("PRODUCTION: stop", console.text())
        self.assertEqual((self.redis.zcard("rq:failed:default"), self.redis.llen("rq:queue:default")), (7, 5))

    def test_one_esc_stops_nothing_and_esc_twice_asks_in_production(self):
        console = self.in_production()
        console.escape()
        console.wait_for("Esc again within 3 s")
        console.wait_for("watching")
        console.escape()
        console.wait_for("PRODUCTION: stop after this batch")
        console.press("n", "it continues")
        console.press("s", "PRODUCTION: stop after this batch")
        console.press("y", "stopped")
        self.assertEqual(self.redis.zcard("rq:failed:default"), 7)

    def test_outside_of_production_esc_twice_stops_without_a_question_and_one_esc_does_not(self):
        console = self.elsewhere()
        console.escape()
        console.wait_for("Esc again within 3 s")
        console.let_pass(3)
        console.escape()
        console.wait_for("watching")
        console.escape()
        self.assert_stopped(console)

    def test_outside_of_production_s_stops_without_a_question(self):
        console = self.elsewhere()
        console.send("s")
        self.assert_stopped(console)


if __name__ == "__main__":
    unittest.main()
