"""One RQ worker: rq_worker.py NAME ordered|in-turn QUEUE..."""

import os
import signal
import sys

from redis import Redis
from rq import Queue, Worker
from rq.worker import RoundRobinWorker

from tether import tether_forks

# Imported before the forks, so that each job does not import them anew.
import media  # noqa: F401
import payments  # noqa: F401
import reports  # noqa: F401


def quick_end(worker):
    """Make the worker leave at once on SIGTERM instead of finishing its job.

    RQ installs its own handlers when it starts to work, hence the override. The
    children go with it, they are tethered.
    """
    worker._install_signal_handlers = lambda: [
        signal.signal(number, lambda *_: os._exit(0))
        for number in (signal.SIGTERM, signal.SIGINT)
    ]


def main():
    name, picking, *queue_names = sys.argv[1:]
    tether_forks()
    connection = Redis.from_url(os.environ["SHOP_RQ_URL"])
    kind = RoundRobinWorker if picking == "in-turn" else Worker
    worker = kind([Queue(queue, connection=connection) for queue in queue_names],
                  connection=connection, name=name)
    quick_end(worker)
    # Jobs that fail are what the demo is about; logging each would fill the disk.
    # One scheduler process is enough: only these queues get jobs for later.
    worker.work(logging_level="CRITICAL", with_scheduler=kind is RoundRobinWorker)


if __name__ == "__main__":
    main()
