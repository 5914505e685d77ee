"""A target whose exposition a test writes: resets of counters, restarts, NaN, duplicates, text that is none."""

import json

from rt_http import Handler, Server

TEXT = "text/plain; version=0.0.4; charset=utf-8"
FIRST = """\
# HELP test_alarm The rule TestAlarm fires while this is above zero.
# TYPE test_alarm gauge
test_alarm 0
# TYPE test_requests_total counter
test_requests_total 0
"""


class Answer(Handler):
    def answer(self):
        target = self.server.owner
        target.scrapes += 1
        self.whole(target.status, target.kind, target.body())


class Target:
    """The target as it stands before the first `push`."""

    def __init__(self):
        self.scrapes = 0
        self.status, self.kind, self.bytes = 200, TEXT, FIRST.encode()
        self.port = Server(Answer, self).port

    def body(self):
        return self.bytes

    def push(self, rest):
        """`push TEXT` or `push {"text": TEXT, "status": 200, "type": …}`, the text as a JSON string. What is not told is as
        at first; `\\udc80` … `\\udcff` stand for bytes that are no UTF-8."""
        told = json.loads(rest)
        told = told if isinstance(told, dict) else {"text": told}
        text = told.get("text", FIRST)
        if not isinstance(text, str):
            raise ValueError("the text is a JSON string")
        self.bytes = text.encode(errors="surrogateescape")
        self.status, self.kind = told.get("status", 200), told.get("type", TEXT)
        return {"bytes": len(self.bytes), "scrapes": self.scrapes}
