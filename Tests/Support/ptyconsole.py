"""Drives the real binary in a pseudo terminal: keys in, bytes and an emulated screen out."""

import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
import unittest

from deadline import PATIENCE
from emulator import emulate
from places import Home, binary

HERE = os.path.dirname(os.path.abspath(__file__))
ESCAPE, ENTER, DOWN, UP = b"\x1b", b"\r", b"\x1bOB", b"\x1bOA"
LEAVE = b"\x1b[?1049l"  # rmcup: the shell's screen is back
# Seconds after which an Esc that was read is a key of its own: the console waits 150 ms for the rest of a longer key.
ALONE = 0.25
# Leaves the terminal as node, asyncio and some wrappers of ssh do, and becomes the console.
NONBLOCKING = "import os, sys; os.set_blocking(1, False); os.execv(sys.argv[1], sys.argv[1:])"
# Bytes that the kernel takes before the one who writes has to wait; the last of them may be the half of a character.
FULL = 4000
# Seconds for which a confirmation stands before `y` counts: nobody confirms what could not be read.
DWELL = 0.7


class PtyConsole:
    """One console on one pseudo terminal. The tests keep the other end open as well, as a shell would."""

    def __init__(self):
        self.raw = bytearray()
        self.bursts = []  # (when, number of bytes)
        self.pid = self.master = self.slave = self.process = None
        self.status = None  # exit code, or minus the number of the signal
        self.ended = None

    def start(self, size=(80, 24), env=None, args=(), jobs=False, blocking=True, inside=()):
        """Starts the console; with `jobs` below a small shell with job control, which is what stopping needs.

        `inside` are words in front of the program, such as those of `unshare`, which become it in the end.
        """
        self.master, self.slave = os.openpty()
        os.set_blocking(self.master, False)
        self._set_size(size)
        self.before = termios.tcgetattr(self.slave)
        command = [*inside, binary(), *args]
        if jobs:
            command = [sys.executable, "-S", os.path.join(HERE, "jobs.py"), *command]
        if not blocking:
            command = [sys.executable, "-S", "-c", NONBLOCKING, *command]
        name = os.ttyname(self.slave)
        actions = [(os.POSIX_SPAWN_OPEN, 0, name, os.O_RDWR, 0), (os.POSIX_SPAWN_DUP2, 0, 1), (os.POSIX_SPAWN_DUP2, 0, 2)]
        self.started = time.monotonic()
        self.pid = os.posix_spawn(
            command[0], command, env, file_actions=actions, setsid=True, setsigmask=(), setsigdef=range(1, 32))
        self.process = os.pidfd_open(self.pid)
        return self

    def _set_size(self, size):
        self.size = size
        self.screen, self.stream = emulate(*size)
        self.fed = len(self.raw)
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))

    def resize(self, columns, rows):
        """A new size and a blank emulator: what is on the screen afterwards was drawn for this size."""
        self.pump(0)
        self._set_size((columns, rows))

    def pump(self, seconds):
        """Reads what comes within this time. Returns as soon as something came, or the process ended."""
        waiting = [self.master] if self.master is not None else []
        ready, _, _ = select.select(waiting + [self.process], [], [], max(0, seconds))
        if self.master in ready:
            if data := self._read():
                self.raw += data
                self.bursts.append((time.monotonic(), len(data)))
                return True
        if self.process in ready and self.status is None:
            _, status = os.waitpid(self.pid, 0)
            self.ended, self.status = time.monotonic(), os.waitstatus_to_exitcode(status)
        return False

    def _read(self):
        """What is there. A frame that fills the terminal's buffer comes in pieces: it is read to its end."""
        data, piece = b"", b"-" * FULL
        while len(piece) >= FULL and (not data or select.select([self.master], [], [], 0.02)[0]):
            try:
                piece = os.read(self.master, 1 << 16)
            except OSError:
                piece = b""
            data += piece
        return data

    def settle(self, quiet=0.05, most=2.0):
        """Reads until nothing came for `quiet` seconds."""
        end = time.monotonic() + most
        while self.status is None and time.monotonic() < end and self.pump(quiet):
            pass

    def let_pass(self, seconds):
        """Reads for so long, whatever comes."""
        end = time.monotonic() + seconds
        while self.status is None and time.monotonic() < end:
            self.pump(end - time.monotonic())

    def send(self, data):
        """Writes keys, and reads meanwhile: a flood would block both ends otherwise."""
        view = memoryview(data.encode() if isinstance(data, str) else data)
        end = time.monotonic() + PATIENCE
        while view and self.status is None:
            try:
                view = view[os.write(self.master, view[:4096]):]
                end = time.monotonic() + PATIENCE
            except BlockingIOError:
                self.pump(0.01)
            if time.monotonic() > end:
                raise AssertionError(f"the console takes no input; the screen is\n{self.text()}")

    def feed(self):
        if self.fed < len(self.raw):
            data, self.fed = bytes(self.raw[self.fed:]), len(self.raw)
            self.stream.feed(data)

    def lines(self):
        self.feed()
        return self.screen.rows()

    def text(self):
        return "\n".join(self.lines())

    def mark(self):
        """A place in the stream, for `since`."""
        return len(self.raw)

    def since(self, mark):
        return bytes(self.raw[mark:])

    @property
    def is_over(self):
        """The process has ended, and all that it wrote has arrived."""
        return self.status is not None

    def until(self, condition, timeout=PATIENCE, what="the condition", pause=0.05):
        """Reads until `condition()` holds and returns its value; fails with the screen where it never does."""
        end = time.monotonic() + timeout
        while True:
            found = condition()
            if found:
                return found
            if self.is_over or time.monotonic() >= end:
                raise AssertionError(f"{what} did not come; status {self.status}; the screen is\n{self.text()}")
            self.pump(min(pause, end - time.monotonic()))

    def wait_for(self, pattern, timeout=PATIENCE):
        """Waits for a text on the screen, as a regular expression."""
        wanted = re.compile(pattern)
        return self.until(lambda: wanted.search(self.text()), timeout, f"'{pattern}'")

    def press(self, keys, pattern, timeout=PATIENCE):
        if keys in (ESCAPE, ESCAPE.decode()):
            self.escape()
        else:
            self.send(keys)
        return self.wait_for(pattern, timeout)

    def escape(self, times=1):
        """Presses Esc and sees to it that no key behind it is taken for a part of it, however busy the machine is."""
        for _ in range(times):
            self.send(ESCAPE)
            self.until(lambda: self.unread_keys() == 0, what="a console that reads its keys", pause=0.005)
            self.let_pass(ALONE)
            # On a busy machine it may not have had its turn since: what comes then would belong to the Esc.
            self.until(self.rests, what="a console that waits", pause=0.01)

    def rests(self):
        """Whether the thread that reads keys waits for something; true as well where the process has ended."""
        try:
            with open(f"/proc/{self.pid}/task/{self.pid}/stat") as file:
                return file.read().rsplit(")", 1)[1].split()[0] == "S"
        except (FileNotFoundError, ProcessLookupError):
            return True

    def unread_keys(self):
        """Bytes that were sent and that the console has not read yet."""
        return struct.unpack("i", fcntl.ioctl(self.slave, termios.FIONREAD, b"\0" * 4))[0]

    def confirm(self, pattern, shown="y confirm"):
        """Reads the plan that stands there, and says yes."""
        self.wait_for(shown)
        self.let_pass(DWELL)
        return self.press("y", pattern)

    def wait_for_bytes(self, data, mark=0, timeout=PATIENCE):
        return self.until(lambda: data in self.raw[mark:], timeout, repr(data))

    def signal(self, number):
        os.kill(self.pid, number)

    def wait_exit(self, timeout=PATIENCE):
        """The exit status; the process must end within this time."""
        begun = time.monotonic()
        while self.status is None and time.monotonic() < begun + timeout:
            self.pump(0.05)
        if self.status is None:
            raise AssertionError(f"still running after {timeout} s; the screen is\n{self.text()}")
        while self.master is not None and self.pump(0):
            pass
        return self.status

    def hang_up(self):
        """Closes the terminal's end, as a lost connection does."""
        os.close(self.master)
        self.master = None

    def is_line_mode(self):
        """Whether the terminal echoes and hands over whole lines, as a shell found it."""
        flags = termios.tcgetattr(self.slave)[3]
        return bool(flags & termios.ECHO) and bool(flags & termios.ICANON)

    def unread(self):
        """Bytes that the next reader of the terminal, the shell, would get."""
        # In line mode only whole lines count, so the mode is changed for the look.
        mode = termios.tcgetattr(self.slave)
        mode[3] &= ~termios.ICANON
        termios.tcsetattr(self.slave, termios.TCSANOW, mode)
        return self.unread_keys()

    def close(self):
        if self.pid is not None and self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            self.wait_exit()
        for name in ("master", "slave", "process"):
            if getattr(self, name) is not None:
                os.close(getattr(self, name))
                setattr(self, name, None)


class ConsoleTest(unittest.TestCase):
    """Gives each test a home of its own and ends what it started."""

    def setUp(self):
        binary()
        self.home = Home()
        self.addCleanup(self.home.remove)

    def console(self, size=(80, 24), args=(), jobs=False, config=True, blocking=True, inside=(), **env):
        console = PtyConsole()
        options = ["--config", self.home.config] if config else []
        console.start(size, self.home.environment(**env), [*args, *options], jobs, blocking, inside)
        self.addCleanup(console.close)
        return console

    def run_plain(self, *args, timeout=PATIENCE, **env):
        """Runs a subcommand without a terminal; its output as bytes."""
        return subprocess.run(
            [binary(), *args], env=self.home.environment(**env), stdin=subprocess.DEVNULL, capture_output=True, timeout=timeout)

    def say(self, text):
        """Prints a measured figure."""
        print(f"\n    {text}", file=sys.stderr, flush=True)
