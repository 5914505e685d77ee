"""RQ tasks that take long."""

import random
import time


def report(name, month, warehouse_id=0):
    """Five to ninety seconds."""
    time.sleep(min(90.0, 5 + random.expovariate(1 / 18)))
    if random.random() < 0.12:
        raise MemoryError(f"report {name!r} for {month} needs more than 512 MiB")
    return {"report": name, "month": month, "warehouse_id": warehouse_id, "rows": 48211}


def publish(name, month):
    """Follows a report; it waits as a deferred job until that is done."""
    time.sleep(0.2)
    return f"reports/{month}/{name}.csv"
