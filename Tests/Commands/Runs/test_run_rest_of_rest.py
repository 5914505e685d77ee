"""A run that does what another one left is refused, killed or given up itself, and nothing is done twice."""

import os
import subprocess
import unittest

from commandtest import BINARY
from restrun import LOOP, RestTest

HOLDER = """
concurrency: {lock: loop}
steps:
  - {id: hold, run: {script: "echo held >> %s; while [ ! -e %s ]; do sleep 0.05; done"}, timeout: 10m}
"""


class RestOfRest(RestTest):
    """A run that was to do the rest of another one, and came to little of it or to nothing."""

    def setUp(self):
        super().setUp()
        self.goes = os.path.join(self.folder, "go")
        self.book("loop", "concurrency: {lock: loop}" + LOOP % {"mark": self.mark, "fixed": self.fixed})
        self.book("holder", HOLDER % (self.mark, self.goes))

    def refused_by_the_lock(self, run):
        """The rest of a run, begun while another run has the lock: its name."""
        holder = self.begin("holder")
        self.eventually(lambda: "held" in self.marked(), "the lock is not held")
        refused = self.rest(run)
        open(self.goes, "w").close()
        holder.communicate(timeout=120)
        self.assertEqual((refused.code, refused.json["run"]["state"]), (1, "failed"), refused.err)
        self.assertIn("the lock loop is held by", refused.json["run"]["message"])
        return refused.json["run"]["run"]

    def points_to(self, run, other):
        """`other` did nothing of the rest of `run`: everything that offers a rest says so, and does nothing."""
        before, runs = self.marked(), len(self.runs())
        words = f"it did nothing of the rest of run {run}: opsconsole runbook resume --remaining {run}"
        self.assertEqual(self.status(other)["left"], words)
        self.assertIn(words, self.resume(other, name="loop").err)
        for confirm in (False, True):
            done = self.rest(other, confirm=confirm)
            self.assertEqual((done.code, done.out), (1, ""))
            self.assertIn(words, done.err)
        self.assertEqual((self.marked(), len(self.runs())), (before, runs))

    def finished(self, run):
        """The rest of a run is done: nothing of it was done before, and nothing is done twice."""
        open(self.fixed, "w").close()
        done = self.rest(run)
        self.assertEqual((done.code, done.json["run"]["state"]), (0, "succeeded"), done.err)
        self.did()
        return done.json["run"]["run"]

    def did(self, failures=1):
        """All that the run was for happened once, but for the host that failed first."""
        marked = self.marked()
        self.assertEqual([marked.count(word) for word in ("first", "web-1", "web-2", "web-3", "after")], [1, 1, failures + 1, 1, 1], marked)

    def test_one_that_a_lock_refused_points_to_the_run_whose_rest_it_was(self):
        run = self.failed()
        other = self.refused_by_the_lock(run)
        self.points_to(run, other)
        last = self.finished(run)
        self.assertIn(f"run {last} does the rest of it already", self.rest(run).err)
        self.assertIn("it did nothing of the rest", self.rest(other).err)
        self.did()

    def test_one_that_a_lock_refused_is_a_rest_of_the_rest_as_well(self):
        run = self.failed()
        second = self.rest(run).json["run"]["run"]
        third = self.refused_by_the_lock(second)
        self.points_to(second, third)
        self.assertIn(f"run {second} does the rest of it already", self.rest(run).err)
        open(self.fixed, "w").close()
        self.assertEqual(self.rest(second).code, 0)
        self.did(failures=2)

    def test_one_that_was_given_up_before_it_began_points_to_the_run_whose_rest_it_was(self):
        run = self.failed()
        self.dies(run, "F2:1")
        other = max(one["run"] for one in self.runs())
        self.assertEqual(self.resume(other, "--abort", "--reason", "not now", name="loop").json["run"]["state"], "cancelled")
        self.points_to(run, other)
        self.finished(run)

    def dies(self, run, point, state="state"):
        """The rest of a run, whose runner is killed: its name."""
        words = ["runbook", "resume", "--remaining", run, "--confirm", self.typed("loop"), "--format", "json", "--config", self.config]
        subprocess.run([BINARY, *words], env=dict(self.variables(state), OPSCONSOLE_CRASH_AT=point), capture_output=True, timeout=120)
        other = max(one["run"] for one in self.runs(state))
        self.assertNotEqual(other, run, "it was not begun: the test proves nothing")
        self.assertEqual(self.status(other, state)["run"]["state"], "interrupted", point)
        return other

    # After the start of the rest; before and after the first and the second outcome that it takes over.
    POINTS = ("F2:2", "F5:1", "F5:2", "F5:3", "F5:4")

    def killed_at_each_point(self):
        """The rest of a run that is killed while it takes over what was done: the state folder, and both runs."""
        for point in self.POINTS:
            with self.subTest(point):
                self.heal()
                if os.path.exists(self.fixed):
                    os.unlink(self.fixed)
                state = "state-" + point
                run = self.carry_out("loop", state=state).json["run"]["run"]
                other = self.dies(run, point, state)
                self.assertEqual(self.marked(), ["first", "web-1", "web-2", "last"])
                open(self.fixed, "w").close()
                yield state, run, other

    def test_one_that_dies_while_it_takes_over_what_was_done_is_resumed_and_repeats_nothing(self):
        for state, run, other in self.killed_at_each_point():
            done = self.resume(other, name="loop", state=state)
            self.assertEqual((done.code, done.json["run"]["state"]), (0, "succeeded"), done.err)
            self.did()
            self.assertTrue(self.show(other, state)["journal_intact"])
            again = self.run_command("runbook", "resume", "--remaining", run, state=state)
            self.assertIn(f"run {other} does the rest of it already", again.err)

    def test_one_that_dies_while_it_takes_over_what_was_done_and_is_given_up_leaves_all_of_the_rest(self):
        for state, _, other in self.killed_at_each_point():
            self.assertEqual(self.resume(other, "--abort", "--reason", "enough", name="loop", state=state).json["run"]["state"], "cancelled")
            done = self.run_command("runbook", "resume", "--remaining", other, "--confirm", self.typed("loop"), "--format", "json", state=state)
            self.assertEqual((done.code, done.json["run"]["state"]), (0, "succeeded"), done.err)
            self.did()
            self.verify_audit(state)

    def test_one_whose_journal_lost_records_is_still_the_one_that_does_the_rest(self):
        for kept in (None, 0, 1, 2):
            with self.subTest(kept):
                self.heal()
                state = f"state-{kept}"
                run = self.carry_out("loop", state=state).json["run"]["run"]
                more = ["resume", "--remaining", run, "--confirm", self.typed("loop"), "--format", "json"]
                other = self.run_command("runbook", *more, state=state).json["run"]["run"]
                path = os.path.join(self.run_folder(other, state), "journal.jsonl")
                with open(path, "rb") as file:
                    lines = file.read().splitlines(keepends=True)
                os.unlink(path)
                if kept is not None:
                    with open(path, "wb") as file:
                        file.writelines(lines[:kept])
                before = self.marked()
                third = self.run_command("runbook", *more, state=state)
                self.assertEqual(third.code, 1, third.out)
                self.assertIn(f"run {other} does the rest of it already", third.err)
                self.assertIn("its journal has lost records", self.run_command("runbook", "resume", "--remaining", other, state=state).err)
                self.assertEqual(self.marked(), before)

    def test_one_that_is_taken_up_after_another_did_the_rest_does_nothing(self):
        run = self.failed()
        other = self.dies(run, "F2:2")
        last = self.finished(run)
        late = self.resume(other, name="loop")
        self.assertNotEqual(late.code, 0)
        self.assertIn(f"run {last} does the rest of {run} already", late.err)
        self.did()


if __name__ == "__main__":
    unittest.main()
