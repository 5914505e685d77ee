"""A runbook of many steps over many hosts, with a stub in place of ssh: time, memory of the runner, size of what it writes."""

import os
import shutil
import stat
import subprocess
import tempfile
import time

from report import Figure

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


def measure(binary, steps, hosts):
    folder = tempfile.mkdtemp(prefix="opsconsole-bench-")
    try:
        os.mkdir(f"{folder}/books")
        with open(f"{folder}/books/many.yaml", "w") as file:
            file.write(book(steps, hosts))
        with open(f"{folder}/ssh", "w") as file:
            file.write(STUB)
        os.chmod(f"{folder}/ssh", stat.S_IRWXU)
        with open(f"{folder}/config.yaml", "w") as file:
            file.write(f"environment: development\nrunbooks: {{folders: [{folder}/books], ssh: {folder}/ssh}}\n")
        env = dict(os.environ, XDG_STATE_HOME=f"{folder}/state", HOME=folder)
        began = time.monotonic()
        subprocess.run([binary, "runbook", "run", "many", "--confirm", "development/many", "--detach", "--config", f"{folder}/config.yaml"],
                       env=env, check=True, stdout=subprocess.DEVNULL)
        highest = 0
        while True:
            time.sleep(0.5)
            pids = list(runner(f"{folder}/state"))
            if not pids:
                break
            highest = max([highest] + [memory(pid) for pid in pids])
        seconds = time.monotonic() - began
        runs = f"{folder}/state/opsconsole/runs"
        (name,) = os.listdir(runs)
        sizes = {file: os.path.getsize(f"{runs}/{name}/{file}") for file in os.listdir(f"{runs}/{name}")}
        done = subprocess.run([binary, "runbook", "runs", "--format", "json", "--config", f"{folder}/config.yaml"], env=env, capture_output=True, text=True)
        return {"seconds": seconds, "memory": highest, "journal": sizes["journal.jsonl"] / 1e6, "state": "succeeded" if '"succeeded"' in done.stdout else done.stdout[:400]}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def all_figures(binary, quick):
    """200 steps over 500 hosts; a tenth of the steps where it has to be quick."""
    steps = 20 if quick else 200
    found = measure(binary, steps, 500)
    if found["state"] != "succeeded":
        raise RuntimeError(found["state"])
    name = f"run of {steps} steps over 500 hosts"
    return [Figure(f"{name}: memory of the runner", "MB", found["memory"], 100), Figure(f"{name}: time for one host", "ms", found["seconds"] * 1000 / steps / 500),
            Figure(f"{name}: journal", "MB", found["journal"])]


if __name__ == "__main__":
    import sys
    found = measure(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    print(f"{sys.argv[2]} steps x {sys.argv[3]} hosts: {found['state']}, {found['seconds']:.0f} s, runner {found['memory']:.0f} MB, journal {found['journal']:.1f} MB")
