"""What a poll of 1,000 queues and 2,000 workers costs Redis."""

import time

import peers
from scenes import rqload
import starts
from bench_context import REFRESH
from ptyrun import Program
from report import Figure

#: Microseconds; what is faster is not noted.
FLOOR = 5
#: Long enough for the names of queues and workers to be read again, which is done rarely.
POLLS = 6


class Counter:
    """Counts commands and reads of the server; what it asks itself is taken off."""

    def __init__(self, servers):
        self.link = rqload.client(servers.redis_port, rqload.LARGE)
        self.link.ping()

    def begin(self):
        """From zero."""
        self.link.config_resetstat()

    def read(self):
        """(commands, reads) since then."""
        reads = self.link.info("stats")["total_reads_processed"]
        commands = self.link.info("commandstats")
        own = {"cmdstat_info", "cmdstat_config|resetstat"}
        return sum(one["calls"] for name, one in commands.items() if name not in own), reads - 1

    def begin_slow_log(self):
        """From now on everything that takes some microseconds is noted."""
        self.link.config_set("slowlog-max-len", 50_000)
        self.link.config_set("slowlog-log-slower-than", FLOOR)
        self.link.slowlog_reset()

    def slowest(self):
        """Microseconds of the slowest command that the console has sent, at least FLOOR."""
        entries = self.link.slowlog_get(50_000)
        self.link.config_set("slowlog-log-slower-than", 10_000)
        self.link.slowlog_reset()
        return max((entry["duration"] for entry in entries
                    if entry["client_name"].startswith(b"opsc:")), default=FLOOR)


def all_figures(servers, plan, binary, tools):
    """Commands, round trips, slowest command; first data."""
    ours = [binary, "--config", servers.large]
    yield Figure("scale: first data", "ms", starts.several(
        plan.slow_starts, starts.first_paint, ours, b"bench-queue-0", keys=b"2"), 1000)
    counter = Counter(servers)
    with Program(ours) as program:
        program.pump(3)
        counter.begin_slow_log()
        counter.begin()
        began = time.perf_counter()
        program.pump(POLLS * REFRESH)
        commands, reads = counter.read()
        polls = (time.perf_counter() - began) / REFRESH
        slowest = counter.slowest()
    theirs = _once(counter, peers.queues(servers, tools, rqload.LARGE))
    yield Figure("scale: Redis commands per poll", "", commands / polls, None,
                 {"rq info": theirs and theirs[0]})
    yield Figure("scale: reads by the Redis server per poll", "", reads / polls, None,
                 {"rq info": theirs and theirs[1]})
    yield Figure("scale: slowest Redis command", "us", slowest)


def _once(counter, peer):
    """Commands and reads of one answer of a peer."""
    if not peer.is_there:
        return None
    counter.begin()
    return counter.read() if starts.finished(peer.argv) is not None else None
