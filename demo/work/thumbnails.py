"""The thumbnails of the shop on Dramatiq: pictures that are scaled, and some that can not be read."""

import os
import random
import time

import dramatiq
from dramatiq.brokers.redis import RedisBroker

dramatiq.set_broker(RedisBroker(url=os.environ.get("SHOP_MEDIA_URL", "redis://127.0.0.1:6379/4")))


class BrokenPicture(Exception):
    """The file is no picture."""


@dramatiq.actor(queue_name="thumbnails", max_retries=1, min_backoff=200, max_backoff=600)
def scale(picture, width):
    time.sleep(random.uniform(0.05, 0.5))
    if picture % 11 == 0:
        raise BrokenPicture(f"picture {picture} ends after {random.randint(100, 90_000)} bytes")
