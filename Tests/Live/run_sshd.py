"""A local sshd on a loopback port with keys of its own, and a client configuration for it."""

import os
import shutil
import socket
import subprocess
import time


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class LocalSSH:
    """`hosts` are names that all mean this machine. `path` stands first in the PATH of what is run there."""

    def __init__(self, folder, hosts, path):
        self.folder = os.path.join(folder, "ssh")
        os.makedirs(self.folder, mode=0o700)
        self.port = free_port()
        for name in ("host", "user"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", f"{self.folder}/{name}"], check=True)
        shutil.copy(f"{self.folder}/user.pub", f"{self.folder}/authorized")
        os.chmod(f"{self.folder}/authorized", 0o600)
        with open(f"{self.folder}/host.pub") as file:
            key = " ".join(file.read().split()[:2])
        with open(f"{self.folder}/known", "w") as file:
            file.write("".join(f"[{host}]:{self.port} {key}\n" for host in [*hosts, "127.0.0.1"]))
        self.config = f"{self.folder}/config"
        with open(self.config, "w") as file:
            file.write(f"Host *\n  HostName 127.0.0.1\n  Port {self.port}\n  IdentityFile {self.folder}/user\n"
                       f"  IdentitiesOnly yes\n  UserKnownHostsFile {self.folder}/known\n  CheckHostIP no\n")
        with open(f"{self.folder}/sshd", "w") as file:
            file.write(f"ListenAddress 127.0.0.1\nPort {self.port}\nHostKey {self.folder}/host\nPidFile {self.folder}/pid\n"
                       f"AuthorizedKeysFile {self.folder}/authorized\nStrictModes no\nUsePAM no\nPermitRootLogin yes\n"
                       f"PasswordAuthentication no\nKbdInteractiveAuthentication no\nMaxStartups 200:30:400\nMaxSessions 200\nSetEnv PATH={path}:/usr/sbin:/usr/bin:/sbin:/bin\n")
        # Without it sshd refuses to start; the package makes it when its service starts.
        os.makedirs("/run/sshd", exist_ok=True)
        with open(f"{self.folder}/log", "w") as log:
            self.process = subprocess.Popen(["/usr/sbin/sshd", "-D", "-e", "-f", f"{self.folder}/sshd"], stdout=subprocess.DEVNULL, stderr=log)
        self.wait()

    def wait(self):
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"sshd did not start, see {self.folder}/log")

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(10)
