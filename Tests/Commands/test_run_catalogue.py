"""Every runbook that is shipped does on real servers what it says. Only waits are shortened, and groups named that this machine has."""

import grp
import json
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
import unittest

import psycopg
import redis

from commandtest import BINARY, LIVE, PORT, python
from running import RunTest
from scene import SceneTest
from test_celery import CeleryScene
from test_run_values import Web

sys.path.insert(0, LIVE)

from run_sshd import LocalSSH  # noqa: E402

SHIPPED = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))), "runbooks")
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

    def worker(self):
        process = python("-m", "rq.cli", "worker", "--url", self.url, "default", env=dict(os.environ), stdout=subprocess.DEVNULL,
                         stderr=subprocess.DEVNULL, cwd=LIVE)
        self.addCleanup(self.stop, process, signal.SIGKILL)
        return process

    def fail_jobs(self, count):
        import dead_tasks
        from rq import Queue, SimpleWorker
        queue = Queue("default", connection=self.redis)
        for number in range(count):
            queue.enqueue(dead_tasks.pay, number, {"a": [1.0]})
        SimpleWorker([queue], connection=self.redis).work(burst=True, logging_level="CRITICAL")

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
        tools = Tools(self.folder)
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


class Tools:
    """`systemctl`, `sudo` and `curl` of the hosts: they write down what they were asked and say that all is well."""

    def __init__(self, folder):
        self.folder = os.path.join(folder, "tools")
        self.log = os.path.join(folder, "tools.log")
        os.mkdir(self.folder)
        open(self.log, "w").close()
        for name, says in (("sudo", 'exec true'), ("systemctl", 'case "$1" in is-active) echo active;; show) echo ActiveState=active; echo MainPID=1;; esac'), ("curl", "true")):
            path = os.path.join(self.folder, name)
            with open(path, "w") as file:
                file.write(f"#!/bin/sh\nprintf '%s\\n' \"{name} $*\" >> {self.log}\n{says}\n")
            os.chmod(path, 0o755)

    def said(self):
        with open(self.log) as file:
            return [line.split() for line in file]


class WebBooks(CatalogueTest):
    def test_web_rolling_restart_drains_restarts_and_puts_back_host_by_host(self):
        self.ship("web-rolling-restart", ("between: 30s", "between: 1s"), ("hold: 15s", "hold: 1s"), ("every: 2s", "every: 500ms"))
        hosts = ["web-1", "web-2", "web-3", "web-4"]
        tools = Tools(self.folder)
        ssh = LocalSSH(self.folder, hosts, tools.folder)
        self.addCleanup(ssh.stop)
        asked = []
        lb = Web(asked, lambda method, path: (200, b'{"active": 0}'))
        prometheus = Web([], lambda method, path: (200, b'{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"0.2"]}]}}'))
        self.addCleanup(lb.stop)
        self.addCleanup(prometheus.stop)
        self.configure(f"  ssh_config: \"{ssh.config}\"\n  groups: [{{name: web, hosts: [{', '.join(hosts)}]}}]\n  connections:\n"
                       f"    - {{name: lb, kind: http, url: \"http://127.0.0.1:{lb.port}\"}}\n"
                       f"    - {{name: prometheus, kind: prometheus, url: \"http://127.0.0.1:{prometheus.port}\"}}\n")
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
        tools = Tools(self.folder)
        with open(os.path.join(tools.folder, "curl"), "w") as file:
            file.write("#!/bin/sh\nexit 22\n")
        ssh = LocalSSH(self.folder, ["web-1", "web-2"], tools.folder)
        self.addCleanup(ssh.stop)
        asked = []
        lb = Web(asked, lambda method, path: (200, b'{"active": 0}'))
        prometheus = Web([], lambda method, path: (200, b'{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"0"]}]}}'))
        self.addCleanup(lb.stop)
        self.addCleanup(prometheus.stop)
        self.configure(f"  ssh_config: \"{ssh.config}\"\n  connections:\n    - {{name: lb, kind: http, url: \"http://127.0.0.1:{lb.port}\"}}\n"
                       f"    - {{name: prometheus, kind: prometheus, url: \"http://127.0.0.1:{prometheus.port}\"}}\n")
        done = self.carry_out("web-rolling-restart", hosts="web-1,web-2")
        self.assertEqual(done.code, 1, done.out)
        self.assertEqual([json.loads(body)["state"] for method, _, body, _ in asked if method == "PUT"], ["drain"])
        self.assertIn("failed on web-1", self.status()["run"]["message"])


class DatabaseBooks(SceneTest, CatalogueTest):
    script = "pg_triage.py"
    scenes = ("chain", "standby", "slot")

    def setUp(self):
        super().setUp()
        self.main = f"postgresql://operator@127.0.0.1:{self.facts['port']}/shop"
        self.admin = f"postgresql://postgres@127.0.0.1:{self.facts['port']}/shop"
        self.lay()

    def lay(self, main=None):
        with open(self.config, "w") as file:
            file.write(f"environment: {self.environment}\nsources:\n  - {{name: pg-main, kind: postgres, url: \"{main or self.main}\"}}\n"
                       f"runbooks:\n  folders: [\"{self.books}\"]\n  approvals: \"{self.approvals}\"\n  connections:\n"
                       f"    - {{name: flags, kind: redis, url: \"{self.url}\"}}\n"
                       f"    - {{name: replica, kind: postgres, url: \"postgresql://operator@{{host}}:{self.facts['standby_port']}/shop\"}}\n"
                       "  groups:\n    - {name: pg-replicas, hosts: [127.0.0.1, localhost], connection: replica}\n    - {name: pg, hosts: [localhost]}\n")

    def one(self, sql, *arguments):
        with psycopg.connect(self.admin, autocommit=True) as connection:
            return connection.execute(sql, arguments).fetchone()

    def test_pg_cancel_old_cancels_what_runs_too_long_and_nothing_else(self):
        self.ship("pg-cancel-old", ("min: 30s", "min: 1s"))
        old = psycopg.connect(self.main + "?application_name=too-old", autocommit=True)
        thread = Query(old, "SELECT pg_sleep(120)")
        self.eventually(lambda: self.one("SELECT 1 FROM pg_stat_activity WHERE application_name = 'too-old' "
                                         "AND clock_timestamp() - query_start > interval '2.5 s' AND state = 'active'"))
        done = self.carry_out("pg-cancel-old", older="2s", user="operator")
        self.assertEqual(done.code, 0, done.err + done.out)
        thread.join(60)
        self.assertIsInstance(thread.error, psycopg.errors.QueryCanceled)
        self.assertEqual(self.steps()["cancel"]["outputs"]["n"], 1)
        old.close()

    @unittest.skipUnless(os.getuid() == 0, "only root can be several people")
    def test_pg_root_blocker_cancels_first_and_ends_the_session_with_a_second_person(self):
        self.ship("pg-root-blocker", ("group: dba", f"group: {GROUP}"), ("timeout: 15s", "timeout: 3s"))
        pid = self.facts["chain_root"]
        (started,) = self.one("SELECT backend_start::text FROM pg_stat_activity WHERE pid = %s", pid)
        stale = self.carry_out("pg-root-blocker", pid=pid, started=started.replace(":", ":", 1)[:-10] + "9" + started[-9:])
        self.assertEqual(stale.code, 1, "another session was meant")
        known = [run["run"] for run in self.runs()]
        process = self.begin("pg-root-blocker", pid=pid, started=started)
        self.eventually(lambda: self.until_run() not in known)
        run = self.until_run()
        self.until(run, lambda status: status["run"]["state"] == "waiting")
        self.assertIsNotNone(self.one("SELECT 1 FROM pg_stat_activity WHERE pid = %s", pid), "it was ended without a second person")
        self.approve(run)
        self.well(process)
        self.assertIsNone(self.one("SELECT 1 FROM pg_stat_activity WHERE pid = %s", pid))
        self.assertEqual(self.steps()["freed"]["state"], "timed_out")

    def test_pg_drop_slot_drops_it_only_where_its_reader_is_gone(self):
        self.ship("pg-drop-slot")
        known = None
        # Dropping a slot takes the right of replication.
        self.lay(self.admin)
        name = f"staging/pg-drop-slot"
        for choice, code, left in (("keep", 1, 1), ("gone", 0, 0)):
            process = self.begin("pg-drop-slot", slot=self.facts["slot"], at_least="0")
            self.eventually(lambda: self.until_run() != known)
            known = run = self.until_run()
            self.until(run, lambda status: status["run"]["state"] == "waiting")
            self.assertEqual(self.run_command("runbook", "answer", run, "certain", choice).code, 0)
            process.communicate(timeout=120)
            self.assertEqual(process.returncode, code, choice)
            self.assertEqual(self.one("SELECT count(*) FROM pg_replication_slots WHERE slot_name = %s", self.facts["slot"])[0], left)
        again = self.carry_out("pg-drop-slot", slot=self.facts["slot"], at_least="0")
        self.assertEqual(again.code, 1, name)

    @unittest.skipUnless(os.getuid() == 0, "only root can be several people")
    def test_replica_failover_behind_a_flag_with_ansible_and_a_second_person(self):
        routing = os.path.join(self.folder, "reads.ini")
        os.mkdir(os.path.join(self.books, "playbooks"))
        with open(os.path.join(SHIPPED, "playbooks", "pg-read-routing.yml")) as file:
            play = file.read().replace("/etc/pgbouncer/reads.ini", routing)
        with open(os.path.join(self.books, "playbooks", "pg-read-routing.yml"), "w") as file:
            file.write(play)
        self.ship("replica-failover", ("group: dba", f"group: {GROUP}"), ("hold: 20s", "hold: 1s"), ("every: 5s", "every: 1s"))
        same = self.run_command("runbook", "plan", "replica-failover", "--param", "from=localhost", "--param", "to=localhost")
        self.assertEqual(same.code, 1)
        self.assertIn("the same replica", same.out)
        flags = redis.Redis(port=PORT, db=self.database)
        process = self.begin("replica-failover", **{"from": "127.0.0.1", "to": "localhost"})
        run = self.until_run()
        self.eventually(lambda: flags.get("maintenance:heavy-reads") == run.encode(), "no flag")
        self.assertLessEqual(flags.ttl("maintenance:heavy-reads"), 1800)
        self.approve(run)
        self.well(process)
        with open(routing) as file:
            self.assertEqual(file.read(), "; drained: 127.0.0.1\nreads = host=localhost\n")
        self.assertIsNone(flags.get("maintenance:heavy-reads"))
        flags.close()
        plan = self.run_command("runbook", "plan", "replica-failover", "--param", "from=127.0.0.1", "--param", "to=localhost", "--format", "json").json
        route = next(step for step in plan["plan"]["steps"] if step["step"] == "route")
        self.assertTrue(any(re.search(r"--check: localhost 0 would change", note) for note in route["notes"]), route)


class Query:
    """One statement on a thread of its own."""

    def __init__(self, connection, sql):
        import threading
        self.error = None

        def run():
            try:
                connection.execute(sql)
            except psycopg.Error as error:
                self.error = error

        self.thread = threading.Thread(target=run)
        self.thread.start()

    def join(self, seconds):
        self.thread.join(seconds)


class AlertBooks(SceneTest, CatalogueTest):
    script = "rt_runtimes.py"
    scenes = ("prometheus",)

    def test_alert_silence_keeps_one_alert_quiet(self):
        import urllib.request
        port = self.facts["alertmanager_port"]
        alert = [{"labels": {"alertname": "TooHot", "place": "here"}}]
        request = urllib.request.Request(f"http://127.0.0.1:{port}/api/v2/alerts", json.dumps(alert).encode(), {"Content-Type": "application/json"})
        urllib.request.urlopen(request).close()
        with open(self.config, "w") as file:
            file.write(f"environment: {self.environment}\nsources:\n  - {{name: alertmanager, kind: alertmanager, url: \"http://127.0.0.1:{port}\"}}\n"
                       f"runbooks:\n  folders: [\"{self.books}\"]\n")
        self.ship("alert-silence")

        def found():
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/v2/alerts") as answer:
                return [one for one in json.load(answer) if one["labels"].get("alertname") == "TooHot"]

        self.eventually(found)
        done = self.carry_out("alert-silence", fingerprint=found()[0]["fingerprint"], length="30m", reason="the fan is being changed")
        self.assertEqual(done.code, 0, done.err + done.out)
        self.eventually(lambda: found()[0]["status"]["state"] == "suppressed")


if __name__ == "__main__":
    unittest.main()
