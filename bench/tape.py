"""What the tape costs: 1,000 queues and 200 processes every two seconds, on a clock that is moved by hand."""

import json
import os
import subprocess

from report import Figure

MEASURED = 300
# More than a simulated hour: by then an hour of everything lies on it, and some of what is thinned.
FILLED = {False: 2400, True: 900}


def all_figures(folder, quick, program):
    """Figures of the tape; `program` is the `TapeBench` beside the console."""
    path = os.path.join(folder, "bench-tape.sqlite")
    done = subprocess.run([program, path, str(MEASURED), str(FILLED[quick])], capture_output=True, text=True, timeout=1800)
    found = json.loads(done.stdout)
    if "error" in found:
        raise RuntimeError(found["error"])
    hours = f"{found['simulated_hours']:.0f} h"
    return [
        Figure("tape: share of a core", "%", found["tape_share_of_core"] * 100, 3),
        Figure("tape: processor time per poll", "ms", found["tape_ms_per_poll"]),
        Figure("store, alerts and suspects: processor time per poll", "ms", found["store_ms_per_poll"]),
        Figure(f"tape: size after {hours}", "MB", found["size_bytes"] / 1048576, 256),
        Figure("tape: opened anywhere, slowest of 40", "ms", found["open_ms_most"], 300),
        Figure("tape: opened anywhere, median", "ms", found["open_ms_median"])]
