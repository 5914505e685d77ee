"""Keeps the Celery queues of the shop filled, slowly growing up to a limit."""

import os
import random
import time

from kombu.exceptions import OperationalError
from redis import Redis
from redis.exceptions import RedisError

from mail import app, bounce, render, send

TICK = 0.5
SEPARATOR = "\x06\x16"  # kombu's, between a queue's name and its priority step
PRIORITIES = [0, 3, 6, 9]
# Queue: (messages wanted at the start, growth per minute, cap, most per tick)
WANTED = {"celery": (40, 6, 500, 3), "newsletter": (8, 1, 80, 1)}
MOST_UNACKED = 120
BOUNCE_EVERY = 5
LATER_EVERY = 4
TEMPLATES = ["order-confirmation", "shipping-notice", "password-reset", "invoice"]


def address():
    return f"user-{random.randint(100, 999)}@example.com"


class Producer:
    """Both queues, with their priority steps, and tasks for later."""

    def __init__(self, broker):
        self.broker = broker
        self.began = time.monotonic()
        self.last = {}
        self.first = True

    def due(self, what, seconds):
        now = time.monotonic()
        if now - self.last.get(what, 0.0) < seconds:
            return False
        self.last[what] = now
        return True

    def length(self, queue):
        """A queue is one list per priority step; step 0 has the plain name."""
        pipe = self.broker.pipeline(transaction=False)
        for step in PRIORITIES:
            pipe.llen(queue if step == 0 else f"{queue}{SEPARATOR}{step}")
        return sum(pipe.execute())

    def tick(self):
        minutes = (time.monotonic() - self.began) / 60
        for queue, (start, growth, cap, most) in WANTED.items():
            wanted = min(cap, start + growth * minutes)
            missing = int(wanted - self.length(queue))
            for _ in range(min(missing, start if self.first else most)):
                self.add(queue)
        self.first = False
        if self.due("bounce", BOUNCE_EVERY):
            # Priority 0 is served first, so failures do show up.
            bounce.apply_async(kwargs={"to": address(), "code": random.choice([550, 552, 452])},
                               priority=0)
        if self.due("later", LATER_EVERY) and self.broker.hlen("unacked") < MOST_UNACKED:
            send.apply_async(kwargs={"to": address(), "template": "review-reminder"},
                             priority=0, countdown=random.randint(60, 600))

    def add(self, queue):
        if queue == "newsletter":
            render.apply_async(args=[random.randint(10, 99), random.randint(500, 20000)],
                               queue=queue, priority=random.choice([3, 9]))
        else:
            priority = random.choices(PRIORITIES, weights=[5, 3, 2, 2])[0]
            send.apply_async(args=[address(), random.choice(TEMPLATES)],
                             kwargs={"locale": random.choice(["en", "de", "fr"])},
                             priority=priority)


def main():
    producer = Producer(Redis.from_url(os.environ["SHOP_MAIL_BROKER"]))
    with app.connection_for_write() as connection:
        connection.ensure_connection(max_retries=None)
    while True:
        try:
            producer.tick()
        except (RedisError, OperationalError, OSError) as error:
            print(f"mail_producer: {error}")
            time.sleep(2)
        time.sleep(TICK)


if __name__ == "__main__":
    main()
