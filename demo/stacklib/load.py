"""The programs of the demo profile: workers, producers, database trouble."""

import os
import signal
import time

from .process import StartError

WORK = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "work")

# Name, how it picks among its queues, queues. The second one takes turns, or
# `low` would never be served while `default` has a backlog.
RQ_WORKERS = [
    ("orders-1", "ordered", ["high", "default"]),
    ("orders-2", "in-turn", ["default", "low"]),
    ("reports-1", "ordered", ["reports"]),
]
MAIL_WORKERS = ["mail1", "mail2"]
LONGEST_WARM_UP = 6.0


def check(venv):
    """The load needs the virtual environment; say so before anything starts."""
    if not os.access(os.path.join(venv, "bin", "python"), os.X_OK):
        raise StartError(f"no Python environment in {venv}; run demo/install-needs")


def program(venv, name, *arguments):
    """Command line of one of the programs in demo/work."""
    return [os.path.join(venv, "bin", "python"), os.path.join(WORK, name), *arguments]


def environment(children, extra):
    """What the programs need beyond the stack's own environment."""
    return {
        "PYTHONPATH": WORK,
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUNBUFFERED": "1",
        # Where tasks find the address of the database, which comes up last.
        "SHOP_STACK_DIR": os.path.dirname(children.log_dir),
        **extra,
    }


def start_queues(children, venv, redis, partner):
    """RQ, Celery, Sidekiq and Dramatiq: workers and one producer each; and the partner of the payments."""
    env = environment(children, {
        "SHOP_PARTNER_URL": f"http://127.0.0.1:{partner}",
        "SHOP_RQ_URL": f"redis://127.0.0.1:{redis.port}/0",
        "SHOP_MAIL_BROKER": f"redis://127.0.0.1:{redis.port}/1",
        "SHOP_MAIL_RESULTS": f"redis://127.0.0.1:{redis.port}/2",
        "SHOP_BILLING_URL": f"redis://127.0.0.1:{redis.port}/3",
        "SHOP_MEDIA_URL": f"redis://127.0.0.1:{redis.port}/4",
    })
    home = os.path.dirname(children.log_dir)

    def start(name, argv, **more):
        children.start(name, argv, cwd=home, env=env, **more)

    start("partner", program(venv, "partner.py", str(partner)))
    start("rq-producer", program(venv, "rq_producer.py"))
    start("mail-producer", program(venv, "mail_producer.py"))
    for name in MAIL_WORKERS:
        # SIGQUIT is Celery's cold shutdown; on SIGTERM it would wait for tasks.
        start(name, program(venv, "mail_worker.py", name), stop_signal=signal.SIGQUIT)
    for name, picking, queues in RQ_WORKERS:
        start(name, program(venv, "rq_worker.py", name, picking, *queues))
    billing = os.path.join(WORK, "billing.rb")
    start("billing-producer", ["ruby", "-W0", billing, "produce"])
    start("billing-worker", ["sidekiq", "-q", "billing", "-q", "invoices", "-c", "3", "-t", "1", "-r", billing])
    start("media-producer", program(venv, "thumbnails_producer.py"))
    start("media-worker", [os.path.join(venv, "bin", "python"), "-m", "dramatiq", "--processes", "1", "--threads", "2",
                           "thumbnails"])


def start_database(children, venv, postgres):
    """The sessions that make PostgreSQL worth looking at."""
    env = environment(children, {})
    children.start("pg-trouble", program(venv, "pg_trouble.py"),
                   cwd=os.path.dirname(children.log_dir), env=env)


def wait_until_busy(signals, redis):
    """Let the queues fill a little, so that the first screen shows something.

    Not worth failing for: after a while the command starts regardless.
    """
    end = time.monotonic() + LONGEST_WARM_UP
    while time.monotonic() < end:
        waiting = redis.ask("LLEN", "rq:queue:default")
        taken = redis.ask("HLEN", "unacked", database=1)
        if waiting[1:].isdigit() and int(waiting[1:]) and taken[1:].isdigit() and int(taken[1:]):
            return
        signals.pause(0.1)
