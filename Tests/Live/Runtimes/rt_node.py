"""Scenes with Node: `node-api` `node-loop` `node-quiet` `node-handler` `node-cluster` `node-nosignal`.

Commands:
    loop          node-loop enters its endless loop, for which it never answers: {"looping": PID}
"""

import json
import shutil
import socket
import subprocess

from scene_stage import HERE, fact

# A loop that nobody ends is ended by the kernel, after so many seconds of a core.
BOUND = ["prlimit", "--cpu=300"]
NO_SIGNAL = "--disable-sigusr1"


def node(stage, name, *arguments, flags=()):
    """A process of rt_node.js. It says where it listens, and which processes it consists of."""
    child = stage.start(name, [*BOUND, "node", *flags, f"{HERE}/Runtimes/rt_node.js", *arguments], stop_signal=9)
    told = json.loads(stage.said(child, "ready "))
    stage.facts[fact(name, "port")] = told["port"]
    return child, told


def api(stage):
    """A service with the metrics of prom-client."""
    child = stage.start("api", ["node", f"{HERE}/Runtimes/rt_node_api.js"], stop_signal=9)
    stage.facts["api_port"] = int(stage.said(child, "ready "))
    return stage.facts["api_port"]


def loop(stage, name, _):
    child, told = node(stage, name, "plain")
    stopped = []

    def enter(_):
        if not stopped:
            stopped.append(socket.create_connection(("127.0.0.1", told["port"])))  # kept: it waits for an answer
            stopped[0].sendall(b"GET /loop HTTP/1.1\r\nHost: scene\r\n\r\n")
            stage.said(child, "looping")
        return {"looping": child.pid}

    stage.command("loop", name, enter)


def quiet(stage, name, _):
    node(stage, name, "plain")


def handler(stage, name, _):
    """Its own handler of SIGUSR1 writes a line into a file."""
    path = stage.path("node-handler.txt")
    open(path, "w").close()
    node(stage, name, "handler", path)
    stage.facts["node_handler_file"] = path


def cluster(stage, name, _):
    stage.facts["node_cluster_workers"] = node(stage, name, "cluster")[1]["workers"]


def nosignal(stage, name, _):
    """A process that shows itself as node and dies of SIGUSR1. Where Node cannot be started so, a copy of another program
    that has no handler of any signal, under the name of Node."""
    known = subprocess.run(["sh", "-c", f"node {NO_SIGNAL} -e 0"], capture_output=True).returncode == 0
    if known:
        node(stage, name, "plain", flags=[NO_SIGNAL])
    else:
        stage.start(name, [shutil.copy(shutil.which("sleep"), stage.path("bin", "node")), "3600"], stop_signal=9)
    stage.facts["node_nosignal_kind"] = "option" if known else "copy"


NODES = {"node-api": lambda stage, *_: api(stage), "node-loop": loop, "node-quiet": quiet, "node-handler": handler,
         "node-cluster": cluster, "node-nosignal": nosignal}
