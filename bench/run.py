#!/usr/bin/env python3
"""Measures the console against its budgets and beside its peers. See bench/README.md.

    demo/stack.py run --profile test -- VENV/bin/python bench/run.py --binary FILE [--quick]
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
import pgload  # noqa: E402
import procfs  # noqa: E402
import redis_cost  # noqa: E402
import report  # noqa: E402
import rqload  # noqa: E402
import runs  # noqa: E402
import runtimes  # noqa: E402
import starts  # noqa: E402
import steady  # noqa: E402
import tape  # noqa: E402
import triage  # noqa: E402
from bench_context import Plan, Servers  # noqa: E402

PARTS = ("start", "database", "queues", "keys", "scale", "snapshot", "triage", "runtimes", "tape", "dead", "runs")


def parse_arguments():
    """The command line."""
    parser = argparse.ArgumentParser(description="Measures the console and its peers.")
    parser.add_argument("--binary", required=True, help="the console, built for release")
    parser.add_argument("--quick", action="store_true", help="rougher figures, in a minute")
    parser.add_argument("--json", metavar="FILE", help="write the figures there as well")
    parser.add_argument("--only", choices=PARTS, action="append", help="only this part")
    return parser.parse_args()


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
        "runs": [lambda: runs.all_figures(binary, plan.quick)]}


def measure(groups, chosen):
    """All figures of the chosen groups; a group that fails is named and left."""
    figures, whole = [], True
    for name in chosen:
        for group in groups[name]:
            print(f"bench: {name} ...", file=sys.stderr, flush=True)
            try:
                figures.extend(group())
            except Exception as problem:  # whatever it is, the other groups go on
                print(f"bench: {name}: {problem!r}", file=sys.stderr)
                whole = False
    return figures, whole and all(figure.ours is not None for figure in figures)


def main():
    """Returns the exit code: 1 where something could not be measured."""
    arguments = parse_arguments()
    tools = os.path.join(os.environ.get("OPSCONSOLE_TEST_VENV", sys.prefix), "bin")
    began, load = time.time(), procfs.load()
    with tempfile.TemporaryDirectory(prefix="ops-bench-") as folder:
        # A copy: the original may be built anew meanwhile.
        binary = shutil.copy(arguments.binary, os.path.join(folder, "opsconsole"))
        servers = Servers(os.environ, folder)
        rqload.seed(servers.redis_port, rqload.SMALL, 4, 3, began)
        rqload.seed(servers.redis_port, rqload.LARGE, 1000, 2000, began)
        sessions = pgload.Sessions(servers.pg_folder, servers.pg_port, servers.database)
        try:
            groups = parts(servers, Plan(arguments.quick), binary, tools, sessions)
            figures, whole = measure(groups, arguments.only or PARTS)
        finally:
            sessions.close()
    about = {"seconds": round(time.time() - began), "load": load, "processors": os.cpu_count(),
             "quick": arguments.quick, "peers": {**peers.versions(tools), **runtimes.versions()}}
    print("\n".join(report.table(figures)))
    print("\nratio: peer by ours, above 1 the peer needs more. {processors} processors, load "
          "{load} before; took {seconds} s.".format(**about))
    print("peers: " + ", ".join(f"{name} {text}" for name, text in about["peers"].items()))
    if arguments.json:
        report.save(figures, about, arguments.json)
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main())
