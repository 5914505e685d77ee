"""What is secret is in no file, no argument and on no screen."""

import base64
import json
import os
import subprocess
import sys
import unittest
import urllib.parse

from arguments import Arguments
from commandtest import BINARY, LIVE, Result
from running import RunTest

sys.path.insert(0, LIVE)

from run_sshd import LocalSSH  # noqa: E402


class SecretsTest(RunTest):
    SECRET = "hunter2/+ geheim\"x"

    def setUp(self):
        super().setUp()
        self.ssh = LocalSSH(self.folder, ["web-1"], "/usr/bin")
        self.addCleanup(self.ssh.stop)
        self.configure(f"  ssh_config: \"{self.ssh.config}\"\n")

    def forms(self):
        raw = self.SECRET.encode()
        return [raw, base64.b64encode(raw), urllib.parse.quote(self.SECRET, safe="").encode(), json.dumps(self.SECRET)[1:-1].encode(), b"parameter-geheim"]

    def leaks(self):
        found = []
        for folder, _, names in os.walk(os.path.join(self.folder, "state")):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    data = file.read()
                # Values that people can not read as they are stand in base64 there.
                data += b" ".join(base64.b64decode(part.split(b'"')[0] + b"==") for part in data.split(b'"$base64":"')[1:])
                found += [(name, form) for form in self.forms() if form in data]
        return found

    def test_a_secret_is_in_no_file_no_argument_and_on_no_screen(self):
        self.book("secret", """
params: {token: {type: string, required: true, sensitive: true}}
secrets:
  key: {from: {env: RUN_SECRET}, hosts: [localhost, web-1]}
steps:
  - id: prints
    run:
      script: |
        test -n "$S_KEY"
        for c in $(printf %s "$S_KEY" | sed 's/./& /g'); do :; done
        python3 - <<'P'
        import base64, json, os, sys, time, urllib.parse
        key = os.environ["S_KEY"]
        for text in (key, base64.b64encode(key.encode()).decode(), urllib.parse.quote(key, safe=""), json.dumps(key), "a" + key * 3 + "b", os.environ["P_TOKEN"]):
            for at in range(0, len(text), 3):
                sys.stdout.write(text[at:at + 3]); sys.stdout.flush(); time.sleep(0.002)
            print()
            print(text, file=sys.stderr)
        P
  - {id: remote, ssh: {host: web-1, script: 'test -n "$S_KEY"; echo "there: $S_KEY"; ps -eo args | grep -c "[h]unter2" || true'}}
  - {id: fails, continue_on_error: true, run: {script: 'echo "error: $S_KEY $P_TOKEN" >&2; exit 4'}}
  - {id: sql, mode: read, sql: {conn: pg-main, query: "SELECT $1::text AS echo", args: ["${{ params.token }}"]}}
""")
        watcher = Arguments(self.forms())
        env = {"RUN_SECRET": self.SECRET, "RUN_TOKEN": "parameter-geheim"}
        process = self.begin("secret", env=env, words=["--param-env", "token=RUN_TOKEN"])
        out, err = process.communicate(timeout=120)
        watcher.stop()
        self.assertEqual(process.returncode, 0, err + out)
        self.assertEqual(watcher.seen, [])
        shown = self.run_command("runbook", "show", "last")
        for form in self.forms():
            self.assertNotIn(form.decode(), out.decode() + err.decode() + shown.out + shown.err)
        self.assertEqual(self.leaks(), [])
        self.assertIn("there: ••••••", shown.out.replace("\\u{2022}", "•"))

    def test_what_a_server_says_about_a_sensitive_value_is_hidden_as_well(self):
        self.book("echo", """
params: {token: {type: string, required: true, sensitive: true}}
steps:
  - id: change
    run: {script: "kill -9 $$"}
    verify: {sql: {conn: pg-main, query: "SELECT $1::uuid", args: ["${{ params.token }}"]}, that: outputs.count == 1}
""")
        process = self.begin("echo", env={"RUN_TOKEN": "parameter-geheim"}, words=["--param-env", "token=RUN_TOKEN"])
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 75, err + out)
        run = self.runs()[0]
        self.assertIn("invalid input syntax", self.show(run["run"])["run"]["message"])
        self.assertEqual(self.leaks(), [])
        self.assertNotIn(b"geheim", out + err)

    REASON = "the token parameter-geheim was wrong"
    PINNED = """
params: {token: {type: string, required: true, sensitive: true}}
steps:
  - {id: change, run: {script: "kill -9 $$"}}
finally:
  - {id: told, idempotent: true, run: {script: "echo told"}}
"""

    def pinned(self, crash=None):
        """A run that needs a sensitive parameter, and has a step in doubt or did not begin."""
        self.book("echo", self.PINNED)
        env = {"RUN_TOKEN": "parameter-geheim", **({"OPSCONSOLE_CRASH_AT": crash} if crash else {})}
        self.begin("echo", env=env, words=["--param-env", "token=RUN_TOKEN"]).communicate(timeout=120)
        (run,) = os.listdir(os.path.join(self.folder, "state", "opsconsole", "runs"))
        return run

    def taken_up(self, run, *words):
        """With a reason that holds the value: it is in no file, and nothing that tells of the run shows it."""
        done = self.resume(run, *words, "--reason", self.REASON, "--param-env", "token=RUN_TOKEN", name="echo", env={"RUN_TOKEN": "parameter-geheim"})
        self.assertEqual(self.leaks(), [])
        shown = [self.run_command("runbook", word, run, *form).out for word in ("show", "status") for form in ([], ["--format", "json"])]
        for text in [*shown, done.out, self.run_command("runbook", "runs").out]:
            self.assertNotIn("geheim", text)
        self.assertTrue(any("the token" in text for text in shown), "the reason itself is gone")
        return done.json["run"]["state"]

    def test_a_sensitive_value_in_the_reason_of_an_abort_is_hidden(self):
        self.assertEqual(self.taken_up(self.pinned(), "--abort"), "cancelled")

    def test_a_sensitive_value_in_the_reason_of_an_abort_before_the_begin_is_hidden(self):
        self.assertEqual(self.taken_up(self.pinned(crash="F2:1"), "--abort"), "cancelled")

    def test_a_sensitive_value_in_the_reason_of_a_decision_is_hidden(self):
        self.assertEqual(self.taken_up(self.pinned(), "--decide", "change=done"), "succeeded")
        self.verify_audit()

    def test_a_secret_in_a_reason_is_hidden(self):
        self.book("echo", "secrets: {key: {from: {env: RUN_SECRET}, hosts: [localhost]}}\nsteps:\n  - {id: change, run: {script: 'kill -9 $$'}}\n")
        for number, words in enumerate((["--decide", "change=done"], ["--abort"])):
            env, state = {"RUN_SECRET": self.SECRET}, f"state/{number}"
            run = self.carry_out("echo", env=env, state=state).json["run"]["run"]
            self.resume(run, *words, "--reason", f"the key {self.SECRET} was wrong", name="echo", env=env, state=state)
            self.assertEqual(self.leaks(), [], words)
            self.assertIn("the key", str(self.journal(run, state)))

    def test_a_sensitive_value_in_the_reason_of_a_decision_about_the_rest_is_hidden(self):
        run = self.pinned()
        self.taken_up(run, "--abort")
        words = ["runbook", "resume", "--remaining", run, "--decide", "change=rerun", "--reason", self.REASON, "--param-env", "token=RUN_TOKEN"]
        planned = self.run_command_with({"RUN_TOKEN": "parameter-geheim"}, *words, "--format", "json")
        self.assertEqual(planned.code, 77, planned.err)
        done = self.run_command_with({"RUN_TOKEN": "parameter-geheim"}, *words, "--confirm", self.typed("echo"), "--format", "json")
        self.assertEqual(done.json["run"]["state"], "paused", done.err)
        self.assertEqual(self.leaks(), [])
        self.assertNotIn("geheim", planned.out + done.out)

    def run_command_with(self, env, *arguments):
        return Result(subprocess.run([BINARY, *arguments, "--config", self.config], env=dict(self.variables(), **env), capture_output=True, timeout=120))

    def test_a_secret_goes_to_the_hosts_that_are_named_and_to_no_others(self):
        self.book("bound", """
secrets:
  key: {from: {env: RUN_SECRET}, hosts: [web-1]}
steps:
  - {id: here, run: {script: 'echo "here ${S_KEY:-none}"'}}
  - {id: there, ssh: {host: web-1, script: 'echo "there ${#S_KEY}"'}}
""")
        done = self.carry_out("bound", env={"RUN_SECRET": self.SECRET})
        self.assertEqual(done.code, 0, done.err)
        lines = [line["line"] for line in self.show()["output"]]
        self.assertEqual(lines, ["here none", f"there {len(self.SECRET)}"])

    def test_a_short_secret_is_refused(self):
        self.book("short", "secrets:\n  key: {from: {env: RUN_SECRET}, hosts: [localhost]}\nsteps:\n  - {id: a, run: {script: 'true'}}\n")
        done = self.carry_out("short", env={"RUN_SECRET": "abc"})
        self.assertEqual(done.code, 69)
        self.assertIn("less than 6 bytes", done.err)


if __name__ == "__main__":
    unittest.main()
