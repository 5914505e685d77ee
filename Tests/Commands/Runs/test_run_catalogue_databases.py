"""Every runbook that is shipped does on real servers what it says: databases, and those for anything."""

import json
import os
import re
import threading
import unittest
import urllib.request

import psycopg
import redis

from catalogue import GROUP, SHIPPED, CatalogueTest
from commandtest import PORT
from scene import SceneTest


class DatabaseBooks(SceneTest, CatalogueTest):
    script = "pg_triage.py"
    scenes = ("chain", "standby", "slot")

    def setUp(self):
        super().setUp()
        self.main = f"postgresql://operator@127.0.0.1:{self.facts['port']}/shop"
        self.admin = f"postgresql://postgres@127.0.0.1:{self.facts['port']}/shop"
        self.lay()

    def lay(self, main=None):
        with open(self.config, "w") as file:
            file.write(f"environment: {self.environment}\nsources:\n  - {{name: pg-main, kind: postgres, url: \"{main or self.main}\"}}\n"
                       f"runbooks:\n  folders: [\"{self.books}\"]\n  approvals: \"{self.approvals}\"\n  connections:\n"
                       f"    - {{name: flags, kind: redis, url: \"{self.url}\"}}\n"
                       f"    - {{name: replica, kind: postgres, url: \"postgresql://operator@{{host}}:{self.facts['standby_port']}/shop\"}}\n"
                       "  groups:\n    - {name: pg-replicas, hosts: [127.0.0.1, localhost], connection: replica}\n    - {name: pg, hosts: [localhost]}\n")

    def one(self, sql, *arguments):
        with psycopg.connect(self.admin, autocommit=True) as connection:
            return connection.execute(sql, arguments).fetchone()

    def test_pg_cancel_old_cancels_what_runs_too_long_and_nothing_else(self):
        self.ship("pg-cancel-old", ("min: 30s", "min: 1s"))
        old = psycopg.connect(self.main + "?application_name=too-old", autocommit=True)
        thread = Query(old, "SELECT pg_sleep(120)")
        self.eventually(lambda: self.one("SELECT 1 FROM pg_stat_activity WHERE application_name = 'too-old' "
                                         "AND clock_timestamp() - query_start > interval '2.5 s' AND state = 'active'"))
        done = self.carry_out("pg-cancel-old", older="2s", user="operator")
        self.assertEqual(done.code, 0, done.err + done.out)
        thread.join(60)
        self.assertIsInstance(thread.error, psycopg.errors.QueryCanceled)
        self.assertEqual(self.steps()["cancel"]["outputs"]["n"], 1)
        old.close()

    @unittest.skipUnless(os.getuid() == 0, "only root can be several people")
    def test_pg_root_blocker_cancels_first_and_ends_the_session_with_a_second_person(self):
        self.ship("pg-root-blocker", ("group: dba", f"group: {GROUP}"), ("timeout: 15s", "timeout: 3s"))
        pid = self.facts["chain_root"]
        (started,) = self.one("SELECT backend_start::text FROM pg_stat_activity WHERE pid = %s", pid)
        second = len("2026-11-29 09:27:1")
        other = started[:second] + str((int(started[second]) + 1) % 10) + started[second + 1:]
        stale = self.carry_out("pg-root-blocker", pid=pid, started=other)
        self.assertEqual(stale.code, 1, "another session was meant")
        known = [run["run"] for run in self.runs()]
        process = self.begin("pg-root-blocker", pid=pid, started=started)
        self.eventually(lambda: self.until_run() not in known)
        run = self.until_run()
        self.until(run, lambda status: status["run"]["state"] == "waiting")
        self.assertIsNotNone(self.one("SELECT 1 FROM pg_stat_activity WHERE pid = %s", pid), "it was ended without a second person")
        self.approve(run)
        self.well(process)
        self.assertIsNone(self.one("SELECT 1 FROM pg_stat_activity WHERE pid = %s", pid))
        self.assertEqual(self.steps()["freed"]["state"], "timed_out")

    def test_pg_drop_slot_drops_it_only_where_its_reader_is_gone(self):
        self.ship("pg-drop-slot")
        known = None
        # Dropping a slot takes the right of replication.
        self.lay(self.admin)
        name = f"staging/pg-drop-slot"
        for choice, code, left in (("keep", 1, 1), ("gone", 0, 0)):
            process = self.begin("pg-drop-slot", slot=self.facts["slot"], at_least="0")
            self.eventually(lambda: self.until_run() != known)
            known = run = self.until_run()
            self.until(run, lambda status: status["run"]["state"] == "waiting")
            self.assertEqual(self.run_command("runbook", "answer", run, "certain", choice).code, 0)
            process.communicate(timeout=120)
            self.assertEqual(process.returncode, code, choice)
            self.assertEqual(self.one("SELECT count(*) FROM pg_replication_slots WHERE slot_name = %s", self.facts["slot"])[0], left)
        again = self.carry_out("pg-drop-slot", slot=self.facts["slot"], at_least="0")
        self.assertEqual(again.code, 1, name)

    @unittest.skipUnless(os.getuid() == 0, "only root can be several people")
    def test_replica_failover_behind_a_flag_with_ansible_and_a_second_person(self):
        routing = os.path.join(self.folder, "reads.ini")
        os.mkdir(os.path.join(self.books, "playbooks"))
        with open(os.path.join(SHIPPED, "playbooks", "pg-read-routing.yml")) as file:
            play = file.read().replace("/etc/pgbouncer/reads.ini", routing)
        with open(os.path.join(self.books, "playbooks", "pg-read-routing.yml"), "w") as file:
            file.write(play)
        self.ship("replica-failover", ("group: dba", f"group: {GROUP}"), ("hold: 20s", "hold: 1s"), ("every: 5s", "every: 1s"))
        same = self.run_command("runbook", "plan", "replica-failover", "--param", "from=localhost", "--param", "to=localhost")
        self.assertEqual(same.code, 1)
        self.assertIn("the same replica", same.out)
        flags = redis.Redis(port=PORT, db=self.database)
        process = self.begin("replica-failover", **{"from": "127.0.0.1", "to": "localhost"})
        run = self.until_run()
        self.eventually(lambda: flags.get("maintenance:heavy-reads") == run.encode(), "no flag")
        self.assertLessEqual(flags.ttl("maintenance:heavy-reads"), 1800)
        self.approve(run)
        self.well(process)
        with open(routing) as file:
            self.assertEqual(file.read(), "; drained: 127.0.0.1\nreads = host=localhost\n")
        self.assertIsNone(flags.get("maintenance:heavy-reads"))
        flags.close()
        plan = self.run_command("runbook", "plan", "replica-failover", "--param", "from=127.0.0.1", "--param", "to=localhost", "--format", "json").json
        route = next(step for step in plan["plan"]["steps"] if step["step"] == "route")
        self.assertTrue(any(re.search(r"--check: localhost 0 would change", note) for note in route["notes"]), route)


class Query:
    """One statement on a thread of its own."""

    def __init__(self, connection, sql):
        self.error = None

        def run():
            try:
                connection.execute(sql)
            except psycopg.Error as error:
                self.error = error

        self.thread = threading.Thread(target=run)
        self.thread.start()

    def join(self, seconds):
        self.thread.join(seconds)


class AlertBooks(SceneTest, CatalogueTest):
    script = "Runtimes/rt_runtimes.py"
    scenes = ("prometheus",)

    def test_alert_silence_keeps_one_alert_quiet(self):
        port = self.facts["alertmanager_port"]
        alert = [{"labels": {"alertname": "TooHot", "place": "here"}}]
        request = urllib.request.Request(f"http://127.0.0.1:{port}/api/v2/alerts", json.dumps(alert).encode(), {"Content-Type": "application/json"})
        urllib.request.urlopen(request).close()
        with open(self.config, "w") as file:
            file.write(f"environment: {self.environment}\nsources:\n  - {{name: alertmanager, kind: alertmanager, url: \"http://127.0.0.1:{port}\"}}\n"
                       f"runbooks:\n  folders: [\"{self.books}\"]\n")
        self.ship("alert-silence")

        def found():
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v2/alerts") as answer:
                return [one for one in json.load(answer) if one["labels"].get("alertname") == "TooHot"]

        self.eventually(found)
        done = self.carry_out("alert-silence", fingerprint=found()[0]["fingerprint"], length="30m", reason="the fan is being changed")
        self.assertEqual(done.code, 0, done.err + done.out)
        self.eventually(lambda: found()[0]["status"]["state"] == "suppressed")


if __name__ == "__main__":
    unittest.main()
