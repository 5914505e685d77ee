"""The processes of the incident stack, their addresses and the config file of the console."""

import os
import shutil
import signal
import sys

import psycopg

import inc_place
from scene_stage import HERE, StartError, fetch
from stacklib.runtimes import choose_ports
from stacklib.servers import Redis, make_folder, server_account

CONSUMERS = [f"orders-{number}" for number in range(1, 5)]  # of the queue `default`
REPORTER = "reports-1"
MAILER = "mail1"

# The api empties its histogram of the event loop at every scrape, as prom-client does: such an endpoint is read only so.
CONFIG = """\
environment: staging
sources:
  - {{name: orders,  kind: rq,       url: "redis://127.0.0.1:{redis}/0"}}
  - {{name: mail,    kind: celery,   url: "redis://127.0.0.1:{redis}/1", results: "redis://127.0.0.1:{redis}/2"}}
  - {{name: main-db, kind: postgres, url: "postgresql://watcher@127.0.0.1:{postgres}/{database}",
     write: "postgresql://operator@127.0.0.1:{postgres}/{database}"}}
  - {{name: api,     kind: metrics,  url: "http://127.0.0.1:{api}/metrics", interval: 2}}
"""

CLEAN = "DROP TABLE IF EXISTS inc_orders, inc_carts"
SCHEMA = f"""
{CLEAN};
CREATE TABLE inc_orders (id integer PRIMARY KEY, status text NOT NULL, settled integer NOT NULL DEFAULT 0,
                         updated_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE inc_carts (id integer PRIMARY KEY, items integer NOT NULL DEFAULT 0);
INSERT INTO inc_orders (id, status) SELECT n, 'new' FROM generate_series(1, 20) n;
INSERT INTO inc_carts (id) SELECT n FROM generate_series(1, 3) n;
"""


class KeptRedis(Redis):
    """A Redis that writes down what it is told, so that it can be killed and come back."""

    def start(self):
        make_folder(self.directory, server_account("redis"), 0o755)
        self.port = inc_place.port("redis")
        self.launch()

    def launch(self):
        program = shutil.which("redis-server")
        if program is None:
            raise StartError("redis-server is missing; run demo/install-needs")
        # Written with every command, only not synced: of a process that is killed nothing is lost.
        argv = [*self._arguments(program), "--appendonly", "yes", "--appendfsync", "everysec"]
        self.child = self.children.start("redis", argv, account=server_account("redis"), cwd=self.directory)
        if not self._answers():
            raise StartError(f"redis-server does not start:\n{self.child.log_tail()}")


class System:
    """All of it. `kill` and the starting methods are what incidents are made of."""

    def __init__(self, stage):
        self.stage = stage
        self.flags = stage.path("flags", "")
        self.redis = None
        # Below those that the kernel gives to clients: one that tries to reach the killed Redis must not sit on its port.
        ports = choose_ports(["redis", "api", "partner"])
        self.variables = {f"INC_{name.upper()}_PORT": str(number) for name, number in ports.items()}
        self.variables |= {"INC_FLAGS": self.flags, "PYTHONUNBUFFERED": "1"}
        os.environ.update(self.variables)  # the scene itself looks there too

    def start(self):
        # Redis has an account of its own, which has to pass through.
        os.chmod(self.stage.folder, 0o755)
        self.stage.undo.append(self.stop)
        with inc_place.session("scene") as session:
            session.execute(SCHEMA)
        self.redis = KeptRedis(self.stage.children, self.stage.folder)
        self.redis.start()
        self.program("partner", "inc_partner.py")
        self.start_consumers()
        self.program(REPORTER, "inc_worker.py", REPORTER, "reports")
        # SIGQUIT is Celery's cold shutdown; on SIGTERM it would wait for tasks.
        self.program(MAILER, "inc_mail.py", MAILER, stop_signal=signal.SIGQUIT)
        self.start_api()
        self.program("load", "inc_load.py")

    def start_api(self):
        port = inc_place.port("api")
        child = self.stage.start("api", ["node", f"{HERE}/Incidents/inc_api.js", str(port), self.flags], stop_signal=signal.SIGKILL)
        if not self.stage.comes(child, lambda: fetch(f"http://127.0.0.1:{port}/orders")):
            raise StartError(f"api ended:\n{child.log_tail()}")

    def start_consumers(self):
        for name in CONSUMERS:
            self.program(name, "inc_worker.py", name, "default")

    def program(self, name, script, *arguments, **options):
        self.stage.start(name, [sys.executable, f"{HERE}/Incidents/{script}", *arguments], env=self.variables, **options)

    def kill(self, *names):
        """Without a word, as the kernel does for want of memory."""
        children = self.stage.children
        victims = [child for child in children.all if child.name in names]
        for child in victims:
            child.popen.kill()
        for child in victims:
            child.popen.wait()
            children.all.remove(child)

    def pids(self):
        return {"scene": os.getpid(), **{child.name: child.pid for child in self.stage.children.all}}

    def write_config(self):
        path = self.stage.path("config.yaml")
        with open(path, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(CONFIG.format(redis=inc_place.port("redis"), api=inc_place.port("api"),
                                     postgres=os.environ["OPSCONSOLE_TEST_PG_PORT"],
                                     database=os.environ["OPSCONSOLE_TEST_PG_DATABASE"]))
        return path

    def stop(self):
        """Ends the processes before their tables; Redis last, or the others would write of it into their logs."""
        children = self.stage.children
        children.stop([child for child in reversed(children.all) if child.name != "redis"])
        children.stop(list(children.all))
        try:
            with inc_place.session("scene") as session:
                session.execute("SET lock_timeout = '5s'")
                session.execute(CLEAN)
        except psycopg.Error:
            pass  # the server may be ended at the same time, and the tables with it
