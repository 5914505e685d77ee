"""A command that ends with 0 has written everything: a full disk, a closed pipe and a limit are told, for every subcommand."""

import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import unittest

import psycopg

from commandtest import BINARY, LIVE
from running import OPERATOR, RunTest

sys.path.insert(0, LIVE)

import dead_tasks  # noqa: E402
from rq import Queue, SimpleWorker  # noqa: E402

QUICK = """
steps:
  - {id: one, run: {script: "true"}}
"""
ASKS = """
steps:
  - {id: ask, prompt: {text: "Is it gone?", choices: [gone, keep]}}
"""
CANNOT_WRITE = 73
# What each subcommand needs to print something. The test fails where one is missing here: a new one is covered from its first day.
WORDS = {
    "snapshot": ["--format", "json"],
    "suspects": ["--for", "2"],
    "incident export": ["--from=-1h"],
    "dead-letters list": ["broker"],
    "dead-letters groups": ["broker", "--format", "json"],
    "dead-letters show": ["broker", "--id", "JOB"],
    "dead-letters retry": ["broker", "--all", "--dry-run"],
    "dead-letters discard": ["broker", "--all", "--dry-run", "--format", "json"],
    "dead-letters restore": ["broker", "QUARANTINE", "--dry-run"],
    "dead-letters export": ["broker", "--all"],
    "orphans list": ["broker"],
    "orphans recover": ["broker", "--all", "--dry-run"],
    "queries activity": ["pg-main"],
    "queries statements": ["pg-main"],
    "queries locks": ["pg-main", "--format", "json"],
    "queries explain": ["--file", "PLAN"],
    "queries cancel": ["pg-main", "--id", "STATEMENT", "--dry-run"],
    "queries terminate": ["pg-main", "--id", "SESSION", "--dry-run"],
    "runbook list": [],
    "runbook check": ["BOOK"],
    "runbook plan": ["quick"],
    "runbook run": ["quick"],
    "runbook status": ["last"],
    "runbook attach": ["last"],
    "runbook runs": [],
    "runbook show": ["last"],
    "runbook schema": [],
    "runbook approve": ["--format", "json"],
    "audit show": [],
    "audit verify": [],
    "audit export": ["--format", "json"],
    "doctor": [],
    "init": [],
    "completions": ["zsh"],
    "help": [],
}
# These print what a runner answers; each has a test of its own below.
HANDS = {"runbook pause", "runbook cancel", "runbook answer", "runbook resume"}
# These print nothing to standard output: they need a terminal, or are started by the program itself.
SILENT = {"wallboard", "replay", "runbook runner", "record"}


def tree(command, path=()):
    """All commands below one, as words, with those that have others below them."""
    yield path, bool(command.get("subcommands"))
    for inner in command.get("subcommands", []):
        yield from tree(inner, (*path, inner["commandName"]))


def commands():
    done = subprocess.run([BINARY, "--experimental-dump-help"], capture_output=True, check=True)
    return list(tree(json.loads(done.stdout)["command"]))


class Printing(RunTest):
    """Everything that a command can print about: dead letters, a tape, a run, an audit log."""

    def setUp(self):
        super().setUp()
        os.environ["SCENE_MARK"], os.environ["SCENE_HEALTHY"] = self.mark, self.healthy
        os.environ["PYTHONPATH"] = LIVE
        queue = Queue("default", connection=self.redis)
        self.job = [queue.enqueue(dead_tasks.pay, number).id for number in range(5)][0]
        SimpleWorker([queue], connection=self.redis).work(burst=True, logging_level="CRITICAL")

    def fail_long(self, count):
        """So many more dead letters, each a long line."""
        pipe = self.redis.pipeline()
        for number in range(count):
            pipe.hset(f"rq:job:long-{number}", mapping={
                "status": "failed", "origin": "default", "data": b"x", "ended_at": "2026-01-01T00:00:00Z", "description": "x" * 2000,
                "exc_info": "e" * 4000})
            pipe.zadd("rq:failed:default", {f"long-{number}": 4e9})
        pipe.execute()

    def printed(self, words, target, **options):
        """Runs a command with its standard output there. Returns its exit code and its standard error."""
        done = subprocess.run([BINARY, *words], env=self.variables(), stdin=subprocess.DEVNULL, stdout=target, stderr=subprocess.PIPE,
                              timeout=120, **options)
        return done.returncode, done.stderr.decode()

    def assert_told(self, words):
        with open("/dev/full", "wb") as full:
            code, said = self.printed(words, full)
        self.assertEqual(code, CANNOT_WRITE, f"{words}: {said}")
        self.assertIn("standard output cannot be written: no space left on device", said, words)
        return said

    def closed(self, words):
        reader, writer = os.pipe()
        os.close(reader)
        with os.fdopen(writer, "wb") as pipe:
            return self.printed(words, pipe)


class EverySubcommand(Printing):
    def setUp(self):
        super().setUp()
        self.book("quick", QUICK)
        self.assertEqual(self.carry_out("quick").code, 0)
        self.assertEqual(self.run_command("record", "--for", "3").code, 0)
        Queue("mail", connection=self.redis).enqueue(dead_tasks.pay, 9)
        self.redis.lmove("rq:queue:mail", "rq:queue:mail:intermediate", "LEFT", "RIGHT")  # an orphan
        done = self.run_command("dead-letters", "discard", "broker", "--id", self.job, "--confirm", "development/broker", "--format", "json")
        self.assertEqual(done.code, 0, done.err)
        plan = os.path.join(self.folder, "plan.json")
        with open(plan, "w") as file:
            file.write('[{"Plan": {"Node Type": "Result", "Startup Cost": 0, "Total Cost": 0.01, "Plan Rows": 1, "Plan Width": 4}}]')
        session = self.session()
        self.names = {
            "JOB": [job.decode() for job in self.redis.zrange("rq:failed:default", 0, -1)][0],
            "QUARANTINE": done.json["quarantine"], "PLAN": plan, "BOOK": os.path.join(self.books, "quick.yaml"), "SESSION": session["id"], "STATEMENT": session["statement_id"]}

    def session(self):
        """One that has a statement at work."""
        connection = psycopg.connect(OPERATOR, autocommit=True)
        self.addCleanup(connection.close)
        sleeper = threading.Thread(target=self.sleep, args=(connection,), daemon=True)
        sleeper.start()
        self.addCleanup(sleeper.join)
        self.addCleanup(connection.cancel)

        def found():
            seen = self.run_command("queries", "activity", "pg-main", "--format", "json").json["sessions"]
            return next((one for one in seen if one["pid"] == connection.info.backend_pid and one["statement_id"]), None)

        self.eventually(found, what="the session")
        return found()

    @staticmethod
    def sleep(connection):
        with contextlib.suppress(psycopg.Error):
            connection.execute("SELECT pg_sleep(600)")

    def words(self, path):
        named = [self.names.get(word, word) for word in WORDS[path]]
        takes_config = b"--config" in subprocess.run([BINARY, *path.split(), "--help"], capture_output=True).stdout
        return [*path.split(), *named, *(["--config", self.config] if takes_config else [])]

    def test_a_full_disk_is_told_and_ends_with_73(self):
        leaves = {" ".join(path) for path, has_more in commands() if not has_more}
        self.assertEqual(leaves - set(WORDS) - HANDS - SILENT, set(), "a subcommand that nobody has tried on a full disk")
        self.assertEqual((set(WORDS) | HANDS | SILENT) - leaves - {"help"}, set(), "a subcommand that does not exist")
        for path in sorted(WORDS):
            with self.subTest(path):
                words = self.words(path)
                out = os.path.join(self.folder, "out")
                with open(out, "wb") as file:
                    code, said = self.printed(words, file)
                self.assertGreater(os.path.getsize(out), 0, f"{words} prints nothing: {code} {said}")
                self.assert_told(words)

    def test_a_reader_that_leaves_ends_it_quietly(self):
        for path in sorted(WORDS):
            with self.subTest(path):
                code, said = self.closed(self.words(path))
                self.assertEqual(code, -signal.SIGPIPE, said)
                self.assertNotIn("cannot be written", said)

    def test_help_version_and_scripts_for_shells_are_checked_too(self):
        asked = [["--version"], ["--experimental-dump-help"], ["--generate-completion-script", "bash"]]
        for words in asked + [[*path, "--help"] for path, _ in commands()] + [["help", *path] for path, _ in commands() if path]:
            with self.subTest(words):
                self.assert_told(words)

    def test_what_does_not_print_is_not_changed_by_a_full_disk(self):
        for words, code in ((["snapshot", "--nonsense"], 64), ([], 64), (["wallboard"], 64), (["replay"], 64)):
            with open("/dev/full", "wb") as full:
                self.assertEqual(self.printed([*words, *(["--config", self.config] if words != ["snapshot", "--nonsense"] else [])], full)[0],
                                 code, words)


class Hands(Printing):
    def until_another(self, known):
        """The name of a run that is not known yet, once it waits for an answer."""
        self.eventually(lambda: [run for run in self.runs() if run["run"] not in known and run["state"] == "waiting"])
        return next(run["run"] for run in self.runs() if run["run"] not in known)

    def test_what_a_runner_answered_is_checked(self):
        self.book("asks", ASKS)
        known = set()
        for verb, more in (("answer", ["ask", "gone"]), ("pause", []), ("cancel", [])):
            with self.subTest(verb):
                process = self.begin("asks")
                run = self.until_another(known)
                known.add(run)
                self.assert_told(["runbook", verb, run, *more, "--config", self.config])
                self.run_command("runbook", "cancel", run)
                process.communicate(timeout=120)

    def test_a_resumed_run_is_carried_out_and_the_lost_report_is_told(self):
        self.book("asks", ASKS)
        process = self.begin("asks")
        run = self.until_run()
        self.until(run, lambda status: status["run"]["state"] == "waiting")
        self.run_command("runbook", "pause", run)
        process.communicate(timeout=120)
        self.assert_told(["runbook", "resume", run, "--config", self.config])


class Operations(Printing):
    """What was done stays done, and is in the audit log; the report is lost, and that is told."""

    def test_a_retry_whose_report_is_lost_was_carried_out(self):
        said = self.assert_told(["dead-letters", "retry", "broker", "--all", "--confirm", "development/broker", "--config", self.config])
        self.assertRegex(said, r"the operation was carried out \(.*\): opsconsole audit show --operation \w+")
        self.assertEqual(self.redis.llen("rq:queue:default"), 5)
        records = self.run_command("audit", "show", "--format", "json").json["records"]
        self.assertIn("outcome", [record["phase"] for record in records])

    def test_an_export_that_is_not_whole_says_so_in_the_audit_log(self):
        self.assert_told(["dead-letters", "export", "broker", "--all", "--config", self.config])
        records = self.run_command("audit", "show", "--format", "json").json["records"]
        note = [record for record in records if record["action"] == "export"][-1]
        self.assertIn('"whole":false', note["params"])

    def test_a_recording_goes_on_when_nobody_can_read_its_alerts_and_ends_with_73(self):
        """Whoever is paged by it must not lose it with a full log."""
        Queue("mail", connection=self.redis).enqueue(dead_tasks.pay, 1)  # nobody serves it
        words = ["record", "--for", "80", "--verbose", "--tape", os.path.join(self.folder, "it.tape"), "--config", self.config]
        variables = dict(self.variables(), OPSCONSOLE_TEST_PACE="16")
        usual = subprocess.run([BINARY, *words], env=variables, capture_output=True, timeout=120)
        self.assertEqual(usual.returncode, 0, usual.stderr)
        self.assertIn(b" fired ", usual.stdout)
        with open("/dev/full", "wb") as full:
            done = subprocess.run([BINARY, *words], env=variables, stdout=full, stderr=subprocess.PIPE, timeout=120)
        self.assertEqual(done.returncode, CANNOT_WRITE, done.stderr)
        self.assertEqual(done.stderr.count(b"\n"), 1, "it is told once")
        story = subprocess.run([BINARY, "incident", "export", "--from=-1h", "--to=2090-01-01 00:00", "--tape", words[5], "--format", "json"],
                               env=variables, capture_output=True, timeout=60)
        kinds = [entry["kind"] for entry in json.loads(story.stdout)["entries"]]
        self.assertEqual((kinds.count("begun"), kinds.count("ended")), (2, 2))

    def test_a_limit_on_the_size_of_files_is_told_and_not_a_death(self):
        out = os.path.join(self.folder, "out")
        with open(out, "wb") as file:
            done = subprocess.run(
                [BINARY, "dead-letters", "export", "broker", "--all", "--config", self.config], env=self.variables(), stdout=file,
                stderr=subprocess.PIPE, preexec_fn=self.limit)
        self.assertEqual(done.returncode, CANNOT_WRITE, done.stderr)
        self.assertIn(b"ulimit -f", done.stderr)

    @staticmethod
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
        resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))

    def test_a_standard_output_that_is_closed_is_told_and_no_file_gets_its_number(self):
        done = subprocess.run(["sh", "-c", '"$@" >&-', "sh", BINARY, "dead-letters", "export", "broker", "--all", "--config", self.config],
                              env=self.variables(), stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, CANNOT_WRITE, done.stderr)
        self.assertIn(b"it is closed", done.stderr)
        state = os.path.join(self.folder, "state", "opsconsole")
        with open(os.path.join(state, "audit.jsonl")) as file:
            for line in file:
                self.assertIn('"hash"', line, "what was printed went into another file")

    def test_a_pipe_that_does_not_block_gets_everything(self):
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        self.fail_long(200)
        process = subprocess.Popen([BINARY, "dead-letters", "export", "broker", "--all", "--config", self.config], env=self.variables(),
                                   stdout=writer, stderr=subprocess.PIPE)
        os.close(writer)
        with os.fdopen(reader, "rb") as pipe:
            lines = pipe.read().splitlines()
        _, said = process.communicate(timeout=120)
        self.assertEqual((process.returncode, said), (0, b""))
        self.assertEqual(len(lines), 205)
        for line in lines:
            letter = json.loads(line)
            self.assertEqual((letter["environment"], letter["label"], letter["source"]), ("development", "", "broker"))


@unittest.skipUnless(os.geteuid() == 0, "a small file system takes root")
class FullDisk(Printing):
    """A real file system of 192 KiB."""

    def setUp(self):
        super().setUp()
        self.disk = os.path.join(self.folder, "disk")
        os.mkdir(self.disk)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=192k", "tmpfs", self.disk], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", self.disk], check=True)

    def fill(self):
        with open(os.path.join(self.disk, "filler"), "wb", buffering=0) as file:
            try:
                while file.write(b"-" * 4096):
                    pass
            except OSError:
                pass

    def test_an_export_stops_where_the_disk_is_full(self):
        self.fail_long(2000)
        with open(os.path.join(self.disk, "letters"), "wb") as file:
            code, said = self.printed(["dead-letters", "export", "broker", "--all", "--config", self.config], file)
        self.assertEqual(code, CANNOT_WRITE, said)
        self.assertIn("no space left on device", said)

    def test_files_that_are_named_are_whole_or_not_there(self):
        self.fill()
        self.assertEqual(self.run_command("record", "--for", "3").code, 0)
        for words, name in ((["incident", "export", "--from=-1h", "--output", os.path.join(self.disk, "story")], "story.md"),
                            (["init", "--output", os.path.join(self.disk, "config.yaml")], "config.yaml")):
            config = ["--config", self.config] if words[0] == "incident" else []
            done = subprocess.run([BINARY, *words, *config], env=self.variables(), capture_output=True, timeout=120)
            self.assertEqual(done.returncode, CANNOT_WRITE, done.stderr)
            self.assertIn(b"cannot be written: no space left on device", done.stderr)
            self.assertEqual([each for each in os.listdir(self.disk) if each.startswith(name)], [])

    def test_evidence_that_does_not_fit_is_told(self):
        state = os.path.join(self.disk, "opsconsole")
        os.makedirs(os.path.join(state, "exports"))
        self.fill()
        done = subprocess.run([BINARY, "snapshot", "--evidence", "it.json", "--config", self.config],
                              env=dict(self.variables(), XDG_STATE_HOME=self.disk), capture_output=True, timeout=120)
        self.assertEqual(done.returncode, CANNOT_WRITE, done.stderr)
        self.assertIn(b"no space left on device", done.stderr)
        self.assertEqual(os.listdir(os.path.join(state, "exports")), [])

    def test_a_plan_that_cannot_be_kept_is_told(self):
        self.book("quick", QUICK)
        os.makedirs(os.path.join(self.disk, "opsconsole", "plans"))
        self.fill()
        done = subprocess.run([BINARY, "runbook", "plan", "quick", "--config", self.config],
                              env=dict(self.variables(), XDG_STATE_HOME=self.disk), capture_output=True, timeout=120)
        self.assertEqual(done.returncode, CANNOT_WRITE, done.stderr)
        self.assertIn(b"the plan cannot be kept", done.stderr)
        self.assertIn(b"quick", done.stdout, "it is printed all the same")

    def test_nothing_is_discarded_where_the_quarantine_file_does_not_fit(self):
        before = self.redis.zcard("rq:failed:default")
        done = subprocess.run([BINARY, "dead-letters", "discard", "broker", "--all", "--confirm", "development/broker", "--config", self.config],
                              env=dict(self.variables(), XDG_STATE_HOME=self.disk), capture_output=True, timeout=120)
        self.assertEqual(done.returncode, CANNOT_WRITE, done.stderr)
        self.assertIn(b"nothing was discarded", done.stderr)
        self.assertEqual(self.redis.zcard("rq:failed:default"), before)
        folder = os.path.join(self.disk, "opsconsole", "quarantine")
        self.assertEqual(os.listdir(folder), [], "nobody may restore what was never discarded")

    def test_a_folder_where_no_quarantine_file_can_be_made_is_told_before_anybody_confirms(self):
        state = os.path.join(self.folder, "state", "opsconsole")
        os.makedirs(state, exist_ok=True)
        open(os.path.join(state, "quarantine"), "w").close()
        before = self.redis.zcard("rq:failed:default")
        done = self.run_command("dead-letters", "discard", "broker", "--all")
        self.assertEqual(done.code, CANNOT_WRITE, done.err)
        self.assertIn("no quarantine file can be made in", done.err)
        self.assertNotIn("to confirm", done.out)
        self.assertEqual(self.redis.zcard("rq:failed:default"), before)


if __name__ == "__main__":
    unittest.main()
