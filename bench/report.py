"""Figures, and the table of them."""

import json


class Figure:
    """One thing that was measured, here and with the peers.

    `ours` is None where it could not be measured, a peer's value where the peer is missing or
    does not start.
    Less is better for every figure. `beats_peers` asks for less than every peer needs.
    """

    def __init__(self, name, unit, ours, budget=None, peers=None, beats_peers=False):
        self.name, self.unit, self.ours, self.budget = name, unit, ours, budget
        self.peers, self.beats_peers = peers or {}, beats_peers

    @property
    def verdict(self):
        """Against the budget."""
        if self.ours is None:
            return "NOT MEASURED"
        theirs = [value for value in self.peers.values() if value is not None] if self.beats_peers else []
        if self.budget is None and not theirs:
            return "-"
        is_within = self.budget is None or self.ours <= self.budget
        return "ok" if is_within and all(self.ours < value for value in theirs) else "over"

    def ratios(self):
        """Peer by ours: above 1 the peer needs more."""
        return {name: value / self.ours for name, value in self.peers.items()
                if value is not None and self.ours}

    def record(self):
        """For the JSON file."""
        return {"figure": self.name, "unit": self.unit, "ours": self.ours, "peers": self.peers,
                "ratios": self.ratios(), "budget": self.budget,
                "beats_peers": self.beats_peers, "verdict": self.verdict}

    def cells(self):
        """For the table."""
        peers = ", ".join(f"{name} {number(value) if value is not None else 'peer missing'}"
                          for name, value in self.peers.items())
        ratios = ", ".join(f"{value:.1f}x" for value in self.ratios().values())
        limits = [number(self.budget)] if self.budget is not None else []
        budget = ", ".join(limits + ["< peer"] * self.beats_peers)
        name = f"{self.name} [{self.unit}]" if self.unit else self.name
        return [name, number(self.ours), peers or "-", ratios or "-", budget or "-", self.verdict]


def number(value):
    """Short, with as many digits as mean something."""
    if value is None:
        return "?"
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.2f}" if value < 1 else f"{value:.1f}"


def table(figures):
    """Lines of text in columns."""
    rows = [["figure", "ours", "peers", "ratio", "budget", ""]]
    rows += [figure.cells() for figure in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    right = {1, 4}
    lines = []
    for row in rows:
        cells = [cell.rjust(width) if column in right else cell.ljust(width)
                 for column, (cell, width) in enumerate(zip(row, widths))]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "-" * max(len(line) for line in lines))
    return lines


def save(figures, about, path):
    """All figures as JSON."""
    with open(path, "w") as file:
        json.dump(dict(about, figures=[figure.record() for figure in figures]), file, indent=2)
        file.write("\n")
