"""One Celery worker with two pool processes: mail_worker.py NAME"""

import sys

from mail import app
from tether import tether_forks


def main():
    tether_forks()
    app.worker_main([
        "worker", "-n", f"{sys.argv[1]}@%h", "-c", "2", "-Q", "celery,newsletter", "-E",
        # Tasks that fail are intended here; logging each would fill the disk.
        "--loglevel", "CRITICAL",
        # Saves start-up time; the workers need not know of each other.
        "--without-mingle", "--without-gossip",
    ])


if __name__ == "__main__":
    main()
