"""A program in a pseudo-terminal: its output with times, and the keys it is sent."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

#: What programs ask a terminal, and what a plain xterm says. Without it some wait for seconds.
ANSWERS = [
    (re.compile(rb"\x1b\[5n"), b"\x1b[0n"),
    (re.compile(rb"\x1b\[6n"), b"\x1b[1;1R"),
    (re.compile(rb"\x1b\[0?c"), b"\x1b[?62;22c"),
    (re.compile(rb"\x1b\[>0?c"), b"\x1b[>0;276;0c"),
    (re.compile(rb"\x1b\[>0?q"), b"\x1bP>|XTerm(379)\x1b\\"),
    (re.compile(rb"\x1bP\+q[0-9a-fA-F;]*\x1b\\"), b"\x1bP0+r\x1b\\"),
]

#: Pieces of output closer than this many seconds belong to one burst.
BURST_GAP = 0.004


class Program:
    """Runs in a terminal of its own; one thread reads, so that the times are exact."""

    def __init__(self, argv, rows=40, columns=120, extra=None):
        self.rows, self.columns = rows, columns
        self.chunks = []
        self.is_over = False
        environment = dict(os.environ, TERM="xterm-256color", LANG="C.UTF-8", LC_ALL="C.UTF-8")
        environment.pop("NO_COLOR", None)
        environment.update(extra or {})
        self.started = time.perf_counter()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            self._become(argv, environment)

    def _become(self, argv, environment):
        """In the child: size of the terminal, then the program."""
        try:
            size = struct.pack("HHHH", self.rows, self.columns, 0, 0)
            fcntl.ioctl(0, termios.TIOCSWINSZ, size)
            os.execvpe(argv[0], argv, environment)
        finally:
            os._exit(127)

    def pump(self, seconds):
        """Reads output for so long; returns at once when the program ends."""
        end = time.perf_counter() + seconds
        while not self.is_over:
            left = end - time.perf_counter()
            if left <= 0:
                return
            self._read(left)

    def _read(self, seconds):
        """Waits for one piece of output. Returns whether there was one."""
        ready, _, _ = select.select([self.fd], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            data = b""
        if not data:
            self.is_over = True
            return False
        self.chunks.append((time.perf_counter(), data))
        if b"\x1b" in data:
            self._answer(data)
        return True

    def _answer(self, data):
        """Says what a terminal would say."""
        for question, words in ANSWERS:
            for _ in question.findall(data):
                os.write(self.fd, words)

    def wait_for(self, mark, seconds):
        """Seconds from the start until the bytes `mark` were read, or None."""
        tail = b""
        seen = 0
        end = time.perf_counter() + seconds
        while time.perf_counter() < end and not self.is_over:
            self._read(max(0, end - time.perf_counter()))
            for when, data in self.chunks[seen:]:
                tail = tail[-200:] + data
                if mark in tail:
                    return when - self.started
            seen = len(self.chunks)
        return None

    def settle(self, quiet=0.05, limit=2.0):
        """Reads until nothing comes for `quiet` seconds."""
        end = time.perf_counter() + limit
        while time.perf_counter() < end and self._read(quiet):
            pass

    def send(self, keys):
        """Types; returns the time just before."""
        when = time.perf_counter()
        os.write(self.fd, keys)
        return when

    def burst_after(self, keys, quiet=0.05):
        """Types, and returns what is written until the program is quiet again. On a busy machine it may begin late."""
        first = len(self.chunks)
        self.send(keys)
        self._read(2.0)
        self.settle(quiet)
        return b"".join(data for _, data in self.chunks[first:])

    def bytes_between(self, start, end):
        """Bytes read in that time."""
        return sum(len(data) for when, data in self.chunks if start <= when < end)

    def output(self):
        """Everything read so far."""
        return b"".join(data for _, data in self.chunks)

    def close(self):
        """Ends the program: `q`, then signals."""
        for step in (lambda: os.write(self.fd, b"q"), lambda: os.kill(self.pid, signal.SIGTERM),
                     lambda: os.kill(self.pid, signal.SIGKILL)):
            try:
                step()
            except OSError:
                pass
            if self._ended(1.0):
                break
        os.close(self.fd)

    def _ended(self, seconds):
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            if os.waitpid(self.pid, os.WNOHANG)[0]:
                return True
            if self.is_over:
                time.sleep(0.01)
            else:
                self._read(0.02)
        return False

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def bursts(chunks):
    """Groups pieces of output that follow each other closely: (end, bytes)."""
    groups = []
    for when, data in chunks:
        if groups and when - groups[-1][0] < BURST_GAP:
            groups[-1] = (when, groups[-1][1] + data)
        else:
            groups.append((when, data))
    return groups
