"""Where the shop's database is.

The database comes up after the workers, so its address is not in their
environment; the stack writes it to its env file when it knows it.
"""

import os
import time


def stack_variables():
    """NAME -> value of the stack's env file, once it is there."""
    path = os.path.join(os.environ["SHOP_STACK_DIR"], "env")
    for _ in range(300):
        try:
            with open(path) as file:
                return dict(line.rstrip("\n").split("=", 1) for line in file)
        except FileNotFoundError:
            time.sleep(0.1)
    raise RuntimeError("the database is not up")


def connection_string(application_name, user="app"):
    """libpq connection string of one session, with its name for the activity view."""
    port = stack_variables()["OPSCONSOLE_TEST_PG_PORT"]
    return (f"host=127.0.0.1 port={port} dbname=shop user={user} "
            f"application_name={application_name} connect_timeout=5")
