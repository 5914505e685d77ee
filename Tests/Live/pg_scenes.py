"""The scenes of `pg_triage.py`. Each takes the stage and its number, and leaves facts, actions and what undoes it."""

import os
import shutil
import signal

from pg_cluster import StartError, free_port
from pg_sessions import SQLError, again

GID = "opsc-gid-1"
WORK = "select sum(n) from work_rows where n > $1"


def bump(table, row):
    return f"update {table} set n = n + 1 where id = {row}"


def chain(stage, _):
    """A chain of row locks, three waiters deep."""
    stage.table("chain_rows", 4)
    sessions = [stage.open("chain-root", "begin", bump("chain_rows", 1))]
    for row, name in enumerate(("chain-first", "chain-second", "chain-third"), 2):
        sessions.append(stage.waiter(name, bump("chain_rows", row - 1), "begin", bump("chain_rows", row)))
        stage.until_waiting(*sessions[1:])
    return {f"chain_{key}": session.pid for key, session in zip(("root", "first", "second", "third"), sessions)}


def convoy(stage, _):
    """An old reader, a change of the table behind it, and readers behind that."""
    stage.table("convoy_rows", 10)
    read = "select count(*) from convoy_rows"
    reader = stage.open("convoy-reader", "begin", read)
    alter = stage.waiter("convoy-alter", "alter table convoy_rows add column note text")
    stage.until_waiting(alter)
    selects = [stage.waiter(f"convoy-select-{i}", read) for i in range(1, 6)]
    stage.until_waiting(alter, *selects)
    return {"convoy_reader": reader.pid, "convoy_alter": alter.pid, "convoy_selects": [s.pid for s in selects]}


def prepared(stage, _):
    """A prepared transaction that nobody ends, and a session that waits for it."""
    stage.table("prepared_rows", 1)
    stage.prepare("begin", bump("prepared_rows", 1), f"prepare transaction '{GID}'")
    stage.undo.append(f"rollback prepared '{GID}'")
    waiter = stage.waiter("prepared-waiter", bump("prepared_rows", 1))
    stage.until_waiting(waiter)
    return {"prepared_waiter": waiter.pid, "prepared_gid": GID}


def syncrep(stage, _):
    """Commits that wait for a synchronous standby that is not there, and a session that waits behind one of them."""
    stage.table("sync_rows", 3)
    stage.control.run("alter system set synchronous_standby_names = 'ghost'", "select pg_reload_conf()")
    stage.undo += ["select pg_reload_conf()", "alter system reset synchronous_standby_names"]
    alone = stage.open("sync-alone", "set synchronous_commit = on")
    alone.send(bump("sync_rows", 1))
    block = stage.open("sync-block", "set synchronous_commit = on", "begin", bump("sync_rows", 2))
    block.send("commit")
    waiting = "select count(*) from pg_stat_activity where wait_event = 'SyncRep'"
    stage.until("two commits that wait for a standby", lambda: stage.number(waiting) == 2)
    behind = stage.waiter("sync-behind", bump("sync_rows", 2))
    stage.until_waiting(behind)
    parts = stage.open("sync-parts", "set synchronous_commit = on")
    stage.table("sync_parts", 2)
    parts.send(f"do $$ begin {bump('sync_parts', 1)}; commit; {bump('sync_parts', 2)}; commit; end $$")
    return {"sync_alone": alone.pid, "sync_block": block.pid, "sync_behind": behind.pid, "sync_parts": parts.pid}


def queue(stage, count):
    """Many sessions that queue for one row."""
    stage.table("queue_rows", 1)
    root = stage.open("queue-root", "begin", bump("queue_rows", 1))
    waiters = [stage.waiter(f"queue-w-{i}", bump("queue_rows", 1)) for i in range(1, count + 1)]
    stage.until_waiting(*waiters)
    return {"queue_root": root.pid, "queue_waiters": [waiter.pid for waiter in waiters]}


def deadlock(stage, _):
    """Two sessions that wait for each other until the server looks, which it does late."""
    stage.table("dead_rows", 2)
    sessions = [stage.open(name, "begin", bump("dead_rows", row)) for row, name in ((1, "dead-a"), (2, "dead-b"))]
    for session, row in zip(sessions, (2, 1)):
        session.send(bump("dead_rows", row), [(0, "rollback")])
    stage.until_waiting(*sessions)
    return {"dead_a": sessions[0].pid, "dead_b": sessions[1].pid}


def advisory(stage, _):
    """An advisory lock that one session holds and another wants."""
    take = "select pg_advisory_lock(42)"
    holder = stage.open("advisory-holder", take)
    waiter = stage.waiter("advisory-waiter", take)
    stage.until_waiting(waiter)
    return {"advisory_holder": holder.pid, "advisory_waiter": waiter.pid}


def distinct(number):
    """A statement unlike those of all other numbers: literals do not make a query id, but operators do."""
    operators = "".join("+-*#"[number >> 2 * place & 3] for place in range(10))
    return f"select n{'n'.join(operators)}n from work_rows where id = 0"


class Statements:
    """Entries of pg_stat_statements, as many as wanted."""

    def __init__(self, stage):
        self.stage = stage
        self.made = 0
        stage.table("work_rows", 10_000)
        self.session = stage.open("statements-maker", "update work_rows set n = id", "analyze work_rows")

    def make(self, count):
        """Runs `count` statements that were never run before, many in one message."""
        for first in range(self.made, self.made + count, 100):
            numbers = range(first, min(first + 100, self.made + count))
            self.session.run(";".join(distinct(number) for number in numbers))
        self.made += count

    def flood(self, count):
        count = int(count)
        self.make(count)
        dealloc = self.stage.number("select dealloc from pg_stat_statements_info")
        return {"made": count, "entries": self.stage.number("select count(*) from pg_stat_statements"), "dealloc": dealloc}

    def work(self):
        for bound in range(50):
            result = self.session.link.exec_params(WORK.encode(), [str(bound).encode()])
            if result.error_message:
                raise SQLError(result)
        return {"calls": self.stage.number(f"select sum(calls) from pg_stat_statements where query = '{WORK}'")}


def statements(stage, count):
    """Many tracked statements; see the size of the view in `pg_triage.py`."""
    maker = Statements(stage)
    maker.make(count)
    found = stage.number("select count(*) from pg_stat_statements where query like 'select n%from work_rows where id = %'")
    if found != count:
        raise StartError(f"{found} entries were made, not {count}")
    stage.actions.update(work=maker.work, flood=maker.flood)
    return {"statements": found}


def oldext(stage, _):
    """A database whose extension was never updated, as pg_upgrade leaves it."""
    stage.control.run("create database oldshop owner app")
    stage.prepare("create extension pg_stat_statements version '1.7'", user="postgres", database="oldshop")
    stage.prepare("create table old_rows as select generate_series(1, 1000) n",
                  "select count(*) from old_rows where n > 10", "select max(n) from old_rows", database="oldshop")
    return {"old_database": "oldshop"}


def standby(stage, _):
    """A standby that streams, and whose replay can be held."""
    server = stage.cluster.standby(os.path.join(stage.cluster.folder, "standby"))
    session = stage.open("standby-control", user="postgres", database="postgres",
                         host=server.socket_dir, port=server.port)

    def switch(function, wanted):
        session.run(f"select {function}()")
        state = "select pg_get_wal_replay_pause_state()"
        stage.until(f"replay is {wanted}", lambda: session.run(state) == [[wanted]])
        return {"replay": wanted}

    stage.actions.update(pause=lambda: switch("pg_wal_replay_pause", "paused"),
                         resume=lambda: switch("pg_wal_replay_resume", "not paused"))
    return {"standby_port": server.port}


POOLER = """\
[databases]
* = host={socket} port={port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {own_port}
unix_socket_dir =
auth_type = trust
auth_file = {users}
admin_users = postgres
stats_users = watcher, operator
pool_mode = transaction
default_pool_size = 5
max_client_conn = 100
"""


def pooler(stage, _):
    """PgBouncer in transaction mode in front of the server, run as the same account: it refuses root."""
    cluster = stage.cluster
    program = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        raise StartError("pgbouncer is missing: install the package of this name")
    port = free_port()
    users, settings = (os.path.join(cluster.folder, name) for name in ("pooler-users.txt", "pooler.ini"))
    with open(users, "w") as file:
        file.writelines(f'"{name}" ""\n' for name in ("postgres", "app", "watcher", "operator", "nobody_special"))
    with open(settings, "w") as file:
        file.write(POOLER.format(socket=cluster.socket_dir, port=cluster.port, own_port=port, users=users))
    child = cluster.children.start("pooler", [program, settings], account=cluster.account, cwd=cluster.folder,
                                   stop_signal=signal.SIGKILL)

    def answers():
        if not child.running():
            raise StartError(f"pgbouncer does not start:\n{child.log_tail()}")
        try:
            # Its own database: a look at one of the server's would leave a session there.
            stage.prepare("show version", user="postgres", database="pgbouncer", host="127.0.0.1", port=port)
            return True
        except StartError:
            return False

    stage.until("a pooler that answers", answers)
    return {"pooler_port": port}


def slot(stage, _):
    """A replication slot that keeps WAL for nobody."""
    stage.control.run("select pg_create_physical_replication_slot('left_behind', true)")
    return {"slot": "left_behind"}


TABLES = """
create table wide_rows as select i as id, md5(i::text) as note from generate_series(1, 30000) i;
create index unused_note_idx on wide_rows (note);
create table twice_rows as select i as id, i % 100 as kind from generate_series(1, 5000) i;
create index twice_kind_a_idx on twice_rows (kind);
create index twice_kind_b_idx on twice_rows (kind);
create table invalid_rows as select i % 10 as code from generate_series(1, 1000) i;
create table parent_rows (id int primary key);
insert into parent_rows select generate_series(1, 1000);
create table child_rows (id int primary key, parent_id int constraint child_parent_fkey references parent_rows);
insert into child_rows select i, i % 1000 + 1 from generate_series(1, 5000) i;
create table bloated_rows (id int, filler text) with (autovacuum_enabled = off);
insert into bloated_rows select i, repeat('x', 100) from generate_series(1, 200000) i;
delete from bloated_rows where id % 5 < 3;
create table full_rows (id serial primary key, note text);
select setval('full_rows_id_seq', 2000000000);
insert into full_rows (note) values ('near the end');
analyze wide_rows, twice_rows, invalid_rows, parent_rows, child_rows, bloated_rows, full_rows;
"""


def tables(stage, _):
    """Tables and indexes with one defect each."""
    stage.prepare(TABLES)
    try:
        # It fails before it would wait for the transactions of other scenes.
        stage.prepare("create unique index concurrently invalid_code_idx on invalid_rows (code)")
    except SQLError as error:
        if error.state != "23505":
            raise
    if stage.number("select relpages from pg_class where relname = 'unused_note_idx'") <= 128:
        raise StartError("the unused index is too small")
    return {
        "unused_index": "unused_note_idx", "duplicate_indexes": ["twice_kind_a_idx", "twice_kind_b_idx"],
        "invalid_index": "invalid_code_idx", "foreign_key": "child_parent_fkey", "foreign_key_table": "child_rows",
        "bloated_table": "bloated_rows", "full_sequence": "full_rows_id_seq", "full_column": "full_rows.id",
    }


def busy(stage, _):
    """A session that is always at work, and one idle in a transaction that holds nothing."""
    sleep = "select pg_sleep(600)"
    sleeper = stage.open("busy-sleeper")
    sleeper.send(sleep, again(0.2, sleep))
    return {"busy_sleeper": sleeper.pid, "idle_tx": stage.open("idle-tx", "begin").pid}


# With a number for those that take one: what it is when it is not told.
SCENES = {scene.__name__: (scene, None) for scene in
          (chain, convoy, prepared, deadlock, syncrep, advisory, oldext, standby, pooler, slot, tables, busy)}
SCENES.update(queue=(queue, 10), statements=(statements, 1000))
