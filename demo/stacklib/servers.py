"""The stack's own Redis and PostgreSQL: loopback only, all files in one folder."""

import glob
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import time

from .process import StartError

# Who may do what: `app` owns the shop, `watcher` is what the console logs in
# as (it may read tables, which plans need), `operator` may also end sessions, `nobody_special` shows what a console
# sees without any privilege.
ROLES_SQL = """
CREATE ROLE app LOGIN;
CREATE ROLE watcher LOGIN IN ROLE pg_monitor, pg_read_all_data;
CREATE ROLE operator LOGIN IN ROLE pg_monitor, pg_signal_backend, pg_read_all_data;
CREATE ROLE nobody_special LOGIN;
CREATE DATABASE shop OWNER app;
"""

# Anyone on the machine can reach the loopback port, so no superuser there; the
# socket is for the owner of the cluster (and root) only.
HBA = """\
local all all trust
host  all postgres 127.0.0.1/32 reject
host  all all      127.0.0.1/32 trust
"""

PG_SETTINGS = """\
listen_addresses = '127.0.0.1'
unix_socket_permissions = 0700
max_connections = 60
shared_buffers = 24MB
shared_preload_libraries = 'pg_stat_statements'
pg_stat_statements.track = all
track_io_timing = on
track_functions = pl
deadlock_timeout = 1s
fsync = off
synchronous_commit = off
full_page_writes = off
max_parallel_workers = 2
autovacuum_naptime = 30s
"""


def free_port():
    """A loopback port that is free now; starting is retried if it is taken."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def server_account(preferred):
    """The account to run a server as: an unprivileged one if we are root."""
    if os.getuid() != 0:
        return None
    for name in (preferred, "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def make_folder(path, account, mode):
    """Make a folder that belongs to the account."""
    os.mkdir(path)
    if account is not None:
        os.chown(path, account.pw_uid, account.pw_gid)
    os.chmod(path, mode)
    return path


class Redis:
    """A redis-server that keeps nothing on disk."""

    def __init__(self, children, directory):
        self.children = children
        self.directory = os.path.join(directory, "redis")
        self.socket = os.path.join(self.directory, "redis.sock")
        self.port = None
        self.child = None

    def start(self):
        program = shutil.which("redis-server")
        if program is None:
            raise StartError("redis-server is missing; run demo/install-needs")
        account = server_account("redis")
        make_folder(self.directory, account, 0o755)
        for _ in range(4):
            self.port = free_port()
            self.child = self.children.start(
                "redis", self._arguments(program), account=account, cwd=self.directory)
            if self._answers():
                return
            self.children.stop([self.child])
        raise StartError(f"redis-server does not start:\n{self.child.log_tail()}")

    def _arguments(self, program):
        argv = [
            program, "--port", str(self.port), "--bind", "127.0.0.1",
            "--unixsocket", self.socket, "--unixsocketperm", "700",
            "--dir", self.directory, "--save", "", "--appendonly", "no",
            "--daemonize", "no", "--databases", "16", "--maxmemory", "512mb",
            "--maxmemory-policy", "noeviction",
        ]
        version = subprocess.run([program, "--version"], capture_output=True, text=True).stdout
        major = re.search(r"v=(\d+)", version)
        if major and int(major.group(1)) >= 7:
            # Tests use DEBUG SLEEP and the like to make the server slow.
            argv += ["--enable-debug-command", "local"]
        return argv

    def _answers(self):
        end = time.monotonic() + 5
        while time.monotonic() < end and self.child.running():
            if self.ask("PING") == "+PONG":
                return self.child.running()
            self.children.signals.pause(0.02)
        return False

    def ask(self, *words, database=0):
        """First line of the reply to one command, or '' on any trouble."""
        try:
            with socket.socket(socket.AF_UNIX) as link:
                link.settimeout(1)
                link.connect(self.socket)
                link.sendall(f"SELECT {database}\r\n{' '.join(words)}\r\n".encode())
                reader = link.makefile("rb")
                reader.readline()
                return reader.readline().decode(errors="replace").strip()
        except OSError:
            return ""


class Postgres:
    """A PostgreSQL cluster made for this run."""

    def __init__(self, children, directory):
        self.children = children
        self.account = server_account("postgres")
        if os.getuid() == 0 and (self.account is None or self.account.pw_uid == 0):
            raise StartError("PostgreSQL does not run as root and there is no other account")
        self.bin = self._find_programs()
        self.home = make_folder(os.path.join(directory, "pg"), self.account, 0o755)
        self.data = os.path.join(self.home, "data")
        self.socket_dir = make_folder(os.path.join(self.home, "run"), self.account, 0o755)
        self.port = None
        self.child = None
        self.initdb = None

    @staticmethod
    def _find_programs():
        """Debian keeps the server programs off PATH, one folder per version.

        OPSCONSOLE_PG_PROGRAMS names another folder, for tests on other versions.
        """
        if os.environ.get("OPSCONSOLE_PG_PROGRAMS"):
            return os.environ["OPSCONSOLE_PG_PROGRAMS"]

        def version(path):
            number = path.split(os.sep)[-2]
            return float(number) if re.fullmatch(r"\d+(\.\d+)?", number) else 0.0

        folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=version, reverse=True)
        on_path = shutil.which("initdb")
        if on_path:
            folders.append(os.path.dirname(os.path.realpath(on_path)))
        for folder in folders:
            if all(os.access(os.path.join(folder, name), os.X_OK)
                   for name in ("initdb", "postgres", "psql")):
                return folder
        raise StartError("the PostgreSQL server is missing; run demo/install-needs")

    def program(self, name):
        return os.path.join(self.bin, name)

    def begin(self):
        """Start initdb, the slowest step, without waiting for it."""
        self.initdb = self.children.start("initdb", [
            self.program("initdb"), "-D", self.data, "-U", "postgres", "-A", "trust",
            "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions",
        ], account=self.account, cwd=self.home)

    def start(self, schema=None):
        """Finish initdb, start the server, make roles, database and schema."""
        self.children.finish(self.initdb, 60)
        with open(os.path.join(self.data, "postgresql.conf"), "a") as file:
            file.write(PG_SETTINGS + f"unix_socket_directories = '{self.socket_dir}'\n")
        with open(os.path.join(self.data, "pg_hba.conf"), "w") as file:
            file.write(HBA)
        for _ in range(4):
            self.port = free_port()
            self.child = self.children.start(
                "postgres", [self.program("postgres"), "-D", self.data, "-p", str(self.port)],
                account=self.account, cwd=self.home,
                stop_signal=signal.SIGINT, death_signal=signal.SIGQUIT)
            if self._ready():
                break
            self.children.stop([self.child])
        else:
            raise StartError(f"PostgreSQL does not start:\n{self.child.log_tail()}")
        self.run_sql("postgres", "roles", ROLES_SQL)
        self.run_sql("shop", "extension", "CREATE EXTENSION pg_stat_statements;")
        if schema:
            with open(schema) as file:
                self.run_sql("shop", "schema", "SET ROLE app;\n" + file.read())

    def _ready(self):
        """The server writes `ready` into its pid file when it takes logins."""
        end = time.monotonic() + 30
        while time.monotonic() < end and self.child.running():
            try:
                with open(os.path.join(self.data, "postmaster.pid")) as file:
                    lines = file.read().splitlines()
            except OSError:
                lines = []
            if len(lines) > 7 and lines[0] == str(self.child.pid) and lines[7].strip() == "ready":
                return True
            self.children.signals.pause(0.02)
        return False

    def run_sql(self, database, name, sql):
        """Run SQL as the superuser through the socket."""
        done = subprocess.run(
            [self.program("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", self.socket_dir,
             "-p", str(self.port), "-U", "postgres", "-d", database],
            input=sql, text=True, capture_output=True, cwd="/", timeout=60,
        )
        if done.returncode != 0:
            raise StartError(f"SQL step '{name}' failed:\n{done.stderr.strip()}")
