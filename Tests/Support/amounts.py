"""How much of a long test is run: all of it by `make soak`, a tenth of it by `make test`."""

import os
import random
import sys

SOAK = os.environ.get("OPSCONSOLE_SOAK") == "1"


def amount(whole):
    """A count or a number of seconds: the whole in a soak, a tenth otherwise."""
    if SOAK:
        return whole
    return max(1, whole // 10) if isinstance(whole, int) else whole / 10


def seeded():
    """Random numbers whose seed is printed. OPSCONSOLE_SEED repeats a run."""
    seed = int(os.environ.get("OPSCONSOLE_SEED") or random.randrange(1 << 31))
    print(f"\n    OPSCONSOLE_SEED={seed}", file=sys.stderr, flush=True)
    return random.Random(seed)
