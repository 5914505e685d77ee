"""Bytes that are no keys, where something is typed or confirmed: nothing gets into a field, and nothing is answered."""

import os
import time
import unittest

import seeds
from amounts import seeded
from foreign import EVERYTHING, FOCUS, UNKNOWN, inject
from framecount import without_ages
from places import postgres_url, redis_url
from ptyconsole import ALONE, DOWN, ENTER, ESCAPE, ConsoleTest
from test_runbooks import BOOK


class NotTyped(ConsoleTest):
    def setUp(self):
        super().setUp()
        self.random, self.redis = seeded(), seeds.cleared(1)

    def configure(self, *more, books=()):
        """The configuration, and runbooks by their names."""
        folder = os.path.join(self.home.path, "books")
        os.mkdir(folder)
        for name, body in books:
            with open(os.path.join(folder, name + ".yaml"), "w") as file:
                file.write(BOOK.format(id=name, title="a test", body=body))
        self.home.configure(("orders", "rq", redis_url(1)), *more)
        with open(self.home.config, "a") as file:
            file.write(f"runbooks: {{folders: ['{folder}']}}\nalerts: [{{name: many, when: 'queue.ready > 3', severity: critical}}]\n")

    def assert_untouched(self, console, place):
        with self.subTest(place):
            console.settle(0.2)
            before = self.above_the_last_line(console)
            inject(console, self.random.sample(EVERYTHING, 8) + FOCUS + UNKNOWN, self.random)
            console.let_pass(ALONE)
            self.assertEqual(self.above_the_last_line(console), before)

    @staticmethod
    def above_the_last_line(console):
        """The last line holds words for a few seconds."""
        return without_ages("\n".join(console.lines()[:-1]))

    def dead_letters(self):
        """Two, of two tasks."""
        for task in ("send", "sort"):
            self.redis.hset(f"rq:job:{task}", mapping={
                "status": "failed", "origin": "mailbox", "description": f"mail.{task}()", "data": b"x", "created_at": seeds.stamp(60),
                "ended_at": seeds.stamp(50)})
            self.redis.zadd("rq:failed:mailbox", {task: time.time() + 9000})

    def test_nothing_changes_on_the_database_and_among_runbooks(self):
        self.configure(("main", "postgres", postgres_url()), books=[("short", "steps:\n  - {id: one, run: {script: 'true'}}\n")])
        console = self.console(size=(120, 40))
        console.wait_for("2 fresh")
        console.press("5", r"\[Activity\]")
        console.press("p", "HELD")
        self.assert_untouched(console, "activity, with numbers that are held")
        console.send("p")
        console.press("7", "short")
        self.assert_untouched(console, "the catalogue")

    def test_nothing_is_typed_into_the_question_for_how_long_an_alert_is_quiet(self):
        seeds.small_queues(database=1)
        self.configure()
        console = self.console(size=(120, 40))
        console.press("8", "▸.*many.*firing|▸.*firing.*many")
        console.press("m", "mute many.*1h")
        self.assert_untouched(console, "the question")

    def test_nothing_is_answered_where_dead_letters_are_discarded_and_put_back(self):
        seeds.small_queues(database=1)
        self.dead_letters()
        self.configure()
        console = self.console(size=(120, 40))
        console.press("3", "orders: 2 dead letters")
        console.press("D", "y confirm")
        self.assert_untouched(console, "the plan of a discard")
        console.confirm("done, after")
        console.press(ESCAPE, "orders: 1 dead letter")
        console.send("g")
        console.press("U", "Restore from a quarantine file")
        self.assert_untouched(console, "the list of quarantine files")
        console.press(ENTER, "y confirm")
        self.assert_untouched(console, "the plan of a restore")
        self.assertEqual(self.redis.zcard("rq:failed:mailbox"), 1)

    def test_nothing_is_typed_into_parameters_and_nothing_resumes_a_run(self):
        gate, mark = os.path.join(self.home.path, "go"), os.path.join(self.home.path, "mark")
        self.configure(books=[("slow", (
            "params:\n  word: {type: string, default: abc, prompt: Which word}\n"
            f"steps:\n  - {{id: one, run: {{script: 'while [ ! -e {gate} ]; do sleep 0.05; done; echo one >> {mark}'}}}}\n"
            f"  - {{id: two, run: {{script: 'echo two >> {mark}'}}}}\n"))])
        console = self.console(size=(120, 40))
        console.press("7", "Catalogue")
        console.send("/")
        console.send("slow")
        console.press(ENTER, "▸ slow ")
        console.press(ENTER, "what it is given")
        self.assert_untouched(console, "the form of parameters")
        console.press(ENTER, "y start")
        self.assert_untouched(console, "the plan of a run")
        console.confirm("Runbooks › Run", shown="y start")
        console.wait_for("running +one")
        self.assert_untouched(console, "the page of a run that goes on")
        console.press(b"\x03", "pauses after this step")
        with open(gate, "w"):
            pass
        console.wait_for("R takes it up")
        self.assert_untouched(console, "the page of a run that rests")
        console.press("R", "resume slow")
        self.assert_untouched(console, "the choice of how a run goes on")
        console.send(DOWN)
        self.assert_untouched(console, "the other choice")
        with open(mark) as file:
            self.assertEqual(file.read(), "one\n")


if __name__ == "__main__":
    unittest.main()
