"""The middle of some values, and other places among them."""

import statistics


def median(values):
    """The middle one of those that were measured; None where there is none."""
    known = [value for value in values if value is not None]
    return statistics.median(known) if known else None


def percentile(values, part):
    """The value below which `part` of the values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))] if ordered else None
