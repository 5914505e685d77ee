"""A cluster as initdb leaves it, with the roles and the database of the demo: made once for each stack, then copied.

`initdb` costs more than all else that a scene with its own cluster does. The template lies in the folder of the stack
that `demo/stack.py` started, and goes with it. Without a stack there is none, and each cluster is made from the start.
"""

import fcntl
import hashlib
import os
import shutil
import signal

from stacklib.servers import ROLES_SQL

STOPPING = 60  # seconds that the server may take to end in an orderly way


def template(cluster_class, programs):
    """The folder of the template for these programs, or None where no stack runs. Safe to call from many processes."""
    top = os.environ.get("OPSCONSOLE_DEMO_DIR", "")
    if not os.path.isdir(top) or not os.access(top, os.W_OK):
        return None
    key = hashlib.sha256(f"{os.path.realpath(programs)} {ROLES_SQL}".encode()).hexdigest()[:12]
    path = os.path.join(top, f"pg-template-{key}")
    with open(path + ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # one makes it, the others wait
        if not os.path.isdir(path):
            make(cluster_class, path)
    return path


def make(cluster_class, path):
    """Whoever is killed meanwhile leaves nothing: the folder has its name only when it is whole."""
    with cluster_class(f"{path}-{os.getpid()}", is_template=True) as cluster:
        cluster.child.stop_signal = signal.SIGINT  # orderly: what is copied needs no recovery
        cluster.children.stop([cluster.child], STOPPING)
        shutil.copy2(cluster.plain_settings, os.path.join(cluster.data, "postgresql.conf"))
        whole = os.path.join(cluster.folder, "whole")
        os.mkdir(whole, 0o755)
        os.chmod(whole, 0o755)
        os.rename(cluster.data, os.path.join(whole, "data"))
        if cluster.programs:
            os.rename(cluster.programs, os.path.join(whole, "programs"))
        os.rename(whole, path)


def programs(source, there):
    """Programs of another version lie in the Python environment, which the account of the server may not enter: they
    are copied, unless they are there. The folder of those that can be run."""
    package = os.path.dirname(os.path.dirname(source))
    name, inner = os.path.join(there, os.path.basename(package)), os.path.basename(os.path.dirname(source))
    if not os.path.isdir(there):
        shutil.copytree(os.path.dirname(source), os.path.join(name, inner), symlinks=True)
        # Its libraries are looked for beside the package.
        if os.path.isdir(package + ".libs"):
            shutil.copytree(package + ".libs", name + ".libs", symlinks=True)
    return os.path.join(name, inner, "bin")
