"""All that asks for work in the incident stack: producers of jobs and mails, visitors of the api, web sessions.

Each is a thread with a pace of its own, and goes on when what it needs has been away.
"""

import http.client
import random
import threading
import time

import psycopg
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError
from rq import Queue, Retry

import inc_place
from inc_mail import TEMPLATES, application
from inc_payments import ROWS

TROUBLE = (RedisError, OperationalError, psycopg.Error, http.client.HTTPException, OSError)
KEPT = {"job_timeout": 60, "result_ttl": 60, "failure_ttl": 3600}
SETTLED, DOUBLED, REFUNDED, MAILED, VISITED, BROWSED = 4, 30, 3, 2, 2.5, 2  # a second, the last two each
VISITORS, SESSIONS = 2, 3
REPORT_EVERY = 5
EXPORTS, EXPORTS_EVERY = 60, 240  # four workers need longer than that for so many


def paced(rate, work):
    """Does the work so many times a second, for ever. What it could not do in time is not made up for."""
    due = time.monotonic()
    while True:
        due = max(due + 1 / rate(), time.monotonic() - 0.2)
        time.sleep(max(0.0, due - time.monotonic()))
        try:
            work()
        except TROUBLE as error:
            print(f"{getattr(work, '__qualname__', work)}: {type(error).__name__}: {error}", flush=True)
            time.sleep(0.5)


def order_id():
    return random.randint(1000, 9999)


class Orders:
    """Jobs of RQ."""

    def __init__(self):
        redis = inc_place.redis_client(0)
        self.default, self.reports = (Queue(name, connection=redis) for name in ("default", "reports"))
        self.exported = None

    def settle_rate(self):
        return DOUBLED if inc_place.begun("producers-doubled") else SETTLED

    def settle(self):
        self.default.enqueue("payments.settle", kwargs={"order_id": order_id()}, **KEPT)

    def report(self):
        self.reports.enqueue("reports.daily", kwargs={"day": time.strftime("%Y-%m-%d")}, **KEPT)

    def refund(self):
        if inc_place.begun("retry-storm"):
            self.default.enqueue("payments.refund", kwargs={"order_id": order_id()}, retry=Retry(max=20, interval=0), **KEPT)

    def export(self):
        """Somebody asks for all exports at once, and does so again when those are done."""
        if not inc_place.begun("slow-tasks"):
            self.exported = None
        elif self.exported is None or time.monotonic() - self.exported > EXPORTS_EVERY:
            for customer in range(1, EXPORTS + 1):
                self.default.enqueue("reports.full_export", kwargs={"customer_id": customer}, **KEPT)
            self.exported = time.monotonic()


class Mail:
    """Without a backend: it would subscribe to the result of every mail, which nobody reads."""

    def __init__(self):
        self.app = application()

    def send(self):
        self.app.send_task("mail.send", args=[f"user-{random.randint(100, 999)}@example.com", random.choice(TEMPLATES)])


def visiting():
    """A visitor, who waits for one answer before the next request."""
    while True:
        time.sleep(1 / VISITED)
        try:
            visit()
        except TROUBLE as error:
            print(f"visit: {error}", flush=True)


def visit():
    link = http.client.HTTPConnection("127.0.0.1", inc_place.port("api"), timeout=20)
    try:
        link.request("GET", "/orders")
        link.getresponse().read()
    finally:
        link.close()


class Web:
    """A session of a web server, which reads orders and fills its own cart."""

    def __init__(self, number):
        self.number = number
        self.session = None

    def browse(self):
        if self.session is None or self.session.closed:
            self.session = inc_place.session(f"web-{self.number}")
        self.session.execute("SELECT status, updated_at FROM inc_orders WHERE id = %s", (random.randint(1, ROWS),))
        self.session.execute("UPDATE inc_carts SET items = (items + 1) %% 10 WHERE id = %s", (self.number,))


def main():
    orders, mail = Orders(), Mail()
    work = [(orders.settle_rate, orders.settle), (lambda: 1 / REPORT_EVERY, orders.report), (lambda: REFUNDED, orders.refund),
            (lambda: 5, orders.export), (lambda: MAILED, mail.send)]
    work += [(lambda: BROWSED, Web(number).browse) for number in range(1, SESSIONS + 1)]
    for rate, function in work:
        threading.Thread(target=paced, args=(rate, function), daemon=True).start()
    for _ in range(VISITORS):
        threading.Thread(target=visiting, daemon=True).start()
    threading.Event().wait()


if __name__ == "__main__":
    main()
