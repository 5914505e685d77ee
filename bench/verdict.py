"""Compares what was measured with the figures that were accepted last. Values in, verdict out: it needs no server.

Less is better for every figure. A figure is of one kind:

    count    exact or nearly so: commands, statements, connections
    bytes    what goes over a wire
    memory   resident or private
    ratio    a time by that of a peer in the same round: the noise of the machine is in both
    time     a time without a peer, by that of a fixed computation in the same round
"""

import json

#: The part by which a figure may grow before it counts as worse.
LIMITS = {"count": 0.10, "bytes": 0.10, "memory": 0.10, "ratio": 0.25, "time": 0.25}

#: Words of a verdict that make the run fail.
FAILURES = ("WORSE", "NOT ACCEPTED YET", "NOT MEASURED", "NOT COMPARABLE")


class Measured:
    """One figure of this run. `value` is None where it could not be measured; `against` names the peer of a ratio."""

    def __init__(self, part, kind, value, against=None):
        self.part, self.kind, self.value, self.against = part, kind, value, against


class Verdict:
    """What became of one figure."""

    def __init__(self, name, word, old=None, new=None, kind=None, why=""):
        self.name, self.word, self.old, self.new, self.kind, self.why = name, word, old, new, kind, why

    @property
    def is_failure(self):
        """Whether the run fails by it."""
        return self.word in FAILURES

    @property
    def change(self):
        """By which part it grew; infinite where it was nothing."""
        if self.old is None or self.new is None:
            return None
        if self.old == 0:
            return 0.0 if self.new == 0 else float("inf")
        return self.new / self.old - 1

    def line(self):
        """One line for a person."""
        if self.change is None:
            return f"{self.word}: {self.name}{': ' if self.why else ''}{self.why}"
        grown = "from nothing" if self.change == float("inf") else f"{self.change * 100:+.0f}%"
        return (f"{self.word}: {self.name}: {shown(self.old)} -> {shown(self.new)} "
                f"({grown}, limit {LIMITS[self.kind] * 100:.0f}%, {self.kind})")


def shown(value):
    """A number with three digits that mean something."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def judge(name, accepted, measured):
    """The verdict on one figure; either side may be None."""
    if measured is None or measured.value is None:
        return Verdict(name, "NOT MEASURED", accepted and accepted["value"])
    if accepted is None:
        return Verdict(name, "NOT ACCEPTED YET", None, measured.value, measured.kind, f"it is {shown(measured.value)} ({measured.kind})")
    if (accepted["kind"], accepted.get("against")) != (measured.kind, measured.against):
        return Verdict(name, "NOT COMPARABLE", None, measured.value, measured.kind,
                       f"{_what(accepted['kind'], accepted.get('against'))} was accepted, "
                       f"{_what(measured.kind, measured.against)} was measured")
    verdict = Verdict(name, "ok", accepted["value"], measured.value, measured.kind)
    limit = LIMITS[measured.kind]
    # A rounding error is no change of one in ten.
    if verdict.change > limit + 1e-9:
        verdict.word = "WORSE"
    elif verdict.change < -limit - 1e-9:
        verdict.word = "better"
    return verdict


def _what(kind, against):
    return f"a {kind} to {against}" if against else f"a {kind}"


def compare(baseline, measured, parts):
    """Verdicts on all figures of `parts`: those that were measured, and accepted ones that were not.

    `baseline` is what `bench/baseline.json` holds; `measured` is a `Measured` for each name.
    """
    accepted = {name: one for name, one in baseline["figures"].items() if one["part"] in parts}
    names = list(accepted) + [name for name in measured if name not in accepted]
    return [judge(name, accepted.get(name), measured.get(name)) for name in names]


def accept(baseline, measured, reason, parts, about):
    """The baseline that follows. Figures within their limits stay as they were: small steps must not add up.

    A figure that was not measured keeps its old value; one of a part that was measured, and that the bench does not know any
    more, goes.
    """
    figures = {name: one for name, one in baseline["figures"].items() if one["part"] not in parts or name in measured}
    for name, one in measured.items():
        verdict = judge(name, figures.get(name), one)
        if verdict.word in ("ok", "NOT MEASURED"):
            continue
        entry = {"part": one.part, "kind": one.kind, "value": round_to(one.value), "reason": reason}
        if one.against:
            entry["against"] = one.against
        figures[name] = entry
    return {"about": about, "figures": figures}


def round_to(value, digits=4):
    """So many digits that mean something: more would only make every acceptance a large change."""
    return float(f"{value:.{digits}g}")


def load(path):
    """The accepted figures; none where there is no such file yet."""
    try:
        with open(path) as file:
            return json.load(file)
    except FileNotFoundError:
        return {"about": {}, "figures": {}}


def save(baseline, path):
    """One line for each figure, so that a commit shows which of them changed."""
    lines = [f"    {json.dumps(name)}: {json.dumps(one)}" for name, one in baseline["figures"].items()]
    with open(path, "w") as file:
        file.write('{\n  "about": ' + json.dumps(baseline["about"]) + ',\n  "figures": {\n' + ",\n".join(lines) + "\n  }\n}\n")
