"""Measures in rounds: every part in turn, then all of them again, so that a busy moment of the machine meets few figures of one kind."""

import sys
import time

from middle import median
from report import Figure
from verdict import Measured

#: Rounds of a whole run; a figure that is missing in more than one of them was not measured.
ROUNDS = 3


def control():
    """Milliseconds that a fixed computation takes now: the measure of times that have no peer."""
    found = []
    for _ in range(5):
        began = time.perf_counter()
        sum(number * number % 7 for number in range(150_000))
        found.append((time.perf_counter() - began) * 1000)
    return median(found)


class Round:
    """One measurement of one figure: ours, the peers, and the control of the same minute."""

    def __init__(self, figure, control_time):
        self.figure, self.control = figure, control_time


def measure(groups, chosen, count, tell=print, control=control):
    """Rounds of all chosen parts: (part, name) -> list of `Round`, and whether every group came to its end."""
    found, whole = {}, True
    for turn in range(count):
        for part in chosen:
            for group in groups[part]:
                tell(f"bench: round {turn + 1} of {count}: {part} ...")
                before = control()
                try:
                    figures = list(group())
                except Exception as problem:  # whatever it is, the other groups go on
                    tell(f"bench: {part}: {problem!r}")
                    whole = False
                    continue
                now = (before + control()) / 2
                for name, figure in named(figures):
                    found.setdefault((part, name), []).append(Round(figure, now))
    return found, whole


def named(figures):
    """Figures by full names: one that is indented is a part of the figure above it. No name comes twice."""
    above, names = "", set()
    for figure in figures:
        name = figure.name
        if name.startswith(" "):
            name = f"{above}: {name.strip()}"
        else:
            above = name
        if name in names:
            raise ValueError(f"two figures are called {name!r}")
        names.add(name)
        yield name, figure


def merged(rounds):
    """One figure of several rounds: the median of ours and of each peer."""
    first = rounds[0].figure
    peers = {name: median([one.figure.peers.get(name) for one in rounds]) for name in first.peers}
    return Figure(first.name, first.unit, _middle([one.figure.ours for one in rounds]), first.budget, peers, first.beats_peers)


def _middle(values):
    """The median; None where more than one of three is missing."""
    known = [value for value in values if value is not None]
    return median(known) if known and len(known) * 2 >= len(values) else None


def measured(part, rounds):
    """What is compared with the baseline: the figure itself, or its ratio in each round."""
    unit = rounds[0].figure.unit
    kind = {"": "count", "B": "bytes", "MB": "memory"}.get(unit)
    if kind:
        return Measured(part, kind, _middle([one.figure.ours for one in rounds]))
    for peer in rounds[0].figure.peers:
        ratios = [_ratio(one.figure.ours, one.figure.peers.get(peer)) for one in rounds]
        if _middle(ratios) is not None:
            return Measured(part, "ratio", _middle(ratios), peer)
    return Measured(part, "time", _middle([_ratio(one.figure.ours, one.control) for one in rounds]))


def _ratio(ours, theirs):
    return None if ours is None or not theirs else ours / theirs


def say(words):
    """What is under way is no result: it goes to standard error."""
    print(words, file=sys.stderr, flush=True)
