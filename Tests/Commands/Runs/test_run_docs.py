"""Every example of the documentation runs beside real servers: with work that succeeds, and with work that fails."""

import json
import os
import re
import subprocess
import sys
import unittest

from arguments import Arguments
from catalogue import CatalogueTest
from commandtest import BINARY, LIVE
from docpages import HEAD, keys, pages_text, runbooks, settings
from hosttools import HostTools
from web import Web

sys.path.insert(0, LIVE)

from run_sshd import LocalSSH  # noqa: E402

HOSTS = ("web-1", "web-2", "web-3")


class DocsTest(CatalogueTest):
    """`example(ids)` puts the example whose steps are these where runbooks are."""

    paths = "tools"

    def setUp(self):
        super().setUp()
        self.asked, self.status_of = [], lambda method, path: (200, b"{}")
        self.web = Web(self.asked, lambda method, path: self.status_of(method, path))
        self.addCleanup(self.web.stop)
        self.tools = HostTools(self.folder)
        ssh = LocalSSH(self.folder, HOSTS, self.tools.folder if self.paths == "tools" else "/usr/bin")
        self.addCleanup(ssh.stop)
        with open(self.config, "w") as file:
            file.write(f"""\
environment: staging
sources:
  - {{name: orders, kind: rq, url: "{self.url}"}}
  - {{name: main-db, kind: postgres, url: "{self.database_url()}"}}
runbooks:
  folders: ["{self.books}"]
  ssh_config: "{ssh.config}"
  connections: [{{name: payments-api, kind: http, url: "http://127.0.0.1:{self.web.port}"}}]
  groups: [{{name: web, hosts: [{", ".join(HOSTS)}]}}]
""")
        os.environ["SCENE_MARK"], os.environ["SCENE_HEALTHY"], os.environ["PYTHONPATH"] = self.mark, self.healthy, LIVE

    def database_url(self):
        from running import OPERATOR
        return OPERATOR

    def example(self, *ids, changes=()):
        (text,) = [text for _, found, text in runbooks() if tuple(found) == ids]
        for old, new in (("127.0.0.1:8000", f"127.0.0.1:{self.web.port}"), *changes):
            self.assertTrue(old in text or old.startswith("127"), old)
            text = text.replace(old, new)
        name = "payments-drain" if "apiVersion" in text else "example"
        with open(os.path.join(self.books, name + ".yaml"), "w") as file:
            file.write(text if "apiVersion" in text else HEAD.format(id=name) + text)
        return name

    def run_command_bare(self, *arguments):
        return subprocess.run([BINARY, *arguments], capture_output=True, env=self.variables())

    def states(self):
        return {name: step["state"] for name, step in self.steps().items()}

    def lines(self):
        return [line["line"] for line in self.show()["output"]]


class EveryExample(DocsTest):
    KNOWN = {
        ("canary", "canary_done", "canary_ok", "rest"), ("tell",), ("stuck", "some", "release"), ("flag",),
        ("many", "enough", "load", "idle", "retry"), ("healthy",), ("roll",), ("here", "there", "one"), ("sure", "agreed", "done"),
        ("flip", "remote"),
    }

    def test_each_example_is_read_and_has_a_test(self):
        found = {tuple(ids) for _, ids, _ in runbooks()}
        self.assertEqual(found, self.KNOWN, "an example without a test")
        for number, (page, ids, text) in enumerate(runbooks()):
            path = os.path.join(self.books, f"b{number}.yaml")
            with open(path, "w") as file:
                file.write(text if "apiVersion" in text else HEAD.format(id=f"b{number}") + text)
            done = self.run_command_bare("runbook", "check", path)
            self.assertEqual(done.returncode, 0, f"{page} {ids}: {done.stderr.decode()}")

    def test_each_key_of_the_schema_is_on_a_page(self):
        done = self.run_command_bare("runbook", "schema")
        text = pages_text()
        known = set(keys(json.loads(done.stdout))) - {"rundeck"}
        self.assertGreater(len(known), 80)
        self.assertEqual(sorted(key for key in known if not re.search(rf"\b{key}\b", text)), [])

    def test_each_configuration_is_read(self):
        env = dict(self.variables(), OPS_PW="opspassword", REDIS_PW="redispassword")
        self.assertGreater(len(settings()), 4)
        for page, block in settings():
            path = os.path.join(self.folder, "example.yaml")
            with open(path, "w") as file:
                file.write(block)
            os.chmod(path, 0o600)
            done = subprocess.run([BINARY, "runbook", "list", "--config", path], capture_output=True, env=env)
            self.assertEqual(done.returncode, 0, f"{page}: {done.stderr.decode()}")


class QueueExamples(DocsTest):
    DRAIN = ("canary", "canary_done", "canary_ok", "rest")

    def test_the_canary_of_tasks_that_fail_again_keeps_the_rest_where_it_is(self):
        name = self.example(*self.DRAIN)
        self.fail_jobs(30)
        self.worker()
        done = self.carry_out(name, queue="default")
        self.assertEqual(done.code, 1, done.err + done.out)
        states = self.states()
        self.assertEqual((states["canary"], states["canary_ok"]), ("ok", "failed"))
        self.assertNotIn("rest", states)
        self.assertIn("the first tasks failed again", self.status()["run"]["message"])
        self.eventually(lambda: len(self.dead()) == 30, "a task of the canary is lost")

    def test_the_drain_of_tasks_that_succeed_moves_each_once(self):
        name = self.example(*self.DRAIN, changes=[("between: 2s", "between: 200ms")])
        self.fail_jobs(30)
        self.heal()
        self.worker()
        done = self.carry_out(name, queue="default")
        self.assertEqual(done.code, 0, done.err + done.out)
        self.eventually(lambda: sorted(map(int, self.marked())) == list(range(30)), "a task was done twice or never")

    def test_a_dependency_that_is_ill_gets_a_sentence(self):
        name = self.example(*self.DRAIN)
        self.fail_jobs(3)
        self.status_of = lambda method, path: (503, b"down")
        done = self.run_command("runbook", "run", name, "-p", "queue=default", "--confirm", f"staging/{name}")
        self.assertEqual(done.code, 1)
        self.assertIn("the payments API is not healthy", done.err.splitlines()[-1])
        self.assertNotIn("confirm", done.out)
        self.assertEqual(self.runs(), [])

    RETRY = ("many", "enough", "load", "idle", "retry")

    def test_a_bulk_retry_of_tasks_that_fail_again_ends_on_its_own(self):
        name = self.example(*self.RETRY, changes=[("size: 20, per_second: 50", "size: 10, per_second: 20")])
        self.fail_jobs(100)
        self.worker()
        done = self.carry_out(name, queue="default")
        self.assertEqual(done.code, 1, done.err + done.out)
        self.assertIn("failed again", self.status()["run"]["message"])
        self.assertGreater(len(self.dead()), 0)

    def test_a_bulk_retry_counts_first_and_finds_nothing_to_do(self):
        name = self.example(*self.RETRY)
        done = self.carry_out(name, queue="default")
        self.assertEqual((done.code, self.states()["enough"]), (1, "failed"))
        self.assertIn("nothing to retry", self.status()["run"]["message"])


class ServerExamples(DocsTest):
    def test_statements_release_what_is_stuck_and_nothing_else(self):
        name = self.example("stuck", "some", "release")
        self.rows("DROP TABLE IF EXISTS orders")
        self.rows("CREATE TABLE orders (id int, state text)")
        self.addCleanup(self.rows, "DROP TABLE IF EXISTS orders")
        none = self.carry_out(name)
        self.assertEqual((none.code, self.states()["some"]), (1, "failed"))
        self.rows("INSERT INTO orders SELECT n, CASE WHEN n < 6 THEN 'stuck' ELSE 'paid' END FROM generate_series(1, 9) n")
        done = self.carry_out(name)
        self.assertEqual(done.code, 0, done.err + done.out)
        self.assertEqual(self.rows("SELECT state, count(*) FROM orders GROUP BY 1 ORDER BY 1"), [("new", 5), ("paid", 4)])
        plan = self.run_command("runbook", "plan", name, "--format", "json").json["plan"]
        self.assertEqual([step["read"] for step in plan["steps"]], [True, True, False])

    def test_a_request_is_tried_again_as_often_as_it_says(self):
        name = self.example("flag", changes=[("delay: 1s", "delay: 100ms")])
        answers = [(503, b"busy"), (503, b"busy"), (200, b"{}")]
        self.status_of = lambda method, path: answers.pop(0)
        done = self.carry_out(name)
        self.assertEqual(done.code, 0, done.err + done.out)
        self.assertEqual(self.steps()["flag"]["attempts"], 3)
        self.assertEqual(len({headers["Idempotency-Key"] for _, _, _, headers in self.asked}), 1)
        self.status_of = lambda method, path: (503, b"busy")
        self.assertEqual((self.carry_out(name).code, self.steps()["flag"]["attempts"]), (1, 4))

    def test_a_wait_ends_when_it_holds_and_times_out_where_it_never_does(self):
        name = self.example("healthy", changes=[("every: 2s ", "every: 200ms "), ("hold: 4s ", "hold: 1s "), ("timeout: 30s", "timeout: 4s")])
        answers = [(503, b"")] * 3
        self.status_of = lambda method, path: answers.pop() if answers else (200, b"{}")
        self.assertEqual(self.carry_out(name).code, 0)
        self.status_of = lambda method, path: (503, b"")
        self.assertEqual((self.carry_out(name).code, self.states()["healthy"]), (1, "timed_out"))


class HostExamples(DocsTest):
    CHANGES = [("between: 1s", "between: 200ms"), ("timeout: 20s", "timeout: 2s"), ("every: 1s", "every: 200ms")]

    def restarts(self):
        return [words for words in self.tools.said() if words[:3] == ["sudo", "-n", "systemctl"]]

    def test_hosts_are_restarted_in_batches(self):
        done = self.carry_out(self.example("roll", changes=self.CHANGES), hosts=",".join(HOSTS))
        self.assertEqual(done.code, 0, done.err + done.out)
        self.assertEqual(len(self.restarts()), 3)
        self.assertEqual({step for step in self.steps() if step.endswith("/restart")}, {f"roll/{host}/restart" for host in HOSTS})

    def test_a_host_that_does_not_become_healthy_keeps_the_others_from_it(self):
        with open(os.path.join(self.tools.folder, "curl"), "w") as file:
            file.write("#!/bin/sh\nexit 22\n")
        done = self.carry_out(self.example("roll", changes=self.CHANGES), hosts=",".join(HOSTS))
        self.assertEqual(done.code, 1, done.out)
        self.assertEqual(len(self.restarts()), 1)
        self.assertIn("failed on web-1", self.status()["run"]["message"])

    def test_hosts_by_the_name_of_a_group_get_the_right_form(self):
        path = os.path.join(self.books, "wrong.yaml")
        with open(path, "w") as file:
            file.write(HEAD.format(id="wrong") + "steps:\n  - {id: each, hosts: \"inventory:web\", ssh: {script: 'true'}}\n")
        done = self.run_command_bare("runbook", "check", path)
        self.assertIn(b"source: \"inventory:web\"", done.stderr)


class ProgramExamples(DocsTest):
    paths = "system"

    def test_programs_have_what_the_page_says(self):
        done = self.carry_out(self.example("here", "there", "one"))
        self.assertEqual(done.code, 0, done.err + done.out)
        run = self.status()["run"]["run"]
        self.assertEqual(self.lines(), [f"{run} here for a b", "there for a b", "a b"])

    def test_the_environment_of_each_kind_is_the_list_of_the_page(self):
        self.book("listed", """
params: {who: {type: string, default: x}}
secrets: {key: {from: {env: RUN_SECRET}, hosts: [localhost, web-1]}}
steps:
  - {id: here, mode: read, run: {script: "env | cut -d= -f1 | sort | tr '\\\\n' ' '; echo; echo $-"}}
  - {id: plain, mode: read, run: {shell: sh, script: "echo $-; ulimit -c"}}
  - {id: there, mode: read, ssh: {host: web-1, script: "env | cut -d= -f1 | grep -E '^(OPSC|S|P)_' | sort | tr '\\\\n' ' '; echo; echo $-; pwd"}}
""", head=HEAD)
        done = self.carry_out("listed", env={"RUN_SECRET": "correct-horse"})
        self.assertEqual(done.code, 0, done.err + done.out)
        lines = [line for line in self.lines() if line]
        self.assertEqual(len(lines), 7, lines)
        here, options, plain, core, there, far, folder = lines
        self.assertEqual(set(here.split()) - {"TZ", "SHLVL", "_", "OLDPWD"}, {
            "PATH", "HOME", "LANG", "PWD", "TMPDIR", "P_WHO", "S_KEY", "OPSC_RUN_ID", "OPSC_STEP_ID", "OPSC_IDEMPOTENCY_KEY",
            "OPSCONSOLE_READ_ONLY"})
        self.assertEqual(there.split(), ["OPSC_IDEMPOTENCY_KEY", "OPSC_RUN_ID", "OPSC_STEP_ID", "S_KEY"])
        self.assertTrue({"e", "u"} <= set(options) and {"e", "u"} <= set(plain) and {"e", "u"} <= set(far))
        self.assertEqual(core, "0")
        self.assertEqual(folder, os.path.expanduser("~"))

    def test_a_question_is_answered_and_an_answer_can_end_it(self):
        name = self.example("sure", "agreed", "done")
        for choice, code in (("gone", 0), ("keep", 1)):
            process = self.begin(name, state=choice)
            run = self.until_run(choice)
            self.until(run, lambda status: status["run"]["state"] == "waiting", choice)
            self.assertEqual(self.run_command("runbook", "answer", run, "sure", choice, state=choice).code, 0)
            process.communicate(timeout=120)
            self.assertEqual(process.returncode, code, choice)
        self.assertIn("it stays", self.status(state="keep")["run"]["message"])

    def test_parameters_are_given_as_the_page_says(self):
        name = self.example("tell")
        words = ["runbook", "run", name, "-p", "queue=default", "-p", "hosts=web-1,web-2", "-p", "note=Hello.", "--confirm", f"staging/{name}"]
        open_ = self.run_command(*words, "-p", "token=parameter-geheim")
        self.assertEqual(open_.code, 64)
        self.assertIn("--param-env token=VARIABLE", open_.err)
        self.assertNotIn("geheim", open_.err + open_.out)
        env = dict(self.variables(), TOKEN="parameter-geheim")
        done = subprocess.run([BINARY, *words, "--param-env", "token=TOKEN", "--config", self.config], env=env, capture_output=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.lines(), ["queue default, at most 500, soft, 2 hosts"])

    def test_curl_is_given_secrets_that_stand_in_no_argument_and_come_back_nowhere(self):
        name = self.example("flip", "remote")
        self.status_of = lambda method, path: (200, json.dumps(self.asked[-1][3]).encode() + self.asked[-1][2])
        watcher = Arguments([b"correct-horse", b"parameter-geheim"])
        process = self.begin(name, env={"FLAG_KEY": "correct-horse", "PIN": "parameter-geheim"}, words=["--param-env", "pin=PIN"])
        out, err = process.communicate(timeout=120)
        watcher.stop()
        self.assertEqual(process.returncode, 0, err + out)
        self.assertEqual(watcher.seen, [])
        self.assertEqual([headers["Authorization"] for _, _, _, headers in self.asked], ["Bearer correct-horse"] * 2)
        self.assertEqual(self.asked[0][2], b"parameter-geheim")
        shown = self.run_command("runbook", "show", "last")
        for text in (out.decode(), err.decode(), shown.out):
            self.assertNotIn("correct-horse", text)
            self.assertNotIn("geheim", text)
        # The server is down: curl's own words are no leak either.
        self.status_of = lambda method, path: (500, b"")
        process = self.begin(name, env={"FLAG_KEY": "correct-horse", "PIN": "parameter-geheim"}, words=["--param-env", "pin=PIN"])
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 1)
        self.assertNotIn(b"correct-horse", out + err)


if __name__ == "__main__":
    unittest.main()
