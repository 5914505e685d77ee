"""A console behind a slow line: what it writes waits in a large buffer, as in ssh and its sockets, and arrives byte by byte."""

import os
import time

from ptyconsole import PtyConsole

REQUEST, ANSWER = b"\x1b[5n", b"\x1b[0n"


class SlowConsole(PtyConsole):
    """`raw` holds what has arrived. The terminal answers a status request when it has arrived."""

    def __init__(self, rate=960, room=65_536, answers=True):
        super().__init__()
        self.rate, self.room, self.answers = rate, room, answers
        self.waiting, self.credit, self.moved = bytearray(), 0.0, time.monotonic()

    @property
    def is_over(self):
        return super().is_over and not self.waiting

    def pump(self, seconds):
        end = time.monotonic() + seconds
        while True:
            if len(self.waiting) < self.room:
                self._take(min(0.01, max(0, end - time.monotonic())))
            else:
                time.sleep(0.01)
            if self._deliver():
                return True
            if self.is_over or time.monotonic() >= end:
                return False

    def _take(self, seconds):
        arrived, self.raw = self.raw, self.waiting
        super().pump(seconds)
        self.waiting, self.raw = self.raw, arrived

    def _deliver(self):
        now = time.monotonic()
        self.credit += (now - self.moved) * self.rate
        self.moved = now
        count = min(int(self.credit), len(self.waiting))
        self.credit = self.credit - count if self.waiting else 0.0
        before = len(self.raw)
        self.raw += self.waiting[:count]
        del self.waiting[:count]
        for _ in range(bytes(self.raw[max(0, before - len(REQUEST) + 1):]).count(REQUEST) if self.answers else 0):
            self._answer()
        return count > 0

    def _answer(self):
        """Nobody reads it where the process has ended meanwhile."""
        if self.status is None:
            os.write(self.master, ANSWER)


class FarConsole(PtyConsole):
    """A console behind a fast line that is far away: what it writes is on the screen, and is answered, so many seconds later."""

    def __init__(self, away):
        super().__init__()
        self.away, self.coming, self.answered = away, [], 0

    @property
    def is_over(self):
        return super().is_over and not self.coming

    def pump(self, seconds):
        end = time.monotonic() + seconds
        while True:
            arrived, self.raw = self.raw, bytearray()
            super().pump(min(0.01, max(0, end - time.monotonic())))
            if self.raw:
                self.coming.append((time.monotonic() + self.away, self.raw))
            self.raw = arrived
            if self._deliver():
                return True
            if self.is_over or time.monotonic() >= end:
                return False

    def _deliver(self):
        before = len(self.raw)
        while self.coming and self.coming[0][0] <= time.monotonic():
            self.raw += self.coming.pop(0)[1]
        for _ in range(bytes(self.raw[max(0, before - len(REQUEST) + 1):]).count(REQUEST)):
            os.write(self.master, ANSWER)
            self.answered += 1
        return len(self.raw) > before

    def on_its_way(self):
        """What was written and has not arrived."""
        return b"".join(bytes(piece) for _, piece in self.coming)
