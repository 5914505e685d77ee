"""What programs of a run have in their own environment: what the page of the format says, and nothing more."""

import json
import os
import unittest

from running import RunTest

HEAD = """
params: {who: {type: string, default: somebody}, pin: {type: string, required: true, sensitive: true}}
secrets:
  key: {from: {env: RUN_SECRET}, hosts: [localhost, web-1]}
  far: {from: {env: RUN_FAR}, hosts: [web-1]}
"""
EVERY = {"PATH", "HOME", "LANG", "TZ", "TMPDIR"}
OF_RUN = {"OPSC_RUN_ID", "OPSC_STEP_ID", "OPSC_IDEMPOTENCY_KEY"}
# What a shell sets for itself.
OF_SHELL = {"PWD", "SHLVL", "_", "OLDPWD"}


class EnvironmentTest(RunTest):
    def setUp(self):
        super().setUp()
        self.seen = os.path.join(self.folder, "seen")

    def variables(self, state="state"):
        return dict(super().variables(state), TZ="Europe/Berlin", SSH_AUTH_SOCK="/nowhere/agent", RUN_SECRET="hunter2-secret",
                    RUN_FAR="far-away-secret", RUN_PIN="pin-number-7", OTHER="not for programs",
                    KUBECONFIG=os.path.join(self.folder, "kubeconfig"))

    def go(self, steps):
        self.book("env", HEAD + steps)
        process = self.begin("env", words=["--param-env", "pin=RUN_PIN"])
        out, err = process.communicate(timeout=120)
        return process.returncode, out + err

    def names(self, path=None):
        with open(path or self.seen) as file:
            return {line.split("=")[0] for line in file.read().split("\n") if "=" in line} - OF_SHELL

    def ssh(self):
        """A client that writes down its own environment and is then the other side itself, with nothing of it."""
        path = os.path.join(self.folder, "fake-ssh")
        with open(path, "w") as file:
            file.write(f"#!/bin/sh\nenv > {self.seen}\nfor last; do :; done\nexec env -i PATH=\"$PATH\" sh -c \"$last\"\n")
        os.chmod(path, 0o755)
        self.configure(f"  ssh: \"{path}\"\n")

    def test_ssh_itself_gets_nothing_of_the_run_and_the_other_side_what_is_for_it(self):
        self.ssh()
        there = os.path.join(self.folder, "there")
        code, said = self.go(f"""
steps:
  - {{id: remote, ssh: {{host: web-1, script: 'env > {there}'}}}}
  - {{id: elsewhere, mode: read, ssh: {{host: web-2, script: 'env > {there}-2'}}}}
""")
        self.assertEqual(code, 0, said)
        self.assertEqual(self.names(), EVERY | {"SSH_AUTH_SOCK"})
        self.assertEqual(self.names(there), {"PATH", "S_KEY", "S_FAR"} | OF_RUN)
        self.assertEqual(self.names(there + "-2"), {"PATH"} | OF_RUN)

    def test_what_looks_by_ssh_gets_no_more(self):
        self.ssh()
        code, said = self.go("""
steps:
  - {id: up, wait: {probe: {ssh: {host: web-1, script: "true"}}, until: outputs.status == 0, timeout: 20s}}
""")
        self.assertEqual(code, 0, said)
        self.assertEqual(self.names(), EVERY | {"SSH_AUTH_SOCK"})

    def test_an_ssh_that_a_dead_runner_left_behind_is_ended_by_the_next_life(self):
        path = os.path.join(self.folder, "fake-ssh")
        pid = os.path.join(self.folder, "pid")
        with open(path, "w") as file:
            # As a ProxyCommand does: it does not end with the client.
            file.write(f"#!/bin/sh\nsetsid sleep 300 </dev/null >/dev/null 2>&1 &\necho $! > {pid}.new && mv {pid}.new {pid}\nwait\n")
        os.chmod(path, 0o755)
        self.configure(f"  ssh: \"{path}\"\n")
        self.book("hangs", "steps:\n  - {id: a, timeout: 200s, mode: read, ssh: {host: web-1, script: \"true\"}}\n")
        process = self.begin("hangs")
        run = self.until_run()
        self.eventually(lambda: os.path.exists(pid), "ssh did not begin")
        self.end_runner(run)
        process.communicate(timeout=120)
        with open(pid) as file:
            client = int(file.read())
        self.assertTrue(self.lives(client), "it ended by itself: the test proves nothing")
        self.resume(run, "--abort", "--reason", "enough", name="hangs")
        self.eventually(lambda: not self.lives(client), "what ssh left behind lives on")

    def lives(self, pid):
        try:
            with open(f"/proc/{pid}/cmdline") as file:
                # Empty for one that has ended and that nobody has asked about.
                return file.read() != ""
        except OSError:
            return False

    def test_a_script_of_this_machine_gets_its_parameters_and_its_secrets(self):
        code, said = self.go(f"steps:\n  - {{id: here, run: {{script: 'env > {self.seen}'}}}}\n")
        self.assertEqual(code, 0, said)
        self.assertEqual(self.names(), EVERY | OF_RUN | {"P_WHO", "P_PIN", "S_KEY"})

    def test_a_playbook_gets_neither_parameters_nor_secrets(self):
        with open(os.path.join(self.books, "play.yml"), "w") as file:
            file.write(f"- hosts: all\n  gather_facts: false\n  tasks: [{{ansible.builtin.shell: 'env > {self.seen}'}}]\n")
        self.configure("  groups: [{name: here, hosts: [localhost]}]\n")
        code, said = self.go("steps:\n  - {id: play, ansible: {playbook: play.yml, inventory: here, check: false}}\n")
        self.assertEqual(code, 0, said)
        given = {name for name in self.names() if not name.startswith(("ANSIBLE_", "LC_", "LANGUAGE"))}
        self.assertEqual({name for name in given if name.startswith(("S_", "P_", "RUN_", "OTHER", "SSH_", "KUBE"))}, set())
        self.assertLessEqual(OF_RUN, given)

    def test_kubectl_gets_its_configuration_and_neither_parameters_nor_secrets(self):
        # A credential plugin, as clouds have them, has the environment of kubectl, and is asked before the server is.
        plugin = os.path.join(self.folder, "plugin")
        with open(plugin, "w") as file:
            file.write(f"#!/bin/sh\nenv > {self.seen}\necho '{{\"apiVersion\": \"client.authentication.k8s.io/v1\", "
                       "\"kind\": \"ExecCredential\", \"status\": {\"token\": \"x\"}}'\n")
        os.chmod(plugin, 0o755)
        execute = {"apiVersion": "client.authentication.k8s.io/v1", "command": plugin, "interactiveMode": "Never"}
        with open(os.path.join(self.folder, "kubeconfig"), "w") as file:
            json.dump({
                "apiVersion": "v1", "kind": "Config", "clusters": [{"name": "lab", "cluster": {"server": "https://127.0.0.1:1"}}],
                "users": [{"name": "plugged", "user": {"exec": execute}}],
                "contexts": [{"name": "lab", "context": {"cluster": "lab", "user": "plugged"}}]}, file)
        self.go("steps:\n  - {id: look, mode: read, continue_on_error: true, kubectl: {context: lab, namespace: shop, argv: [get, configmap, limits]}}\n")
        self.assertEqual(self.names() - {"KUBERNETES_EXEC_INFO"}, EVERY | OF_RUN | {"KUBECONFIG", "OPSCONSOLE_READ_ONLY"})


if __name__ == "__main__":
    unittest.main()
