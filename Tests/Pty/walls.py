"""A wallboard in a pseudo terminal, and what is looked at from outside of it."""

import os
import re
import threading
import time

import seeds
import test_readonly as readonly
from faults import OwnRedis
from ptyconsole import ConsoleTest, PtyConsole
from places import redis_url

THEMES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "themes")
MARK = re.compile(r"(─*)█(─*)")
SIZE = (120, 40)
# The board waits, turns its pages and asks so many times faster than the world; its bar shows the world's time.
PACE = 5


class WallTest(ConsoleTest):
    """Boards beside a Redis of the test's own, which may be paused."""

    def setUp(self):
        super().setUp()
        # The binary may lie anywhere, and is no more than itself: the theme of boards is given as an operator would.
        with open(os.path.join(THEMES, "wallboard.yaml")) as file:
            self.home.write("themes/wallboard.yaml", file.read())

    def own_redis(self):
        """A server that the test may pause or kill."""
        server = OwnRedis().start()
        self.addCleanup(server.close)
        seeds.small_queues(client=server.client())
        self.home.configure(("mail", "rq", server.url()))
        return server

    def small_redis(self):
        """A small queue on the server of all tests."""
        seeds.small_queues()
        self.home.configure(("mail", "rq", redis_url(seeds.SMALL)))

    def wall(self, *options, size=SIZE, jobs=False, pace=PACE, **env):
        console = PtyConsole()
        console.start(size, self.home.environment(OPSCONSOLE_TEST_PACE=str(pace), **env),
                      ["wallboard", "--config", self.home.config, *options], jobs)
        self.addCleanup(console.close)
        return console

    @staticmethod
    def place(console):
        """Where the moving mark of the bar stands, from 0 to 7; None where there is no mark."""
        found = MARK.search(console.lines()[0])
        return len(found.group(1)) if found else None

    def watch(self, console, seconds, look=lambda: None):
        """What a look says on every screen, for so many seconds as the board counts them: it waits at a pace."""
        begun, seen = time.monotonic(), []
        while (time.monotonic() - begun) * PACE < seconds:
            self.assertIsNone(console.status)
            console.pump(0.05)
            seen.append(look())
        return seen

    def places(self, console, seconds):
        """Where the mark stood within so many seconds as the board counts them."""
        return self.watch(console, seconds, lambda: self.place(console))

    def assert_runs(self, console):
        """Still there, with a clock that goes on."""
        before = console.lines()[0]
        console.until(lambda: console.lines()[0] != before, what="a bar that goes on")

    def leave(self, console):
        console.send("q")
        self.assertEqual(console.wait_exit(), 0)

    def written(self):
        """Every file below the home of the board."""
        return sorted(os.path.relpath(os.path.join(folder, name), self.home.path)
                      for folder, _, names in os.walk(self.home.path) for name in names)


class ChildWatch:
    """Looks for children of a process, a hundred times a second; what ended in between shows in its account."""

    def __init__(self, pid):
        self.pid, self.seen, self.looks, self.isRunning = pid, [], 0, True
        self.thread = threading.Thread(target=self._look, daemon=True)
        self.thread.start()

    def _look(self):
        while self.isRunning:
            self.seen += self.children()
            self.looks += 1
            time.sleep(0.01)

    def children(self):
        found = []
        try:
            for task in os.listdir(f"/proc/{self.pid}/task"):
                with open(f"/proc/{self.pid}/task/{task}/children") as file:
                    found += file.read().split()
        except OSError:  # a thread ended, or all of it
            pass
        return found

    def faults_of_the_ended(self):
        """Page faults of children that were waited for: no program runs without some."""
        with open(f"/proc/{self.pid}/stat") as file:
            return int(file.read().rsplit(")", 1)[1].split()[8])

    def end(self):
        self.isRunning = False
        self.thread.join(2)
        return self.seen


def everything_dead():
    """Rows in each of the systems on the Redis of the stack, and the sources that show them."""
    readonly.everything_dead()
    return [("orders", "rq", redis_url(readonly.RQ)), ("side", "sidekiq", redis_url(readonly.SIDEKIQ)),
            ("drama", "dramatiq", redis_url(readonly.DRAMATIQ)),
            ("mail", "celery", redis_url(readonly.CELERY) + f"', results: '{redis_url(readonly.RESULTS)}")]
