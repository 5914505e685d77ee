"""Runs the command on the terminal and stays out of its way.

The command shares our process group, so the terminal's Ctrl-C, Ctrl-Z and
Ctrl-\\ reach it directly. We take the same signals off our own queue: those of
the keyboard need no answer, those sent with `kill` mean that we should end.
"""

import os
import signal
import subprocess
import sys
import time

from .process import SI_USER

GRACE = 2.0
ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)


def wait_for_end(signals):
    """Wait until somebody asks us to end; then it is a normal end."""
    while True:
        info = signals.wait(3600)
        if info is None:
            continue
        if info.si_signo == signal.SIGTSTP:
            os.kill(os.getpid(), signal.SIGSTOP)
        elif info.si_signo in ENDING:
            return 0


def run_command(command, environment, signals, watchdog):
    """Run it in the foreground; its exit code, 128 + n for a signal."""
    terminal = Terminal()
    try:
        popen = subprocess.Popen(
            command, env=environment, close_fds=False,
            preexec_fn=signals.for_child(signal.SIGHUP, clean=False))
    except FileNotFoundError:
        print(f"stack: no such command: {command[0]}", file=sys.stderr)
        return 127
    except PermissionError:
        print(f"stack: cannot run: {command[0]}", file=sys.stderr)
        return 126
    watchdog.add(popen.pid, signal.SIGTERM)
    try:
        status = Foreground(popen, signals).wait()
    finally:
        terminal.take_back()
    return status


class Terminal:
    """Gives the terminal back to our group when a shell had taken it."""

    def __init__(self):
        self.descriptor = None
        for descriptor in (0, 2, 1):
            try:
                if os.tcgetpgrp(descriptor) == os.getpgrp():
                    self.descriptor = descriptor
                    return
            except OSError:
                continue

    def take_back(self):
        if self.descriptor is not None:
            try:
                os.tcsetpgrp(self.descriptor, os.getpgrp())
            except OSError:
                pass


class Foreground:
    """Follows one child: its end, its stops, and the signals sent to us."""

    def __init__(self, popen, signals):
        self.popen = popen
        self.signals = signals
        self.kill_at = None

    def wait(self):
        while True:
            status = self._poll()
            if status is not None:
                return status
            timeout = 3600 if self.kill_at is None else self.kill_at - time.monotonic()
            info = self.signals.wait(timeout)
            if info is not None:
                self._react(info)
            elif self.kill_at is not None:
                self.popen.send_signal(signal.SIGKILL)
                self.kill_at = time.monotonic() + GRACE

    def _poll(self):
        """Exit code of the command if it ended; follows it if it stopped."""
        pid, status = os.waitpid(self.popen.pid, os.WNOHANG | os.WUNTRACED)
        if pid == 0:
            return None
        if os.WIFSTOPPED(status):
            if self.kill_at is None:
                # The shell that started us waits for us, not for the command:
                # only when we stop too does it take the terminal back.
                os.kill(os.getpid(), signal.SIGSTOP)
            self._send(signal.SIGCONT)
            return None
        code = os.waitstatus_to_exitcode(status)
        self.popen.returncode = code
        return 128 - code if code < 0 else code

    def _react(self, info):
        number = info.si_signo
        if number == signal.SIGCONT:
            self._send(signal.SIGCONT)
        elif number in (signal.SIGTERM, signal.SIGHUP):
            self._end(number)
        elif number in (signal.SIGINT, signal.SIGQUIT) and info.si_code == SI_USER:
            self._end(number)
        elif (number == signal.SIGTSTP and info.si_code == SI_USER
              and info.si_pid != self.popen.pid):
            # Sent with `kill`, maybe to us alone. The command stops first and
            # _poll makes us follow. From the command itself it went to the
            # whole group, so it has its own copy.
            self._send(signal.SIGTSTP)

    def _end(self, number):
        """Pass the wish on; the command has a short time to comply."""
        self._send(number)
        self._send(signal.SIGCONT)  # a stopped command could not comply
        if self.kill_at is None:
            self.kill_at = time.monotonic() + GRACE

    def _send(self, number):
        if self.popen.returncode is None:
            try:
                os.kill(self.popen.pid, number)
            except ProcessLookupError:
                pass
