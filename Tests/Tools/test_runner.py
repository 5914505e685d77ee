"""The runner itself: what it selects, in which order it runs it, and what it says at the end."""

import contextlib
import io
import unittest

from runner import selection, swiftlist, testfiles
from runner.order import LongestFirstQueue
from runner.results import Results


class File:
    def __init__(self, path):
        self.path = path


def report(results, test, outcome="passed", phase="call", seconds=0.1, text="", output=(), **facts):
    results.hear({"kind": "report", "test": test, "phase": phase, "outcome": outcome, "seconds": seconds, "text": text,
                  "output": list(output), "shard": "gw0", "facts": facts})


def conclusion(results):
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = results.conclude(is_soak=False)
    return code, said.getvalue().splitlines()


class Selection(unittest.TestCase):
    TEST = "Pty/test_rewind.py::Rewound::test_a_time_is_asked_for_and_shown"

    def test_a_file_a_class_and_a_test_name_what_is_in_them(self):
        for only in ("test_rewind.py", "Pty/test_rewind.py", "Tests/Pty/test_rewind.py", "Rewound", "Rewound.test_a_time_is_asked_for_and_shown",
                     "Pty", self.TEST):
            self.assertTrue(selection.matches(self.TEST, only.removeprefix("Tests/")), only)
        for only in ("Rewoun", "test_rewind_a.py", "Replayed", "Rewound.test_a_time"):
            self.assertFalse(selection.matches(self.TEST, only), only)

    def test_a_swift_suite_and_a_swift_test_are_named_with_or_without_parentheses(self):
        test = "ConnectorTests/Live/LiveLocksTests.swift::LiveLocksTests/chain()"
        for only in ("LiveLocksTests", "LiveLocksTests/chain", "LiveLocksTests/chain()", "ConnectorTests"):
            self.assertTrue(selection.matches(test, only), only)

    def test_every_file_with_tests_is_found_and_says_what_it_needs(self):
        files = {file.path: file for file in testfiles.all_files()}
        self.assertTrue(files["ConnectorTests/Live/LiveLocksTests.swift"].needs_servers)
        self.assertFalse(files["Tools/test_runner.py"].needs_servers)
        self.assertFalse(files["CanvasTests/CanvasTests.swift"].needs_servers)
        self.assertTrue(files["Commands/test_rq.py"].needs_servers)
        self.assertNotIn("Support/deadline.py", files)

    def test_a_soak_runs_every_file_that_runs_a_part_of_something(self):
        chosen = {file.path for file in testfiles.chosen("soak", "")}
        for file in testfiles.all_files():
            if any(word in file.text for word in ("amount(", "Amount.of", "Amount.isSoak")) and not file.is_tool:
                self.assertIn(file.path, chosen)
        self.assertIn("ConsoleTests/WallboardSoakTests.swift", chosen)

    def test_a_line_of_the_list_of_swift_tests_is_taken_apart(self):
        test = swiftlist.read("GateTests.AuditTests/chain(_:)/AuditTests.swift:14:4\n")
        self.assertEqual((test.module, test.suite, test.function, test.file), ("GateTests", "AuditTests", "chain(_:)", "AuditTests.swift"))
        self.assertEqual(test.key, "GateTests.AuditTests/chain(_:)")
        self.assertIsNone(swiftlist.read("warning: something else"))


class Order(unittest.TestCase):
    def test_the_longest_known_group_leaves_first_and_an_unknown_one_early(self):
        queue = LongestFirstQueue({"short": 1.0, "long": 90.0, "middle": 30.0, "brief": 19.0})
        for name in ("short", "new", "middle", "brief", "long"):
            queue[name] = {}
        self.assertEqual([queue.popitem(last=False)[0] for _ in range(5)], ["long", "middle", "new", "brief", "short"])


class Conclusion(unittest.TestCase):
    def setUp(self):
        self.results = Results()
        silent = contextlib.redirect_stdout(io.StringIO())
        silent.__enter__()
        self.addCleanup(silent.__exit__, None, None, None)

    def hear(self, *tests):
        self.results.hear({"kind": "collected", "tests": list(tests)})
        for test in tests:
            self.results.hear({"kind": "start", "test": test})

    def end(self, test, **more):
        report(self.results, test, **more)
        self.results.hear({"kind": "end", "test": test})

    def test_the_last_line_counts_and_the_failures_stand_before_the_slowest_tests_and_the_waits(self):
        self.hear("a.py::A::one", "a.py::A::two", "a.py::A::three")
        self.end("a.py::A::one", seconds=3.0)
        self.end("a.py::A::two", outcome="failed", text="two is wrong", output=[["stdout", "said by two"]])
        self.end("a.py::A::three", outcome="skipped")
        report(self.results, "a.py::A::one", phase="teardown", waited=2.0, group="a.py::A")
        code, lines = conclusion(self.results)
        self.assertEqual((code, lines[-1]), (1, "1 passed, 1 failed, 1 skipped"))
        order = [next(at for at, line in enumerate(lines) if line.startswith(begin))
                 for begin in ("FAILED a.py::A::two", "two is wrong", "said by two", "slowest tests", "waits: 2 s of 3 s")]
        self.assertEqual(order, sorted(order))

    def test_a_process_that_a_group_left_running_is_named_with_its_group(self):
        results = Results()
        report(results, "a.py::B::one", phase="teardown", strays=["Commands/test_rq.py::Retries: rq worker default"])
        said = conclusion(results)[1]
        self.assertIn("left running by Commands/test_rq.py::Retries: rq worker default (ended now)", said)

    def test_a_run_without_a_test_fails(self):
        self.assertEqual(conclusion(self.results)[0], 1)

    def test_a_file_without_a_test_that_ran_fails_and_is_named(self):
        self.hear("a.py::A::one")
        self.end("a.py::A::one")
        self.results.expect_tests_of([File("a.py"), File("b.swift")], only="")
        code, lines = conclusion(self.results)
        self.assertEqual(code, 1)
        self.assertIn("No test was found in b.swift.", lines)

    def test_a_test_that_began_and_did_not_end_fails_and_is_named(self):
        self.hear("a.py::A::one", "a.py::A::two")
        self.end("a.py::A::one")
        self.results.end_phase()
        code, lines = conclusion(self.results)
        self.assertEqual((code, lines[-1]), (1, "1 passed, 1 failed, 0 skipped"))
        self.assertIn("FAILED a.py::A::two", lines)

    def test_a_test_that_ended_its_shard_is_one_failure(self):
        self.hear("a.py::A::one")
        report(self.results, "a.py::A::one", outcome="failed", phase="???", text="worker crashed while running it")
        self.results.end_phase()
        self.assertEqual(conclusion(self.results)[1][-1], "0 passed, 1 failed, 0 skipped")

    def test_a_test_that_was_found_and_did_not_run_fails(self):
        self.hear("a.py::A::one")
        self.end("a.py::A::one")
        self.results.hear({"kind": "collected", "tests": ["a.py::A::one", "a.py::A::lost"]})
        self.results.expect_tests_of([File("a.py")], only="")
        self.assertIn("It was found and did not run.", conclusion(self.results)[1])


if __name__ == "__main__":
    unittest.main()
