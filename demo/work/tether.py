"""Ties forked children to the process that forked them.

Task workers fork: RQ one child per job and a scheduler, Celery a pool. When a
worker is killed outright, the kernel then kills these too, and nothing runs on
without the worker that would have looked after it.
"""

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def tether_forks():
    """From now on, every child forked by this process dies with it."""
    parent = os.getpid()

    def remember():
        nonlocal parent
        parent = os.getpid()

    def tie():
        _libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    os.register_at_fork(before=remember, after_in_child=tie)
