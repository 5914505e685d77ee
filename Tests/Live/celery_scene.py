"""A known state of Celery made by Celery itself: waiting messages of several priorities, one running task, a live worker.

Arguments: Redis port, database. Prints one line of JSON when the state stands, and undoes it when standard input ends.
"""

import json
import os
import subprocess
import sys
import time

import redis
from celery import Celery

PORT = os.environ.get("SCENE_PORT") or sys.argv[1]
DATABASE = os.environ.get("SCENE_DATABASE") or sys.argv[2]
app = Celery("scene", broker=f"redis://127.0.0.1:{PORT}/{DATABASE}")
app.conf.task_queues = None
app.conf.worker_prefetch_multiplier = 1
app.conf.broker_connection_retry_on_startup = True


@app.task(name="scene.send")
def send(address, **options):
    return address


# Acknowledged late, so that the broker holds it while it runs.
@app.task(name="scene.sleep", acks_late=True)
def sleep(seconds):
    time.sleep(seconds)


def start_worker():
    here = os.path.dirname(os.path.abspath(__file__))
    environment = dict(os.environ, SCENE_PORT=str(PORT), SCENE_DATABASE=str(DATABASE), PYTHONPATH=here)
    return subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "celery_scene", "worker", "-c", "1", "-Q", "live", "-n", "scene1@host", "-l", "ERROR"],
        cwd=here, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def main():
    connection = redis.Redis(port=int(PORT), db=int(DATABASE))
    connection.flushdb()
    worker = start_worker()
    sleep.apply_async((120,), queue="live")
    for number in range(3):
        send.apply_async((f"user-{number}@example.com",), {"copy": True}, queue="waiting")
    send.apply_async(("urgent@example.com",), queue="waiting", priority=9)
    end = time.monotonic() + 60
    while connection.hlen("unacked") < 1 and time.monotonic() < end:
        time.sleep(0.05)
    print(json.dumps({"unacked": connection.hlen("unacked"), "keys": [key.decode("latin1") for key in connection.keys("waiting*")]}), flush=True)
    sys.stdin.read()
    worker.kill()
    worker.wait()
    connection.flushdb()


if __name__ == "__main__":
    main()
