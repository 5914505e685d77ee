"""RQ tasks around payments: quick ones, failing ones, one that gets stuck."""

import os
import random
import time
import urllib.error
import urllib.request

import psycopg

from shop_database import connection_string

LOCKED_ORDER = 1


def charge(order_id, amount_cents=0, currency="EUR"):
    """Quick and dependable, as most jobs are."""
    time.sleep(random.uniform(0.02, 0.12))
    return {"order_id": order_id, "captured": amount_cents, "currency": currency}


def partner_is_well():
    """What the partner itself says; with nobody there it counts as ill."""
    try:
        with urllib.request.urlopen(os.environ.get("SHOP_PARTNER_URL", "") + "/healthz", timeout=1) as answer:
            return answer.status == 200
    except (OSError, ValueError):
        return False


def partner_call(order_id, endpoint="/v2/settlements", attempt_timeout=3.0):
    """Asks a partner that often does not answer; these become dead letters."""
    time.sleep(random.uniform(0.05, 0.3))
    chance = random.random()
    if partner_is_well():
        chance = max(chance, 0.72)  # only the odd answer is still not understood
    if chance < 0.62:
        raise TimeoutError(
            f"partner gateway did not answer POST {endpoint} for order {order_id} "
            f"within {attempt_timeout:.1f} s")
    if chance < 0.70:
        raise ConnectionResetError(104, "Connection reset by peer")
    if chance < 0.75:
        raise ValueError(f"partner answered with an unknown settlement state 'PND_{order_id % 7}'")
    return {"order_id": order_id, "settled": True}


def lock_row(order_id=LOCKED_ORDER):
    """Waits for a row that another session keeps locked, until the job times out.

    The server does not notice that the client has given up, so the backend goes
    on waiting until it gets the row: a true-to-life leftover worth finding.
    """
    with psycopg.connect(connection_string("orders-worker")) as connection:
        connection.execute(
            "UPDATE orders SET status = 'paid', updated_at = now() WHERE id = %s", (order_id,))
    return order_id
