"""Two people at one run at the same moment: whoever comes second is told so, and ends with another code than 0."""

import json
import os
import signal
import unittest

from slowrun import SlowRunTest


class Races(SlowRunTest):
    def test_of_two_resumes_with_different_decisions_one_holds_and_the_other_is_told(self):
        self.slow()
        process, run = self.begun()
        self.end_runner(run)
        process.communicate(timeout=120)
        self.go()
        both = [self.begin_again(run, "--decide", f"one={word}", "--reason", "a race", name="slow") for word in ("done", "rerun")]
        ends = [(one.communicate(timeout=120), one.returncode) for one in both]
        self.assertEqual(sorted(code == 0 for _, code in ends), [False, True], ends)
        decided = [record["fields"]["word"] for record in self.journal(run) if record["kind"] == "decision"]
        ((_, err), code), = [end for end in ends if end[1] != 0]
        loser = "done" if decided == ["rerun"] else "rerun"
        self.assertIn(code, (1, 75))
        # One that comes when the other has begun already is sent away before it says anything.
        if code == 75:
            self.assertIn(f"your decision one={loser} was not taken; what holds is {decided[0]}", err.decode())
        else:
            self.assertIn("a runner is at it", err.decode())

    def interrupted(self):
        """`slow`, whose runner was killed in its first step."""
        self.slow()
        process, run = self.begun()
        self.end_runner(run)
        process.communicate(timeout=120)
        return run

    def decides(self, run, word):
        return self.begin_again(run, "--decide", f"one={word}", "--reason", "a race", name="slow")

    def is_at_it(self, run):
        self.until(run, lambda status: any(step["step"] == "one" and step["state"] == "running" for step in status["steps"]))

    def words_that_hold(self, run):
        return [record["fields"]["word"] for record in self.journal(run) if record["kind"] == "decision"]

    def wins(self, winner, run):
        self.go()
        winner.communicate(timeout=120)
        self.assertEqual((winner.returncode, self.words_that_hold(run)), (0, ["rerun"]))

    def test_whoever_comes_when_the_other_has_begun_is_sent_away(self):
        run = self.interrupted()
        winner = self.decides(run, "rerun")
        self.is_at_it(run)
        late = self.decides(run, "done")
        out, err = late.communicate(timeout=120)
        self.assertEqual((late.returncode, out), (1, b""))
        self.assertIn(f"a runner is at it: opsconsole runbook attach {run}", err.decode())
        self.wins(winner, run)

    def comes_too_early(self, *more, told):
        """One that looks at the run before the other has begun, and begins its runner after that."""
        run = self.interrupted()
        # Nobody reads the log of its runner yet: it has looked at the run, and waits there.
        log, aside = os.path.join(self.run_folder(run), "runner.log"), os.path.join(self.folder, "aside")
        os.unlink(log)
        os.mkfifo(log)
        early = self.begin_again(run, *more, "--reason", "a race", name="slow")
        self.eventually(lambda: self.opens_something(early), "it does not begin its runner")
        os.rename(log, aside)
        winner = self.decides(run, "rerun")
        self.is_at_it(run)
        with open(aside, "rb"):
            out, err = early.communicate(timeout=120)
        self.assertEqual((early.returncode, out), (75, b""), err)
        self.assertRegex(err.decode(), f"resumed it at .*: opsconsole runbook attach {run}")
        self.assertIn(told, err.decode())
        self.wins(winner, run)

    def test_whoever_came_before_the_other_had_begun_is_told_whose_word_holds(self):
        self.comes_too_early("--decide", "one=done", told="your decision one=done was not taken; what holds is rerun, by ")

    def test_whoever_gave_it_up_before_the_other_had_begun_is_told_so(self):
        self.comes_too_early("--abort", told="your --abort was not taken")

    @staticmethod
    def opens_something(process):
        """It is stopped where it opens a file."""
        with open(f"/proc/{process.pid}/syscall") as file:
            return file.read().split()[0] in ("257", "56")  # openat, of x86_64 and of arm64

    def test_a_second_runner_says_whose_word_holds(self):
        """The moment between two resumes, held open: the first one's runner has the run and is stopped."""
        self.slow()
        process, run = self.begun()
        self.end_runner(run)
        process.communicate(timeout=120)
        order = {"kind": "resume", "by": "bob@far", "reason": "", "sensitive": {}, "decisions": [{"step": "one", "word": "done", "reason": "x"}]}
        winner = self.begin_again(run, "--decide", "one=rerun", "--reason", "first", name="slow")
        self.until(run, lambda status: any(step["step"] == "one" and step["state"] == "running" for step in status["steps"]))
        from commandtest import BINARY
        import subprocess
        second = subprocess.run([BINARY, "runbook", "runner", self.run_folder(run), "--config", self.config], input=json.dumps(order).encode(),
                                env=self.variables(), capture_output=True, timeout=60)
        self.assertEqual((second.returncode, second.stdout), (75, b""))
        self.assertIn(b"another runner is at this run", second.stderr)
        self.go()
        winner.communicate(timeout=120)
        self.assertEqual(winner.returncode, 0)
        self.assertEqual([record["fields"]["word"] for record in self.journal(run) if record["kind"] == "decision"], ["rerun"])

    def test_a_second_answer_is_refused_and_named(self):
        self.book("asks", """
steps:
  - {id: ask, prompt: {text: "Is it gone?", choices: [gone, keep]}}
  - {id: slow, run: {script: "while [ ! -e %s ]; do sleep 0.05; done"}, timeout: 10m}
""" % self.goes)
        process = self.begin("asks")
        run = self.until_run()
        self.until(run, lambda status: status["run"]["state"] == "waiting")
        both = [self.start("runbook", "answer", run, "ask", word) for word in ("gone", "keep")]
        ends = [(one.communicate(timeout=120), one.returncode) for one in both]
        codes = sorted(code for _, code in ends)
        self.assertEqual(codes[0], 0, ends)
        self.assertNotEqual(codes[1], 0, "both were told that their answer counts")
        self.go()
        process.communicate(timeout=120)
        (answer,) = [record["fields"]["answer"] for record in self.journal(run) if record["kind"] == "decision"]
        won = "gone" if ends[0][1] == 0 else "keep"
        self.assertEqual(answer, won)

    def test_a_pause_of_a_run_that_is_cancelled_already_is_refused(self):
        self.slow()
        process, run = self.begun()
        pid = self.runner(run)
        self.assertEqual(self.run_command("runbook", "pause", run).code, 0)
        second = self.run_command("runbook", "pause", run)
        self.assertEqual(second.code, 0)
        self.assertIn("already so: paused by", second.out)
        self.assertEqual(self.run_command("runbook", "cancel", run).code, 0)
        late = self.run_command("runbook", "pause", run)
        self.assertNotEqual(late.code, 0, late.out)
        self.go()
        process.communicate(timeout=120)
        self.assertIsNotNone(pid)


if __name__ == "__main__":
    unittest.main()
