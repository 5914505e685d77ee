"""The cluster that the database panels are measured on, a light load on it, and what its processes cost."""

import json
import os
import re
import select
import subprocess
import sys
import threading
import time

import procfs
from psycopg import pq

SCRIPT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Tests", "Live", "pg_triage.py")
#: Begins the name of every session that waits; to be seen in the rows of every program.
WAITING = "queue-w-"
#: How a backend calls itself: role, database, where its client is.
TITLE = re.compile(r"^postgres: (\S+) \S+ (?:\[local\]|\S+\(\d+\))")


class Scene:
    """A PostgreSQL cluster of its own: 100 sessions wait for one row, 5,000 statements are tracked."""

    def __init__(self):
        self.process = subprocess.Popen([sys.executable, "-B", SCRIPT, "queue:100", "statements:5000"],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            self.facts = self._line(90)
            self.port = self.facts["port"]
            self.postmaster = procfs.parent(self.rows("select pg_backend_pid()")[0][0])
        except BaseException:
            self.close()
            raise

    def _line(self, seconds):
        """What it says next. It answers a line by a line, so nothing is left between two of them."""
        if not select.select([self.process.stdout], [], [], seconds)[0]:
            raise TimeoutError(f"the cluster said nothing for {seconds} s")
        return json.loads(self.process.stdout.readline() or '{"error": "the cluster has ended"}')

    def rows(self, statement):
        """Runs one statement, in one line, as the superuser."""
        self.process.stdin.write(f"sql {statement}\n")
        self.process.stdin.flush()
        answer = self._line(20)
        if "rows" not in answer:
            raise OSError(answer.get("error"))
        return answer["rows"]

    def add_role(self, name):
        """A role that may do what `watcher` may."""
        self.rows(f"create role {name} login in role pg_monitor, pg_read_all_data")

    def connection(self, role):
        """The words that pg_activity takes. TCP, as the console has it."""
        return ["-h", "127.0.0.1", "-p", str(self.port), "-d", "shop", "-U", role]

    def config(self, folder, role):
        """A config of the console; what is polled is this cluster alone."""
        path = os.path.join(folder, f"triage-{role}.yaml")
        with open(path, "w") as file:
            file.write("environment: staging\nsources:\n"
                       f'  - {{name: main-db, kind: postgres, url: "postgresql://{role}@127.0.0.1:{self.port}/shop"}}\n')
        return path

    def close(self):
        """The end of its input ends it, and removes its folder."""
        self.process.stdin.close()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Load:
    """Four sessions with short transactions: between two refreshes every one of them changes."""

    STEPS = (b"begin", b"update work_rows set n = n + 1 where id = %d", b"select sum(n) from work_rows where id < %d",
             b"select pg_sleep(0.2), %d", b"commit")

    def __init__(self, scene, period=0.1):
        self.links = []
        for index in range(4):
            link = pq.PGconn.connect(f"host={scene.facts['socket']} port={scene.port} dbname=shop user=app "
                                     f"application_name=bench-load-{index}".encode())
            if link.status != pq.ConnStatus.OK:
                raise OSError(link.error_message.decode())
            self.links.append(link)
        self.period, self.over = period, threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        """The next step of one session after the other; that it may take a while is not waited for."""
        turn = 0
        while not self.over.wait(self.period):
            link, step = self.links[turn % 4], self.STEPS[(turn // 4 + turn) % len(self.STEPS)]
            while link.get_result():
                pass
            link.send_query(step % (turn % 1000 + 1) if b"%d" in step else step)
            turn += 1

    def close(self):
        """Ends it."""
        self.over.set()
        self.thread.join()
        for link in self.links:
            link.finish()


class Backends:
    """Processor time of the server's processes, for each role that they serve. Every program here has a role of its own.

    The processes are looked at ten times a second, so connections that come and go are counted as well, but for the
    last tenth of a second of each, and for those that live shorter. Not counted: the postmaster, which makes the
    processes, those of the server itself (checkpointer, WAL writer), and what the kernel does for the network.
    """

    PERIOD = 0.1

    def __init__(self, postmaster):
        self.postmaster = postmaster
        self.there = set()
        self.alive = {}  # pid: [role, seconds]
        self.ended = {}  # role: seconds
        self.lock, self.over = threading.Lock(), threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.over.wait(self.PERIOD):
            self.look()

    def look(self):
        """Once over all processes; of those known only the clock is read."""
        with self.lock:
            there = {int(name) for name in os.listdir("/proc") if name.isdigit()}
            for pid in there - self.there:
                if procfs.parent(pid) == self.postmaster:
                    self.alive[pid] = [None, 0.0]
            self.there = there
            for pid, known in list(self.alive.items()):
                try:
                    known[0] = known[0] or self._role(pid)
                    known[1] = procfs.cpu_seconds(pid)
                except OSError:
                    pass
                if pid not in there:
                    role, seconds = self.alive.pop(pid)
                    self.ended[role] = self.ended.get(role, 0.0) + seconds

    @staticmethod
    def _role(pid):
        """The role; None before the client has told it, and for processes of the server itself."""
        with open(f"/proc/{pid}/cmdline", errors="replace") as file:
            found = TITLE.match(file.read())
        return found.group(1) if found else None

    def seconds(self, role):
        """What was spent until now on all that this role has connected."""
        self.look()
        with self.lock:
            return self.ended.get(role, 0.0) + sum(spent for name, spent in self.alive.values() if name == role)

    def close(self):
        """Ends the looking."""
        self.over.set()
        self.thread.join()
