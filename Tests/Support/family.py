"""Processes with all they started."""

import os


def descendants(pid):
    """The children of a process and theirs, also those in a session or process group of their own."""
    try:
        names = os.listdir(f"/proc/{pid}/task")
    except FileNotFoundError:
        return []
    found = []
    for name in names:
        try:
            with open(f"/proc/{pid}/task/{name}/children", encoding="ascii") as file:
                children = [int(child) for child in file.read().split()]
        except (FileNotFoundError, ProcessLookupError):
            continue
        for child in children:
            found += [child, *descendants(child)]
    return found


def is_running(pid):
    """Whether it runs; one that ended and was not waited for does not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def end(pid, how):
    """Sends a signal to a process, to its group and to every descendant: the work-horse of RQ leaves the group and would
    write to Redis long after its worker was killed."""
    everyone = [pid, *descendants(pid)]
    try:
        os.killpg(pid, how)
    except ProcessLookupError:  # it leads no group
        pass
    for each in everyone:
        try:
            os.kill(each, how)
        except ProcessLookupError:
            pass
