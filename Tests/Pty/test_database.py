"""The Database panel from the keyboard, beside a real cluster: keys in, and what the server did."""

import json
import os
import unittest

from livescene import LiveScene
from ptyconsole import DOWN, ENTER, ESCAPE, ConsoleTest

TAB = b"\t"
# The sessions that no test ends, and a row of theirs that is on the screen.
STEADY, ROW = ("busy-sleeper", "chain-first", "chain-second", "chain-third", "idle-tx"), "busy-sle"


class DatabaseTest(ConsoleTest):
    """Consoles beside one cluster of the class, with a chain of locks in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scene = LiveScene("pg_triage.py", "chain", "busy", "statements:300")
        cls.addClassCleanup(cls.scene.close)

    def setUp(self):
        super().setUp()
        self.configure()

    def value(self, sql):
        return self.scene.ask(f"sql {sql}")["rows"][0][0]

    def address(self, user):
        return f"postgresql://{user}@127.0.0.1:{self.scene.facts['port']}/shop"

    def configure(self, more=""):
        with open(self.home.config, "w") as file:
            file.write(f"environment: staging\n{more}sources:\n  - {{name: main-db, kind: postgres, url: \"{self.address('watcher')}\", "
                       f"write: \"{self.address('operator')}\"}}\n")
        os.chmod(self.home.config, 0o600)

    def is_alive(self, *applications):
        names = ", ".join(f"'{name}'" for name in applications)
        found = self.value(f"select count(*) from pg_stat_activity where application_name in ({names})")
        return found == len(applications)

    def database(self, **options):
        console = self.console(size=(120, 40), **options)
        console.press("5", ROW)
        return console

    def filtered(self, console, words):
        console.press("/", "/")
        console.send(words.encode())
        console.send(ENTER)
        console.settle(0.5)


class Database(DatabaseTest):
    def test_the_root_of_a_tree_is_ended_by_its_keys_and_everyone_below_goes_on(self):
        console = self.database()
        console.send(TAB)
        console.send(TAB)
        console.wait_for(r"\[Locks\]")
        console.wait_for("chain-th")
        console.press("G", "▸.*chain-th")
        console.press("R", r"terminate \d+ ")
        console.wait_for(r"chain-root \(app@shop\)")
        console.confirm("ended after")
        console.press(ESCAPE, "nobody waits for a lock")
        self.assertFalse(self.is_alive("chain-root"))
        self.assertTrue(self.is_alive("chain-first"))
        with open(os.path.join(self.home.state, "audit.jsonl")) as file:
            records = [json.loads(line) for line in file]
        self.assertEqual([r["phase"] for r in records if r["action"] == "terminate"], ["intent", "outcome"])

    def test_a_statement_is_cancelled_and_its_session_stays(self):
        console = self.database()
        self.filtered(console, "application:busy-sleeper")
        console.send("c")
        console.confirm("the statement ended")
        self.assertTrue(self.is_alive("busy-sleeper"))

    def test_another_console_is_seen_in_the_bar(self):
        first = self.database()
        self.database()
        first.wait_for("2 here")

    def test_the_plan_of_a_session_comes_without_running_anything(self):
        console = self.database()
        self.filtered(console, "application:busy-sleeper")
        console.press("v", "estimated, not run")
        console.wait_for("Result")

    def test_read_only_a_tour_of_all_keys_signals_nobody_and_writes_nothing(self):
        self.configure("read_only: true\n")
        for role in ("watcher", "operator"):
            self.scene.ask(f"sql alter role {role} set log_statement = 'all'")
        begun = os.path.getsize(self.scene.facts["log"])
        console = self.database()
        for _ in range(4):
            for key in "cTRvbxnHAaUDwGg sS":
                console.send(key)
                console.escape()
            console.send(b"5" + TAB)
            console.settle(0.1)
        console.escape()
        console.send("q")
        self.assertEqual(console.wait_exit(), 0)
        with open(self.scene.facts["log"], errors="replace") as file:
            file.seek(begun)
            log = file.read()
        self.assertIn("pg_stat_activity", log, "the witness is blind")
        for word in ("pg_terminate_backend", "pg_cancel_backend", "explain (analyze", "terminating connection"):
            self.assertNotIn(word, log)
        self.assertTrue(self.is_alive(*STEADY))

    def test_while_the_view_is_held_nothing_is_asked(self):
        calls = "select coalesce(sum(calls), 0) from pg_stat_statements where userid = 'watcher'::regrole"
        self.configure("interval: 0.5\n")
        console = self.database()
        console.press("p", "HELD")
        console.let_pass(1)  # what was asked before is answered by then
        before = self.value(calls)
        console.let_pass(2.5)  # five refreshes are left out
        self.assertEqual(self.value(calls), before)
        console.press("p", "read 0s ago")
        console.until(lambda: self.value(calls) > before, what="a console that goes on")

    def test_a_console_whose_own_session_is_ended_comes_back_by_itself(self):
        console = self.database()
        sessions = "sql select pid from pg_stat_activity where usename = 'watcher'"
        before = self.scene.ask(sessions)["rows"]
        self.assertTrue(before)
        self.scene.ask("sql select pg_terminate_backend(pid) from pg_stat_activity where usename = 'watcher'")
        console.until(lambda: any(each not in before for each in self.scene.ask(sessions)["rows"]), what="another session")
        console.let_pass(1.5)  # what stands there from before has an age by then
        console.wait_for("read 0s ago")
        self.assertIn(ROW, console.text())


if __name__ == "__main__":
    unittest.main()
