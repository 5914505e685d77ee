"""The Swift tests that a test bundle holds."""

import json
import os
import re
import subprocess

# MODULE.SUITE/FUNCTION/FILE:LINE:COLUMN, as `--list-tests --verbose` of Swift Testing prints it.
LISTED = re.compile(r"^(\w+)\.(\S+)/([^/]+)/([\w+.-]+\.swift):\d+:\d+$")


class SwiftTest:
    """`identity` is how events name it; `key` is what `--filter` compares with."""

    def __init__(self, identity, module, suite, function, file):
        self.identity, self.module, self.suite, self.function, self.file = identity, module, suite, function, file

    @property
    def key(self):
        return f"{self.module}.{self.suite}/{self.function}"


def read(line):
    """One line of the list; None where it is not a test."""
    found = LISTED.match(line.strip())
    return SwiftTest(line.strip(), *found.groups()) if found else None


def command(bundle):
    return [bundle, "--testing-library", "swift-testing", "--no-parallel"]


def listed(bundle):
    """All tests. The list is kept in a file for the other shards of this run."""
    kept = os.environ.get("OPSCONSOLE_SWIFT_LIST")
    if kept and os.path.exists(kept):
        with open(kept, encoding="utf-8") as file:
            lines = json.load(file)
    else:
        done = subprocess.run([*command(bundle), "--list-tests", "--verbose"], capture_output=True, text=True, check=True)
        lines = done.stdout.splitlines()
        if kept:
            # Whole or not there: another shard may look for it at this moment.
            mine = f"{kept}.{os.getpid()}"
            with open(mine, "w", encoding="utf-8") as file:
                json.dump(lines, file)
            os.replace(mine, kept)
    return [test for test in map(read, lines) if test]
