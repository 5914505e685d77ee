"""The programs to compare with: command lines, and how to see that they show data."""

import os
import shutil
import subprocess


class Peer:
    """One of them. `mark` is in the first screen that shows data."""

    def __init__(self, name, argv, mark=None):
        self.name = name
        self.argv = argv
        self.mark = mark

    @property
    def is_there(self):
        """Whether it is installed."""
        return self.argv[0] is not None


def _program(folder, name):
    """The program in a folder or on the path, or None."""
    path = os.path.join(folder, name) if folder else None
    return path if path and os.access(path, os.X_OK) else shutil.which(name)


def activity(tools, where, refresh):
    """pg_activity without its costly columns."""
    lean = ["--no-db-size", "--no-tempfiles", "--no-walreceiver", "--refresh", str(refresh)]
    return [_program(tools, "pg_activity"), *where, *lean]


def database(servers, tools, refresh):
    """pg_activity, and pg_top as it comes."""
    where = ["-h", servers.pg_folder, "-p", servers.pg_port, "-d", servers.database,
             "-U", "watcher"]
    return [
        Peer("pg_activity", activity(tools, where, refresh), b"bench-"),
        Peer("pg_top", [_program(None, "pg_top"), "-s", str(refresh), *where], b"postgres: app")]


def queues(servers, tools, number):
    """`rq info`, to which options are added."""
    return Peer("rq info", [_program(tools, "rq"), "info", "-u", servers.redis_url(number)])


def versions(tools):
    """What each peer says of itself; another version has other costs."""
    found = {}
    for name in ("pg_activity", "pg_top", "rq"):
        program = _program(tools, name)
        if program:
            done = subprocess.run([program, "--version"], stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, text=True, timeout=20)
            words = [word.strip(",") for word in done.stdout.split() if word[:1].isdigit()]
            found[name] = words[0] if words else "?"
    return found
