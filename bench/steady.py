"""What a program costs that just stands there and refreshes.

The programs of one group run at the same time: they look at the same servers and share the
noise of the host. Each needs a few per cent of a processor at most, `rq info` apart.
"""

import threading
import time

import peers
import procfs
from scenes import rqload
from bench_context import REFRESH, median
from ptyrun import Program
from report import Figure


class Watch:
    """Medians over some windows: CPU and bytes per refresh, memory, connections."""

    def __init__(self, argv, keys=b""):
        self.argv, self.keys = argv, keys
        self.cpu = self.bytes = self.resident = self.anonymous = self.connections = None

    def run(self, plan):
        """Starts the program, looks, ends it. Without it the figures stay unknown."""
        if self.argv[0] is None:
            return
        with Program(self.argv) as program:
            try:
                program.pump(plan.warm_up / 2)
                if self.keys:
                    program.send(self.keys)
                program.pump(plan.warm_up / 2)
                self._look(program, plan)
            except OSError:  # it has ended by itself
                pass

    def _look(self, program, plan):
        """The windows; nothing is known of a program that ends by itself."""
        cpu, sent, connected = [], [], []
        for _ in range(plan.windows):
            if program.is_over:
                return
            began, before = time.perf_counter(), procfs.cpu_seconds(program.pid)
            program.pump(plan.window)
            if program.is_over:
                return
            spent = procfs.cpu_seconds(program.pid) - before
            seconds = time.perf_counter() - began
            cpu.append(spent * 1000 * REFRESH / seconds)
            for start in range(0, int(seconds), REFRESH):
                sent.append(program.bytes_between(began + start, began + start + REFRESH))
            connected.append(procfs.connections(program.pid))
        self.cpu, self.bytes = median(cpu), median(sent)
        self.resident, self.anonymous = procfs.memory(program.pid)
        self.connections = max(connected)


def together(plan, watches):
    """Runs them beside each other."""
    threads = [threading.Thread(target=watch.run, args=(plan,)) for watch in watches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def of(watches, field, scale=1):
    """One value of each peer."""
    values = {name: getattr(watch, field) for name, watch in watches.items()}
    return {name: None if value is None else value * scale for name, value in values.items()}


def _beside(servers, plan, tools, argv):
    """Ours on the Database panel, and the peers."""
    ours = Watch(argv, b"5")
    theirs = {peer.name: Watch(peer.argv) for peer in peers.database(servers, tools, REFRESH)}
    together(plan, [ours, *theirs.values()])
    return ours, theirs


def database(servers, plan, binary, tools, sessions):
    """The Database panel beside pg_activity and pg_top, with rows that change and without."""
    argv = [binary, "--config", servers.postgres]
    sessions.start(REFRESH)
    ours, theirs = _beside(servers, plan, tools, argv)
    sessions.stop()
    yield Figure("CPU per refresh, Database, a quarter changes", "ms", ours.cpu, 10,
                 of(theirs, "cpu"))
    yield Figure("bytes per refresh, Database, a quarter changes", "B", ours.bytes, 1500,
                 of(theirs, "bytes"))
    yield Figure("resident memory, Database", "MB", ours.resident, 45, of(theirs, "resident"))
    yield Figure("private memory, Database", "MB", ours.anonymous, 8, of(theirs, "anonymous"))
    yield Figure("connections kept open to PostgreSQL", "", ours.connections, 1,
                 of(theirs, "connections"))
    ours, theirs = _beside(servers, plan, tools, argv)
    yield Figure("CPU per refresh, Database, only ages change", "ms", ours.cpu, 10,
                 of(theirs, "cpu"))
    yield Figure("bytes per refresh, Database, only ages change", "B", ours.bytes, None,
                 of(theirs, "bytes"))


def queues(servers, plan, binary, tools):
    """Little RQ data, of which nothing changes, beside `rq info --interval`."""
    clock = Watch([binary, "--config", servers.small], b"1")
    ours = Watch([binary, "--config", servers.small], b"2")
    three = Watch([binary, "--config", servers.three], b"1")
    theirs = {"rq info": _rq_info(servers, tools, rqload.SMALL)}
    together(plan, [clock, ours, three, *theirs.values()])
    yield Figure("bytes per second, only the clock changes (Pulse)", "B",
                 clock.bytes and clock.bytes / REFRESH, 100)
    yield from _per_minute("CPU per minute, Queues, 4 queues", ours, theirs)
    yield Figure("bytes per refresh, Queues, only ages change", "B", ours.bytes, None,
                 of(theirs, "bytes"))
    yield Figure("resident memory, Queues, 4 queues", "MB", ours.resident, 40,
                 of(theirs, "resident"))
    yield Figure("private memory, Queues, 4 queues", "MB", ours.anonymous, 8)
    yield Figure("connections kept open to Redis", "", ours.connections, 1,
                 of(theirs, "connections"))
    yield Figure("CPU per refresh, Pulse, three sources", "ms", three.cpu, 10)
    yield Figure("resident memory, Pulse, three sources", "MB", three.resident, 40)
    yield Figure("private memory, Pulse, three sources", "MB", three.anonymous, 8)
    # Celery has two: one for the broker, and one that listens for results.
    yield Figure("connections kept open, three sources", "", three.connections, 4)


def large(servers, plan, binary, tools):
    """1,000 queues and 2,000 workers."""
    panels = {"Queues": Watch([binary, "--config", servers.large], b"2"),
              "Workers": Watch([binary, "--config", servers.large], b"4")}
    together(plan, panels.values())
    theirs = {"rq info": _rq_info(servers, tools, rqload.LARGE)}
    together(plan, theirs.values())
    for name, ours in panels.items():
        yield Figure(f"scale: CPU per refresh, {name}", "ms", ours.cpu)
        yield from _per_minute(f"scale: CPU per minute, {name}", ours, theirs)
        yield Figure(f"scale: bytes per refresh, {name}", "B", ours.bytes, None,
                     of(theirs, "bytes"))
        yield Figure(f"scale: resident memory, {name}", "MB", ours.resident, 100,
                     of(theirs, "resident"))


def _per_minute(name, ours, theirs):
    """`rq info` waits after its work, so only time is a fair measure."""
    scale = 60 / REFRESH / 1000
    yield Figure(name, "s", ours.cpu and ours.cpu * scale, None, of(theirs, "cpu", scale))


def _rq_info(servers, tools, number):
    argv = peers.queues(servers, tools, number).argv
    return Watch(argv + ["--interval", str(REFRESH)])
