"""A runbook of many steps over many hosts, with a stub in place of ssh: memory of the runner and of a console, keys on the page of it."""

import os
import re
import shutil
import stat
import subprocess
import tempfile
import time

from bench_context import percentile
from keys import hold_down, latencies
from ptyrun import Program
from report import Figure

CURSOR = re.compile("\u25b8\\s+(?:\\d+ )?\\S+\\s+s(\\d+) ")

STUB = """#!/bin/sh
printf '\\036opsc\\036' >&2
cat >/dev/null
echo done
"""


def book(steps, hosts):
    names = ", ".join(f"h{number}" for number in range(hosts))
    lines = [
        "apiVersion: runbook/v1", "id: many", "title: Many steps on many hosts", "owner: bench", "risk: low", "environments: [development]",
        "timeout: 24h", "on_disconnect: continue", f"params: {{hosts: {{type: hosts, default: [{names}]}}}}", "steps:"]
    for number in range(steps):
        lines.append(f"  - {{id: s{number}, hosts: \"${{{{ params.hosts }}}}\", strategy: {{parallel: 16}}, ssh: {{script: 'true'}}}}")
    return "\n".join(lines) + "\n"


def runner(folder):
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/cmdline", "rb") as file:
                    if folder.encode() in file.read() and os.readlink(f"/proc/{name}/exe").endswith("opsconsole"):
                        yield int(name)
            except OSError:
                continue


def memory(pid):
    """Highest resident memory so far, in MB."""
    try:
        with open(f"/proc/{pid}/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith("VmHWM")) / 1024
    except (OSError, StopIteration):
        return 0


class Scene:
    """A folder with one runbook, and its run under way."""

    def __init__(self, binary, steps, hosts):
        self.binary, self.folder = binary, tempfile.mkdtemp(prefix="opsconsole-bench-")
        os.mkdir(f"{self.folder}/books")
        with open(f"{self.folder}/books/many.yaml", "w") as file:
            file.write(book(steps, hosts))
        with open(f"{self.folder}/ssh", "w") as file:
            file.write(STUB)
        os.chmod(f"{self.folder}/ssh", stat.S_IRWXU)
        with open(f"{self.folder}/config.yaml", "w") as file:
            file.write(f"environment: development\nrunbooks: {{folders: [{self.folder}/books], ssh: {self.folder}/ssh}}\n")
        self.extra = {"XDG_STATE_HOME": f"{self.folder}/state", "XDG_CONFIG_HOME": f"{self.folder}/settings", "HOME": self.folder}
        self.began = time.monotonic()
        self.call("run", "many", "--confirm", "development/many", "--detach")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if list(runner(f"{self.folder}/state")):
            self.call("cancel", "last")
            self.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def call(self, *words):
        done = subprocess.run([self.binary, "runbook", *words, "--config", f"{self.folder}/config.yaml"], env=dict(os.environ, **self.extra),
                              stdout=subprocess.PIPE, text=True, check=words[0] != "cancel")
        return done.stdout

    def console(self):
        return Program([self.binary, "--config", f"{self.folder}/config.yaml"], extra=self.extra)

    def wait(self):
        """Until the run is over. The highest memory of its runner, in MB."""
        highest = 0
        while True:
            time.sleep(0.5)
            pids = list(runner(f"{self.folder}/state"))
            if not pids:
                return highest
            highest = max([highest] + [memory(pid) for pid in pids])

    def journal(self):
        runs = f"{self.folder}/state/opsconsole/runs"
        (name,) = os.listdir(runs)
        return os.path.getsize(f"{runs}/{name}/journal.jsonl") / 1e6

    def state(self):
        found = self.call("runs", "--format", "json")
        return "succeeded" if '"succeeded"' in found else found[:400]


def keys_beside(scene, seconds, rate):
    """`k` held down on the page of the run while it goes on: latencies, and the console's memory in MB."""
    with scene.console() as program:
        program.pump(2)
        for keys in (b"7", b"\t", b"\r"):
            program.send(keys)
            program.pump(1.5)
        program.send(b"G")
        program.pump(1.5)
        pressed = hold_down(program, seconds, rate, b"k")
        # Each key takes the cursor to a step with a number one lower.
        found = latencies(program, pressed, CURSOR, step=-1)
        if not found:
            raise RuntimeError("not all keys were seen on the page of a run")
        return found, memory(program.pid)


def measure(binary, steps, hosts, seconds=2.5, rate=40):
    with Scene(binary, steps, hosts) as scene:
        time.sleep(10)
        found, console = keys_beside(scene, min(seconds, (steps - 10) / rate), rate)
        highest = scene.wait()
        return {"seconds": time.monotonic() - scene.began, "memory": highest, "console": console, "journal": scene.journal(),
                "state": scene.state(), "keys": found}


def all_figures(binary):
    """Keys on the page of 200 steps over 500 hosts; a tenth of the steps from start to end."""
    with Scene(binary, 200, 500) as scene:
        time.sleep(10)
        found, console = keys_beside(scene, 4, 40)
    name = "page of a run of 200 steps over 500 hosts"
    yield Figure(f"{name}: key to frame p50", "ms", percentile(found, 0.5))
    yield Figure(f"{name}: key to frame p99", "ms", percentile(found, 0.99), 16)
    yield Figure(f"{name}: memory of the console", "MB", console, 100)
    steps = 20
    with Scene(binary, steps, 500) as scene:
        highest = scene.wait()
        seconds = time.monotonic() - scene.began
        if scene.state() != "succeeded":
            raise RuntimeError(scene.state())
        name = f"run of {steps} steps over 500 hosts"
        yield Figure(f"{name}: memory of the runner", "MB", highest, 100)
        yield Figure(f"{name}: time for one host", "ms", seconds * 1000 / steps / 500)
        yield Figure(f"{name}: journal", "MB", scene.journal())


if __name__ == "__main__":
    import sys
    found = measure(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    print(f"{sys.argv[2]} steps x {sys.argv[3]} hosts: {found['state']}, {found['seconds']:.0f} s, runner {found['memory']:.0f} MB, "
          f"console {found['console']:.0f} MB, journal {found['journal']:.1f} MB, {len(found['keys'])} keys: "
          f"p50 {percentile(found['keys'], 0.5):.1f} ms, p99 {percentile(found['keys'], 0.99):.1f} ms, slowest {max(found['keys']):.1f} ms")
