"""PostgreSQL: commits that wait for a standby are committed here, and one number says how many wait behind a session."""

import json
import unittest

from scene import TriageTest


class SyncCommitTest(TriageTest):
    scenes = ("syncrep",)
    TRANSACTION = "select backend_xid::text from pg_stat_activity where application_name = 'sync-parts'"

    def plan(self, verb, application):
        seen = self.session(application)
        identity = seen["statement_id"] if verb == "cancel" else seen["id"]
        return seen, self.queries(verb, "--id", identity, "--dry-run")["plan"]

    def test_the_plan_says_that_it_is_committed_and_what_is_uncertain(self):
        for verb in ("cancel", "terminate"):
            for application in ("sync-alone", "sync-block"):
                _, plan = self.plan(verb, application)
                self.assertIn("committed here, waits for standby ghost", plan["target"])
                whole = json.dumps(plan)
                self.assertIn("the data: its transaction is committed on this server", plan["keeps"])
                self.assertIn("perhaps not on the standby", whole)
                self.assertIn("do not run the transaction again", whole)
                self.assertNotIn("rolled back", whole)
                self.assertNotIn("rolling back", whole)
        _, plan = self.plan("cancel", "sync-block")
        self.assertIn("gives up its wait", plan["moves"])
        self.assertIn("1 session waits behind it", plan["target"])

    def test_lock_tree_and_notes_say_that_it_is_committed(self):
        locks = self.queries("locks")["locks"]
        root = next(row for row in locks if row["pid"] == self.facts["sync_block"])
        self.assertIn("committed here", root["holds"])
        self.assertNotIn("not committed", root["holds"])
        self.assertIn("keeps the data", root["remedy"])
        notes = self.run_command("snapshot", "--format", "json").json["sources"][0]["notices"]
        self.assertIn("3 commits wait for a synchronous standby (ghost); none is connected", notes)

    def test_of_a_block_that_commits_in_the_middle_one_part_is_committed_and_the_rest_is_still_to_come(self):
        for verb, words in (("cancel", "its statement continues with the next part"), ("terminate", "check where it stopped before you run it again")):
            seen, plan = self.plan(verb, "sync-parts")
            self.assertIn("a part of its work is committed here, waits for standby ghost", plan["target"])
            self.assertIn("what it has committed so far on this server", plan["keeps"])
            self.assertIn(words, json.dumps(plan))
            self.assertNotIn("do not run the transaction again", json.dumps(plan))
        first = self.value(self.TRANSACTION)
        done = self.signal("cancel", seen["statement_id"], code=1)
        self.assertIn("it continues with its next part", json.dumps(done["problems"]))
        self.assertEqual(done["problems"][0]["id"], seen["statement_id"])
        self.assertIn("a part of its work is committed here, perhaps not on the standby: check where it stopped", json.dumps(done["problems"]))
        # What waits for its standby is not to be seen by others yet: the next part has a transaction of its own.
        self.eventually(lambda: self.value(self.TRANSACTION) not in (None, first), "the block did not continue")

    # Ends the wait of the other tests: it comes last.
    def test_z_the_receipt_says_what_the_server_did(self):
        before = self.session("sync-block")
        done = self.signal("cancel", before["statement_id"])
        self.assertEqual(done["receipts"]["moved"], 1)
        told = " ".join(answer["text"] for answer in done["answers"])
        self.assertIn("committed here, perhaps not on the standby: do not run it again", told)
        self.assertEqual(self.value("select n from sync_rows where id = 2") > 0, True)
        ended = self.signal("terminate", self.session("sync-alone")["id"])
        self.assertIn("committed here, perhaps not on the standby", json.dumps(ended["answers"]))


class OneNumberTest(TriageTest):
    scenes = ("chain", "queue:8")

    def test_a_plan_names_as_many_waiters_as_the_lock_tree(self):
        locks = self.queries("locks")
        roots = {row["pid"]: row for row in locks["locks"] if row["depth"] == 0}
        for application, words in (("chain-root", "3 sessions wait behind it, 1 directly"), ("queue-root", "8 sessions wait behind it")):
            seen = self.session(application)
            plan = self.queries("terminate", "--id", seen["id"], "--dry-run")["plan"]
            self.assertIn(words, plan["target"])
            self.assertEqual((roots[seen["pid"]]["victims"], seen["blocks"]), (int(words.split()[0]),) * 2)
            self.assertNotIn("1 session that wait", json.dumps(plan))
        both = self.queries("terminate", "--root-blockers", "--dry-run")["plan"]
        self.assertIn("11 sessions wait behind them", both["target"])
        self.assertIn("11 sessions wait", self.run_command("queries", "terminate", "it", "--root-blockers", "--dry-run").out)

    def test_one_waiter_is_one(self):
        seen = self.session("chain-second")
        plan = self.queries("terminate", "--id", seen["id"], "--dry-run")["plan"]
        self.assertIn("1 session waits behind it", plan["target"])
        self.assertNotIn("directly", plan["target"])
        self.assertNotIn("1 sessions", json.dumps(plan))


if __name__ == "__main__":
    unittest.main()
