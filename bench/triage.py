#!/usr/bin/env python3
"""The database panels in the hour of need: a hundred sessions wait for one row, and 5,000 statements are tracked.

Beside it pg_activity, on the same cluster at the same time. Part of `run.py`; by itself it needs no other server:

    VENV/bin/python bench/triage.py --binary FILE [--quick] [--json FILE]
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from types import SimpleNamespace

sys.dont_write_bytecode = True  # keep the checkout clean

import peers  # noqa: E402
import procfs  # noqa: E402
import pyte  # noqa: E402
import report  # noqa: E402
import starts  # noqa: E402
import steady  # noqa: E402
import triage_poll  # noqa: E402
from bench_context import REFRESH, Plan, median  # noqa: E402
from ptyrun import Program, bursts  # noqa: E402
from report import Figure  # noqa: E402
from scenes.triage_cluster import WAITING, Backends, Load, Scene  # noqa: E402

#: A screen with so many rows of waiting sessions is one that can be worked with.
FULL = 20
#: Nodes of the plan that is read from a file.
NODES = 10_000


class Look:
    """What one program costs on the cluster, here and in the server; medians of some windows.

    The windows hold several of the rounds of ten seconds in which the console asks what changes slowly. Nothing is
    known of a program that does not show what it should.
    """

    def __init__(self, argv, role, backends, mark, keys=(), state=None):
        self.argv, self.role, self.backends = argv, role, backends
        self.mark, self.keys = mark, keys
        self.extra = {"XDG_STATE_HOME": state} if state else None
        self.cpu = self.server = self.resident = self.bytes = None

    def run(self, plan):
        """Starts the program, goes to the view, looks, ends it."""
        if self.argv[0] is None:
            return
        with Program(self.argv, extra=self.extra) as program:
            try:
                program.pump(plan.warm_up / 2)
                for key in self.keys:
                    program.send(key)
                    program.pump(0.4)
                program.pump(plan.warm_up / 2)
                self._windows(program, plan)
            except OSError:  # it has ended by itself
                pass
            if not any(self.mark in line for line in screen(program).display):
                print(f"bench: {self.role}: {self.mark!r} is not on the screen", file=sys.stderr)
                self.cpu = self.server = self.resident = self.bytes = None

    def _windows(self, program, plan):
        cpu, server, sent = [], [], []
        for _ in range(plan.look_windows):
            began = time.perf_counter()
            before = procfs.cpu_seconds(program.pid), self.backends.seconds(self.role)
            program.pump(plan.look_window)
            if program.is_over:
                return
            after = procfs.cpu_seconds(program.pid), self.backends.seconds(self.role)
            now = time.perf_counter()
            cpu.append((after[0] - before[0]) * 60 / (now - began))
            server.append((after[1] - before[1]) * 60 / (now - began))
            sent.append(program.bytes_between(began, now) * REFRESH / (now - began))
        self.cpu, self.server, self.bytes = median(cpu), median(server), median(sent)
        self.resident, _ = procfs.memory(program.pid)


def screen(program):
    """What stands on the screen now."""
    found = pyte.Screen(program.columns, program.rows)
    pyte.ByteStream(found).feed(program.output())
    return found


def first_rows(argv, keys=b"", extra=None):
    """Seconds from exec to the end of the burst that fills the screen with waiting sessions."""
    with Program(argv, extra=extra) as program:
        if keys:
            program.send(keys)
        if program.wait_for(WAITING.encode(), 15) is None:
            return None
        program.pump(0.5)  # the rest of the rows, where they do not come at once
        shown = pyte.Screen(program.columns, program.rows)
        stream = pyte.ByteStream(shown)
        for end, data in bursts(program.chunks):
            stream.feed(data)
            if sum(WAITING in line for line in shown.display) >= FULL:
                return end - program.started
    return None


class Bench:
    """The cluster, and the programs on it."""

    def __init__(self, scene, backends, folder, binary, tools):
        self.scene, self.backends = scene, backends
        self.folder, self.binary, self.tools = folder, binary, tools

    def ours(self, tab, role):
        """The console on one of the tabs of the database panel."""
        names = ("Activity", "Statements", "Locks", "Plan")
        return Look([self.binary, "--config", self.scene.config(self.folder, role)], role, self.backends, f"[{tab}]",
                    [b"5"] + [b"\t"] * names.index(tab), os.path.join(self.folder, f"state-{role}"))

    def theirs(self, role, mark, keys=()):
        """pg_activity in one of its views."""
        return Look(peers.activity(self.tools, self.scene.connection(role), REFRESH), role, self.backends, mark, keys)

    def panel(self, plan):
        """The sessions, beside the view that pg_activity begins with."""
        ours, peer = self.ours("Activity", "watcher"), self.theirs("peer_running", "RUNNING QUERIES")
        steady.together(plan, [ours, peer])
        yield from compared("Activity", ours, peer)

    def tabs(self, plan):
        """The other tabs. For locks pg_activity has a view as well; for the rest it stands in the one it begins with."""
        looks = {tab: self.ours(tab, f"watcher_{tab.lower()}") for tab in ("Statements", "Locks", "Plan")}
        running = self.theirs("peer_running", "RUNNING QUERIES")
        waiting = self.theirs("peer_waiting", "WAITING QUERIES", [b"2"])
        steady.together(plan, [*looks.values(), running, waiting])
        for tab, ours in looks.items():
            yield from compared(tab, ours, waiting if tab == "Locks" else running)

    def first_screen(self, plan):
        """From nothing to a full screen; the key of the panel is typed ahead."""
        argv = [self.binary, "--config", self.scene.config(self.folder, "watcher")]
        state = {"XDG_STATE_HOME": os.path.join(self.folder, "state-start")}
        found = starts.several(plan.starts, first_rows, argv, b"5", state)
        argv = peers.activity(self.tools, self.scene.connection("peer_running"), REFRESH)
        peer = starts.several(plan.slow_starts + 2, first_rows, argv) if argv[0] else None
        yield Figure("triage: first screen of waiting sessions", "s", found, peers={"pg_activity": peer}, beats_peers=True)


def compared(tab, ours, peer):
    """The figures of two programs that ran beside each other."""
    for name, unit, field in (("CPU of the program per minute", "s", "cpu"), ("CPU of the server for it per minute", "s", "server"),
                              ("resident memory", "MB", "resident"), ("bytes per refresh", "B", "bytes")):
        yield Figure(f"{tab}: {name}", unit, getattr(ours, field), peers={"pg_activity": getattr(peer, field)}, beats_peers=True)


def all_figures(servers, plan, binary, tools):
    """Everything on the cluster; it is made for this and gone afterwards."""
    scene = Scene()
    try:
        for role in ("watcher_statements", "watcher_locks", "watcher_plan", "peer_running", "peer_waiting"):
            scene.add_role(role)
        load, backends = Load(scene), Backends(scene.postmaster)
        try:
            bench = Bench(scene, backends, servers.folder, binary, tools)
            yield from bench.first_screen(plan)
            yield from bench.panel(plan)
            yield from bench.tabs(plan)
            yield from triage_poll.all_figures(scene, plan, servers.folder, binary)
        finally:
            backends.close()
            load.close()
    finally:
        scene.close()


def node(count):
    """A plan of so many nodes, measured: joins over scans, as deep as it is when both sides are alike."""
    found = {"Node Type": "Seq Scan" if count == 1 else "Hash Join", "Parallel Aware": False, "Async Capable": False,
             "Startup Cost": 0.25, "Total Cost": 12.5 * count, "Plan Rows": 100 + count, "Plan Width": 36,
             "Actual Startup Time": 0.011, "Actual Total Time": 0.05 * count, "Actual Rows": 90 * count, "Actual Loops": 1,
             "Shared Hit Blocks": 3 * count, "Shared Read Blocks": count, "Temp Read Blocks": 0, "Temp Written Blocks": 0}
    if count == 1:
        return {**found, "Relation Name": "orders", "Alias": "o", "Filter": "(state = 'open'::text)", "Rows Removed by Filter": 7}
    left = (count - 1) // 2
    found.update({"Join Type": "Inner", "Inner Unique": False, "Hash Cond": "(o.customer_id = c.id)"})
    return {**found, "Plans": [node(part) for part in (left, count - 1 - left) if part]}


def big_plan(servers, binary):
    """Reading and judging a plan of 10,000 nodes."""
    path = os.path.join(servers.folder, "plan.json")
    with open(path, "w") as file:
        json.dump([{"Plan": node(NODES), "Planning Time": 12.5, "Execution Time": 0.05 * NODES}], file, indent=2)
    argv = [binary, "queries", "explain", "--file", path, "--format", "json"]
    json.loads(subprocess.run(argv, capture_output=True, timeout=60, check=True).stdout)

    def seconds():
        began = time.perf_counter()
        subprocess.run(argv, stdout=subprocess.DEVNULL, timeout=60, check=True)
        return time.perf_counter() - began

    yield Figure(f"queries explain --file, a plan of {NODES:,} nodes", "s", starts.several(5, seconds), 0.2)


def main():
    """This part alone."""
    parser = argparse.ArgumentParser(description="Measures the database panels beside pg_activity.")
    parser.add_argument("--binary", required=True, help="the console, built for release")
    parser.add_argument("--quick", action="store_true", help="rougher figures")
    parser.add_argument("--json", metavar="FILE", help="write the figures there as well")
    arguments = parser.parse_args()
    tools, began = os.path.join(sys.prefix, "bin"), time.time()
    with tempfile.TemporaryDirectory(prefix="ops-bench-") as folder:
        binary, servers = shutil.copy(arguments.binary, os.path.join(folder, "opsconsole")), SimpleNamespace(folder=folder)
        plan = Plan(arguments.quick)
        figures = [*all_figures(servers, plan, binary, tools), *big_plan(servers, binary)]
    print("\n".join(report.table(figures)))
    about = {"seconds": round(time.time() - began), "quick": arguments.quick, "peers": peers.versions(tools)}
    print(f"\ntook {about['seconds']} s")
    if arguments.json:
        report.save(figures, about, arguments.json)
    return 0 if all(figure.ours is not None for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
