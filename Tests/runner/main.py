"""`make test`, `make test-quick` and `make soak`: builds, runs the shards, and says what came out.

    Tests/run [all|quick|soak]

ONLY      a Swift suite or test, or a Python file, class or test: `LiveLocksTests`, `test_rq.py`, `Rewound.test_…`
SHARDS    how many shards run at once (default: three for each processor; most of a test is waiting)
BUILD     0 takes what is built already
RECORD    1 keeps the seconds of each group in runner/seconds.json, by which the next runs are ordered
"""

import os
import random
import shutil
import signal
import sys
import tempfile

from runner import building, groups, testfiles
from runner.phase import Phase
from runner.results import Results

MODES = ("all", "quick", "soak")


class Ended(Exception):
    """A signal asked the run to end."""


def end_on_signals():
    def end(number, frame):
        raise Ended(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)


def shards(only):
    """One test needs one shard. Who is not root has no host of its own to give to a second one."""
    if os.environ.get("SHARDS"):
        return max(1, int(os.environ["SHARDS"]))
    if only or os.geteuid() != 0:
        return 1
    return 3 * (os.cpu_count() or 1)


def environment(mode, folder, files):
    """What the shards of this run have in common."""
    variables = {
        "OPSCONSOLE_RUN_FOLDER": folder, "OPSCONSOLE_SWIFT_LIST": os.path.join(folder, "swift.json"),
        "OPSCONSOLE_NEEDS_SERVERS": "1" if any(file.needs_servers for file in files) else "0",
        "OPSCONSOLE_SEED": os.environ.get("OPSCONSOLE_SEED") or str(random.randrange(1 << 31)),
        "OPSCONSOLE_SOAK": "1" if mode == "soak" else "0", "OPSCONSOLE_MODE": mode,
        "OPSCONSOLE_TEST_VENV": sys.prefix, "PYTHONDONTWRITEBYTECODE": "1"}
    return {**os.environ, **variables}


def run(mode, only, folder, results):
    files = testfiles.chosen(mode, only)
    if not files:
        results.fail(only or mode, f"No test has the name {only}." if only else "There are no tests.")
        return
    count = shards(only)
    variables = environment(mode, folder, files)
    print(f"seed {variables['OPSCONSOLE_SEED']}, shards {count}", flush=True)
    if not building.build(files, mode, variables, results):
        return
    uncrowded = [file for file in files if file.is_uncrowded]
    for name, most, those in (("crowded", count, files), ("uncrowded", 1, uncrowded)):
        if those and not Phase(name, most, those, variables, results).run():
            return
    results.expect_tests_of(files, only)
    if os.environ.get("RECORD") == "1" and not only and mode == "all":
        groups.record(results.group_seconds)


def main():
    arguments = sys.argv[1:] or ["all"]
    if len(arguments) != 1 or arguments[0] not in MODES:
        print(__doc__, file=sys.stderr)
        return 64
    end_on_signals()
    results = Results()
    folder = tempfile.mkdtemp(prefix="opsc-tests-")
    try:
        run(arguments[0], os.environ.get("ONLY", ""), folder, results)
    except Ended as ended:
        # A second signal may not interrupt the cleaning up.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        results.give_up(f"It was stopped by {signal.Signals(ended.args[0]).name}.")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return results.conclude(is_soak=arguments[0] == "soak")
