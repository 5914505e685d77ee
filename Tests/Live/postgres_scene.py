"""A known state of PostgreSQL: one session idle in transaction, two that wait for its row, one idle.

Arguments: socket folder, port, database. Prints the pids as JSON, and undoes it when standard input ends.
"""

import json
import sys
import threading
import time

import psycopg


def connect(name, **options):
    folder, port, database = sys.argv[1:4]
    return psycopg.connect(host=folder, port=port, dbname=database, user="postgres", application_name=name, **options)


def wait_for_row(connection):
    try:
        connection.execute("update scene_rows set n = n + 1 where id = 1")
        connection.rollback()
    except psycopg.Error:
        pass


def main():
    with connect("scene-setup", autocommit=True) as setup:
        setup.execute("create table if not exists scene_rows (id int primary key, n int)")
        setup.execute("insert into scene_rows values (1, 0) on conflict do nothing")
        holder, first, second = connect("scene-holder"), connect("scene-first"), connect("scene-second")
        idle = connect("scene-\x1b[31midle\u202e", autocommit=True)
        idle.execute("select 1")
        holder.execute("update scene_rows set n = n + 1 where id = 1")
        for waiter in (first, second):
            threading.Thread(target=wait_for_row, args=(waiter,), daemon=True).start()
            time.sleep(0.2)
        pids = {name: session.info.backend_pid for name, session in (("holder", holder), ("first", first), ("second", second), ("idle", idle))}
        for _ in range(200):
            count = setup.execute("select count(*) from pg_locks where not granted").fetchone()[0]
            if count >= 2:
                break
            time.sleep(0.05)
        print(json.dumps(pids), flush=True)
        sys.stdin.read()
        for pid in pids.values():
            setup.execute("select pg_terminate_backend(%s)", (pid,))
        setup.execute("drop table scene_rows")


if __name__ == "__main__":
    main()
