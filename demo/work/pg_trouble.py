"""Sessions that make a PostgreSQL server worth looking at.

One session sits idle in a transaction and holds a row, several wait for it, one
behind another, one query runs long, ten web connections do nothing, and a light
stream of normal statements goes on. Every session is one thread that begins anew
after a pause when somebody ends it, which is what the console is for.
"""

import random
import threading
import time

import psycopg

from shop_database import connection_string

IDLE_SESSIONS = 10
HOLD_SECONDS = 180
LOCKED_ORDER = 1
SECOND_ORDER = 2
KEPT_VIEWS = 2000
RETURN_AFTER = 6


def connect(name):
    return psycopg.connect(connection_string(name), autocommit=True)


def admin_shell():
    """Locks a row by hand and then forgets about it."""
    with connect("admin-shell") as connection:
        while True:
            with connection.transaction():
                connection.execute(
                    "UPDATE orders SET status = 'on-hold' WHERE id = %s", (LOCKED_ORDER,))
                time.sleep(HOLD_SECONDS)
            time.sleep(8)


def checkout(name):
    """Wants the locked row, and is glad to have it for a moment."""
    with connect(name) as connection:
        while True:
            time.sleep(random.uniform(1, 4))
            connection.execute(
                "UPDATE orders SET total_cents = total_cents + 1, updated_at = now() "
                "WHERE id = %s", (LOCKED_ORDER,))


def invoicing(name):
    """Holds a second row while it waits for the first: a chain of waits."""
    with connect(name) as connection:
        while True:
            with connection.transaction():
                connection.execute(
                    "UPDATE orders SET status = 'invoiced' WHERE id = %s", (SECOND_ORDER,))
                connection.execute(
                    "SELECT total_cents FROM orders WHERE id = %s FOR UPDATE", (LOCKED_ORDER,))
            time.sleep(random.uniform(1, 3))


def refunds(name):
    """Waits for the one that waits."""
    with connect(name) as connection:
        time.sleep(2)
        while True:
            connection.execute(
                "UPDATE orders SET status = 'refunded' WHERE id = %s", (SECOND_ORDER,))
            time.sleep(random.uniform(1, 3))


def analytics(name):
    """A long query; mostly sleep, so that it costs time and not the machine."""
    with connect(name) as connection:
        while True:
            connection.execute(
                "SELECT o.status, sum(l.quantity), "
                "       (SELECT pg_sleep(%s)) IS NULL AS throttled "
                "FROM orders o JOIN order_lines l ON l.order_id = o.id "
                "JOIN customers c ON c.id = o.customer_id GROUP BY o.status",
                (random.randint(40, 150),))
            time.sleep(3)


def web_idle(name):
    """A pooled connection that is used about once in a minute."""
    with connect(name) as connection:
        while True:
            connection.execute("SELECT id, email FROM customers WHERE id = %s",
                               (random.randint(1, 500),))
            time.sleep(random.uniform(45, 75))


def web_busy(name):
    """Normal traffic, a few statements a second; old page views are removed."""
    with connect(name) as connection:
        while True:
            number = random.randint(3, 5000)
            connection.execute("SELECT * FROM orders WHERE id = %s", (number,))
            connection.execute("SELECT count(*) FROM order_lines WHERE order_id = %s", (number,))
            connection.execute("INSERT INTO page_views (path) VALUES (%s)", (f"/orders/{number}",))
            if random.random() < 0.1:
                connection.execute("UPDATE orders SET updated_at = now() WHERE id = %s", (number,))
            if random.random() < 0.02:
                connection.execute(
                    "DELETE FROM page_views WHERE id < (SELECT max(id) FROM page_views) - %s",
                    (KEPT_VIEWS,))
            time.sleep(random.uniform(0.5, 1.0))


def persistently(work, *arguments):
    """Run a session for ever; one that was ended comes back after a while."""
    while True:
        try:
            work(*arguments)
        except psycopg.Error as error:
            print(f"pg_trouble: {arguments or work.__name__}: {str(error).splitlines()[0]}")
        time.sleep(RETURN_AFTER + random.uniform(0, 4))


def main():
    sessions = [(admin_shell,), (invoicing, "invoicing-1"), (refunds, "refunds-1"),
                (analytics, "analytics-nightly")]
    sessions += [(checkout, f"checkout-{number}") for number in range(1, 4)]
    sessions += [(web_idle, f"web-{number}") for number in range(1, IDLE_SESSIONS + 1)]
    sessions += [(web_busy, f"web-busy-{number}") for number in range(1, 3)]
    for session in sessions:
        threading.Thread(target=persistently, args=session, daemon=True).start()
        time.sleep(0.02)
    threading.Event().wait()


if __name__ == "__main__":
    main()
