"""What restricts the program does not depend on /proc, on the loader or on the configuration being readable."""

import glob
import os
import shutil
import subprocess
import unittest

import seeds
from places import binary, redis_url
from ptyconsole import ConsoleTest

UNSHARE = shutil.which("unshare") or "unshare"
EMPTY = [UNSHARE, "-m", "sh", "-c", "mount -t tmpfs tmpfs /proc && exec \"$@\"", "sh"]
# A root of its own with everything of this machine but /proc.
ROOT = """
set -e
mount -t tmpfs tmpfs {root}
for name in $(ls /); do
  case $name in proc|sys) continue;; esac
  if [ -d /$name ] && [ ! -L /$name ]; then mkdir {root}/$name && mount --rbind /$name {root}/$name; else cp -P /$name {root}/$name; fi
done
exec chroot {root} "$@"
"""
# Where Debian puts it; it shows what a library does that is loaded first and changes the environment.
FAKETIME = glob.glob("/usr/lib/*/faketime/libfaketime.so.1")


@unittest.skipUnless(os.geteuid() == 0, "mounting takes root")
class WithoutProc(ConsoleTest):
    def setUp(self):
        super().setUp()
        seeds.small_queues()
        self.home.configure(("mail", "rq", redis_url(seeds.SMALL)))
        self.root = os.path.join(self.home.path, "root")
        os.mkdir(self.root)

    def surroundings(self):
        """Ways to start the program where /proc cannot be read."""
        chroot = [UNSHARE, "-m", "--propagation", "private", "sh", "-c", ROOT.format(root=self.root), "sh"]
        return {"an empty /proc": EMPTY, "a chroot": chroot}

    def run_inside(self, inside, *words, config=True):
        return subprocess.run([*inside, binary(), *words, *(["--config", self.home.config] if config else [])], env=self.home.environment(),
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=120)

    def test_the_arguments_are_known_again_and_again(self):
        for name, inside in self.surroundings().items():
            for _ in range(5):
                with self.subTest(name):
                    done = self.run_inside(inside, "--version", config=False)
                    self.assertEqual((done.returncode, done.stderr), (0, b""))
                    self.assertRegex(done.stdout, rb"^\d+\.\d+\.\d+\n$")
                    self.assertEqual(self.run_inside(inside, "--nonsense").returncode, 64)

    def test_what_needs_proc_refuses_to_start_and_says_what_to_do(self):
        """libdispatch would end the process with an illegal instruction, sooner or later."""
        for name, inside in self.surroundings().items():
            for words in (["snapshot"], ["doctor"], ["--read-only"], ["wallboard", "--kiosk"]):
                with self.subTest((name, words)):
                    done = self.run_inside(inside, *words)
                    self.assertEqual((done.returncode, done.stdout), (71, b""), done.stderr)
                    self.assertIn(b"it does not run without /proc: mount it here", done.stderr)

    def test_on_a_terminal_neither_the_wallboard_nor_read_only_becomes_another_screen(self):
        for name, inside in self.surroundings().items():
            for words in (("wallboard", "--kiosk"), ("--read-only",), ()):
                with self.subTest((name, words)):
                    console = self.console(size=(100, 30), args=words, inside=inside)
                    self.assertEqual(console.wait_exit(), 71)
                    self.assertIn(b"it does not run without /proc", bytes(console.raw))
                    self.assertNotIn(b"READ-WRITE", bytes(console.raw))

    def test_a_library_that_is_loaded_first_takes_no_argument_away(self):
        library = FAKETIME[0] if FAKETIME else self.preloaded()
        done = self.run_plain("--version", LD_PRELOAD=library)
        self.assertEqual((done.returncode, done.stderr), (0, b""))
        console = self.console(size=(100, 30), args=("--read-only",), LD_PRELOAD=library)
        console.wait_for("READ-ONLY|LOOK ONLY")

    def preloaded(self):
        """One that moves the environment before the program begins, as libfaketime does."""
        source, target = os.path.join(self.home.path, "first.c"), os.path.join(self.home.path, "first.so")
        with open(source, "w") as file:
            file.write("#include <stdlib.h>\n__attribute__((constructor)) static void f(void) {\n"
                       "for (int i = 0; i < 100; i++) { char n[16] = {'V', 'A' + i % 26, 'A' + i / 26, 0}; setenv(n, \"x\", 1); } }\n")
        subprocess.run([shutil.which("cc") or "clang", "-shared", "-fPIC", "-o", target, source], check=True)
        return target

    def test_an_empty_name_of_the_program_changes_nothing(self):
        for name in ("", "wallboard", "-sh"):
            done = subprocess.run([name, "--version"], executable=binary(), env=self.home.environment(), capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stderr)


class Unreadable(ConsoleTest):
    """A configuration that may hold `read_only: true` is not taken for none."""

    def start(self):
        return self.run_plain("snapshot", "--format", "json")

    def place(self):
        os.makedirs(self.home.settings)
        return os.path.join(self.home.settings, "config.yaml")

    def test_a_link_that_leads_nowhere_is_refused(self):
        os.symlink("/mnt/not-mounted/config.yaml", self.place())
        done = self.start()
        self.assertEqual(done.returncode, 78, done.stdout)
        self.assertIn(b"cannot be read", done.stderr)

    def test_a_folder_that_leads_nowhere_is_refused(self):
        os.makedirs(os.path.dirname(self.home.settings))
        os.symlink("/mnt/not-mounted", self.home.settings)
        self.assertEqual(self.start().returncode, 78)

    def test_something_that_is_no_file_is_refused(self):
        os.mkdir(self.place())
        self.assertEqual(self.start().returncode, 78)

    @unittest.skipUnless(os.geteuid() == 0, "another account takes root")
    def test_a_folder_that_may_not_be_searched_is_refused(self):
        path = self.place()
        with open(path, "w") as file:
            file.write("read_only: true\n")
        os.chmod(self.home.path, 0o755)
        os.chmod(self.home.settings, 0o700)
        done = subprocess.run([binary(), "snapshot"], env=self.home.environment(), user=65534, group=65534, extra_groups=[],
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
        self.assertEqual(done.returncode, 78, done.stdout)
        self.assertIn(b"cannot be read", done.stderr)


class HandedOn(ConsoleTest):
    def test_the_variable_restricts_and_never_widens(self):
        self.home.configure(("mail", "rq", redis_url(seeds.SMALL)))
        for value, is_restricted in (("1", True), ("yes", True), ("0", False), ("", False)):
            console = self.console(size=(100, 30), OPSCONSOLE_READ_ONLY=value)
            console.wait_for("1 fresh")
            self.assertEqual("READ-WRITE" in console.text(), not is_restricted, value)
        console = self.console(size=(100, 30), args=("--read-only",), OPSCONSOLE_READ_ONLY="0")
        console.wait_for("READ-ONLY|LOOK ONLY")


if __name__ == "__main__":
    unittest.main()
