"""Real incidents in a small system: the right cause is named first, soon, and nothing false stands above it."""

import os
import sys
import time
import unittest

import psycopg
from amounts import SOAK
from deadline import PATIENCE, Control, until
from watching import PACE, IncidentTest, SuspectStream, shown

# Seconds on the program's clock, which goes PACE times faster than ours.
CALM = 45.0  # of health before the first incident: what is usual has to be known
SOON = 15.0  # until the cause has to be named
LOOK = 20.0  # of an incident in which nothing false may come first
FADE = 90.0  # after the end until nothing may be suspected any more

HELD = 30.0 if SOAK else 3.0  # of the world, for which a lock is waited for until an alert fires

# Seconds of the world that a rule counts by the server's or the worker's own clock, which no pace shortens.
WORLD = {
    "root-blocker": 3.0,  # of a wait for a lock
    "starvation": 5.0,  # of a task on its worker
    "failing-task": 2.5,  # five failures of four workers, each after the second that the partner gets
    "slow-runtime": 2.0,  # three looks, each behind two visitors whose requests hold the loop for up to 0.3 s
}


def world(seconds, rule):
    """Seconds of ours in so many of the program's, some of which a server counts."""
    own = WORLD.get(rule, 0.0)
    return own + (seconds - own) / PACE


class Incidents(IncidentTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stream = SuspectStream(cls.facts["config"])
        cls.addClassCleanup(cls.stream.close)

    def setUp(self):
        super().setUp()
        # The tests stand for themselves, in whatever order: each begins in a calm that is known.
        with Control() as machine:
            time.sleep(max(0.0, self.stream.began + CALM / PACE - time.time()))
            over = time.monotonic()
            until(lambda: self.stream.now == [], PATIENCE, what="still suspected")
            took = time.monotonic() - over
        self.assertLessEqual(took, machine.allows(FADE / PACE))

    def watch(self, incident, rule):
        """Lets an incident be for a while. Returns the first suspect of the last line that has the right one first."""
        with Control() as machine:
            begin = self.begin(incident)
            # What comes late on a busy machine comes late, and not never.
            self.eventually(lambda: self.first(rule, begin), f"{rule} does not come first")
            # Long enough for any false cause, whoever counts its seconds.
            time.sleep(max(0.0, begin + max(WORLD.values()) + LOOK / PACE - time.time()))
        lines = self.stream.since(begin)
        right, story = self.first(rule, begin), "\n".join(shown(lines, begin))
        took = right[0][0] - begin
        print(f"\n    {incident}: {rule} after {took:.1f} s at {PACE} times", file=sys.stderr, flush=True)
        self.assertLessEqual(took, machine.allows(world(SOON, rule)), story)
        self.lines, self.begun = lines, begin
        return right[-1][1]

    def first(self, rule, begin):
        """Lines since the beginning in which this rule stands first: when each came, and its suspect."""
        return [(at, suspects[0]) for at, suspects in self.stream.since(begin)
                if suspects and suspects[0]["rule"] == rule]

    def assert_nothing_false_first(self, rule):
        false = [line for line in self.lines if line[1] and line[1][0]["rule"] != rule]
        self.assertEqual(shown(false, self.begun), [], "something else came first")

    @staticmethod
    def words(suspect):
        return " | ".join(each["text"] for each in suspect["evidence"])


class Services(Incidents):
    """Databases, partners and runtimes that the work depends on."""

    def test_a_healthy_system_raises_no_suspicion(self):
        self.assertEqual(self.stream.lines[0][1], [], "the first line says that nothing is suspected")
        early = [line for line in self.stream.lines if line[0] < self.stream.began + CALM / PACE]
        self.assertEqual([line for line in shown(early, self.stream.began) if not line.endswith("nothing")], [])

    def test_a_forgotten_transaction_is_the_root_blocker_of_the_workers_that_wait(self):
        suspect = self.watch("open-transaction", "root-blocker")
        self.assert_nothing_false_first("root-blocker")
        self.assertIn("admin-shell", suspect["title"])
        self.assertIn("workers of orders", self.words(suspect))
        self.assertEqual(suspect["source"], "main-db")

    def test_a_partner_that_does_not_answer_is_a_failing_task(self):
        suspect = self.watch("dependency", "failing-task")
        self.assert_nothing_false_first("failing-task")
        self.assertIn("TimeoutError", suspect["title"])
        self.assertIn("payments.settle", suspect["title"])

    def test_a_blocked_event_loop_is_a_slow_runtime(self):
        suspect = self.watch("blocked-loop", "slow-runtime")
        self.assert_nothing_false_first("slow-runtime")
        self.assertEqual(suspect["source"], "api")


class Workers(Incidents):
    """The broker, and those who take from it."""

    def test_a_killed_redis_is_a_silent_server_and_named_by_its_port(self):
        suspect = self.watch("redis-killed", "silent-server")
        self.assert_nothing_false_first("silent-server")
        self.assertIn(str(self.facts["redis_port"]), suspect["title"])

    def test_killed_workers_leave_a_queue_without_consumers(self):
        suspect = self.watch("consumers-gone", "consumers-gone")
        self.assert_nothing_false_first("consumers-gone")
        self.assertIn("default", suspect["title"])
        self.assertEqual(suspect["source"], "orders")

    def test_slow_tasks_starve_the_quick_ones_of_their_queue(self):
        """Many jobs at once look like busy producers for a moment: starvation has to be first at last, and to stay so."""
        suspect = self.watch("slow-tasks", "starvation")
        self.assertIn("reports.full_export", suspect["title"])
        late = [line for line in self.lines
                if line[0] > self.begun + world(SOON, "starvation") and line[1] and line[1][0]["rule"] != "starvation"]
        self.assertEqual(shown(late, self.begun), [])
        others = {line[1][0]["rule"] for line in self.lines if line[1]} - {"starvation"}
        self.assertLessEqual(others, {"producers"}, shown(self.lines, self.begun))


class Work(Incidents):
    """Too much of it, again and again, or held up.

    What failed is suspected for a minute of the world, so the test of failures is the last by its name.
    """

    def test_more_jobs_than_before_are_the_producers(self):
        suspect = self.watch("producers-doubled", "producers")
        self.assert_nothing_false_first("producers")
        self.assertEqual(suspect["source"], "orders")

    def test_retries_without_pause_are_a_retry_storm(self):
        suspect = self.watch("retry-storm", "retry-storm")
        self.assert_nothing_false_first("retry-storm")
        self.assertIn("payments.refund", suspect["title"])
        self.assertEqual(suspect["source"], "orders")

    def configured(self):
        """The scene's configuration. `lock-wait` fires after three seconds there; after its half a minute in a soak."""
        with open(self.facts["config"]) as file:
            text = file.read()
        rule = "" if SOAK else "alerts: [{name: lock-wait, when: \"blocker.wait > 3s\", severity: critical}]\n"
        path = os.path.join(self.folder, "alert.yaml")
        with open(path, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(rule + text)
        return path

    def snapshot(self):
        return self.run_command("snapshot", "--samples", "2", "--format", "json", config=self.configured())

    def test_a_snapshot_tells_by_its_exit_code_that_a_critical_alert_fires(self):
        before = self.snapshot()
        self.assertEqual(before.code, 0, before.out + before.err)
        self.assertEqual(before.json["alerts"], [])
        self.begin("open-transaction")
        until(lambda: self.waited() > HELD, HELD + PATIENCE, what="nobody waits for the lock")
        during = self.snapshot()
        self.assertEqual(during.code, 1, during.out + during.err)
        (alert,) = [each for each in during.json["alerts"] if each["rule"] == "lock-wait"]
        self.assertEqual((alert["source"], alert["severity"], alert["state"]), ("main-db", "critical", "firing"))
        self.assertIn(f"blocker.wait > {HELD:.0f}s", alert["when"])
        self.assertEqual(alert["subject_kind"], "session")
        shell = self.asked("SELECT pid FROM pg_stat_activity WHERE application_name = 'admin-shell'")
        self.assertIn(str(shell), alert["subject"])

    def waited(self):
        """Seconds that the first of those who wait for a lock has waited."""
        return self.asked("SELECT coalesce(max(extract(epoch FROM clock_timestamp() - waitstart)), 0)::float8 "
                          "FROM pg_locks WHERE NOT granted")

    @staticmethod
    def asked(sql):
        """One value, from the server itself."""
        where = {"host": "127.0.0.1", "port": os.environ["OPSCONSOLE_TEST_PG_PORT"], "dbname": os.environ["OPSCONSOLE_TEST_PG_DATABASE"]}
        with psycopg.connect(user="app", **where) as session:
            return session.execute(sql).fetchone()[0]


if __name__ == "__main__":
    unittest.main()
