"""The stack's own Prometheus, Alertmanager and node exporter: loopback only, all files in one folder."""

import os
import shutil

from .load import WORK
from .servers import make_folder, server_account

PROMETHEUS = """\
global:
  scrape_interval: 5s
  scrape_timeout: 4s
  evaluation_interval: 5s
rule_files: [alerts.yml]
alerting:
  alertmanagers:
    - static_configs: [{{targets: [{alertmanager}]}}]
scrape_configs:
"""
JOB = """\
  - job_name: {job}
    static_configs: [{{targets: ["127.0.0.1:{port}"]}}]
"""


def find(*names):
    """Where one of these programs is: Debian's name for it, or its own."""
    return next(filter(None, map(shutil.which, names)), None)


class Monitoring:
    """Three programs that need not be there; `ports` has what each is to listen on."""

    def __init__(self, children, directory, ports):
        self.children = children
        self.ports = ports
        self.account = server_account("prometheus")
        self.home = make_folder(os.path.join(directory, "prometheus"), self.account, 0o755)

    def _start(self, name, argv):
        self.children.start(name, argv, account=self.account, cwd=self.home)

    def start_node_exporter(self):
        """Whether it was there to be started; so with all of these."""
        program = find("prometheus-node-exporter", "node_exporter")
        if program:
            self._start("node-exporter", [
                program, f"--web.listen-address=127.0.0.1:{self.ports['node-exporter']}",
                # It asks the system bus, which need not be there, and logs each time it is not.
                "--no-collector.systemd"])
        return program is not None

    def start_alertmanager(self):
        program = find("prometheus-alertmanager", "alertmanager")
        if program:
            self._start("alertmanager", [
                program, "--config.file", self._copied("alertmanager.yml"),
                "--storage.path", os.path.join(self.home, "alertmanager"),
                f"--web.listen-address=127.0.0.1:{self.ports['alertmanager']}",
                # Alone: else it would open a port for others on all addresses.
                "--cluster.listen-address="])
        return program is not None

    def start_prometheus(self, jobs, alertmanager):
        """`jobs` are the names among the ports that answer with metrics."""
        program = find("prometheus")
        if program:
            self._copied("alerts.yml")
            self._start("prometheus", [
                program, "--config.file", self._configured(jobs, alertmanager),
                "--storage.tsdb.path", os.path.join(self.home, "data"),
                "--storage.tsdb.retention.time=2h", "--storage.tsdb.retention.size=128MB",
                # Often, since the first word of an alert finds no Alertmanager up yet.
                "--rules.alert.resend-delay=5s",
                f"--web.listen-address=127.0.0.1:{self.ports['prometheus']}"])
        return program is not None

    def _configured(self, jobs, alertmanager):
        address = f'"127.0.0.1:{self.ports["alertmanager"]}"' if alertmanager else ""
        path = os.path.join(self.home, "prometheus.yml")
        with open(path, "w") as file:
            file.write(PROMETHEUS.format(alertmanager=address))
            file.writelines(JOB.format(job=job, port=self.ports[job]) for job in jobs)
        return path

    def _copied(self, name):
        # The account may be one that can not enter the checkout.
        return shutil.copy(os.path.join(WORK, name), self.home)
