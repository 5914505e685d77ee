"""RQ tasks around payments, `payments.…` to RQ. A worker of them does about three in a second."""

import http.client
import random
import time

import inc_place

PATIENCE = 1.0  # seconds that the partner gets
ROWS = 20  # of inc_orders
SESSION = "orders-worker"


class Ledger:
    """The worker's session of PostgreSQL, kept between tasks."""

    session = None

    @classmethod
    def open(cls):
        if cls.session is None or cls.session.closed:
            cls.session = inc_place.session(SESSION)
        return cls.session

    @classmethod
    def drop(cls):
        """After a failure. A statement that the job's time limit interrupts would else go on to wait in the server."""
        session, cls.session = cls.session, None
        if session is not None and not session.closed:
            session.cancel_safe(timeout=1)
            session.close()


def settle(order_id):
    ask_partner(order_id)
    row = 1 + order_id % ROWS
    try:
        ledger = Ledger.open()
        ledger.execute("SELECT status, pg_sleep(%s) FROM inc_orders WHERE id = %s", (random.uniform(0.008, 0.03), row))
        ledger.execute(
            "UPDATE inc_orders SET status = 'settled', settled = settled + 1, updated_at = now() WHERE id = %s", (row,))
    except BaseException:
        Ledger.drop()
        raise
    time.sleep(random.uniform(0.22, 0.34))  # the receipt is written: this makes it three in a second
    return {"order_id": order_id, "settled": True}


def ask_partner(order_id):
    link = http.client.HTTPConnection("127.0.0.1", inc_place.port("partner"), timeout=PATIENCE)
    try:
        link.request("GET", f"/settle?order={order_id}")
        link.getresponse().read()
    except TimeoutError:
        raise TimeoutError(f"partner did not answer in {PATIENCE:.1f} s for order {order_id}") from None
    finally:
        link.close()


def refund(order_id):
    """Of the incident `retry-storm`: never succeeds."""
    time.sleep(random.uniform(0.008, 0.016))
    raise ConnectionRefusedError("ledger refused connection")
