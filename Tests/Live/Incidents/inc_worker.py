"""One RQ worker: inc_worker.py NAME QUEUE…

It does its jobs in its own process: a fork for each would cost more than the jobs. A worker that forks beats while its
job runs, so this one does too. When it loses Redis in the middle of a job RQ's loop ends, and it begins anew.
"""

import os
import signal
import sys
import threading
import time

from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.worker import WorkerStatus

import inc_payments
import inc_place
import inc_reports

BEAT = 5.0

# Jobs name these tasks as a shop would.
sys.modules["payments"] = inc_payments
sys.modules["reports"] = inc_reports


class SteadyWorker(SimpleWorker):
    max_connection_wait_time = 2.0  # the usual minute would be most of what comes after an outage

    def _install_signal_handlers(self):
        """Leave at once instead of finishing the job."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: os._exit(0))

    def beat(self):
        while True:
            time.sleep(BEAT)
            try:
                if self.get_state() == WorkerStatus.BUSY:
                    self.heartbeat(120)
            except RedisError:
                pass


def wait_for(redis):
    while True:
        try:
            return redis.ping()
        except RedisError:
            time.sleep(0.3)


def work(name, queues):
    redis = inc_place.redis_client(0)
    wait_for(redis)
    redis.delete(f"rq:worker:{name}")  # of a killed one: RQ takes no second worker of that name
    worker = SteadyWorker(
        [Queue(queue, connection=redis) for queue in queues], name=name, connection=redis,
        maintenance_interval=60)  # else the list of finished jobs grows for ten minutes
    threading.Thread(target=worker.beat, daemon=True).start()
    worker.work(logging_level="CRITICAL")


def main():
    name, *queues = sys.argv[1:]
    try:
        work(name, queues)
    except (RedisError, ValueError, OSError) as error:
        print(f"{name}: {error}", flush=True)
    # The old loop leaves threads and connections behind; a new program image has none of them.
    time.sleep(0.5)
    os.execv(sys.executable, [sys.executable, *sys.argv])


if __name__ == "__main__":
    main()
