"""Runs of the shipped runbooks. Only waits are shortened, and groups named that this machine has."""

import grp
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys

from commandtest import BINARY, LIVE, python
from running import RunTest

SHIPPED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "..", "runbooks")
NOBODY = pwd.getpwnam("nobody")
GROUP = grp.getgrgid(NOBODY.pw_gid).gr_name


class CatalogueTest(RunTest):
    environment = "staging"
    database = 7

    def setUp(self):
        super().setUp()
        os.chmod(self.folder, 0o755)
        self.approvals = os.path.join(self.folder, "approvals")
        os.mkdir(self.approvals)
        os.chmod(self.approvals, 0o1777)

    def ship(self, name, *changes):
        """A runbook of the catalogue; each change must find what it replaces."""
        with open(os.path.join(SHIPPED, name + ".yaml")) as file:
            text = file.read()
        for old, new in changes:
            self.assertIn(old, text)
            text = text.replace(old, new)
        with open(os.path.join(self.books, name + ".yaml"), "w") as file:
            file.write(text)

    def worker(self):
        """A worker of RQ on the queue of `fail_jobs`."""
        process = python("-m", "rq.cli", "worker", "--url", self.url, "default", env=dict(os.environ), stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL, cwd=LIVE)
        self.addCleanup(self.stop, process, signal.SIGKILL)
        return process

    def fail_jobs(self, count):
        sys.path.insert(0, LIVE)
        import dead_tasks
        from rq import Queue, SimpleWorker
        queue = Queue("default", connection=self.redis)
        for number in range(count):
            queue.enqueue(dead_tasks.pay, number, {"a": [1.0]})
        SimpleWorker([queue], connection=self.redis).work(burst=True, logging_level="CRITICAL")

    def approve(self, run):
        """As another person: the kernel says whose the file is."""
        def asked():
            return [name for name in os.listdir(self.approvals) if name.startswith(run) and name.endswith(".request")]

        self.eventually(asked, "nobody was asked")
        state = os.path.join(self.folder, "nobody")
        os.makedirs(state, exist_ok=True)
        os.chown(state, NOBODY.pw_uid, NOBODY.pw_gid)
        os.chmod(self.config, 0o644)
        binary = os.path.join(self.folder, "opsconsole")
        shutil.copy(BINARY, binary)
        with open(os.path.join(self.approvals, asked()[0])) as file:
            plan = json.load(file)["plan_hash"]
        done = subprocess.run([binary, "runbook", "approve", run, "--plan", plan, "--config", self.config], capture_output=True, text=True,
                              env=dict(self.variables(), XDG_STATE_HOME=state, HOME=state), user=NOBODY.pw_uid, group=NOBODY.pw_gid, extra_groups=[])
        self.assertEqual(done.returncode, 0, done.stderr)

    def well(self, process, seconds=120):
        out, err = process.communicate(timeout=seconds)
        self.assertEqual(process.returncode, 0, err.decode() + out.decode())
        return json.loads(out)
