"""Rules, what they run, and what is said of a configuration that gets them wrong."""

import datetime
import json
import os
import re
import signal
import sys
import time
import unittest

import family
from deadline import Control
from taping import PACE, TapeTest

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
            done = self.run_command(*command, config=path, timeout=60)
            self.assertEqual(done.code, 78, (command, done.err))
            for line, column, words in SAID:
                self.assertRegex(done.err, rf"slips\.yaml:{line}:{column}: .*{re.escape(words)}", command)
            self.assertEqual(len(re.findall(r"slips\.yaml:\d+:\d+: ", done.err)), len(SAID), done.err)
        self.assertFalse(os.path.exists(self.tape), "nothing was begun")


class AlertTest(TapeTest):
    """`more` is what stands in the configuration beside the source."""

    MANY = "{name: many, when: \"queue.ready > 3\"}"

    def configured(self, more):
        self.config = self.write_config(self.url, more=more)

    def watching(self, *options):
        return self.record("--verbose", *options)

    def fires(self, recording, name):
        """Waits until an alert is told."""
        self.eventually(lambda: "fired" in recording.told(name), what=f"{name} does not fire")

    def script(self, body, name="page.sh"):
        """A program that takes down its arguments and its standard input, and does what `body` says then."""
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(f"#!/bin/sh\nfor each; do printf '%s\\n' \"$each\"; done >> '{self.folder}/arguments'\n"
                       f"cat >> '{self.folder}/input'\necho $$ >> '{self.folder}/pids'\n{body}\n")
        os.chmod(path, 0o755)
        return path

    def lines(self, name):
        path = os.path.join(self.folder, name)
        if not os.path.exists(path):
            return []
        with open(path) as file:
            return file.read().splitlines()


class Rules(AlertTest):
    UNSERVED = 30  # seconds of the program's clock until `queue-unserved` fires

    def test_a_queue_without_a_worker_is_told_after_half_a_minute_unless_that_is_switched_off(self):
        self.redis.delete("rq:workers", "rq:worker:w1")
        # A rule with a longer wait fires after the one that is switched off would have.
        later = "{name: later, when: \"queue.unserved > 0 for 36s\"}"
        self.configured(f"alerts: [{self.MANY}, {later}]\n")
        recording = self.watching()
        self.fires(recording, "later")
        # Both rules were true from the same poll on; stamps are whole seconds.
        waited = self.fired_at(recording, "queue-unserved") - self.fired_at(recording, "many")
        self.assertGreater(waited, self.UNSERVED / PACE - 1.01, "it did not wait")
        self.assertEqual((recording.end(), recording.told("queue-unserved")), (0, ["fired"]), recording.lines)
        self.configured(f"alerts: [{{name: queue-unserved, off: true}}, {later}]\n")
        recording = self.watching()
        self.fires(recording, "later")
        self.assertEqual((recording.end(), recording.told("queue-unserved")), (0, []), recording.lines)

    @staticmethod
    def fired_at(recording, name):
        (line,) = [line for line in recording.lines if f" {name}: " in line and " fired " in line]
        return datetime.datetime.fromisoformat(line.split()[0].replace("Z", "+00:00")).timestamp()

    def test_a_rule_of_ones_own_begins_once_and_ends_when_the_queue_is_empty(self):
        # The second rule shows that a number was seen, whatever the first one makes of it.
        more = "{name: more, when: \"queue.ready > 7\"}"
        self.configured(f"alerts: [{self.MANY}, {more}]\n")
        self.fill(0)
        recording = self.watching()
        self.open_for_record()
        self.eventually(lambda: self.polls()[0] > 1, what="nothing is recorded")
        self.assertEqual(recording.told("many"), [])
        self.fill(5)
        self.fires(recording, "many")
        self.fill(9)  # it is worse now, and still the same alert
        self.fires(recording, "more")
        self.fill(0)
        with Control() as machine:
            begun = time.monotonic()
            self.eventually(lambda: recording.told("many")[-1] == "resolved", what="it is never over")
            took = time.monotonic() - begun
        self.assertLess(took, machine.allows(16 / PACE))
        self.assertEqual((recording.end(), recording.errors), (0, []))
        self.assertEqual(recording.told("many"), ["fired", "resolved"], recording.lines)
        (first,) = [line for line in recording.lines if " fired " in line and " many: " in line]
        self.assertRegex(first, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ fired WARNING it many: \S")
        kinds = [row[0] for row in self.ask_tape(
            "SELECT kind FROM events WHERE title LIKE '%many%' OR detail LIKE '%queue.ready > 3%' ORDER BY at")]
        self.assertEqual(len(kinds), 2, "both stand on the tape as well")

    def test_a_rule_of_a_builtin_name_takes_its_place(self):
        self.configured("alerts: [{name: queue-backlog, when: \"queue.ready > 3\", severity: critical}]\n")
        recording = self.watching()
        self.fires(recording, "queue-backlog")
        recording.end()
        self.assertEqual(recording.told("queue-backlog"), ["fired"])
        self.assertIn(" fired CRITICAL it queue-backlog: ", "\n".join(recording.lines))


class Programs(AlertTest):
    LIMIT = 10  # seconds of the program's clock that a program may take

    def notifying(self, *argv):
        self.configured(f"alerts: [{self.MANY}]\nnotify: {{run: {{warning: {json.dumps(argv)}}}}}\n")

    def runs(self):
        """Waits until the program was run, with all that it takes down. Returns its process."""
        self.eventually(lambda: self.lines("pids"), what="the program was not run")
        return int(self.lines("pids")[0])

    def test_a_program_gets_its_arguments_as_they_are_and_the_alert_on_standard_input(self):
        mark = os.path.join(self.folder, "x")
        literal = [f"$(touch {mark})", f"`touch {mark}`", f"; touch {mark}", "two words", "*"]
        self.notifying(self.script("exit 0"), *literal)
        recording = self.watching()
        self.runs()
        seen = self.polls()[0]
        self.eventually(lambda: self.polls()[0] >= seen + 3, what="the recording does not go on")
        self.assertEqual((recording.end(), recording.errors), (0, []))
        self.assertEqual(self.lines("arguments"), literal, "it is run once for each alert")
        self.assertFalse(os.path.exists(mark), "a shell was at work")
        (line,) = self.lines("input")
        alert = json.loads(line)
        self.assertEqual((alert["rule"], alert["severity"], alert["state"], alert["source"]), ("many", "warning", "firing", "it"))
        self.assertIn("queue.ready > 3", alert["when"])
        self.assertEqual(alert["subject"], "default")

    def test_a_program_of_another_severity_is_not_run(self):
        # Both alerts are told. Programs run in the order of their alerts: the second one's shows that the first had none.
        path = self.script("exit 0")
        later = "{name: later, when: \"queue.ready > 3 for 4s\", severity: critical}"
        self.configured(f"alerts: [{self.MANY}, {later}]\n"
                        f"notify: {{run: {{critical: [{path}]}}}}\n")
        recording = self.watching()
        self.runs()
        recording.end()
        self.assertEqual((recording.told("many"), recording.told("later")), (["fired"], ["fired"]))
        self.assertEqual([json.loads(line)["rule"] for line in self.lines("input")], ["later"])

    def test_a_program_that_never_ends_is_ended_after_ten_seconds_and_that_is_said(self):
        self.notifying(self.script("exec sleep 1000"))
        recording = self.record()
        pid = self.runs()
        with Control() as machine:
            self.eventually(lambda: not family.is_running(pid), what="it still runs")
            took = time.time() - os.stat(os.path.join(self.folder, "pids")).st_mtime
        print(f"\n    a program that hangs was ended after {took:.1f} s at {PACE} times", file=sys.stderr, flush=True)
        self.assertGreater(took, 8 / PACE)
        self.assertLess(took, machine.allows(13 / PACE))
        self.eventually(lambda: recording.errors, what="it is not said")
        self.assertEqual(recording.end(), 0)
        self.assertRegex("\n".join(recording.errors), r"page\.sh did not end in 10.* and was ended")

    def test_a_program_that_ignores_termination_is_ended_as_well(self):
        self.notifying(self.script("trap '' TERM HUP INT\nwhile :; do sleep 1; done"))
        self.record()
        pid = self.runs()
        self.addCleanup(self.end, pid)
        with Control() as machine:
            self.eventually(lambda: not family.is_running(pid), what="it still runs")
            took = time.time() - os.stat(os.path.join(self.folder, "pids")).st_mtime
        # Ten seconds of the pace, one of the machine between two signals, and what there is to do around them.
        self.assertLess(took, machine.allows(10 / PACE + 1 + 7 / PACE))

    def test_a_program_that_is_not_there_is_said_and_the_recording_goes_on(self):
        self.notifying(os.path.join(self.folder, "nowhere.sh"))
        recording = self.watching()
        self.eventually(lambda: recording.errors, what="it is not said")
        said = self.polls()[0]
        self.eventually(lambda: self.polls()[0] > said + 8, what="the recording does not go on")
        self.assertEqual(recording.end(), 0)
        self.assertIn("nowhere.sh could not be run", recording.errors[0])
        self.assertEqual(len(recording.errors), 1, recording.errors)

    def test_a_program_that_fails_is_said(self):
        self.notifying(self.script("exit 3"))
        recording = self.watching()
        self.eventually(lambda: recording.errors, what="it is not said")
        recording.end()
        self.assertRegex(recording.errors[0], r"page\.sh failed: .*3")

    def test_programs_that_do_not_read_what_they_are_told_harm_nothing(self):
        """Standard input is closed before the alert is written to it, which is a race: so many queues, many programs."""
        path = os.path.join(self.folder, "deaf.sh")
        with open(path, "w") as file:
            file.write(f"#!/bin/sh\nexec <&-\necho $$ >> '{self.folder}/pids'\nexit 0\n")
        os.chmod(path, 0o755)
        for number in range(20):
            self.fill(5, queue=f"queue-{number}")
        self.notifying(path)
        recording = self.watching()
        self.eventually(lambda: len(self.lines("pids")) >= 20, what="not all programs are run")
        self.assertEqual((recording.end(), recording.errors), (0, []))
        self.assertGreaterEqual(len(recording.told("many")), 20)

    def test_read_only_runs_none(self):
        # Another recorder that may run it shows how long a program takes to appear. Whose child it is tells the two apart.
        self.notifying(self.script(f"echo $PPID >> '{self.folder}/parents'"))
        recording = self.watching("--read-only")
        self.fires(recording, "many")
        other = self.start("record", "--tape", os.path.join(self.folder, "other.tape"), state="other")
        self.addCleanup(self.put_down, other)
        self.eventually(lambda: str(other.pid) in self.lines("parents"), what="the other recorder did not run its program")
        self.put_down(other)
        self.assertEqual((recording.end(), recording.told("many")), (0, ["fired"]), "the alert itself is told")
        self.assertEqual(self.lines("parents"), [str(other.pid)], "read-only, and a program was run")

    @staticmethod
    def put_down(process):
        if process.poll() is None:
            process.kill()
        process.communicate()

    def end(self, pid):
        if family.is_running(pid):
            os.kill(pid, signal.SIGKILL)


if __name__ == "__main__":
    unittest.main()
