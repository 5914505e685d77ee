"""The files that hold tests, and what they need: found in their text, so that nobody keeps a list."""

import os
import re

from runner.selection import may_match

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# A file that says one of these talks to the servers of the stack.
SERVERS = re.compile(r"LiveScene|Triage\.|OPSCONSOLE_TEST_REDIS|OPSCONSOLE_TEST_PG")
# A file that says this measures a deadline of the machine itself, in all of it or in some classes.
UNCROWDED = re.compile(r"^ *(// )?UNCROWDED\b", re.MULTILINE)
# A file that says one of these has counts or waits that only a soak runs whole.
LONG = re.compile(r"\bamount\(|\bSOAK\b|\bAmount\.(of\(|isSoak\b)")


class TestFile:
    """`path` is relative to the folder of the tests."""

    def __init__(self, path):
        self.path = path
        with open(os.path.join(TESTS, path), encoding="utf-8") as file:
            self.text = file.read()

    @property
    def is_swift(self):
        return self.path.endswith(".swift")

    @property
    def is_tool(self):
        """A test of the tools themselves, which needs neither the program nor a server."""
        return self.path.startswith("Tools/")

    @property
    def needs_servers(self):
        return bool(SERVERS.search(self.text)) if self.is_swift else not self.is_tool

    @property
    def is_uncrowded(self):
        return bool(UNCROWDED.search(self.text))

    @property
    def is_long(self):
        return bool(LONG.search(self.text))


def holds_tests(path, text):
    if path.endswith(".swift"):
        return bool(re.search(r"^\s*@Test\b", text, re.MULTILINE))
    return os.path.basename(path).startswith("test_") and path.endswith(".py")


def all_files():
    """Every file with tests, in the order of its path."""
    found = []
    for folder, folders, names in os.walk(TESTS):
        folders[:] = sorted(name for name in folders if not name.startswith(("__", ".")))
        for name in sorted(names):
            if name.endswith((".py", ".swift")):
                file = TestFile(os.path.relpath(os.path.join(folder, name), TESTS))
                if holds_tests(file.path, file.text):
                    found.append(file)
    return found


def chosen(mode, only):
    """The files of a run. A file may still turn out to hold no test that was asked for."""
    files = all_files()
    if mode == "quick":
        files = [file for file in files if not file.needs_servers]
    if mode == "soak":
        files = [file for file in files if file.is_long]
    if only:
        files = [file for file in files if may_match(file.path, file.text, only)]
    return files
