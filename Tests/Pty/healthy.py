"""A small real system in which nothing is wrong, until it is told to have an incident."""

import json
import os
import subprocess
import sys

LIVE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "Live")


class HealthySystem:
    """RQ, Celery, PostgreSQL and Node, as `Tests/Live/incident_stack.py` tells; `facts` has the path of its configuration."""

    def __init__(self):
        self.process = subprocess.Popen([sys.executable, os.path.join(LIVE, "incident_stack.py")], start_new_session=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.facts = json.loads(self.process.stdout.readline())

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = json.loads(self.process.stdout.readline())
        if not answer["ok"]:
            raise AssertionError(f"{line}: {answer['error']}")
        return answer

    def close(self):
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()
