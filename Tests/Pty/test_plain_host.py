"""The smallest useful start: a plain host, and no configuration."""

import os
import unittest

from ptyconsole import ConsoleTest


class PlainHost(ConsoleTest):
    def test_without_configuration_this_hosts_runtimes_and_pressure_are_shown(self):
        console = self.console(size=(120, 40), config=False)
        console.wait_for(r"(?m)^▸? *[◆●▲] here +host ")
        console.wait_for(r"processes?: .*python")  # behind the pressure of a busy machine, in a long line
        console.press("6", r"pressure cpu|pressure not kept")
        console.press(f"/{os.getpid()}\r", rf"[a-z_.-]+:{os.getpid()} +python")  # others may be many
        console.press("\t", r"cores in use")

    def test_a_process_is_opened_with_its_signals(self):
        console = self.console(size=(100, 30), config=False)
        console.press("6", r"python")
        console.press("\r", r"told by")
        console.wait_for(r"rss +\d")

    def test_read_only_looks_inside_nothing(self):
        console = self.console(size=(100, 30), args=("--read-only",), config=False)
        console.press("6", r"python")
        console.press("i", r"no safe way|read-only")


if __name__ == "__main__":
    unittest.main()
