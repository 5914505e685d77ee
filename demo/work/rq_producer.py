"""Keeps the RQ queues of the shop filled: growing slowly, and never past a limit.

Each queue has a wanted length that rises with time up to a cap; every tick adds
what is missing. So the demo looks alike on a fast and on a slow machine.
"""

import os
import random
import time
from datetime import timedelta

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, Retry
from rq.registry import DeferredJobRegistry, FailedJobRegistry, ScheduledJobRegistry

TICK = 0.5
# Queue: (length wanted at the start, growth per minute, cap, most added per tick)
WANTED = {
    "default": (120, 10, 2500, 3),
    "high": (2, 0.2, 40, 1),
    "low": (30, 2, 300, 1),
    "reports": (4, 0.5, 60, 1),
}
MOST_FAILED = 400
MOST_SCHEDULED = 60
MOST_DEFERRED = 40
KEEP_RESULT = 300
KEEP_FAILURE = 6 * 3600
LOCK_ROW_EVERY = 75
FOLLOW_UP_EVERY = 30
REPORTS = ["stock-turnover", "vat-summary", "late-shipments", "refund-ratio"]
ENDPOINTS = ["/v2/settlements", "/v2/payouts", "/v1/chargebacks"]


def order_id():
    return random.randint(1000, 9999)


def month():
    return f"2024-{random.randint(1, 12):02d}"


class Producer:
    """All four queues and what is around them."""

    def __init__(self, connection):
        self.queues = {name: Queue(name, connection=connection) for name in WANTED}
        self.began = time.monotonic()
        # Not at once: the row must have been locked by then.
        self.last = {"lock row": self.began - LOCK_ROW_EVERY + 6}
        self.failed = 0
        self.filled = False

    def due(self, what, seconds):
        """True at most once in so many seconds; the first time at once."""
        now = time.monotonic()
        if now - self.last.get(what, float("-inf")) < seconds:
            return False
        self.last[what] = now
        return True

    def tick(self):
        minutes = (time.monotonic() - self.began) / 60
        for name, (start, growth, cap, most) in WANTED.items():
            wanted = min(cap, start + growth * minutes)
            missing = int(wanted - self.queues[name].count)
            if not self.filled:
                most = start  # the first time, all at once: an empty screen is dull
            for _ in range(min(missing, most)):
                self.add(name)
        self.filled = True
        self.add_extras()

    def put(self, queue, function, timeout=180, retry=None, **arguments):
        """Enqueue one job with the keeping times of the demo."""
        return self.queues[queue].enqueue(
            function, kwargs=arguments, job_timeout=timeout, retry=retry,
            result_ttl=KEEP_RESULT, failure_ttl=KEEP_FAILURE)

    def add(self, name):
        """One ordinary job of the kind that queue sees."""
        if name == "reports":
            self.put(name, "reports.report", name=random.choice(REPORTS), month=month(),
                     warehouse_id=random.randint(1, 9))
        elif name == "low" or (name == "default" and random.random() < 0.45):
            width = random.choice([160, 320, 640])
            self.put(name, "media.thumbnail", product_id=order_id(), width=width,
                     height=width * 3 // 4)
        elif name == "default" and random.random() < 0.3 and self.room_for_failures():
            self.put(name, "payments.partner_call", order_id=order_id(),
                     endpoint=random.choice(ENDPOINTS), retry=Retry(max=1, interval=5))
        else:
            self.put(name, "payments.charge", order_id=order_id(),
                     amount_cents=random.randint(499, 24900))

    def room_for_failures(self):
        if self.due("count failed", 5):
            self.failed = FailedJobRegistry(queue=self.queues["default"]).count
        return self.failed < MOST_FAILED

    def add_extras(self):
        """Scheduled and deferred jobs, and the one that waits for a row."""
        if self.due("failing", 4) and self.room_for_failures():
            # At the front: behind the backlog they would fail only much later.
            self.queues["default"].enqueue(
                "payments.partner_call", kwargs={"order_id": order_id()}, job_timeout=30,
                failure_ttl=KEEP_FAILURE, result_ttl=KEEP_RESULT, at_front=True)
        if self.due("lock row", LOCK_ROW_EVERY):
            self.put("high", "payments.lock_row", timeout=40, order_id=1)
        if self.due("scheduled", 6):
            self.schedule()
        if self.due("follow-up", FOLLOW_UP_EVERY):
            self.follow_up()

    def schedule(self):
        queue = self.queues["default"]
        if ScheduledJobRegistry(queue=queue).count < MOST_SCHEDULED:
            queue.enqueue_in(
                timedelta(seconds=random.randint(40, 600)), "payments.charge",
                order_id=order_id(), amount_cents=random.randint(499, 24900),
                result_ttl=KEEP_RESULT, failure_ttl=KEEP_FAILURE)

    def follow_up(self):
        """A report and two jobs that are deferred until it is done."""
        if DeferredJobRegistry(queue=self.queues["low"]).count >= MOST_DEFERRED:
            return
        name, when = random.choice(REPORTS), month()
        first = self.put("reports", "reports.report", name=name, month=when)
        for step in ("csv", "pdf"):
            self.queues["low"].enqueue(
                "reports.publish", kwargs={"name": f"{name}-{step}", "month": when},
                depends_on=first, result_ttl=KEEP_RESULT, failure_ttl=KEEP_FAILURE)


def main():
    producer = Producer(Redis.from_url(os.environ["SHOP_RQ_URL"]))
    while True:
        try:
            producer.tick()
        except RedisError as error:
            # The console may pause or restart things; go on when it is over.
            print(f"rq_producer: {error}")
            time.sleep(2)
        time.sleep(TICK)


if __name__ == "__main__":
    main()
