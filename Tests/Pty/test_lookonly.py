"""The first line says what is possible now, in a real terminal: nothing to write to, a full disk, a replica, an account without rights."""

import fcntl
import os
import socket
import subprocess
import unittest

import redis

import seeds
from deadline import until
from places import postgres_url, redis_url
from ptyconsole import ConsoleTest

RQ = 1


class NowhereToWriteTest(ConsoleTest):
    def setUp(self):
        super().setUp()
        seeds.cleared(RQ)
        self.home.configure(("orders", "rq", redis_url(RQ)), environment="production")

    def test_a_state_folder_that_cannot_be_made(self):
        blocked = os.path.join(self.home.path, "file")
        open(blocked, "w").close()
        for size in ((120, 40), (80, 24), (40, 12)):
            console = self.console(size, XDG_STATE_HOME=blocked)
            console.wait_for("LOOK ONLY")
            console.until(lambda: "PRODUCTION" in console.lines()[0] and "LOOK ONLY" in console.lines()[0], what="the first line")
            self.assertNotIn("READ-WRITE", console.text())
            if size[0] >= 80:
                self.assertIn("LOOK ONLY: the state folder cannot be written", console.lines()[0])
                console.press("9", "cannot read")
                self.assertNotIn("0 records", console.text())
                self.assertIn("not a directory", console.text())
                console.press("3D", "LOOK ONLY|nothing|no dead|empty")

    def test_a_log_that_is_locked_for_long_and_then_free(self):
        console = self.console((100, 30))
        console.wait_for("READ-WRITE")
        path = os.path.join(self.home.state, "audit.jsonl")
        console.until(lambda: os.path.exists(path), what="the record of the start")
        with open(path, "r+") as log:
            fcntl.flock(log, fcntl.LOCK_EX)
            console.wait_for("LOOK ONLY: another process has locked the audit log")
            fcntl.flock(log, fcntl.LOCK_UN)
        console.wait_for("READ-WRITE")

    @unittest.skipUnless(os.geteuid() == 0, "only root can make a file system")
    def test_a_disk_that_fills_up_later_and_is_free_again(self):
        folder = os.path.join(self.home.path, "small")
        os.makedirs(folder)
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "none", folder], capture_output=True)
        if made.returncode != 0:
            self.skipTest(f"no file system can be made here: {made.stderr.decode()}")
        self.addCleanup(subprocess.run, ["umount", "-l", folder], check=True)
        console = self.console((100, 30), XDG_STATE_HOME=folder)
        console.wait_for("READ-WRITE")
        ballast = os.path.join(folder, "ballast")
        with open(ballast, "wb", buffering=0) as file:
            try:
                while file.write(b"x" * 4096):
                    pass
            except OSError:
                pass
        console.wait_for("LOOK ONLY: the state folder cannot be written")
        console.wait_for("no space left on device")
        os.remove(ballast)
        console.wait_for("READ-WRITE")


class NoRightToWriteTest(ConsoleTest):
    def test_an_account_that_may_only_read(self):
        client = seeds.cleared(RQ)
        client.execute_command("ACL", "SETUSER", "looker", "on", ">secret", "~*", "&*", "-@all", "+@read", "+@connection", "+info", "+time",
                               "+eval_ro", "+client|list")
        self.addCleanup(client.execute_command, "ACL", "DELUSER", "looker")
        self.home.configure(("orders", "rq", redis_url(RQ, "looker:secret@")), environment="staging")
        os.chmod(self.home.config, 0o600)
        console = self.console((120, 30))
        console.wait_for("LOOK ONLY: orders: this account may not")

    def test_a_primary_that_becomes_a_replica_and_is_promoted_again(self):
        primary = redis.Redis.from_url(redis_url(0))
        with OwnRedis(self) as server:
            self.home.configure(("orders", "rq", f"redis://127.0.0.1:{server.port}/0"), environment="staging")
            console = self.console((120, 30))
            console.wait_for("READ-WRITE")
            facts = primary.connection_pool.connection_kwargs
            server.client.execute_command("REPLICAOF", "127.0.0.1", facts["port"])
            console.wait_for(f"LOOK ONLY: orders: this Redis is a replica of 127.0.0.1:{facts['port']}")
            server.client.execute_command("REPLICAOF", "NO", "ONE")
            console.wait_for("READ-WRITE")
        primary.close()


class RefusingServerTest(ConsoleTest):
    def test_a_redis_that_is_full_refuses_for_every_queue_system_on_it(self):
        with OwnRedis(self) as server:
            kinds = ("rq", "celery", "sidekiq", "dramatiq")
            self.home.configure(*((f"the-{kind}", kind, f"redis://127.0.0.1:{server.port}/0") for kind in kinds), environment="staging")
            console = self.console((120, 30), OPSCONSOLE_TEST_PACE="16")
            console.wait_for("READ-WRITE")
            server.client.config_set("maxmemory", "100kb")
            console.wait_for(r"LOOK ONLY: all 4 sources; the-rq: this Redis refuses writes: it uses .* \(OOM")
            server.client.config_set("maxmemory", "0")
            console.wait_for("READ-WRITE")

    def test_a_redis_without_a_good_replica_keeps_what_it_has(self):
        with OwnRedis(self) as server:
            server.client.config_set("min-replicas-to-write", 1)
            self.home.configure(("orders", "rq", f"redis://127.0.0.1:{server.port}/0"), environment="staging")
            self.console((140, 30)).wait_for("LOOK ONLY: orders: this Redis refuses writes: it has too few good replicas")

    def test_a_role_of_postgres_that_may_not_signal(self):
        self.home.configure(("shop", "postgres", postgres_url("watcher")), environment="staging")
        self.console((140, 30)).wait_for("LOOK ONLY: shop: role watcher may not signal sessions: GRANT pg_signal_backend TO watcher")
        self.home.configure(("shop", "postgres", postgres_url("operator")), environment="staging")
        self.console((140, 30)).wait_for("READ-WRITE")


class OwnRedis:
    """A server of this test alone."""

    def __init__(self, test):
        self.folder = os.path.join(test.home.path, "redis")
        os.makedirs(self.folder)

    def __enter__(self):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", self.folder],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.client = redis.Redis(port=self.port)

        def answers():
            try:
                return self.client.ping()
            except redis.ConnectionError:
                return False

        until(answers, what="the server does not answer")
        return self

    def __exit__(self, *_):
        self.client.close()
        self.process.terminate()
        self.process.wait(10)


if __name__ == "__main__":
    unittest.main()
