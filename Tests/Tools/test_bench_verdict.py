"""What `make bench` makes of figures: accepted ones and measured ones in, a verdict out. Needs no server and no console."""

import json
import os
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "bench"))

import rounds  # noqa: E402
import verdict  # noqa: E402
from report import Figure  # noqa: E402
from verdict import Measured  # noqa: E402


def baseline(**figures):
    """A baseline of figures given as (kind, value) or (kind, value, peer), all of the part `queues`."""
    return {"about": {}, "figures": {
        name: {"part": "queues", "kind": one[0], "value": one[1], "reason": "first", **({"against": one[2]} if len(one) > 2 else {})}
        for name, one in figures.items()}}


def word(kind, old, new):
    """The verdict on one figure."""
    return verdict.judge("it", {"part": "queues", "kind": kind, "value": old}, Measured("queues", kind, new)).word


class LimitTests(unittest.TestCase):
    """By how much a figure may grow."""

    def test_counts_bytes_and_memory_may_grow_by_a_tenth(self):
        for kind in ("count", "bytes", "memory"):
            self.assertEqual(word(kind, 100, 100), "ok")
            self.assertEqual(word(kind, 100, 110), "ok")
            self.assertEqual(word(kind, 100, 110.1), "WORSE")
            self.assertEqual(word(kind, 100, 90), "ok")
            self.assertEqual(word(kind, 100, 89.9), "better")

    def test_times_may_grow_by_a_quarter(self):
        for kind in ("ratio", "time"):
            self.assertEqual(word(kind, 0.8, 1.0), "ok")
            self.assertEqual(word(kind, 0.8, 1.001), "WORSE")
            self.assertEqual(word(kind, 0.8, 0.6), "ok")
            self.assertEqual(word(kind, 0.8, 0.599), "better")

    def test_one_more_of_three_is_worse(self):
        self.assertEqual(word("count", 3, 4), "WORSE")

    def test_what_was_nothing_may_not_become_something(self):
        self.assertEqual(word("count", 0, 0), "ok")
        self.assertEqual(word("count", 0, 1), "WORSE")

    def test_every_kind_has_a_limit(self):
        self.assertEqual(set(verdict.LIMITS), {"count", "bytes", "memory", "ratio", "time"})


class CompareTests(unittest.TestCase):
    """Which figures are named, and which of them fail the run."""

    def verdicts(self, accepted, measured, parts=("queues",)):
        return {one.name: one for one in verdict.compare(accepted, measured, parts)}

    def test_a_worse_figure_is_named_with_old_new_and_per_cent(self):
        found = self.verdicts(baseline(memory=("memory", 31.0)), {"memory": Measured("queues", "memory", 48.0)})["memory"]
        self.assertTrue(found.is_failure)
        self.assertEqual(found.line(), "WORSE: memory: 31 -> 48 (+55%, limit 10%, memory)")

    def test_a_better_figure_is_named_and_does_not_fail(self):
        found = self.verdicts(baseline(memory=("memory", 48.0)), {"memory": Measured("queues", "memory", 31.0)})["memory"]
        self.assertEqual((found.word, found.is_failure), ("better", False))

    def test_a_figure_that_was_never_accepted_fails(self):
        found = self.verdicts(baseline(), {"new": Measured("queues", "count", 3)})["new"]
        self.assertEqual(found.word, "NOT ACCEPTED YET")
        self.assertTrue(found.is_failure)
        self.assertIn("new", found.line())

    def test_a_figure_that_was_not_measured_fails(self):
        for measured in ({}, {"gone": Measured("queues", "count", None)}):
            found = self.verdicts(baseline(gone=("count", 3)), measured)["gone"]
            self.assertEqual(found.word, "NOT MEASURED")
            self.assertTrue(found.is_failure)

    def test_a_ratio_to_another_peer_is_not_compared(self):
        accepted = baseline(cpu=("ratio", 0.5, "pg_activity"))
        found = self.verdicts(accepted, {"cpu": Measured("queues", "ratio", 0.5, "pg_top")})["cpu"]
        self.assertTrue(found.is_failure)
        self.assertIn("a ratio to pg_activity was accepted, a ratio to pg_top was measured", found.line())
        found = self.verdicts(accepted, {"cpu": Measured("queues", "time", 0.5)})["cpu"]
        self.assertEqual(found.word, "NOT COMPARABLE")

    def test_parts_that_were_not_chosen_are_left_alone(self):
        self.assertEqual(self.verdicts(baseline(memory=("memory", 31.0)), {}, parts=("tape",)), {})


class AcceptTests(unittest.TestCase):
    """What becomes of the accepted figures."""

    def accept(self, accepted, measured, parts=("queues",)):
        return verdict.accept(accepted, measured, "a good reason", parts, {"load": 0})["figures"]

    def test_worse_better_and_new_figures_get_their_value_and_the_reason(self):
        accepted = baseline(worse=("memory", 31.0), better=("memory", 31.0))
        found = self.accept(accepted, {"worse": Measured("queues", "memory", 48.123456), "better": Measured("queues", "memory", 20.0),
                                       "new": Measured("queues", "ratio", 0.5, "pg_top")})
        self.assertEqual(found["worse"], {"part": "queues", "kind": "memory", "value": 48.12, "reason": "a good reason"})
        self.assertEqual(found["better"]["value"], 20.0)
        self.assertEqual(found["new"], {"part": "queues", "kind": "ratio", "value": 0.5, "reason": "a good reason", "against": "pg_top"})

    def test_small_steps_do_not_add_up(self):
        accepted = baseline(memory=("memory", 31.0))
        found = self.accept(accepted, {"memory": Measured("queues", "memory", 33.0)})
        self.assertEqual(found["memory"], {"part": "queues", "kind": "memory", "value": 31.0, "reason": "first"})

    def test_what_was_not_measured_keeps_its_value_and_what_is_unknown_goes(self):
        accepted = baseline(kept=("count", 3), gone=("count", 4))
        found = self.accept(accepted, {"kept": Measured("queues", "count", None)})
        self.assertEqual(list(found), ["kept"])
        self.assertEqual(found["kept"]["value"], 3)

    def test_figures_of_other_parts_stay(self):
        self.assertEqual(self.accept(baseline(kept=("count", 3)), {}, parts=("tape",))["kept"]["value"], 3)

    def test_a_file_is_read_back_as_it_was_written(self):
        wanted = baseline(cpu=("ratio", 0.5, "pg_top"), memory=("memory", 31.0))
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "baseline.json")
            self.assertEqual(verdict.load(path), {"about": {}, "figures": {}})
            verdict.save(wanted, path)
            self.assertEqual(verdict.load(path), wanted)

    def test_each_accepted_figure_of_the_project_is_whole(self):
        with open(os.path.join(ROOT, "bench", "baseline.json")) as file:
            figures = json.load(file)["figures"]
        for name, one in figures.items():
            self.assertIn(one["kind"], verdict.LIMITS, name)
            self.assertIsInstance(one["value"], (int, float), name)
            self.assertTrue(one["reason"].strip(), name)
            self.assertEqual(one["kind"] == "ratio", "against" in one, name)


class RoundTests(unittest.TestCase):
    """What three rounds come to."""

    def run_rounds(self, *rounds_of_figures, chosen=("queues",)):
        turns = iter(rounds_of_figures)
        return rounds.measure({"queues": [lambda: next(turns)]}, chosen, len(rounds_of_figures), tell=lambda words: None, control=lambda: 1.0)

    def test_the_median_of_three_counts(self):
        found, whole = self.run_rounds(*[[Figure("memory", "MB", value, None, {"peer": 2 * value})] for value in (30.0, 90.0, 31.0)])
        self.assertTrue(whole)
        each = found[("queues", "memory")]
        self.assertEqual(rounds.merged(each).ours, 31.0)
        self.assertEqual(rounds.merged(each).peers, {"peer": 62.0})
        self.assertEqual((rounds.measured("queues", each).kind, rounds.measured("queues", each).value), ("memory", 31.0))

    def test_a_time_beside_a_peer_is_its_ratio_in_each_round(self):
        # In the second round everything took ten times as long.
        figures = [[Figure("cpu", "ms", ours, None, {"pg_top": peer})] for ours, peer in ((2.0, 4.0), (20.0, 40.0), (2.2, 4.0))]
        one = rounds.measured("queues", self.run_rounds(*figures)[0][("queues", "cpu")])
        self.assertEqual((one.kind, one.value, one.against), ("ratio", 0.5, "pg_top"))

    def test_where_the_first_peer_is_missing_the_next_one_counts(self):
        figures = [[Figure("cpu", "ms", 2.0, None, {"pg_activity": None, "pg_top": 4.0})] for _ in range(3)]
        self.assertEqual(rounds.measured("queues", self.run_rounds(*figures)[0][("queues", "cpu")]).against, "pg_top")

    def test_a_time_without_a_peer_is_measured_by_the_control(self):
        each = [rounds.Round(Figure("key to frame", "ms", ours), control) for ours, control in ((5.0, 10.0), (50.0, 100.0), (6.0, 10.0))]
        one = rounds.measured("queues", each)
        self.assertEqual((one.kind, one.value, one.against), ("time", 0.5, None))

    def test_the_control_takes_time(self):
        self.assertGreater(rounds.control(), 0)

    def test_one_missing_round_is_bearable_and_two_are_not(self):
        for values, wanted in (([30.0, None, 31.0], 30.5), ([30.0, None, None], None)):
            each = self.run_rounds(*[[Figure("memory", "MB", value)] for value in values])[0][("queues", "memory")]
            self.assertEqual(rounds.measured("queues", each).value, wanted)

    def test_a_group_that_fails_is_told_and_the_others_go_on(self):
        def fail():
            raise OSError("no server")
        said = []
        groups = {"queues": [fail, lambda: [Figure("memory", "MB", 1.0)]]}
        found, whole = rounds.measure(groups, ["queues"], 1, said.append, control=lambda: 1.0)
        self.assertFalse(whole)
        self.assertIn(("queues", "memory"), found)
        self.assertTrue(any("no server" in words for words in said))

    def test_figures_under_another_one_have_its_name(self):
        figures = [Figure("poll", "ms", 1), Figure("  the costliest", "ms", 2), Figure("slow poll", "ms", 3), Figure("  the costliest", "ms", 4)]
        self.assertEqual([name for name, _ in rounds.named(figures)], ["poll", "poll: the costliest", "slow poll", "slow poll: the costliest"])

    def test_two_figures_of_one_name_are_refused(self):
        with self.assertRaises(ValueError):
            list(rounds.named([Figure("poll", "ms", 1), Figure("poll", "ms", 2)]))


if __name__ == "__main__":
    unittest.main()
