"""The smallest useful start: a plain host, and no configuration."""

import os
import unittest

from harness import ConsoleTest


class PlainHost(ConsoleTest):
    def test_without_configuration_this_hosts_runtimes_and_pressure_are_shown(self):
        console = self.console(size=(120, 40))
        console.wait_for(r"here +host +.*processes?: .*python")
        console.press("6", r"pressure cpu|pressure not kept")
        console.wait_for(rf"[a-z_.-]+:{os.getpid()} +python")
        console.press("\t", r"cores in use")

    def test_a_process_is_opened_with_its_signals_and_its_end_is_told(self):
        console = self.console(size=(100, 30))
        console.press("6", r"python")
        console.send(f"/pid\x1b/{os.path.basename(__import__('sys').argv[0])[:3]}\x1b")
        console.press("\r", r"told by")
        console.wait_for(r"rss +\d")

    def test_read_only_looks_inside_nothing(self):
        console = self.console(size=(100, 30), args=("--read-only",))
        console.press("6", r"python")
        console.press("i", r"no safe way|read-only")


if __name__ == "__main__":
    unittest.main()
