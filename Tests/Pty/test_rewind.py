"""Looking back: the console and `replay` show what stood there, say that it is old, and do nothing to what is."""

import calendar
import re
import time
import unittest

from amounts import seeded
from foreign import EVERYTHING, UNKNOWN, inject
from framecount import without_ages
from ptyconsole import ALONE, ENTER, ESCAPE, ConsoleTest, PtyConsole
from recording import AFTER, BEFORE, SIZE, Recording
from test_readonly import Witness

# Both classes look back at one recording. The second one ends the console that made it.
GROUP = "rewind"
#: Keys that leave the console, and those that go to another time or stay in a prompt.
LEFT_OUT = "q:/[]{}t"
KEYS = [chr(code) for code in range(0x21, 0x7F) if chr(code) not in LEFT_OUT and not chr(code).isdigit()]
STAMP = re.compile(r"(?:REWOUND|REPLAY) (\S+Z)")

recordings = []


def recording(running=False):
    """The recording of this module; another one where the console of the first has ended and is wanted."""
    if not recordings or running and not recordings[-1].is_running:
        recordings.append(Recording())
    return recordings[-1]


def tearDownModule():
    while recordings:
        recordings.pop().close()


def seconds(stamp):
    return calendar.timegm(time.strptime(stamp, "%Y-%m-%dT%H:%M:%SZ"))


def stamp(at):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at))


def shown_time(console):
    """The moment of the past that is on the screen; None on a screen of now."""
    found = STAMP.search(console.lines()[0])
    return seconds(found.group(1)) if found else None


class Rewound(ConsoleTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seen = recording(running=True)
        cls.live, cls.ready = cls.seen.console, cls.seen.ready

    def setUp(self):
        super().setUp()
        self.to_now()

    def shown_time(self):
        return shown_time(self.live)

    def to_now(self):
        """Every test begins at the queues of now."""
        self.live.escape()
        if self.shown_time():
            self.live.escape()
        self.live.until(lambda: not self.shown_time(), what="the present")
        self.live.send("2")
        self.live.until(lambda: self.ready(self.live) == AFTER, what="the queue of now")

    def fits(self):
        """Whether the number is that of the moment: a frame may arrive in two pieces. For the three seconds in which it changed either is."""
        at, number = self.shown_time(), self.ready(self.live)
        if at is None or self.seen.changed - 1 < at < self.seen.changed + 3:
            self.live.settle(0.1)
            return self.ready(self.live) in (BEFORE, AFTER)
        return number == (BEFORE if at < self.seen.changed else AFTER)

    def press_until(self, key, condition, most, what):
        """Presses a key until it is so; each time the screen has to go to another moment."""
        for _ in range(most):
            if self.shown_time() and self.live.until(self.fits, what="the number of that moment") and condition():
                return
            before = self.shown_time()
            self.live.send(key)
            self.live.until(lambda: self.shown_time() not in (None, before), what=f"another moment after {key}")
        self.fail(f"{most} times {key}: {what}\n{self.live.text()}")

    def test_bracket_goes_back_step_by_step_and_escape_returns_to_now(self):
        self.live.press("[", "REWOUND .* ago")
        self.assertIn("FROM THE TAPE", self.live.text())
        self.press_until("[", lambda: self.ready(self.live) == BEFORE, 12, "the old number did not come")
        at = self.shown_time()
        self.assertLess(at, self.seen.changed + 3, "what was read two seconds before the change was still shown then")
        self.assertEqual(at % 10, 0, "steps of ten seconds")
        self.seen.until_written(at + 10)
        self.live.press("]", f"REWOUND {stamp(at + 10)}")
        self.live.send(ESCAPE)
        self.live.until(lambda: not self.shown_time() and self.ready(self.live) == AFTER, what="the present")

    def test_a_time_is_asked_for_and_shown(self):
        ago = int(time.time() - self.seen.changed) + 5
        self.live.send(f"t-{ago}s")
        early = int(time.time()) - ago
        self.live.press(ENTER, r"REWOUND \d")
        self.assertIn(self.shown_time(), range(early, int(time.time()) - ago + 1))
        self.assertEqual(self.ready(self.live), BEFORE)
        self.to_now()
        old = stamp(self.seen.captured)
        self.live.send(f"t{old[11:19]}")
        self.live.press(ENTER, f"REWOUND {old}")
        self.assertEqual(self.ready(self.live), BEFORE)

    def test_what_is_no_time_is_said_and_shows_no_other(self):
        self.live.press("tyesterday\r", "time: yesterday +14:02, ")
        self.live.press("x", "time: yesterdayx")  # Enter left the prompt as it was
        self.assertIsNone(self.shown_time())

    def test_brace_goes_to_the_note_and_back_to_the_event_behind_it(self):
        self.press_until("{", lambda: abs(self.shown_time() - self.seen.noted) <= 2, 12, "the note was not found")
        self.assertEqual(self.ready(self.live), BEFORE)

    def test_keys_that_act_say_why_they_do_not(self):
        self.live.press("4", "postman")
        self.live.press("[", r"REWOUND \d")
        self.live.wait_for("postman")
        self.live.press("K", "rewound: this is what was")

    def test_what_is_no_key_changes_nothing_of_the_past(self):
        """Nor does it lead back to now: a report begins with Esc."""
        self.live.press("[", r"REWOUND \d")
        self.live.settle(0.3)
        moment, before = self.shown_time(), self.live.lines()[1:]
        inject(self.live, EVERYTHING + UNKNOWN, seeded())
        self.live.let_pass(ALONE)
        self.assertEqual((self.shown_time(), without_ages("\n".join(self.live.lines()[1:]))), (moment, without_ages("\n".join(before))))

    def test_dead_letters_that_are_not_on_the_tape_are_not_denied(self):
        """The source keeps them, and one is there: a screen that says otherwise is wrong at the worst moment."""
        self.live.press("3", "mail.send")
        self.live.press("[", r"REWOUND \d")
        self.live.settle(0.3)
        self.assertNotIn("no configured source keeps dead letters", self.live.text())

    def rewound(self, panel):
        """A panel of the past, without the bar and the last line."""
        if not self.shown_time():
            self.live.send("[")
            self.live.until(self.shown_time, what="looking back")
        self.live.send(panel)
        self.live.settle(0.02, most=0.2)
        return self.live.lines()[2:-1]

    def test_no_key_of_a_rewound_console_reaches_the_server(self):
        """Where there is something to act on. The headless console presses all keys everywhere (RewindScenarioTests)."""
        witness = Witness(self.seen.redis.port)
        pressed = 0
        for panel, row in (("3", "mail.send"), ("4", "postman")):
            self.to_now()
            self.live.press(panel, row)
            for key in KEYS:
                plain = self.rewound(panel)
                self.live.send(key)
                pressed += 1
                self.live.until(lambda: self.live.unread_keys() == 0, what="a console that reads its keys", pause=0.005)
                self.live.settle(0.03, most=0.3)
                # Enter answers what has opened. Esc where nothing has would lead back to now.
                if self.live.lines()[2:-1] != plain:
                    self.live.send(ENTER)
                    self.live.escape()
        self.assertEqual(witness.offences(), [])
        self.assertGreater(len(witness.commands), 20, "the console still looks, below")
        self.say(f"{pressed} keys of a rewound console, not one that writes")


class Replayed(ConsoleTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seen = recording()
        # Nothing may be asked of a server: there is none any more.
        cls.tape, cls.ready = cls.seen.end(), cls.seen.ready

    def replay(self, *options):
        console = PtyConsole()
        console.start(SIZE, self.home.environment(), ["replay", self.tape, *options])
        self.addCleanup(console.close)
        console.wait_for("REPLAY")
        console.press("2", "mailbox")
        return console

    def test_a_replay_shows_the_line_that_stood_there_then(self):
        console = self.replay("--at", stamp(self.seen.captured))
        console.wait_for(f"REPLAY {stamp(self.seen.captured)}")
        self.assertEqual(self.seen.line(console), self.seen.row)
        self.assertEqual(self.ready(console), BEFORE)

    def test_a_replay_begins_at_the_end_of_the_tape(self):
        console = self.replay()
        self.assertEqual(self.ready(console), AFTER)
        presses = 0
        while self.ready(console) != BEFORE:
            presses += 1
            self.assertLessEqual(presses, 8, "the steps are too small")
            before = shown_time(console)
            console.send("[")
            console.until(lambda: shown_time(console) != before, what="an earlier moment")

    def test_escape_does_not_leave_a_replay_for_a_present_that_there_is_not(self):
        console = self.replay()
        console.escape(3)
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
