"""A source says that nothing can be changed there when its server refuses writes or its account may not act, and only then."""

import os
import socket
import subprocess
import unittest

import psycopg
import redis

from commandtest import CommandTest
from deadline import until

KINDS = ("rq", "celery", "sidekiq", "dramatiq")


class OwnRedis:
    """A server of this test alone."""

    def __init__(self, folder):
        self.folder = folder
        os.makedirs(folder)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--save", "3600 1", "--dir", folder, "--repl-diskless-sync-delay", "0",
             "--enable-protected-configs", "yes"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.client = redis.Redis(port=self.port)
        until(self.answers, what="the server does not answer")

    def answers(self):
        try:
            return self.client.ping()
        except redis.ConnectionError:
            return False

    def set(self, **values):
        for name, value in values.items():
            self.client.config_set(name.replace("_", "-"), value)

    def refuses(self):
        """Whether a write is refused now."""
        try:
            self.client.set("probe", "x")
        except redis.RedisError:
            return True
        return False

    def save(self):
        """A background save, and whether it went well."""
        self.client.bgsave()
        until(lambda: self.client.info("persistence")["rdb_bgsave_in_progress"] == 0, what="the save does not end")
        return self.client.info("persistence")["rdb_last_bgsave_status"] == "ok"

    def stop(self):
        self.client.close()
        self.process.kill()
        self.process.wait(10)


class RefusingRedis(CommandTest):
    def setUp(self):
        super().setUp()
        self.server = self.own("redis")
        with open(self.config, "w") as file:
            file.write("environment: development\nsources:\n" + "".join(
                f"  - {{name: {kind}, kind: {kind}, url: \"redis://127.0.0.1:{self.server.port}/0\"}}\n" for kind in KINDS))

    def own(self, name):
        server = OwnRedis(os.path.join(self.folder, name))
        self.addCleanup(server.stop)
        return server

    def says(self, words):
        """What each source says of changes is what the server does with them."""
        done = self.run_command("snapshot", "--format", "json")
        self.assertEqual(done.code, 0, done.err)
        said = {source["name"]: source["look_only"] for source in done.json["sources"]}
        self.assertEqual(self.server.refuses(), words is not None, "the server does something else: this proves nothing")
        if words is None:
            self.assertEqual(said, dict.fromkeys(KINDS))
        for kind in KINDS if words else ():
            self.assertIn(words, said[kind] or "", kind)

    def break_saving(self):
        """As where the disk is full: a save finds no place."""
        gone = os.path.join(self.folder, "gone")
        os.mkdir(gone)
        self.server.set(dir=gone)
        os.rmdir(gone)
        self.assertFalse(self.server.save(), "the save went well: this proves nothing")

    def test_one_whose_background_save_failed(self):
        self.says(None)
        self.break_saving()
        self.says("its last background save failed (MISCONF)")
        self.server.set(dir=self.server.folder)
        self.assertTrue(self.server.save())
        self.says(None)

    def test_one_without_a_good_replica(self):
        self.server.set(min_replicas_to_write=1)
        self.says("it has too few good replicas (NOREPLICAS)")
        self.server.set(min_replicas_to_write=0)
        self.says(None)

    def test_one_whose_replica_is_good(self):
        replica = self.own("replica")
        replica.client.execute_command("REPLICAOF", "127.0.0.1", self.server.port)
        self.server.set(min_replicas_to_write=1)
        until(lambda: self.server.client.info("replication").get("min_slaves_good_slaves") == 1, what="the replica is not good")
        self.says(None)

    def test_one_whose_background_save_failed_and_that_takes_writes_all_the_same(self):
        self.break_saving()
        self.server.set(stop_writes_on_bgsave_error="no")
        self.says(None)

    def test_one_that_saves_nothing_by_itself_and_whose_last_save_failed(self):
        self.break_saving()
        self.server.set(save="")
        self.says(None)

    def test_one_with_fewer_good_replicas_than_it_asks_for(self):
        replica = self.own("replica")
        replica.client.execute_command("REPLICAOF", "127.0.0.1", self.server.port)
        self.server.set(min_replicas_to_write=1)
        until(lambda: self.server.client.info("replication").get("min_slaves_good_slaves") == 1, what="the replica is not good")
        self.says(None)
        self.server.set(min_replicas_to_write=2)
        self.says("it has too few good replicas (NOREPLICAS)")

    def test_one_that_is_full(self):
        self.server.set(maxmemory="100kb")
        self.says("(OOM)")
        self.server.set(maxmemory_policy="allkeys-lru")
        self.server.set(maxmemory="0")
        self.says(None)

    def test_what_is_tried_all_the_same_is_refused_with_the_reason_and_moves_nothing(self):
        self.server.client.hset("rq:job:j1", mapping={"status": "failed", "origin": "default", "data": b"x" * 50, "description": "t(1)"})
        self.server.client.zadd("rq:failed:default", {"j1": 1795000000})
        self.server.client.sadd("rq:queues", "rq:queue:default")
        for how, word in (({"min_replicas_to_write": 1}, "NOREPLICAS"), ({"min_replicas_to_write": 0, "maxmemory": "100kb"}, "OOM")):
            self.server.set(**how)
            done = self.run_command("dead-letters", "retry", "rq", "--all", "--confirm", "development/rq", "--format", "json")
            self.assertNotEqual(done.code, 0, word)
            self.assertIn(word, done.err + done.out)
            self.assertEqual((self.server.client.zcard("rq:failed:default"), self.server.client.llen("rq:queue:default")), (1, 0))


class SignalRights(CommandTest):
    """A role of PostgreSQL that may not end sessions of others."""

    ROLE = "only_looks"

    def setUp(self):
        super().setUp()
        port, database = os.environ["OPSCONSOLE_TEST_PG_PORT"], os.environ["OPSCONSOLE_TEST_PG_DATABASE"]
        self.address = lambda role: f"postgresql://{role}@127.0.0.1:{port}/{database}"
        self.server = psycopg.connect(
            host=os.environ["OPSCONSOLE_TEST_PG_SOCKET_DIR"], port=port, dbname=database, user=os.environ["OPSCONSOLE_TEST_PG_SUPERUSER"],
            autocommit=True)
        self.addCleanup(self.server.close)
        self.server.execute(f"DROP ROLE IF EXISTS {self.ROLE}")
        self.server.execute(f"CREATE ROLE {self.ROLE} LOGIN IN ROLE pg_monitor")
        self.addCleanup(self.server.execute, f"DROP ROLE {self.ROLE}")

    def said(self, role, more=""):
        with open(self.config, "w") as file:
            file.write(f"environment: development\nsources:\n  - {{name: pg, kind: postgres, url: \"{self.address(role)}\"{more}}}\n")
        done = self.run_command("snapshot", "--format", "json")
        self.assertEqual(done.code, 0, done.err)
        return done.json["sources"][0]["look_only"]

    def test_a_role_that_may_not_signal_is_told_what_it_lacks_and_one_that_may_is_not(self):
        words = f"role {self.ROLE} may not signal sessions: GRANT pg_signal_backend TO {self.ROLE}"
        self.assertEqual(self.said(self.ROLE), words)
        self.assertIsNone(self.said(self.ROLE, f", write: \"{self.address('operator')}\""))
        with psycopg.connect(self.address(self.ROLE)):
            self.assertIsNone(self.said(self.ROLE), "it may end sessions of its own")
        self.server.execute(f"GRANT pg_signal_backend TO {self.ROLE}")
        self.assertIsNone(self.said(self.ROLE))


if __name__ == "__main__":
    unittest.main()
