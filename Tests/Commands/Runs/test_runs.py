"""What a run does, step by step: questions, limits, failures, calls of other runbooks; and what its plan says first."""

import os
import time
import unittest

from deadline import Control
from running import RunTest

QUICK = """
steps:
  - {{id: one, run: {{script: "echo done >> {mark}"}}}}
"""


class LifeTest(RunTest):
    def setUp(self):
        super().setUp()
        self.heal()

    def quick(self):
        self.book("quick", QUICK.format(mark=self.mark))

    def test_without_its_confirmation_nothing_is_begun_and_the_plan_is_told(self):
        self.quick()
        done = self.run_command("runbook", "run", "quick")
        self.assertEqual(done.code, 77)
        self.assertIn("--confirm 'development/quick'", done.err)
        self.assertIn("CHANGES", done.out)
        self.assertEqual(self.runs(), [])
        self.assertEqual(self.marked(), [])

    def test_the_file_may_be_changed_meanwhile_and_a_plan_of_another_file_is_refused(self):
        self.quick()
        planned = self.run_command("runbook", "plan", "quick", "--format", "json").json["plan"]
        with open(os.path.join(self.books, "quick.yaml"), "a") as file:
            file.write("# another\n")
        done = self.run_command("runbook", "run", "--plan", planned["plan_hash"], "--confirm", "development/quick")
        self.assertEqual(done.code, 77)
        self.assertIn("was changed since the plan was made", done.err)
        again = self.run_command("runbook", "plan", "quick", "--format", "json").json["plan"]
        done = self.run_command("runbook", "run", "--plan", again["plan_hash"], "--confirm", "development/quick", "--format", "json")
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual(done.json["run"]["plan_hash"], again["plan_hash"])

    def test_a_question_waits_and_its_answer_is_kept(self):
        self.book("asks", """
steps:
  - {id: ask, prompt: {text: "Is it gone?", choices: [gone, keep]}}
  - {id: so, if: "steps.ask.outputs.choice == 'gone'", run: {script: "echo gone >> %s"}}
""" % self.mark)
        process = self.begin("asks")
        run = self.until_run()
        self.until(run, lambda status: status["run"]["state"] == "waiting")
        self.assertEqual(self.run_command("runbook", "status", run).code, 75)
        self.assertEqual(self.run_command("runbook", "answer", run, "ask", "perhaps").code, 64)
        self.assertEqual(self.run_command("runbook", "answer", run, "ask", "gone").code, 0)
        process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0)
        self.assertEqual(self.marked(), ["gone"])

    def test_preconditions_are_looked_at_when_it_is_planned_and_again_before_the_first_change(self):
        flag = os.path.join(self.folder, "flag")
        self.book("held", """
preconditions:
  - {id: there, cmd: {argv: [test, -e, %s]}, that: outputs.status == 0, message: the flag is not there}
steps:
  - {id: wait, mode: read, cmd: {argv: [rm, -f, %s]}}
  - {id: change, run: {script: "echo changed >> %s"}}
""" % (flag, flag, self.mark))
        done = self.carry_out("held")
        self.assertEqual(done.code, 1)
        self.assertIn("the flag is not there", done.out)
        self.assertEqual(self.runs(), [])
        open(flag, "w").close()
        done = self.carry_out("held")
        self.assertEqual(done.json["run"]["state"], "failed", done.err)
        self.assertIn("what must hold before the first change does not", done.json["run"]["message"])
        self.assertEqual(self.marked(), [])

    def test_a_server_that_a_step_needs_and_that_does_not_answer_is_named_by_the_plan(self):
        self.more = "  - {name: away, kind: rq, url: \"redis://127.0.0.1:1/0\"}\n"
        self.configure()
        self.book("looks", "steps:\n  - {id: look, mode: read, redis: {conn: away, cmd: [PING]}}\n  - {id: other, redis: {conn: broker, cmd: [PING]}}\n")
        plan = self.run_command("runbook", "plan", "looks", "--format", "json").json["plan"]
        (warning,) = plan["warnings"]
        self.assertIn("away does not answer, and steps need it", warning)
        self.assertIn("warning  away does not answer", self.run_command("runbook", "plan", "looks").out)

    def test_on_failure_and_finally_follow_a_failure_and_the_run_has_failed_all_the_same(self):
        self.book("fails", """
steps:
  - {id: bad, run: {script: "echo trouble >&2; exit 3"}}
  - {id: never, run: {script: "echo never >> %s"}}
on_failure:
  - {id: mend, run: {script: "echo mend >> %s"}}
finally:
  - {id: last, run: {script: "echo last >> %s"}}
""" % (self.mark, self.mark, self.mark))
        done = self.carry_out("fails")
        self.assertEqual(done.code, 1)
        self.assertEqual(done.json["run"]["state"], "failed")
        self.assertIn("bad: exit code 3: trouble", done.json["run"]["message"])
        self.assertEqual(self.marked(), ["mend", "last"])

    def test_a_runbook_calls_another_by_its_hash_alone(self):
        self.book("inner", """
params: {word: {type: string, required: true}}
steps:
  - {id: write, run: {script: "echo \\"$P_WORD\\" >> %s"}}
""" % self.mark)
        inner = next(book for book in self.run_command("runbook", "list", "--format", "json").json["runbooks"] if book["id"] == "inner")
        self.book("outer", """
params: {word: {type: string, default: hello}}
steps:
  - {id: call, runbook: {id: inner, hash: %s, params: {word: "${{ params.word }}"}}}
  - {id: after, run: {script: "echo after >> %s"}}
""" % (inner["hash"], self.mark))
        done = self.carry_out("outer", word="inside")
        self.assertEqual(done.code, 0, done.err + done.out)
        self.assertEqual(self.marked(), ["inside", "after"])
        self.assertIn("call/write", self.steps())
        with open(os.path.join(self.books, "inner.yaml"), "a") as file:
            file.write("# changed\n")
        refused = self.run_command("runbook", "plan", "outer")
        self.assertEqual(refused.code, 1)
        self.assertIn("no runbook inner has the hash", refused.out)

    def test_time_limits_end_a_step_and_a_run(self):
        self.book("late", """
timeout: 4s
steps:
  - {id: reads, mode: read, timeout: 1s, kill_after: 1s, continue_on_error: true, cmd: {argv: [sleep, "30"]}}
  - {id: wait, wait: {until: "params.never", every: 1s, timeout: 10m}}
params: {never: {type: bool, default: false}}
""")
        with Control() as machine:
            began = time.monotonic()
            done = self.carry_out("late")
            took = time.monotonic() - began
        self.assertLess(took, machine.allows(12))
        self.assertEqual(done.json["run"]["state"], "failed", done.err)
        self.assertIn("longer than its 4s", done.json["run"]["message"])
        self.assertEqual(self.steps()["reads"]["state"], "timed_out")

    def test_a_command_is_tried_again_as_often_as_it_says_and_no_write_without_leave(self):
        self.book("again", """
steps:
  - {id: third, idempotent: true, retry: {max: 5, delay: 100ms, factor: 1, "on": ["exit:75"]}, run: {script: "echo try >> %s; test $(wc -l < %s) -ge 3 || exit 75"}}
""" % (self.mark, self.mark))
        done = self.carry_out("again")
        self.assertEqual(done.code, 0, done.err + done.out)
        self.assertEqual(self.marked(), ["try", "try", "try"])
        self.assertEqual(self.steps()["third"]["attempts"], 3)
        self.book("twice", 'steps:\n  - {id: once, retry: {max: 5, "on": ["exit:75"]}, run: {script: "exit 75"}}\n')
        refused = self.run_command("runbook", "run", "twice", "--confirm", "development/twice")
        self.assertEqual(refused.code, 78)
        self.assertIn("twice.yaml:8:", refused.err)


if __name__ == "__main__":
    unittest.main()
