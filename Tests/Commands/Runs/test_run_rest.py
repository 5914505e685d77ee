"""A run that failed is continued by a new one that does what it left."""

import os
import time
import unittest

from restrun import LOOP, RestTest


class Remaining(RestTest):
    def test_a_failed_run_says_what_is_left_and_a_new_one_does_it_once(self):
        run = self.failed()
        self.assertEqual(self.marked(), ["first", "web-1", "web-2", "last"])
        refused = self.resume(run, name="loop")
        self.assertEqual(refused.code, 1)
        self.assertIn("each: web-2 failed; web-3 never began, after", refused.err)
        self.assertIn(f"resume --remaining {run}", refused.err)
        planned = self.rest(run, confirm=False)
        self.assertEqual(planned.code, 77)
        self.assertEqual(planned.json["plan"]["continues"], run)
        steps = {step["step"]: step for step in planned.json["plan"]["steps"]}
        self.assertEqual(({name: steps[name]["done"] for name in ("first", "each", "after")}, steps["each"]["hosts"]),
                         ({"first": True, "each": False, "after": False}, 2))
        self.assertEqual(len(self.runs()), 1, "a plan began something")
        open(self.fixed, "w").close()
        done = self.rest(run)
        self.assertEqual((done.code, done.json["run"]["state"]), (0, "succeeded"), done.err)
        self.assertNotEqual(done.json["run"]["run"], run)
        self.assertEqual(self.marked(), ["first", "web-1", "web-2", "last", "web-2", "web-3", "after", "last"])
        self.assertTrue(self.show(done.json["run"]["run"])["journal_intact"])
        self.verify_audit()
        again = self.rest(run)
        self.assertEqual(again.code, 1)
        self.assertIn(f"run {done.json['run']['run']} does the rest of it already", again.err)
        self.assertIn("nothing is left of it", self.rest(done.json["run"]["run"]).err)

    def test_the_rest_of_a_rest_is_what_that_one_left(self):
        run = self.failed()
        second = self.rest(run)
        self.assertEqual(second.code, 1, second.err)
        open(self.fixed, "w").close()
        third = self.rest(second.json["run"]["run"])
        self.assertEqual(third.code, 0, third.err)
        self.assertEqual(self.marked().count("first"), 1)
        self.assertEqual([self.marked().count(f"web-{number}") for number in (1, 2, 3)], [1, 3, 1])

    def test_a_runbook_that_was_changed_since_names_what_is_left_and_plans_nothing(self):
        run = self.failed()
        with open(os.path.join(self.books, "loop.yaml"), "a") as file:
            file.write("# changed\n")
        refused = self.rest(run)
        self.assertEqual(refused.code, 1)
        self.assertIn("was changed since that run: plan the rest by hand. Left: each: web-2 failed; web-3 never began", refused.err)

    def test_a_run_that_rests_is_resumed_and_one_that_is_aborted_in_doubt_asks(self):
        self.book("loop", LOOP.replace("exit 3", "kill -9 $$") % {"mark": self.mark, "fixed": self.fixed})
        done = self.carry_out("loop")
        run = done.json["run"]["run"]
        self.assertEqual(done.json["run"]["state"], "paused", done.err)
        self.assertIn("it is not over but paused", self.rest(run).err)
        self.assertEqual(self.resume(run, "--abort", "--reason", "enough", name="loop").json["run"]["state"], "cancelled")
        asked = self.rest(run)
        self.assertEqual(asked.code, 1)
        self.assertIn("nobody knows whether each/web-2 happened: --decide each/web-2=done|rerun", asked.err)
        done = self.rest(run, "--decide", "each/web-2=done", "--reason", "the file has its line")
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual([self.marked().count(f"web-{number}") for number in (1, 2, 3)], [1, 1, 1])

    def test_letters_that_a_stopped_retry_did_not_move_are_what_the_rest_moves(self):
        everything = self.seed_jobs(60)
        gate = os.path.join(self.folder, "gate")
        self.book("loop", """
steps:
  - {id: canary, queue: {action: retry, conn: broker, source: default, select: {order: oldest, max: 20}}}
  - {id: open, run: {script: "test -e %s"}}
  - {id: rest, queue: {action: retry, conn: broker, source: default, select: {order: oldest, older_than: 1s}}}
""" % gate)
        run = self.carry_out("loop").json["run"]["run"]
        self.assertEqual((len(self.ready()), len(self.dead())), (20, 40))
        # One that came since is none of that run's business.
        self.redis.hset("rq:job:new", mapping={"status": "failed", "origin": "default", "data": b"x", "description": "t()", "ended_at": "2026-11-20T10:00:00.000000Z"})
        self.redis.zadd("rq:failed:default", {"new": int(time.time()) + 5000})
        open(gate, "w").close()
        planned = self.rest(run, confirm=False)
        self.assertEqual(planned.json["plan"]["items"], 40, planned.err)
        self.assertEqual(self.rest(run).code, 0)
        self.assertEqual((set(self.ready()), self.dead()), (everything, {b"new"}))

    CANARY = """
params:
  word: {type: string, required: true}
  many: {type: int, default: 3}
steps:
  - {id: canary, run: {script: "echo canary >> %(mark)s; cat %(fixed)s 2>/dev/null || echo 1"}, outputs: {bad: {from: stdout, type: int}}}
  - {id: canary_ok, %(check)s}
  - {id: rest, run: {script: "echo rest >> %(mark)s"}}
"""

    def canary(self, check):
        self.book("loop", self.CANARY % {"mark": self.mark, "fixed": self.fixed, "check": check})
        done = self.carry_out("loop", word="a b")
        self.assertEqual((done.code, done.json["run"]["state"]), (1, "failed"), done.err)
        return done.json["run"]["run"]

    AGAIN = "Plan the runbook again: opsconsole runbook plan loop -p 'word=a b', which does canary once more"

    def test_a_check_that_cannot_hold_again_offers_a_new_plan_and_no_rest(self):
        run = self.canary("assert: {that: steps.canary.outputs.bad == 0}")
        status = self.run_command("runbook", "status", run)
        self.assertIn("left: rest. canary_ok failed and compares only what is known of canary", status.out)
        self.assertIn(self.AGAIN, status.out)
        self.assertNotIn("--remaining", status.out)
        self.assertIn(self.AGAIN, self.status(run)["left"])
        refused = self.rest(run)
        self.assertEqual(refused.code, 1)
        self.assertIn(self.AGAIN, refused.err)
        self.assertEqual((len(self.runs()), self.marked()), (1, ["canary"]))

    def test_a_check_that_looks_at_what_was_done_says_so_in_the_plan_of_the_rest_and_can_become_better(self):
        run = self.canary(
            f"wait: {{probe: {{run: {{script: 'test -e \"$1\"', args: [\"{self.fixed}-${{{{ steps.canary.outputs.bad }}}}\"]}}}}, "
            "until: outputs.status == 0, every: 0.1s, timeout: 0.4s}")
        status = self.run_command("runbook", "status", run)
        self.assertIn("canary_ok failed and is about what canary did: a run of the rest looks at the same again", status.out)
        self.assertIn(self.AGAIN, status.out)
        self.assertNotIn("--remaining", status.out)
        planned = self.rest(run, confirm=False)
        self.assertEqual(planned.code, 77, planned.err)
        self.assertIn(self.AGAIN, planned.json["plan"]["warnings"][0])
        again = self.rest(run)
        self.assertEqual(again.code, 1, again.err)
        second = again.json["run"]["run"]
        self.assertIn(self.AGAIN, self.status(second)["left"], "the run of the rest offers a rest for ever")
        self.assertIn(f"run {second} does what this one left", self.status(run)["left"])
        open(self.fixed + "-1", "w").close()
        done = self.rest(second)
        self.assertEqual((done.code, self.marked()), (0, ["canary", "rest"]), done.err)
        self.assertIsNone(self.status(done.json["run"]["run"])["left"])

    def test_a_check_of_the_world_is_looked_at_anew_by_the_rest(self):
        run = self.canary(f"wait: {{probe: {{run: {{script: 'test -e {self.fixed}'}}}}, until: outputs.status == 0, every: 0.1s, timeout: 0.4s}}")
        self.assertIn(f"left: rest; to do that in a new run: opsconsole runbook resume --remaining {run}", self.run_command("runbook", "status", run).out)
        open(self.fixed, "w").close()
        self.assertEqual(self.rest(run).code, 0)
        self.assertEqual(self.marked(), ["canary", "rest"])


if __name__ == "__main__":
    unittest.main()
