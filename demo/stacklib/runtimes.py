"""Services on several runtimes and what watches them: a JVM, Node, Python, Gunicorn, uWSGI, Prometheus.

Demo profile only. None of it is waited for and what is not installed is left out:
the console opens at once and sees them come up.
"""

import os
import random
import signal
import socket

from .load import WORK, environment, program
from .monitoring import Monitoring, find

# Below the ports that the kernel gives to outgoing connections: these programs are not
# started anew on another port, so no connection of the load may sit on theirs.
PORTS = range(20000, 32000)
NAMES = ("api", "pricing", "shop", "reports", "reports-stats",
         "prometheus", "alertmanager", "node-exporter")


def choose_ports(names):
    """A free loopback port for each name; all are held until all are found, so they differ."""
    held = []
    while len(held) < len(names):
        probe = socket.socket()
        try:
            probe.bind(("127.0.0.1", random.choice(PORTS)))
            held.append(probe)
        except OSError:
            probe.close()
    ports = {name: probe.getsockname()[1] for name, probe in zip(names, held)}
    for probe in held:
        probe.close()
    return ports


class Runtimes:
    """What runs of these, as lines for the console's config, and what does not."""

    def __init__(self, children, venv):
        self.children = children
        self.venv = venv
        self.home = os.path.dirname(children.log_dir)
        self.environment = environment(children, {})
        self.ports = choose_ports(NAMES)
        self.jobs = []  # what Prometheus is to scrape
        # These kinds find their processes by themselves, and say so when there is none.
        self.sources = ["{name: here,    kind: host}", "{name: jvm,     kind: jvm}",
                        "{name: node,    kind: node}"]
        self.absent = []

    def start(self):
        self._billing()
        self._api()
        self._pricing()
        self._web()
        self._monitoring()

    def config(self):
        """Lines for the list of sources."""
        return "".join(f"  - {source}\n" for source in self.sources)

    def _start(self, name, argv, **more):
        self.children.start(name, argv, cwd=self.home, env=self.environment, **more)

    def _missing(self, runtime, what):
        self.absent.append(f"no {runtime} here, the demo goes without {what}")

    def _http(self, name):
        return f"http://127.0.0.1:{self.ports[name]}"

    def _billing(self):
        # A program in one source file needs the compiler, so a JRE is not enough.
        if not find("javac"):
            self._missing("JDK", "billing-jvm")
            return
        self._start("billing-jvm", [
            "java", "-Xmx96m", "-XX:+UseG1GC", os.path.join(WORK, "Billing.java"),
            # Asked and not killed when the supervisor dies, or its file for jps stays in /tmp.
        ], death_signal=signal.SIGTERM)

    def _api(self):
        node = find("node", "nodejs")
        if not node:
            self._missing("Node", "api")
            return
        self._start("api", [node, os.path.join(WORK, "api.js"), str(self.ports["api"])])
        self.jobs.append("api")

    def _pricing(self):
        self._start("pricing", program(self.venv, "pricing.py", str(self.ports["pricing"])))
        self.jobs.append("pricing")
        self.sources.append(f'{{name: pricing, kind: metrics, url: "{self._http("pricing")}/metrics"}}')

    def _web(self):
        """Gunicorn and uWSGI, two processes each, and who visits them."""
        control = os.path.join(self.home, "gunicorn.sock")
        self._start("shop-gunicorn", [
            os.path.join(self.venv, "bin", "gunicorn"), "shop_web:application", "--workers", "2",
            "--bind", f"127.0.0.1:{self.ports['shop']}", "--timeout", "30",
            "--graceful-timeout", "1", "--control-socket", control])
        self._start("reports-uwsgi", [
            os.path.join(self.venv, "bin", "uwsgi"), "--master", "--processes", "2",
            "--http-socket", f"127.0.0.1:{self.ports['reports']}",
            "--stats", f"127.0.0.1:{self.ports['reports-stats']}",
            "--pythonpath", WORK, "--module", "shop_web", "--need-app",
            # SIGTERM would mean a reload, and a killed master would leave its workers.
            "--die-on-term", "--no-orphans",
            # Visitors that come for ever would fill the disk.
            "--disable-logging"])
        self._start("web-visitors", program(
            self.venv, "web_visitors.py",
            f"shop={self.ports['shop']}", f"reports={self.ports['reports']}"))
        self.sources.append(f'{{name: web,     kind: gunicorn, url: "unix://{control}"}}')
        self.sources.append(
            f'{{name: reports, kind: uwsgi, url: "127.0.0.1:{self.ports["reports-stats"]}"}}')

    def _monitoring(self):
        monitoring = Monitoring(self.children, self.home, self.ports)
        if monitoring.start_node_exporter():
            self.jobs.append("node-exporter")
        else:
            self._missing("node exporter", "its metrics")
        pager = monitoring.start_alertmanager()
        if not pager:
            self._missing("Alertmanager", "pager")
        if monitoring.start_prometheus(["prometheus", *self.jobs], pager):
            self.sources.append(f'{{name: fleet,   kind: prometheus, url: "{self._http("prometheus")}"}}')
        else:
            self._missing("Prometheus", "fleet")
        if pager:
            self.sources.append(f'{{name: pager,   kind: alertmanager, url: "{self._http("alertmanager")}"}}')
