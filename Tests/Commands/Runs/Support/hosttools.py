"""The programs of the hosts that runbooks reach over SSH."""

import os


class HostTools:
    """`systemctl`, `sudo` and `curl` of the hosts: they write down what they were asked and say that all is well."""

    def __init__(self, folder):
        self.folder = os.path.join(folder, "tools")
        self.log = os.path.join(folder, "tools.log")
        os.mkdir(self.folder)
        open(self.log, "w").close()
        for name, says in (("sudo", 'exec true'), ("systemctl", 'case "$1" in is-active) echo active;; show) echo ActiveState=active; echo MainPID=1;; esac'), ("curl", "true")):
            path = os.path.join(self.folder, name)
            with open(path, "w") as file:
                file.write(f"#!/bin/sh\nprintf '%s\\n' \"{name} $*\" >> {self.log}\n{says}\n")
            os.chmod(path, 0o755)

    def said(self):
        with open(self.log) as file:
            return [line.split() for line in file]
