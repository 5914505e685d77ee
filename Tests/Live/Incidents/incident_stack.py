"""A small production system that is healthy, and real incidents that begin and end in it on command.

    demo/stack.py run --profile test -- .build-venv/bin/python Tests/Live/Incidents/incident_stack.py

It uses the PostgreSQL of the stack (tables inc_orders and inc_carts) and has a Redis of its own, since one incident
kills it. It takes about a tenth of a core, and nothing grows, fails or waits while no incident is on:

    orders    RQ, db 0: `payments.settle` 4/s in `default` by orders-1 … orders-4, which could do 12/s. It asks the
              partner by HTTP (1 s at most) and updates one row of twenty in inc_orders as `orders-worker`.
              `reports.daily` every 5 s in `reports` by reports-1.
    mail      Celery, db 1 and 2: `mail.send` 2/s in `celery` by mail1, two processes
    main-db   PostgreSQL: orders-worker, web-1 … web-3 with quick statements
    api       Node, `/orders` 5/s, `/metrics` as of prom-client, which the console reads every 15 s and not more often

Prints one line of JSON when all has been healthy for three seconds:

    {"ready": true, "config": PATH, "redis_port": …, "api_port": …, "partner_port": …, "folder": PATH, "pids": {NAME: PID}}

Then reads commands, one a line, and answers each by {"ok": true, "at": UNIX_TIME, "pids": {…}} or
{"ok": false, "error": "…"}. `at` is when the command to begin came, or when the others were done:

    begin NAME, end NAME    an incident; several may be on at once
    calm                    waits until all is healthy, a minute at most. Empties the registry of failed jobs, removes
                            what killed workers had taken, and drops the waiting jobs if they are more than sixty.

    open-transaction    `admin-shell` has updated all rows of inc_orders and sits idle in its transaction; settle tasks
                        wait for it, each until its job times out after 60 s
    dependency          the partner accepts and does not answer: each settle task fails after 1 s with
                        `TimeoutError: partner did not answer in 1.0 s for order …`
    blocked-loop        each request for `/orders` holds the event loop of the api for 300 to 800 ms
    redis-killed        SIGKILL for Redis; it comes back on its port with its data, and all others find it again
    consumers-gone      SIGKILL for orders-1 … orders-4; their records stay in Redis as they were. They are started anew.
    producers-doubled   30 settle jobs a second instead of 4; the backlog is dropped at the end
    slow-tasks          60 jobs `reports.full_export` of 15 to 30 s at once in `default`, and again every four minutes;
                        those that wait are withdrawn at the end, those that run are given up
    retry-storm         `payments.refund` 3/s, which always fails with `ConnectionRefusedError: ledger refused connection`
                        and is retried 20 times at once, then is a dead letter; those that wait are withdrawn at the end

When standard input ends, or on SIGTERM, all is undone and the folder is gone; after SIGKILL a watchdog sees to that (the
two tables stay until the next time). Programs: inc_*.py, inc_api.js.
"""

import json
import os
import signal
import sys
import time

import psycopg
from redis.exceptions import RedisError

# What several rooms of scenes stand on is beside them.
sys.path.append(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from pg_triage import Input  # noqa: E402
from scene_stage import Stage, StartError  # noqa: E402

import inc_place  # noqa: E402
from inc_health import Health  # noqa: E402
from inc_incidents import Incidents  # noqa: E402
from inc_stack import System  # noqa: E402

FIRST_CALM = 3.0


def say(**told):
    print(json.dumps(told), flush=True)


class Commands:
    """Answers the lines of standard input."""

    def __init__(self, system, health, source):
        self.system, self.health, self.source = system, health, source
        self.incidents = Incidents(system)

    def serve(self):
        for line in self.source.lines():
            if not line:
                continue
            began = time.time()
            try:
                self.obey(*line.split())
                say(ok=True, at=began if line.startswith("begin") else time.time(), pids=self.system.pids())
            except (StartError, psycopg.Error, RedisError, OSError, TypeError, ValueError) as error:
                say(ok=False, error=f"{error}" or type(error).__name__)

    def obey(self, word, *names):
        if word in ("begin", "end") and len(names) == 1:
            getattr(self.incidents, word)(*names)
        elif word == "calm" and not names:
            self.calm()
        else:
            raise ValueError("a command is one of: begin NAME, end NAME, calm")

    def calm(self):
        if self.incidents.on:
            raise ValueError(f"still on: {' '.join(self.incidents.on)}")
        trouble = self.health.calm(self.source.pause)
        if trouble:
            raise ValueError(f"not calm: {trouble}")


def stop(*_):
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # ending is not to be interrupted
    sys.exit(0)


def main():
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)
    with Stage() as stage:
        system = System(stage)
        system.start()
        health, source = Health(), Input()
        if trouble := health.calm(source.pause, FIRST_CALM):
            raise StartError(f"the system does not come to be healthy: {trouble}")
        say(ready=True, config=system.write_config(), redis_port=inc_place.port("redis"), api_port=inc_place.port("api"),
            partner_port=inc_place.port("partner"), folder=stage.folder, pids=system.pids())
        Commands(system, health, source).serve()


if __name__ == "__main__":
    try:
        main()
    except (StartError, psycopg.Error) as error:
        sys.exit(f"{error}")
