"""Incidents beside real servers, as the console shows them, and again from its tape when all is over.

Two of the eight, which between them fill every panel, and five in a soak: that each cause is named first, and soon, is said
in `Tests/Commands/test_incidents.py`.
"""

import os
import re
import time
import unittest

from amounts import SOAK
from framecount import BARS
from incidentscene import IncidentScene
from places import Home
from ptyconsole import ENTER, ConsoleTest, PtyConsole
from recording import until_written

SIZE = (120, 40)
CALM = 6.0  # rates are known then; neither incident is told by what is usual
FADED = 300.0  # no cause is named for so long after its incident
PANELS = "124568"
# A frame is drawn before its bytes come, on a busy machine up to a second; a poll may have ended in between.
EARLIER = (0.0, 0.3, 0.6, 1.0)
DRAWN = 5.0  # seconds after which a replay has drawn what it draws
#: Each with what stands in the first line of the suspects.
USUAL = {"open-transaction": r"admin-shell", "redis-killed": r"127\.0\.0\.1:\d+"}
MORE = {"dependency": r"payments\.settle.*TimeoutError|TimeoutError.*payments\.settle", "blocked-loop": r"\bapi\b",
        "consumers-gone": r"\bdefault\b"}
#: What belongs to the one who looks, not to what was: the cursor, where a little graph stands, when the console tries anew.
OWN = re.compile(rf"▸|[{BARS}]+|, next try in \w+|…")
AGE = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


class Moment:
    """What one panel showed, and when."""

    def __init__(self, console, panel):
        console.send(panel)
        console.settle(0.12)
        # The frame that shows the panel is as old as the last bytes that came.
        self.at = time.time() - (time.monotonic() - console.bursts[-1][0])
        self.panel, self.lines = panel, content(console)


def content(console):
    """The panel without the lines that say whether it is now: the bar, the crumbs and the footer."""
    return console.lines()[3:-1]


def seconds(word):
    """The length of an age such as 12s, 3m04s, 1h02m; None where it is none."""
    found = AGE.fullmatch(word)
    if not word or not found:
        return None
    hours, minutes, rest = (int(each or 0) for each in found.groups())
    return hours * 3600 + minutes * 60 + rest


def is_same(line, again):
    """Equal word by word. Ages may be a second apart, since a frame is drawn within one."""
    words, others = OWN.sub("", line).split(), OWN.sub("", again).split()
    return len(words) == len(others) and all(
        one == two or (seconds(one) is not None and seconds(two) is not None and abs(seconds(one) - seconds(two)) <= 1)
        for one, two in zip(words, others))


class IncidentsOnTheTape(ConsoleTest):
    INCIDENTS = {**USUAL, **(MORE if SOAK else {})}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.place = Home()
        cls.addClassCleanup(cls.place.remove)
        cls.scene = IncidentScene()
        cls.addClassCleanup(cls.scene.close)
        cls.live = PtyConsole()
        cls.addClassCleanup(cls.live.close)
        cls.live.start(SIZE, cls.place.environment(), ["--config", cls.scene.facts["config"]])
        cls.live.wait_for("4 fresh")
        cls.live.let_pass(CALM)
        cls.told = {name: cls.live_through(name, cause) for name, cause in cls.INCIDENTS.items()}
        # The console does not wait for long for its tape when it ends.
        (cls.tape,) = cls.place.tapes()
        until_written(cls.live, cls.tape, max(moment.at for _, moments in cls.told.values() for moment in moments))
        cls.live.send("q")
        if cls.live.wait_exit() != 0:
            raise AssertionError("the console that records did not end")

    @classmethod
    def suspect(cls, lines):
        """The first suspect of Pulse, with its title in the line after the heading; None where nothing is suspected."""
        at = next((number for number, line in enumerate(lines) if line.startswith(" SUSPECT")), None)
        return None if at is None else lines[at + 1]

    @classmethod
    def live_through(cls, name, cause):
        """One incident. Returns how long it took to name the cause, and the screens of that moment."""
        cls.live.press("1", r"\[Sources\]")
        if name in MORE:
            # Tasks that failed are suspected for a minute after the last of them.
            cls.live.until(lambda: cls.suspect(cls.live.lines()) is None, timeout=FADED, what=f"calm before {name}")
        begun = time.monotonic()
        cls.scene.ask(f"begin {name}")
        try:
            cls.live.until(lambda: re.search(cause, cls.suspect(cls.live.lines()) or ""), what=f"the cause of {name}")
            took = time.monotonic() - begun
            cls.live.let_pass(2)
            moments = [Moment(cls.live, panel) for panel in PANELS]
        finally:
            cls.scene.ask(f"end {name}")
        return took, moments

    def test_each_cause_stands_first_on_the_screen(self):
        for name, (took, moments) in self.told.items():
            self.say(f"{name}: on the screen after {took:.1f} s: {self.suspect(moments[0].lines).strip()}")
            self.assertRegex(self.suspect(moments[0].lines), self.INCIDENTS[name])

    def test_the_tape_shows_the_same_screens(self):
        replay = PtyConsole()
        self.addCleanup(replay.close)
        replay.start(SIZE, self.home.environment(), ["replay", self.tape])
        replay.wait_for("REPLAY")
        other, compared, exact = [], 0, 0
        for name, (_, moments) in self.told.items():
            for moment in moments:
                found = []
                for earlier in EARLIER:
                    found.append(self.differences(replay, moment, earlier))
                    if not found[-1]:
                        break
                exact += len(found) == 1 and not found[0]
                compared += len(moment.lines)
                if found[-1]:
                    other.append(f"{name}, panel {moment.panel}:\n" + "\n".join(found[0]))
        screens = len(self.told) * len(PANELS)
        self.say(f"{compared} lines of {screens} screens compared, {exact} the same at the very moment")
        self.assertEqual(other, [], "\n" + "\n".join(other))
        self.assertGreaterEqual(exact * 2, screens, "a replay is late as a rule")

    def differences(self, replay, moment, earlier):
        """Lines of the panel that differ from those of the tape so many seconds before the moment."""
        again = self.seek(replay, moment, moment.at - earlier)
        if len(again) != len(moment.lines):
            return [f"{len(moment.lines)} and {len(again)} lines"]
        return [f"  {one}\n  {two}" for one, two in zip(moment.lines, again) if not is_same(one, two)]

    @staticmethod
    def seek(replay, moment, at):
        """The same panel at this time."""
        whole, part = divmod(at, 1)
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole))
        replay.send(f"t{stamp}.{int(part * 1000):03d}Z")
        replay.press(ENTER, f"REPLAY {stamp}")
        replay.send(moment.panel)
        end = time.monotonic() + DRAWN
        while time.monotonic() < end and not all(map(is_same, moment.lines, content(replay))):
            replay.pump(0.05)
        return content(replay)


if __name__ == "__main__":
    unittest.main()
