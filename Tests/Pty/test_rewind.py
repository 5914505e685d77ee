"""Looking back: the console and `replay` show what stood there, say that it is old, and do nothing to what is."""

import calendar
import os
import re
import time
import unittest

import seeds
from faults import OwnRedis
from ptyconsole import ENTER, ESCAPE, ConsoleTest, PtyConsole
from places import Home, limit
from test_readonly import Witness

SIZE = (120, 30)
BEFORE, AFTER = 5, 50  # ready jobs
NOTE = "hello there"
#: Keys that leave the console, and those that go to another time or stay in a prompt.
LEFT_OUT = "q:/[]{}t"
STAMP = re.compile(r"(?:REWOUND|REPLAY) (\S+Z)")


def seconds(stamp):
    return calendar.timegm(time.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ"))


def stamp(at):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


class Recorded(ConsoleTest):
    """One history for each class: 5 jobs are ready for 25 s, with a note in between; then it is 50."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.place = Home()
        cls.addClassCleanup(cls.place.remove)
        cls.redis = OwnRedis().start()
        cls.addClassCleanup(cls.redis.close)
        cls.place.configure(("mail", "rq", cls.redis.url()))
        cls.live = PtyConsole()
        cls.addClassCleanup(cls.live.close)
        cls.make_history()

    @classmethod
    def make_history(cls):
        cls.fill(BEFORE)
        cls.live.start(SIZE, cls.place.environment(), ["--config", cls.place.config])
        cls.live.wait_for("1 fresh")
        cls.live.press("2", "mailbox")
        cls.let_pass(6)
        cls.live.send(f":note {NOTE}\r")
        cls.noted = time.time()
        cls.let_pass(10)
        cls.captured, cls.row = cls.clock(cls.live), cls.line(cls.live)
        cls.let_pass(9)
        cls.fill(AFTER)
        cls.changed = time.time()
        cls.let_pass(12)

    @classmethod
    def let_pass(cls, wanted):
        end = time.monotonic() + wanted
        while time.monotonic() < end:
            cls.live.pump(0.2)

    @classmethod
    def fill(cls, count):
        """Jobs that are ready, a worker, and a dead letter to act on."""
        client = cls.redis.client()
        seeds.small_queues(waiting=count, client=client)
        client.hset("rq:job:dead", mapping={"status": "failed", "origin": "mailbox", "description": "mail.send()", "data": b"x",
                                            "created_at": seeds.stamp(60), "ended_at": seeds.stamp(50)})
        client.zadd("rq:failed:mailbox", {"dead": time.time() + 9000})
        client.close()

    @staticmethod
    def line(console):
        """The queue's line without what ages: its oldest job, and the little graph that moves to the left."""
        found = next((each for each in console.lines() if re.search(r"\bmailbox +mail\b.*\bopen$", each)), "")
        return re.sub(r"\d+(m\d\d)?s(?= |$)", "#", re.sub(r"[▁-█]+", "", found)).split()

    @classmethod
    def ready(cls, console):
        """The number of ready jobs in the line; None where there is no such line."""
        cells = cls.line(console)
        return int(cells[3]) if cells else None

    @staticmethod
    def clock(console):
        """The time that stands in the bar of a live console, as a time of today."""
        told = re.search(r"(\d\d:\d\d:\d\d)Z$", console.lines()[0]).group(1)
        return seconds(f"{time.strftime('%Y-%m-%d', time.gmtime())}T{told}Z")

    @staticmethod
    def shown_time(console):
        found = STAMP.search(console.lines()[0])
        return seconds(found.group(1)) if found else None


class Rewound(Recorded):
    def setUp(self):
        super().setUp()
        self.to_now()

    def to_now(self):
        """Every test begins at the queues of now."""
        self.live.send(ESCAPE)
        self.live.settle(0.1)
        if "REWOUND" in self.live.text():
            self.live.send(ESCAPE)
        self.live.until(lambda: "REWOUND" not in self.live.text(), what="the present")
        self.live.send("2")
        self.live.until(lambda: self.ready(self.live) == AFTER, what="the queue of now")

    def press_until(self, key, condition, most, what):
        """Presses a key until it is so; each time the screen has to go to another moment."""
        for _ in range(most):
            before = self.shown_time(self.live)
            self.live.send(key)
            self.live.until(lambda: self.shown_time(self.live) not in (None, before), what=f"another moment after {key}")
            if condition():
                return
        self.fail(f"{most} times {key}: {what}\n{self.live.text()}")

    def test_bracket_goes_back_step_by_step_and_escape_returns_to_now(self):
        self.live.press("[", "REWOUND .* ago")
        self.assertIn("FROM THE TAPE", self.live.text())
        self.press_until("[", lambda: self.ready(self.live) == BEFORE, 12, "the old number did not come")
        at = self.shown_time(self.live)
        self.assertLess(at, self.changed + 3, "what was read two seconds before the change was still shown then")
        self.assertEqual(at % 10, 0, "steps of ten seconds")
        self.live.press("]", f"REWOUND {stamp(at + 10)}")
        self.live.send(ESCAPE)
        self.live.until(lambda: "REWOUND" not in self.live.text() and self.ready(self.live) == AFTER, what="the present")

    def test_a_time_is_asked_for_and_shown(self):
        self.live.send("t")
        self.live.settle(0.1)
        self.live.send("-20s")
        wanted = time.time() - 20
        self.live.press(ENTER, r"REWOUND \d")
        self.assertLess(abs(self.shown_time(self.live) - wanted), 2)
        self.assertEqual(self.ready(self.live), BEFORE if wanted < self.changed - 3 else self.ready(self.live))
        self.to_now()
        old = stamp(self.captured)
        self.live.send(f"t{old[11:19]}")
        self.live.press(ENTER, f"REWOUND {old}")
        self.assertEqual(self.ready(self.live), BEFORE)

    def test_what_is_no_time_is_said_and_shows_no_other(self):
        self.live.send("tyesterday\r")
        self.live.settle(0.3)
        self.assertNotIn("REWOUND", self.live.text())

    def test_brace_goes_to_the_note_and_back_to_the_event_behind_it(self):
        self.press_until("{", lambda: abs(self.shown_time(self.live) - self.noted) <= 2, 12, "the note was not found")
        self.assertEqual(self.ready(self.live), BEFORE)

    def test_keys_that_act_say_why_they_do_not(self):
        self.live.press("4", "postman")
        self.live.press("[", r"REWOUND \d")
        self.live.wait_for("postman")
        self.live.press("K", "rewound: this is what was")

    def test_dead_letters_that_are_not_on_the_tape_are_not_denied(self):
        """The source keeps them, and one is there: a screen that says otherwise is wrong at the worst moment."""
        self.live.press("3", "mail.send")
        self.live.press("[", r"REWOUND \d")
        self.live.settle(0.3)
        self.assertNotIn("no configured source keeps dead letters", self.live.text())

    def test_no_key_of_a_rewound_console_reaches_the_server(self):
        witness = Witness(self.redis.port)
        pressed, last = 0, ""
        for panel in "1234689":
            for key in [chr(code) for code in range(0x21, 0x7F) if chr(code) not in LEFT_OUT and not chr(code).isdigit()]:
                if self.shown_time(self.live) is None:
                    time.sleep(0.1)  # Esc and [ at once would be the beginning of another key
                    self.live.send("[")
                    self.live.until(lambda: self.shown_time(self.live), what=f"looking back after {last!r}")
                last = panel + key + "\r"
                self.live.send(last)
                self.live.settle(0.004, most=0.2)
                pressed += 1
                self.live.send(ESCAPE)
                self.live.settle(0.03, most=0.2)
        self.assertEqual(witness.offences(), [])
        self.assertGreater(len(witness.commands), 20, "the console still looks, below")
        self.say(f"{pressed} keys of a rewound console, not one that writes")


class Replayed(Recorded):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.live.send("q")
        if cls.live.wait_exit(limit(5)) != 0:
            raise AssertionError("the console that records did not end")
        cls.tape = os.path.join(cls.place.state, "tape.sqlite")
        # Nothing may be asked of a server: there is none any more.
        cls.redis.kill()

    def replay(self, *options):
        console = PtyConsole()
        console.start(SIZE, self.home.environment(), ["replay", self.tape, *options])
        self.addCleanup(console.close)
        console.wait_for("REPLAY")
        console.press("2", "mailbox")
        return console

    def test_a_replay_shows_the_line_that_stood_there_then(self):
        console = self.replay("--at", stamp(self.captured))
        console.wait_for(f"REPLAY {stamp(self.captured)}")
        self.assertEqual(self.line(console), self.row)
        self.assertEqual(self.ready(console), BEFORE)

    def test_a_replay_begins_at_the_end_of_the_tape(self):
        console = self.replay()
        self.assertEqual(self.ready(console), AFTER)
        for _ in range(6):
            console.send("[")
            console.settle(0.3)
        self.assertEqual(self.ready(console), BEFORE)

    def test_escape_does_not_leave_a_replay_for_a_present_that_there_is_not(self):
        console = self.replay()
        console.send(ESCAPE * 3)
        console.settle(0.3)
        self.assertIsNone(console.status)
        self.assertIn("REPLAY", console.text())

    def test_a_replay_leaves_the_tape_as_it_was(self):
        with open(self.tape, "rb") as file:
            before = file.read()
        console = self.replay()
        console.send(":note I was never here\r")
        console.wait_for("nothing is written to a tape that is replayed")
        console.send("q")
        self.assertEqual(console.wait_exit(), 0)
        with open(self.tape, "rb") as file:
            self.assertEqual(file.read(), before)

    def test_keys_that_act_on_a_replay_say_why_they_do_not(self):
        console = self.replay()
        console.press("4", "postman")
        console.press("K", "rewound|tape")
        console.send("q")
        self.assertEqual(console.wait_exit(), 0)


if __name__ == "__main__":
    unittest.main()
