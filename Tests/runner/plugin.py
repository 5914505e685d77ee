"""The hooks of pytest: one set in the process that controls the run, one in each shard."""

import json
import os
import time

import pytest

from runner import clocks, groups, order, selection, stack, swiftitems
from runner.events import Events
from runner.strays import Strays


def for_process(config):
    return Shard(config) if hasattr(config, "workerinput") else Controller(config)


def collect(path, parent):
    """Swift files are collected by the list of the test bundle; Python files as pytest does it."""
    if path.suffix == ".swift" and os.environ.get("OPSCONSOLE_TEST_BUNDLE"):
        return swiftitems.SwiftFile.from_parent(parent, path=path)
    return None


class Controller:
    """Decides what runs where, and tells each result to whoever started the run."""

    def __init__(self, config):
        self.events = Events()
        self.groups = {}

    def pytest_xdist_make_scheduler(self, config, log):
        return order.LongestFirst(config, log, self.group, groups.known_seconds())

    def group(self, nodeid):
        if not self.groups:
            self.groups = groups.read()
        return self.groups[nodeid]

    def pytest_runtest_logstart(self, nodeid, location):
        self.events.say("start", test=nodeid)

    def pytest_collectreport(self, report):
        if report.failed:
            self.events.say("broken", what=report.nodeid or "the collection", text=str(report.longrepr))

    def pytest_runtest_logreport(self, report):
        node = getattr(report, "node", None)
        self.events.say(
            "report", test=report.nodeid, phase=report.when, outcome=report.outcome, seconds=report.duration,
            text=report.longreprtext, output=report.sections if report.failed or report.when == "call" else [],
            shard=node.gateway.id if node else "main", facts=dict(report.user_properties))

    def pytest_runtest_logfinish(self, nodeid, location):
        self.events.say("end", test=nodeid)

    def pytest_collection_finish(self, session):
        """Only a run without shards gets here."""
        self.events.say("collected", tests=[item.nodeid for item in session.items])

    def pytest_xdist_node_collection_finished(self, node, ids):
        self.events.say("collected", tests=list(ids))


class Shard:
    """Starts the servers of its host, keeps to what was asked for, and says where time went."""

    def __init__(self, config):
        self.name, self.group = config.workerinput["workerid"], None
        if os.environ.get("OPSCONSOLE_NEEDS_SERVERS") == "1":
            try:
                stack.start(self.name)
            except stack.StackFailed as problem:
                self._give_up(str(problem))
        self.strays = Strays()

    def _give_up(self, why):
        """Whoever started the run reads the file and ends the run with this sentence."""
        path = os.path.join(os.environ["OPSCONSOLE_RUN_FOLDER"], self.name)
        with open(path + ".new", "w", encoding="utf-8") as file:
            file.write(why)
        os.rename(path + ".new", path + ".problem")
        os._exit(3)

    def pytest_collection_modifyitems(self, session, config, items):
        only, uncrowded = os.environ.get("ONLY"), os.environ.get("OPSCONSOLE_PHASE") == "uncrowded"
        items[:] = [item for item in items if groups.is_uncrowded(item) == uncrowded
                    and (not only or selection.matches(item.nodeid, only))
                    and (os.environ.get("OPSCONSOLE_SOAK") != "1" or groups.is_long(item))]
        swiftitems.plan(items)
        if self.name == "gw0":
            groups.write(items)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item):
        begun, used = time.monotonic(), clocks.processor_seconds()
        item.user_properties.append(("begun", [begun, used]))
        if groups.of(item) != self.group:
            item.user_properties.append(("strays", [f"{self.group}: {command}" for command in self.strays.end()]))
            self.group = groups.of(item)
            stack.empty()
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item, call):
        report = yield
        if call.when == "teardown":
            facts = dict(report.user_properties)
            begun, used = facts["begun"]
            waited = (time.monotonic() - begun) - (clocks.processor_seconds() - used)
            report.user_properties = [("waited", max(0.0, waited)), ("group", groups.of(item)), ("strays", facts.get("strays", []))]
        else:
            report.user_properties = []
        return swiftitems.timed(item, call, report)
