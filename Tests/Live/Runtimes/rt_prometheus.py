"""The scenes `prometheus` and `prometheus-auth`: a Prometheus with five targets and three rules, and its Alertmanager.

Commands: push TEXT (see rt_push.py).
"""

import json
import sys
import urllib.parse

import rt_auth
from rt_node import api
from rt_push import Target
from scene_stage import HERE, fetch

RULES = [
    {"alert": "AlwaysFiring", "expr": "vector(1)", "labels": {"severity": "info"},
     "annotations": {"summary": "This alert always fires.", "description": "It tells that alerts arrive."}},
    {"alert": "PendingHour", "expr": "vector(1)", "for": "1h", "labels": {"severity": "warning"}},
    {"alert": "TestAlarm", "expr": "test_alarm > 0", "labels": {"severity": "critical"},
     "annotations": {"summary": "test_alarm of {{ $labels.instance }} is {{ $value }}"}},
]


class Site:
    """Where the servers stand: in the open, or behind TLS, a password and a path."""

    def __init__(self, stage, guarded):
        self.stage = stage
        self.authority = rt_auth.Authority(stage, "ca") if guarded else None
        self.prefix = "/prom" if guarded else ""

    def flags(self, name, port, *names):
        """What a server is started with, beside its own. Its address would have the name of the machine else."""
        listen = [f"--web.listen-address=127.0.0.1:{port}", f"--web.external-url={self.url(port)}"]
        return listen + ([f"--web.config.file={self.authority.web_config(name, *names)}"] if self.authority else [])

    def url(self, port):
        return f"https://localhost:{port}{self.prefix}" if self.authority else f"http://127.0.0.1:{port}"

    def client(self):
        """How Prometheus reaches one of these servers."""
        if self.authority is None:
            return {}
        return {"scheme": "https", "basic_auth": {"username": rt_auth.USER, "password": rt_auth.PASSWORD},
                "tls_config": {"ca_file": self.authority.file, "server_name": "localhost"}}

    def fetch(self, port, path):
        if self.authority is None:
            return fetch(self.url(port) + path)
        return fetch(self.url(port) + path, rt_auth.header(), self.authority.file)

    def value(self, port, expression):
        """The value of the first series, or nothing."""
        body = self.fetch(port, "/api/v1/query?" + urllib.parse.urlencode({"query": expression}))
        found = json.loads(body)["data"]["result"] if body else []
        return float(found[0]["value"][1]) if found else None


def written(stage, name, content):
    """A file of settings. All JSON is YAML."""
    path = stage.path(name)
    with open(path, "w") as file:
        json.dump(content, file, indent=1)
    return path


def address(port):
    return {"static_configs": [{"targets": [f"127.0.0.1:{port}"]}]}


def job(name, port, **more):
    return {"job_name": name, **address(port), **more}


def run_prometheus(stage, site, jobs, interval="1s", **more):
    """Prometheus itself; `jobs` is a function of its port."""
    def arguments(port):
        # A scrape may take as long as its interval.
        settings = {"global": {"scrape_interval": interval, "scrape_timeout": interval, "evaluation_interval": "1s"},
                    "scrape_configs": jobs(port), **more}
        return ["prometheus", f"--config.file={written(stage, 'prometheus.yml', settings)}",
                f"--storage.tsdb.path={stage.path('prometheus', 'data')}",
                # Alerts made before the Alertmanager was found are lost; the next ones come soon.
                "--rules.alert.resend-delay=2s", "--scrape.discovery-reload-interval=100ms",
                *site.flags("prometheus", port, "DNS:localhost", "IP:127.0.0.1")]

    return stage.serve("prometheus", arguments, lambda port: site.fetch(port, "/-/ready"), stop_signal=9)[1]


def run_alertmanager(stage, site):
    settings = {"route": {"receiver": "nobody", "group_by": ["alertname"], "group_wait": "1s", "group_interval": "1s"},
                "receivers": [{"name": "nobody"}]}

    def arguments(port):
        return ["prometheus-alertmanager", f"--config.file={written(stage, 'alertmanager.yml', settings)}",
                f"--storage.path={stage.path('alertmanager', 'data')}", "--cluster.listen-address=",
                *site.flags("alertmanager", port, "DNS:localhost")]

    return stage.serve("alertmanager", arguments, lambda port: site.fetch(port, "/-/ready"), stop_signal=9)[1]


def run_exporter(stage):
    def arguments(port):
        return ["prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{port}"]

    return stage.serve("node-exporter", arguments, lambda port: fetch(f"http://127.0.0.1:{port}/"), stop_signal=9)[1]


def run_python(stage):
    child = stage.start("python", [sys.executable, f"{HERE}/Runtimes/rt_python_api.py"], stop_signal=9)
    stage.facts["python_port"] = int(stage.said(child, "ready "))
    return stage.facts["python_port"]


def build(stage, name, guarded):
    site, target = Site(stage, guarded), Target()
    stage.command("push", name, target.push)
    stage.facts["pushable_port"] = target.port
    alertmanager = run_alertmanager(stage, site)
    others = [job("node", run_exporter(stage)), job("api", api(stage)), job("python", run_python(stage)),
              # Labels as they are pushed, so that a test can play any target.
              job("pushable", target.port, honor_labels=True)]

    def jobs(own):
        return [job("prometheus", own, metrics_path=f"{site.prefix}/metrics", **site.client()), *others]

    port = run_prometheus(
        stage, site, jobs, rule_files=[written(stage, "rules.yml", {"groups": [{"name": "scene", "rules": RULES}]})],
        alerting={"alertmanagers": [{"path_prefix": site.prefix, **address(alertmanager), **site.client()}]})
    stage.until("five targets that are up", lambda: site.value(port, "sum(up)") == 5)
    stage.until("an alert that arrives", lambda: b"AlwaysFiring" in (site.fetch(alertmanager, "/api/v2/alerts") or b""))
    return site


def prometheus(stage, name, _):
    build(stage, name, guarded=False)


def prometheus_auth(stage, name, _):
    """Behind TLS, a password and the path `prefix`. The certificate of the Alertmanager is for one name alone, so that it
    is wrong for the address; `other_ca` has signed nothing."""
    site = build(stage, name, guarded=True)
    stage.facts.update(user=rt_auth.USER, password=rt_auth.PASSWORD, prefix=site.prefix, ca=site.authority.file,
                       other_ca=rt_auth.Authority(stage, "other-ca").file, names=["localhost", "127.0.0.1"],
                       alertmanager_names=["localhost"])
