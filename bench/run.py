#!/usr/bin/env python3
"""Measures the console against its budgets, beside its peers, and against the figures that were accepted last. See bench/README.md.

    demo/stack.py run --profile test -- VENV/bin/python bench/run.py --binary FILE [--only PART] [--quick] [--accept REASON]
"""

import argparse
import os
import shutil
import sys
import tempfile
import time

sys.dont_write_bytecode = True  # keep the checkout clean

import dead  # noqa: E402
import keys  # noqa: E402
import peers  # noqa: E402
from scenes import pgload  # noqa: E402
import procfs  # noqa: E402
import redis_cost  # noqa: E402
import report  # noqa: E402
import rounds  # noqa: E402
from scenes import rqload  # noqa: E402
import runs  # noqa: E402
import runtimes  # noqa: E402
import starts  # noqa: E402
import steady  # noqa: E402
import tape  # noqa: E402
import triage  # noqa: E402
import verdict  # noqa: E402
from bench_context import Plan, Servers  # noqa: E402

BASELINE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "baseline.json")
PARTS = ("start", "database", "queues", "keys", "scale", "snapshot", "triage", "runtimes", "tape", "dead", "runs")


def parse_arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description="Measures the console and its peers.")
    parser.add_argument("--binary", required=True, help="the console, built for release")
    parser.add_argument("--quick", action="store_true", help="one round, rougher, and compared with nothing")
    parser.add_argument("--json", metavar="FILE", help="write the figures there as well")
    parser.add_argument("--only", choices=PARTS, action="append", help="only this part")
    parser.add_argument("--baseline", metavar="FILE", default=BASELINE, help="the accepted figures (default: bench/baseline.json)")
    parser.add_argument("--accept", metavar="REASON", help="write what changed to the accepted figures, with this reason")
    arguments = parser.parse_args()
    if arguments.accept is not None and (arguments.quick or not arguments.accept.strip()):
        parser.error("--accept needs a reason and a whole run")
    return arguments


def parts(servers, plan, binary, tools, sessions):
    """The groups of figures, each measured when it is asked for."""
    arguments = (servers, plan, binary, tools)
    # Built beside the console by `make bench`.
    program = os.environ.get("OPSCONSOLE_TAPE_BENCH", "TapeBench")
    return {
        "start": [lambda: starts.all_figures(*arguments)],
        "database": [lambda: steady.database(*arguments, sessions)],
        "queues": [lambda: steady.queues(*arguments)],
        "keys": [lambda: keys.paint_sizes(servers, plan, binary)],
        "scale": [lambda: redis_cost.all_figures(*arguments),
                  lambda: keys.under_load(servers, plan, binary),
                  lambda: steady.large(*arguments)],
        "snapshot": [lambda: starts.snapshots(*arguments)],
        "triage": [lambda: triage.all_figures(*arguments),
                   lambda: triage.big_plan(servers, binary)],
        "runtimes": [lambda: runtimes.fleet(servers, plan, binary),
                     lambda: runtimes.host(servers, plan, binary)],
        "tape": [lambda: tape.all_figures(servers.folder, plan.quick, program)],
        "dead": [lambda: dead.all_figures(*arguments)],
        "runs": [lambda: runs.all_figures(binary)]}


def compared(arguments, measured, chosen, about):
    """Prints what changed against the accepted figures, or accepts it. Returns whether nothing got worse."""
    baseline = verdict.load(arguments.baseline)
    verdicts = verdict.compare(baseline, measured, chosen)
    changed = [one for one in verdicts if one.word != "ok"]
    print(f"\nagainst the accepted figures: {len(verdicts) - len(changed)} hold, {len(changed)} do not")
    for one in changed:
        print(one.line())
    if arguments.accept:
        verdict.save(verdict.accept(baseline, measured, arguments.accept, chosen, about), arguments.baseline)
        print(f"accepted, because: {arguments.accept}")
        return all(one.value is not None for one in measured.values())
    failed = [one for one in changed if one.is_failure]
    if failed:
        print(f"{len(failed)} figures fail; where that is meant, run again with --accept REASON and commit {arguments.baseline}")
    return not failed


def main():
    """Returns the exit code: 1 where a figure got worse, was never accepted, or could not be measured."""
    arguments = parse_arguments()
    tools = os.path.join(os.environ.get("OPSCONSOLE_TEST_VENV", sys.prefix), "bin")
    began, load = time.time(), procfs.load()
    chosen = [part for part in PARTS if part in (arguments.only or PARTS)]
    count = 1 if arguments.quick else rounds.ROUNDS
    with tempfile.TemporaryDirectory(prefix="ops-bench-") as folder:
        # A copy: the original may be built anew meanwhile.
        binary = shutil.copy(arguments.binary, os.path.join(folder, "opsconsole"))
        servers = Servers(os.environ, folder)
        rqload.seed(servers.redis_port, rqload.SMALL, 4, 3, began)
        rqload.seed(servers.redis_port, rqload.LARGE, 1000, 2000, began)
        sessions = pgload.Sessions(servers.pg_folder, servers.pg_port, servers.database)
        try:
            groups = parts(servers, Plan(arguments.quick), binary, tools, sessions)
            found, whole = rounds.measure(groups, chosen, count, rounds.say)
        finally:
            sessions.close()
    figures = [rounds.merged(each) for each in found.values()]
    about = {"seconds": round(time.time() - began), "load": load, "processors": os.cpu_count(),
             "quick": arguments.quick, "peers": {**peers.versions(tools), **runtimes.versions()}}
    print("\n".join(report.table(figures)))
    print("\nratio: peer by ours, above 1 the peer needs more. {processors} processors, load "
          "{load} before; took {seconds} s.".format(**about))
    print("peers: " + ", ".join(f"{name} {text}" for name, text in about["peers"].items()))
    if arguments.json:
        report.save(figures, about, arguments.json)
    whole = whole and all(figure.ours is not None for figure in figures)
    if arguments.quick:
        return 0 if whole else 1
    measured = {name: rounds.measured(part, each) for (part, name), each in found.items()}
    return 0 if compared(arguments, measured, chosen, about) and whole else 1


if __name__ == "__main__":
    sys.exit(main())
