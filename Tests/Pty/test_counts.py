"""What an open console costs, where it can be counted exactly: bytes on a slow line, wake-ups, open files, connections.

The budgets are what is counted today and a few per cent. Who needs more changes them here, with the reason.
"""

import os
import re
import time
import unittest

import seeds
from framecount import FrameCounter, without_ages
from places import postgres_url, redis_url
from ptyconsole import DOWN, ConsoleTest
from test_readonly import CELERY, DRAMATIQ, RESULTS, RQ, SIDEKIQ, everything_dead

# Bytes.
FULL_PAINT = 4000
CLEARED = (b"\x1b[H\x1b[2J", b"\x1b[J")
CURSOR_MOVE = 100
# A refresh is two seconds.
AGES_ALONE, CLOCK_ALONE = 120, 16
# Wake-ups of all threads in ten seconds, and those of the thread that draws. A source is asked five times meanwhile.
IDLE_CONSOLE, TEN_SOURCES = (140, 30), (700, 90)
# Connections of one source. Celery's events come over a second one; results are asked for when somebody wants them.
CONNECTIONS = {"rq": 1, "sidekiq": 1, "dramatiq": 1, "celery": 2, "celery with results": 2, "postgres": 1}
# What else an open console holds: the terminal, its log, what wakes it, the frame that it writes, and the tape.
FILES = ["anon_inode:[eventfd]", "anon_inode:[eventpoll]", "anon_inode:[timerfd]", "frame", "log", "pipe",
         "tape.sqlite", "tape.sqlite-shm", "tape.sqlite-wal", "tape.sqlite.lock", "terminal"]


class Bytes(ConsoleTest):
    def setUp(self):
        super().setUp()
        seeds.fifty_queues()
        seeds.small_queues()
        self.home.configure(("shop", "rq", redis_url(seeds.FIFTY)), ("mail", "rq", redis_url(seeds.SMALL)),
                            ("main-db", "postgres", postgres_url()))

    def opened(self):
        console = self.console()
        console.wait_for("3 fresh")
        return console

    def test_a_full_paint(self):
        """A paint over a slow link must not take seconds; Ctrl-L draws every cell again."""
        console, sizes = self.opened(), {}
        for key, title in (("1", "what matters"), ("2", "queue-49"), ("4", "postman"), ("5", "main-db")):
            console.press(key, title)
            counter = FrameCounter(console)
            console.send(b"\x0c")
            mark = counter.first
            console.until(lambda: any(word in console.since(mark) for word in CLEARED), what="a full paint")
            console.settle(0.1)
            sizes[title] = console.mark() - mark
        self.say(f"full paint at 80x24: {sizes} bytes")
        self.assertLessEqual(max(sizes.values()), FULL_PAINT)

    def test_a_cursor_move(self):
        """The cursor is moved far more often than anything else. Frames in which ages have ticked do not count."""
        console, sizes = self.opened(), []
        console.press("2", "queue-49")
        for _ in range(100):
            if len(sizes) == 10:
                break
            console.send("g")
            counter = FrameCounter(console)
            console.send(DOWN)
            frame = counter.next()
            if len(frame.changed) == 2 and all("queue-4" in frame.after[row] for row in frame.changed):
                sizes.append(frame.size)
        self.say(f"cursor move among 51 queues: {sorted(sizes)} bytes")
        self.assertEqual(len(sizes), 10, "a move changes more than two rows")
        self.assertLessEqual(max(sizes), CURSOR_MOVE)

    def idle(self, console, seconds=6):
        """Bytes of a refresh and the frames, of so many seconds: three refreshes, each of which might write a frame of its own."""
        frames = FrameCounter(console).seconds(seconds)
        seconds = sum(frame.ticks for frame in frames)
        self.assertLessEqual(len(frames), seconds + 1, "it wakes the line more than once a second")
        screens = {without_ages("\n".join(frame.after)) for frame in frames}
        self.assertEqual(len(screens), 1, "more than clock and ages changed")
        return sum(frame.size for frame in frames) / seconds * 2, frames

    def test_an_idle_refresh_writes_clock_and_ages_once_a_second(self):
        """A console that stands open for days must not wake the line, the laptop or tmux for nothing."""
        console = self.opened()
        console.let_pass(6)  # rates take five seconds
        ages, _ = self.idle(console)
        console.press("?", "Lists every key")
        clock, frames = self.idle(console)
        self.say(f"idle refresh: {ages:.0f} bytes with clock and ages (Pulse), {clock:.0f} with the clock alone (help)")
        self.assertTrue(all(frame.is_clock_alone for frame in frames), [frame.changed for frame in frames])
        self.assertLessEqual(ages, AGES_ALONE)
        self.assertLessEqual(clock, CLOCK_ALONE)


class SourcesTest(ConsoleTest):
    """Sources of every kind, at which nothing happens."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        everything_dead()
        cls.urls = {"rq": redis_url(RQ), "sidekiq": redis_url(SIDEKIQ), "dramatiq": redis_url(DRAMATIQ),
                    "celery": redis_url(CELERY), "postgres": postgres_url(),
                    "celery with results": redis_url(CELERY) + f"', results: '{redis_url(RESULTS)}"}

    def opened(self, *kinds):
        self.home.configure(*((f"source-{number}", kind.split()[0], self.urls[kind])
                              for number, kind in enumerate(kinds)))
        console = self.console(size=(120, 40))
        console.wait_for(f"{len(kinds)} fresh" if kinds else "DEVELOPMENT")
        return console


class WakeUps(SourcesTest):
    UNCROWDED = True

    @staticmethod
    def waits(console):
        """How often each thread has waited and gone on."""
        out = {}
        for task in os.listdir(f"/proc/{console.pid}/task"):
            with open(f"/proc/{console.pid}/task/{task}/status") as file:
                out[task] = int(re.search(r"(?m)^voluntary_ctxt_switches:\s+(\d+)", file.read()).group(1))
        return out

    def assert_wakes(self, console, budget, name):
        """Counts over two refreshes, which are four seconds of the console's clock; the budget is for ten."""
        counter = FrameCounter(console)
        counter.seconds(1)
        begun, before = time.monotonic(), self.waits(console)
        counter.seconds(3)  # from the next second on
        took, after = time.monotonic() - begun, self.waits(console)
        spent = {task: (count - before.get(task, 0)) * 10 / took for task, count in after.items()}
        every, main = sum(spent.values()), spent[str(console.pid)]
        self.say(f"{name}: {every:.0f} wake-ups in ten seconds, {main:.0f} of the thread that draws; at most {budget}")
        self.assertLessEqual(every, budget[0])
        self.assertLessEqual(main, budget[1])

    def test_wake_ups_of_an_idle_console(self):
        console = self.opened()
        console.let_pass(1.5)  # the tape is open, and nothing else begins any more
        self.assert_wakes(console, IDLE_CONSOLE, "no source")

    def test_wake_ups_of_ten_idle_sources(self):
        console = self.opened(*2 * ("rq", "sidekiq", "dramatiq", "celery", "postgres"))
        console.let_pass(4)  # every source was asked twice, and none is asked out of turn any more
        self.assert_wakes(console, TEN_SOURCES, "ten sources")


class Connections(SourcesTest):
    @staticmethod
    def files(console):
        """The number of sockets, and the names of what else is open."""
        own = {os.path.realpath(f"/proc/self/fd/{number}") for number in os.listdir("/proc/self/fd")}
        inherited = {os.path.basename(name) for name in own} | {"/dev/null"}
        names = []
        for number in os.listdir(f"/proc/{console.pid}/fd"):
            try:
                name = os.readlink(f"/proc/{console.pid}/fd/{number}")
            except FileNotFoundError:  # closed in between
                continue
            if name not in inherited:
                names.append(name)
        others = [name for name in names if not name.startswith("socket:")]
        return len(names) - len(others), others

    def test_connections_and_files_of_each_kind(self):
        consoles = {kind: self.opened(*([kind] if kind else [])) for kind in (None, *CONNECTIONS)}
        for console in consoles.values():  # each source is asked again, and what comes with its answer is open
            console.let_pass(0.5)
        for kind, wanted in CONNECTIONS.items():
            sockets, _ = self.files(consoles[kind])
            with self.subTest(kind=kind):
                self.assertEqual(sockets, wanted)
        sockets, others = self.files(consoles[None])
        self.assertEqual((sockets, sorted(set(self.plain(others)))), (0, FILES))

    @staticmethod
    def plain(names):
        """Files by what they are."""
        for name in names:
            if name.startswith("/memfd:"):
                yield "frame"
            elif name.startswith("/dev/pts/"):
                yield "terminal"
            elif "/tapes/" in name:
                yield "tape" + re.sub(r"^[^.]*", "", os.path.basename(name))
            else:
                yield name if name.startswith(("/dev", "anon")) else os.path.basename(name).split(":")[0]


if __name__ == "__main__":
    unittest.main()
