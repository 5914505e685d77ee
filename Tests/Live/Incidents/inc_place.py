"""Where the parts of the incident stack are. Each of its programs finds them in its environment; see inc_stack.py."""

import os

import psycopg
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry


def begun(incident):
    """Whether this incident is on: a file stands for it, so that it also holds for a program that starts later."""
    return os.path.exists(os.path.join(os.environ["INC_FLAGS"], incident))


def port(name):
    return int(os.environ[f"INC_{name.upper()}_PORT"])


def redis_url(database):
    return f"redis://127.0.0.1:{port('redis')}/{database}"


def redis_client(database):
    # The programs here try again by themselves; with the client's own long waits they would be late to notice the end.
    return redis.Redis.from_url(redis_url(database), retry=Retry(NoBackoff(), 0), socket_connect_timeout=1)


def session(name):
    """A session of PostgreSQL under this name, each statement a transaction of its own."""
    return psycopg.connect(
        host="127.0.0.1", port=os.environ["OPSCONSOLE_TEST_PG_PORT"], dbname=os.environ["OPSCONSOLE_TEST_PG_DATABASE"],
        user="app", application_name=name, connect_timeout=5, autocommit=True)
