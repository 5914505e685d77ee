"""Scenes with Python servers of two workers: `gunicorn` `uwsgi` `uwsgi-http` `uwsgi-unix`.

`gunicorn:N` has a timeout of N seconds, and else none. uWSGI has two threads a worker, and tells its stats at a port,
there with a head of HTTP, or on a socket file.

Commands, with N requests (of 1…64, usually 1) of so many seconds (usually 60) that are left open:
    busy [N [SECONDS]]     of gunicorn
    fill [N [SECONDS]]     of uWSGI
Both answer {"sent": …, "taken": …}: how many were sent now, and how many of all are in the hands of a worker. The others
wait in the backlog of the kernel. Each carries the header `Cookie: session=CANARYSECRET`.
"""

import os
import signal
import socket
import sys
import time

from scene_stage import HERE, PAUSE, fact, fetch, free_port

MOST = 64
REQUEST = "GET /slow?s={} HTTP/1.1\r\nHost: scene\r\nCookie: session=CANARYSECRET\r\n\r\n"


class Slow:
    """Slow requests, never waited for: they end with this script."""

    def __init__(self, port, places):
        self.port, self.places = port, places
        self.links = []

    def send(self, rest):
        asked = [int(word) for word in rest.split()]
        count, seconds = asked + [1, 60][len(asked):]
        self.links = [link for link in self.links if state(link) != "over"]
        if not 1 <= count <= MOST - len(self.links):
            raise ValueError(f"at most {MOST} requests")
        for _ in range(count):
            link = socket.create_connection(("127.0.0.1", self.port), timeout=5)
            link.sendall(REQUEST.format(seconds).encode())
            link.setblocking(False)
            self.links.append(link)
        wanted, end = min(len(self.links), self.places), time.monotonic() + 60
        while (taken := sum(state(link) != "waits" for link in self.links)) < wanted and time.monotonic() < end:
            time.sleep(PAUSE)
        return {"sent": count, "taken": taken}


def state(link):
    """How far the server is with a request."""
    try:
        found = link.recv(65536, socket.MSG_PEEK)
    except BlockingIOError:
        return "waits"
    except OSError:
        return "over"
    return "taken" if b"taken\n" in found and b"done\n" not in found else "over"


def program(name):
    """Of the Python environment that this runs in."""
    return os.path.join(sys.prefix, "bin", name)


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]


def serve(stage, name, argv, count):
    """A server with `count` workers."""
    child, port = stage.serve(name, lambda port: [part.replace("PORT", str(port)) for part in argv],
                              lambda port: fetch(f"http://127.0.0.1:{port}/fast"), stop_signal=signal.SIGQUIT)
    master = child.pid

    def kill():
        # All at once: an orderly end waits for slow requests.
        if child.running():
            os.killpg(master, signal.SIGKILL)

    stage.undo.append(kill)
    stage.until("workers", lambda: len(children_of(master)) == count)
    stage.facts[fact(name, "workers")] = children_of(master)
    return port


def gunicorn(stage, name, timeout):
    control = stage.path("gunicorn.ctl")
    port = serve(stage, name, [
        program("gunicorn"), "--bind", "127.0.0.1:PORT", "--workers", "2", "--timeout", str(timeout or 0),
        "--control-socket", control, "--worker-tmp-dir", stage.folder, "--pythonpath", f"{HERE}/Runtimes", "rt_wsgi:application"], 2)
    stage.until("a control socket", lambda: os.path.exists(control))
    stage.facts["gunicorn_control"] = control
    stage.command("busy", name, Slow(port, 2).send)


def uwsgi(stage, name, _):
    where = stage.path("uwsgi-stats.sock") if name == "uwsgi-unix" else None
    chosen = free_port()
    stats = where or f"127.0.0.1:{chosen}"
    port = serve(stage, name, [
        program("uwsgi"), "--http-socket", "127.0.0.1:PORT", "--master", "--processes", "2", "--threads", "2",
        "--enable-threads", "--need-app", "--no-orphans", "--stats", stats,
        *(["--stats-http"] if name == "uwsgi-http" else []), "--wsgi-file", f"{HERE}/Runtimes/rt_wsgi.py"], 2)
    stage.facts[fact(name, "stats" if where else "stats_port")] = where or chosen
    stage.command("fill", name, Slow(port, 4).send)


WORKERS = {"gunicorn": gunicorn, "uwsgi": uwsgi, "uwsgi-http": uwsgi, "uwsgi-unix": uwsgi}
