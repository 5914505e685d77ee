"""`opsconsole suspects --watch` beside the incident scene: what it says, and when."""

import json
import os
import shutil
import subprocess
import tempfile
import threading
import time

from amounts import SOAK
from commandtest import BINARY
from scene import SceneTest


# How many times faster than the world the program waits. Servers and workers stay as slow as they are, so their own
# seconds (a wait for a lock, a task's time limit) are not divided by it. With more than this, two samples of a rate
# would hold too few jobs of the scene. A soak does not hurry.
PACE = 1 if SOAK else 4


class SuspectStream:
    """The lines of one `suspects --watch`, each with the time at which it came."""

    def __init__(self, config):
        self.folder = tempfile.mkdtemp(prefix="opsconsole-suspects-")
        variables = dict(os.environ, XDG_STATE_HOME=os.path.join(self.folder, "state"), HOME=self.folder,
                         OPSCONSOLE_TEST_PACE=str(PACE))
        self.process = subprocess.Popen([BINARY, "suspects", "--watch", "--format", "json", "--config", config], env=variables,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.began = time.time()
        self.lines = []  # (when, suspects)
        self.thread = threading.Thread(target=self._collect, daemon=True)
        self.thread.start()

    def _collect(self):
        for line in self.process.stdout:
            self.lines.append((time.time(), json.loads(line)["suspects"]))

    def since(self, begin):
        """The lines that came after this time."""
        return [line for line in list(self.lines) if line[0] >= begin]

    @property
    def now(self):
        """What is suspected at this moment; nothing is known before the first line."""
        return self.lines[-1][1] if self.lines else None

    def close(self):
        self.process.terminate()
        self.process.wait(60)
        self.thread.join(5)
        self.process.stdout.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class IncidentTest(SceneTest):
    """One healthy system for each test class; incidents begin and end in it on command."""

    script = "Incidents/incident_stack.py"

    def begin(self, incident):
        """Begins an incident, which is over when the test is. Returns the time of its beginning."""
        at = self.ask(f"begin {incident}")["at"]
        self.addCleanup(self.over, incident)
        return at

    def over(self, incident):
        self.ask(f"end {incident}")
        self.ask("calm")


def shown(lines, begin):
    """Lines as a failure report wants them: seconds since the beginning, and rules with their scores."""
    return [f"{at - begin:5.1f} s  " + (", ".join(f"{one['rule']} {one['score']} ({one['title']})" for one in suspects) or "nothing")
            for at, suspects in lines]
