"""What the runtimes are measured on: a fleet in a Prometheus, a proxy that counts, a crowd of processes."""

import json
import os
import select
import subprocess
import sys

from scenes import runtimes_crowd
from bench_context import REFRESH

HERE = os.path.dirname(os.path.abspath(__file__))
SCENES = os.path.join(HERE, "..", "..", "Tests", "Live", "Runtimes", "rt_runtimes.py")
#: A poll ends where so many seconds pass without a question.
QUIET = 3


class Helper:
    """A script that says a line of JSON when it stands, answers lines by lines, and ends with its input.

    It has a session of its own: Ctrl-C ends the bench, and the bench ends it.
    """

    def __init__(self, script, *arguments, patience=20):
        self.process = subprocess.Popen([sys.executable, "-B", script, *map(str, arguments)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, start_new_session=True)
        try:
            self.facts = self._line(patience)
        except BaseException:
            self.close()
            raise

    def _line(self, seconds):
        """What it says next. It answers a line by a line, so nothing is left between two of them."""
        name = self.process.args[2]
        if not select.select([self.process.stdout], [], [], seconds)[0]:
            raise TimeoutError(f"{name} said nothing for {seconds} s")
        line = self.process.stdout.readline()
        if not line:
            raise OSError(f"{name} has ended")
        return json.loads(line)

    def ask(self):
        """What it has to say now."""
        self.process.stdin.write("?\n")
        self.process.stdin.flush()
        return self._line(20)

    def close(self):
        """The end of its input ends it. One that still starts takes a while to see that."""
        try:
            self.process.stdin.close()
        except OSError:
            pass
        for step in (lambda: None, self.process.terminate, self.process.kill):
            step()
            try:
                self.process.wait(20)
                break
            except subprocess.TimeoutExpired:
                pass
        self.process.stdout.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def fleet(count):
    """A Prometheus that has the series of so many processes."""
    return Helper(SCENES, f"fleet:{count}", patience=90)


def proxy(port):
    """Counts the questions to that port."""
    return Helper(os.path.join(HERE, "runtimes_proxy.py"), port)


def crowd(sleepers, pythons, folder):
    """So many processes that do nothing."""
    return Helper(os.path.join(HERE, "runtimes_crowd.py"), sleepers, pythons, folder, patience=90)


#: In the name of every Python process of the crowd.
CROWD = runtimes_crowd.SCRIPT


def polls(questions):
    """Questions as [(begin, end, bytes)] of one poll each, in their order."""
    found = []
    for question in sorted(questions):
        if not found or question[0] - max(end for _, end, _ in found[-1]) > QUIET:
            found.append([])
        found[-1].append(question)
    return found


def config(folder, name, source):
    """A config of the console with one source."""
    path = os.path.join(folder, f"runtimes-{name}.yaml")
    with open(path, "w") as file:
        file.write(f"environment: staging\ninterval: {REFRESH}\nsources:\n  - {source}\n")
    return path


def fleet_config(folder, name, port, interval):
    """A config of the console with that Prometheus, or the proxy before it."""
    return config(folder, name, '{name: fleet, kind: prometheus, url: "http://127.0.0.1:%d", interval: %d}' % (port, interval))


def home(folder, name, btop=False):
    """Variables that keep a program from settings of whoever runs the bench; btop has its refresh from a file."""
    path = os.path.join(folder, f"home-{name}")
    os.makedirs(os.path.join(path, "btop"), exist_ok=True)
    if btop:
        with open(os.path.join(path, "btop", "btop.conf"), "w") as file:
            file.write(f"update_ms = {REFRESH * 1000}\n")
    return {"HOME": path, **{f"XDG_{what}_HOME": path for what in ("CONFIG", "STATE", "CACHE", "DATA")}}
