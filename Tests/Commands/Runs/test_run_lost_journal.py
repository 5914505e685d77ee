"""A journal that lost records since the audit log was written: its run is only read, and nothing of it is done again."""

import json
import os
import subprocess
import unittest

from commandtest import BINARY
from running import RunTest

BOOK = """
concurrency: {lock: lost}
params: {hosts: {type: hosts, default: [web-1, web-2]}}
steps:
  - {id: one, run: {script: "echo one >> %(mark)s"}}
  - {id: count, redis: {conn: broker, cmd: [INCR, "lost:n"]}}
  - {id: jobs, queue: {action: retry, conn: broker, source: default, select: {max: 100}}}
  - {id: each, hosts: "${{ params.hosts }}", run: {script: "echo each >> %(mark)s"}}
  - {id: last, run: {script: "echo last >> %(mark)s; while [ ! -e %(go)s ]; do sleep 0.05; done"}, timeout: 10m}
finally:
  - {id: told, idempotent: true, run: {script: "echo told >> %(mark)s"}}
"""


class LostJournal(RunTest):
    def setUp(self):
        super().setUp()
        self.heal()
        self.goes = os.path.join(self.folder, "go")
        self.book("lost", BOOK % {"mark": self.mark, "go": self.goes})
        self.seed_jobs(3)

    def killed(self, state="state"):
        """A run whose runner was killed in its last step."""
        process = self.begin("lost", state=state)
        self.eventually(lambda: "last" in self.marked(), "it did not come to its last step")
        run = self.until_run(state)
        self.end_runner(run, state=state)
        process.communicate(timeout=120)
        return run

    def path(self, run, state="state"):
        return os.path.join(self.run_folder(run, state), "journal.jsonl")

    def lines(self, run):
        with open(self.path(run), "rb") as file:
            return file.read().splitlines(keepends=True)

    def first_of(self, run, step):
        """The number of lines before the first record of a step."""
        return next(number for number, record in enumerate(self.journal(run)) if (record.get("step") or "").split("/")[0] == step)

    def world(self):
        return self.marked(), self.redis.get("lost:n"), sorted(self.ready()), sorted(self.dead())

    def cut(self, run, kept):
        with open(self.path(run), "wb") as file:
            file.writelines(kept)

    def remains(self, run, *names):
        """Nothing goes on with it, and everything says what is missing."""
        before, journal = self.world(), os.path.exists(self.path(run)) and self.lines(run)
        words = f"its journal has lost records: the audit log knows that {', '.join(names)} began, and the journal does not. It can only be read"
        for more in (["--confirm", self.typed("lost")], ["--abort", "--reason", "enough", "--confirm", self.typed("lost")],
                     ["--remaining"], ["--remaining", "--confirm", self.typed("lost")]):
            done = self.run_command("runbook", "resume", run, *more)
            self.assertEqual((done.code, done.out), (1, ""), more)
            self.assertIn(words, done.err, more)
            self.assertIn("opsconsole audit show", done.err)
        self.assertIn(words, self.status(run)["lost"])
        text = self.run_command("runbook", "status", run).out
        self.assertIn(words, text)
        self.assertNotIn("to resume", text)
        self.assertNotIn("resume", text)
        self.assertEqual(self.world(), before, "something was done again")
        self.assertEqual(os.path.exists(self.path(run)) and self.lines(run), journal, "something was written down")
        self.assertEqual(len(self.runs()), 1)

    def test_one_that_was_emptied_or_cut_after_a_kill_is_only_read(self):
        run = self.killed()
        whole = self.lines(run)
        self.assertIsNone(self.status(run)["lost"])
        self.assertIn("to resume", self.run_command("runbook", "status", run).out)
        everything = ("one", "count", "jobs", "…")
        for name, kept, names in (
            ("emptied", [], everything),
            ("its start is left", whole[:1], everything),
            ("its start and half a record are left", [whole[0], whole[1][:40]], everything),
            ("cut before the second change", whole[:self.first_of(run, "count")], ("count", "jobs", "each/web-1", "…")),
            ("cut before the hosts", whole[:self.first_of(run, "each")], ("each/web-1", "each/web-2", "last")),
            ("cut before what was under way", whole[:self.first_of(run, "last")], ("last",)),
        ):
            with self.subTest(name):
                self.cut(run, kept)
                self.remains(run, *names)
                self.cut(run, whole)
        done = self.resume(run, "--decide", "last=done", "--reason", "looked", name="lost")
        self.assertEqual((done.code, done.json["run"]["state"]), (0, "succeeded"), done.err)

    def test_one_that_was_removed_is_only_read_too(self):
        run = self.killed()
        os.unlink(self.path(run))
        self.remains(run, "one", "count", "jobs", "…")
        self.assertIn("its journal has lost records", self.run_command("runbook", "status", "last").out)

    def test_audit_verify_does_not_advise_to_resume_it(self):
        run = self.killed()
        self.assertIn(f"runbook resume {run}", self.run_command("audit", "verify").out)
        self.cut(run, [])
        said = self.run_command("audit", "verify").out
        self.assertIn("nobody knows whether it happened: its journal has lost records", said)
        self.assertNotIn("runbook resume", said)

    def test_one_of_a_run_that_is_over_offers_nothing_again(self):
        open(self.goes, "w").close()
        done = self.carry_out("lost")
        self.assertEqual(done.code, 0, done.err)
        run = done.json["run"]["run"]
        self.cut(run, self.lines(run)[:self.first_of(run, "last")])
        self.remains(run, "last", "finally/told")

    def test_one_whose_middle_is_gone_does_not_hold_and_is_only_read(self):
        run = self.killed()
        whole = self.lines(run)
        self.cut(run, whole[:2] + whole[4:])
        before = self.world()
        words = "the journal does not hold at line 3: it can only be read"
        for more in ([], ["--abort", "--reason", "enough"], ["--remaining"]):
            done = self.run_command("runbook", "resume", run, *more, "--confirm", self.typed("lost"))
            self.assertEqual((done.code, done.err.strip()), (1, f"opsconsole: {words}"), more)
        self.assertEqual(self.status(run)["lost"], words)
        self.assertNotIn("to resume", self.run_command("runbook", "status", run).out)
        self.assertEqual(self.world(), before)

    def test_a_runner_that_is_started_by_hand_goes_on_with_nothing(self):
        run = self.killed()
        self.cut(run, self.lines(run)[:1])
        before = self.world()
        for kind in ("resume", "abort"):
            order = b'{"kind":"%s","by":"me","reason":"","sensitive":{},"decisions":[]}' % kind.encode()
            done = subprocess.run([BINARY, "runbook", "runner", self.run_folder(run), "--config", self.config], input=order,
                                  env=self.variables(), capture_output=True, timeout=60)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("its journal has lost records", done.stderr.decode())
        self.assertEqual(self.world(), before)

    def test_a_runner_that_was_killed_before_its_first_change_has_lost_nothing(self):
        open(self.goes, "w").close()
        for point in ("F2:2", "F3:1", "F3:2"):
            with self.subTest(point):
                self.heal()
                self.redis.flushdb()
                self.seed_jobs(3)
                self.carry_out("lost", crash=point, state=point)
                (run,) = self.runs(point)
                self.assertEqual(self.marked(), [])
                self.assertIsNone(self.status(run["run"], point)["lost"])
                words = ["--decide", "one=rerun", "--reason", "it has no line"] if point == "F3:2" else []
                done = self.resume(run["run"], *words, name="lost", state=point)
                self.assertEqual((done.code, done.json["run"]["state"]), (0, "succeeded"), done.err)
                self.assertEqual(self.marked(), ["one", "each", "each", "last", "told"])

    FORMS = """
params: {hosts: {type: hosts, default: [web-1, web-2]}}
preconditions:
  - {id: claimed, cmd: {argv: [touch, %(mark)s-claimed]}, that: outputs.status == 0}
steps:
  - {id: call, runbook: {id: inner, hash: %(inner)s}}
  - {id: checked, run: {script: "true"}, verify: {run: {script: "true"}, that: outputs.status == 0}}
  - {id: again, retry: {max: 2, delay: 100ms, "on": ["exit:75"]}, idempotent: true, run: {script: "test -e %(mark)s-second || { touch %(mark)s-second; exit 75; }"}}
  - {id: quiet, wait: {probe: {run: {script: "true"}}, until: outputs.status == 0, every: 0.1s, timeout: 5s}}
  - id: roll
    hosts: "${{ params.hosts }}"
    strategy:
      batches: [1]
      gate:
        - {id: front, run: {script: "true"}, that: outputs.status == 0}
    per_host:
      - {id: restart, run: {script: "true"}}
      - {id: healthy, wait: {probe: {run: {script: "true"}}, until: outputs.status == 0, every: 0.1s, timeout: 5s}}
    per_host_finally:
      - {id: back, run: {script: "true"}}
  - {id: fails, run: {script: "echo last >> %(mark)s; exit 3"}}
on_failure:
  - {id: undo, run: {script: "true"}}
finally:
  - {id: told, idempotent: true, run: {script: "echo told >> %(mark)s; while [ ! -e %(go)s ]; do sleep 0.05; done"}, timeout: 10m}
"""

    def test_a_whole_journal_of_every_form_of_step_has_lost_nothing(self):
        self.book("inner", "steps:\n  - {id: write, run: {script: 'true'}}\n  - {id: count, redis: {conn: broker, cmd: [INCR, 'lost:n']}}\n")
        inner = next(book["hash"] for book in self.run_command("runbook", "list", "--format", "json").json["runbooks"] if book["id"] == "inner")
        self.book("lost", self.FORMS % {"mark": self.mark, "go": self.goes, "inner": inner})
        process = self.begin("lost")
        self.eventually(lambda: "told" in self.marked() or process.poll() is not None, "it did not come to its last step")
        self.assertIsNone(process.poll(), process.communicate()[1] if process.poll() is not None else "")
        run = self.until_run()
        self.end_runner(run)
        process.communicate(timeout=120)
        self.assertIsNone(self.status(run)["lost"])
        open(self.goes, "w").close()
        done = self.resume(run, name="lost")
        self.assertEqual((done.json["run"]["state"], self.marked()), ("failed", ["last", "told", "told"]), done.err)
        self.assertIsNone(self.status(run)["lost"])
        with open(os.path.join(self.folder, "state", "opsconsole", "audit.jsonl")) as file:
            changes = {record["step"] for record in map(json.loads, file) if record["phase"] == "intent" and record["run"] == run and record["step"]}
        self.assertGreater(len(changes), 10, changes)
        self.assertEqual(changes - {step["step"] for step in done.json["steps"]}, set())

    def test_without_an_audit_log_beside_it_a_whole_journal_is_taken_up(self):
        run = self.killed()
        os.unlink(os.path.join(self.folder, "state", "opsconsole", "audit.jsonl"))
        open(self.goes, "w").close()
        done = self.resume(run, "--decide", "last=done", "--reason", "looked", name="lost")
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual(self.marked(), ["one", "each", "each", "last", "told"])


if __name__ == "__main__":
    unittest.main()
