"""A console that has seen something, and the tape that it wrote meanwhile."""

import os
import re
import sqlite3
import time

import seeds
from faults import OwnRedis
from framecount import BARS
from places import Home
from ptyconsole import PtyConsole

SIZE = (120, 30)
BEFORE, AFTER = 5, 50  # ready jobs
NOTE = "hello there"


def until_written(console, path, at):
    """The console gathers five seconds before it writes them, and on a busy machine it is late with it: looks at its tape."""
    tape = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        console.until(lambda: tape.execute("SELECT max(at) FROM polls WHERE at > ?", (at,)).fetchone()[0], what=f"a tape of {at}")
    finally:
        tape.close()


class Recording:
    """5 jobs are ready for some 13 s, with a note in between: a step of ten seconds meets them. Then it is 50."""

    def __init__(self):
        self.place = Home()
        self.redis = OwnRedis().start()
        self.place.configure(("mail", "rq", self.redis.url()))
        self.console = PtyConsole()
        self._fill(BEFORE)
        self.console.start(SIZE, self.place.environment(), ["--config", self.place.config])
        self.console.wait_for("1 fresh")
        self.console.press("2", "mailbox")
        self.console.let_pass(4)
        self.console.press(f":note {NOTE}\r", "mailbox")
        self.noted = time.time()
        self.console.let_pass(5)
        self.captured, self.row = self.clock(self.console), self.line(self.console)
        self.console.let_pass(4)
        self._fill(AFTER)
        self.changed = time.time()
        self.console.until(lambda: self.ready(self.console) == AFTER, what="the new number")
        self.until_written(self.changed + 1)

    def until_written(self, at):
        until_written(self.console, self.tape, at)

    @property
    def tape(self):
        (tape,) = self.place.tapes()
        return tape

    def _fill(self, count):
        """Jobs that are ready, a worker, and a dead letter to act on."""
        client = self.redis.client()
        seeds.small_queues(waiting=count, client=client)
        client.hset("rq:job:dead", mapping={
            "status": "failed", "origin": "mailbox", "description": "mail.send()", "data": b"x", "created_at": seeds.stamp(60),
            "ended_at": seeds.stamp(50)})
        client.zadd("rq:failed:mailbox", {"dead": time.time() + 9000})
        client.close()

    @property
    def is_running(self):
        return self.console.status is None

    def end(self):
        """The console ends, and so does the server: there is nobody left to ask. Returns the path of the tape."""
        if self.is_running:
            self.console.escape(3)  # the last test may have left a prompt
            self.console.send("q")
            if self.console.wait_exit() != 0:
                raise AssertionError("the console that records did not end")
            self.redis.kill()
        return self.tape

    def close(self):
        self.console.close()
        self.redis.close()
        self.place.remove()

    @staticmethod
    def line(console):
        """The queue's line without what ages: its oldest job, and the little graph that moves to the left."""
        found = next((each for each in console.lines() if re.search(r"\bmailbox +mail\b.*\bopen$", each)), "")
        return re.sub(r"\d+(m\d\d)?s(?= |$)", "#", re.sub(f"[{BARS}]+", "", found)).split()

    @classmethod
    def ready(cls, console):
        """The number of ready jobs in the line; None where there is no such line."""
        cells = cls.line(console)
        return int(cells[3]) if cells else None

    @staticmethod
    def clock(console):
        """The time that stands in the bar of a live console, in seconds; it is less than half a day ago."""
        shown = [int(each) for each in re.search(r"(\d\d):(\d\d):(\d\d)Z$", console.lines()[0]).groups()]
        now = int(time.time())
        return now - (now - (shown[0] * 3600 + shown[1] * 60 + shown[2])) % 86_400
