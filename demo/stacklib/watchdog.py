"""Ends what is left of a stack once its supervisor is gone.

Arguments: the mark of the stack, its folder, `remove` or `keep`. The supervisor
holds the other end of stdin and writes one line per process it starts:
"pid start-time stop-signal". When stdin ends, the supervisor has finished or was
killed; both ways all processes that were told, or that carry the mark in their
environment, are ended, and the folder is removed.
"""

import os
import shutil
import signal
import sys
import time

MARK = b"OPSCONSOLE_STACK_MARK="


def start_time(pid):
    """Start time of a live process in clock ticks, or None."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return None
    return None if fields[0] in (b"Z", b"X") else int(fields[19])


def marked(mark):
    """Pids of all live processes that were started with this mark."""
    wanted = MARK + mark.encode()
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == os.getpid():
            continue
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                environment = file.read()
        except OSError:
            continue
        if wanted in environment.split(b"\0") and start_time(int(name)) is not None:
            found.append(int(name))
    return found


def targets(mark, told):
    """Pid -> polite stop signal, of everything that still runs."""
    result = {pid: signal.SIGTERM for pid in marked(mark)}
    for pid, started, stop_signal in told:
        if start_time(pid) == started:
            result[pid] = stop_signal
    return result


def send(pid, number):
    """Signal a process that may be gone by now."""
    try:
        os.kill(pid, number)
    except OSError:
        pass


def sweep(mark, told):
    """Ask politely for a second and a half, then kill until nothing is left.

    Stopped processes get SIGCONT, or they could not act on the request.
    """
    politely_until = time.monotonic() + 1.5
    give_up = politely_until + 4
    asked = set()
    while time.monotonic() < give_up:
        left = targets(mark, told)
        if not left:
            return
        for pid, stop_signal in left.items():
            if time.monotonic() > politely_until:
                send(pid, signal.SIGKILL)
            elif pid not in asked:
                asked.add(pid)
                send(pid, stop_signal)
                send(pid, signal.SIGCONT)
        time.sleep(0.05)


def read_told():
    """Collect the supervisor's lines until its end of the pipe closes."""
    told = []
    for line in sys.stdin:
        pid, started, stop_signal = (int(word) for word in line.split())
        told.append((pid, started, stop_signal))
    return told


def main():
    mark, directory, removal = sys.argv[1:4]
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    told = read_told()
    sweep(mark, told)
    if removal == "remove":
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    main()
