"""Groups: tests that stay together on one shard because they share a scene."""

import inspect
import json
import os

from runner import testfiles

KNOWN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "seconds.json")


def of(item):
    """A Swift item knows its group. In Python it is the class, or what the module calls GROUP."""
    if hasattr(item, "group"):
        return item.group
    named = getattr(item.module, "GROUP", None)
    return f"Python {named}" if named else item.nodeid.rpartition("::")[0]


def is_uncrowded(item):
    """Whether it measures a deadline of the machine itself, and so wants no other test beside it."""
    if hasattr(item, "is_uncrowded"):
        return item.is_uncrowded
    return bool(getattr(item.cls, "UNCROWDED", False))


def is_long(item):
    """Whether a soak runs more of it than a usual run does."""
    if hasattr(item, "is_long"):
        return item.is_long
    return any(testfiles.LONG.search(inspect.getsource(each)) for each in item.cls.__mro__
               if each.__module__ not in ("builtins", "unittest.case"))


def known_seconds():
    """Seconds of each group in the run that was recorded last, by group."""
    with open(KNOWN, encoding="utf-8") as file:
        return json.load(file)


def record(seconds):
    with open(KNOWN, "w", encoding="utf-8") as file:
        json.dump({name: round(value, 1) for name, value in sorted(seconds.items())}, file, indent=0)
        file.write("\n")


def _kept():
    return os.path.join(os.environ["OPSCONSOLE_RUN_FOLDER"], "groups.json")


def write(items):
    """The first shard says which test is in which group: only it has seen the classes."""
    with open(_kept() + ".new", "w", encoding="utf-8") as file:
        json.dump({item.nodeid: of(item) for item in items}, file)
    os.rename(_kept() + ".new", _kept())


def read():
    with open(_kept(), encoding="utf-8") as file:
        return json.load(file)
