"""A run that is left alone, stopped, cancelled and taken up again."""

import glob
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import time
import unittest

import deadline
from commandtest import BINARY
from deadline import Control, stretch
from slowrun import SlowRunTest

PATIENCE = 10  # seconds without anybody who looks, until a runner does what its runbook wants


class LeftAlone(SlowRunTest):
    def test_a_console_that_is_killed_takes_nothing_with_it_and_the_run_pauses_after_its_step(self):
        self.slow()
        process, run = self.begun()
        process.kill()
        process.communicate()
        # The runner looks once a second, and writes nothing down before its step has ended.
        time.sleep(PATIENCE + 1 + stretch())
        self.go()
        self.until(run, lambda status: status["run"]["state"] == "paused")
        self.assertIn("nobody has looked", self.status(run)["run"]["message"])
        self.assertEqual(self.marked(), ["done"])
        done = self.resume(run, name="slow")
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual(self.marked(), ["done", "two", "last"])

    def test_a_run_that_may_go_on_alone_does(self):
        self.slow("continue")
        done = self.begin("slow", words=["--detach"])
        done.communicate(timeout=120)
        self.assertEqual(done.returncode, 0)
        time.sleep(PATIENCE + 2)
        self.go()
        self.until(self.until_run(), lambda status: status["run"]["state"] == "succeeded")
        self.assertEqual(self.marked(), ["done", "two", "last"])

    def test_a_run_that_is_not_to_be_left_alone_is_cancelled_and_does_what_is_always_done(self):
        self.slow("cancel")
        process = self.begin("slow", words=["--detach"])
        process.communicate(timeout=120)
        run = self.until_run()
        # A script that changed something and was ended in its middle: only a person can tell.
        self.until(run, lambda status: status["run"]["state"] in ("paused", "cancelled"))
        self.assertEqual(self.steps(run)["one"]["state"], "unknown")
        done = self.resume(run, "--abort", "--reason", "given up", name="slow")
        self.assertEqual(done.json["run"]["state"], "cancelled", done.err)
        self.assertEqual(self.marked(), ["last"])

    def test_quit_stops_looking_and_nothing_else(self):
        self.slow("continue")
        process, _ = self.begun()
        self.interrupt(process, signal.SIGQUIT)
        # It ends while the step still waits.
        _, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 0)
        self.assertIn(b"opsconsole runbook attach", err)
        self.go()
        self.until(self.until_run(), lambda status: status["run"]["state"] == "succeeded")
        self.assertEqual(self.marked(), ["done", "two", "last"])

    def test_a_hang_up_ends_the_console_within_a_second_and_not_the_run(self):
        self.slow()
        process, run = self.begun()
        with Control() as machine:
            began = time.monotonic()
            process.send_signal(signal.SIGHUP)
            process.communicate(timeout=120)
            took = time.monotonic() - began
        self.assertLess(took, machine.allows(1))
        self.assertIsNotNone(self.runner(run))
        self.go()
        self.until(run, lambda status: status["run"]["state"] in ("succeeded", "paused"))

    def test_the_program_may_be_replaced_meanwhile(self):
        binary = os.path.join(self.folder, "opsconsole")
        shutil.copy(BINARY, binary)
        self.slow()
        process = subprocess.Popen([binary, *self.arguments("slow"), "--config", self.config], env=self.variables(), stdout=subprocess.DEVNULL)
        run = self.until_run()
        self.until(run, lambda status: status["steps"])
        os.unlink(binary)
        shutil.copy(BINARY, binary)
        self.go()
        self.assertEqual(process.wait(120), 0)
        self.assertEqual(self.marked(), ["done", "two", "last"])


class Stopped(SlowRunTest):
    def test_pause_and_attach_and_take_up(self):
        self.slow()
        process, run = self.begun()
        self.paused(run)
        self.go()
        out, _ = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 75)
        self.assertEqual(json.loads(out)["run"]["state"], "paused")
        self.assertEqual(self.marked(), ["done"])
        self.assertEqual(self.run_command("runbook", "attach", run).code, 75)
        self.assertEqual(self.resume(run, name="slow").code, 0)

    def test_ctrl_c_lets_it_stop_after_its_step_and_a_second_one_cancels_the_step(self):
        self.slow()
        process, first = self.begun()
        self.interrupt(process)
        self.heard(process, b"Ctrl-C within 3 s cancels the step")
        self.go()
        out, _ = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 75)
        self.assertEqual(json.loads(out)["run"]["state"], "paused")
        self.assertEqual(self.marked(), ["done"])
        os.remove(self.mark)
        os.remove(self.goes)
        process = self.begin("slow")
        self.eventually(lambda: self.until_run() != first)
        self.until(self.until_run(), lambda status: status["steps"])
        self.interrupt(process)
        self.heard(process, b"Ctrl-C within 3 s cancels the step")
        process.send_signal(signal.SIGINT)
        # It ends though its step would never have.
        out, _ = process.communicate(timeout=120)
        # A script that changes something and was ended in its middle: only a person can tell.
        steps = {step["step"]: step["state"] for step in json.loads(out)["steps"]}
        self.assertEqual((process.returncode, steps["one"]), (75, "unknown"))
        self.assertFalse(os.path.exists(self.mark), "it went on to its end")

    def test_ctrl_c_before_the_runner_listens_is_not_lost(self):
        self.slow()
        process, run = self.begun()
        (socket_path,) = glob.glob(os.path.join(self.folder, "state*", "**", run + "*", "control.sock"), recursive=True)
        os.rename(socket_path, socket_path + ".away")
        looking = self.start("runbook", "attach", run)
        self.interrupt(looking)
        time.sleep(0.5)
        os.rename(socket_path + ".away", socket_path)
        self.heard(looking, b"Ctrl-C within 3 s cancels the step")
        self.go()
        for one in (process, looking):
            one.communicate(timeout=120)
            self.assertEqual(one.returncode, 75)

    @staticmethod
    def heard(process, words):
        """Waits until it has said this."""
        said, end = b"", time.monotonic() + deadline.PATIENCE
        while words not in said:
            assert select.select([process.stderr], [], [], max(0, end - time.monotonic()))[0], f"it said only {said!r}"
            line = os.read(process.stderr.fileno(), 4096)
            assert line, f"it ended and only said {said!r}"
            said += line

    def test_a_changed_configuration_is_seen_by_a_resume_and_giving_up_is_always_possible(self):
        self.slow()
        process, run = self.begun()
        self.paused(run)
        self.go()
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

    def test_a_runner_that_is_told_to_end_finishes_its_step_and_says_so(self):
        self.slow()
        process, run = self.begun()
        os.kill(self.runner(run), signal.SIGTERM)
        time.sleep(0.3 * stretch())  # it takes the signal, and writes nothing down before its step has ended
        self.go()
        process.communicate(timeout=120)
        self.assertEqual(process.returncode, 75)
        self.assertEqual(self.status(run)["run"]["message"], "shutdown")
        self.assertEqual(self.marked(), ["done"])
        self.assertEqual(self.resume(run, name="slow").code, 0)
        self.assertEqual(self.marked(), ["done", "two", "last"])

    def test_the_children_of_a_killed_runner_end_and_their_step_is_unknown(self):
        self.slow()
        process, run = self.begun()
        self.end_runner(run)
        process.communicate(timeout=120)
        self.assertEqual(process.returncode, 75)
        self.assertEqual(self.status(run)["run"]["state"], "interrupted")
        done = self.resume(run, name="slow")
        self.assertEqual(done.code, 77, "a step in doubt was taken up without a decision")
        self.go()
        done = self.resume(run, "--decide", "one=rerun", "--reason", "it printed nothing", name="slow")
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual(self.marked(), ["done", "two", "last"])
        self.assertEqual(self.journal(run)[-1]["kind"], "run.end")


class Cancelled(SlowRunTest):
    def test_a_cancel_ends_a_statement_and_the_server_rolls_it_back(self):
        self.rows("DROP TABLE IF EXISTS run_slow")
        self.rows("CREATE TABLE run_slow (n int)")
        self.addCleanup(self.rows, "DROP TABLE IF EXISTS run_slow")
        self.book("statement", """
steps:
  - {id: slow, timeout: 10m, sql: {conn: pg-main, query: "INSERT INTO run_slow SELECT 1 FROM pg_sleep(500)"}}
finally:
  - {id: last, idempotent: true, run: {script: "echo last >> %s"}}
""" % self.mark)
        process = self.begin("statement")
        run = self.until_run()
        self.eventually(lambda: self.rows("SELECT 1 FROM pg_stat_activity WHERE starts_with(query, 'INSERT INTO run_slow') AND state = 'active'"))
        self.cancel(process, run)
        self.assertEqual((self.status(run)["run"]["state"], self.steps(run)["slow"]["state"]), ("cancelled", "cancelled"))
        self.assertEqual(self.rows("SELECT count(*) FROM run_slow"), [(0,)])
        self.assertEqual(self.marked(), ["last"])

    def cancel(self, process, run):
        """Soon after it what runs has ended, long before its time limit."""
        with Control() as machine:
            began = time.monotonic()
            self.assertEqual(self.run_command("runbook", "cancel", run).code, 0)
            process.communicate(timeout=120)
            took = time.monotonic() - began
        self.assertLess(took, machine.allows(10), "it went on to its timeout")

    def cancelled_in_the_middle(self, name, step, is_sent):
        """The state of a step that waits for an answer when the run is cancelled, and its message."""
        self.book(name, f"steps:\n  - {{id: slow, timeout: 10m, {step}}}\n")
        process = self.begin(name)
        run = self.until_run()
        self.eventually(is_sent, "nothing was sent")
        self.until(run, lambda status: any(step["step"] == "slow" and step["state"] == "running" for step in status["steps"]))
        self.cancel(process, run)
        slow = self.steps(run)["slow"]
        return slow["state"], slow["message"]

    def test_a_cancel_ends_a_request_that_nobody_answers_and_what_became_of_it_is_unknown(self):
        silent = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(silent.close)
        self.configure(f"  connections: [{{name: web, kind: http, url: \"http://127.0.0.1:{silent.getsockname()[1]}\"}}]\n")
        heard = []

        def is_sent():
            silent.settimeout(0.05)
            try:
                heard.append(silent.accept()[0])
            except TimeoutError:
                return False
            self.addCleanup(heard[-1].close)
            return heard[-1].recv(65_536, socket.MSG_PEEK).startswith(b"POST")

        state, message = self.cancelled_in_the_middle("request", "http: {conn: web, method: POST, path: /}", is_sent)
        self.assertEqual(state, "unknown")
        self.assertIn("stopped by the operator before", message)

    def test_a_cancel_ends_a_command_that_redis_does_not_answer(self):
        command = 'redis: {conn: broker, cmd: [XREAD, BLOCK, "500000", STREAMS, "run:none", "$"]}'
        state, message = self.cancelled_in_the_middle(
            "command", command, lambda: any(client["cmd"] == "xread" for client in self.redis.client_list()))
        self.assertEqual(state, "unknown")
        self.assertIn("stopped by the operator before", message)


if __name__ == "__main__":
    unittest.main()
