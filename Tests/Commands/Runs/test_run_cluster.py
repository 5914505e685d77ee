"""The real kubectl against as much of a cluster's interface as it needs: read, compared while it is planned, applied once."""

import os
import sys
import unittest

from commandtest import LIVE
from running import RunTest

sys.path.insert(0, LIVE)

from run_cluster import LocalCluster  # noqa: E402

MANIFEST = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: limits, namespace: shop}
data: {rate: "40"}
"""

BOOK = """
steps:
  - {id: before, mode: read, kubectl: {context: lab, namespace: shop, argv: [get, configmap, limits, -o, json]}}
  - id: apply
    kubectl: {context: lab, namespace: shop, argv: [apply, --validate=false, -f, %s]}
    verify:
      kubectl: {context: lab, namespace: shop, argv: [get, configmap, limits, -o, json]}
      that: "outputs.json.data.rate == '40'"
  - {id: told, note: "it was ${{ steps.before.outputs.json.data.rate }}"}
"""


class ClusterTest(RunTest):
    database = 7

    def setUp(self):
        super().setUp()
        self.heal()
        self.cluster = LocalCluster(self.folder)
        self.addCleanup(self.cluster.stop)
        self.cluster.maps["limits"] = {
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "limits", "namespace": "shop", "uid": "u1", "resourceVersion": "1"},
            "data": {"rate": "20"}}
        self.manifest = os.path.join(self.folder, "limits.yaml")
        with open(self.manifest, "w") as file:
            file.write(MANIFEST)
        self.book("limits", BOOK % self.manifest)

    def variables(self, state="state"):
        return dict(super().variables(state), KUBECONFIG=os.path.join(self.folder, "kubeconfig"))

    def test_the_plan_compares_and_the_run_applies_in_the_context_that_is_named(self):
        plan = self.run_command("runbook", "plan", "limits")
        self.assertEqual(plan.code, 0, plan.err + plan.out)
        self.assertRegex(plan.out, r"diff: [\s\S]*-  rate: \S*20[\s\S]*\+  rate: \S*40")
        self.assertEqual(self.cluster.changes(), [], "a plan changed something")
        done = self.carry_out("limits")
        self.assertEqual(done.code, 0, done.err + done.out)
        self.assertEqual(self.cluster.maps["limits"]["data"], {"rate": "40"})
        self.assertEqual(len(self.cluster.changes()), 1)
        again = self.run_command("runbook", "plan", "limits")
        self.assertIn("diff: nothing differs", again.out)

    def test_killed_while_it_applies_it_is_applied_again_and_says_the_same(self):
        self.carry_out("limits", crash="F5:3")
        self.assertEqual(len(self.cluster.changes()), 1, "it was not done before the runner died: the test proves nothing")
        run = self.runs()[0]["run"]
        self.assertEqual(self.status(run)["run"]["state"], "interrupted")
        done = self.resume(run, name="limits")
        self.assertEqual(done.code, 0, done.err + done.out)
        self.assertEqual(self.cluster.maps["limits"]["data"], {"rate": "40"})
        self.assertEqual(self.steps(run)["told"]["state"], "ok")

    def test_a_verb_that_changes_is_no_read_step_and_a_cluster_that_is_away_fails_it(self):
        self.book("sly", "steps:\n  - {id: a, mode: read, kubectl: {context: lab, argv: [delete, configmap, limits]}}\n")
        checked = self.run_command("runbook", "check", os.path.join(self.books, "sly.yaml"))
        self.assertEqual(checked.code, 78)
        self.assertRegex(checked.err + checked.out, r"sly\.yaml:\d+:\d+: ")
        self.book("away", "steps:\n  - {id: a, mode: read, timeout: 10s, kubectl: {context: other, argv: [get, configmap, limits]}}\n")
        done = self.carry_out("away")
        self.assertEqual(done.code, 1, done.out)
        self.assertEqual(self.steps(done.json["run"]["run"])["a"]["state"], "failed")


if __name__ == "__main__":
    unittest.main()
