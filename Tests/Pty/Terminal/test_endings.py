"""Every way out: in time, with the right code, without connections left behind, and with a usable terminal."""

import os
import signal
import time
import unittest

import seeds
from deadline import Control, until
from ptyconsole import LEAVE, ConsoleTest
from places import postgres_url, redis_url

IN_TIME = 1.0
PASTE_OFF = b"\x1b[?2004l"


def redis_connections():
    return [each for each in seeds.server(seeds.SMALL).client_list() if each["name"].startswith("opsc:")]


def postgres_connections():
    with seeds.postgres() as session:
        return session.execute("SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'opsc:%'").fetchall()


class Ending(ConsoleTest):
    def connected(self, **more):
        """A console with live connections to a Redis queue, a broker that it subscribes to, and PostgreSQL."""
        seeds.small_queues()
        self.home.configure(
            ("mail", "rq", redis_url(seeds.SMALL)), ("broker", "celery", redis_url(seeds.EMPTY)), ("main-db", "postgres", postgres_url()))
        console = self.console(**more)
        console.wait_for("3 fresh")
        self.assertFalse(console.is_line_mode(), "the console has the terminal")
        self.assertEqual(len(redis_connections()), 3)
        self.assertEqual(len(postgres_connections()), 1)
        return console

    def assert_connections_gone(self):
        until(lambda: not redis_connections() and not postgres_connections(), what="connections are left behind: none ended")

    def assert_ends(self, console, begin, code):
        with Control() as machine:
            begun = time.monotonic()
            begin()
            self.assertEqual(console.wait_exit(), code)
            took = console.ended - begun
        self.say(f"{self._testMethodName}: gone after {took * 1000:.0f} ms with {code}")
        self.assertLessEqual(took, machine.allows(IN_TIME))
        self.assert_connections_gone()

    def assert_terminal_given_back(self, console):
        self.assertTrue(console.is_line_mode(), "echo and line mode are back")
        tail = bytes(console.raw)
        self.assertIn(LEAVE, tail, "the shell's screen is back")
        self.assertIn(PASTE_OFF, tail)
        self.assertGreater(tail.rfind(b"\x1b[?25h"), tail.rfind(b"\x1b[?25l"), "the cursor is visible")


class OrdinaryEndings(Ending):
    def test_q_ends_with_0(self):
        """The operator's own good-bye is the only success."""
        console = self.connected()
        self.assert_ends(console, lambda: console.send("q"), 0)
        self.assert_terminal_given_back(console)

    def test_hang_up_ends_with_129(self):
        """AC-39: a console that outlives its login holds connections for days."""
        console = self.connected()
        self.assert_ends(console, lambda: console.signal(signal.SIGHUP), 129)
        self.assert_terminal_given_back(console)

    def test_a_closed_terminal_ends_with_129(self):
        """AC-39: a lost connection closes the other end without a word."""
        console = self.connected()
        self.assert_ends(console, console.hang_up, 129)

    def test_termination_ends_with_143(self):
        """AC-42: never 0 after being killed, so that a wrapper can tell."""
        console = self.connected()
        self.assert_ends(console, lambda: console.signal(signal.SIGTERM), 143)
        self.assert_terminal_given_back(console)

    def test_interruption_ends_with_130(self):
        """AC-42: a signal from outside."""
        console = self.connected()
        self.assert_ends(console, lambda: console.signal(signal.SIGINT), 130)
        self.assert_terminal_given_back(console)

    def test_ctrl_c_ends_with_130(self):
        """The key reaches the process as the same signal."""
        console = self.connected()
        self.assert_ends(console, lambda: console.send(b"\x03"), 130)
        self.assert_terminal_given_back(console)

    def test_two_terminations_at_once_end_the_same_way(self):
        """AC-42: an impatient supervisor sends it twice."""
        console = self.connected()
        self.assert_ends(console, lambda: (console.signal(signal.SIGTERM), console.signal(signal.SIGTERM)), 143)
        self.assert_terminal_given_back(console)

    def test_termination_ends_in_time_while_nobody_reads_the_terminal(self):
        """AC-45: a full line must not hold the process; it may then leave without a word."""
        console = self.connected(size=(200, 60))
        end = time.monotonic() + 0.5
        while time.monotonic() < end:  # fill the line: full paints that nobody reads
            try:
                os.write(console.master, b"\x0c" * 16)
            except BlockingIOError:
                pass
            time.sleep(0.01)
        with Control() as machine:
            begun = time.monotonic()
            console.signal(signal.SIGTERM)
            how = os.WEXITED | os.WNOHANG | os.WNOWAIT
            until(lambda: os.waitid(os.P_PID, console.pid, how), pause=0.01, what="still running")
            took = time.monotonic() - begun
        self.assertLessEqual(took, machine.allows(IN_TIME + 0.2))
        self.assertEqual(console.wait_exit(), 143)
        self.assertTrue(console.is_line_mode())
        self.assert_connections_gone()


class Traps(Ending):
    def assert_trap(self, number):
        console = self.connected()
        self.assert_ends(console, lambda: console.signal(number), -number)
        self.assert_terminal_given_back(console)

    def test_a_trap_gives_the_terminal_back(self):
        """AC-43: a failed precondition in Swift raises SIGILL; the operator must not sit before a dead screen."""
        self.assert_trap(signal.SIGILL)

    def test_a_crash_gives_the_terminal_back(self):
        """AC-43: so does a bad pointer in a C library."""
        self.assert_trap(signal.SIGSEGV)


class Stopping(Ending):
    def job(self, console):
        """The pid of the console below the small shell."""
        return int(console.until(lambda: self.children(console.pid), what="the job")[0])

    @staticmethod
    def children(pid):
        with open(f"/proc/{pid}/task/{pid}/children") as file:
            return file.read().split()

    def assert_stops_and_returns(self, console, stop, meanwhile=lambda: None):
        mark = console.mark()
        stop()
        console.until(lambda: self.is_stopped(console), what="stopping")
        console.settle()
        self.assertIn(LEAVE, console.since(mark), "the shell's screen is shown while stopped")
        self.assertIn(PASTE_OFF, console.since(mark))
        self.assertTrue(console.is_line_mode())
        meanwhile()
        mark = console.mark()
        console.signal(signal.SIGUSR1)
        console.wait_for_bytes(b"DEVELOPMENT", mark)
        console.settle(0.1)
        again = console.since(mark)
        self.assertTrue(b"\x1b[2J" in again or b"\x1b[J" in again, "the whole screen is drawn anew")
        self.assertIn(b"\x1b[?1049h", again)
        self.assertIn(b"\x1b[?2004h", again)
        self.assertIn(b"mailbox", again)
        self.assertFalse(console.is_line_mode())
        console.wait_for("3 fresh")

    def is_stopped(self, console):
        with open(f"/proc/{self.job(console)}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] == "T"

    def test_ctrl_z_stops_and_fg_draws_anew(self):
        """AC-41: the shell is wanted for a moment, with a usable screen; and again, and with another size."""
        console = self.connected(jobs=True)
        console.press("2", "mailbox")
        self.assert_stops_and_returns(console, lambda: console.send(b"\x1a"))
        self.assert_stops_and_returns(console, lambda: os.kill(self.job(console), signal.SIGTSTP))
        self.assert_stops_and_returns(console, lambda: console.send(b"\x1a"), lambda: console.resize(120, 40))
        console.until(lambda: console.lines()[39] and console.lines()[0].rstrip().endswith("Z"), what="a screen of the new size")
        console.send("q")
        self.assertEqual(console.wait_exit(), 0)
        self.assertTrue(console.is_line_mode())


if __name__ == "__main__":
    unittest.main()
