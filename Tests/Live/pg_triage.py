"""Known states of PostgreSQL, in a cluster of their own.

    pg_triage.py SCENE [SCENE…]        scenes: see pg_scenes.py; `queue:N` and `statements:N` take a number

Prints one JSON line with the address and the facts when all scenes stand. Then reads commands, one a line, and
answers each by one JSON line:

    sql STATEMENT    run as the superuser in the database `shop`: {"rows": [[…]]} or {"error": "…"}.
                     Numbers come as numbers, all else as the text that the server printed.
    wait SECONDS     {"waited": …}, less when standard input ends
    do NAME [WORD…]  an action of a scene: work, flood COUNT, pause, resume

When standard input ends all is undone and the folder is gone.
"""

import json
import math
import os
import select
import sys
import tempfile
import time

import psycopg
from psycopg import pq

from pg_cluster import Cluster, StartError
from pg_scenes import SCENES
from pg_sessions import SQLError, Stage, failed, text

GRACE = 2  # seconds for what was asked for before standard input ended
NUMBERS = {20, 21, 23, 26, 700, 701, 1700}  # oids of int8 int2 int4 oid float4 float8 numeric


class Input:
    """Standard input by lines. It is never left out of sight, so that its end also ends a wait."""

    def __init__(self):
        self.bytes = b""
        self.deadline = math.inf  # set when it has ended

    def look(self, seconds, *files):
        """Waits at most this long for input or for one of the files."""
        watched = list(files) + ([0] if self.deadline == math.inf else [])
        if 0 in select.select(watched, [], [], seconds)[0]:
            found = os.read(0, 65536)
            self.bytes += found
            if not found:
                self.deadline = time.monotonic() + GRACE

    def lines(self):
        while True:
            while b"\n" not in self.bytes:
                if self.deadline < math.inf:
                    return
                self.look(None)
            line, _, self.bytes = self.bytes.partition(b"\n")
            yield line.decode(errors="replace").strip()

    def pause(self, seconds):
        """Waits; the seconds that it was."""
        began = time.monotonic()
        while (left := min(began + seconds, self.deadline) - time.monotonic()) > 0:
            self.look(left)
        return round(time.monotonic() - began, 3)


class Commands:
    """Answers the lines of standard input."""

    def __init__(self, stage):
        self.stage = stage
        self.input = Input()
        self.session = None

    def serve(self):
        for line in self.input.lines():
            if not line:
                continue
            word, _, rest = line.partition(" ")
            try:
                answer = self.answer(word, rest.strip())
            except (SQLError, StartError, psycopg.Error, TypeError, ValueError) as error:
                answer = {"error": f"{error}" or type(error).__name__}
            print(json.dumps(answer), flush=True)

    def answer(self, word, rest):
        if word == "sql":
            return {"rows": self.sql(rest)}
        if word == "wait":
            return {"waited": self.input.pause(float(rest))}
        if word == "do":
            name, *words = rest.split()
            if name not in self.stage.actions:
                raise ValueError(f"unknown action: {name}")
            return self.stage.actions[name](*words)
        raise ValueError(f"unknown command: {word}")

    def sql(self, statement):
        """Rows of the last result. The end of standard input also ends a statement that waits."""
        if self.session is None or self.session.link.status != pq.ConnStatus.OK:
            self.session = self.stage.open("scene-sql", user="postgres")
        link, results = self.session.link, []
        link.send_query(statement.encode())
        while True:
            while link.is_busy():
                if time.monotonic() > self.input.deadline:
                    raise ValueError("standard input ended before the statement")
                self.input.look(min(0.2, GRACE), link.socket)
                link.consume_input()
            result = link.get_result()
            if result is None:
                break
            if result.status in (pq.ExecStatus.COPY_IN, pq.ExecStatus.COPY_OUT):
                self.session = None  # it would wait for data for ever
                raise ValueError("copy from or to the client cannot be answered here")
            results.append(result)
        for result in results:
            if failed(result):
                raise SQLError(result)
        return rows(results[-1]) if results else []


def rows(result):
    kinds = [result.ftype(column) for column in range(result.nfields)]
    return [[value(kind, text(result.get_value(row, column))) for column, kind in enumerate(kinds)]
            for row in range(result.ntuples)]


def value(kind, shown):
    """A number where JSON has one: it has no NaN and no Infinity."""
    if shown is None or kind not in NUMBERS:
        return shown
    try:
        return int(shown)
    except ValueError:
        number = float(shown)
        return number if math.isfinite(number) else shown


def wanted(words):
    """The named scenes as (name, function, number)."""
    found = []
    for word in words:
        name, _, number = word.partition(":")
        if name not in SCENES:
            sys.exit(f"{name}: no such scene; there are {' '.join(sorted(SCENES))}")
        scene, usual = SCENES[name]
        found.append((name, scene, int(number) if number else usual))
    return found


def settings(scenes):
    """Room for what the scenes make."""
    numbers = {name: number for name, _, number in scenes}
    return {
        "max_connections": max(200, numbers.get("queue", 0) + 100),
        "pg_stat_statements.max": numbers.get("statements", 4700) + 300,
    }


def main():
    scenes = wanted(sys.argv[1:])
    with Cluster(tempfile.mkdtemp(prefix="opsc-pg-"), **settings(scenes)) as cluster, Stage(cluster) as stage:
        facts = {"port": cluster.port, "socket": cluster.socket_dir, "database": "shop",
                 "bin": cluster.bin, "log": cluster.log}
        for _, scene, number in scenes:
            facts.update(scene(stage, number))
        print(json.dumps(facts), flush=True)
        Commands(stage).serve()


if __name__ == "__main__":
    try:
        main()
    except (StartError, SQLError) as error:
        sys.exit(f"{error}")
    except KeyboardInterrupt:
        sys.exit(130)
