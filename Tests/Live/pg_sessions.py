"""Sessions that may wait for hours: raw libpq connections, so that a hundred of them need one thread and not a hundred."""

import itertools
import select
import threading
import time

import psycopg
from psycopg import pq

from pg_cluster import StartError, conninfo

PATIENCE = 60  # seconds for a state to come about: what never comes ends, and a busy machine takes its time
PAUSE = 0.01


class SQLError(Exception):
    """What the server said to a statement; `state` is its SQLSTATE."""

    def __init__(self, result):
        text = result.error_field(pq.DiagnosticField.MESSAGE_PRIMARY) or result.error_message
        super().__init__(text.decode(errors="replace").strip())
        self.state = (result.error_field(pq.DiagnosticField.SQLSTATE) or b"").decode()


def failed(result):
    return result.status in (pq.ExecStatus.FATAL_ERROR, pq.ExecStatus.BAD_RESPONSE)


class Session:
    """One connection of an application."""

    def __init__(self, pump=None, **parts):
        self.pump = pump
        self.link = pq.PGconn.connect(conninfo(**parts).encode())
        if self.link.status != pq.ConnStatus.OK:
            raise StartError(f"no connection: {self.link.error_message.decode(errors='replace').strip()}")
        self.pid = self.link.backend_pid
        self.file = self.link.socket
        self.after = iter(())
        self.due = None  # when `following` is to be sent
        self.following = None

    def run(self, *statements):
        """Runs each to its end; the rows of the last one, as text."""
        found = []
        for sql in statements:
            result = self.link.exec_(sql.encode())
            if failed(result):
                raise SQLError(result)
            found = [[text(result.get_value(row, column)) for column in range(result.nfields)]
                     for row in range(result.ntuples)]
        return found

    def send(self, sql, after=()):
        """Sends a statement that will wait. `after` are the statements that follow when it has ended in any way, each
        as (seconds to wait, text)."""
        self.after = iter(after)
        self.link.send_query(sql.encode())
        self.pump.add(self)

    def step(self, now):
        """Takes what has come and sends what follows. False when there is nothing more to do."""
        try:
            if self.due is None:
                self.link.consume_input()
                if not self.drained():
                    return True
                pause, self.following = next(self.after, (None, None))
                if pause is None:
                    return False
                self.due = now + pause
            if now >= self.due:
                self.due = None
                self.link.send_query(self.following.encode())
            return True
        except psycopg.Error:  # ended from outside, which is what some tests do
            return False

    def drained(self):
        """Drops the results that are complete; whether these were all."""
        while not self.link.is_busy():
            if self.link.get_result() is None:
                return True
        return False


def text(value):
    return None if value is None else value.decode(errors="replace")


class Pump:
    """Goes on with sessions whose statement has ended, as their application would."""

    def __init__(self):
        self.sessions = set()
        self.lock = threading.Lock()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._work, daemon=True)
        self.thread.start()

    def add(self, session):
        with self.lock:
            self.sessions.add(session)

    def stop(self):
        self.over.set()
        self.thread.join(2)

    def _work(self):
        while not self.over.is_set():
            with self.lock:
                sessions = {session.file: session for session in self.sessions}
            poll = select.poll()
            for session in sessions.values():
                if session.due is None:
                    poll.register(session.file, select.POLLIN)
            # Short, since sessions are added and become due while this waits.
            ready = {sessions[file] for file, _ in poll.poll(50)}
            now = time.monotonic()
            done = {s for s in sessions.values() if (s in ready or s.due is not None) and not s.step(now)}
            with self.lock:
                self.sessions -= done


class Stage:
    """What the scenes build on: the cluster, its sessions, and the actions they leave."""

    def __init__(self, cluster):
        self.cluster = cluster
        self.pump = Pump()
        self.sessions = []
        self.actions = {}
        self.undo = []
        # Not tracked: looking whether a state stands should not fill pg_stat_statements.
        self.control = self.open("scene-control", user="postgres")
        self.control.run("set pg_stat_statements.track = 'none'", f"set statement_timeout = '{PATIENCE}s'")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for statement in reversed(self.undo):
            try:
                self.control.run(statement)
            except (SQLError, psycopg.Error):  # a test may have undone it, or ended this session
                pass
        self.pump.stop()

    def open(self, name, *statements, user="app", database="shop", **parts):
        """A new session in which the statements have been run."""
        where = {"host": self.cluster.socket_dir, "port": self.cluster.port, **parts}
        session = Session(self.pump, user=user, dbname=database, application_name=name, **where)
        self.sessions.append(session)
        session.run(*statements)
        return session

    def waiter(self, name, sql, *statements):
        """A session that waits with `sql`, and rolls back afterwards if the statements before it began a transaction."""
        session = self.open(name, *statements)
        session.send(sql, [(0, "rollback")] if "begin" in statements else [])
        return session

    def until_waiting(self, *sessions):
        """Returns when all these wait for a lock."""
        pids = ",".join(str(session.pid) for session in sessions)
        sql = f"select count(distinct pid) from pg_locks where not granted and pid = any('{{{pids}}}')"
        self.until(f"{len(sessions)} waiting sessions", lambda: self.number(sql) == len(sessions))

    def until(self, what, holds):
        end = time.monotonic() + PATIENCE
        while not holds():
            if time.monotonic() > end:
                raise StartError(f"did not come about: {what}")
            time.sleep(PAUSE)

    def number(self, sql):
        return int(self.control.run(sql)[0][0])

    def prepare(self, *statements, **parts):
        """Runs these in a session that ends afterwards, so that only those of the scene are to be seen."""
        session = self.open("scene-setup", **parts)
        self.sessions.remove(session)
        try:
            session.run(*statements)
        finally:
            session.link.finish()

    def table(self, name, rows):
        """A table of the application with rows 1…rows, each with n = 0."""
        self.prepare(
            f"create table {name} (id int primary key, n int)",
            f"insert into {name} select i, 0 from generate_series(1, {rows}) i")


def again(pause, sql):
    """For `Session.send`: the same statement without end."""
    return itertools.repeat((pause, sql))
