"""RQ tasks around reports, `reports.…` to RQ."""

import random
import time

import inc_place


def daily(day):
    time.sleep(random.uniform(0.2, 0.5))
    return f"reports/{day}.csv"


def full_export(customer_id):
    """Slow: 15 to 30 s. When the incident ends, those that run are given up."""
    end = time.monotonic() + random.uniform(15, 30)
    while time.monotonic() < end and inc_place.begun("slow-tasks"):
        time.sleep(0.2)
    return f"exports/{customer_id}.zip"
