"""Processes that a group of tests left behind on the host of its shard: they would speak to the servers of the next group."""

import os
import signal
import time

from Support.family import is_running

#: The first process of the host takes every process whose parent ended.
FIRST = 1
#: A process that is on its way out may take this long, in seconds.
GRACE = 1.0


class Strays:
    """Knows which orphans belong to the shard itself; every later one is a stray. The last group's end with the host."""

    def __init__(self):
        self.is_own_host = os.getppid() == FIRST
        self.known = {os.getpid(), *self._orphans()}

    def end(self):
        """Ends the strays. Returns the command line of each."""
        said, patience = [], time.monotonic() + GRACE
        while self._alive() and time.monotonic() < patience:
            time.sleep(0.01)
        # What a stray started becomes an orphan when the stray ends.
        while new := self._alive():
            for pid in new:
                said.append(self._command(pid))
                self._kill(pid)
                self.known.add(pid)
            time.sleep(0.01)
        return said

    def _alive(self):
        return [pid for pid in self._orphans() if pid not in self.known and is_running(pid)]

    def _orphans(self):
        if not self.is_own_host:
            return []
        with open(f"/proc/{FIRST}/task/{FIRST}/children", encoding="ascii") as file:
            return [int(pid) for pid in file.read().split()]

    @staticmethod
    def _command(pid):
        try:
            with open(f"/proc/{pid}/cmdline", encoding="utf-8", errors="replace") as file:
                return file.read().replace("\0", " ").strip()[:120] or f"process {pid}"
        except (FileNotFoundError, ProcessLookupError):
            return f"process {pid}"

    @staticmethod
    def _kill(pid):
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
