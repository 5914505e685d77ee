"""A process that is killed with all it started."""

import signal
import subprocess
import unittest

import family
from deadline import until


def is_gone(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except FileNotFoundError:
        return True


class Family(unittest.TestCase):
    def test_a_child_in_a_session_of_its_own_is_ended_too(self):
        parent = subprocess.Popen(["sh", "-c", "setsid sleep 60 & wait"], start_new_session=True)
        self.addCleanup(parent.wait)
        until(lambda: family.descendants(parent.pid), what="no child")
        below = family.descendants(parent.pid)
        family.end(parent.pid, signal.SIGKILL)
        until(lambda: all(is_gone(pid) for pid in below), what="a child lives on")

    def test_a_process_that_is_gone_has_no_descendants(self):
        gone = subprocess.Popen(["true"])
        gone.wait()
        self.assertEqual(family.descendants(gone.pid), [])
