"""How much of a test's time was waiting."""

import os

TICK = os.sysconf("SC_CLK_TCK")


def processor_seconds():
    """Processor time of all processes of this host since it began, of ended children as well.

    A shard is a host of its own, so this is what its tests, its servers and its programs used.
    """
    ticks = 0
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:
                    fields = file.read().rpartition(b")")[2].split()
            except OSError:
                continue
            ticks += sum(int(field) for field in fields[11:15])
    return ticks / TICK
