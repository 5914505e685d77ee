"""A runner is killed at every point at which it writes itself down; after the run is taken up again nothing is lost and nothing done twice."""

import time
import unittest

from running import RunTest

JOBS = 2_000
BATCH = 200
ROWS = 20

BOOK = """
params: {first: {type: int, default: 1}}
concurrency: {lock: sweep}
steps:
  - {id: look, mode: read, sql: {conn: pg-main, query: "SELECT count(*)::int AS n FROM run_rows"}}
  - id: rows
    sql:
      conn: pg-main
      query: UPDATE run_rows SET n = n + 1 WHERE id >= $1::int
      args: ["${{ params.first }}"]
      expect: {rows_affected: 20}
  - id: jobs
    queue: {action: retry, conn: broker, source: default, select: {max: 5000}, batch: {size: %d}}
finally:
  - {id: told, idempotent: true, redis: {conn: broker, cmd: [INCR, "run:told"]}}
""" % BATCH

# How often each point is passed: once before and once after each record.
POINTS = {"F1": 2, "F2": 2, "F3": 8, "F4": 4 * JOBS // BATCH, "F5": 8, "F7": 2}


class CrashTest(RunTest):
    database = 7
    items = JOBS

    def setUp(self):
        super().setUp()
        self.book("sweep", BOOK)
        self.rows("DROP TABLE IF EXISTS run_rows, opsc_ops")
        self.rows("CREATE TABLE run_rows (id int PRIMARY KEY, n int NOT NULL DEFAULT 0)")
        self.addCleanup(self.rows, "DROP TABLE IF EXISTS run_rows, opsc_ops")

    def reset(self):
        self.redis.flushdb()
        everything = self.seed_jobs(JOBS)
        self.rows("TRUNCATE run_rows")
        self.rows(f"INSERT INTO run_rows SELECT generate_series(1, {ROWS})")
        return everything

    def check(self, everything, where):
        ready, dead = self.ready(), self.dead()
        self.assertEqual(len(ready), len(set(ready)), f"{where}: a job waits twice")
        self.assertEqual(set(ready) | dead, everything, f"{where}: a job is lost")
        self.assertEqual(set(ready) & dead, set(), f"{where}: a job is in two places")

    def kill_at(self, point):
        """One kill and what follows from it."""
        everything = self.reset()
        state = f"state-{point}"
        self.carry_out("sweep", crash=point, state=state)
        self.check(everything, point)
        # The lock of a killed runner ends by itself; one test waits for that, the others need not.
        self.redis.delete(*(self.redis.keys("opsc:lock:*") or ["none"]))
        if point.startswith("F1"):
            # Nothing was begun: not a job was touched, and the console itself is what was killed.
            self.assertEqual(self.dead(), everything)
            return
        (run,) = self.runs(state)
        if run["state"] == "succeeded":
            self.assertEqual(point, "F7:2")
        else:
            self.assertEqual(run["state"], "interrupted", point)
            done = self.resume(run["run"], name="sweep", state=state)
            self.assertEqual(done.code, 0, f"{point}: {done.err}{done.out}")
        self.check(everything, point)
        self.assertEqual(self.dead(), set(), point)
        self.assertEqual(self.rows("SELECT min(n), max(n), count(*) FROM run_rows"), [(1, 1, ROWS)], f"{point}: a row was changed twice or never")
        self.assertTrue(self.show(run["run"], state)["journal_intact"], point)
        self.verify_audit(state)

    def test_killed_at_every_point_the_run_is_taken_up_and_nothing_is_lost_or_doubled(self):
        self.rows("CREATE TABLE opsc_ops (op_id text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())")
        for point, passes in POINTS.items():
            for number in range(1, passes + 1):
                self.kill_at(f"{point}:{number}")

    def test_without_the_table_a_change_in_doubt_asks_and_the_answer_counts(self):
        # Killed between the intent of the change and its outcome, before and after it was done.
        for point, happened in (("F3:4", False), ("F5:3", True)):
            everything = self.reset()
            self.carry_out("sweep", crash=point)
            self.redis.delete(*(self.redis.keys("opsc:lock:*") or ["none"]))
            run = self.runs()[0]["run"]
            done = self.resume(run, name="sweep")
            self.assertEqual(done.code, 75, done.err + done.out)
            self.assertEqual(self.steps(run)["rows"]["state"], "unknown")
            self.assertEqual(self.dead(), everything, "it went on while a change was in doubt")
            refused = self.resume(run, name="sweep")
            self.assertEqual(refused.code, 77, "it was taken up without a decision")
            self.assertIn("rows=rerun|done|skip|failed", refused.err)
            nameless = self.resume(run, "--decide", "rows=done", name="sweep")
            self.assertEqual(nameless.code, 64, "a decision without a reason")
            word = "done" if happened else "rerun"
            done = self.resume(run, "--decide", f"rows={word}", "--reason", "looked at the table", name="sweep")
            self.assertEqual(done.code, 0, done.err + done.out)
            self.assertEqual(self.rows("SELECT min(n), max(n) FROM run_rows"), [(1, 1)])
            self.assertEqual(self.dead(), set())

    def test_the_lock_of_a_killed_runner_is_free_within_fifteen_seconds_and_not_before_somebody_may_have_it(self):
        self.reset()
        self.carry_out("sweep", crash="F4:5")
        killed = time.monotonic()
        self.assertEqual(len(self.redis.keys("opsc:lock:*")), 1, "nothing was held: the test proves nothing")
        run = self.runs()[0]["run"]
        early = self.resume(run, name="sweep", state="state")
        while early.code != 0 and time.monotonic() - killed < 20:
            self.assertIn(early.code, (1, 75), early.err + early.out)
            time.sleep(1)
            early = self.resume(run, name="sweep")
        self.assertEqual(early.code, 0, early.err + early.out)
        self.assertLess(time.monotonic() - killed, 17.5)


if __name__ == "__main__":
    unittest.main()
