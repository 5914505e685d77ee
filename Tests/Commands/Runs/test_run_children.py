"""What a program does wrong is contained."""

import os
import subprocess
import time
import unittest

from amounts import amount
from deadline import Control
from commandtest import BINARY
from running import RunTest


class ChildrenTest(RunTest):
    def test_a_program_that_ignores_its_end_is_ended_and_one_that_hides_is_found(self):
        self.book("stubborn", """
steps:
  - id: stays
    mode: read
    timeout: 1s
    kill_after: 1s
    continue_on_error: true
    cmd: {argv: [python3, -c, "import signal,time\\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\\ntime.sleep(60)"]}
  - id: hides
    run: {script: "setsid sleep 61 </dev/null >/dev/null 2>&1 & disown; nohup sleep 62 >/dev/null 2>&1 & echo hidden"}
  - {id: reads, mode: read, timeout: 10s, cmd: {argv: [cat]}}
  - {id: asks, mode: read, timeout: 10s, continue_on_error: true, run: {script: "read -r x </dev/tty; echo $x"}}
""")
        with Control() as machine:
            began = time.monotonic()
            done = self.carry_out("stubborn")
            took = time.monotonic() - began
        self.assertEqual(done.code, 0, done.err + done.out)
        self.assertLess(took, machine.allows(15))
        steps = self.steps()
        self.assertEqual((steps["stays"]["state"], steps["reads"]["state"], steps["asks"]["state"]), ("timed_out", "ok", "failed"))
        told = " ".join(line["line"] for line in self.show()["output"])
        self.assertIn("left behind and ended", told)
        left = subprocess.run(["pgrep", "-f", "sleep 6[12]"], capture_output=True, text=True)
        self.assertEqual(left.stdout, "")

    def test_a_step_that_only_reads_changes_nothing_through_this_program(self):
        """What its author says of it is handed on: directly, and through a shell that calls the program."""
        self.redis.hset("rq:job:dead", mapping={"status": "failed", "origin": "default", "data": b"x", "created_at": "2026-01-01T00:00:00Z",
                                                "ended_at": "2026-01-01T00:00:00Z"})
        self.redis.zadd("rq:failed:default", {"dead": 4e9})
        self.redis.sadd("rq:queues", "rq:queue:default")
        words = ["dead-letters", "retry", "broker", "--all", "--confirm", "development/broker"]
        shell = " ".join([BINARY, *words, "--config", self.config])
        self.book("reads", f"""
steps:
  - {{id: itself, mode: read, continue_on_error: true, cmd: {{argv: [opsconsole, {", ".join(words)}]}}}}
  - {{id: shell, mode: read, continue_on_error: true, run: {{script: "{shell}"}}}}
  - {{id: looks, mode: read, cmd: {{argv: [opsconsole, dead-letters, list, broker]}}}}
""")
        done = self.carry_out("reads")
        self.assertEqual(done.code, 0, done.err + done.out)
        steps = self.steps()
        self.assertEqual((steps["itself"]["state"], steps["shell"]["state"], steps["looks"]["state"]), ("failed", "failed", "ok"))
        self.assertEqual(self.redis.zcard("rq:failed:default"), 1)
        self.assertIn("read-only (OPSCONSOLE_READ_ONLY)", " ".join(line["line"] for line in self.show()["output"]))

    def test_a_gigabyte_of_output_is_cut_and_escapes_are_shown_as_text(self):
        self.book("flood", """
steps:
  - {id: flood, mode: read, timeout: 60s, run: {script: "head -c %d /dev/zero | tr '\\\\0' 'x'; printf '\\\\n\\\\033[2J\\\\033]0;title\\\\007end\\\\n' >&2"}}
  - {id: odd, mode: read, run: {script: "printf '\\\\033[31mred\\\\033[0m \\\\033]52;c;eA==\\\\007 \\\\x9b2J \\\\xff\\\\xfe ok\\\\n'"}}
""" % max(amount(1_000_000_000), 400_000_000))  # more than the runner may have
        process = self.begin("flood")
        run = self.until_run()
        looks = []
        while process.poll() is None:
            pid = self.runner(run)
            if pid:
                try:
                    with open(f"/proc/{pid}/status") as file:
                        looks += [int(line.split()[1]) for line in file if line.startswith("VmRSS")]
                except OSError:
                    pass
            time.sleep(0.1)
        out, err = process.communicate()
        self.assertEqual(process.returncode, 0, err)
        self.assertTrue(looks, "nobody looked at the runner")
        self.assertLess(max(looks), 150_000, "kB of the runner")
        size = sum(os.path.getsize(os.path.join(self.run_folder(run), name)) for name in os.listdir(self.run_folder(run)))
        self.assertLess(size, 64 << 20)
        shown = self.run_command("runbook", "show", run)
        self.assertNotRegex(shown.out + shown.err, "[\x00-\x09\x0b-\x1f\x7f\x80-\x9f]")
        self.assertIn("truncated:", shown.out)
        self.assertIn("\\x1b[31mred", shown.out)


if __name__ == "__main__":
    unittest.main()
