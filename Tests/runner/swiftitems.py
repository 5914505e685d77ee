"""Swift tests as items of pytest. The tests of a group run together in one process; each item reports its own result."""

import os

import pytest

from runner import swiftlist, testfiles
from runner.swiftrun import SwiftRun


class SwiftFile(pytest.File):
    """One file of a test target."""

    def collect(self):
        path = os.path.relpath(self.path, testfiles.TESTS)
        file = testfiles.TestFile(path)
        for test in swiftlist.listed(os.environ["OPSCONSOLE_TEST_BUNDLE"]):
            if test.module == path.split(os.sep)[0] and test.file == os.path.basename(path):
                yield SwiftItem.from_parent(self, name=f"{test.suite}/{test.function}", test=test, file=file)


class SwiftItem(pytest.Item):
    """`group` decides which tests share a process: a suite with servers has its own, the others share that of their target."""

    def __init__(self, *, test, file, **more):
        super().__init__(**more)
        self.test = test
        self.is_uncrowded, self.is_long = file.is_uncrowded, file.is_long
        alone = file.needs_servers or self.is_uncrowded
        self.group = f"Swift {test.module}.{test.suite}" if alone else f"Swift {test.module}"
        self.companions = [self]
        self.run = None

    def runtest(self):
        if self.run is None:
            run = SwiftRun([each.test for each in self.companions])
            for each in self.companions:
                each.run = run
        outcome = self.run.outcomes[self.test.identity]
        if self.run.said:
            print(self.run.said[-8000:])
        if outcome.skipped:
            pytest.skip("skipped by the suite")
        if outcome.failure:
            raise SwiftFailure(outcome.failure)

    def repr_failure(self, excinfo):
        if isinstance(excinfo.value, SwiftFailure):
            return str(excinfo.value)
        return super().repr_failure(excinfo)

    def reportinfo(self):
        return self.path, None, self.name


class SwiftFailure(Exception):
    """What a Swift test found wrong."""


def plan(items):
    """Tells each Swift item which tests run with it, once it is known which tests were chosen."""
    companions = {}
    for item in items:
        if isinstance(item, SwiftItem):
            companions.setdefault(item.group, []).append(item)
            item.companions = companions[item.group]


def timed(item, call, report):
    """The first item of a process waits for all of it; each report gets the time of its own test."""
    if isinstance(item, SwiftItem) and call.when == "call" and item.run:
        report.duration = item.run.outcomes[item.test.identity].seconds
    return report
