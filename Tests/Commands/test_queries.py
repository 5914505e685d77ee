"""PostgreSQL: what scripts see, and what signals do to real sessions."""

import json
import os
import re
import time
import unittest

from deadline import Control
from scene import TriageTest

# One cluster for all classes that end nothing in it.
GROUP = "queries"


def tearDownModule():
    TriageTest.end_shared()


class ClusterTest(TriageTest):
    scenes = ("chain", "prepared", "statements:300", "tables", "busy")
    shared = True


class LookTest(ClusterTest):

    def test_activity_names_sessions_so_that_they_can_be_meant(self):
        seen = self.queries("activity")
        self.assertEqual((seen["schema"], seen["source"]), (1, "it"))
        root = next(s for s in seen["sessions"] if s["pid"] == self.facts["chain_root"])
        self.assertEqual(root["blocks"], 3)
        self.assertTrue(root["has_written"])
        self.assertRegex(root["id"], rf"^{root['pid']}@20\d\d-\d\d-\d\d .*\+00$")
        self.assertIn("server", seen)
        self.assertEqual(seen["server"]["role"], "primary")
        self.assertIsNone(seen["server"]["rates"]["commits_per_second"])

    def test_locks_are_a_tree_with_remedies(self):
        seen = self.queries("locks")
        self.assertEqual((seen["roots"], seen["waiters"]), (2, 4))
        first = seen["locks"][0]
        self.assertEqual((first["kind"], first["pid"], first["victims"], first["depth"]), ("root", self.facts["chain_root"], 3, 0))
        self.assertIn("terminate", first["remedy"])
        table = self.run_command("queries", "locks", "it")
        self.assertIn("no session holds it", table.out)

    def test_statements_over_a_window_and_since_counting_began(self):
        whole = self.queries("statements", "--limit", "5")
        self.assertEqual(len(whole["statements"]), 5)
        self.assertIsNone(whole["window"]["seconds"])
        self.assertIsNone(whole["statements"][0]["calls_per_second"])
        window = self.queries("statements", "--window", "1")
        self.assertGreaterEqual(window["window"]["seconds"], 1)
        for row in window["statements"]:
            self.assertGreater(row["calls_per_second"], 0)

    def test_snapshot_has_statements_locks_and_servers(self):
        seen = self.run_command("snapshot", "--format", "json").json
        self.assertGreater(len(seen["statements"]), 10)
        self.assertEqual(seen["locks"][0]["pid"], self.facts["chain_root"])
        self.assertEqual(seen["servers"][0]["source"], "it")
        two = self.run_command("snapshot", "--samples", "2", "--interval", "1", "--format", "json").json
        self.assertGreater(two["servers"][0]["rates"]["over_seconds"], 0.9)

    def test_another_kind_of_source_and_nonsense_are_told(self):
        other = self.write_config("redis://127.0.0.1:1/0", "redis.yaml")
        self.edit(other, ("kind: postgres", "kind: rq"), (self.extra, ""))
        done = self.run_command("queries", "locks", "it", config=other)
        self.assertEqual(done.code, 64)
        self.assertIn("queries are about PostgreSQL", done.err)
        for arguments in (("cancel", "it", "--id", "4312"), ("terminate", "it"), ("terminate", "it", "--id", "4312@x@y"),
                          ("explain", "it"), ("explain", "--file", "/nowhere"), ("statements", "it", "--window", "0")):
            self.assertEqual(self.run_command("queries", *arguments).code, 64, arguments)


class SignalTest(ClusterTest):
    def test_cancel_ends_the_statement_and_not_the_session(self):
        before = self.session("busy-sleeper")
        done = self.signal("cancel", before["statement_id"])
        self.assertEqual(done["receipts"]["moved"], 1)
        self.assertIn("the statement ended", done["answers"][0]["text"])
        self.assertTrue(self.is_alive("busy-sleeper"))

    def test_a_statement_that_is_not_the_one_that_was_seen_is_left_alone(self):
        before = self.session("busy-sleeper")
        self.signal("cancel", before["statement_id"])
        self.eventually(lambda: self.session("busy-sleeper")["statement_id"] not in (None, before["statement_id"]),
                        what="the session does not go on")
        again = self.session("busy-sleeper")
        done = self.signal("cancel", before["statement_id"], code=1)
        self.assertEqual(done["receipts"], dict(done["receipts"], moved=0, absent=1))
        self.assertEqual(self.session("busy-sleeper")["statement_id"], again["statement_id"])

    def test_a_pid_that_came_again_is_not_signalled(self):
        seen = self.session("idle-tx")
        pid, started = seen["id"].split("@")
        moved = re.sub(r"\.(\d+)", lambda m: "." + str((int(m.group(1)) + 1) % 1_000_000).zfill(6), started)
        for wrong in (f"{pid}@{moved}", f"{pid}@2001-01-01 00:00:00+00"):
            done = self.signal("terminate", wrong, code=1)
            self.assertEqual(done["receipts"]["absent"], 1)
            self.assertIn("nothing is sent", done["problems"][0]["reason"])
        self.assertTrue(self.is_alive("idle-tx"))
        self.assertNotIn("terminating connection due to administrator command", self.read(self.facts["log"]))

    def test_cancel_is_not_offered_where_it_does_nothing(self):
        seen = self.session("idle-tx")
        done = self.queries("cancel", "--id", seen["statement_id"], "--dry-run")
        self.assertEqual(done["plan"]["affected"], 0)
        self.assertIn("idle in transaction, where cancel has no effect", done["plan"]["refused"][0]["reason"])

    def test_a_plan_without_confirmation_ends_nothing(self):
        seen = self.session("idle-tx")
        plan = self.queries("terminate", "--id", seen["id"], "--dry-run")
        self.assertEqual((plan["plan"]["affected"], plan["receipts"]), (1, None))
        self.assertIn("rolled back", " ".join(plan["plan"]["loses"]))
        self.assertEqual(self.run_command("queries", "terminate", "it", "--id", seen["id"]).code, 77)
        self.assertEqual(self.run_command("queries", "terminate", "it", "--id", seen["id"], "--confirm", "it").code, 77)
        self.assertTrue(self.is_alive("idle-tx"))

    def test_what_the_server_would_refuse_is_said_before_anyone_confirms(self):
        self.value("select 1")
        mine = self.session("scene-sql")
        done = self.run_command("queries", "terminate", "it", "--id", mine["id"], "--dry-run")
        self.assertEqual(done.code, 77)
        self.assertIn("superuser", done.err)
        careful = self.write_config(self.address("watcher"), "reader.yaml")
        self.edit(careful, ("operator", "watcher"))
        seen = self.session("idle-tx")
        done = self.run_command("queries", "terminate", "it", "--id", seen["id"], "--dry-run", config=careful)
        self.assertEqual(done.code, 77)
        self.assertIn("GRANT pg_signal_backend TO watcher", done.err)

    def test_read_only_refuses_and_writes_that_down(self):
        seen = self.session("idle-tx")
        done = self.run_command("--read-only", "queries", "terminate", "it", "--id", seen["id"], "--confirm", "development/it")
        self.assertEqual(done.code, 77)
        self.assertIn("read-only", done.err)
        self.assertTrue(self.is_alive("idle-tx"))
        audit = self.run_command("audit", "show", "--format", "json").json["records"]
        self.assertEqual((audit[-1]["phase"], audit[-1]["action"]), ("refused", "terminate"))


class RootTest(TriageTest):
    scenes = ("chain", "convoy")

    def test_ending_the_roots_lets_everyone_go_on_and_the_audit_log_tells_who_was_ended(self):
        plan = self.queries("terminate", "--root-blockers", "--dry-run")
        self.assertEqual(plan["plan"]["targets"], 2)
        done = self.queries("terminate", "--root-blockers", "--confirm", "development/it")
        self.assertEqual(done["receipts"]["moved"], 2)
        self.assertTrue(all("ended after" in a["text"] for a in done["answers"]))
        self.eventually(lambda: self.queries("locks")["waiters"] == 0, what="somebody still waits")
        records = self.run_command("audit", "show", "--format", "json").json["records"]
        intent, outcome = [next(r for r in records if r["phase"] == phase) for phase in ("intent", "outcome")]
        told = json.dumps(intent) + json.dumps(outcome)
        for word in ("chain-root", "app@shop", "ended after"):
            self.assertIn(word, told)
        self.assertEqual(self.run_command("queries", "terminate", "it", "--root-blockers", "--confirm", "development/it").code, 64)


class ExplainTest(ClusterTest):
    def explain(self, *arguments, code=0):
        return self.queries("explain", *arguments, code=code)

    def test_a_measured_plan_is_a_tree_whose_times_sum_to_its_root(self):
        plan = self.explain("--sql", "select n, count(*) from work_rows group by n order by 2 desc", "--analyze",
                            "--confirm", "development/it")
        self.assertTrue(plan["analyzed"])
        total = sum(node["exclusive_seconds"] for node in plan["nodes"])
        self.assertAlmostEqual(total - plan["clamped_seconds"], plan["root_seconds"], delta=2e-6 * len(plan["nodes"]))
        self.assertTrue(plan["node_types"] and plan["tables"])

    def test_analyze_runs_nothing_that_could_change_anything(self):
        self.ask("sql create or replace function sly() returns int language plpgsql volatile as "
                 "$$ begin perform pg_notify('x', 'y'); return 1; end $$")
        self.ask("sql create or replace view sly_view as select sly() as n")
        for sql in ("select sly()", "select * from sly_view", "select pg_terminate_backend(1)", "delete from work_rows",
                    "with x as (delete from work_rows returning *) select * from x", "select * from work_rows for update",
                    "create table made as select 1", "select 1 into made", "select nextval('x')", "select pg_advisory_lock(1)",
                    "select lo_create(0)", "select set_config('transaction_read_only', 'off', false)"):
            done = self.run_command("queries", "explain", "it", "--sql", sql, "--analyze", "--confirm", "development/it")
            self.assertIn(done.code, (64, 77), f"{sql}: {done.out}{done.err}")
        rows = self.value("select count(*) from work_rows")
        self.assertGreater(rows, 0)

    def test_analyze_needs_a_confirmation_and_is_refused_in_read_only(self):
        self.assertEqual(self.run_command("queries", "explain", "it", "--sql", "select 1", "--analyze").code, 77)
        done = self.run_command("--read-only", "queries", "explain", "it", "--sql", "select 1", "--analyze", "--confirm", "development/it")
        self.assertEqual(done.code, 77)
        self.assertIn("read-only", done.err)

    def test_a_statement_that_takes_too_long_is_ended_by_its_limit(self):
        with Control() as machine:
            began = time.monotonic()
            done = self.run_command("queries", "explain", "it", "--sql",
                                    "select count(*) from generate_series(1, 100000000) a, generate_series(1, 100000) b",
                                    "--analyze", "--seconds", "1", "--confirm", "development/it")
            took = time.monotonic() - began
        self.assertNotEqual(done.code, 0)
        self.assertLess(took, machine.allows(6))

    def test_plans_of_sessions_and_of_listed_statements(self):
        session = self.session("busy-sleeper")
        plan = self.explain("--id", session["id"])
        self.assertFalse(plan["analyzed"])
        self.assertIn("pg_sleep", plan["statement"])
        self.ask("do work")
        listed = next(s for s in self.queries("statements", "--limit", "10000")["statements"]
                      if s["query"] and "work_rows where n >" in s["query"])
        plan = self.explain("--query-id", listed["query_id"])
        self.assertIn("work_rows", json.dumps(plan["nodes"]))

    def test_a_plan_from_a_file(self):
        plans = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "OpsModelTests", "Plans")
        path = os.path.join(plans, "02-partition-nestloop.json")
        done = self.run_command("queries", "explain", "--file", path)
        self.assertEqual(done.code, 0, done.err)
        self.assertIn("PER NODE TYPE", done.out)
        self.assertIn("PER TABLE", done.out)
        broken = os.path.join(self.folder, "broken.json")
        with open(broken, "w") as file:
            file.write(self.read(path)[:500])
        done = self.run_command("queries", "explain", "--file", broken)
        self.assertEqual(done.code, 64)
        self.assertIn("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)", done.err)


class ReadOnlyLogTest(ClusterTest):
    """What the server's own log says that was sent."""

    reading = re.compile(r"^(select|with|explain|begin transaction read only|rollback|set local|deallocate|show)\b", re.I)

    def test_everything_that_was_sent_only_reads(self):
        for user in ("watcher", "operator"):
            self.ask(f"sql alter role {user} set log_statement = 'all'")
        begin = os.path.getsize(self.facts["log"])
        self.run_command("snapshot", "--samples", "2", "--interval", "1", "--format", "json")
        for command in ("activity", "statements", "locks"):
            self.queries(command)
        session = self.session("busy-sleeper")
        self.queries("explain", "--id", session["id"])
        self.queries("explain", "--sql", "select * from work_rows where n = $1")
        self.queries("explain", "--sql", "select count(*) from work_rows", "--analyze", "--confirm", "development/it")
        self.queries("terminate", "--id", session["id"], "--dry-run")
        # A server writes a statement down before it answers: nothing has to be waited for.
        with open(self.facts["log"], errors="replace") as file:
            file.seek(begin)
            lines = file.read().splitlines()
        sent = [re.split(r"(?:statement|execute [^:]*): ", line, maxsplit=1)[1] for line in lines
                if re.search(r"LOG:\s+(statement|execute [^:]*): ", line)]
        sent = [text for text in sent if not text.startswith("alter role")]
        self.assertGreater(len(sent), 30)
        odd = [text for text in sent if not self.reading.match(text.strip())]
        self.assertEqual(odd, [])
        writing = re.compile(r"\b(insert|update|delete|create|drop|truncate|pg_terminate_backend|pg_cancel_backend|_reset)\b", re.I)
        self.assertEqual([text for text in sent if writing.search(text)], [])
        # ANALYZE is among them, and it is rolled back.
        measured = next(i for i, text in enumerate(sent) if text.startswith("explain (analyze"))
        self.assertEqual(sent[measured + 1], "rollback")


if __name__ == "__main__":
    unittest.main()
