"""One process of the test bundle, and what came out of each of its tests."""

import json
import os
import re
import signal
import subprocess
import tempfile

from runner import swiftlist

# A suite that takes longer hangs.
MOST = 900.0


class SwiftOutcome:
    """`failure` is a sentence for whoever mends it; empty where the test passed."""

    def __init__(self):
        self.begun = self.seconds = None
        self.failure, self.skipped = "", False


class SwiftRun:
    """The tests of a group, run one after the other in one process."""

    def __init__(self, tests):
        self.outcomes = {test.identity: SwiftOutcome() for test in tests}
        self.said = ""
        with tempfile.TemporaryDirectory(prefix="opsc-swift-") as folder:
            self._run(tests, os.path.join(folder, "events"))

    def _run(self, tests, path):
        bundle = os.environ["OPSCONSOLE_TEST_BUNDLE"]
        wanted = "|".join(re.escape(test.key) for test in tests)
        words = [*swiftlist.command(bundle), "--filter", f"^({wanted})/",
                 "--event-stream-output-path", path, "--event-stream-version", "0"]
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            said, _ = process.communicate(timeout=MOST)
            ending = self._ending(process.returncode)
        except subprocess.TimeoutExpired:
            process.kill()
            said, _ = process.communicate()
            ending = f"its process did not end in {MOST:.0f} s"
        self.said = said.decode(errors="replace")
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                for line in file:
                    self._hear(line)
        self._settle(ending)

    @staticmethod
    def _ending(code):
        return f"its process was ended by {signal.Signals(-code).name}" if code < 0 else f"its process ended with {code}"

    def _hear(self, line):
        try:
            event = json.loads(line)["payload"]
        except (ValueError, KeyError):  # a process that was killed leaves half a line
            return
        one = self.outcomes.get(event.get("testID"))
        if one is None:
            return
        at = event["instant"]["absolute"]
        if event["kind"] == "testStarted":
            one.begun = at
        elif event["kind"] == "testEnded":
            one.seconds = at - one.begun
        elif event["kind"] == "testSkipped":
            one.skipped, one.seconds = True, 0.0
        elif event["kind"] == "issueRecorded" and not event["issue"].get("isKnown"):
            place = event["issue"].get("sourceLocation") or {}
            words = "\n  ".join(each["text"] for each in event["messages"])
            one.failure += f"{place.get('fileID', '')}:{place.get('line', '')}: {words}\n"

    def _settle(self, ending):
        """A test that did not end has failed, whatever the reason."""
        for one in self.outcomes.values():
            if one.seconds is not None:
                continue
            word = "It did not run" if one.begun is None else "It did not end"
            one.failure += f"{word}: {ending}. The last lines:\n{self.said[-4000:]}"
            one.seconds = 0.0
