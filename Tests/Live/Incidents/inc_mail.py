"""The Celery application `mail`; as a program, its worker with two pool processes: inc_mail.py NAME"""

import os
import random
import socket
import sys
import time

from celery import Celery

import inc_place

# The stack's own; it lies beside other modules of the demo, which must not come before those of here.
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "demo", "work"))
from tether import tether_forks  # noqa: E402

TEMPLATES = ("order-confirmation", "shipping-notice", "password-reset")


def application(**more):
    app = Celery("mail", broker=inc_place.redis_url(1), **more)
    app.conf.update(result_expires=60, broker_connection_retry_on_startup=True, broker_connection_max_retries=None,
                    worker_hijack_root_logger=False)
    return app


def worker(name):
    tether_forks()
    app = application(backend=inc_place.redis_url(2))

    @app.task(name="mail.send")
    def send(to, template):
        time.sleep(random.uniform(0.05, 0.1))
        return {"to": to, "template": template}

    # Twice a second: a test that lets the program wait faster than the world must not take a worker for lost between two
    # beats. The command line takes whole seconds only.
    app.Worker(hostname=f"{name}@{socket.gethostname()}", concurrency=2, queues=["celery"], task_events=True, loglevel="CRITICAL",
               without_mingle=True, without_gossip=True, heartbeat_interval=0.5).start()


if __name__ == "__main__":
    worker(sys.argv[1])
