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


def end(pid, how):
    """Sends a signal to a process, to its group and to every descendant: the work-horse of RQ leaves the group and would
    write to Redis long after its worker was killed."""
    below = descendants(pid)
    try:
        os.killpg(pid, how)
    except ProcessLookupError:
        pass
    for each in below:
        try:
            os.kill(each, how)
        except ProcessLookupError:
            pass
