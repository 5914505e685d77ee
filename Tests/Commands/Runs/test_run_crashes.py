"""A runner is killed at every point at which it writes itself down; after the run is taken up again nothing is lost and nothing done twice."""

import time
import unittest

from amounts import SOAK, amount, seeded
from running import RunTest

JOBS = 400
BATCH = 80
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

# A run that is asked things while it goes on.
TALK = """
concurrency: {lock: talk}
steps:
  - {id: ask, prompt: {text: "Shall it?", choices: [yes, no]}}
  - {id: slow, run: {script: "sleep 1"}}
  - {id: jobs, queue: {action: retry, conn: broker, source: default, select: {max: 5000}, batch: {size: 100}}}
finally:
  - {id: told, idempotent: true, redis: {conn: broker, cmd: [INCR, "run:told"]}}
"""

# How often each point is passed: once before and once after each record, and each batch.
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

    def unlock(self):
        self.redis.delete(*(self.redis.keys("opsc:lock:*") or ["none"]))

    def ended(self, everything, run, state, word="succeeded"):
        self.assertEqual(self.status(run, state)["run"]["state"], word)
        self.check(everything, word)
        self.assertEqual(self.redis.get("run:told"), b"1", "what is always done was done twice or never")
        self.assertTrue(self.show(run, state)["journal_intact"])
        self.verify_audit(state)


class SweepTest(CrashTest):
    def kill_at(self, point):
        """One kill and what follows from it."""
        everything = self.reset()
        state = f"state-{point}"
        self.carry_out("sweep", crash=point, state=state)
        self.check(everything, point)
        # The lock of a killed runner ends by itself; one test waits for that, the others need not.
        self.unlock()
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
        for point in self.points():
            self.kill_at(point)

    @staticmethod
    def points():
        """All of them in a soak; otherwise each kind once, and a tenth of the rest."""
        whole = {kind: [f"{kind}:{number}" for number in range(1, passes + 1)] for kind, passes in POINTS.items()}
        if SOAK:
            return [point for points in whole.values() for point in points]
        numbers = seeded()
        first = [numbers.choice(points) for points in whole.values()]
        rest = [point for points in whole.values() for point in points if point not in first]
        return first + numbers.sample(rest, amount(len(rest)))


class ResumeTest(CrashTest):
    """What is taken up again, and what a person has to say first."""

    def test_killed_while_it_is_taken_up_it_can_be_taken_up_again(self):
        self.book("sweep", BOOK)
        self.rows("CREATE TABLE opsc_ops (op_id text PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())")
        for number in (1, 2):
            everything, state = self.reset(), f"again-{number}"
            self.carry_out("sweep", crash="F4:5", state=state)
            self.unlock()
            (run,) = self.runs(state)
            self.resume(run["run"], name="sweep", state=state, env={"OPSCONSOLE_CRASH_AT": f"F6:{number}"})
            self.check(everything, f"F6:{number}")
            self.assertEqual(self.status(run["run"], state)["run"]["state"], "interrupted")
            self.unlock()
            self.assertEqual(self.resume(run["run"], name="sweep", state=state).code, 0)
            self.assertEqual(self.dead(), set())
            self.assertEqual(self.rows("SELECT min(n), max(n), count(*) FROM run_rows"), [(1, 1, ROWS)])
            self.ended(everything, run["run"], state)

    def test_without_the_table_a_change_in_doubt_asks_and_the_answer_counts(self):
        # Killed between the intent of the change and its outcome, before and after it was done.
        for point, happened in (("F3:4", False), ("F5:3", True)):
            everything = self.reset()
            self.carry_out("sweep", crash=point)
            self.unlock()
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


class LockTest(CrashTest):
    def test_the_lock_of_a_killed_runner_is_free_within_fifteen_seconds_and_not_before_somebody_may_have_it(self):
        self.reset()
        self.carry_out("sweep", crash="F4:5")
        (lock,) = self.redis.keys("opsc:lock:*")
        # The server ends it, whatever else this machine has to do.
        self.assertTrue(0 < self.redis.pttl(lock) <= 15_000, "a lock that stays for good or for long")
        run = self.runs()[0]["run"]
        while True:
            # It may end while somebody tries: what counts is whether it was there before.
            was_held = self.redis.exists(lock)
            again = self.resume(run, name="sweep")
            if again.code == 0:
                break
            self.assertIn(again.code, (1, 75), again.err + again.out)
            self.assertTrue(was_held, "it was free, and the run was not taken up")
            time.sleep(1)


class TalkTest(CrashTest):
    """Killed while a person says something."""

    def talk(self, number, hands):
        """A run that dies while it writes the first thing that `hands` tell it; before it (1) or after it (2)."""
        everything = self.reset()
        state = f"talk-{self._testMethodName[-12:]}-{number}"
        process = self.begin("talk", crash=f"F6:{number}", state=state)
        run = self.until_run(state)
        self.until(run, lambda status: status["run"]["state"] == "waiting", state=state)
        hands(run, state)
        process.communicate(timeout=120)
        self.eventually(lambda: self.runner(run, state) is None, "the runner did not end")
        self.assertEqual(self.status(run, state)["run"]["state"], "interrupted", "it was not killed: the test proves nothing")
        self.check(everything, f"F6:{number}")
        self.unlock()
        return everything, run, state

    def test_killed_while_an_answer_is_written_it_is_asked_again_or_known(self):
        self.book("talk", TALK)
        for number in (1, 2):
            everything, run, state = self.talk(number, lambda run, state: self.run_command("runbook", "answer", run, "ask", "yes", state=state))
            again = self.begin_again(run, name="talk", state=state)
            if number == 1:
                self.until(run, lambda status: status["run"]["state"] == "waiting", state=state)
                self.run_command("runbook", "answer", run, "ask", "yes", state=state)
            again.communicate(timeout=120)
            self.assertEqual(again.returncode, 0)
            self.ended(everything, run, state)
            self.assertEqual(self.dead(), set())
            answers = [record for record in self.journal(run, state) if record["kind"] == "decision"]
            self.assertEqual(len(answers), 1)

    def test_killed_while_a_pause_is_written_it_goes_on_where_it_stood(self):
        self.book("talk", TALK.replace("  - {id: ask", "  - {id: first, idempotent: true, run: {script: 'sleep 1'}}\n  - {id: ask"))
        for number in (1, 2):
            everything = self.reset()
            state = f"pause-{number}"
            process = self.begin("talk", crash=f"F6:{number}", state=state)
            run = self.until_run(state)
            self.run_command("runbook", "pause", run, state=state)
            process.communicate(timeout=120)
            self.eventually(lambda: self.runner(run, state) is None, "the runner did not end")
            self.unlock()
            again = self.begin_again(run, name="talk", state=state)
            self.until(run, lambda status: status["run"]["state"] == "waiting", state=state)
            self.run_command("runbook", "answer", run, "ask", "yes", state=state)
            again.communicate(timeout=120)
            self.assertEqual(again.returncode, 0)
            self.ended(everything, run, state)

    def test_killed_while_a_cancel_is_written_it_goes_on_or_stays_cancelled(self):
        self.book("talk", TALK)
        # Before and after the wish is on disk, and before and after the end that follows from it is: only that is carried on.
        for number, word in ((1, "succeeded"), (2, "succeeded"), (3, "succeeded"), (4, "cancelled")):
            everything, run, state = self.talk(number, lambda run, state: self.run_command("runbook", "cancel", run, state=state))
            again = self.begin_again(run, name="talk", state=state)
            if word == "succeeded":
                self.until(run, lambda status: status["run"]["state"] == "waiting", state=state)
                self.run_command("runbook", "answer", run, "ask", "yes", state=state)
            again.communicate(timeout=120)
            self.ended(everything, run, state, word)
            self.assertEqual(self.dead(), set() if word == "succeeded" else everything)


if __name__ == "__main__":
    unittest.main()
