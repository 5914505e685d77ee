"""One run of pytest over its shards."""

import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time

from runner.events import Events
from runner.testfiles import TESTS

PR_SET_PDEATHSIG = 1
# Nothing began and nothing ended for so long: the run hangs.
HANGS = 600.0


class Phase:
    """`crowded` with all shards, then `uncrowded` with one for the tests that measure the machine itself."""

    def __init__(self, name, shards, files, variables, results):
        self.name, self.shards, self.results = name, shards, results
        self.files = [file.path for file in files]
        self.variables = {**variables, "OPSCONSOLE_PHASE": name}
        self.folder = variables["OPSCONSOLE_RUN_FOLDER"]
        self.log = os.path.join(self.folder, f"{name}.log")
        self.pending, self.has_tests = b"", False

    def run(self):
        """Returns whether the run may go on to the next phase."""
        reading, writing = os.pipe()
        self.variables[Events.VARIABLE] = str(writing)
        with open(self.log, "wb") as log:
            process = subprocess.Popen(
                self._command(), cwd=TESTS, env=self.variables, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                pass_fds=[writing], start_new_session=True, preexec_fn=_die_with_parent)
        os.close(writing)
        try:
            self._follow(reading, process)
        finally:
            # The shards are in this process group; with the first process of its host each host ends.
            _kill_group(process)
            os.close(reading)
        return self._conclude(process.returncode)

    def _command(self):
        host = os.path.join(TESTS, "runner", "shardhost.py")
        shard = f"{self.shards}*popen//python={sys.executable} {host}"
        return [sys.executable, "-m", "pytest", "-c", "pytest.ini", "--tx", shard, "--dist", "loadscope",
                "--max-worker-restart", "6", "-q", "--tb=native", *self.files]

    def _follow(self, reading, process):
        """Hands on what the shards say, until pytest ends."""
        heard = time.monotonic()
        while True:
            ready, _, _ = select.select([reading], [], [], 0.5)
            if ready:
                data = os.read(reading, 1 << 16)
                if not data:
                    process.wait()
                    return
                heard = time.monotonic()
                self._take(data)
            if self._has_problems():
                return
            if time.monotonic() - heard > HANGS:
                self.results.give_up(f"No test began or ended for {HANGS:.0f} s.")
                return

    def _take(self, data):
        *lines, self.pending = (self.pending + data).split(b"\n")
        for line in lines:
            event = json.loads(line)
            self.has_tests = self.has_tests or event["kind"] == "start"
            self.results.hear(event)

    def _has_problems(self):
        """A shard whose servers do not start leaves a file that says why."""
        found = [name for name in os.listdir(self.folder) if name.endswith(".problem")]
        for name in found:
            path = os.path.join(self.folder, name)
            with open(path, encoding="utf-8") as file:
                self.results.fail(f"shard {name.removesuffix('.problem')}", file.read())
            os.remove(path)
        return bool(found)

    def _conclude(self, code):
        """pytest ends with 0, with 1 where tests failed, with 5 where it ran none."""
        self.results.end_phase()
        with open(self.log, encoding="utf-8", errors="replace") as file:
            said = file.read()
        # A shard that ends before it has listed its tests leaves no other trace.
        if code in (0, 1, 5) and (self.has_tests or "node down" not in said):
            return True
        if not self.results.failures:
            self.results.fail("pytest", f"It ended with exit code {code}. It said:\n{said[-20_000:]}")
        return False


def _die_with_parent():
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _kill_group(process):
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()
