"""Starting, watching and ending processes so that none of them is left behind.

Three things together guarantee it:

* the kernel signals a direct child when its parent dies (PR_SET_PDEATHSIG);
* a watchdog process notices by a closed pipe that the supervisor is gone, and
  ends whatever carries the stack's mark in its environment, grandchildren too;
* the supervisor itself stops everything by pid when it ends normally.
"""

import ctypes
import os
import signal
import subprocess
import sys
import time

PR_SET_PDEATHSIG = 1
SI_USER = 0
# Carried in the environment of all that the stack starts, and nowhere else: not
# in the env file, since a shell that reads that file must survive the stack.
MARK = "OPSCONSOLE_STACK_MARK"

HANDLED = {
    signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGHUP,
    signal.SIGTSTP, signal.SIGCONT, signal.SIGCHLD,
}

_libc = ctypes.CDLL(None, use_errno=True)


class Stopped(Exception):
    """A signal asked the supervisor to end; `number` is that signal."""

    def __init__(self, number):
        super().__init__(f"stopped by signal {number}")
        self.number = number


class StartError(Exception):
    """A part of the stack could not be started; the text is for the user."""


def start_time(pid):
    """Start time of a process in clock ticks, or None when it is gone.

    A pid together with this number names one process for good: pids are reused.
    """
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return None
    return None if fields[0] in (b"Z", b"X") else int(fields[19])


class Signals:
    """Receives the handled signals one at a time, by waiting for them.

    They are blocked all the time, so no code needs to expect an interruption,
    and sigtimedwait tells where a signal came from: the terminal or `kill`.
    """

    def __init__(self):
        self.inherited = signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)
        # An ignored SIGCHLD (some launchers leave it so) would make the kernel
        # reap our children itself and their exit codes would be lost.
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        # Taking the terminal back from a background group must not stop us.
        self.ttou = signal.signal(signal.SIGTTOU, signal.SIG_IGN)

    def wait(self, seconds):
        """The next signal within `seconds`, as siginfo, or None."""
        return signal.sigtimedwait(HANDLED, max(0.0, seconds))

    def pause(self, seconds):
        """Sleep during start-up; raises Stopped when the user gives up."""
        end = time.monotonic() + seconds
        while True:
            info = self.wait(end - time.monotonic())
            if info is None:
                return
            if info.si_signo == signal.SIGTSTP:
                os.kill(os.getpid(), signal.SIGSTOP)
            elif info.si_signo not in (signal.SIGCHLD, signal.SIGCONT):
                raise Stopped(info.si_signo)

    def for_child(self, death_signal, clean):
        """A preexec function: die with the parent, get usual signals back.

        subprocess runs it after it has changed the user, which matters: the
        kernel forgets the death signal when the credentials change.
        """
        parent = os.getpid()

        def prepare():
            _libc.prctl(PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != parent:
                os._exit(1)
            mask = set() if clean else self.inherited
            signal.signal(signal.SIGTTOU, signal.SIG_DFL if clean else self.ttou)
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)

        return prepare


class Child:
    """One background process of the stack, in its own session."""

    def __init__(self, name, popen, stop_signal, log):
        self.name = name
        self.popen = popen
        self.stop_signal = stop_signal
        self.log = log

    @property
    def pid(self):
        return self.popen.pid

    def running(self):
        return self.popen.poll() is None

    def log_tail(self, lines=6):
        """The last lines of the log, for an error message."""
        try:
            with open(self.log, errors="replace") as file:
                return "".join(file.readlines()[-lines:]).rstrip()
        except OSError:
            return ""


class Watchdog:
    """The process that cleans up if the supervisor is killed outright."""

    def __init__(self, signals, directory, mark, keep):
        script = os.path.join(os.path.dirname(__file__), "watchdog.py")
        self.popen = subprocess.Popen(
            [sys.executable, "-E", "-S", script, mark, directory, "keep" if keep else "remove"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True, cwd="/", preexec_fn=self._usual_mask,
        )

    @staticmethod
    def _usual_mask():
        signal.pthread_sigmask(signal.SIG_SETMASK, set())

    def add(self, pid, stop_signal):
        """Tell it of a process that may not show the mark (servers that
        rewrite their title overwrite their environment with it)."""
        line = f"{pid} {start_time(pid) or 0} {int(stop_signal)}\n"
        try:
            self.popen.stdin.write(line.encode())
            self.popen.stdin.flush()
        except OSError:
            pass

    def finish(self):
        """Let it sweep up what is left and wait until it has."""
        try:
            self.popen.stdin.close()
        except OSError:
            pass
        try:
            self.popen.wait(10)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()


class Children:
    """All background processes of the stack, in the order they were started."""

    def __init__(self, signals, watchdog, log_dir, environment):
        self.signals = signals
        self.watchdog = watchdog
        self.log_dir = log_dir
        self.environment = environment
        self.all = []

    def start(self, name, argv, *, account=None, cwd=None, env=None,
              stop_signal=signal.SIGTERM, death_signal=signal.SIGKILL):
        """Start a process with its output in logs/<name>.log.

        Call it from the main thread only: the death signal is tied to the
        thread that started the child.
        """
        log = os.path.join(self.log_dir, name + ".log")
        identity = {}
        if account is not None:
            identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        with open(log, "ab") as output:
            popen = subprocess.Popen(
                argv, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                start_new_session=True, cwd=cwd, env={**self.environment, **(env or {})},
                preexec_fn=self.signals.for_child(death_signal, clean=True), **identity,
            )
        child = Child(name, popen, stop_signal, log)
        self.all.append(child)
        self.watchdog.add(child.pid, stop_signal)
        return child

    def finish(self, child, seconds):
        """Wait for a helper program that ends by itself; must succeed."""
        end = time.monotonic() + seconds
        while child.running():
            if time.monotonic() > end:
                raise StartError(f"{child.name} took longer than {seconds} s")
            self.signals.pause(0.02)
        self.all.remove(child)
        if child.popen.returncode != 0:
            raise StartError(f"{child.name} failed:\n{child.log_tail()}")

    def stop(self, children, seconds=3.0):
        """Ask these to end, all at once; kill the groups of those that don't."""
        for child in children:
            if child.running():
                child.popen.send_signal(child.stop_signal)
        end = time.monotonic() + seconds
        while time.monotonic() < end and any(child.running() for child in children):
            time.sleep(0.02)
        for child in children:
            if child.running():
                self._kill_group(child)
        for child in children:
            child.popen.wait()
            if child in self.all:
                self.all.remove(child)

    @staticmethod
    def _kill_group(child):
        # Its own session makes it the leader of a group of the same number.
        # SIGQUIT first: it lets PostgreSQL take its helpers and memory along.
        if child.stop_signal == signal.SIGINT:
            child.popen.send_signal(signal.SIGQUIT)
            try:
                child.popen.wait(1.5)
                return
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(child.pid, signal.SIGKILL)
        except OSError:
            child.popen.kill()
