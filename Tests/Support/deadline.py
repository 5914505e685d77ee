"""Deadlines on a machine that others use as well.

A test never compares a time with a bare number. It compares it with a control of the same moment: how long a trivial
process takes to start and end. On an idle machine that is QUIET; where it takes three times as long, everything does.
"""

import subprocess
import sys
import threading
import time

# Seconds that the trivial process takes on an idle machine with two cores.
QUIET = 0.015
# So many looks make a mean; with fewer only the slowest says enough.
ENOUGH = 8
# Against a wait that never ends. A test that passes never waits so long, so this is generous.
PATIENCE = 60.0


def control():
    """Seconds that a trivial process takes now, from start to end."""
    begun = time.monotonic()
    subprocess.run([sys.executable, "-I", "-S", "-c", "pass"], check=True, stdin=subprocess.DEVNULL)
    return time.monotonic() - begun


def stretch(times=5):
    """How many times slower than an idle machine this one is now; at least 1."""
    return max(1.0, max(control() for _ in range(times)) / QUIET)


class Control:
    """Runs the trivial process four times a second while something is measured.

        with Control() as machine:
            took = measure()
        self.assertLessEqual(took, machine.allows(0.1))
    """

    def __enter__(self):
        self.looks = [control()]
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._watch, daemon=True)
        self.thread.start()
        return self

    def _watch(self):
        while not self.over.wait(0.25):
            self.looks.append(control())

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()
        self.looks.append(control())

    def allows(self, seconds):
        """What a promise of so many seconds is worth on this machine at that moment.

        All of a short time may fall into one slow moment. In a longer one a slow moment counts for what it took, and not as
        if everything had been as slow.
        """
        slowest = max(self.looks)
        if len(self.looks) < ENOUGH:
            return seconds * max(1.0, slowest / QUIET)
        return seconds * max(1.0, sum(self.looks) / len(self.looks) / QUIET) + slowest


def until(check, seconds=PATIENCE, pause=0.05, what="it did not come true"):
    """Waits for a condition and returns its value; fails where it never holds."""
    end = time.monotonic() + seconds
    while True:
        found = check()
        if found:
            return found
        if time.monotonic() >= end:
            raise AssertionError(f"{what} within {seconds:.0f} s")
        time.sleep(pause)
