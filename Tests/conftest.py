"""How pytest runs the suites: see `runner/`. Started by `Tests/run`; a plain `pytest` collects and runs the same."""

import sys

sys.dont_write_bytecode = True  # keep the checkout clean

from runner import plugin  # noqa: E402


def pytest_configure(config):
    config.pluginmanager.register(plugin.for_process(config), "opsconsole-runner")


def pytest_collect_file(file_path, parent):
    return plugin.collect(file_path, parent)
