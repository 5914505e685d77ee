"""Rules, what they run, and what is said of a configuration that gets them wrong."""

import json
import os
import re
import signal
import sys
import time
import unittest

from taping import TapeTest

# One slip each, with the place and the words that have to be said. Columns count from 1.
SLIPS = """\
environment: development
alerts:
  - {name: a, when: "queue.redy > 3"}
  - {name: b, wen: "queue.ready > 3", when: "queue.ready > 3"}
  - {name: c, when: "queue.ready > 3", severity: critcal}
  - {name: d}
  - {name: a, when: "queue.ready > 3"}
  - {name: queue-unservd, off: true}
  - {name: e, when: "queue.ready > 3", clear: 9}
  - {name: f, when: "queue.ready > 3", where: "nme:x"}
notify:
  bel: critical
  osc9: loud
  run: {warning: [page.sh], fatal: [/bin/true]}
tape:
  siz: 64MB
  size: 1KB
  age: soon
wallboard:
  rotat: 5
  rotate: 1
  pages: [overview, quues]
  kiosk: perhaps
sources:
  - {name: it, kind: rq, url: "redis://127.0.0.1:1/0"}
"""
SAID = [
    (3, 21, "did you mean 'queue.ready'"), (4, 15, "unknown key 'wen'; did you mean 'when'?"),
    (5, 50, "did you mean 'critical'"), (6, 5, "an alert needs a when"), (7, 12, "the name a is taken by the alert in line 3"),
    (8, 12, "did you mean 'queue-unserved'"), (9, 47, "the alert would never be over"), (10, 47, "did you mean name"),
    (12, 3, "unknown key 'bel'; did you mean 'bell'?"), (13, 9, "unknown osc9 'loud'"), (14, 18, "full path of a program"),
    (14, 29, "unknown key 'fatal'"), (16, 3, "unknown key 'siz'; did you mean 'size'?"), (17, 9, "size must be from 8MB to 16GB"),
    (18, 8, "age must be a number"), (20, 3, "unknown key 'rotat'; did you mean 'rotate'?"), (21, 11, "rotate must be a number"),
    (22, 10, "did you mean 'queues'"), (23, 10, "kiosk must be true or false"),
]


class Slips(TapeTest):
    def test_all_are_said_at_once_each_with_its_place_and_what_was_meant(self):
        path = os.path.join(self.folder, "slips.yaml")
        with open(path, "w") as file:
            file.write(SLIPS)
        for command in (("record", "--tape", self.tape, "--for", "2"), ("wallboard",), ("suspects",), ("snapshot",)):
            done = self.run_command(*command, config=path, timeout=30)
            self.assertEqual(done.code, 78, (command, done.err))
            for line, column, words in SAID:
                self.assertRegex(done.err, rf"slips\.yaml:{line}:{column}: .*{re.escape(words)}", command)
            self.assertEqual(len(re.findall(r"slips\.yaml:\d+:\d+: ", done.err)), len(SAID), done.err)
        self.assertFalse(os.path.exists(self.tape), "nothing was begun")


class AlertTest(TapeTest):
    """`more` is what stands in the configuration beside the source."""

    def configured(self, more):
        self.config = self.write_config(self.url, more=more)

    def watch(self, seconds, *options):
        return self.recorded(seconds, "--verbose", *options)

    @staticmethod
    def told(out, name):
        """What was printed of a rule, in order: `fired`, `resolved`."""
        return [line.split()[1] for line in out.splitlines() if f" {name}: " in line]

    def script(self, body):
        """A program that takes down its arguments and its standard input, and does what `body` says then."""
        path = os.path.join(self.folder, "page.sh")
        with open(path, "w") as file:
            file.write(f"#!/bin/sh\nfor each; do printf '%s\\n' \"$each\"; done >> '{self.folder}/arguments'\n"
                       f"echo $$ >> '{self.folder}/pids'\ncat >> '{self.folder}/input'\n{body}\n")
        os.chmod(path, 0o755)
        return path

    def lines(self, name):
        path = os.path.join(self.folder, name)
        if not os.path.exists(path):
            return []
        with open(path) as file:
            return file.read().splitlines()


class Rules(AlertTest):
    def unserve(self):
        self.redis.delete("rq:workers", "rq:worker:w1")

    def test_a_queue_without_a_worker_is_told_after_half_a_minute_unless_that_is_switched_off(self):
        self.unserve()
        self.configured("")
        self.assertEqual(self.told(self.watch(38).out, "queue-unserved"), ["fired"])
        self.configured("alerts: [{name: queue-unserved, off: true}]\n")
        done = self.watch(38)
        self.assertEqual((done.code, self.told(done.out, "queue-unserved")), (0, []), done.out)

    def test_a_rule_of_ones_own_begins_once_and_ends_when_the_queue_is_empty(self):
        self.configured("alerts: [{name: many, when: \"queue.ready > 3\"}]\n")
        self.fill(0)
        process = self.record("--verbose", "--for", "60")
        self.addCleanup(self.put_down, process)
        self.open_for_record()
        time.sleep(4)
        self.fill(5)
        time.sleep(6)
        self.fill(9)  # it is worse now, and still the same alert
        time.sleep(6)
        self.fill(0)
        time.sleep(16)  # values have to be good for ten seconds
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=20)
        self.assertEqual((process.returncode, err), (0, b""), out)
        self.assertEqual(self.told(out.decode(), "many"), ["fired", "resolved"], out.decode())
        (first,) = [line for line in out.decode().splitlines() if " fired " in line]
        self.assertRegex(first, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ fired WARNING it many: \S")
        kinds = [row[0] for row in self.ask_tape("SELECT kind FROM events WHERE title LIKE '%many%' OR detail LIKE '%queue.ready%' ORDER BY at")]
        self.assertEqual(len(kinds), 2, "both stand on the tape as well")

    def test_a_rule_of_a_builtin_name_takes_its_place(self):
        self.configured("alerts: [{name: queue-backlog, when: \"queue.ready > 3\", severity: critical}]\n")
        out = self.watch(6).out
        self.assertEqual(self.told(out, "queue-backlog"), ["fired"])
        self.assertIn(" fired CRITICAL it queue-backlog: ", out)

    @staticmethod
    def put_down(process):
        if process.poll() is None:
            process.kill()
            process.communicate()


class Programs(AlertTest):
    RULE = "alerts: [{name: many, when: \"queue.ready > 3\"}]\n"

    def notifying(self, *argv):
        self.configured(f"{self.RULE}notify: {{run: {{warning: {json.dumps(argv)}}}}}\n")

    def test_a_program_gets_its_arguments_as_they_are_and_the_alert_on_standard_input(self):
        mark = os.path.join(self.folder, "x")
        literal = [f"$(touch {mark})", f"`touch {mark}`", f"; touch {mark}", "two words", "*"]
        self.notifying(self.script("exit 0"), *literal)
        done = self.watch(6)
        self.assertEqual((done.code, done.err), (0, ""))
        self.assertEqual(self.lines("arguments"), literal)
        self.assertFalse(os.path.exists(mark), "a shell was at work")
        (line,) = self.lines("input")
        alert = json.loads(line)
        self.assertEqual((alert["rule"], alert["severity"], alert["state"], alert["source"]), ("many", "warning", "firing", "it"))
        self.assertIn("queue.ready > 3", alert["when"])
        self.assertEqual(alert["subject"], "default")

    def test_a_program_of_another_severity_is_not_run(self):
        self.configured(f"{self.RULE}notify: {{run: {{critical: [{self.script('exit 0')}]}}}}\n")
        self.assertEqual(self.told(self.watch(6).out, "many"), ["fired"])
        self.assertEqual(self.lines("pids"), [])

    def test_a_program_that_never_ends_is_ended_after_ten_seconds_and_that_is_said(self):
        self.notifying(self.script("exec sleep 1000"))
        process = self.record("--for", "25")
        self.addCleanup(Rules.put_down, process)
        self.eventually(lambda: self.lines("pids"), 15, "the program was not run")
        began, pid = time.monotonic(), int(self.lines("pids")[0])
        self.eventually(lambda: not self.is_there(pid), 15, "it still runs")
        took = time.monotonic() - began
        print(f"\n    a program that hangs was ended after {took:.1f} s", file=sys.stderr, flush=True)
        self.assertGreater(took, 8)
        self.assertLess(took, 13)
        _, err = process.communicate(timeout=40)
        self.assertEqual(process.returncode, 0)
        self.assertRegex(err.decode(), r"page\.sh did not end in 10.* and was ended")

    def test_a_program_that_ignores_termination_is_ended_as_well(self):
        self.notifying(self.script("trap '' TERM HUP INT\nwhile :; do sleep 1; done"))
        process = self.record("--for", "25")
        self.addCleanup(Rules.put_down, process)
        self.eventually(lambda: self.lines("pids"), 15, "the program was not run")
        pid = int(self.lines("pids")[0])
        self.addCleanup(self.end, pid)
        self.eventually(lambda: not self.is_there(pid), 15, "it still runs")

    def test_a_program_that_is_not_there_is_said_and_the_recording_goes_on(self):
        self.notifying(os.path.join(self.folder, "nowhere.sh"))
        done = self.watch(6)
        self.assertEqual(done.code, 0)
        self.assertIn("nowhere.sh could not be run", done.err)
        self.assertEqual(len(done.err.splitlines()), 1, done.err)

    def test_a_program_that_fails_is_said(self):
        self.notifying(self.script("exit 3"))
        self.assertRegex(self.watch(6).err, r"page\.sh failed: .*3")

    def test_programs_that_do_not_read_what_they_are_told_harm_nothing(self):
        """Standard input is closed before the alert is written to it, which is a race: so many queues, many programs."""
        path = self.script("exit 0")
        with open(path, "w") as file:
            file.write("#!/bin/sh\nexec <&-\nexit 0\n")
        for number in range(20):
            self.fill(5, queue=f"queue-{number}")
        self.notifying(path)
        done = self.watch(8)
        self.assertEqual(done.code, 0, done.err[:2000])
        self.assertGreaterEqual(len(self.told(done.out, "many")), 20)

    def test_read_only_runs_none(self):
        self.notifying(self.script("exit 0"))
        done = self.watch(6, "--read-only")
        self.assertEqual((done.code, self.told(done.out, "many")), (0, ["fired"]), "the alert itself is told")
        self.assertEqual(self.lines("pids"), [])

    @staticmethod
    def is_there(pid):
        """Whether it runs; one that ended and was not waited for does not."""
        try:
            with open(f"/proc/{pid}/stat") as file:
                return file.read().rsplit(")", 1)[1].split()[0] != "Z"
        except OSError:
            return False

    def end(self, pid):
        if self.is_there(pid):
            os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    unittest.main()
