"""What a run refuses, each time: why, what to do instead, the exit code, and that nothing happened."""

import os
import subprocess
import unittest

from commandtest import BINARY, Result
from running import RunTest

BOOK = """
concurrency: {lock: only%(more)s}
%(head)ssteps:
  - {id: change, run: {script: "echo change >> %(mark)s; while [ ! -e %(go)s ]; do sleep 0.05; done"}, timeout: 10m}
"""


class Refusals(RunTest):
    def setUp(self):
        super().setUp()
        self.heal()
        self.goes = os.path.join(self.folder, "go")
        self.open_gate()
        self.write()

    def open_gate(self):
        open(self.goes, "w").close()

    def write(self, more="", head=""):
        self.book("only", BOOK % {"more": more, "head": head, "mark": self.mark, "go": self.goes})

    def planned(self):
        done = self.run_command("runbook", "plan", "only", "--format", "json")
        self.assertEqual(done.code, 0, done.err)
        return done.json["plan"]["plan_hash"]

    def refused(self, done, code, *words, began=()):
        """It ends with this code; the last line says why and what to do instead; nothing else happened."""
        self.assertEqual(done.code, code, done.err + done.out)
        line = done.err.strip().splitlines()[-1]
        for word in words:
            self.assertIn(word, line)
        self.assertNotIn("server's log", done.err)
        self.assertEqual(self.marked(), list(began))
        return line

    def take(self, plan, *more, confirm="development/only"):
        return self.run_command("runbook", "run", "--plan", plan, *(["--confirm", confirm] if confirm else []), *more)

    @unittest.skipUnless(os.geteuid() == 0, "only root can give a process another clock")
    def test_a_plan_that_is_too_old(self):
        plan = self.planned()
        words = ["runbook", "run", "--plan", plan, "--confirm", "development/only", "--config", self.config]
        for seconds, said in ((300, None), (700, r"the plan is 11m\d\ds old, more than 10m00s: plan again")):
            later = ["unshare", "--time", "--fork", "--monotonic", str(seconds), "--boottime", str(seconds)]
            done = Result(subprocess.run([*later, BINARY, *words], env=self.variables(), capture_output=True, timeout=60))
            if said:
                self.assertRegex(self.refused(done, 77, "plan again", began=["change"]), said)
            else:
                self.assertEqual((done.code, self.marked()), (0, ["change"]), done.err)

    def test_a_plan_of_a_runbook_or_a_configuration_that_was_changed_since(self):
        plan = self.planned()
        self.write(head="# changed\n")
        self.refused(self.take(plan), 77, "only.yaml was changed since the plan was made: read it again, and plan anew")
        self.write()
        self.configure(extra="# changed\n")
        self.refused(self.take(plan), 77, "the plan was made with another configuration, or with this one before it was changed: plan anew")
        self.configure()
        self.assertEqual(self.take(plan).code, 0)

    def test_a_plan_that_is_not_there(self):
        for name in ("0" * 64, "xyz", "../../config"):
            self.refused(self.take(name), 66, f"no plan is called {name}: opsconsole runbook plan makes one")

    def test_a_run_that_is_not_confirmed(self):
        plan = self.planned()
        for words in (None, "production/only", "development/other"):
            self.refused(self.take(plan, confirm=words), 77, "not confirmed: nothing was done; to go on: --confirm 'development/only'")
        self.assertEqual(self.runs(), [])

    def test_a_lock_that_is_held(self):
        os.unlink(self.goes)
        first = self.begin("only")
        self.eventually(lambda: self.marked() == ["change"], "it did not begin")
        second = self.carry_out("only", state="other")
        run = second.json["run"]
        self.assertEqual((second.code, run["state"], self.marked()), (1, "failed", ["change"]))
        self.assertRegex(run["message"], r"^the lock only is held by .* run [0-9A-Z]{26} since ")
        self.assertIn(run["message"], self.run_command("runbook", "show", run["run"], state="other").out)
        with open(os.path.join(self.folder, "other", "opsconsole", "audit.jsonl")) as file:
            self.assertIn("the lock only is held by", file.read())
        self.open_gate()
        first.communicate(timeout=120)
        self.assertEqual(first.returncode, 0)

    def test_a_run_that_is_over_waits_for_no_word(self):
        done = self.carry_out("only")
        run = done.json["run"]["run"]
        changed = ["change"]
        self.refused(self.resume(run, name="only"), 1, "it is over: succeeded", began=changed)
        self.refused(self.run_command("runbook", "pause", run), 1, f"no runner is at {run}: it is succeeded", began=changed)
        self.refused(self.run_command("runbook", "cancel", run), 1, f"no runner is at {run}: it is succeeded", began=changed)
        self.refused(self.run_command("runbook", "answer", run, "change", "yes"), 64, "the step change does not ask anything now", began=changed)
        self.refused(self.run_command("runbook", "approve", run), 66, f"no run that waits for an approval is called {run}: opsconsole runbook approve lists them",
                     began=changed)
        self.refused(self.run_command("runbook", "resume", "--remaining", run), 1, "nothing is left of it", began=changed)

    def test_a_run_that_nobody_knows(self):
        run = "01M80000000000000000000000"
        for words in (["resume", run], ["resume", "--remaining", run], ["pause", run], ["cancel", run], ["status", run], ["show", run], ["attach", run]):
            self.refused(self.run_command("runbook", *words), 66, f"no run is called {run}: opsconsole runbook runs")

    def test_a_run_of_another_environment(self):
        run = self.carry_out("only", crash="F2:2").json
        self.assertIsNotNone(run)
        run = run["run"]["run"]
        self.environment = "staging"
        self.configure()
        for words in ([], ["--abort", "--reason", "enough"], ["--remaining"]):
            done = self.run_command("runbook", "resume", run, *words, "--confirm", "development/only")
            self.refused(done, 1, "it was planned for development with ", self.config, ": take it up with that")


if __name__ == "__main__":
    unittest.main()
