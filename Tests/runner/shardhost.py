#!/usr/bin/env python3
"""The Python of a shard: runs it on a host of its own.

    shardhost.py PYTHON-ARGUMENTS...

The host is this machine with its own processes, network, IPC, /proc, /tmp and /dev/shm. So shards do not meet at
fixed ports (Node's inspector), at files of a JVM in /tmp or in /proc, and nothing survives them: when the first process
of a PID namespace ends, the kernel ends all others. Only root can do this; others get no host of their own, and then
the runner starts one shard only.
"""

import ctypes
import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
OWN_FOLDERS = ("/tmp", "/dev/shm")
UNSHARE = ("unshare", "--pid", "--net", "--ipc", "--mount", "--fork", "--kill-child", "--mount-proc")
SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP = 0x8913, 0x8914, 1
PR_SET_PDEATHSIG = 1


def raise_loopback():
    """A new network namespace has a loopback interface that is down."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sh22x", b"lo", 0)
        flags = struct.unpack("16sh22x", fcntl.ioctl(control, SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", flags | IFF_UP))


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


def kept_below(folder):
    """What a run needs and lies below a folder that is about to be covered."""
    wanted = {REPOSITORY, sys.prefix, os.environ.get("OPSCONSOLE_VENV", ""), os.environ.get("OPSCONSOLE_RUN_FOLDER", "")}
    return sorted(path for path in wanted if path.startswith(folder + "/"))


def cover(folder):
    """Puts an empty file system over a folder; what the run needs of it stays visible."""
    new = "/mnt"
    mount("-t", "tmpfs", "-o", "mode=1777", "shard", new)
    for path in kept_below(folder):
        place = new + path[len(folder):]
        os.makedirs(place, exist_ok=True)
        mount("--bind", path, place)
    mount("--move", new, folder)


def serve(arguments):
    """The first process of the host: starts the Python, and waits for it and for every orphan."""
    raise_loopback()
    folder = os.getcwd()
    for each in OWN_FOLDERS:
        cover(each)
    os.chdir(folder)  # what it was may be covered now
    os.environ.pop("TMPDIR", None)
    python = os.posix_spawn(sys.executable, [sys.executable, *arguments], os.environ)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(python, signal.SIGTERM))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.close(0)
    while True:
        pid, status = os.waitpid(-1, 0)
        if pid == python:
            code = os.waitstatus_to_exitcode(status)
            return 128 - code if code < 0 else code


def main():
    arguments = sys.argv[1:]
    if arguments[:1] == ["--inside"]:
        sys.exit(serve(arguments[1:]))
    if os.geteuid() != 0:
        os.execv(sys.executable, [sys.executable, *arguments])
    # A shard must not outlive the run, however the run ends.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    os.execvp(UNSHARE[0], [*UNSHARE, sys.executable, __file__, "--inside", *arguments])


if __name__ == "__main__":
    main()
