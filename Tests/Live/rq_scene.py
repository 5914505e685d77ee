"""A known state of RQ made by RQ itself: waiting, failed, scheduled, deferred jobs, a busy and an idle worker.

Arguments: Redis port, database. Prints one line of JSON when the state stands, and undoes it when standard input ends.
"""

import json
import multiprocessing
import os
import signal
import sys
import time
from datetime import timedelta

import redis
from rq import Queue, SimpleWorker, Worker
from rq.job import Job

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "Support")]
import family  # noqa: E402
import scene_tasks  # noqa: E402


def work(port, database, name, queues, burst):
    """One real worker in a process of its own."""
    connection = redis.Redis(port=port, db=database)
    kind = SimpleWorker if burst else Worker
    kind([Queue(q, connection=connection) for q in queues], name=name, connection=connection).work(
        burst=burst, with_scheduler=False, logging_level="ERROR")


def fail_some(connection, port, database):
    queue = Queue("failing", connection=connection)
    for number in range(3):
        queue.enqueue(scene_tasks.explode, number)
    process = multiprocessing.Process(target=work, args=(port, database, "burst-1", ["failing"], True))
    process.start()
    process.join(20)


def fill(connection):
    queue = Queue("default", connection=connection)
    first = queue.enqueue(scene_tasks.add, 1, y=2)
    for number in range(4):
        queue.enqueue(scene_tasks.add, number, y=0)
    queue.enqueue(scene_tasks.add, 7, y=7, depends_on=first)
    queue.enqueue_in(timedelta(hours=1), scene_tasks.add, 9, y=9)
    Queue("json", connection=connection, serializer="rq.serializers.JSONSerializer").enqueue(scene_tasks.add, 5, y=6)


def wait_until(holds, seconds=60):
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise SystemExit("the scene did not come to stand")
        time.sleep(0.05)


def end(process):
    family.end(process.pid, signal.SIGKILL)
    process.join()


def main():
    port, database = int(sys.argv[1]), int(sys.argv[2])
    connection = redis.Redis(port=port, db=database)
    connection.flushdb()
    fail_some(connection, port, database)
    slow = Queue("slow", connection=connection).enqueue(scene_tasks.sleep, 120)
    busy = multiprocessing.Process(target=work, args=(port, database, "busy-1", ["slow"], False))
    idle = multiprocessing.Process(target=work, args=(port, database, "idle-1", ["nothing", "more"], False))
    for process in (busy, idle):
        process.start()
    fill(connection)
    wait_until(lambda: connection.hget("rq:worker:busy-1", "current_job") and connection.hget(f"rq:job:{slow.id}", "started_at"))
    wait_until(lambda: connection.zcard("rq:wip:slow") == 1)
    wait_until(lambda: connection.hget("rq:worker:idle-1", "state") == b"idle")
    connection.sadd("rq:workers", "rq:worker:ghost-1")
    print(json.dumps({"first": Job.fetch(connection.lindex("rq:queue:default", 0).decode(), connection=connection).id}), flush=True)
    sys.stdin.read()
    for process in (busy, idle):
        end(process)
    connection.flushdb()


if __name__ == "__main__":
    main()
