"""The Database panel from the keyboard, beside a real cluster: keys in, and what the server did."""

import json
import os
import subprocess
import sys
import time

from ptyconsole import DOWN, ENTER, ESCAPE, ConsoleTest
from places import limit

LIVE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "Live")
TAB = b"\t"


class DatabaseTest(ConsoleTest):
    scenes = ("chain", "busy", "statements:300")

    def setUp(self):
        super().setUp()
        self.scene = subprocess.Popen([sys.executable, os.path.join(LIVE, "pg_triage.py"), *self.scenes], stdin=subprocess.PIPE,
                                      stdout=subprocess.PIPE, text=True, start_new_session=True)
        self.addCleanup(self.end_scene)
        self.facts = json.loads(self.scene.stdout.readline())
        self.configure()

    def end_scene(self):
        self.scene.stdin.close()
        self.scene.wait(20)
        self.scene.stdout.close()

    def ask(self, line):
        self.scene.stdin.write(line + "\n")
        self.scene.stdin.flush()
        answer = json.loads(self.scene.stdout.readline())
        self.assertNotIn("error", answer, line)
        return answer

    def value(self, sql):
        return self.ask(f"sql {sql}")["rows"][0][0]

    def address(self, user):
        return f"postgresql://{user}@127.0.0.1:{self.facts['port']}/shop"

    def configure(self, more=""):
        with open(self.home.config, "w") as file:
            file.write(f"environment: staging\n{more}sources:\n  - {{name: main-db, kind: postgres, url: \"{self.address('watcher')}\", "
                       f"write: \"{self.address('operator')}\"}}\n")
        os.chmod(self.home.config, 0o600)

    def is_alive(self, application):
        return self.value(f"select count(*) from pg_stat_activity where application_name = '{application}'") == 1

    def eventually(self, condition, what, seconds=20):
        end = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), end, what)
            time.sleep(0.1)

    def filtered(self, console, words):
        console.press("/", "/", limit(2))
        console.send(words.encode())
        console.send(ENTER)
        console.settle(0.5)


class Signals(DatabaseTest):
    def test_the_root_of_a_tree_is_ended_by_its_keys_and_everyone_below_goes_on(self):
        console = self.console(size=(120, 40))
        console.press("5", "chain-root", limit(5))
        console.send(TAB)
        console.send(TAB)
        console.wait_for(r"\[Locks\]", limit(3))
        console.wait_for("chain-th", limit(3))
        console.press("G", "▸.*chain-th", limit(2))
        console.press("R", "terminate 1 of main-db", limit(5))
        console.wait_for(r"chain-root \(app@shop\)", limit(2))
        console.wait_for("y goes on", limit(2))
        console.settle(0.7)
        console.press("y", "gone after", limit(8))
        console.press(ESCAPE, "nobody waits for a lock", limit(10))
        self.assertFalse(self.is_alive("chain-root"))
        self.assertTrue(self.is_alive("chain-first"))
        with open(os.path.join(self.home.state, "audit.jsonl")) as file:
            records = [json.loads(line) for line in file]
        self.assertEqual([r["phase"] for r in records if r["action"] == "terminate"], ["intent", "outcome"])

    def test_a_statement_is_cancelled_and_its_session_stays(self):
        console = self.console(size=(120, 40))
        console.press("5", "busy-sle", limit(5))
        self.filtered(console, "application:busy-sleeper")
        console.press("c", "y goes on", limit(5))
        console.settle(0.7)
        console.press("y", "it ended", limit(8))
        self.assertTrue(self.is_alive("busy-sleeper"))

    def test_another_console_is_seen_in_the_bar(self):
        first = self.console(size=(120, 40))
        first.press("5", "chain-root", limit(5))
        second = self.console(size=(120, 40))
        second.press("5", "chain-root", limit(5))
        first.wait_for("2 here", limit(8))

    def test_the_plan_of_a_session_comes_without_running_anything(self):
        console = self.console(size=(120, 40))
        console.press("5", "busy-sle", limit(5))
        self.filtered(console, "application:busy-sleeper")
        console.press("v", "estimated, not run", limit(6))
        console.wait_for("Result", limit(2))


class Looking(DatabaseTest):
    def test_read_only_a_tour_of_all_keys_signals_nobody_and_writes_nothing(self):
        self.configure("read_only: true\n")
        self.ask("sql alter role watcher set log_statement = 'all'")
        self.ask("sql alter role operator set log_statement = 'all'")
        console = self.console(size=(120, 40))
        console.press("5", "chain-root", limit(5))
        for _ in range(4):
            for key in "cTRvbxnHAaUDwGg sS":
                console.send(key.encode())
                console.settle(0.05)
                console.send(ESCAPE)
                console.settle(0.05)
            console.send(b"5")
            console.send(TAB)
            console.settle(0.1)
        console.send(ESCAPE); console.settle(0.2); console.send(b"q"); self.assertEqual(console.wait_exit(), 0)
        with open(self.facts["log"], errors="replace") as file:
            log = file.read()
        self.assertIn("pg_stat_activity", log, "the witness is blind")
        for word in ("pg_terminate_backend", "pg_cancel_backend", "explain (analyze", "terminating connection"):
            self.assertNotIn(word, log)
        self.assertTrue(self.is_alive("chain-root") and self.is_alive("busy-sleeper"))

    def test_while_the_view_is_held_nothing_is_asked(self):
        calls = "select coalesce(sum(calls), 0) from pg_stat_statements where userid = 'watcher'::regrole"
        console = self.console(size=(120, 40))
        console.press("5", "chain-root", limit(5))
        console.press("p", "HELD", limit(2))
        time.sleep(3)
        before = self.value(calls)
        time.sleep(5)
        self.assertEqual(self.value(calls), before)
        console.press("p", "read 0s ago", limit(5))
        self.eventually(lambda: self.value(calls) > before, "it did not go on")

    def test_a_console_whose_own_session_is_ended_comes_back_by_itself(self):
        console = self.console(size=(120, 40))
        console.press("5", "chain-root", limit(5))
        self.ask("sql select pg_terminate_backend(pid) from pg_stat_activity where usename = 'watcher'")
        console.settle(1)
        console.wait_for("read 0s ago", limit(6))
        self.assertIn("busy-sle", console.text())


if __name__ == "__main__":
    import unittest
    unittest.main()
