"""Runtimes, hosts and alerts as scripts see them."""

import json
import subprocess
import time
import unittest

from commandtest import BINARY
from scene import RuntimeTest


class SnapshotTest(RuntimeTest):
    scenes = ("prometheus", "jvm-g1", "uwsgi")

    def all_sources(self):
        facts = self.facts
        return self.sources(
            "name: here, kind: host", "name: jvm, kind: jvm", f"name: web, kind: uwsgi, url: \"127.0.0.1:{facts['uwsgi_stats_port']}\"",
            f"name: py, kind: metrics, url: \"http://127.0.0.1:{facts['python_port']}/metrics\"",
            f"name: fleet, kind: prometheus, url: \"http://127.0.0.1:{facts['prometheus_port']}\"",
            f"name: pager, kind: alertmanager, url: \"http://127.0.0.1:{facts['alertmanager_port']}\"")

    def snapshot(self, *more):
        return self.run_command("snapshot", "--format", "json", *more, config=self.all_sources())

    def test_one_entry_per_process_with_the_rung_of_each_signal(self):
        done = self.snapshot("--samples", "2", "--interval", "2")
        self.assertEqual(done.code, 0, done.err)
        seen = done.json
        by_pid = {}
        for process in seen["runtimes"]:
            if process["pid"]:
                self.assertNotIn(process["pid"], by_pid, process)
                by_pid[process["pid"]] = process
        jvm = by_pid[self.facts["jvm_g1_pid"]]
        self.assertEqual(set(jvm["sources"]), {"here", "jvm"})
        self.assertEqual((jvm["from"]["heap_used_bytes"], jvm["from"]["rss_bytes"]), ("hsperfdata", "proc"))
        self.assertGreater(jvm["signals"]["heap_limit_bytes"], jvm["signals"]["heap_used_bytes"])
        self.assertIsNone(jvm["signals"]["loop_lag_p99_seconds"])
        python = by_pid[self.facts["python_pid"]]
        self.assertEqual(set(python["sources"]), {"here", "py", "fleet"})
        self.assertEqual(python["from"]["cpu_cores"], "metrics")
        web = by_pid[self.facts["uwsgi_pid"]]
        self.assertEqual((web["signals"]["pool_max"], web["from"]["pool_max"], len(web["workers"])), (4, "uwsgi", 2))
        host = seen["hosts"][0]
        self.assertGreater(host["cores"], 0)
        self.assertGreater(host["memory_bytes"], host["available_bytes"])
        alerts = {(alert["source"], alert["name"]): alert for alert in seen["alerts"]}
        self.assertEqual(alerts["fleet", "AlwaysFiring"]["state"], "firing")
        self.assertEqual(alerts["pager", "AlwaysFiring"]["severity"], "ok")

    def test_a_cookie_in_a_request_is_nowhere_in_the_output(self):
        self.ask("fill 6 10")
        time.sleep(1.5)
        for form in ("json", "table"):
            done = self.run_command("snapshot", "--format", form, config=self.all_sources())
            self.assertNotIn("CANARYSECRET", done.out + done.err)

    def test_a_critical_alert_that_fires_is_an_exit_code(self):
        self.assertEqual(self.snapshot().code, 0)
        self.ask("push " + json.dumps("test_alarm 1\n"))
        self.eventually(lambda: self.snapshot().code == 1, what="the alarm was not an exit code")
        self.ask("push " + json.dumps("test_alarm 0\n"))
        self.eventually(lambda: self.snapshot().code == 0, what="the alarm did not end")

    def test_without_a_configuration_this_host_is_shown(self):
        variables = {name: value for name, value in self.variables().items() if not name.endswith("_URL") and not name.startswith("PG")}
        done = subprocess.run([BINARY, "snapshot", "--format", "json"], env=variables, capture_output=True, timeout=60)
        seen = json.loads(done.stdout)
        kinds = {source["kind"] for source in seen["sources"]}
        self.assertLessEqual({"host", "jvm"}, kinds)
        self.assertIn(self.facts["jvm_g1_pid"], [process["pid"] for process in seen["runtimes"]])
        self.assertEqual(len(seen["hosts"]), 1)


class SettingsTest(RuntimeTest):
    scenes = ("node-api",)

    def test_an_endpoint_that_empties_its_histogram_needs_a_word(self):
        url = f"http://127.0.0.1:{self.facts['api_port']}/metrics"
        refused = self.run_command("snapshot", "--format", "json", config=self.sources(f"name: api, kind: metrics, url: \"{url}\""))
        self.assertEqual(refused.code, 69)
        self.assertIn("takes a part of every window away", refused.json["sources"][0]["error"])
        taken = self.run_command(
            "snapshot", "--format", "json", config=self.sources(f"name: api, kind: metrics, url: \"{url}\", resets: accept, interval: 15"))
        self.assertEqual((taken.code, taken.json["runtimes"][0]["language"]), (0, "node"))

    def test_settings_that_are_none_are_told_with_their_line(self):
        for line, words in (("name: a, kind: prometheus", "needs a url"), ("name: a, kind: metrics, url: \"ftp://x\"", "http://"),
                            ("name: a, kind: uwsgi, url: \"nowhere\"", "host:port"), ("name: a, kind: host, url: \"x\", rot: y", "root")):
            done = self.run_command("snapshot", config=self.sources(line))
            self.assertEqual(done.code, 78, done.err)
            self.assertIn(words, done.err)
            self.assertIn("runtimes.yaml:3", done.err)


if __name__ == "__main__":
    unittest.main()
