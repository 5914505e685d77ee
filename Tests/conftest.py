"""How pytest runs the suites: see `runner/`. Started by `Tests/run`, which says in the environment where binaries and servers are."""

import sys

sys.dont_write_bytecode = True  # keep the checkout clean

from runner import plugin  # noqa: E402


def pytest_configure(config):
    config.pluginmanager.register(plugin.for_process(config), "opsconsole-runner")


def pytest_collect_file(file_path, parent):
    return plugin.collect(file_path, parent)
