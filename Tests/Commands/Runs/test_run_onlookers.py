"""Who looks at a run is known by life: a terminal that is gone without a signal, a process that is stopped, a pipe that nobody reads."""

import os
import pty
import signal
import subprocess
import time
import unittest

from commandtest import BINARY
from slowrun import SlowRunTest

PATIENCE = 10  # seconds without anybody who looks, until a runner does what its runbook wants


class Onlookers(SlowRunTest):
    def looking(self, **streams):
        """`runbook run` in a session of its own, where no SIGHUP comes."""
        return subprocess.Popen([BINARY, "runbook", "run", "slow", "--confirm", self.typed("slow"), "--config", self.config],
                                env=self.variables(), start_new_session=True, **streams)

    def paused(self, run):
        self.go()
        self.until(run, lambda status: status["run"]["state"] == "paused")
        self.assertIn("nobody has looked", self.status(run)["run"]["message"])
        self.assertEqual(self.marked(), ["done"], "it went on though nobody looked")

    def test_a_closed_terminal_is_noticed_without_a_signal(self):
        self.slow()
        master, slave = pty.openpty()
        process = self.looking(stdin=slave, stdout=slave, stderr=slave)
        os.close(slave)
        run = self.until_run()
        self.until(run, lambda status: status["steps"])
        os.close(master)
        self.assertEqual(process.wait(timeout=60), 129)
        time.sleep(PATIENCE + 2)
        self.paused(run)

    def test_a_file_keeps_the_story_and_counts_for_nobody_once_the_terminal_is_gone(self):
        self.slow()
        master, slave = pty.openpty()
        told = os.path.join(self.folder, "nohup.out")
        with open(told, "wb") as file:
            process = self.looking(stdin=slave, stdout=file, stderr=file)
        os.close(slave)
        run = self.until_run()
        self.until(run, lambda status: status["steps"])
        os.close(master)
        time.sleep(PATIENCE + 2)
        self.paused(run)
        self.assertEqual(process.wait(timeout=60), 75)
        with open(told) as file:
            self.assertIn("nobody has looked", file.read())

    def test_a_process_that_is_stopped_does_not_look(self):
        self.slow()
        process = self.looking(stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        run = self.until_run()
        self.until(run, lambda status: status["steps"])
        process.send_signal(signal.SIGSTOP)
        self.addCleanup(process.wait, 60)
        self.addCleanup(process.send_signal, signal.SIGCONT)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.stderr.close)
        time.sleep(PATIENCE * 1.5 + 3)
        self.paused(run)

    def test_one_who_hangs_at_a_terminal_that_takes_nothing_more_does_not_look(self):
        """As behind an ssh whose network is gone: the terminal stands, and nothing is read from it."""
        self.book("slow", """
steps:
  - {id: one, run: {script: "seq 1 40000; while [ ! -e %s ]; do sleep 0.05; done; echo done >> %s"}, timeout: 10m}
  - {id: two, run: {script: "echo two >> %s"}}
""" % (self.goes, self.mark, self.mark))
        master, slave = pty.openpty()
        process = self.looking(stdin=slave, stdout=slave, stderr=slave)
        os.close(slave)
        self.addCleanup(process.wait, 60)
        self.addCleanup(os.close, master)
        run = self.until_run()
        self.until(run, lambda status: status["steps"])
        time.sleep(PATIENCE * 1.5 + 4)
        self.paused(run)
        self.assertIsNone(process.poll(), "it did not hang: the test proves nothing")

    def test_a_pipe_that_nobody_reads_is_nobody(self):
        self.slow()
        process = self.looking(stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        run = self.until_run()
        self.until(run, lambda status: status["steps"])
        process.stdout.close()
        self.assertEqual(process.wait(timeout=60), -signal.SIGPIPE)
        self.go()
        self.until(run, lambda status: status["run"]["state"] in ("succeeded", "paused"))

    def test_one_who_looks_and_says_nothing_for_long_is_not_mistaken(self):
        self.slow()
        process = self.looking(stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        run = self.until_run()
        self.until(run, lambda status: status["steps"])
        time.sleep(PATIENCE * 1.5 + 3)
        self.go()
        self.until(run, lambda status: status["run"]["state"] == "succeeded")
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)


if __name__ == "__main__":
    unittest.main()
