"""What a run leaves behind where it is cut off: no secret in a file, no advice to do again what may have happened."""

import glob
import os
import signal
import subprocess
import unittest

from commandtest import BINARY
from running import RunTest

SECRET = "correct-horse-battery"
# Named by their run.
SCRATCH = "/tmp/opsc-0*"


class TracesTest(RunTest):
    def setUp(self):
        super().setUp()
        self.goes = os.path.join(self.folder, "go")

    def variables(self, state="state"):
        return dict(super().variables(state), RUN_SECRET=SECRET, RUN_PIN="parameter-geheim")

    def holders(self):
        """Files that hold the secret: of the state folder, of programs, and of this account."""
        places = [os.path.join(self.folder, "state"), *glob.glob(SCRATCH), os.path.join(self.folder, ".ansible")]
        found = []
        for place in places:
            for folder, _, names in os.walk(place):
                for name in names:
                    path = os.path.join(folder, name)
                    # A pipe holds nothing, and would be waited for.
                    if os.path.isfile(path):
                        with open(path, "rb") as file:
                            found += [path] if SECRET.encode() in file.read() else []
        return found

    def cut_off(self, name, ready, words=()):
        """Kills the runner in the middle of a step, when a file is there."""
        process = self.begin(name, words=words)
        run = self.until_run()
        self.eventually(lambda: os.path.exists(ready), "the step did not begin")
        self.end_runner(run, signal.SIGKILL)
        process.communicate(timeout=120)
        return run

    def test_a_playbook_that_is_cut_off_leaves_its_secret_in_no_file(self):
        with open(os.path.join(self.books, "play.yml"), "w") as file:
            file.write(f"""- hosts: all
  gather_facts: false
  tasks:
    - ansible.builtin.shell: "test {{{{ key | length }}}} -gt 5 && touch {self.folder}/ready && while ! test -e {self.goes}; do sleep 0.1; done"
      environment: {{ANY: "{{{{ key }}}}"}}
""")
        self.book("play", """
params: {pin: {type: string, required: true, sensitive: true}}
steps:
  - {id: play, timeout: 5m, ansible: {playbook: play.yml, inventory: here, check: false, vars: {key: "${{ params.pin }}"}}}
""")
        self.configure("  groups: [{name: here, hosts: [localhost]}]\n")
        self.cut_off("play", os.path.join(self.folder, "ready"), words=["--param-env", "pin=RUN_SECRET"])
        self.assertEqual(self.holders(), [])
        self.run_command("runbook", "status", "last")
        self.assertEqual(glob.glob(SCRATCH), [])

    def test_temporary_files_of_a_script_that_is_cut_off_are_removed_by_whoever_looks_next(self):
        self.book("leaves", """
secrets: {key: {from: {env: RUN_SECRET}, hosts: [localhost]}}
steps:
  - id: writes
    run:
      script: |
        trap '' TERM
        f=$(mktemp); printf %%s "$S_KEY" > "$f"; touch %s/ready
        while ! test -e %s; do sleep 0.1; done
""" % (self.folder, self.goes))
        self.cut_off("leaves", os.path.join(self.folder, "ready"))
        self.assertEqual([path for path in self.holders() if not path.startswith("/tmp/opsc-")], [])
        self.run_command("runbook", "status", "last")
        self.assertEqual(self.holders(), [])
        open(self.goes, "w").close()

    def test_temporary_files_end_with_their_step_and_with_a_cancel(self):
        self.book("ends", """
secrets: {key: {from: {env: RUN_SECRET}, hosts: [localhost]}}
steps:
  - {id: writes, run: {script: 'printf %%s "$S_KEY" > "$(mktemp)"; printf %%s "$S_KEY" > "$TMPDIR/.hidden"'}}
  - {id: waits, run: {script: 'printf %%s "$S_KEY" > "$TMPDIR/x"; touch %s/ready; while ! test -e %s; do sleep 0.1; done'}}
""" % (self.folder, self.goes))
        process = self.begin("ends")
        run = self.until_run()
        self.eventually(lambda: os.path.exists(os.path.join(self.folder, "ready")))
        self.assertEqual(len(self.holders()), 1, "files of a step that has ended are there")
        self.run_command("runbook", "cancel", run)
        process.communicate(timeout=120)
        self.assertEqual(self.holders(), [])

    def test_the_line_for_resuming_names_what_it_needs(self):
        self.book("pinned", """
params: {pin: {type: string, required: true, sensitive: true}}
steps:
  - {id: waits, idempotent: true, run: {script: 'touch %s/ready; while ! test -e %s; do sleep 0.1; done'}}
""" % (self.folder, self.goes))
        run = self.cut_off("pinned", os.path.join(self.folder, "ready"), words=["--param-env", "pin=RUN_PIN"])
        line = f"to resume: opsconsole runbook resume {run} --confirm 'development/pinned' --param-env pin=VARIABLE"
        self.assertIn(line, self.run_command("runbook", "status", run).out)
        without = self.resume(run, name="pinned")
        self.assertEqual(without.code, 64)
        self.assertIn("--param-env pin=VARIABLE", without.err)
        openly = self.resume(run, "-p", "pin=parameter-geheim", name="pinned")
        self.assertEqual(openly.code, 64)
        self.assertIn("every user of this machine can read arguments", openly.err)
        open(self.goes, "w").close()
        done = self.resume(run, "--param-env", "pin=RUN_PIN", name="pinned")
        self.assertEqual(done.code, 0, done.err)

    def test_a_plan_refuses_a_sensitive_parameter_in_arguments(self):
        self.book("pinned", "params: {pin: {type: string, required: true, sensitive: true}}\nsteps:\n  - {id: a, run: {script: 'true'}}\n")
        plan = self.run_command("runbook", "plan", "pinned", "--param-env", "pin=RUN_PIN", "--format", "json").json["plan"]
        for words in (["plan", "pinned"], ["run", "pinned"], ["run", "--plan", plan["plan_hash"]]):
            done = self.run_command("runbook", *words, "-p", "pin=parameter-geheim")
            self.assertEqual(done.code, 64, words)
            self.assertIn("--param-env pin=VARIABLE", done.err)
            self.assertNotIn("geheim", done.err + done.out)


class SettledTest(RunTest):
    """The audit log holds an intent of what was cut off, and no outcome."""

    def cut_off(self, body):
        self.book("cut", body)
        before = len(self.runs())
        process = self.begin("cut")
        self.eventually(lambda: len(self.runs()) > before)
        run = self.until_run()
        self.eventually(lambda: os.path.exists(os.path.join(self.folder, "ready")))
        self.end_runner(run, signal.SIGKILL)
        process.communicate(timeout=120)
        return run

    def verified(self):
        done = self.run_command_bare("audit", "verify")
        self.assertEqual(done.returncode, 0)
        self.assertNotIn("again to finish", done.stdout.decode())
        return done.stdout.decode(), self.verify_audit()

    def run_command_bare(self, *arguments):
        return subprocess.run([BINARY, *arguments], capture_output=True, env=self.variables())

    ONCE = "steps:\n  - {id: once, run: {script: \"touch %s/ready; sleep 60\"}}\n"

    def test_what_is_open_is_named_with_the_command_that_goes_on(self):
        run = self.cut_off(self.ONCE % self.folder)
        text, document = self.verified()
        self.assertIn(f"open: run {run}, step once: the runner ended", text)
        self.assertIn(f"opsconsole runbook resume {run} --confirm 'development/cut'", text)
        self.assertEqual(len(document["intents_without_outcome"]), 1)
        self.assertIn(run, self.run_command("doctor").out)

    def test_a_decision_settles_it(self):
        run = self.cut_off(self.ONCE % self.folder)
        done = self.resume(run, "--decide", "once=done", "--reason", "looked at it", name="cut")
        self.assertEqual(done.code, 0, done.err)
        text, document = self.verified()
        self.assertEqual(document["intents_without_outcome"], [])
        self.assertIn(f"settled: run {run}, step once", text)
        self.assertIn("resume settled it: ok, looked at it", text)
        self.assertNotIn("open:", text)
        self.assertNotIn(run, self.run_command("doctor").out)

    def test_a_look_of_verify_settles_it(self):
        run = self.cut_off("""
steps:
  - id: once
    run: {script: "touch %s/ready; sleep 60"}
    verify: {run: {script: "test -e %s/ready"}, that: outputs.status == 0}
""" % (self.folder, self.folder))
        done = self.resume(run, name="cut")
        self.assertEqual(done.code, 0, done.err)
        text, document = self.verified()
        self.assertEqual(document["intents_without_outcome"], [])
        self.assertIn("verified: it has happened", text)

    def test_doing_it_again_settles_it_and_giving_up_ends_it(self):
        run = self.cut_off("steps:\n  - {id: once, idempotent: true, run: {script: \"test -e %s/ready || { touch %s/ready; sleep 60; }\"}}\n" % (self.folder, self.folder))
        self.assertEqual(self.resume(run, name="cut").code, 0)
        text, document = self.verified()
        self.assertEqual(document["intents_without_outcome"], [])
        self.assertIn("done again", text)
        os.unlink(os.path.join(self.folder, "ready"))
        given_up = self.cut_off(self.ONCE % self.folder)
        self.resume(given_up, "--abort", "--reason", "enough", name="cut")
        text, document = self.verified()
        self.assertEqual(document["intents_without_outcome"], [])

    def test_a_log_that_is_read_elsewhere_tells_it_without_the_folder_of_the_run(self):
        run = self.cut_off(self.ONCE % self.folder)
        self.resume(run, "--decide", "once=done", "--reason", "looked at it", name="cut")
        log = os.path.join(self.folder, "state", "opsconsole", "audit.jsonl")
        done = subprocess.run([BINARY, "audit", "verify", "--file", log], capture_output=True, text=True, env=self.variables("elsewhere"))
        self.assertIn(f"settled: run {run}, step once", done.stdout)
        self.assertNotIn("open:", done.stdout)


if __name__ == "__main__":
    unittest.main()
