"""What a run owes when it is given up or fails, and what its plan says of what it will not do."""

import os
import time
import unittest

from running import RunTest


class OwedTest(RunTest):
    def book_of(self, steps):
        self.book("owed", steps)

    def test_a_run_that_never_began_is_given_up_without_doing_anything(self):
        flag = os.path.join(self.folder, "flag")
        self.book_of(f"steps:\n  - {{id: one, run: {{script: 'touch {flag}'}}}}\nfinally:\n  - {{id: last, run: {{script: 'touch {flag}'}}}}\n")
        self.carry_out("owed", crash="F2:1")
        (run,) = os.listdir(os.path.join(self.folder, "state", "opsconsole", "runs"))
        self.assertEqual(self.journal(run), [], "it was begun: the test proves nothing")
        done = self.resume(run, "--abort", "--reason", "not needed any more", name="owed")
        self.assertEqual(done.json["run"]["state"], "cancelled", done.err)
        self.assertFalse(os.path.exists(flag))
        self.verify_audit()

    def test_a_run_is_given_up_though_its_lock_can_not_be_had_and_a_secret_is_gone(self):
        mark, key = os.path.join(self.folder, "mark"), os.path.join(self.folder, "key")
        with open(key, "w") as file:
            file.write("a secret of some length")
        os.chmod(key, 0o600)
        self.more = f"  - {{name: away, kind: rq, url: \"{self.url}\"}}\n"
        self.configure()
        self.book("owed", f"""
secrets: {{key: {{from: {{file: {key}}}, hosts: [web-1]}}}}
steps:
  - {{id: told, redis: {{conn: away, cmd: [SET, "owed:n", "1"]}}}}
  - {{id: ask, prompt: {{text: Go on, choices: [go]}}}}
finally:
  - {{id: needs, hosts: "${{{{ params.hosts }}}}", ssh: {{script: "true"}}}}
  - {{id: last, run: {{script: 'echo last >> {mark}'}}}}
params: {{hosts: {{type: hosts, default: [web-1]}}}}
""")
        process = self.begin("owed")
        run = self.until_run()
        self.until(run, lambda status: any(step["step"] == "ask" and step["state"] == "waiting" for step in status["steps"]))
        os.kill(self.runner(run), 9)
        process.communicate(timeout=120)
        self.assertEqual(self.redis.get("owed:n"), b"1")
        os.unlink(key)
        self.more = "  - {name: away, kind: rq, url: \"redis://127.0.0.1:1/0\"}\n"
        self.configure()
        done = self.resume(run, "--abort", "--reason", "the server is gone", name="owed")
        self.assertEqual(done.json["run"]["state"], "cancelled", done.err)
        states = {step["step"]: step["state"] for step in done.json["steps"]}
        self.assertEqual((states["finally/needs/web-1"], states["finally/last"]), ("failed", "ok"))
        with open(mark) as file:
            self.assertEqual(file.read(), "last\n")

    SECRET = """
secrets:
  key: {from: {file: %(key)s}, hosts: [localhost]}
  other: {from: {file: %(other)s}, hosts: [localhost]}
steps:
  - {id: ask, prompt: {text: Go on, choices: [go]}}
finally:
  - {id: names, run: {script: 'echo names ${S_KEY} >> %(mark)s'}}
  - {id: argument, run: {script: 'eval "$1"', args: ['echo argument $S_KEY >> %(mark)s']}}
  - {id: program, cmd: {argv: [touch, %(mark)s-program]}}
  - {id: told, run: {script: 'echo told >> %(mark)s'}}
  - {id: has, run: {script: 'echo has ${#S_OTHER} >> %(mark)s'}}
"""

    def test_where_a_secret_is_gone_a_run_that_is_given_up_does_all_that_does_not_name_it(self):
        mark, key, other = (os.path.join(self.folder, name) for name in ("mark", "key", "other"))
        for path in (key, other):
            with open(path, "w") as file:
                file.write("a secret of some length")
            os.chmod(path, 0o600)
        self.book_of(self.SECRET % {"mark": mark, "key": key, "other": other})
        process = self.begin("owed")
        run = self.until_run()
        self.until(run, lambda status: status["run"]["state"] == "waiting")
        self.end_runner(run)
        process.communicate(timeout=120)
        os.unlink(key)
        refused = self.resume(run, name="owed")
        self.assertEqual((refused.code, os.path.exists(mark)), (75, False), "it went on without the secret")
        self.assertIn(key, refused.err)
        done = self.resume(run, "--abort", "--reason", "the key is gone", name="owed")
        self.assertEqual(done.json["run"]["state"], "cancelled", done.err)
        steps = {step["step"].removeprefix("finally/"): step for step in done.json["steps"]}
        self.assertEqual({name: steps[name]["state"] for name in ("names", "argument", "program", "told", "has")},
                         {"names": "failed", "argument": "failed", "program": "failed", "told": "ok", "has": "ok"})
        for name in ("names", "argument", "program"):
            self.assertIn(f"the secret file {key} can not be read", steps[name]["message"])
        self.assertEqual((self.marked(), os.path.exists(mark + "-program")), (["told", "has", "23"], False))

    def test_a_plan_counts_nothing_of_a_step_that_is_certainly_skipped(self):
        self.book("owed", """
params: {extra: {type: int, default: 0, max: 9}}
steps:
  - {id: look, mode: read, redis: {conn: broker, cmd: [PING]}}
  - {id: agreed, if: params.extra > 0, approve: {min: 1, group: nobody-has-this}}
  - {id: raise, if: params.extra > 0, redis: {conn: not-configured, cmd: [SET, a, b]}}
""")
        plan = self.run_command("runbook", "plan", "owed", "--format", "json").json
        self.assertEqual(plan["plan"]["obstacles"], [])
        plan = self.run_command("runbook", "plan", "owed", "--param", "extra=1", "--format", "json").json
        self.assertEqual(len(plan["plan"]["obstacles"]), 2, plan["plan"]["obstacles"])

    def test_a_plan_names_what_is_looked_at_and_misses_what_the_look_needs(self):
        self.book("owed", """
class: diagnose
steps:
  - {id: quiet, wait: {probe: {cmd: {argv: [no-such-program, --really]}}, until: outputs.status == 0, every: 1s, timeout: 5s}}
""")
        (step,) = self.run_command("runbook", "plan", "owed", "--format", "json").json["plan"]["steps"]
        self.assertIn("no-such-program", step["does"])
        self.assertTrue(step["read_claimed"])
        self.assertIn("not installed", step["problem"])

    def test_a_maximum_below_one_is_told_by_the_plan(self):
        self.book("owed", """
params: {limit: {type: int, required: true}}
steps:
  - {id: some, queue: {action: retry, conn: broker, select: {order: oldest, max: "${{ params.limit }}"}}}
""")
        done = self.run_command("runbook", "plan", "owed", "--param", "limit=-1", "--format", "json")
        self.assertIn("has to be 1 at least", done.json["plan"]["steps"][0]["problem"])

    def test_a_walk_over_keys_keeps_to_its_rate(self):
        for number in range(6):
            self.redis.set(f"owed:key:{number}", "x")
        self.book("owed", """
steps:
  - id: walk
    idempotent: true
    redis_scan: {conn: broker, match: "owed:key:*", max_keys: 100, per_second: 2, each: [EXPIRE, "{key}", "900"]}
""")
        began = time.monotonic()
        done = self.carry_out("owed")
        self.assertEqual(done.code, 0, done.err)
        self.assertGreater(time.monotonic() - began, 2.4)


if __name__ == "__main__":
    unittest.main()
