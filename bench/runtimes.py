#!/usr/bin/env python3
"""The panel of runtimes: 5,000 processes by way of Prometheus, 500 of this host beside glances and btop.

Part of `run.py`; by itself it needs no other server:

    VENV/bin/python bench/runtimes.py --binary FILE [--quick] [--json FILE]
"""

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from types import SimpleNamespace

sys.dont_write_bytecode = True  # keep the checkout clean

import keys  # noqa: E402
import procfs  # noqa: E402
import pyte  # noqa: E402
import report  # noqa: E402
from scenes import runtimes_scene as scene  # noqa: E402
import starts  # noqa: E402
from bench_context import REFRESH, Plan, median, percentile  # noqa: E402
from ptyrun import Program, bursts  # noqa: E402
from report import Figure  # noqa: E402

#: Processes in Prometheus, and seconds between two polls of it where a configuration says nothing.
FLEET, POLL = 5000, 10
#: Here it does: Prometheus scrapes the fleet every 5 s, and a poll that meets a scrape takes longer. Every ten seconds all
#: would, or none.
COUNTED = 11
#: Processes of this host, and how many of them are Python in the usual crowd.
CROWD, PYTHONS = 500, 50
#: A screen with so many rows of processes is one that can be worked with; btop has room for some twenty.
FULL = 15
#: Fewer tell that a program still shows processes: glances puts its warnings in their place.
SOME = 5
#: In the first rows of the fleet, and the row under the cursor.
FLEET_ROW = b"app-0"
CURSOR = re.compile("\u25b8\\s+\\S\\s+app-(\\d{5})")
#: The key of the panel, and those that sort it by name: the worst stand first else, and places can not be counted.
PANEL, BY_NAME = b"6", (b"s", b"process\r", b"g")


class Screen:
    """What a program has drawn, followed burst by burst."""

    def __init__(self, program):
        self.shown = pyte.Screen(program.columns, program.rows)
        self.stream = pyte.ByteStream(self.shown)

    def after(self, data):
        """The lines of the screen after these bytes."""
        self.stream.feed(data)
        return self.shown.display


# Prometheus


def poll_seconds(binary, config, samples):
    """What the last poll of a snapshot took. From the second on a poll asks no more than in a console that stands."""
    argv = [binary, "--config", config, "snapshot", "--samples", str(samples), "--interval", "0.5", "--format", "json"]
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60)
    told = json.loads(done.stdout or "{}")
    if done.returncode or len(told["runtimes"]) != FLEET:
        return None
    return told["sources"][0]["took_seconds"]


class FleetLook:
    """The console with the panel open, and the proxy between it and Prometheus. One window holds one poll."""

    def __init__(self, argv, extra, proxy):
        self.argv, self.extra, self.proxy = argv, extra, proxy
        self.cpu = self.resident = self.told = None

    def run(self):
        """Starts it, looks at two polls, ends it. What the first poll costs is not in the windows."""
        with Program(self.argv, extra=self.extra) as program:
            program.send(PANEL)
            if program.wait_for(FLEET_ROW, 15) is None:
                return
            program.pump(3)  # a window begins and ends between two polls
            spent = []
            for _ in range(2):
                before = procfs.cpu_seconds(program.pid)
                program.pump(COUNTED)
                if program.is_over:
                    return
                spent.append((procfs.cpu_seconds(program.pid) - before) * 1000)
            self.cpu, self.resident = median(spent), procfs.memory(program.pid)[0]
            self.told = self.proxy.ask()


def poll_figures(site, plan, binary, folder):
    """Polls by themselves."""
    config = scene.fleet_config(folder, "direct", site.facts["prometheus_port"], POLL)
    first, steady = (starts.several(plan.slow_starts, poll_seconds, binary, config, samples) for samples in (1, 3))
    yield Figure("fleet: the first poll, with what is there to ask for", "s", first)
    yield Figure("fleet: one poll", "s", steady, 1)


def panel_figures(site, binary, folder):
    """What the panel costs here, and what it asks there."""
    with scene.proxy(site.facts["prometheus_port"]) as proxy:
        argv = [binary, "--config", scene.fleet_config(folder, "counted", proxy.facts["port"], COUNTED)]
        look = FleetLook(argv, scene.home(folder, "counted"), proxy)
        look.run()
    told = look.told or {"most": None, "questions": []}
    polls = scene.polls(told["questions"])[1:]  # the first asks for everything
    yield Figure("fleet: questions in flight, the most", "", told["most"], 4)
    yield Figure("fleet: questions per poll", "", median([len(poll) for poll in polls]))
    yield Figure("fleet: bytes of answers per poll", "B", median([sum(size for _, _, size in poll) for poll in polls]))
    yield Figure("fleet: poll in the console, from first question to last answer", "s",
                 median([max(end for _, end, _ in poll) - poll[0][0] for poll in polls]), 1)
    yield Figure("fleet: CPU per poll", "ms", look.cpu)
    yield Figure("fleet: resident memory after three polls", "MB", look.resident, 100)


def latencies(program, pressed):
    """Milliseconds from each key to the end of the burst that shows its effect; empty where not all were seen.

    Sorted by name, the numbers of the rows go down by one with each key, so it is known which keys a frame shows.
    """
    screen, found, next_key, first = Screen(program), [], 0, None
    for end, data in bursts(program.chunks):
        match = CURSOR.search("\n".join(screen.after(data)))
        if not match:
            continue
        if end < pressed[0] or first is None:
            first = int(match.group(1))
            continue
        while next_key < len(pressed) and next_key < first - int(match.group(1)):
            found.append((end - pressed[next_key]) * 1000)
            next_key += 1
    return found if next_key == len(pressed) else []


def key_figures(site, plan, binary, folder):
    """`j` held down in the table, between two polls and then for the length from poll to poll, in which there is one."""
    config = scene.fleet_config(folder, "keys", site.facts["prometheus_port"], POLL)
    calm, whole = [], []
    with Program([binary, "--config", config], extra=scene.home(folder, "keys")) as program:
        program.send(PANEL)
        if program.wait_for(FLEET_ROW, 15) is not None:
            began = time.perf_counter()
            for key in BY_NAME:
                program.pump(0.7)
                program.send(key)
            program.pump(began + 3 - time.perf_counter())
            calm = latencies(program, keys.hold_down(program, 4, plan.key_rate))
            program.pump(began + POLL - 1.5 - time.perf_counter())
            whole = latencies(program, keys.hold_down(program, POLL, plan.key_rate))
    yield Figure("fleet: key to frame p50", "ms", percentile(whole, 0.5))
    yield Figure("fleet: key to frame p99, between polls", "ms", percentile(calm, 0.99), 16)
    yield Figure("fleet: key to frame p99, a poll in ten seconds", "ms", percentile(whole, 0.99), 16)


def fleet(servers, plan, binary):
    """Everything on 5,000 processes in a Prometheus of its own."""
    with scene.fleet(FLEET) as site:
        yield from poll_figures(site, plan, binary, servers.folder)
        yield from panel_figures(site, binary, servers.folder)
        yield from key_figures(site, plan, binary, servers.folder)


# This host


class Look:
    """What one program costs that looks at the host; medians of some windows. Nothing is known of a missing one."""

    def __init__(self, argv, extra, keys=b""):
        self.argv, self.extra, self.keys = argv, extra, keys
        self.program = None
        self.cpu = self.resident = self.bytes = None
        self.windows = []

    @property
    def per_poll(self):
        """Milliseconds of processor time for a refresh."""
        return None if self.cpu is None else self.cpu / 60 * REFRESH * 1000

    def mark(self):
        """Where its clock and its output stand."""
        return time.perf_counter(), procfs.cpu_seconds(self.program.pid)

    def add(self, before):
        """One window is over."""
        now, spent = self.mark()
        self.windows.append(((spent - before[1]) * 60 / (now - before[0]),
                             self.program.bytes_between(before[0], now) * REFRESH / (now - before[0])))

    def finish(self):
        """The figures; none of a program that ended by itself or shows no processes."""
        lines = Screen(self.program).after(self.program.output())
        if self.program.is_over or rows_of_processes(lines) < SOME:
            print(f"bench: {os.path.basename(self.argv[0])} does not show processes", file=sys.stderr)
            return
        self.cpu, self.bytes = (median(column) for column in zip(*self.windows))
        self.resident, _ = procfs.memory(self.program.pid)


def pump_all(looks, seconds):
    """Reads what all of them write. No threads: Ctrl-C ends all at once."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end and looks:
        for look in looks:
            look.program.pump(0.02)
            if look.program.is_over:
                time.sleep(0.02)


def beside(plan, windows, looks):
    """Runs the programs that are installed at the same time: they share the noise of the host."""
    looks = [look for look in looks if look.argv[0]]
    with ExitStack() as stack:
        for look in looks:
            look.program = stack.enter_context(Program(look.argv, extra=look.extra))
            if look.keys:
                look.program.send(look.keys)
        pump_all(looks, plan.warm_up)
        for _ in range(windows):
            running = [look for look in looks if not look.program.is_over]
            before = [look.mark() for look in running]
            pump_all(running, plan.look_window)
            for look, mark in zip(running, before):
                if not look.program.is_over:
                    look.add(mark)
        for look in looks:
            look.finish()


def rows_of_processes(lines):
    """Lines in which the number of a process stands, whoever shows them. Two digits stand in too many columns."""
    there = {name for name in os.listdir("/proc") if name.isdigit() and len(name) > 2}
    return sum(not there.isdisjoint(re.findall(r"\d+", line)) for line in lines)


def first_rows(argv, extra, typed=b""):
    """Seconds from exec to the end of the burst that fills the screen with processes."""
    with Program(argv, extra=extra) as program:
        if typed:
            program.send(typed)
        screen, seen = Screen(program), 0
        while time.perf_counter() < program.started + 15 and not program.is_over:
            program.pump(0.2)
            program.settle(0.05)
            for end, data in bursts(program.chunks[seen:]):
                if rows_of_processes(screen.after(data)) >= FULL:
                    return end - program.started
            seen = len(program.chunks)
    return None


class Host:
    """The programs that look at this host, each with settings of its own."""

    def __init__(self, folder, binary):
        self.config = scene.config(folder, "here", "{name: here, kind: host}")
        self.binary, self.own = binary, scene.home(folder, "ours")
        # It would ask a server in the internet whether there is a newer one.
        glances = [shutil.which("glances"), "-t", str(REFRESH), "--disable-check-update"]
        self.peers = {"glances": (glances, scene.home(folder, "glances")),
                      "btop": ([shutil.which("btop")], scene.home(folder, "btop", btop=True))}

    def ours(self):
        """The console on this host alone."""
        return Look([self.binary, "--config", self.config], self.own, PANEL)

    def first_screen(self, plan):
        """Without a configuration, so what there is to look at is to be found as well; the key is typed ahead."""
        found = starts.several(plan.starts, first_rows, [self.binary], self.own, PANEL)
        theirs = {name: starts.several(plan.slow_starts, first_rows, argv, extra) if argv[0] else None
                  for name, (argv, extra) in self.peers.items()}
        yield Figure("host: first screen of processes, nothing configured", "s", found, None, theirs)

    def steady(self, plan):
        """Standing there, beside the others."""
        ours, theirs = self.ours(), {name: Look(argv, extra) for name, (argv, extra) in self.peers.items()}
        beside(plan, plan.look_windows, [ours, *theirs.values()])

        def of(field):
            return {name: getattr(look, field) for name, look in theirs.items()}

        yield Figure(f"host: CPU per poll, {CROWD} processes, {PYTHONS} of them Python", "ms", ours.per_poll, 30)
        yield Figure("host: CPU per minute", "s", ours.cpu, None, of("cpu"))
        yield Figure("host: resident memory", "MB", ours.resident, None, of("resident"))
        yield Figure("host: bytes per refresh", "B", ours.bytes, None, of("bytes"))

    def pythons(self, plan, count):
        """Every process has a runtime, and a row."""
        ours = self.ours()
        beside(plan, 1, [ours])
        yield Figure(f"host: CPU per poll, {count} processes, all of them Python", "ms", ours.per_poll)
        yield Figure("host: resident memory, all of them Python", "MB", ours.resident)


def affordable():
    """How many Python processes this host has room for, at 4 MB each and as much again left to others."""
    with open("/proc/meminfo") as file:
        found = dict(line.split(":") for line in file)
    return CROWD if int(found["MemAvailable"].split()[0]) > 2 * CROWD * 4096 else 200


def host(servers, plan, binary):
    """Everything on the processes of this host, and on those that are started for it."""
    looking = Host(servers.folder, binary)
    with scene.crowd(CROWD - PYTHONS, PYTHONS, servers.folder):
        yield from looking.first_screen(plan)
        yield from looking.steady(plan)
    count = affordable()
    with scene.crowd(0, count, servers.folder):
        yield from looking.pythons(plan, count)


def versions():
    """What the peers say of themselves."""
    found = {}
    for name in ("glances", "btop"):
        if shutil.which(name):
            done = subprocess.run([name, "--version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=20)
            found[name] = (re.findall(r"\d+(?:\.\d+)+", done.stdout) or ["?"])[0]
    return found


def main():
    """This part alone."""
    parser = argparse.ArgumentParser(description="Measures the panel of runtimes beside glances and btop.")
    parser.add_argument("--binary", required=True, help="the console, built for release")
    parser.add_argument("--quick", action="store_true", help="rougher figures")
    parser.add_argument("--json", metavar="FILE", help="write the figures there as well")
    arguments = parser.parse_args()
    began, load = time.time(), procfs.load()
    with tempfile.TemporaryDirectory(prefix="ops-bench-") as folder:
        binary, servers = shutil.copy(arguments.binary, os.path.join(folder, "opsconsole")), SimpleNamespace(folder=folder)
        plan = Plan(arguments.quick)
        figures = [*fleet(servers, plan, binary), *host(servers, plan, binary)]
    print("\n".join(report.table(figures)))
    about = {"seconds": round(time.time() - began), "load": load, "processors": os.cpu_count(), "quick": arguments.quick,
             "peers": versions()}
    print(f"\ntook {about['seconds']} s; load {load} before, {about['processors']} processors; "
          + ", ".join(f"{name} {text}" for name, text in about["peers"].items()))
    if arguments.json:
        report.save(figures, about, arguments.json)
    return 0 if all(figure.ours is not None for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
