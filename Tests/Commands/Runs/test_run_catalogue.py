"""Every runbook that is shipped does on real servers what it says: queues and web servers."""

import json
import os
import signal
import stat
import subprocess
import sys
import unittest

from catalogue import GROUP, SHIPPED, CatalogueTest
from commandtest import BINARY, LIVE, python
from hosttools import HostTools
from test_celery import CeleryScene
from web import Web

sys.path.insert(0, LIVE)

from run_sshd import LocalSSH  # noqa: E402


class EveryBook(CatalogueTest):
    def test_every_file_reads_well(self):
        done = self.run_command_bare("runbook", "check", SHIPPED)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertEqual(done.stdout.count(b": well"), len([name for name in os.listdir(SHIPPED) if name.endswith(".yaml")]))

    def run_command_bare(self, *arguments):
        return subprocess.run([BINARY, *arguments], capture_output=True, env=self.variables())


class QueueBooks(CatalogueTest):
    """RQ with its own workers, and a service that the jobs depend on."""

    def setUp(self):
        super().setUp()
        self.answers = 200
        self.web = Web([], lambda method, path: (self.answers, b"{}"))
        self.addCleanup(self.web.stop)
        self.configure(f"  connections:\n    - {{name: payments-api, kind: http, url: \"http://127.0.0.1:{self.web.port}\"}}\n"
                       f"    - {{name: broker-admin, kind: redis, url: \"{self.url}\"}}\n")
        os.environ["SCENE_MARK"], os.environ["SCENE_HEALTHY"], os.environ["PYTHONPATH"] = self.mark, self.healthy, LIVE

    DRAIN = (("hold: 60s", "hold: 2s"), ("      every: 5s\n      timeout: 5m", "      every: 1s\n      timeout: 30s"), ("between: 2s", "between: 200ms"))

    def test_dlq_drain_waits_for_the_dependency_and_moves_each_job_once(self):
        self.ship("dlq-drain", *self.DRAIN)
        self.fail_jobs(40)
        self.answers = 503
        ill = self.carry_out("dlq-drain", queue="default")
        self.assertEqual(ill.code, 1)
        self.assertIn("not healthy", ill.out)
        self.answers = 200
        self.heal()
        self.worker()
        done = self.carry_out("dlq-drain", queue="default", rate="200")
        self.assertEqual(done.code, 0, done.err + done.out)
        self.eventually(lambda: len(self.marked()) == 40)
        self.assertEqual(sorted(map(int, self.marked())), list(range(40)))
        steps = self.steps()
        self.assertEqual((steps["canary"]["outputs"]["moved"], steps["rest"]["outputs"]["moved"], steps["rest"]["outputs"]["absent"]), (5, 35, 5))

    def test_dlq_drain_stops_by_itself_where_the_first_few_fail_again(self):
        self.ship("dlq-drain", *self.DRAIN, ("timeout: 30s", "timeout: 8s"))
        self.fail_jobs(20)
        self.worker()
        done = self.carry_out("dlq-drain", queue="default")
        self.assertEqual(done.code, 1, done.out)
        self.assertEqual(self.steps()["canary_ok"]["state"], "timed_out")
        self.assertNotIn("rest", self.steps())
        self.eventually(lambda: len(self.dead()) == 20, "the first few did not fail again")

    def test_rq_pause_suspends_and_lets_go_on(self):
        self.ship("rq-pause", ("every: 5s\n      timeout: 5m", "every: 1s\n      timeout: 10s"))
        self.assertEqual(self.carry_out("rq-pause", action="suspend").code, 0)
        self.assertTrue(self.redis.exists("rq:suspended"))
        self.assertEqual(self.carry_out("rq-pause", action="resume").code, 0)
        self.assertFalse(self.redis.exists("rq:suspended"))

    @unittest.skipUnless(os.getuid() == 0, "only root can be several people")
    def test_redis_memory_ends_results_and_takes_more_only_with_a_second_person(self):
        self.ship("redis-memory", ("group: platform", f"group: {GROUP}"), ("hold: 30s", "hold: 1s"), ("every: 5s", "every: 1s"))
        before = self.redis.config_get("maxmemory")["maxmemory"]
        self.addCleanup(self.redis.config_set, "maxmemory", before)
        self.redis.config_set("maxmemory", 300 << 20)
        for number in range(300):
            self.redis.set(f"celery-task-meta-{number}", "x")
        self.redis.set("celery-task-meta-ends", "x", ex=50)
        self.redis.rpush("celery-task-meta-list", "not a result")
        process = self.begin("redis-memory", ttl="900", extra="1MiB")
        self.approve(self.until_run())
        self.well(process)
        self.assertEqual(int(self.redis.config_get("maxmemory")["maxmemory"]), 301 << 20)
        self.assertTrue(all(800 < self.redis.ttl(f"celery-task-meta-{number}") <= 900 for number in range(300)))
        self.assertLessEqual(self.redis.ttl("celery-task-meta-ends"), 50)
        self.assertEqual(self.redis.ttl("celery-task-meta-list"), -1)
        self.assertEqual(self.steps()["results"]["outputs"]["changed"], 300)

    def test_capture_evidence_writes_one_file_and_changes_nothing(self):
        self.ship("capture-evidence")
        self.fail_jobs(3)
        done = self.carry_out("capture-evidence")
        self.assertEqual(done.code, 0, done.err + done.out)
        (line,) = [line["line"] for line in self.show()["output"]]
        with open(line) as file:
            document = json.load(file)
        self.assertEqual({source["name"] for source in document["sources"]}, {"broker", "pg-main"})
        self.assertEqual(stat.S_IMODE(os.stat(line).st_mode), 0o600)
        self.assertEqual(len(self.dead()), 3)


class CeleryBooks(CeleryScene, CatalogueTest):
    def worker(self, name):
        process = python("-m", "celery", "-A", "celery_dead", "worker", "-c", "2", "-n", f"{name}@here", "-l", "ERROR", "-Q", "celery", "-E",
                         env=self.scene, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=LIVE)
        self.addCleanup(self.stop, process, signal.SIGKILL)
        return process

    def pool(self, process):
        with open(f"/proc/{process.pid}/task/{process.pid}/children") as file:
            return len(file.read().split())

    def test_celery_scale_grows_and_shrinks_a_real_pool(self):
        self.ship("celery-scale")
        worker = self.worker("w1")
        self.eventually(lambda: self.pool(worker) == 2)
        done = self.carry_out("celery-scale", count="3", direction="grow")
        self.assertEqual(done.code, 0, done.err + done.out)
        self.eventually(lambda: self.pool(worker) == 5, f"{self.pool(worker)} processes")
        self.assertEqual(self.carry_out("celery-scale", count="2", direction="shrink").code, 0)
        self.eventually(lambda: self.pool(worker) == 3, f"{self.pool(worker)} processes")

    def test_celery_unstick_restarts_host_by_host_and_waits_until_they_consume(self):
        self.ship("celery-unstick", ("between: 20s", "between: 1s"), ("hold: 60s", "hold: 3s"), ("every: 5s", "every: 1s"))
        hosts = ("celery-1", "celery-2", "celery-3")
        tools = HostTools(self.folder)
        ssh = LocalSSH(self.folder, hosts, tools.folder)
        self.addCleanup(ssh.stop)
        self.configure(f"  ssh_config: \"{ssh.config}\"\n  groups: [{{name: celery, hosts: [{', '.join(hosts)}]}}]\n")
        self.heal()
        for number in range(3):
            self.worker(f"w{number}")
        feeder = python("-c", "import time, celery_dead as scene\nwhile True:\n    scene.pay.delay(1)\n    time.sleep(0.2)",
                        env=self.scene, cwd=LIVE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.addCleanup(self.stop, feeder, signal.SIGKILL)
        done = self.carry_out("celery-unstick", hosts=",".join(hosts), unit="celery-default")
        self.assertEqual(done.code, 0, done.err + done.out)
        self.assertEqual([words for words in tools.said() if words[:3] == ["sudo", "-n", "systemctl"]], [["sudo", "-n", "systemctl", "restart", "celery-default"]] * 3)
        self.assertEqual({step for step in self.steps() if step.endswith("/restart")}, {f"warm/{host}/restart" for host in hosts})


class WebBooks(CatalogueTest):
    def serve(self, hosts, tools, failing):
        """Hosts, their load balancer and a Prometheus that says how many requests fail. Returns what the load balancer is asked."""
        ssh = LocalSSH(self.folder, hosts, tools.folder)
        self.addCleanup(ssh.stop)
        asked = []
        lb = Web(asked, lambda method, path: (200, b'{"active": 0}'))
        self.addCleanup(lb.stop)
        told = json.dumps({"status": "success", "data": {"resultType": "vector", "result": [{"metric": {}, "value": [1, failing]}]}})
        prometheus = Web([], lambda method, path: (200, told.encode()))
        self.addCleanup(prometheus.stop)
        self.configure(f"  ssh_config: \"{ssh.config}\"\n  groups: [{{name: web, hosts: [{', '.join(hosts)}]}}]\n  connections:\n"
                       f"    - {{name: lb, kind: http, url: \"http://127.0.0.1:{lb.port}\"}}\n"
                       f"    - {{name: prometheus, kind: prometheus, url: \"http://127.0.0.1:{prometheus.port}\"}}\n")
        return asked

    def test_web_rolling_restart_drains_restarts_and_puts_back_host_by_host(self):
        self.ship("web-rolling-restart", ("between: 30s", "between: 1s"), ("hold: 15s", "hold: 1s"), ("every: 2s", "every: 500ms"))
        hosts = ["web-1", "web-2", "web-3", "web-4"]
        tools = HostTools(self.folder)
        asked = self.serve(hosts, tools, failing="0.2")
        done = self.carry_out("web-rolling-restart", hosts=",".join(hosts))
        self.assertEqual(done.code, 0, done.err + done.out)
        for host in hosts:
            states = [json.loads(body)["state"] for method, path, body, _ in asked if method == "PUT" and path == f"/pool/web/{host}"]
            self.assertEqual(states, ["drain", "ready"], host)
        restarts = [words for words in tools.said() if words[:2] == ["sudo", "-n"]]
        self.assertEqual(restarts, [["sudo", "-n", "systemctl", "restart", "gunicorn-web"]] * 4)
        first = [path for method, path, body, _ in asked if method == "PUT"][:2]
        self.assertEqual(first, ["/pool/web/web-1"] * 2, "the first host was not alone")

    def test_a_host_that_does_not_become_healthy_stays_drained(self):
        self.ship("web-rolling-restart", ("between: 30s", "between: 1s"), ("timeout: 120s", "timeout: 20s"), ("hold: 15s", "hold: 1s"), ("every: 2s", "every: 500ms"), ("max_failures: 1", "max_failures: 0"))
        tools = HostTools(self.folder)
        with open(os.path.join(tools.folder, "curl"), "w") as file:
            file.write("#!/bin/sh\nexit 22\n")
        asked = self.serve(["web-1", "web-2"], tools, failing="0")
        done = self.carry_out("web-rolling-restart", hosts="web-1,web-2")
        self.assertEqual(done.code, 1, done.out)
        self.assertEqual([json.loads(body)["state"] for method, _, body, _ in asked if method == "PUT"], ["drain"])
        self.assertIn("failed on web-1", self.status()["run"]["message"])


if __name__ == "__main__":
    unittest.main()
