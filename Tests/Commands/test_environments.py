"""The name of the environment belongs to the data: no tape, export or quarantine file is taken for that of another one."""

import json
import os
import sqlite3
import subprocess
import unittest

from commandtest import BINARY
from taping import Recording, TapeTest


class TwoEnvironments(TapeTest):
    """Configurations of two environments, and two of one environment, that all name the same source."""

    def setUp(self):
        super().setUp()
        self.production = self.write_config(self.url, "production.yaml", "production")
        self.staging = self.write_config(self.url, "staging.yaml", "staging")
        self.labelled = self.write_config(self.url, "eu.yaml", "production", "label: eu-1\n")
        self.second = self.write_config(self.url, "second.yaml", "production")
        self.tapes = os.path.join(self.folder, "state", "opsconsole", "tapes")

    def record_own(self, config, *arguments):
        """Records onto the tape of the account."""
        recording = Recording(self.start("record", *arguments, config=config))
        self.addCleanup(recording.close)
        return recording

    def made(self):
        return [name for name in os.listdir(self.tapes) if name.endswith(".sqlite")] if os.path.isdir(self.tapes) else []

    def rows(self, name, sql):
        return self.ask_tape(sql, os.path.join(self.tapes, name))

    def until_recorded(self, count):
        def is_recorded():
            try:
                return len(self.made()) == count and all(self.rows(name, "SELECT count(*) FROM polls")[0][0] for name in self.made())
            except sqlite3.OperationalError:  # it is being made at this moment
                return False

        self.eventually(is_recorded, what=f"{count} tapes that are recorded")

    def told(self, config, *arguments):
        done = subprocess.run([BINARY, "incident", "export", "--from=-1h", "--format", "json", "--config", config, *arguments],
                              env=self.variables(), capture_output=True, timeout=60)
        return done.returncode, json.loads(done.stdout or b"null"), done.stderr.decode()

    def test_four_configurations_are_recorded_at_the_same_time_each_on_its_own_tape(self):
        all_four = (self.production, self.staging, self.labelled, self.second)
        recordings = [self.record_own(config) for config in all_four]
        self.until_recorded(4)
        for recording in recordings:
            self.assertEqual((recording.end(), recording.errors), (0, []))
        owners = sorted(self.rows(name, "SELECT environment, label FROM owner")[0] for name in self.made())
        self.assertEqual(owners, [("production", ""), ("production", ""), ("production", "eu-1"), ("staging", "")])

    def test_the_same_configuration_is_recorded_once_and_the_second_names_who_does(self):
        first = self.record_own(self.production)
        self.until_recorded(1)
        second = self.record_own(self.production)
        self.assertEqual(second.ended(), 73)
        self.assertIn(f"process {first.process.pid} writes to", second.errors[0])

    def test_an_export_holds_one_environment_and_says_which_on_each_line(self):
        self.redis.zadd("rq:failed:default", {"gone": 4e9})
        for config in (self.production, self.staging, self.labelled):
            recording = self.record_own(config)
            self.eventually(lambda: len(self.made()) and any(
                f"{self.environment_of(config)}" in name for name in self.made()), what="a tape")
            self.eventually(lambda: self.polls_of(config), what="polls")
            self.assertEqual(recording.end(), 0)
            # What is refused is written down as well, with the environment in which it was asked.
            self.run_command("dead-letters", "retry", "it", "--id", "gone", config=config)
        for config, environment, label in ((self.production, "production", ""), (self.staging, "staging", ""),
                                           (self.labelled, "production", "eu-1")):
            code, told, said = self.told(config)
            self.assertEqual(code, 0, said)
            self.assertEqual((told["environment"], told["label"]), (environment, label))
            self.assertEqual({(entry["environment"], entry["label"]) for entry in told["entries"]}, {(environment, label)})
            self.assertEqual([entry["kind"] for entry in told["entries"]].count("begun"), 1)
            acted = [entry for entry in told["entries"] if entry["from"] == "audit"]
            self.assertEqual({entry["source"] for entry in acted}, {f"{environment}/it"})
            self.assertEqual(len({entry["at"] for entry in acted}), len(acted))
            self.assertEqual(len([entry for entry in acted if entry["kind"] in ("operation-cancelled", "operation-refused")]), len(acted))
        markdown = subprocess.run([BINARY, "incident", "export", "--from=-1h", "--config", self.labelled], env=self.variables(),
                                  capture_output=True, timeout=60).stdout.decode()
        self.assertIn("# Incident in PRODUCTION eu-1", markdown)
        rows = [line for line in markdown.splitlines() if line.startswith("| 2")]
        self.assertTrue(rows and all("| production eu-1 |" in line for line in rows), markdown)

    @staticmethod
    def environment_of(config):
        return "staging" if "staging" in config else "production"

    def polls_of(self, config):
        stem = os.path.basename(config).split(".")[0]
        for name in self.made():
            if f"+{stem}-" in name:
                try:
                    return self.rows(name, "SELECT count(*) FROM polls")[0][0]
                except sqlite3.OperationalError:
                    return 0
        return 0

    def test_a_tape_that_is_named_is_refused_by_another_environment_and_stays_as_it_is(self):
        recording = Recording(self.start("record", "--tape", self.tape, config=self.staging))
        self.addCleanup(recording.close)
        self.open_for_record()
        self.eventually(lambda: self.polls()[0] > 0, what="nothing is recorded")
        self.assertEqual(recording.end(), 0)
        before = self.polls()
        for config in (self.production, self.labelled):
            done = self.run_command("record", "--tape", self.tape, "--for", "3", config=config)
            self.assertEqual(done.code, 73, done.err)
            self.assertIn("this tape is of STAGING", done.err)
        self.assertEqual(self.polls(), before)
        refused = self.export("--environment", "production")
        self.assertEqual(refused.returncode, 66, refused.stdout)
        self.assertIn("this tape is of STAGING", refused.stderr)
        self.assertEqual(json.loads(self.export("--format", "json").stdout)["environment"], "staging")

    def test_a_renamed_environment_begins_a_tape_and_leaves_the_other_as_it_was(self):
        config = self.write_config(self.url, "renamed.yaml", "staging")
        recording = self.record_own(config)
        self.until_recorded(1)
        self.assertEqual(recording.end(), 0)
        (old,) = self.made()
        self.write_config(self.url, "renamed.yaml", "production")
        recording = self.record_own(config)
        self.until_recorded(2)
        self.assertEqual(recording.end(), 0)
        code, told, said = self.told(config)
        self.assertEqual((code, told["environment"]), (0, "production"), said)
        self.assertEqual(self.rows(old, "SELECT environment FROM owner"), [("staging",)])

    def test_a_tape_of_an_earlier_version_that_two_environments_shared_is_told_apart(self):
        self.recorded(3, config=self.staging)
        with sqlite3.connect(self.tape) as tape:
            tape.execute("DROP TABLE owner")
            tape.execute("PRAGMA user_version = 3")
            last = tape.execute("SELECT max(at) FROM polls").fetchone()[0]
            for at, kind, title, detail in ((last + 1, "begun", "recording began", "environment production"),
                                            (last + 2, "alert-fired", "of production", "")):
                tape.execute("INSERT INTO events (at, kind, source, severity, title, detail) VALUES (?, ?, 'it', 1, ?, ?)",
                             (at, kind, title, detail))
        tape.close()
        # The clock of the recorder ran ahead of ours.
        late = "--to=2090-01-01 00:00"
        staging = json.loads(self.export("--format", "json", "--environment", "staging", late).stdout)
        production = json.loads(self.export("--format", "json", "--environment", "production", late).stdout)
        self.assertNotIn("of production", [entry["title"] for entry in staging["entries"]])
        self.assertEqual([entry["title"] for entry in production["entries"]], ["recording began", "of production"])
        for told in (staging, production):
            self.assertTrue(any("are of another environment, or of an unknown one, and are left out" in gap for gap in told["gaps"]), told["gaps"])
        done = self.run_command("record", "--tape", self.tape, "--for", "3", config=self.production)
        self.assertEqual(done.code, 73, done.err)
        self.assertIn("this tape is of STAGING", done.err)


    def test_the_tape_of_an_earlier_version_stays_and_is_named(self):
        former = os.path.join(self.folder, "state", "opsconsole", "tape.sqlite")
        os.makedirs(os.path.dirname(former))
        with open(former, "wb") as file:
            file.write(b"what an earlier version wrote")
        code, _, said = self.told(self.production)
        self.assertEqual(code, 66)
        self.assertIn(f"of an earlier version: --tape {former}", said)
        recording = self.record_own(self.production)
        self.until_recorded(1)
        self.assertEqual(recording.end(), 0)
        with open(former, "rb") as file:
            self.assertEqual(file.read(), b"what an earlier version wrote")


class Restored(TapeTest):
    """What was discarded in one environment is not put into another one."""

    def test_a_quarantine_file_of_another_environment_is_refused(self):
        self.redis.hset("rq:job:dead", mapping={"status": "failed", "origin": "default", "data": b"x", "ended_at": self.stamp(5),
                                                "created_at": self.stamp(9)})
        self.redis.zadd("rq:failed:default", {"dead": 4e9})
        staging = self.write_config(self.url, "staging.yaml", "staging")
        done = self.run_command("dead-letters", "discard", "it", "--id", "dead", "--confirm", "staging/it", "--format", "json", config=staging)
        self.assertEqual(done.code, 0, done.err)
        file = done.json["quarantine"]
        for name, environment, more in (("production.yaml", "production", ""), ("labelled.yaml", "staging", "label: eu-1\n")):
            other = self.write_config(self.url, name, environment, more)
            refused = self.run_command("dead-letters", "restore", "it", file, "--confirm", f"{environment}/it", config=other)
            self.assertEqual(refused.code, 64, refused.err)
            self.assertIn("the file was made in STAGING", refused.err)
            self.assertEqual(self.redis.zcard("rq:failed:default"), 0)
        done = self.run_command("dead-letters", "restore", "it", file, "--confirm", "staging/it", config=staging)
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual(self.redis.zcard("rq:failed:default"), 1)


if __name__ == "__main__":
    unittest.main()
