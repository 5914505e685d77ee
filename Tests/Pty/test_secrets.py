"""A secret goes to the server it is for, and nowhere else."""

import os
import unittest

import seeds
from faults import OwnRedis
from ptyconsole import ConsoleTest
from places import needed, postgres_url

CANARY = "kanarienvogel-4711"
AWKWARD = "pa@ss/kanarienvogel-4711"  # plain: the console encodes what a url wants encoded
PIECE = b"kanarienvogel"


class Secrets(ConsoleTest):
    def setUp(self):
        super().setUp()
        self.redis = OwnRedis("--requirepass", CANARY).start()
        self.addCleanup(self.redis.close)
        seeds.small_queues(client=self.redis.client(password=CANARY))
        port, postgres = self.redis.port, needed("OPSCONSOLE_TEST_PG_PORT")
        secret_file = os.path.join(self.home.path, "secret")
        with open(secret_file, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(f"redis://:{CANARY}@127.0.0.1:{port}/0\n")
        self.home.configure(
            ("right", "rq", f"redis://:${{PW}}@127.0.0.1:{port}/0"),
            ("from-file", "rq", f"file:{secret_file}"),
            ("from-command", "celery", f"command:cat {secret_file}"),
            ("wrong", "celery", f"redis://who:${{WRONG}}@127.0.0.1:{port}/0"),
            ("refused", "rq", "redis://who:${AWKWARD}@127.0.0.1:1/0"),
            ("bad-base", "rq", "redis://who:${RAW}@127.0.0.1:1/0"),
            ("main-db", "postgres", postgres_url("watcher:${PW}")),
            ("bad-user", "postgres", f"postgresql://no-such:${{PW}}@127.0.0.1:{postgres}/shop"))
        self.variables = {"PW": CANARY, "AWKWARD": AWKWARD, "RAW": "12/kanarienvogel@x:y", "WRONG": "falscher-kanarienvogel"}

    def assert_silent(self, data, where):
        at = data.lower().find(PIECE)
        self.assertEqual(at, -1, f"the secret stands in {where}: {data[max(0, at - 80):at + 60]!r}")

    def test_it_is_on_no_screen_in_no_file_and_in_no_argument(self):
        """Screens are shared, exports go into tickets, `ps` is for everybody, and logs are collected."""
        console = self.console(size=(200, 50), **self.variables)
        for name in ("right", "from-file", "from-command", "main-db"):
            console.wait_for(rf"[●◆▲] +{name} ")
        console.wait_for("wrong .*not accepted")
        with open(f"/proc/{console.pid}/cmdline", "rb") as file:
            self.assert_silent(file.read(), "the arguments")
        for key in "12451":
            console.send(key + "ge")
            console.settle(0.1)
            console.send("\r")
            console.settle(0.1)
            console.escape()
        console.send("?")
        console.settle()
        self.assert_silent(bytes(console.raw), "the screen")
        self.assertTrue(self.home.exports())
        console.escape()
        console.send("q")
        self.assertEqual(console.wait_exit(), 0)
        self.assert_silent(bytes(console.raw), "the last screen")
        for folder, _, names in os.walk(self.home.state):
            self.assertEqual(os.stat(folder).st_mode & 0o77, 0, folder)
            for name in names:
                path = os.path.join(folder, name)
                self.assertEqual(os.stat(path).st_mode & 0o77, 0, path)
                with open(path, "rb") as file:
                    self.assert_silent(file.read(), path)

    def test_doctor_and_snapshot_keep_it(self):
        """Their output is pasted into tickets."""
        for command in (("doctor",), ("snapshot", "--format", "json"), ("snapshot", "--format", "table")):
            with self.subTest(command=command):
                done = self.run_plain(*command, "--config", self.home.config, **self.variables)
                self.assert_silent(done.stdout, "standard output")
                self.assert_silent(done.stderr, "standard error")
                self.assertIn(b"main-db", done.stdout)

    def test_a_secret_that_is_not_quoted_for_a_url_is_kept(self):
        """'@', '/', '?' and '#' belong percent-encoded into a url, and often are not: then no part of it may pass for a host."""
        for number, secret in enumerate(("x@kanarienvogel?y", "x@kanarienvogel/y", "x@kanarienvogel#y", "kanarienvogel:1/x", "1?@kanarienvogel")):
            for kind, url in (("rq", "redis://:${RAW}@127.0.0.1:1/0"), ("postgres", "postgresql://who:${RAW}@127.0.0.1:1/shop")):
                with self.subTest(secret=secret, kind=kind):
                    self.home.configure((f"db{number}", kind, url))
                    done = self.run_plain("doctor", "--config", self.home.config, RAW=secret)
                    self.assert_silent(done.stdout + done.stderr, "the output")

    def test_errors_of_the_configuration_keep_it(self):
        """A line with an error is not repeated, and neither is a variable's value."""
        with open(self.home.config, "a") as file:
            file.write("  - {name: bad-port, kind: rq, url: 'redis://who:${PW}@127.0.0.1:port/0'}\n")
            file.write("  - {name: bad-url, kind: postgres, url: 'postgresql://who:${RAW}@127.0.0.1:x1/shop'}\n")
            file.write("  - {name: bad-words, kind: postgres, url: 'host=127.0.0.1 password=${PW} nonsense=1'}\n")
            file.write("  - {name: twice, kind: rq, url: '${PW}', password: '${PW}', nonsense: '${PW}'}\n  - ['${PW}']\nlook: ${PW}\n")
            file.write("sources_: redis://:" + CANARY + "@h/0\n")
        for command in (("doctor",), ("snapshot",), ()):
            with self.subTest(command=command):
                done = self.run_plain(*command, "--config", self.home.config, **self.variables)
                self.assertEqual(done.returncode, 78)
                self.assert_silent(done.stdout + done.stderr, "the messages")


if __name__ == "__main__":
    unittest.main()
