"""Throw-away PostgreSQL clusters: loopback only, gone with their folder when the script ends, however it ends.

    with Cluster(folder, max_connections=300, **{"pg_stat_statements.max": 500}) as cluster:
        cluster.rows("select 1")
        standby = cluster.standby(folder_of_standby)

The folder is made if it is missing and must be empty: all of it is removed at the end.
"""

import os
import shutil
import signal
import sys
import time
import uuid

import psycopg

sys.dont_write_bytecode = True  # keep the checkout clean
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "demo"))

from stacklib.process import MARK, Children, Signals, StartError, Watchdog  # noqa: E402
from stacklib.servers import ROLES_SQL, Postgres, free_port  # noqa: E402

import pg_template  # noqa: E402

# Replication, also of the superuser, comes over both ways: a standby uses the socket, tests of streaming the port.
HBA = """\
local all         all              trust
local replication all              trust
host  all         all 127.0.0.1/32 trust
host  replication all 127.0.0.1/32 trust
"""

# Nothing is kept, so nothing is synced. Vacuum would undo what scenes make, and a deadlock has to stand long enough to
# be looked at.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_permissions": "0700",
    "max_connections": 200,
    "shared_buffers": "24MB",
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track": "all",
    "track_io_timing": "on",
    "max_prepared_transactions": 10,
    "deadlock_timeout": "1h",
    "autovacuum_naptime": "1d",
    "wal_level": "replica",
    "max_wal_senders": 5,
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


class UsualSignals(Signals):
    """Leaves signals as Python has them, so that an interrupt ends a script; the supervisor of the demo blocks them."""

    def __init__(self):
        self.inherited = set()
        self.ttou = signal.SIG_DFL

    def pause(self, seconds):
        time.sleep(seconds)


def conninfo(**parts):
    """The text that libpq connects with."""
    return psycopg.conninfo.make_conninfo(connect_timeout=5, **parts)


class Server(Postgres):
    """One server with a folder of its own, ended with this script: by the kernel at once, by a watchdog for the rest."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder, exist_ok=True)
        if os.listdir(folder):
            raise StartError(f"{folder} is not empty, and would be removed")
        # The account of the server has to pass through, also where a temporary folder is private to root.
        os.chmod(folder, 0o755)
        # Variables of libpq would make the helper programs go to another server.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        mark = uuid.uuid4().hex
        watchdog = Watchdog(None, folder, mark, keep=False)
        super().__init__(Children(UsualSignals(), watchdog, folder, {**environment, MARK: mark}), folder)

    def helper(self, name, *arguments):
        """Runs a program that ends by itself, as the account of the server; one of PostgreSQL's where it has one of this
        name."""
        own = self.program(name)
        program = own if os.path.exists(own) else name
        child = self.children.start(name, [program, *arguments], account=self.account, cwd=self.home)
        self.children.finish(child, 60)

    def launch(self):
        """Starts the server on a free port and waits until it takes logins."""
        for _ in range(4):  # another program may take the port in between
            self.port = free_port()
            self.child = self.children.start(
                "server", [self.program("postgres"), "-D", self.data, "-p", str(self.port),
                           "-c", f"unix_socket_directories={self.socket_dir}"],
                account=self.account, cwd=self.home,
                # Immediate: an orderly end would write what is thrown away, and wait for whoever is connected.
                stop_signal=signal.SIGQUIT, death_signal=signal.SIGQUIT)
            if self._ready():
                return
            self.children.stop([self.child])
        raise StartError(f"PostgreSQL does not start:\n{self.child.log_tail()}")

    def rows(self, sql, database="postgres"):
        """Runs one statement as the superuser; its rows, or nothing."""
        with psycopg.connect(self.conninfo(dbname=database, user="postgres"), autocommit=True) as session:
            found = session.execute(sql)
            return found.fetchall() if found.description else []

    def conninfo(self, **parts):
        return conninfo(host=self.socket_dir, port=self.port, **parts)

    @property
    def log(self):
        return self.child.log

    def stop(self):
        """Ends all that was started here and removes the folder."""
        self.children.stop(list(self.children.all))
        self.children.watchdog.finish()


class Cluster(Server):
    """A new cluster with the roles and the database of the demo; see the head of this file."""

    def __init__(self, folder, is_template=False, **settings):
        super().__init__(folder)
        self.settings = {**SETTINGS, **settings}
        self.standbys = []
        self.template = None if is_template else pg_template.template(Cluster, self.bin)
        self.programs = None
        self.plain_settings = os.path.join(folder, "plain.conf")

    def __enter__(self):
        try:
            self._make()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def _make(self):
        self._find()
        if self.template:
            self.helper("cp", "-a", "--reflink=auto", os.path.join(self.template, "data"), self.data)
        else:
            self.begin()
            self.children.finish(self.initdb, 60)
            shutil.copy2(os.path.join(self.data, "postgresql.conf"), self.plain_settings)
        with open(os.path.join(self.data, "postgresql.conf"), "a") as file:
            for name, value in self.settings.items():
                file.write(f"{name} = '{value}'\n")
        with open(os.path.join(self.data, "pg_hba.conf"), "w") as file:
            file.write(HBA)
        self.launch()
        if not self.template:
            self.run_sql("postgres", "roles", ROLES_SQL)
            self.run_sql("shop", "extension", "CREATE EXTENSION pg_stat_statements;")

    def _find(self):
        """The programs where the account of the server may run them."""
        if not os.environ.get("OPSCONSOLE_PG_PROGRAMS"):
            return
        source, self.programs = self.bin, os.path.join(self.template or self.home, "programs")
        self.bin = pg_template.programs(source, self.programs)

    def standby(self, folder):
        """A streaming standby of this cluster, which ends with it. Returns when it streams."""
        standby = Server(folder)
        standby.bin = self.bin
        self.standbys.append(standby)
        name = f"standby-{len(self.standbys)}"
        standby.helper("pg_basebackup", "-D", standby.data, "-R", "-c", "fast", "--no-sync", "-d",
                       self.conninfo(user="postgres", application_name=name))
        standby.launch()
        end = time.monotonic() + 60
        wanted = f"select 1 from pg_stat_replication where application_name = '{name}' and state = 'streaming'"
        while not self.rows(wanted):
            if time.monotonic() > end:
                raise StartError(f"the standby does not stream:\n{standby.child.log_tail()}")
            time.sleep(0.05)
        return standby

    def stop(self):
        for standby in self.standbys:
            standby.stop()
        super().stop()
