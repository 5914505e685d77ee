"""Runs of runbooks beside the servers of `make test`: each test with a folder of runbooks, a Redis database and tables of its own."""

import json
import os
import signal
import subprocess
import time

import psycopg

from deadline import until
from commandtest import BINARY, CommandTest, Result

PG_PORT = os.environ["OPSCONSOLE_TEST_PG_PORT"]
DATABASE = os.environ["OPSCONSOLE_TEST_PG_DATABASE"]
OPERATOR = f"postgresql://app@127.0.0.1:{PG_PORT}/{DATABASE}"

HEAD = """\
apiVersion: runbook/v1
id: {id}
title: A test
owner: tests
risk: low
environments: [development]
"""


class RunTest(CommandTest):
    """`broker` is a queue source, `pg-main` the database, `redis` the same Redis as a bare connection."""

    kind = "rq"
    database = 8
    more = ""
    # Where locks of runs are kept: each test is a machine of its own, and what one leaves behind keeps no other out. None for the kernel.
    locks = "{folder}/locks"
    # Frozen items: what has to be typed names them where they are many.
    items = 0

    def setUp(self):
        super().setUp()
        self.books = os.path.join(self.folder, "books")
        os.mkdir(self.books)
        os.mkdir(os.path.join(self.folder, "locks"))
        self.configure()

    def configure(self, runbooks="", extra=""):
        with open(self.config, "w") as file:
            file.write(
                f"environment: {self.environment}\n{extra}sources:\n"
                f"  - {{name: broker, kind: {self.kind}, url: \"{self.url}\"{self.extra}}}\n"
                f"  - {{name: pg-main, kind: postgres, url: \"{OPERATOR}\"}}\n{self.more}"
                f"runbooks:\n  folders: [\"{self.books}\"]\n  approvals: \"{self.folder}/approvals\"\n"
                + (f"  locks: \"{self.locks.format(folder=self.folder)}\"\n" if self.locks else "") + runbooks)

    def book(self, name, body, head=HEAD):
        with open(os.path.join(self.books, name + ".yaml"), "w") as file:
            file.write(head.format(id=name) + body)

    def variables(self, state="state"):
        # Only what a login has: a runner inherits it.
        return dict(super().variables(state), XDG_CONFIG_HOME=os.path.join(self.folder, "config"))

    def typed(self, name):
        return f"{self.environment}/{name}" + (f" {self.items}" if self.items > 100 else "")

    def arguments(self, name, **params):
        words = ["runbook", "run", name, "--confirm", self.typed(name), "--format", "json"]
        for key, value in params.items():
            words += ["--param", f"{key}={value}"]
        return words

    def carry_out(self, name, crash=None, env=None, state="state", **params):
        """Runs it to its end, or to where it waits; the run as JSON."""
        process = self.begin(name, crash=crash, env=env, state=state, **params)
        out, err = process.communicate(timeout=120)
        return Result(subprocess.CompletedProcess(name, process.returncode, out, err))

    def begin(self, name, crash=None, env=None, state="state", words=(), **params):
        variables = dict(self.variables(state), **(env or {}))
        if crash:
            variables["OPSCONSOLE_CRASH_AT"] = crash
        return subprocess.Popen([BINARY, *self.arguments(name, **params), *words, "--config", self.config], env=variables,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def begin_again(self, run, *words, name, state="state", env=None):
        return subprocess.Popen(
            [BINARY, "runbook", "resume", run, "--confirm", self.typed(name), "--format", "json", *words, "--config", self.config],
            env=dict(self.variables(state), **(env or {})), stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def resume(self, run, *words, name, state="state", env=None):
        process = self.begin_again(run, *words, name=name, state=state, env=env)
        out, err = process.communicate(timeout=120)
        return Result(subprocess.CompletedProcess(run, process.returncode, out, err))

    def runs(self, state="state"):
        return self.run_command("runbook", "runs", "--format", "json", state=state).json["runs"]

    def status(self, run="last", state="state"):
        return self.run_command("runbook", "status", run, "--format", "json", state=state).json

    def steps(self, run="last", state="state"):
        return {step["step"]: step for step in self.status(run, state)["steps"]}

    def show(self, run="last", state="state"):
        return self.run_command("runbook", "show", run, "--format", "json", state=state).json

    def run_folder(self, run, state="state"):
        return os.path.join(self.folder, state, "opsconsole", "runs", run)

    def journal(self, run, state="state"):
        with open(os.path.join(self.run_folder(run, state), "journal.jsonl")) as file:
            return [json.loads(line) for line in file if line.startswith("{") and line.endswith("}\n")]

    def runner(self, run, state="state"):
        """The process that carries it out; nil where none does."""
        folder = self.run_folder(run, state)
        for name in os.listdir("/proc"):
            if name.isdigit():
                try:
                    with open(f"/proc/{name}/cmdline", "rb") as file:
                        words = file.read().split(b"\0")
                except OSError:
                    continue
                if b"runner" in words and folder.encode() in words:
                    return int(name)
        return None

    def until_run(self, state="state"):
        """The name of a run that was just begun, once its runner is at it."""
        folder = os.path.join(self.folder, state, "opsconsole", "runs")

        def has_begun(path):
            return os.path.exists(path) and os.path.getsize(path) > 0

        def newest():
            return max(os.listdir(folder), default=None) if os.path.isdir(folder) else None

        self.eventually(lambda: newest() and has_begun(os.path.join(folder, newest(), "journal.jsonl")), what="no run was begun")
        return newest()

    def until(self, run, check, state="state"):
        """Waits until the status of a run is so.

        Each look is a process, so it is taken only when the journal has grown, and otherwise now and then: a machine must
        not be kept busy by those who wait for it.
        """
        journal, seen = os.path.join(self.run_folder(run, state), "journal.jsonl"), (None, 0.0)

        def is_so():
            nonlocal seen
            size, now = os.path.getsize(journal), time.monotonic()
            if size == seen[0] and now - seen[1] < 1.5:
                return False
            seen = (size, now)
            return check(self.status(run, state))

        try:
            until(is_so)
        except AssertionError as error:
            self.fail(f"{error}: {self.status(run, state)}")

    def end_runner(self, run, how=signal.SIGKILL, state="state"):
        pid = self.runner(run, state)
        self.assertIsNotNone(pid, "no runner")
        os.kill(pid, how)
        self.eventually(lambda: self.runner(run, state) is None, "the runner did not end")

    def rows(self, sql, *arguments):
        with psycopg.connect(OPERATOR, autocommit=True) as connection:
            cursor = connection.execute(sql, arguments)
            return cursor.fetchall() if cursor.description else []

    def seed_jobs(self, count, queue="default"):
        """Failed jobs as RQ leaves them behind."""
        pipe = self.redis.pipeline(transaction=False)
        now = int(time.time())
        for number in range(count):
            pipe.hset(f"rq:job:j{number}", mapping={
                "status": "failed", "origin": queue, "data": b"x" * 50, "description": f"t({number})", "ended_at": "2026-11-20T10:00:00.000000Z"})
            pipe.zadd(f"rq:failed:{queue}", {f"j{number}": now + 1000 + number // 100})
        pipe.sadd("rq:queues", f"rq:queue:{queue}")
        pipe.execute()
        return {f"j{number}".encode() for number in range(count)}

    def dead(self, queue="default"):
        return set(self.redis.zrange(f"rq:failed:{queue}", 0, -1))

    def ready(self, queue="default"):
        return self.redis.lrange(f"rq:queue:{queue}", 0, -1)
