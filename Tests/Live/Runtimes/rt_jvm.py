"""Scenes with a JVM: `jvm-g1` `jvm-parallel` `jvm-serial` `jvm-z` `jvm-noperf` `jvm-killed`.

Commands of each but the last:
    freeze      stops it and tells what jstat says of it; without perf data these are null:
                {"pid": …, "perf": PATH, "gc": {COLUMN: NUMBER}, "gcutil": {…}, "gccause": {…}}
    thaw        lets it go on: {"pid": …}
    deadlock    two threads lock each other out, for good: {"pid": …, "threads": [NAME, NAME]}
"""

import os
import pwd
import re
import signal
import subprocess

from scene_stage import HERE, fact

# Helper programs leave alone what lies with the perf data of others: a JVM that starts removes that of killed ones.
SILENT = "-J-XX:-UsePerfData"


def perf_file(pid):
    """Where a JVM keeps its perf data; no setting moves it."""
    return f"/tmp/hsperfdata_{pwd.getpwuid(os.geteuid()).pw_name}/{pid}"


def classes(stage):
    """The folder of the compiled service, compiled once."""
    folder = stage.path("classes", "")
    if not os.listdir(folder):
        stage.run("javac", ["javac", SILENT, "-d", folder, f"{HERE}/Runtimes/rt_Billing.java"])
    return folder


def jstat(stage, option, pid):
    """The columns of one look. The names of causes have spaces, and two of them are at the end."""
    look = subprocess.run(["jstat", SILENT, option, str(pid)], env=stage.environment, capture_output=True, text=True,
                          timeout=30)
    lines = look.stdout.splitlines()
    if look.returncode != 0 or len(lines) != 2:
        return None
    names = lines[0].split()
    texts = names[-2:] if option == "-gccause" else []
    found = lines[1].split(None, len(names) - len(texts))
    if texts:
        found += re.split(r"\s{2,}", found.pop().strip(), maxsplit=1)
    return {name: value if name in texts else number(value) for name, value in zip(names, found, strict=True)}


def number(text):
    """A collector without such a column shows a dash."""
    return None if text == "-" else float(text)


class Machine:
    """One JVM. It ends by SIGTERM, also when this script is killed, so that it takes its perf data along."""

    def __init__(self, stage, name, *flags):
        self.stage, self.name = stage, name
        self.pipe = stage.path(f"{name}.in")
        os.mkfifo(self.pipe)
        self.input = os.open(self.pipe, os.O_RDWR)  # both ways: it opens without the other side
        run = ["java", *flags, "-Xmx64m", "-cp", classes(stage), "Billing"]
        self.child = stage.start(name, ["sh", "-c", 'exec "$@" <"$0"', self.pipe, *run], death_signal=signal.SIGTERM)
        self.perf = None
        stage.later.append(self.ready)
        stage.undo.append(self.thaw)
        for command in (self.freeze, self.thaw, self.deadlock):
            stage.command(command.__name__, name, command)

    def ready(self):
        self.stage.said(self.child, "ready")
        self.perf = perf_file(self.child.pid) if os.path.exists(perf_file(self.child.pid)) else None
        self.stage.facts.update({fact(self.name, "perf"): self.perf, fact(self.name, "log"): self.child.log})

    def state(self):
        with open(f"/proc/{self.child.pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0]

    def freeze(self, _):
        pid = self.child.pid
        os.kill(pid, signal.SIGSTOP)
        self.stage.until("a stopped JVM", lambda: self.state() == "T")
        looks = {option[1:]: jstat(self.stage, option, pid) for option in ("-gc", "-gcutil", "-gccause")}
        return {"pid": pid, "perf": self.perf, **looks}

    def thaw(self, _=None):
        if self.child.running():
            os.kill(self.child.pid, signal.SIGCONT)
        return {"pid": self.child.pid}

    def deadlock(self, _):
        if self.state() == "T":
            raise ValueError("thaw it first")
        os.write(self.input, b"deadlock\n")
        self.stage.said(self.child, "deadlocked")
        return {"pid": self.child.pid, "threads": ["deadlock-a", "deadlock-b"]}


def killed(stage, name, _):
    """Perf data of a JVM that was killed. They last until any JVM of this account starts: that one removes them."""
    stage.settle()
    machine = Machine(stage, name, "-XX:+UseSerialGC")
    stage.settle()
    for command in stage.commands.values():
        command.pop(name, None)
    # Ends with this script, however that ends, and takes the file along.
    remover = subprocess.Popen(["sh", "-c", 'cat; rm -f "$0"', machine.perf], stdin=subprocess.PIPE,
                               stdout=subprocess.DEVNULL, start_new_session=True)
    stage.undo.append(remover.communicate)
    os.kill(machine.child.pid, signal.SIGKILL)
    machine.child.popen.wait()


def scene(*flags):
    def stand(stage, name, _):
        Machine(stage, name, *flags)

    return stand


JVMS = {"jvm-g1": scene("-XX:+UseG1GC"), "jvm-parallel": scene("-XX:+UseParallelGC"),
        "jvm-serial": scene("-XX:+UseSerialGC"), "jvm-z": scene("-XX:+UseZGC"),
        "jvm-noperf": scene("-XX:+UseSerialGC", "-XX:-UsePerfData"), "jvm-killed": killed}
