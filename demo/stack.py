#!/usr/bin/env python3
"""Runs a command, or waits, with a throw-away Redis and PostgreSQL beside it.

    stack.py run [--dir D] [--profile demo|test] -- COMMAND ARGS...
    stack.py up  [--dir D] [--profile demo|test]

`test` starts the two servers only; `demo` adds RQ and Celery workers, producers,
a PostgreSQL load with lock trouble in it, and services on other runtimes with a
Prometheus that watches them. Everything lives in one temporary
folder on free loopback ports and is gone when the command ends, however this
program itself ends. See demo/README.md.
"""

import argparse
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
import uuid

sys.dont_write_bytecode = True  # keep the checkout clean

from stacklib import load  # noqa: E402
from stacklib.foreground import run_command, wait_for_end  # noqa: E402
from stacklib.process import (  # noqa: E402
    MARK, Children, Signals, StartError, Stopped, Watchdog)
from stacklib.runtimes import Runtimes  # noqa: E402
from stacklib.servers import Postgres, Redis, free_port  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
# A socket path holds 107 bytes; ours add about 30 to the folder's.
LONGEST_FOLDER = 70

CONFIG = """\
environment: staging
sources:
  - {{name: orders,  kind: rq,       url: "redis://127.0.0.1:{redis}/0"}}
  - {{name: mail,    kind: celery,   url: "redis://127.0.0.1:{redis}/1", results: "redis://127.0.0.1:{redis}/2"}}
  - {{name: billing, kind: sidekiq,  url: "redis://127.0.0.1:{redis}/3"}}
  - {{name: media,   kind: dramatiq, url: "redis://127.0.0.1:{redis}/4"}}
  - {{name: main-db, kind: postgres, url: "postgresql://watcher@127.0.0.1:{postgres}/shop",
     write: "postgresql://operator@127.0.0.1:{postgres}/shop"}}
"""


RUNBOOKS = """\
runbooks:
  folders: ["{folder}"]
  connections:
    - {{name: partner, kind: http, url: "http://127.0.0.1:{partner}"}}
"""


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="stack.py", description="Throw-away Redis and PostgreSQL, with or without load.")
    modes = parser.add_subparsers(dest="mode", required=True)
    for name, text in (("run", "run a command beside the stack"),
                       ("up", "start the stack, print READY, wait for SIGTERM or SIGINT")):
        mode = modes.add_parser(name, help=text)
        mode.add_argument("--dir", help="folder to make and use (default: a temporary one)")
        mode.add_argument("--profile", choices=("demo", "test"), default="demo")
        mode.add_argument("--keep", action="store_true", help="leave the folder behind")
        if name == "run":
            mode.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND",
                              help="{config} in it becomes the path of the config file")
    arguments = parser.parse_args()
    if arguments.mode == "run":
        if arguments.command[:1] == ["--"]:
            del arguments.command[0]
        if not arguments.command:
            parser.error("run needs a COMMAND after --")
    return arguments


class Progress:
    """One line on stderr that is rewritten, and gone when the stack is up."""

    def __init__(self):
        self.began = time.monotonic()
        self.rewrite = sys.stderr.isatty()

    def step(self, text):
        if self.rewrite:
            self._write(f"\r\033[Kstack: {text} ...")

    def note(self, text):
        self.clear()
        self._write(f"stack: {text}\n")

    def clear(self):
        if self.rewrite:
            self._write("\r\033[K")

    def done(self):
        self.clear()
        if not self.rewrite:
            self._write(f"stack: up in {time.monotonic() - self.began:.1f} s\n")

    @staticmethod
    def _write(text):
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except OSError:
            pass


def reachable(path):
    """Whether other accounts may enter all folders above this path."""
    while path != "/":
        path = os.path.dirname(path)
        if not os.stat(path).st_mode & stat.S_IXOTH:
            return False
    return True


def make_directory(wanted):
    """The stack's folder, open enough for the account PostgreSQL runs as."""
    if wanted:
        directory = os.path.realpath(wanted)
        if len(directory) > LONGEST_FOLDER:
            raise StartError(f"--dir is too long for socket paths: {directory}")
        if os.path.isdir(directory) and os.listdir(directory):
            raise StartError(f"--dir is not empty: {directory}")
        os.makedirs(directory, exist_ok=True)
        if os.getuid() == 0 and not reachable(directory):
            os.rmdir(directory)
            raise StartError(f"the postgres account cannot reach {directory}")
    else:
        base = os.path.realpath(tempfile.gettempdir())
        if len(base) > LONGEST_FOLDER - 20 or not (reachable(base + "/x") or os.getuid()):
            base = "/tmp"
        directory = tempfile.mkdtemp(prefix="opsc-", dir=base)
    os.chmod(directory, 0o755)
    return directory


class Stack:
    """The whole of it: servers, load, config file, environment."""

    def __init__(self, arguments, signals):
        self.profile = arguments.profile
        self.signals = signals
        self.progress = Progress()
        self.directory = make_directory(arguments.dir)
        self.keep = arguments.keep
        self.mark = uuid.uuid4().hex
        self.watchdog = Watchdog(signals, self.directory, self.mark, arguments.keep)
        self.logs = os.path.join(self.directory, "logs")
        os.mkdir(self.logs)
        self.config = os.path.join(self.directory, "config.yaml")
        self.venv = os.environ.get("OPSCONSOLE_VENV") or os.path.join(
            os.path.dirname(HERE), ".build-venv")
        base = {**os.environ, MARK: self.mark}
        self.children = Children(signals, self.watchdog, self.logs, base)
        self.variables = {}

    def start(self):
        """Bring everything up; initdb runs while the rest starts."""
        demo = self.profile == "demo"
        if demo:
            load.check(self.venv)
        self.progress.step("starting Redis and PostgreSQL")
        postgres = Postgres(self.children, self.directory)
        postgres.begin()
        redis = Redis(self.children, self.directory)
        redis.start()
        if demo:
            # The queue programs import for a second or two: let them do that
            # while initdb still works.
            partner = free_port()
            load.start_queues(self.children, self.venv, redis, partner)
        postgres.start(schema=os.path.join(HERE, "work", "schema.sql") if demo else None)
        self.describe(redis, postgres, self.start_runtimes() + RUNBOOKS.format(
            folder=os.path.join(HERE, "runbooks"), partner=partner) if demo else "")
        if demo:
            self.progress.step("starting the load")
            load.start_database(self.children, self.venv, postgres)
            load.wait_until_busy(self.signals, redis)
        self.progress.done()

    def start_runtimes(self):
        """The services that nothing waits for; gives their lines for the config."""
        runtimes = Runtimes(self.children, self.venv)
        runtimes.start()
        for text in runtimes.absent:
            self.progress.note(text)
        return runtimes.config()

    def describe(self, redis, postgres, sources):
        """Write the console's config and the environment for tests."""
        with open(self.config, "w") as file:
            file.write(CONFIG.format(redis=redis.port, postgres=postgres.port) + sources)
        self.variables = {
            "OPSCONSOLE_DEMO_DIR": self.directory,
            "OPSCONSOLE_DEMO_CONFIG": self.config,
            "OPSCONSOLE_DEMO_PROFILE": self.profile,
            "OPSCONSOLE_TEST_REDIS_PORT": redis.port,
            "OPSCONSOLE_TEST_REDIS_SOCKET": redis.socket,
            "OPSCONSOLE_TEST_REDIS_PID": redis.child.pid,
            "OPSCONSOLE_TEST_PG_PORT": postgres.port,
            "OPSCONSOLE_TEST_PG_SOCKET_DIR": postgres.socket_dir,
            "OPSCONSOLE_TEST_PG_PID": postgres.child.pid,
            "OPSCONSOLE_TEST_PG_BIN": postgres.bin,
            "OPSCONSOLE_TEST_PG_DATABASE": "shop",
            "OPSCONSOLE_TEST_PG_SUPERUSER": "postgres",
            "OPSCONSOLE_TEST_VENV": self.venv,
        }
        self.variables = {name: str(value) for name, value in self.variables.items()}
        path = os.path.join(self.directory, "env")
        with open(path + ".new", "w") as file:
            file.writelines(f"{name}={value}\n" for name, value in self.variables.items())
        os.rename(path + ".new", path)  # a reader never sees half of it

    def stop(self):
        """Load first, then the servers it uses, then whatever is still there."""
        self.progress.clear()
        servers = [child for child in self.children.all if child.name in ("redis", "postgres")]
        self.children.stop([child for child in reversed(self.children.all)
                            if child not in servers])
        self.children.stop(list(reversed(servers)))
        self.watchdog.finish()
        if not self.keep:
            shutil.rmtree(self.directory, ignore_errors=True)


def serve(arguments, stack):
    """Start, do what the mode says, and give the exit code."""
    stack.start()
    if arguments.mode == "up":
        print("READY", flush=True)
        return wait_for_end(stack.signals)
    command = [word.replace("{config}", stack.config) for word in arguments.command]
    environment = {**stack.children.environment, **stack.variables}
    return run_command(command, environment, stack.signals, stack.watchdog)


def main():
    arguments = parse_arguments()
    signals = Signals()
    stack = None
    try:
        stack = Stack(arguments, signals)
        return serve(arguments, stack)
    except Stopped as stopped:
        return 128 + stopped.number
    except (StartError, OSError, subprocess.SubprocessError) as error:
        if stack:
            stack.progress.clear()
        print(f"stack: {error}", file=sys.stderr)
        return 1
    finally:
        if stack:
            stack.stop()


if __name__ == "__main__":
    sys.exit(main())
