"""Two operators: who holds a lock, who approves, and who may only look."""

import json
import os
import pwd
import shutil
import signal
import subprocess
import time
import unittest

from amounts import amount
from commandtest import BINARY
from running import RunTest


class OperatorsTest(RunTest):
    """Two consoles with state folders and locks of their own, as on two hosts."""

    items = 0
    # On one machine the second one would be kept out before any server is asked.
    locks = "~/locks"
    BOOK = """
concurrency: {lock: "both", on_conflict: fail}
steps:
  - {id: first, redis: {conn: broker, cmd: [INCR, "both:n"]}}
  - {id: hold, run: {script: "while [ ! -e %s ]; do sleep 0.05; done"}, timeout: 10m}
  - {id: second, redis: {conn: broker, cmd: [INCR, "both:n"]}}
"""

    def setUp(self):
        super().setUp()
        self.goes = os.path.join(self.folder, "go")

    def variables(self, state="state"):
        home = os.path.join(self.folder, "home-" + state)
        os.makedirs(os.path.join(home, "locks"), exist_ok=True)
        return dict(super().variables(state), HOME=home)

    def go(self):
        """From now on what holds a lock goes on."""
        open(self.goes, "w").close()

    def test_the_second_is_told_who_holds_it_and_changes_nothing(self):
        self.book("both", self.BOOK % self.goes)
        first = self.begin("both")
        self.eventually(lambda: self.redis.get("both:n") == b"1")
        second = self.carry_out("both", state="other")
        self.assertEqual(second.code, 1, second.out)
        self.assertRegex(second.json["run"]["message"], r"the lock both is held by .*@.* run [0-9A-Z]{26} since .*its lease ends in")
        self.go()
        first.communicate(timeout=120)
        self.assertEqual(first.returncode, 0)
        self.assertEqual(self.redis.get("both:n"), b"2")
        third = self.carry_out("both", state="other")
        self.assertEqual(third.code, 0, third.err)

    def test_with_wait_the_second_one_waits_and_can_be_given_up(self):
        self.book("both", self.BOOK.replace("on_conflict: fail", "on_conflict: wait") % self.goes)
        first = self.begin("both")
        self.eventually(lambda: self.redis.get("both:n") == b"1")
        second = self.begin("both", state="other")
        third = self.begin("both", state="third")
        given_up = self.until_folder("third")
        # Its folder is there before its runner listens.
        self.eventually(lambda: "nothing was begun" in self.run_command("runbook", "cancel", given_up, state="third").out)
        third.communicate(timeout=120)
        self.assertIn("aborted by", self.status(given_up, "third")["run"]["message"])
        self.assertEqual(self.redis.get("both:n"), b"1", "the second ran beside the first")
        self.go()
        for process in (first, second):
            process.communicate(timeout=120)
            self.assertEqual(process.returncode, 0)
        self.assertEqual(self.redis.get("both:n"), b"4")

    def until_folder(self, state):
        folder = os.path.join(self.folder, state, "opsconsole", "runs")
        self.eventually(lambda: os.path.isdir(folder) and os.listdir(folder))
        (name,) = os.listdir(folder)
        return name

    def test_with_show_the_second_one_looks_at_the_first(self):
        self.book("both", self.BOOK.replace("on_conflict: fail", "on_conflict: show") % self.goes)
        first = self.begin("both")
        self.eventually(lambda: self.redis.get("both:n") == b"1")
        second = self.begin("both")
        while b"nothing was begun" not in (line := second.stderr.readline()):
            self.assertTrue(line, "it ended without a word")
        self.go()
        out, err = second.communicate(timeout=120)
        first.communicate(timeout=120)
        self.assertEqual((first.returncode, second.returncode), (0, 0), err)
        (only,) = self.runs()
        self.assertEqual(json.loads(out)["run"]["run"], only["run"])
        self.assertEqual(self.redis.get("both:n"), b"2")

    def test_a_holder_that_was_stopped_for_longer_than_its_lease_changes_nothing_more(self):
        self.book("both", self.BOOK % self.goes)
        first = self.begin("both")
        self.eventually(lambda: self.redis.get("both:n") == b"1")
        run = self.until_run()
        pid = self.runner(run)
        os.kill(pid, signal.SIGSTOP)
        try:
            stopped = time.monotonic()
            self.eventually(lambda: not self.redis.exists("opsc:lock:run:both"), "the lease of a stopped holder did not end")
            self.go()
            other = self.carry_out("both", state="other")
            self.assertEqual(other.code, 0, other.err)
            self.assertEqual(self.redis.get("both:n"), b"3")
            # For a minute in all in a soak: its own clock, the lease at the server and the viewer's patience are past by then.
            time.sleep(max(0, amount(60) - (time.monotonic() - stopped)))
        finally:
            os.kill(pid, signal.SIGCONT)
        first.communicate(timeout=120)
        self.assertEqual(first.returncode, 75)
        self.assertRegex(self.status(run)["run"]["message"], "the lock both (was not renewed|is somebody else's)")
        self.assertEqual(self.redis.get("both:n"), b"3", "it changed something with a lock that was not its own")

    def test_a_lock_at_the_database_ends_with_its_session(self):
        self.book("locked", """
concurrency: {lock: "rows"}
steps:
  - {id: change, sql: {conn: pg-main, query: "SELECT 1"}}
  - {id: hold, run: {script: "while [ ! -e %s ]; do sleep 0.05; done"}, timeout: 10m}
""" % self.goes)
        first = self.begin("locked")
        self.until(self.until_run(), lambda status: any(step["step"] == "hold" for step in status["steps"]))
        second = self.carry_out("locked", state="other")
        self.assertEqual(second.code, 1, second.out)
        self.assertIn("the lock rows is held by", second.json["run"]["message"])
        self.go()
        first.communicate(timeout=120)
        self.assertEqual(self.carry_out("locked", state="other").code, 0)


@unittest.skipUnless(os.getuid() == 0, "only root can be several people")
class FourEyesTest(RunTest):
    BOOK = """
steps:
  - {id: ok, approve: {min: 1, group: %s, timeout: 60s}}
  - {id: change, run: {script: "echo changed >> %s"}}
"""

    def setUp(self):
        super().setUp()
        self.heal()
        os.chmod(self.folder, 0o755)
        self.approvals = os.path.join(self.folder, "approvals")
        os.mkdir(self.approvals)
        os.chmod(self.approvals, 0o1777)
        self.person = pwd.getpwnam("nobody")
        import grp
        self.book("agreed", self.BOOK % (grp.getgrgid(self.person.pw_gid).gr_name, self.mark))

    def as_nobody(self, *arguments):
        folder = os.path.join(self.folder, "nobody")
        os.makedirs(folder, exist_ok=True)
        os.chown(folder, self.person.pw_uid, self.person.pw_gid)
        os.chmod(self.config, 0o644)
        binary = os.path.join(self.folder, "opsconsole")
        if not os.path.exists(binary):
            shutil.copy(BINARY, binary)
            os.chmod(binary, 0o755)
        env = dict(self.variables(), XDG_STATE_HOME=folder, HOME=folder)
        return subprocess.run([binary, "runbook", "approve", *arguments, "--config", self.config], env=env, capture_output=True, text=True,
                              user=self.person.pw_uid, group=self.person.pw_gid, extra_groups=[])

    def wait_for_request(self):
        process = self.begin("agreed")
        run = self.until_run()
        self.until(run, lambda status: status["run"]["state"] == "waiting")
        self.eventually(lambda: any(name.startswith(run) and name.endswith(".request") for name in os.listdir(self.approvals)))
        return process, run, self.status(run)["run"]["plan_hash"]

    def test_another_person_approves_exactly_this_plan(self):
        process, run, plan = self.wait_for_request()
        listed = self.as_nobody()
        self.assertIn(run, listed.stdout)
        self.assertIn("echo changed", listed.stdout)
        self.assertEqual(self.as_nobody(run, "--plan", "0" * 64).returncode, 77)
        self.assertEqual(self.as_nobody(run, "--plan", plan).returncode, 0)
        process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0)
        self.assertEqual(self.marked(), ["changed"])
        told = [record for record in self.journal(run) if record["kind"] == "approval"]
        self.assertEqual([record["fields"]["name"] for record in told], ["nobody"])

    def test_whoever_approves_a_run_that_was_cancelled_is_told_that_nothing_waits(self):
        goes = os.path.join(self.folder, "go")
        with open(os.path.join(self.books, "agreed.yaml"), "a") as file:
            file.write("finally:\n  - {id: last, run: {script: 'while [ ! -e %s ]; do sleep 0.05; done'}, timeout: 5m}\n" % goes)
        process, run, plan = self.wait_for_request()
        self.assertEqual(self.run_command("runbook", "cancel", run).code, 0)
        self.until(run, lambda status: any(step["step"] == "finally/last" for step in status["steps"]))
        late = self.as_nobody(run, "--plan", plan)
        self.assertNotEqual(late.returncode, 0, "a receipt for an approval that nobody waits for")
        self.assertNotIn("approved", late.stdout)
        open(goes, "w").close()
        process.communicate(timeout=120)
        self.assertEqual((self.status(run)["run"]["state"], self.marked()), ("cancelled", []))

    def test_a_forged_approval_and_one_of_the_initiator_count_for_nothing(self):
        process, run, plan = self.wait_for_request()
        own = self.run_command("runbook", "approve", run, "--plan", plan)
        self.assertEqual(own.code, 77)
        self.assertIn("identity not attested", own.err)
        import hashlib
        name = f"{run}-{hashlib.sha256(b'ok').hexdigest()[:12]}-{self.person.pw_uid}.approval"
        path = os.path.join(self.approvals, name)
        good = json.dumps({"plan_hash": plan, "step": "ok", "expires": time.time() + 600})

        def lay(text, uid, mode=0o644):
            if os.path.lexists(path):
                os.unlink(path)
            with open(path, "w") as file:
                file.write(text)
            os.chown(path, uid, self.person.pw_gid)
            os.chmod(path, mode)
            time.sleep(0.7)
            self.assertEqual(self.status(run)["run"]["state"], "waiting")

        lay(good, 0)  # the initiator's own file under another's name
        lay(good, self.person.pw_uid, 0o666)  # anybody may have written it
        lay(json.dumps({"plan_hash": "0" * 64, "step": "ok", "expires": time.time() + 600}), self.person.pw_uid)
        lay(json.dumps({"plan_hash": plan, "step": "other", "expires": time.time() + 600}), self.person.pw_uid)
        lay(json.dumps({"plan_hash": plan, "step": "ok", "expires": time.time() - 1}), self.person.pw_uid)
        os.unlink(path)
        aside = os.path.join(self.folder, "aside")
        with open(aside, "w") as file:
            file.write(good)
        os.chown(aside, self.person.pw_uid, self.person.pw_gid)
        os.symlink(aside, path)
        time.sleep(0.7)
        self.assertEqual(self.status(run)["run"]["state"], "waiting")
        self.run_command("runbook", "cancel", run)
        process.communicate(timeout=120)
        self.assertEqual(self.marked(), [])


class ReadOnlyTest(RunTest):
    extra_top = "read_only: true\n"

    def test_runbooks_are_read_and_planned_and_never_run(self):
        self.heal()
        self.book("both", """
preconditions:
  - {id: ping, redis: {conn: broker, cmd: [PING]}, that: outputs.value == 'PONG'}
  - {id: claimed, cmd: {argv: [touch, %s/claimed]}, that: outputs.status == 0}
steps:
  - {id: change, run: {script: "echo changed >> %s"}}
""" % (self.folder, self.mark))
        plan = self.run_command("runbook", "plan", "both", "--read-only", "--format", "json").json
        held = {one["id"]: one["holds"] for one in plan["plan"]["preconditions"]}
        self.assertEqual(held, {"ping": True, "claimed": None})
        self.assertFalse(os.path.exists(os.path.join(self.folder, "claimed")), "a program ran in read-only mode")
        for words in (["run", "both", "--confirm", "development/both"], ["pause", "last"], ["cancel", "last"],
                      ["resume", "last", "--confirm", "development/both"]):
            done = self.run_command("runbook", *words, "--read-only")
            self.assertIn(done.code, (66, 77), words)
        self.configure(extra="read_only: true\n")
        done = self.carry_out("both")
        self.assertEqual(done.code, 77)
        self.assertIn("read-only", done.err)
        self.assertEqual(self.marked(), [])
        self.assertFalse(os.path.exists(os.path.join(self.folder, "state", "opsconsole", "runs")))

    def test_a_runner_that_is_started_by_hand_in_read_only_mode_changes_nothing(self):
        self.heal()
        self.book("one", "steps:\n  - {id: change, run: {script: \"echo changed >> %s\"}}\n" % self.mark)
        self.carry_out("one", crash="F2:2")
        run = self.runs()[0]["run"]
        self.configure(extra="read_only: true\n")
        order = b'{"kind":"resume","by":"me","reason":"","sensitive":{},"decisions":[]}'
        done = subprocess.run([BINARY, "runbook", "runner", self.run_folder(run), "--config", self.config], input=order, env=self.variables(),
                              capture_output=True, timeout=60)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(self.marked(), [])


if __name__ == "__main__":
    unittest.main()
