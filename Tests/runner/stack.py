"""The servers of one shard: `demo/stack.py`, started by the shard itself and ended with it."""

import atexit
import os
import socket
import subprocess
import sys
import tempfile

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.path.join(REPOSITORY, "demo", "stack.py")


class StackFailed(Exception):
    """The servers did not start; the text says why."""


def start(shard):
    """Starts the servers and puts their addresses into the environment.

    - Parameter shard: the name to use in a message.
    """
    folder = tempfile.mkdtemp(prefix="opsc-stack-")
    process = subprocess.Popen([sys.executable, PROGRAM, "up", "--profile", "test", "--dir", folder],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    line = process.stdout.readline()
    if line.strip() != "READY":
        _, said = process.communicate()
        reason = said.strip() or f"it ended with {process.returncode}"
        raise StackFailed(f"The stack of shard {shard} did not start: {reason}")
    atexit.register(end, process)
    with open(os.path.join(folder, "env"), encoding="utf-8") as file:
        os.environ.update(line.rstrip("\n").split("=", 1) for line in file)


def empty():
    """Takes away what an earlier group left in Redis, so that no group depends on the ones before it."""
    port = os.environ.get("OPSCONSOLE_TEST_REDIS_PORT")
    if not port:
        return
    with socket.create_connection(("127.0.0.1", int(port)), timeout=20) as link:
        link.sendall(b"FLUSHALL\r\n")
        answer = link.recv(100)
    if not answer.startswith(b"+OK"):
        raise StackFailed(f"The Redis of this shard cannot be emptied: {answer.decode(errors='replace').strip()}")


def end(process):
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
