"""A state of real servers, made by a script of `Tests/Live`: it tells its facts and then takes commands, one a line."""

import json
import os
import subprocess
import sys

from deadline import PATIENCE

LIVE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "Live")


class LiveScene:
    """One script at work; `facts` is what it said when all stood."""

    def __init__(self, script, *words):
        self.process = subprocess.Popen([sys.executable, os.path.join(LIVE, script), *words], start_new_session=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        first = self.process.stdout.readline()
        if not first:
            self.close()
            raise AssertionError(f"{script} did not start: it ended with {self.process.returncode}")
        self.facts = json.loads(first)

    def ask(self, line):
        """A command and its answer; fails where the scene says that it could not."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if "error" in answer:
            raise AssertionError(f"{line}: {answer['error']}")
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait(PATIENCE)
        self.process.stdout.close()
