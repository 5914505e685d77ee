"""A process that is killed with all it started."""

import signal
import subprocess
import unittest

import family
from deadline import until


class Family(unittest.TestCase):
    def test_a_child_in_a_session_of_its_own_is_ended_too(self):
        parent = subprocess.Popen(["sh", "-c", "setsid sleep 60 & wait"], start_new_session=True)
        self.addCleanup(parent.wait)
        until(lambda: family.descendants(parent.pid), what="no child")
        below = family.descendants(parent.pid)
        family.end(parent.pid, signal.SIGKILL)
        until(lambda: not any(family.is_running(pid) for pid in below), what="a child lives on")

    def test_a_process_that_leads_no_group_is_ended_too(self):
        member = subprocess.Popen(["sleep", "60"])
        self.addCleanup(member.wait)
        family.end(member.pid, signal.SIGKILL)
        until(lambda: not family.is_running(member.pid), what="it lives on")

    def test_a_process_that_is_gone_has_no_descendants(self):
        gone = subprocess.Popen(["true"])
        gone.wait()
        self.assertEqual(family.descendants(gone.pid), [])
