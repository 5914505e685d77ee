"""Whom the lock of a run excludes: other accounts, other state folders, root by sudo, other hosts; and what happens when it cannot be taken."""

import os
import pwd
import shutil
import subprocess
import time
import unittest

from commandtest import BINARY, Result
from running import RunTest

BOOK = """
concurrency: {lock: restart%(more)s}
steps:
  - {id: begin, run: {script: "echo begin >> %(mark)s"}}
  - {id: hold, run: {script: "while [ ! -e %(go)s ]; do sleep 0.05; done"}, timeout: 10m}
"""


class LockTest(RunTest):
    locks = None

    def setUp(self):
        super().setUp()
        self.heal()
        os.chmod(self.folder, 0o755)
        os.chmod(self.mark, 0o666)
        self.goes = os.path.join(self.folder, "go")

    def held(self, more=""):
        """A run that has the lock; the process that looks at it."""
        self.book("held", BOOK % {"more": more, "mark": self.mark, "go": self.goes})
        process = self.begin("held")
        self.eventually(lambda: self.marked() == ["begin"], "it did not begin")
        return process

    def go(self, process):
        open(self.goes, "w").close()
        process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0)

    def plan(self):
        return self.run_command("runbook", "plan", "held", "--format", "json").json

    def refused(self, done, words):
        self.assertEqual(done.code, 1, done.err + done.out)
        self.assertRegex(done.json["run"]["message"], words)
        self.assertEqual(self.marked(), ["begin"], "the second one ran beside the first")


class OneMachine(LockTest):
    def test_another_state_folder_of_the_same_machine_is_kept_out_and_the_plan_says_whom(self):
        process = self.held()
        plan = self.plan()["plan"]
        self.assertRegex(plan["lock_excludes"], "excludes all accounts of this machine, and NO OTHER HOST: .*conn")
        self.refused(self.carry_out("held", state="other"), r"the lock restart is held by .*@.* run [0-9A-Z]{26} since .*\(account .*, process \d+\)")
        self.go(process)
        self.assertEqual(self.carry_out("held", state="other").code, 0)

    @unittest.skipUnless(os.getuid() == 0, "only root can be several people")
    def test_another_account_is_kept_out(self):
        process = self.held()
        self.refused(self.as_nobody(), r"the lock restart is held by .*\(account root, process \d+\)")
        self.go(process)
        self.assertEqual(self.as_nobody().code, 0)

    def as_nobody(self):
        person = pwd.getpwnam("nobody")
        folder = os.path.join(self.folder, "nobody")
        os.makedirs(folder, exist_ok=True)
        os.chown(folder, person.pw_uid, person.pw_gid)
        os.chmod(self.config, 0o644)
        binary = os.path.join(self.folder, "opsconsole")
        if not os.path.exists(binary):
            shutil.copy(BINARY, binary)
            os.chmod(binary, 0o755)
        env = dict(self.variables(), XDG_STATE_HOME=folder, HOME=folder)
        return Result(subprocess.run([binary, *self.arguments("held"), "--config", self.config], env=env, capture_output=True, timeout=120,
                                     user=person.pw_uid, group=person.pw_gid, extra_groups=[]))

    def test_what_only_looks_and_names_no_lock_keeps_nobody_else_out(self):
        self.book("held", "steps:\n  - {id: hold, mode: read, run: {script: \"while [ ! -e %s ]; do sleep 0.05; done\"}, timeout: 10m}\n" % self.goes)
        self.assertIn("excludes your own runs only", self.plan()["plan"]["lock_excludes"])
        both = [self.begin("held", state=state) for state in ("state", "other")]
        for state in ("state", "other"):
            self.until(self.until_run(state), lambda status: status["steps"], state=state)
        open(self.goes, "w").close()
        for process in both:
            process.communicate(timeout=120)
            self.assertEqual(process.returncode, 0)

    def test_a_lock_that_cannot_be_taken_is_refused_with_the_reason_and_nothing_runs(self):
        self.book("held", BOOK % {"more": "", "mark": self.mark, "go": self.goes})
        locks = os.path.join(self.folder, "state", "opsconsole", "locks")
        os.makedirs(os.path.dirname(locks))
        with open(locks, "w"):
            pass  # A file where the folder of locks has to be: not even root can make one there.
        done = self.carry_out("held")
        self.assertEqual(done.code, 1)
        self.assertIn("the lock restart cannot be taken: ", done.json["run"]["message"])
        self.assertIn("Not a directory", done.json["run"]["message"])
        self.assertEqual(self.marked(), [])

    def test_the_lock_of_a_killed_runner_is_free_at_once(self):
        process = self.held()
        self.end_runner(self.until_run())
        process.communicate(timeout=120)
        open(self.goes, "w").close()
        self.assertEqual(self.carry_out("held", state="other").code, 0)


class SharedFolder(LockTest):
    locks = "{folder}/shared"

    def setUp(self):
        super().setUp()
        self.shared = os.path.join(self.folder, "shared")

    def test_a_folder_that_accounts_share_keeps_them_out_and_is_named(self):
        os.mkdir(self.shared)
        os.chmod(self.shared, 0o1777)
        process = self.held()
        self.assertIn(f"excludes every account that shares {self.shared}", self.plan()["plan"]["lock_excludes"])
        self.refused(self.carry_out("held", state="other"), "the lock restart is held by .* run [0-9A-Z]{26} since ")
        (name,) = os.listdir(self.shared)
        self.assertEqual(os.stat(os.path.join(self.shared, name)).st_mode & 0o777, 0o666, "others cannot open it")
        self.go(process)

    def test_a_folder_that_is_missing_or_unsafe_is_told_by_the_plan(self):
        self.book("held", BOOK % {"more": "", "mark": self.mark, "go": self.goes})
        self.assertIn(f"{self.shared} does not exist: install -d -m 1777", str(self.plan()["plan"]["obstacles"]))
        os.mkdir(self.shared)
        os.chmod(self.shared, 0o777)
        self.assertIn("is not safe", str(self.plan()["plan"]["obstacles"]))
        self.assertEqual(self.carry_out("held").code, 1)
        self.assertEqual(self.marked(), [])

    MORE = BOOK + """  - {id: more, run: {script: "echo more >> %(mark)s"}}
"""

    def taken_away(self, away):
        """The file of the lock is taken away in the middle of a run: what is under way ends, and nothing more is done."""
        os.mkdir(self.shared)
        os.chmod(self.shared, 0o1777)
        self.book("held", self.MORE % {"more": "", "mark": self.mark, "go": self.goes})
        process = self.begin("held")
        self.eventually(lambda: self.marked() == ["begin"], "it did not begin")
        run = self.until_run()
        self.until(run, lambda status: any(step["step"] == "hold" for step in status["steps"]))
        (name,) = os.listdir(self.shared)
        away(os.path.join(self.shared, name))
        open(self.goes, "w").close()
        _, err = process.communicate(timeout=120)
        self.assertEqual((process.returncode, self.marked()), (75, ["begin"]), err)
        status = self.status(run)
        self.assertEqual((status["run"]["state"], status["run"]["message"]),
                         ("paused", "the file of the lock restart was taken away: somebody else may have the lock; nothing more is changed"))
        self.assertEqual(self.steps(run)["hold"]["state"], "ok", "what was under way was not brought to its end")
        return run

    def test_a_holder_whose_file_is_removed_changes_nothing_more_and_is_resumed_with_a_new_one(self):
        run = self.taken_away(os.unlink)
        done = self.resume(run, name="held")
        self.assertEqual((done.code, self.marked()), (0, ["begin", "more"]), done.err)

    def test_a_holder_whose_file_is_replaced_changes_nothing_more(self):
        def replaced(path):
            os.unlink(path)
            with open(path, "w"):
                os.chmod(path, 0o666)

        self.taken_away(replaced)

    def test_a_holder_whose_folder_is_moved_changes_nothing_more(self):
        self.taken_away(lambda path: os.rename(self.shared, self.shared + "-before"))


class NamedConnection(LockTest):
    def test_it_is_kept_there_though_no_step_changes_that_server(self):
        process = self.held(", conn: broker")
        self.assertEqual(self.redis.exists("opsc:lock:run:restart"), 1)
        self.assertIn("and runs from every host, by broker", self.plan()["plan"]["lock_excludes"])
        self.go(process)
        self.assertEqual(self.redis.exists("opsc:lock:run:restart"), 0)

    def test_one_that_is_not_there_or_keeps_no_locks_is_told_by_the_plan(self):
        self.configure("  connections: [{name: web, kind: http, url: \"http://127.0.0.1:1\"}]\n")
        for name, words in (("nowhere", "no source and no connection is called nowhere"), ("web", "web keeps no locks")):
            self.book("held", BOOK % {"more": f", conn: {name}", "mark": self.mark, "go": self.goes})
            self.assertIn(words, str(self.plan()["plan"]["obstacles"]))

    def test_a_server_that_does_not_answer_keeps_the_run_from_beginning(self):
        self.more = "  - {name: away, kind: rq, url: \"redis://127.0.0.1:1/0\"}\n"
        self.configure()
        self.book("held", BOOK % {"more": ", conn: away", "mark": self.mark, "go": self.goes})
        done = self.carry_out("held")
        self.assertEqual(done.code, 1, done.out)
        self.assertIn("the lock restart cannot be taken at its server", done.json["run"]["message"])
        self.assertEqual(self.marked(), [])


class OtherHost(LockTest):
    """A lock that is kept at a server which no step changes, and runs with state folders and locks of their own, as on two hosts."""

    locks = "~/locks"

    def variables(self, state="state"):
        home = os.path.join(self.folder, "home-" + state)
        os.makedirs(os.path.join(home, "locks"), exist_ok=True)
        return dict(super().variables(state), HOME=home)

    def test_it_is_kept_out_by_a_lease_at_redis(self):
        process = self.held(", conn: broker")
        self.refused(self.carry_out("held", state="other"), r"^the lock restart is held by .*@.* run [0-9A-Z]{26} since .*its lease ends in")
        self.go(process)
        self.assertEqual(self.carry_out("held", state="other").code, 0)

    def test_it_is_kept_out_by_a_session_at_postgres(self):
        process = self.held(", conn: pg-main")
        self.refused(self.carry_out("held", state="other"), r"^the lock restart is held by .*run[ _][0-9A-Z]{26}")
        self.go(process)
        self.assertEqual(self.carry_out("held", state="other").code, 0)

    def test_without_the_server_it_would_not_be(self):
        process = self.held()
        open(self.goes, "w").close()
        self.assertEqual(self.carry_out("held", state="other").code, 0)
        process.communicate(timeout=120)


class OwnLock(LockTest):
    """A runner was killed, and its run is resumed before what it held has ended by itself."""

    TWO = """
concurrency: {lock: restart, conn: %s}
steps:
  - {id: begin, idempotent: true, run: {script: "echo begin >> %s; while [ ! -e %s ]; do sleep 0.05; done"}, timeout: 10m}
"""

    def killed_and_resumed(self, conn):
        self.book("held", self.TWO % (conn, self.mark, self.goes))
        process = self.begin("held")
        self.eventually(lambda: self.marked() == ["begin"], "it did not begin")
        run = self.until_run()
        self.end_runner(run)
        process.communicate(timeout=120)
        before = len(self.journal(run))
        open(self.goes, "w").close()
        done = self.resume(run, name="held")
        self.assertEqual((done.code, done.json["run"]["state"]), (0, "succeeded"), done.err)
        self.assertEqual([record["kind"] for record in self.journal(run)[before:]].count("pause"), 0)
        self.assertEqual(self.marked(), ["begin", "begin"])

    def test_the_lease_at_redis_is_taken_over(self):
        self.killed_and_resumed("broker")

    def test_the_session_at_postgres_is_ended(self):
        self.killed_and_resumed("pg-main")

    def test_a_lease_of_another_run_is_not_and_the_refused_resume_writes_nothing_down(self):
        self.book("held", self.TWO % ("broker", self.mark, self.goes))
        process = self.begin("held")
        self.eventually(lambda: self.marked() == ["begin"], "it did not begin")
        run = self.until_run()
        self.end_runner(run)
        process.communicate(timeout=120)
        self.redis.set("opsc:lock:run:restart", "token ann@far run 01M8J5KX000000000000000000 since now", px=60000)
        before = self.journal(run)
        done = self.resume(run, name="held")
        self.assertEqual(done.code, 75, done.out)
        self.assertIn("the lock restart is held by ann@far run 01M8J5KX000000000000000000", done.err)
        self.assertEqual(self.journal(run), before)
        self.assertEqual(self.status(run)["run"]["state"], "interrupted")


if __name__ == "__main__":
    unittest.main()
