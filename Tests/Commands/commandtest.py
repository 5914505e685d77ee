"""Runs the program's commands beside the servers of `make test`, each test with a database and a state folder of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

import redis

import family
from deadline import PATIENCE, until

BINARY = os.environ["OPSCONSOLE_BINARY"]
PORT = int(os.environ["OPSCONSOLE_TEST_REDIS_PORT"])
HERE = os.path.dirname(os.path.abspath(__file__))
LIVE = os.path.join(os.path.dirname(HERE), "Live")


class Result:
    def __init__(self, done):
        self.code = done.returncode
        self.out = done.stdout.decode()
        self.err = done.stderr.decode()

    @property
    def json(self):
        return json.loads(self.out)


class CommandTest(unittest.TestCase):
    """`kind` and `database` are set by the tests; the source is called `it`."""

    kind = "rq"
    database = 9
    environment = "development"
    extra = ""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="opsconsole-commands-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.redis = redis.Redis(port=PORT, db=self.database)
        self.redis.flushdb()
        self.addCleanup(self.redis.close)
        self.addCleanup(self.redis.flushdb)
        self.mark = os.path.join(self.folder, "mark")
        self.healthy = os.path.join(self.folder, "healthy")
        self.url = f"redis://127.0.0.1:{PORT}/{self.database}"
        self.config = self.write_config(self.url)

    def heal(self):
        """From now on the tasks of the scene succeed and write what they did into an empty file."""
        for path in (self.healthy, self.mark):
            open(path, "w").close()

    def marked(self):
        """What the tasks have written; the first of them makes the file."""
        if not os.path.exists(self.mark):
            return []
        with open(self.mark) as file:
            return file.read().split()

    def write_config(self, url, name="config.yaml", environment=None, more=""):
        path = os.path.join(self.folder, name)
        with open(path, "w") as file:
            file.write(f"environment: {environment or self.environment}\n{more}sources:\n"
                       f"  - {{name: it, kind: {self.kind}, url: \"{url}\"{self.extra}}}\n")
        os.chmod(path, 0o600)
        return path

    def variables(self, state="state"):
        return dict(os.environ, XDG_STATE_HOME=os.path.join(self.folder, state), HOME=self.folder)

    def start(self, *arguments, config=None, state="state"):
        return subprocess.Popen([BINARY, *arguments, "--config", config or self.config], env=self.variables(state),
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run_command(self, *arguments, config=None, state="state", timeout=120):
        process = self.start(*arguments, config=config, state=state)
        out, err = process.communicate(timeout=timeout)
        return Result(subprocess.CompletedProcess(arguments, process.returncode, out, err))

    def act(self, verb, *arguments, group="dead-letters", confirm=True, **options):
        """An action with its confirmation, as JSON."""
        words = ["--confirm", f"{self.environment}/it"] if confirm else []
        return self.run_command(group, verb, "it", *arguments, *words, "--format", "json", **options)

    def verify_audit(self, state="state"):
        done = subprocess.run([BINARY, "audit", "verify", "--format", "json"], env=self.variables(state), capture_output=True)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(done.stdout)

    @staticmethod
    def eventually(check, what="it did not come true"):
        """Waits until it is so. How long that may take is a guess on a busy machine, so there is none here."""
        until(check, PATIENCE, what=what)

    def stop(self, process, how=signal.SIGTERM):
        if process.poll() is None:
            if how == signal.SIGKILL:
                family.end(process.pid, how)
            else:
                os.killpg(process.pid, how)
        process.wait(PATIENCE)
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()


def python(*arguments, **options):
    return subprocess.Popen([sys.executable, *arguments], start_new_session=True, **options)
