"""What the scenes of `Runtimes` and `Incidents` stand on: a folder, child processes, facts to print and commands to answer."""

import os
import shutil
import ssl
import tempfile
import time
import urllib.error
import urllib.request
import uuid

from pg_cluster import UsualSignals
from stacklib.process import MARK, Children, StartError, Watchdog
from stacklib.servers import free_port

HERE = os.path.dirname(os.path.abspath(__file__))
PATIENCE = 60  # seconds for a state to come about: what never comes ends, and a busy machine takes its time
PAUSE = 0.02

# They would change what the runtimes do, or send requests for the loopback elsewhere.
UNWANTED = {"NODE_OPTIONS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "PYTHONPATH", "GUNICORN_CMD_ARGS"}


def environment():
    found = {name: value for name, value in os.environ.items()
             if name not in UNWANTED and not name.lower().endswith("_proxy") and not name.startswith("UWSGI_")}
    # Numbers of jstat have a point, and the checkout stays clean.
    return {**found, "LC_ALL": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"}


class Stage:
    """Ended with this script: by the kernel at once, by a watchdog for the rest. The folder goes with it."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="opsc-rt-")
        mark = uuid.uuid4().hex
        self.environment = environment()
        watchdog = Watchdog(None, self.folder, mark, keep=False)
        self.children = Children(UsualSignals(), watchdog, self.folder, {**self.environment, MARK: mark})
        self.facts = {}
        self.commands = {}  # word -> scene -> function of the rest of the line
        self.undo = []
        self.later = []  # what is waited for when all scenes have begun

    def settle(self):
        """Waits for what was started, side by side."""
        while self.later:
            self.later.pop(0)()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for step in reversed(self.undo):
            step()
        self.children.stop(list(self.children.all))
        self.children.watchdog.finish()

    def path(self, *parts):
        """A path in the folder, whose own folder is there."""
        path = os.path.join(self.folder, *parts)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def command(self, word, scene, function):
        self.commands.setdefault(word, {})[scene] = function

    def start(self, name, argv, **options):
        """A child; its pid becomes a fact."""
        if shutil.which(argv[0]) is None:
            raise StartError(f"{argv[0]} is missing; run demo/install-needs")
        child = self.children.start(name, argv, cwd=self.folder, **options)
        self.facts[fact(name, "pid")] = child.pid
        return child

    def run(self, name, argv):
        """A helper program that ends by itself."""
        child = self.start(name, argv)
        del self.facts[fact(name, "pid")]
        self.children.finish(child, 60)

    def serve(self, name, arguments, answers, **options):
        """A child that listens on a free port, and that port. `arguments` and `answers` are functions of it."""
        for _ in range(4):  # another program may take the port in between
            port = free_port()
            child = self.start(name, arguments(port), **options)
            if self.comes(child, lambda: answers(port)):
                self.facts[fact(name, "port")] = port
                return child, port
            self.children.stop([child])
        raise StartError(f"{name} does not start:\n{child.log_tail()}")

    def comes(self, child, holds):
        """Waits until it holds; false when the child has ended instead."""
        end = time.monotonic() + PATIENCE
        while child.running():
            if holds():
                return True
            if time.monotonic() > end:
                raise StartError(f"{child.name} does not come to stand:\n{child.log_tail()}")
            time.sleep(PAUSE)
        return False

    def said(self, child, word):
        """What follows `word` in the first line of the child's output that begins with it."""
        if not self.comes(child, lambda: after(child.log, word)):
            raise StartError(f"{child.name} ended:\n{child.log_tail()}")
        return after(child.log, word)[0]

    def until(self, what, holds, seconds=PATIENCE):
        end = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > end:
                raise StartError(f"did not come about: {what}")
            time.sleep(PAUSE)


def fact(name, what):
    return f"{name}_{what}".replace("-", "_")


def after(log, word):
    with open(log, errors="replace") as file:
        return [line[len(word):].strip() for line in file if line.startswith(word) and line.endswith("\n")]


def fetch(url, headers=None, trust=None):
    """The body of an answer of 200, or None. Without proxies, whatever the environment says."""
    handlers = [urllib.request.ProxyHandler({})]
    if trust:
        handlers.append(urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=trust)))
    request = urllib.request.Request(url, headers=headers or {})
    try:
        with urllib.request.build_opener(*handlers).open(request, timeout=5) as answer:
            return answer.read()
    except (urllib.error.URLError, OSError, ValueError):
        return None
