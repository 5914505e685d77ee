"""The smallest useful start: a plain host, and no configuration."""

import os
import pwd
import re
import subprocess
import unittest

from places import binary
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


class OneAccountOneFolder(ConsoleTest):
    """Where the state goes, as `doctor` tells it: it writes nothing."""

    def state(self, account=None, **env):
        options = {"user": account, "group": account, "extra_groups": []} if account else {}
        os.chmod(self.home.path, 0o755)
        done = subprocess.run([binary(), "doctor", "--config", self.home.config], env=self.home.environment(XDG_STATE_HOME=None, **env),
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60, **options)
        return re.search(r"(?m)^  state +(.*)$", done.stdout.decode()).group(1)

    def test_a_home_that_cannot_be_meant_gives_way_to_that_of_the_account(self):
        self.home.configure()
        own = pwd.getpwuid(os.geteuid()).pw_dir
        for home in (None, "", "/", "relative", "./"):
            self.assertEqual(self.state(HOME=home), f"{own}/.local/state/opsconsole", home)

    @unittest.skipUnless(os.geteuid() == 0, "another account takes root")
    def test_the_home_of_whoever_called_sudo_is_not_written_to(self):
        self.home.configure()
        os.chown(self.home.path, 65534, 65534)
        self.assertEqual(self.state(SUDO_USER="nobody"), "/root/.local/state/opsconsole")
        self.assertEqual(self.state(account=65534), f"{self.home.path}/.local/state/opsconsole")

    @unittest.skipUnless(os.geteuid() == 0, "another account takes root")
    def test_an_account_without_a_home_has_no_state_folder_and_is_told_so(self):
        self.home.configure()
        self.assertIn("no home in the passwd file", self.state(account=47_110, HOME="/"))
        self.assertFalse(os.path.exists("/.local"))


if __name__ == "__main__":
    unittest.main()
