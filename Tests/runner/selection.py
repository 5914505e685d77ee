"""Which tests a run is about."""

import re


def parts(text):
    """The words of a name: `Pty/test_keys.py::Keys::test_a` and `KeyTests/a()` are both taken apart."""
    return [part for part in re.split(r"[^A-Za-z0-9_-]+", text) if part]


def matches(nodeid, only):
    """Whether ONLY names this test, its class or suite, its file or its folder."""
    wanted, own = parts(only), parts(nodeid)
    return any(own[at:at + len(wanted)] == wanted for at in range(len(own) - len(wanted) + 1))


def may_match(path, text, only):
    """Whether a file with this text may hold what ONLY names. Cheap: no test is listed for it."""
    words = set(parts(path)) | set(re.findall(r"\w+", text)) | {"Tests"}
    return all(part in words for part in parts(only))
