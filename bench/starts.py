"""How long until something is seen, and how long a single answer takes."""

import socket
import subprocess
import time

import peers
from scenes import rqload
from bench_context import median
from ptyrun import Program, bursts
from report import Figure


def first_paint(argv, mark, limit=10.0, keys=b"", **terminal):
    """Milliseconds from exec to the end of the burst in which `mark` comes."""
    with Program(argv, **terminal) as program:
        if keys:
            program.send(keys)
        if program.wait_for(mark, limit) is None:
            return None
        program.pump(0.02)
        seen = b""
        for end, data in bursts(program.chunks):
            seen += data
            if mark in seen:
                return (end - program.started) * 1000
    return None


def finished(argv, fine=(0,)):
    """Milliseconds from exec to the end of a program that answers once and ends with one of the codes that are fine."""
    began = time.perf_counter()
    done = subprocess.run(argv, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                          stdin=subprocess.DEVNULL, timeout=60)
    return (time.perf_counter() - began) * 1000 if done.returncode in fine and done.stdout else None


def several(count, measure, *arguments, **options):
    """The median of so many measurements; what fails counts as not measured."""
    values = []
    for _ in range(count):
        try:
            values.append(measure(*arguments, **options))
        except (OSError, subprocess.SubprocessError):
            values.append(None)
    return median(values)


def all_figures(servers, plan, binary, tools):
    """First paint and first data, on an idle host with little data."""
    ours = [binary, "--config"]
    with socket.create_server(("127.0.0.1", 0)) as silent:
        dead = servers.dead(silent.getsockname()[1])
        yield Figure("first paint, every source dead", "ms",
                     several(plan.starts, first_paint, ours + [dead], b"opsconsole"), 100)
    found = several(plan.starts, first_paint, ours + [servers.small], b"bench-queue-0",
                    keys=b"2")
    rq_info = peers.queues(servers, tools, rqload.SMALL)
    theirs = several(plan.slow_starts, finished, rq_info.argv) if rq_info.is_there else None
    yield Figure("first data, RQ", "ms", found, 100, {"rq info": theirs})
    found = several(plan.starts, first_paint, ours + [servers.postgres], b"bench-", keys=b"5")
    theirs = {}
    for peer in peers.database(servers, tools, 2):
        theirs[peer.name] = (several(plan.slow_starts, first_paint, peer.argv, peer.mark)
                             if peer.is_there else None)
    yield Figure("first data, PostgreSQL", "ms", found, 100, theirs)


def snapshots(servers, plan, binary, tools):
    """One answer for a script, small and large."""
    for name, number, config in (("small", rqload.SMALL, servers.small),
                                 ("1,000 queues", rqload.LARGE, servers.large)):
        argv = [binary, "snapshot", "--format", "json", "--config", config]
        # 1: something critical fires. The answer is whole all the same.
        found = several(plan.starts, finished, argv, fine=(0, 1))
        peer = peers.queues(servers, tools, number)
        theirs = (several(plan.slow_starts, finished, peer.argv + ["--raw"])
                  if peer.is_there else None)
        yield Figure(f"snapshot as JSON, {name}", "ms", found, None, {"rq info --raw": theirs})
