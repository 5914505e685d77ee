"""Retrying and grouping dead letters, beside `rq requeue` and Sidekiq's own `retry_all`."""

import json
import os
import socket
import subprocess
import sys
import time

from scenes import deadload
import redis
from report import Figure

HERE = os.path.dirname(os.path.abspath(__file__))


class OwnRedis:
    """A Redis without a limit of its memory, in the folder of the bench: a million jobs take some 4 GB."""

    def __init__(self, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.redis_port = probe.getsockname()[1]
        self.folder = folder
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.redis_port), "--bind", "127.0.0.1", "--save", "", "--dir", folder],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        link = deadload.client(self.redis_port, 0)
        for _ in range(100):
            try:
                link.ping()
                break
            except redis.ConnectionError:
                time.sleep(0.05)

    def redis_url(self, database):
        """Where a database is."""
        return f"redis://127.0.0.1:{self.redis_port}/{database}"

    def stop(self):
        """Ends it."""
        self.process.kill()
        self.process.wait()


class Console:
    """Runs `dead-letters` on one source, with a state folder of its own."""

    def __init__(self, servers, binary):
        self.binary = binary
        self.config = os.path.join(servers.folder, "dead-letters.yaml")
        with open(self.config, "w") as file:
            file.write("environment: staging\nsources:\n"
                       f'  - {{name: jobs, kind: rq, url: "{servers.redis_url(deadload.RQ)}"}}\n'
                       f'  - {{name: sidekiq, kind: sidekiq, url: "{servers.redis_url(deadload.SIDEKIQ)}"}}\n')
        self.environment = dict(os.environ, XDG_STATE_HOME=os.path.join(servers.folder, "state"))

    def run(self, *words):
        """(seconds, what it printed)."""
        command = [self.binary, "dead-letters", *words, "--config", self.config, "--format", "json"]
        began = time.monotonic()
        process = subprocess.Popen(command, env=self.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        out, err = process.communicate(timeout=900)
        seconds = time.monotonic() - began
        if not out:
            raise RuntimeError(err.decode())
        return seconds, json.loads(out)

    def retry(self, source, *words):
        """Seconds of `retry --all`, all of it: looking, rehearsing twice, moving, writing down."""
        seconds, printed = self.run("retry", source, "--all", "--confirm", f"staging/{source}", *words)
        return seconds, printed["receipts"]

    def memory(self, *words):
        """Largest resident size in MB of one run by itself, and what it printed."""
        program = ("import resource, subprocess, sys; done = subprocess.run(sys.argv[1:], stdout=subprocess.PIPE); "
                   "sys.stdout.buffer.write(done.stdout); "
                   "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)")
        command = [sys.executable, "-c", program, self.binary, "dead-letters", *words, "--config", self.config, "--format", "json"]
        done = subprocess.run(command, env=self.environment, capture_output=True, timeout=900)
        return int(done.stderr.split()[-1]) / 1024, json.loads(done.stdout)


class Pings:
    """How long a second client waits meanwhile."""

    def __init__(self, servers):
        self.process = subprocess.Popen([sys.executable, os.path.join(HERE, "pinger.py"), str(servers.redis_port)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        time.sleep(0.3)

    def end(self):
        """p99 and the longest, in milliseconds."""
        out, _ = self.process.communicate(timeout=30)
        return json.loads(out)


def peer_seconds(command, environment=None):
    """How long a peer takes, or None where it is missing; what became of its work is looked at by the caller."""
    began = time.monotonic()
    try:
        subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=1500, env=environment)
    except FileNotFoundError:
        return None
    return time.monotonic() - began


def rq_retry(servers, plan, console, tools):
    """So many failed jobs back to their queue."""
    count = plan.dead_jobs
    link = deadload.fail_jobs(servers.redis_port, count)
    pings = Pings(servers)
    polite, receipts = console.retry("jobs")
    waits = pings.end()
    if receipts["moved"] != count or link.llen("rq:queue:default") != count:
        raise RuntimeError(f"moved {receipts['moved']} of {count}")
    deadload.fail_jobs(servers.redis_port, count)
    fastest, _ = console.retry("jobs", "--rate", "max")
    deadload.fail_jobs(servers.redis_port, count)
    requeue = [os.path.join(tools, "rq"), "requeue", "--all", "--queue", "default", "-u", servers.redis_url(deadload.RQ)]
    peer = peer_seconds(requeue)
    done = link.llen("rq:queue:default")
    peer = peer if done == count else None
    yield Figure(f"retry {count:,} RQ jobs, polite", "s", polite, peer and peer / 30, {"rq requeue": peer})
    yield Figure("  PING of a second client meanwhile, p99", "ms", waits["p99"], 2)
    yield Figure("  PING of a second client meanwhile, longest", "ms", waits["max"], 10)
    yield Figure(f"retry {count:,} RQ jobs, --rate max", "s", fastest, peer and peer / 80, {"rq requeue": peer})
    link.flushdb()


def rq_dangling(servers, console, tools):
    """One job whose record is gone: what is left behind, besides it."""
    count = 20_000
    link = deadload.fail_jobs(servers.redis_port, count)
    victim = link.zrange("rq:failed:default", count // 2, count // 2)[0].decode()
    link.delete(f"rq:job:{victim}")
    _, receipts = console.retry("jobs")
    ours = link.zcard("rq:failed:default") - 1
    if receipts["payload_missing"] != 1:
        raise RuntimeError(f"receipts {receipts}")
    deadload.fail_jobs(servers.redis_port, count)
    link.delete(f"rq:job:{victim}")
    missing = peer_seconds([os.path.join(tools, "rq"), "requeue", "--all", "--queue", "default", "-u", servers.redis_url(deadload.RQ)]) is None
    peer = None if missing else link.zcard("rq:failed:default")
    yield Figure(f"jobs left of {count:,} beside one without its record", "", ours, 0, {"rq requeue": peer})
    link.flushdb()


def million(servers, plan, console):
    """Looking through very many."""
    count = plan.dead_letters
    link = deadload.fail_jobs(servers.redis_port, count)
    link.config_set("slowlog-log-slower-than", 10_000)
    link.slowlog_reset()
    pages = sorted(console.run("list", "jobs", "--limit", "100")[0] for _ in range(5))
    megabytes, groups = console.memory("groups", "jobs")
    slow = [entry for entry in link.slowlog_get(100) if entry["client_name"].startswith(b"ops")]
    if groups["seen"] != count:
        raise RuntimeError(f"{groups['seen']} of {count} were looked at")
    yield Figure(f"first page of {count:,} dead letters, start of the program included", "ms", pages[2] * 1000, 100)
    yield Figure("  grouping, for each 1,000", "ms", groups["took_seconds"] / count * 1e6, 25)
    yield Figure("  resident memory meanwhile", "MB", megabytes, 150)
    yield Figure("  commands over 10 ms in SLOWLOG", "", len(slow), 0)
    link.flushdb()


def sidekiq_retry(servers, plan, console):
    """So many dead jobs back to their queue."""
    count = plan.dead_jobs
    link = deadload.kill_jobs(servers.redis_port, count)
    polite, receipts = console.retry("sidekiq")
    if receipts["moved"] != count or link.llen("queue:default") != count:
        raise RuntimeError(f"moved {receipts['moved']} of {count}")
    deadload.kill_jobs(servers.redis_port, count)
    fastest, _ = console.retry("sidekiq", "--rate", "max")
    deadload.kill_jobs(servers.redis_port, count)
    code = (f'require "sidekiq/api"; Sidekiq.configure_client {{ |c| c.redis = {{ url: "{servers.redis_url(deadload.SIDEKIQ)}" }} }}; '
            "Sidekiq::DeadSet.new.retry_all")
    peer = peer_seconds(["ruby", "-W0", "-e", code])
    peer = peer if link.llen("queue:default") == count else None
    yield Figure(f"retry {count:,} Sidekiq jobs, polite", "s", polite, None, {"retry_all": peer})
    yield Figure(f"retry {count:,} Sidekiq jobs, --rate max", "s", fastest, None, {"retry_all": peer})
    link.flushdb()


def all_figures(servers, plan, binary, tools):
    """Everything about dead letters."""
    own = OwnRedis(servers.folder)
    try:
        console = Console(own, binary)
        yield from rq_retry(own, plan, console, tools)
        yield from rq_dangling(own, console, tools)
        yield from sidekiq_retry(own, plan, console)
        yield from million(own, plan, console)
    finally:
        own.stop()
