"""The tape: what is recorded can be told afterwards, and neither a crash nor a full disk costs what was there."""

import json
import os
import random
import resource
import sqlite3
import subprocess
import sys
import time
import unittest

from amounts import amount, seeded
from commandtest import BINARY
from taping import PACE, Recording, TapeTest

KILLS = 40
FULL = 300 * 1024  # bytes that a file may have on the disk that is full


class Timeline(TapeTest):
    """What `incident export` tells of a recording."""

    def setUp(self):
        super().setUp()
        self.recorded(5)

    def test_json_has_the_entries_in_order_with_what_each_is_about(self):
        done = self.export("--format", "json", since="-5m")
        self.assertEqual(done.returncode, 0, done.stderr)
        told = json.loads(done.stdout)
        self.assertEqual(told["schema"], 1)
        entries = told["entries"]
        kinds = [entry["kind"] for entry in entries]
        self.assertEqual((kinds[0], kinds[-1]), ("begun", "ended"), kinds)
        for entry in entries:
            self.assertEqual(set(entry), {"at", "environment", "label", "kind", "source", "severity", "title", "detail", "from"})
        self.assertEqual([entry["at"] for entry in entries], sorted(entry["at"] for entry in entries))

    def test_markdown_is_one_table_of_six_columns(self):
        done = self.export(since="-5m")
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertTrue(lines[0].startswith("# Incident "))
        head = lines.index("| at | environment | what | where | title | detail |")
        self.assertEqual(lines[head + 1], "|---|---|---|---|---|---|")
        rows = lines[head + 2:]
        self.assertGreaterEqual(len(rows), 2)
        for row in rows:
            self.assertRegex(row, r"^\|( [^|]*\|){6}$")

    def test_both_forms_are_written_to_new_files_and_never_over_old_ones(self):
        name = os.path.join(self.folder, "story")
        done = self.export("--output", name, since="-5m")
        self.assertEqual(done.returncode, 0, done.stderr)
        before = {}
        for end in ("md", "json"):
            with open(f"{name}.{end}") as file:
                before[end] = file.read()
        self.assertIn("| at | environment | what |", before["md"])
        self.assertEqual(json.loads(before["json"])["schema"], 1)
        again = self.export("--output", name, since="-1m")
        self.assertEqual(again.returncode, 73, again.stdout + again.stderr)
        self.assertIn("it exists already", again.stderr)
        for end, text in before.items():
            with open(f"{name}.{end}") as file:
                self.assertEqual(file.read(), text, "the old file was touched")

    def test_a_file_of_the_second_form_that_is_there_is_not_written_over_either(self):
        name = os.path.join(self.folder, "half")
        with open(f"{name}.json", "w") as file:
            file.write("mine\n")
        self.assertEqual(self.export("--output", name).returncode, 73)
        with open(f"{name}.json") as file:
            self.assertEqual(file.read(), "mine\n")


class Limited(TapeTest):
    def test_a_recording_for_so_many_seconds_ends_by_itself_and_in_order(self):
        recording = self.record("--for", "8")
        self.assertEqual((recording.ended(), recording.errors), (0, []))
        # One every two seconds, at once and at the end as well; a busy machine makes fewer.
        self.assertIn(self.polls()[0], range(2, 7))
        self.assertEqual(json.loads(self.export("--format", "json").stdout)["entries"][-1]["kind"], "ended")
        self.assert_sound()


class Killed(TapeTest):
    def test_a_recorder_that_is_killed_at_any_moment_leaves_a_sound_tape(self):
        """Again and again on one tape: it opens each time, and what is recorded next goes behind what is there."""
        counts, numbers = [0], seeded()
        for _ in range(amount(KILLS)):
            recording = self.record()
            self.open_for_record()
            time.sleep(numbers.uniform(0.05, 12.0) / PACE)
            recording.close()
            self.assert_sound()
            # The first kill may come before anything is on the tape, which is said as 66.
            told = self.export("--format", "json")
            self.assertEqual(told.returncode, 0 if self.polls()[0] else told.returncode, told.stderr)
            self.assertIn(told.returncode, (0, 66), told.stderr)
            counts.append(self.polls()[0])
            self.assertGreaterEqual(counts[-1], counts[-2], "what was on the tape is gone")
        self.recorded(2)
        self.assertGreater(self.polls()[0], counts[-1], "it is not recorded any more")
        self.assertEqual(self.export().returncode, 0)
        print(f"\n    {len(counts) - 1} kills: looks on the tape {counts[1:]}", file=sys.stderr, flush=True)


class TwoRecorders(TapeTest):
    def test_a_tape_that_is_removed_meanwhile_ends_the_recording_and_is_said(self):
        recorder = self.record()
        self.open_for_record()
        os.remove(self.tape)
        self.assertEqual(recorder.ended(), 73)
        self.assertIn("removed or replaced", "\n".join(recorder.errors))

    def test_a_time_without_a_recording_is_not_told_as_calm(self):
        self.recorded(1)
        done = self.export("--to=2020-01-02 00:00", since="2020-01-01 00:00")
        self.assertEqual(done.returncode, 0)
        self.assertIn("nothing was recorded in this time", done.stdout)

    def test_the_second_leaves_the_tape_to_the_first_and_says_so(self):
        first = self.record()
        self.open_for_record()
        self.eventually(lambda: self.polls()[0] > 0, what="nothing is recorded")
        before = self.polls()[0]
        second = self.record()
        self.assertEqual(second.ended(), 73, second.errors)
        self.assertIn("it.tape", second.errors[0], "one that writes no tape must not look as if it had")
        self.assertIsNone(first.process.poll(), "the first goes on")
        self.assert_sound()
        # The second ends at once: what comes after it is the first's.
        between = self.polls()[0]
        self.assertGreaterEqual(between, before)
        self.eventually(lambda: self.polls()[0] > between, what="the first does not record any more")
        self.assertEqual((first.end(), first.errors), (0, []))
        began = self.ask_tape("SELECT count(*) FROM events WHERE kind = 'begun'")
        self.assertEqual(began, [(1,)], "only the first has written")
        self.assert_sound()


class FullDisk(TapeTest):
    """A limit on the size of files stands for the disk: writing fails in the same way, at the same place."""

    def test_a_full_disk_is_said_once_and_ends_the_recording_alone(self):
        for number in range(60):
            self.fill(2 + number % 5, queue=f"queue-{number:02}-{'x' * 40}")
        begun = time.monotonic()
        recorder = Recording(subprocess.Popen([BINARY, "record", "--tape", self.tape, "--config", self.config], env=self.variables(),
                                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=self.limit))
        self.addCleanup(recorder.close)
        while recorder.process.poll() is None and time.monotonic() - begun < 120:
            self.churn()
            time.sleep(0.1)
        self.assertIsNotNone(recorder.process.poll(), "it does not see that nothing can be written")
        code = recorder.ended()
        took = time.monotonic() - begun
        print(f"\n    full after {took:.0f} s: {os.path.getsize(self.tape)} bytes, ended with {code}", file=sys.stderr, flush=True)
        self.assertEqual(code, 73, recorder.errors)
        warnings = [line for line in recorder.errors if line]
        self.assertEqual(len(warnings), 1, warnings)
        self.assertIn("the tape is not recorded", warnings[0])
        # What was written before the disk was full is still there.
        self.assert_sound()
        self.assertEqual(self.export().returncode, 0)

    @staticmethod
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (FULL, FULL))

    def churn(self):
        """Every queue changes, so that every look has much to write."""
        pipe = self.redis.pipeline()
        for number in range(60):
            pipe.rpush(f"rq:queue:queue-{number:02}-{'x' * 40}", *[f"{random.random()}" for _ in range(random.randrange(1, 9))])
        pipe.execute()


class NoTape(TapeTest):
    """Files that are no tapes: they are refused with a reason, and stay as they are to the last byte."""

    def assert_refused(self, content, replay, *words):
        path = os.path.join(self.folder, "file.sqlite")
        with open(path, "wb") as file:
            file.write(content)
        stat = os.stat(path)
        done = subprocess.run([BINARY, "replay", path], env=self.variables(), stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        told = subprocess.run([BINARY, "incident", "export", "--from=-1h", "--tape", path], env=self.variables(), capture_output=True,
                              timeout=60)
        for result in (done, told):
            self.assertEqual(result.returncode, replay, result.stderr)
            for word in ("file.sqlite", *words):
                self.assertIn(word, result.stderr.decode())
        self.assert_untouched(path, content, stat)
        return path

    def assert_untouched(self, path, content, stat):
        with open(path, "rb") as file:
            self.assertEqual(file.read(), content)
        self.assertEqual(os.stat(path).st_mtime_ns, stat.st_mtime_ns)
        self.assertEqual([name for name in os.listdir(self.folder) if name.startswith("file.sqlite")], ["file.sqlite"])

    def test_a_text_is_no_tape(self):
        self.assert_refused(b"these are my notes\n" * 500, 66)

    def test_a_pipe_and_a_folder_are_no_tapes_and_nobody_waits_for_them(self):
        pipe = os.path.join(self.folder, "pipe")
        os.mkfifo(pipe)
        for path in (pipe, self.folder):
            done = self.export(tape=path)
            self.assertEqual(done.returncode, 66)
            self.assertIn("it is no file", done.stderr)
            done = subprocess.run([BINARY, "record", "--config", self.config, "--tape", path, "--for", "3"], env=self.variables(),
                                  capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 73)

    def test_an_empty_file_is_no_tape(self):
        self.assert_refused(b"", 66)

    def test_random_bytes_are_no_tape(self):
        self.assert_refused(random.randbytes(20_000), 66)

    def test_a_tape_that_is_cut_off_is_refused_or_read_but_never_a_crash(self):
        self.recorded(2)
        with open(self.tape, "rb") as file:
            whole = file.read()
        for share in (0.1, 0.5, 0.9):
            path = os.path.join(self.folder, f"cut-{share}.tape")
            with open(path, "wb") as file:
                file.write(whole[:int(len(whole) * share)])
            done = self.export(tape=path)
            self.assertIn(done.returncode, (0, 66), done.stderr)

    def foreign(self):
        """A database of somebody else, as its bytes."""
        path = os.path.join(self.folder, "foreign")
        with sqlite3.connect(path) as database:
            database.execute("CREATE TABLE invoices (number INTEGER)")
            database.executemany("INSERT INTO invoices VALUES (?)", [(number,) for number in range(1000)])
        database.close()
        with open(path, "rb") as file:
            return file.read()

    def test_a_database_of_somebody_else_is_no_tape(self):
        self.assert_refused(self.foreign(), 66)

    def test_nothing_is_recorded_into_a_database_of_somebody_else(self):
        content = self.foreign()
        path = os.path.join(self.folder, "file.sqlite")
        with open(path, "wb") as file:
            file.write(content)
        done = self.run_command("record", "--tape", path, "--for", "5")
        self.assertEqual(done.code, 73, done.err)
        self.assertIn("the tape is not recorded", done.err)
        with open(path, "rb") as file:
            self.assertEqual(file.read(), content, "the file of somebody else was changed")

    def test_a_tape_that_is_not_there_is_said(self):
        done = subprocess.run([BINARY, "replay", os.path.join(self.folder, "nowhere")], env=self.variables(), capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 66)
        self.assertIn(b"there is no such file", done.stderr)


if __name__ == "__main__":
    unittest.main()
