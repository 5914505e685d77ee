"""RQ data in Redis, as RQ 2.x lays it out: queues with a waiting job, failed jobs, workers."""

import datetime

import redis

SMALL, LARGE = 10, 11


def stamp(now, age):
    """A time so many seconds ago, as RQ writes it."""
    when = datetime.datetime.fromtimestamp(now - age, datetime.timezone.utc)
    return when.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def client(port, database):
    """A connection to one database."""
    return redis.Redis(host="127.0.0.1", port=port, db=database)


def queue_name(index):
    """Names sort like the panel does: the longest wait first."""
    return f"bench-queue-{index:04d}"


def worker_name(index):
    """See `queue_name`."""
    return f"worker-{index:04d}"


def seed(port, database, queues, workers, now):
    """Fills one database; half the workers are busy."""
    link = client(port, database)
    link.flushdb()
    pipe = link.pipeline(transaction=False)
    for index in range(queues):
        _queue(pipe, index, now, oldest=120 + 30 * (queues - index))
        if index % 200 == 199:
            pipe.execute()
    for index in range(workers):
        _worker(pipe, index, now, busy=index < workers // 2, queue=queue_name(index % queues),
                age=60 + 20 * (workers - index))
        if index % 200 == 199:
            pipe.execute()
    pipe.execute()
    link.close()


def _job(pipe, name, queue, now, age, status, started=""):
    """The hash of a job."""
    pipe.hset(f"rq:job:{name}", mapping={
        "status": status, "created_at": stamp(now, age), "enqueued_at": stamp(now, age),
        "started_at": started, "ended_at": "", "origin": queue, "timeout": "180",
        "description": f"shop.tasks.send(order={name!r}, kind='mail', attempt=1)",
        "data": b"x\x9c" + b"0" * 60, "worker_name": "", "last_heartbeat": ""})


def _queue(pipe, index, now, oldest):
    """A queue with three waiting jobs and one that failed."""
    name = queue_name(index)
    pipe.sadd("rq:queues", f"rq:queue:{name}")
    for place in range(3):
        job = f"w-{index:04d}-{place}"
        _job(pipe, job, name, now, oldest - place, "queued")
        pipe.rpush(f"rq:queue:{name}", job)
    failed = f"f-{index:04d}"
    _job(pipe, failed, name, now, oldest, "failed")
    pipe.zadd(f"rq:failed:{name}", {failed: int(now) + 31_536_000})


def _worker(pipe, index, now, busy, queue, age):
    """The record of a worker and, where it is busy, of its job."""
    name = worker_name(index)
    pipe.sadd("rq:workers", f"rq:worker:{name}")
    pipe.sadd(f"rq:workers:{queue}", f"rq:worker:{name}")
    fields = {
        "birth": stamp(now, 86_400), "last_heartbeat": stamp(now, 5), "queues": queue,
        "pid": str(10_000 + index), "hostname": f"host-{index % 40:02d}",
        "ip_address": "10.0.0.1", "version": "2.12.0", "python_version": "3.11.2",
        "state": "busy" if busy else "idle", "successful_job_count": str(1000 + index),
        "failed_job_count": str(index % 7), "total_working_time": "12.5"}
    if busy:
        job = f"b-{index:04d}"
        fields["current_job"] = job
        _job(pipe, job, queue, now, age, "started", started=stamp(now, age))
        pipe.zadd(f"rq:wip:{queue}", {f"{job}:1": now + 3600})
    pipe.hset(f"rq:worker:{name}", mapping=fields)
