"""A Celery application whose tasks fail until they are told not to. Broker and results come from the environment."""

import os
import time

from celery import Celery

from dead_tasks import mark

app = Celery("dead", broker=os.environ["SCENE_REDIS"], backend=os.environ.get("SCENE_RESULTS") or os.environ["SCENE_REDIS"])
app.conf.result_extended = os.environ.get("SCENE_EXTENDED", "1") == "1"
app.conf.worker_prefetch_multiplier = 2
app.conf.broker_connection_retry_on_startup = True
app.conf.task_acks_late = True
app.conf.worker_enable_remote_control = os.environ.get("SCENE_REMOTE", "1") == "1"


@app.task(name="dead.pay")
def pay(number, *rest, **more):
    mark(f"{number} {rest} {sorted(more.items())}".replace(" ", ""))
    if not os.path.exists(os.environ["SCENE_HEALTHY"]):
        raise TimeoutError(f"partner did not answer in {number} s")


@app.task(name="dead.sleep")
def sleep(number):
    mark(f"slow{number}")
    if not os.path.exists(os.environ["SCENE_HEALTHY"]):
        time.sleep(120)
