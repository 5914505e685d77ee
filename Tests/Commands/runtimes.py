"""Runtimes in a known state beside the program, and a configuration that names them."""

import os

from scene import SceneTest


class RuntimeTest(SceneTest):
    script = "rt_runtimes.py"

    def sources(self, *lines):
        path = os.path.join(self.folder, "runtimes.yaml")
        with open(path, "w") as file:
            file.write("environment: development\nsources:\n" + "".join(f"  - {{{line}}}\n" for line in lines))
        os.chmod(path, 0o600)
        return path
