"""What came out of the run, and how it is said at the end."""

import re
import sys
import time

SLOWEST = 10


class Outcome:
    """One test, over its phases."""

    def __init__(self):
        self.seconds = self.waited = 0.0
        self.failure, self.skipped, self.is_over, self.output, self.shard = "", "", False, "", ""


class Results:
    def __init__(self):
        self.begun = time.monotonic()
        self.tests, self.failures, self.group_seconds = {}, [], {}
        self.running, self.expected, self.strays = set(), set(), []

    # Heard from the shards

    def hear(self, event):
        getattr(self, "_" + event.pop("kind"))(**event)

    def _collected(self, tests):
        self.expected.update(tests)

    def _start(self, test):
        self.running.add(test)

    def _broken(self, what, text):
        self.fail(what, text)

    def _report(self, test, phase, outcome, seconds, text, output, shard, facts):
        one = self.tests.setdefault(test, Outcome())
        one.seconds, one.shard = one.seconds + seconds, shard
        one.waited += facts.get("waited", 0.0)
        if phase == "???":  # xdist says so of a test that ended its shard
            self.running.discard(test)
            one.is_over = True
        if outcome == "failed":
            one.failure += f"{text}\n" + "".join(f"--- {title}\n{said}\n" for title, said in output)
        elif outcome == "skipped":
            one.skipped = text or "skipped"
        one.output = "".join(said for _, said in output) or one.output
        self.strays += facts.get("strays", [])
        if "group" in facts:
            self.group_seconds[facts["group"]] = self.group_seconds.get(facts["group"], 0.0) + one.seconds

    def _end(self, test):
        self.running.discard(test)
        one = self.tests.get(test)
        if one and not one.is_over:
            one.is_over = True
            self._print_progress(test, one)

    def _print_progress(self, test, one):
        word = "FAILED" if one.failure else "skipped" if one.skipped else "passed"
        done = sum(1 for each in self.tests.values() if each.is_over)
        share = 100 * done // max(1, len(self.expected))
        print(f"{share:3d}%  {one.shard:>5}  {one.seconds:6.1f} s  {word}  {test}", flush=True)

    # Said by the run itself

    def fail(self, what, text):
        self.failures.append((what, text))
        print(f"FAILED  {what}", flush=True)

    def count(self, what, is_passed, text):
        """A check that is not a test of pytest."""
        one = self.tests.setdefault(what, Outcome())
        one.failure, one.is_over = "" if is_passed else text or "it failed", True
        self.expected.add(what)
        self._print_progress(what, one)

    def give_up(self, why):
        """The run ends before its tests do."""
        names = "\n  ".join(sorted(self.running)) or "no test"
        self.running.clear()
        self.fail("the run", f"{why} Not ended:\n  {names}")

    def end_phase(self):
        """Tests that began and of which nothing was heard since."""
        for test in sorted(self.running):
            self.fail(test, "It began and did not end.")
        self.running.clear()

    def expect_tests_of(self, files, only):
        """A file with tests of which none ran is a mistake: of a name, of a filter or of the build."""
        if only:
            if not self.tests and not self.failures:
                self.fail(only, f"No test has the name {only}.")
            return
        ran = {test.split("::")[0] for test in self.tests}
        for file in files:
            if file.path not in ran:
                self.fail(file.path, f"No test was found in {file.path}.")
        for test in sorted(self.expected - set(self.tests)):
            self.fail(test, "It was found and did not run.")

    # The end

    def conclude(self, is_soak):
        """Prints failures, the slowest tests, the waits, and the count. Returns the exit code."""
        failed = [(test, one.failure) for test, one in self.tests.items() if one.failure]
        if is_soak:
            self._print_figures()
        for test, text in failed + self.failures:
            print(f"\n{'=' * 100}\nFAILED {test}\n{text.rstrip()}")
        for stray in self.strays:
            print(f"left running by {stray} (ended now)")
        slowest = sorted(self.tests.items(), key=lambda pair: -pair[1].seconds)[:SLOWEST]
        print("\nslowest tests")
        for test, one in slowest:
            print(f"  {one.seconds:6.1f} s  {test}")
        total = sum(one.seconds for one in self.tests.values())
        waited = sum(one.waited for one in self.tests.values())
        print(f"waits: {waited:.0f} s of {total:.0f} s of tests, in {time.monotonic() - self.begun:.0f} s")
        skipped = sum(1 for one in self.tests.values() if one.skipped and not one.failure)
        passed = len(self.tests) - len(failed) - skipped
        count = len(failed) + len(self.failures)
        print(f"{passed} passed, {count} failed, {skipped} skipped")
        sys.stdout.flush()
        return 0 if count == 0 and passed > 0 else 1

    def _print_figures(self):
        for test, one in self.tests.items():
            figures = re.findall(r"^    \S.*$", one.output, re.MULTILINE)
            if figures:
                print(f"\n{test}\n" + "\n".join(figures))
