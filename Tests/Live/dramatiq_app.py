"""Actors of the Dramatiq scene; the broker's address stands in SCENE_REDIS."""

import os

import dramatiq
from dead_tasks import pay
from dramatiq.brokers.redis import RedisBroker

dramatiq.set_broker(RedisBroker(url=os.environ["SCENE_REDIS"]))


@dramatiq.actor(max_retries=1, min_backoff=10, max_backoff=20)
def charge(number, *rest):
    pay(number)
