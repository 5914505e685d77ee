"""The life of a run: begun, watched, left alone, stopped, taken up, by one operator and by two."""

import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import time
import unittest

from commandtest import BINARY
from running import RunTest

SLOW = """
on_disconnect: {what}
steps:
  - {{id: one, run: {{script: "echo begun; sleep {seconds}; echo done >> {mark}"}}, timeout: 60s}}
  - {{id: two, run: {{script: "echo two >> {mark}"}}}}
finally:
  - {{id: last, run: {{script: "echo last >> {mark}"}}, idempotent: true}}
"""


class LifeTest(RunTest):
    def setUp(self):
        super().setUp()
        self.heal()
        # Whoever runs this in the background has these ignored, and so would have what is started here.
        for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGQUIT, lambda *_: None)):
            self.addCleanup(signal.signal, number, signal.signal(number, handler))

    def slow(self, what="finish_step", seconds=3):
        self.book("slow", SLOW.format(what=what, seconds=seconds, mark=self.mark))

    def test_without_its_confirmation_nothing_is_begun_and_the_plan_is_told(self):
        self.slow()
        done = self.run_command("runbook", "run", "slow")
        self.assertEqual(done.code, 77)
        self.assertIn("--confirm 'development/slow'", done.err)
        self.assertIn("CHANGES", done.out)
        self.assertEqual(self.runs(), [])
        self.assertEqual(self.marked(), [])

    def test_a_console_that_is_killed_takes_nothing_with_it_and_the_run_pauses_after_its_step(self):
        self.slow(seconds=13)
        process = self.begin("slow")
        run = self.until_run()
        self.until(run, lambda status: status["steps"])
        process.kill()
        process.communicate()
        self.until(run, lambda status: status["run"]["state"] == "paused")
        self.assertIn("nobody has looked", self.status(run)["run"]["message"])
        self.assertEqual(self.marked(), ["done"])
        done = self.resume(run, name="slow")
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual(self.marked(), ["done", "two", "last"])

    def test_a_run_that_may_go_on_alone_does(self):
        self.slow("continue", seconds=12)
        done = self.begin("slow", words=["--detach"])
        done.communicate(timeout=120)
        self.assertEqual(done.returncode, 0)
        self.until(self.until_run(), lambda status: status["run"]["state"] == "succeeded")
        self.assertEqual(self.marked(), ["done", "two", "last"])

    def test_a_run_that_is_not_to_be_left_alone_is_cancelled_and_does_what_is_always_done(self):
        self.slow("cancel", seconds=50)
        process = self.begin("slow", words=["--detach"])
        process.communicate(timeout=120)
        run = self.until_run()
        # A script that changed something and was ended in its middle: only a person can tell.
        self.until(run, lambda status: status["run"]["state"] in ("paused", "cancelled"))
        self.assertEqual(self.steps(run)["one"]["state"], "unknown")
        done = self.resume(run, "--abort", "--reason", "given up", name="slow")
        self.assertEqual(done.json["run"]["state"], "cancelled", done.err)
        self.assertEqual(self.marked(), ["last"])

    def test_pause_and_attach_and_take_up(self):
        self.slow(seconds=2)
        process = self.begin("slow")
        run = self.until_run()
        self.until(run, lambda status: status["steps"])
        said = self.run_command("runbook", "pause", run)
        self.assertEqual(said.code, 0, said.err)
        out, _ = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 75)
        self.assertEqual(json.loads(out)["run"]["state"], "paused")
        self.assertEqual(self.marked(), ["done"])
        self.assertEqual(self.run_command("runbook", "attach", run).code, 75)
        self.assertEqual(self.resume(run, name="slow").code, 0)

    def interrupt(self, process, number=signal.SIGINT):
        """Until it looks at the run, a signal would end it as any other program."""
        self.until(self.until_run(), lambda status: status["steps"])
        time.sleep(0.5)
        process.send_signal(number)

    def test_ctrl_c_lets_it_stop_after_its_step_and_a_second_one_cancels_the_step(self):
        self.slow(seconds=3)
        process = self.begin("slow")
        self.interrupt(process)
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 75)
        self.assertIn(b"Ctrl-C within 3 s cancels the step", err)
        self.assertEqual(json.loads(out)["run"]["state"], "paused")
        self.assertEqual(self.marked(), ["done"])
        os.remove(self.mark)
        self.slow(seconds=40)
        process = self.begin("slow")
        self.eventually(lambda: len(self.runs()) == 2)
        self.interrupt(process)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        out, _ = process.communicate(timeout=120)
        self.assertLess(time.monotonic() - began, 25)
        # A script that changes something and was ended in its middle: only a person can tell.
        steps = {step["step"]: step["state"] for step in json.loads(out)["steps"]}
        self.assertEqual((process.returncode, steps["one"]), (75, "unknown"))
        self.assertFalse(os.path.exists(self.mark), "it went on to its end")

    def test_a_cancel_ends_a_statement_and_the_server_rolls_it_back(self):
        self.rows("DROP TABLE IF EXISTS run_slow")
        self.rows("CREATE TABLE run_slow (n int)")
        self.addCleanup(self.rows, "DROP TABLE IF EXISTS run_slow")
        self.book("statement", """
steps:
  - {id: slow, timeout: 60s, sql: {conn: pg-main, query: "INSERT INTO run_slow SELECT 1 FROM pg_sleep(50)"}}
finally:
  - {id: last, idempotent: true, run: {script: "echo last >> %s"}}
""" % self.mark)
        process = self.begin("statement")
        run = self.until_run()
        self.eventually(lambda: self.rows("SELECT 1 FROM pg_stat_activity WHERE starts_with(query, 'INSERT INTO run_slow') AND state = 'active'"))
        began = time.monotonic()
        self.assertEqual(self.run_command("runbook", "cancel", run).code, 0)
        process.communicate(timeout=120)
        self.assertLess(time.monotonic() - began, 10, "the statement went on to its timeout")
        self.assertEqual((self.status(run)["run"]["state"], self.steps(run)["slow"]["state"]), ("cancelled", "cancelled"))
        self.assertEqual(self.rows("SELECT count(*) FROM run_slow"), [(0,)])
        self.assertEqual(self.marked(), ["last"])

    def cancelled_in_the_middle(self, name, step):
        """The state of a step that waits for an answer when the run is cancelled, and its message."""
        self.book(name, f"steps:\n  - {{id: slow, timeout: 60s, {step}}}\n")
        process = self.begin(name)
        run = self.until_run()
        self.eventually(lambda: self.steps(run).get("slow", {}).get("state") == "running")
        time.sleep(1)
        began = time.monotonic()
        self.assertEqual(self.run_command("runbook", "cancel", run).code, 0)
        process.communicate(timeout=120)
        self.assertLess(time.monotonic() - began, 10, "it went on to its timeout")
        slow = self.steps(run)["slow"]
        return slow["state"], slow["message"]

    def test_a_cancel_ends_a_request_that_nobody_answers_and_what_became_of_it_is_unknown(self):
        silent = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(silent.close)
        self.configure(f"  connections: [{{name: web, kind: http, url: \"http://127.0.0.1:{silent.getsockname()[1]}\"}}]\n")
        state, message = self.cancelled_in_the_middle("request", "http: {conn: web, method: POST, path: /}")
        self.assertEqual(state, "unknown")
        self.assertIn("stopped by the operator before", message)

    def test_a_cancel_ends_a_command_that_redis_does_not_answer(self):
        command = 'redis: {conn: broker, cmd: [XREAD, BLOCK, "50000", STREAMS, "run:none", "$"]}'
        state, message = self.cancelled_in_the_middle("command", command)
        self.assertEqual(state, "unknown")
        self.assertIn("stopped by the operator before", message)

    def test_a_changed_configuration_is_seen_by_a_resume_and_giving_up_is_always_possible(self):
        self.slow(seconds=2)
        process = self.begin("slow")
        run = self.until_run()
        self.until(run, lambda status: status["steps"])
        self.run_command("runbook", "pause", run)
        process.communicate(timeout=120)
        with open(self.config, "a") as file:
            file.write("# another one\n")
        refused = self.resume(run, name="slow")
        self.assertEqual(refused.code, 75, refused.out)
        self.assertIn("was changed since the plan was made", refused.err)
        self.assertEqual(self.marked(), ["done"])
        given_up = self.resume(run, "--abort", "--reason", "another configuration", name="slow")
        self.assertEqual(given_up.json["run"]["state"], "cancelled", given_up.err)
        self.assertEqual(self.marked(), ["done", "last"])

    def test_quit_stops_looking_and_nothing_else(self):
        self.slow("continue", seconds=4)
        process = self.begin("slow")
        self.interrupt(process, signal.SIGQUIT)
        _, err = process.communicate(timeout=3)
        self.assertEqual(process.returncode, 0)
        self.assertIn(b"opsconsole runbook attach", err)
        self.until(self.until_run(), lambda status: status["run"]["state"] == "succeeded")
        self.assertEqual(self.marked(), ["done", "two", "last"])

    def test_a_hang_up_ends_the_console_within_a_second_and_not_the_run(self):
        self.slow(seconds=4)
        process = self.begin("slow")
        run = self.until_run()
        self.until(run, lambda status: status["steps"])
        began = time.monotonic()
        process.send_signal(signal.SIGHUP)
        process.communicate(timeout=120)
        self.assertLess(time.monotonic() - began, 1)
        self.assertIsNotNone(self.runner(run))
        self.until(run, lambda status: status["run"]["state"] in ("succeeded", "paused"))

    def test_a_runner_that_is_told_to_end_finishes_its_step_and_says_so(self):
        self.slow(seconds=3)
        process = self.begin("slow")
        run = self.until_run()
        self.until(run, lambda status: status["steps"])
        os.kill(self.runner(run), signal.SIGTERM)
        process.communicate(timeout=120)
        self.assertEqual(process.returncode, 75)
        self.assertEqual(self.status(run)["run"]["message"], "shutdown")
        self.assertEqual(self.marked(), ["done"])
        self.assertEqual(self.resume(run, name="slow").code, 0)
        self.assertEqual(self.marked(), ["done", "two", "last"])

    def test_the_children_of_a_killed_runner_end_and_their_step_is_unknown(self):
        self.slow(seconds=30)
        process = self.begin("slow")
        run = self.until_run()
        self.until(run, lambda status: status["steps"])
        self.end_runner(run)
        process.communicate(timeout=120)
        self.assertEqual(process.returncode, 75)
        self.assertEqual(self.status(run)["run"]["state"], "interrupted")
        done = self.resume(run, name="slow")
        self.assertEqual(done.code, 77, "a step in doubt was taken up without a decision")
        done = self.resume(run, "--decide", "one=rerun", "--reason", "it printed nothing", name="slow")
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual(self.marked(), ["done", "two", "last"])
        self.assertEqual(self.journal(run)[-1]["kind"], "run.end")

    def test_the_program_may_be_replaced_meanwhile(self):
        binary = os.path.join(self.folder, "opsconsole")
        shutil.copy(BINARY, binary)
        self.slow(seconds=3)
        process = subprocess.Popen([binary, *self.arguments("slow"), "--config", self.config], env=self.variables(), stdout=subprocess.DEVNULL)
        run = self.until_run()
        self.until(run, lambda status: status["steps"])
        os.unlink(binary)
        shutil.copy(BINARY, binary)
        self.assertEqual(process.wait(120), 0)
        self.assertEqual(self.marked(), ["done", "two", "last"])

    def test_the_file_may_be_changed_meanwhile_and_a_plan_of_another_file_is_refused(self):
        self.slow(seconds=1)
        planned = self.run_command("runbook", "plan", "slow", "--format", "json").json["plan"]
        with open(os.path.join(self.books, "slow.yaml"), "a") as file:
            file.write("# another\n")
        done = self.run_command("runbook", "run", "--plan", planned["plan_hash"], "--confirm", "development/slow")
        self.assertEqual(done.code, 77)
        self.assertIn("was changed since the plan was made", done.err)
        again = self.run_command("runbook", "plan", "slow", "--format", "json").json["plan"]
        done = self.run_command("runbook", "run", "--plan", again["plan_hash"], "--confirm", "development/slow", "--format", "json")
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual(done.json["run"]["plan_hash"], again["plan_hash"])

    def test_a_question_waits_and_its_answer_is_kept(self):
        self.book("asks", """
steps:
  - {id: ask, prompt: {text: "Is it gone?", choices: [gone, keep]}}
  - {id: so, if: "steps.ask.outputs.choice == 'gone'", run: {script: "echo gone >> %s"}}
""" % self.mark)
        process = self.begin("asks")
        run = self.until_run()
        self.until(run, lambda status: status["run"]["state"] == "waiting")
        self.assertEqual(self.run_command("runbook", "status", run).code, 75)
        self.assertEqual(self.run_command("runbook", "answer", run, "ask", "perhaps").code, 64)
        self.assertEqual(self.run_command("runbook", "answer", run, "ask", "gone").code, 0)
        process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0)
        self.assertEqual(self.marked(), ["gone"])

    def test_preconditions_are_looked_at_when_it_is_planned_and_again_before_the_first_change(self):
        flag = os.path.join(self.folder, "flag")
        self.book("held", """
preconditions:
  - {id: there, cmd: {argv: [test, -e, %s]}, that: outputs.status == 0, message: the flag is not there}
steps:
  - {id: wait, mode: read, cmd: {argv: [rm, -f, %s]}}
  - {id: change, run: {script: "echo changed >> %s"}}
""" % (flag, flag, self.mark))
        done = self.carry_out("held")
        self.assertEqual(done.code, 1)
        self.assertIn("the flag is not there", done.out)
        self.assertEqual(self.runs(), [])
        open(flag, "w").close()
        done = self.carry_out("held")
        self.assertEqual(done.json["run"]["state"], "failed", done.err)
        self.assertIn("what must hold before the first change does not", done.json["run"]["message"])
        self.assertEqual(self.marked(), [])

    def test_a_server_that_a_step_needs_and_that_does_not_answer_is_named_by_the_plan(self):
        self.more = "  - {name: away, kind: rq, url: \"redis://127.0.0.1:1/0\"}\n"
        self.configure()
        self.book("looks", "steps:\n  - {id: look, mode: read, redis: {conn: away, cmd: [PING]}}\n  - {id: other, redis: {conn: broker, cmd: [PING]}}\n")
        plan = self.run_command("runbook", "plan", "looks", "--format", "json").json["plan"]
        (warning,) = plan["warnings"]
        self.assertIn("away does not answer, and steps need it", warning)
        self.assertIn("warning  away does not answer", self.run_command("runbook", "plan", "looks").out)

    def test_on_failure_and_finally_follow_a_failure_and_the_run_has_failed_all_the_same(self):
        self.book("fails", """
steps:
  - {id: bad, run: {script: "echo trouble >&2; exit 3"}}
  - {id: never, run: {script: "echo never >> %s"}}
on_failure:
  - {id: mend, run: {script: "echo mend >> %s"}}
finally:
  - {id: last, run: {script: "echo last >> %s"}}
""" % (self.mark, self.mark, self.mark))
        done = self.carry_out("fails")
        self.assertEqual(done.code, 1)
        self.assertEqual(done.json["run"]["state"], "failed")
        self.assertIn("bad: exit code 3: trouble", done.json["run"]["message"])
        self.assertEqual(self.marked(), ["mend", "last"])

    def test_a_runbook_calls_another_by_its_hash_alone(self):
        self.book("inner", """
params: {word: {type: string, required: true}}
steps:
  - {id: write, run: {script: "echo \\"$P_WORD\\" >> %s"}}
""" % self.mark)
        inner = next(book for book in self.run_command("runbook", "list", "--format", "json").json["runbooks"] if book["id"] == "inner")
        self.book("outer", """
params: {word: {type: string, default: hello}}
steps:
  - {id: call, runbook: {id: inner, hash: %s, params: {word: "${{ params.word }}"}}}
  - {id: after, run: {script: "echo after >> %s"}}
""" % (inner["hash"], self.mark))
        done = self.carry_out("outer", word="inside")
        self.assertEqual(done.code, 0, done.err + done.out)
        self.assertEqual(self.marked(), ["inside", "after"])
        self.assertIn("call/write", self.steps())
        with open(os.path.join(self.books, "inner.yaml"), "a") as file:
            file.write("# changed\n")
        refused = self.run_command("runbook", "plan", "outer")
        self.assertEqual(refused.code, 1)
        self.assertIn("no runbook inner has the hash", refused.out)

    def test_time_limits_end_a_step_and_a_run(self):
        self.book("late", """
timeout: 4s
steps:
  - {id: reads, mode: read, timeout: 1s, kill_after: 1s, continue_on_error: true, cmd: {argv: [sleep, "30"]}}
  - {id: wait, wait: {until: "params.never", every: 1s, timeout: 10m}}
params: {never: {type: bool, default: false}}
""")
        began = time.monotonic()
        done = self.carry_out("late")
        self.assertLess(time.monotonic() - began, 12)
        self.assertEqual(done.json["run"]["state"], "failed", done.err)
        self.assertIn("longer than its 4s", done.json["run"]["message"])
        self.assertEqual(self.steps()["reads"]["state"], "timed_out")

    def test_a_command_is_tried_again_as_often_as_it_says_and_no_write_without_leave(self):
        self.book("again", """
steps:
  - {id: third, idempotent: true, retry: {max: 5, delay: 100ms, factor: 1, "on": ["exit:75"]}, run: {script: "echo try >> %s; test $(wc -l < %s) -ge 3 || exit 75"}}
""" % (self.mark, self.mark))
        done = self.carry_out("again")
        self.assertEqual(done.code, 0, done.err + done.out)
        self.assertEqual(self.marked(), ["try", "try", "try"])
        self.assertEqual(self.steps()["third"]["attempts"], 3)
        self.book("twice", 'steps:\n  - {id: once, retry: {max: 5, "on": ["exit:75"]}, run: {script: "exit 75"}}\n')
        refused = self.run_command("runbook", "run", "twice", "--confirm", "development/twice")
        self.assertEqual(refused.code, 78)
        self.assertIn("twice.yaml:8:", refused.err)


class OperatorsTest(RunTest):
    """Two consoles with state folders of their own, as on two hosts."""

    items = 0
    BOOK = """
concurrency: {lock: "both", on_conflict: fail}
steps:
  - {id: first, redis: {conn: broker, cmd: [INCR, "both:n"]}}
  - {id: hold, run: {script: "sleep %d"}, timeout: 2m}
  - {id: second, redis: {conn: broker, cmd: [INCR, "both:n"]}}
"""

    def test_the_second_is_told_who_holds_it_and_changes_nothing(self):
        self.book("both", self.BOOK % 4)
        first = self.begin("both")
        self.eventually(lambda: self.redis.get("both:n") == b"1")
        second = self.carry_out("both", state="other")
        self.assertEqual(second.code, 1, second.out)
        self.assertRegex(second.json["run"]["message"], r"the lock both is held by .*@.* run [0-9A-Z]{26} since .*its lease ends in")
        first.communicate(timeout=120)
        self.assertEqual(first.returncode, 0)
        self.assertEqual(self.redis.get("both:n"), b"2")
        third = self.carry_out("both", state="other")
        self.assertEqual(third.code, 0, third.err)

    def test_with_wait_the_second_one_waits_and_can_be_given_up(self):
        self.book("both", self.BOOK.replace("on_conflict: fail", "on_conflict: wait") % 3)
        first = self.begin("both")
        self.eventually(lambda: self.redis.get("both:n") == b"1")
        second = self.begin("both", state="other")
        third = self.begin("both", state="third")
        given_up = self.until_folder("third")
        self.assertIn("nothing was begun", self.run_command("runbook", "cancel", given_up, state="third").out)
        third.communicate(timeout=120)
        self.assertIn("given up by", self.status(given_up, "third")["run"]["message"])
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
        self.book("both", self.BOOK.replace("on_conflict: fail", "on_conflict: show") % 4)
        first = self.begin("both")
        self.eventually(lambda: self.redis.get("both:n") == b"1")
        second = self.carry_out("both")
        first.communicate(timeout=120)
        self.assertEqual((first.returncode, second.code), (0, 0), second.err)
        (only,) = self.runs()
        self.assertEqual(second.json["run"]["run"], only["run"])
        self.assertIn("nothing was begun", second.err)
        self.assertEqual(self.redis.get("both:n"), b"2")

    def test_a_holder_that_was_stopped_for_longer_than_its_lease_changes_nothing_more(self):
        self.book("both", self.BOOK % 3)
        first = self.begin("both")
        self.eventually(lambda: self.redis.get("both:n") == b"1")
        run = self.until_run()
        pid = self.runner(run)
        os.kill(pid, signal.SIGSTOP)
        try:
            stopped = time.monotonic()
            self.eventually(lambda: not self.redis.exists("opsc:lock:run:both"), "the lease of a stopped holder did not end")
            other = self.carry_out("both", state="other")
            self.assertEqual(other.code, 0, other.err)
            self.assertEqual(self.redis.get("both:n"), b"3")
            # For a minute in all: its own clock, the lease at the server and the viewer's patience are all past by then.
            time.sleep(max(0, 60 - (time.monotonic() - stopped)))
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
  - {id: hold, run: {script: "sleep 4"}}
""")
        first = self.begin("locked")
        self.until(self.until_run(), lambda status: any(step["step"] == "hold" for step in status["steps"]))
        second = self.carry_out("locked", state="other")
        self.assertEqual(second.code, 1, second.out)
        self.assertIn("the lock rows is held by", second.json["run"]["message"])
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
