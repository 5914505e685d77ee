"""What every measurement needs: servers, programs, how long to look."""

import os

from scenes import rqload
from middle import median, percentile  # noqa: F401  (every measurement needs them as well)

#: Seconds between two refreshes, of every program.
REFRESH = 2


class Plan:
    """How often and how long in one of three rounds; `quick` gives rougher figures in a single one."""

    def __init__(self, quick):
        self.quick = quick
        self.starts = 3
        self.slow_starts = 1 if not quick else 2
        self.warm_up = 5 if not quick else 4
        self.windows = 1 if not quick else 2
        self.window = 10 if not quick else 2
        self.key_seconds = 5 if not quick else 3
        self.key_rate = 60
        self.dead_jobs = 20_000
        self.dead_letters = 1_000_000 if not quick else 100_000
        self.keys = 9
        self.look_windows = 1 if not quick else 2
        self.look_window = 20 if not quick else 10
        self.poll_windows = 2 if not quick else 3


class Servers:
    """Redis and PostgreSQL of the demo stack, and the config files that name them."""

    def __init__(self, environment, folder):
        self.redis_port = int(environment["OPSCONSOLE_TEST_REDIS_PORT"])
        self.pg_port = environment["OPSCONSOLE_TEST_PG_PORT"]
        self.pg_folder = environment["OPSCONSOLE_TEST_PG_SOCKET_DIR"]
        self.database = environment["OPSCONSOLE_TEST_PG_DATABASE"]
        self.superuser = environment["OPSCONSOLE_TEST_PG_SUPERUSER"]
        self.folder = folder
        database = (f"host={self.pg_folder} port={self.pg_port} dbname={self.database} "
                    "user=watcher")
        self.postgres = self._config("postgres", [("main-db", "postgres", database)])
        self.small = self._config("small", [("orders", "rq", self.redis_url(rqload.SMALL))])
        self.large = self._config("large", [("orders", "rq", self.redis_url(rqload.LARGE))])
        self.three = self._config("three", [
            ("orders", "rq", self.redis_url(rqload.SMALL)),
            ("mail", "celery", self.redis_url(1)), ("main-db", "postgres", database)])

    def redis_url(self, database):
        """Where a database of Redis is."""
        return f"redis://127.0.0.1:{self.redis_port}/{database}"

    def dead(self, silent_port):
        """A config of sources that refuse, and one that accepts and says nothing."""
        closed = "127.0.0.1:1"
        return self._config("dead", [
            ("orders", "rq", f"redis://{closed}/0"), ("mail", "celery", f"redis://{closed}/1"),
            ("main-db", "postgres", f"postgresql://watcher@127.0.0.1:{silent_port}/shop")])

    def _config(self, name, sources):
        path = os.path.join(self.folder, f"{name}.yaml")
        with open(path, "w") as file:
            file.write(f"environment: staging\ninterval: {REFRESH}\nsources:\n")
            for source in sources:
                file.write('  - {name: %s, kind: %s, url: "%s"}\n' % source)
        return path
