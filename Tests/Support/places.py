"""Where the tests get their surroundings from, and the folders that they give to the console."""

import glob
import os
import shutil
import tempfile


def needed(name):
    """A variable that must be there. A suite that quietly tests nothing is worse than one that fails."""
    value = os.environ.get(name)
    if not value:
        raise AssertionError(f"{name} is not set: run this suite under demo/stack.py run --profile test")
    return value


def binary():
    """The console under test."""
    path = needed("OPSCONSOLE_BINARY")
    if not os.access(path, os.X_OK):
        raise AssertionError(f"OPSCONSOLE_BINARY={path} does not exist, or cannot be run")
    return os.path.abspath(path)


def redis_url(database, account=""):
    return f"redis://{account}127.0.0.1:{needed('OPSCONSOLE_TEST_REDIS_PORT')}/{database}"


def postgres_url(account="watcher"):
    return f"postgresql://{account}@127.0.0.1:{needed('OPSCONSOLE_TEST_PG_PORT')}/{needed('OPSCONSOLE_TEST_PG_DATABASE')}"


class Home:
    """A folder with its own configuration and state, so that nothing of the person who runs the tests is read or written."""

    def __init__(self):
        self.path = tempfile.mkdtemp(prefix="opsconsole-pty-")
        self.config = os.path.join(self.path, "config.yaml")
        self.settings = os.path.join(self.path, "xdg-config", "opsconsole")
        self.state = os.path.join(self.path, "xdg-state", "opsconsole")

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)

    def write(self, name, text):
        """Writes a file below the configuration folder: `keys.yaml`, `themes/x.yaml`. Returns its path."""
        path = os.path.join(self.settings, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + ".new", "w") as file:
            file.write(text)
        os.rename(path + ".new", path)
        return path

    def configure(self, *sources, **top):
        """Writes the configuration: sources are (name, kind, url); a url is quoted as YAML wants it."""
        lines = [f"{key}: {value}" for key, value in {"environment": "development", **top}.items()]
        lines += ["sources:"] if sources else []
        for name, kind, url in sources:
            lines.append(f"  - {{name: {name}, kind: {kind}, url: '{url}'}}")
        with open(self.config, "w") as file:
            file.write("\n".join(lines) + "\n")

    def tapes(self):
        """Paths of the tapes that were recorded, in order."""
        return sorted(glob.glob(os.path.join(self.state, "tapes", "*.sqlite")))

    def exports(self):
        """Paths of exported files, in order."""
        folder = os.path.join(self.state, "exports")
        return sorted(os.path.join(folder, name) for name in os.listdir(folder)) if os.path.isdir(folder) else []

    def environment(self, **changes):
        """The whole environment of the console. A change to None takes a variable away."""
        out = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": self.path, "USER": "tester", "LANG": "C.UTF-8",
            "TERM": "xterm-256color", "XDG_CONFIG_HOME": os.path.dirname(self.settings),
            "XDG_STATE_HOME": os.path.dirname(self.state), **changes,
        }
        return {name: value for name, value in out.items() if value is not None}
