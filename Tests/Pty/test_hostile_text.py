"""Text from outside never reaches the terminal as anything but text. See `scanner` for what a terminal may get."""

import json
import os
import re
import unittest

import seeds
from faults import Listener
from ptyconsole import DOWN, ESCAPE, ConsoleTest
from places import postgres_url, redis_url
from scanner import offences, plain_offences

WIDE = (220, 60)
# What must be seen of the escapes.
SHOWN = (r"\x1b[2J\x1b[31mcsi", r"\x1b]0;owned\x07title", r"\x1bP$qm", r"c1\x9b31m", r"c1\u{9b}31m", r"bidi\u{202e}gnp", r"zero\u{200b}wid",
         r"bad\xff\xfe", r"line\r\n\tnext\x08\x7f\x00")


class Hostile(ConsoleTest):
    @classmethod
    def setUpClass(cls):
        cls.sessions = seeds.HostileSessions().__enter__()
        cls.addClassCleanup(cls.sessions.__exit__)
        seeds.hostile_rq()
        cls.broker = seeds.hostile_celery()
        cls.liar = Listener(b"-ERR \x1b[2J\x1b]0;owned\x07 \xe2\x80\xae \x9b31m\r\n" * 3)
        cls.addClassCleanup(cls.liar.close)
        cls.babbler = Listener(b"\x1b[2J\x1b]0;owned\x07\xe2\x80\xae\x9b31m" * 9)
        cls.addClassCleanup(cls.babbler.close)

    def setUp(self):
        super().setUp()
        self.home.configure(
            ("jobs", "rq", redis_url(seeds.HOSTILE_RQ)), ("mail", "celery", redis_url(seeds.HOSTILE_CELERY)),
            ("main-db", "postgres", postgres_url()), ("liar", "rq", f"redis://127.0.0.1:{self.liar.port}/0"),
            ("babbler", "celery", f"redis://127.0.0.1:{self.babbler.port}/0"),
            ("tongues", "postgres", f"postgresql://watcher@127.0.0.1:{self.babbler.port}/shop"),
            ("stranger", "postgres", postgres_url("nobody%1b[31m%e2%80%ae")))

    def opened(self, size=WIDE, **env):
        console = self.console(size=size, **env)
        console.wait_for("3 fresh")
        seeds.celery_heartbeats(self.broker)
        return console

    def assert_clean(self, console, **how):
        console.settle()
        self.assertEqual(offences(bytes(console.raw), **how)[:5], [])


class EveryRow(Hostile):
    def visit_each(self, console, table, opened, at_least, tab=None):
        """Opens every row of a table, looks, and comes back. Crumbs tell where one is."""
        seen = []
        console.send("g")
        while not seen or seen[-1] not in seen[:-1]:
            self.assertLess(len(seen), 80, "no end")
            console.press("\r", rf"{table} › \S.* ›")
            console.wait_for(opened)
            seen.append(console.lines()[2])
            console.send(DOWN * 3)
            console.settle(0.03)
            console.press(ESCAPE, rf"(?m)^ {tab or table} .*read \d")
            console.send(DOWN)
            console.settle(0.03)
        self.assertGreaterEqual(len(set(seen)), at_least, seen)

    def test_queues_and_every_look_into_a_queue(self):
        """Names, ids, descriptions and arguments, of RQ and of Celery."""
        console = self.opened()
        console.press("2", "queue .*ready")
        for shown in SHOWN:
            with self.subTest(shown=shown):
                console.wait_for(re.escape(shown))
        self.visit_each(console, "Queues", r"\d+ of them shown", 31)
        self.assert_clean(console)

    def test_workers_and_every_worker(self):
        """Names and hosts of workers; Celery's come in by their heartbeats."""
        console = self.opened()
        console.press("4", "busy")
        console.wait_for(re.escape(r"\x1b[2J\x1b[31mcsi@h"))
        self.visit_each(console, "Workers", "heartbeat .*ago|heartbeat +—", 30)
        self.assert_clean(console)

    def test_the_database_and_every_session(self):
        """User, application and statement of a session are whatever its owner likes."""
        console = self.opened()
        console.press("5", "idle")
        console.wait_for(re.escape(r"evil\x1b[31m"))
        self.visit_each(console, "Database", "last statement", 15, tab=r"\[Activity\]")
        self.assert_clean(console)


class OnTheScreen(Hostile):
    def test_pulse_names_broken_servers_in_plain_words(self):
        """Error texts of servers, and bytes that are no answer at all, are text from outside as well."""
        console = self.opened()
        console.wait_for(r"liar .*\\x1b\[2J")
        console.wait_for(r"babbler .*\\x1b\[2J")
        console.wait_for(r"stranger ")
        for key in "gjjjjj":
            console.send(key)
            console.settle(0.05)
            console.press("\r", "Pulse ›|Queues|Database")
            console.send("1")
        self.assert_clean(console)

    def test_a_message_of_10_mb_is_shown_by_its_size(self):
        """AC-32: it must not be pulled in whole again and again, nor slow a key down."""
        console = self.opened()
        console.press("2", "huge")
        console.press("/huge\r", r"/huge")
        console.send("g")
        console.press("\r", r"1 of them shown")
        console.wait_for("1[0-9].*M")
        self.assert_clean(console)

    def test_filter_copy_sort_and_palette(self):
        """Text that was typed or pasted, and the clipboard: OSC 52 is the console's own, and holds plain text."""
        console = self.opened()
        console.press("2", "queue .*ready")
        for text in seeds.HOSTILE.values():
            console.send(b"/\x1b[200~" + text.replace(b"\x1b[201~", b"") + b"\x1b[201~")
            console.settle(0.03)
            console.send(b"\r")
            console.settle(0.03)
            console.escape(2)
        console.escape()
        console.press("2", "queue .*ready")
        console.send("g")
        for _ in range(20):
            console.send("yj")
            console.settle(0.02)
        console.send("s\x1b[200~\u202e\x1b[31m\x1b[201~")
        self.assert_clean(console, clipboard=True)
        self.assertIn(b"\x1b]52;c;", console.raw)

    def test_other_looks_and_sizes(self):
        """The same text where there is no colour, no UTF-8, and next to no room."""
        for size, env in ((WIDE, {"LANG": "C"}), (WIDE, {"NO_COLOR": "1"}), ((40, 12), {}), ((9, 6), {})):
            with self.subTest(size=size, **env):
                console = self.console(size=size, **env)
                console.until(lambda: seeds.server(seeds.HOSTILE_RQ).client_list(), what="a connection")
                for key in "2455221":
                    console.send(key)
                    console.settle(0.15)
                self.assert_clean(console, ascii_only=env.get("LANG") == "C")


class InFiles(Hostile):
    def assert_plain(self, data, name):
        self.assertNotIn(b"\x1b", data, name)
        self.assertEqual(plain_offences(data, lines=True)[:5], [], name)

    def assert_json(self, data, name):
        self.assertTrue(data.isascii(), f"{name} is ASCII")
        self.assert_plain(data, name)
        return json.loads(data)

    def export(self, console):
        """One export more, as two files; within one second there is only one, and the key is pressed again."""
        wanted = len(self.home.exports()) + 2
        console.send("e")

        def is_there():
            if len(self.home.exports()) < wanted and "not exported" in console.text():
                console.let_pass(0.5)
                console.send("e")
                console.let_pass(0.3)
            return len(self.home.exports()) >= wanted

        console.until(is_there, what="an export")

    def test_exports_are_plain_text_and_ascii_json(self):
        """They end up in tickets and terminals of colleagues."""
        console = self.opened()
        for key in "1245":
            console.send(key)
            console.settle(0.1)
            self.export(console)
        self.assertGreaterEqual(len(self.home.exports()), 8)
        for path in self.home.exports():
            with open(path, "rb") as file:
                data = file.read()
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
            self.assert_json(data, path) if path.endswith(".json") else self.assert_plain(data, path)
        self.assert_clean(console)

    def test_snapshot_as_json_is_ascii_and_parses(self):
        """Scripts read it; a name must come back as the bytes' escaped form, and nothing may break the syntax."""
        done = self.run_plain("snapshot", "--format", "json", "--config", self.home.config)
        document = self.assert_json(done.stdout, "snapshot")
        names = {queue["name"] for queue in document["queues"]}
        self.assertIn(r"\x1b[2J\x1b[31mcsi", names)
        self.assertIn("huge", names)
        self.assert_plain(done.stderr, "standard error")
        self.assertEqual(done.returncode, 69, "some sources are unavailable")

    def test_snapshot_as_table_and_doctor_are_plain_text(self):
        """They are read on a terminal."""
        for command in (("snapshot", "--format", "table"), ("doctor",)):
            with self.subTest(command=command):
                done = self.run_plain(*command, "--config", self.home.config)
                self.assert_plain(done.stdout, "standard output")
                self.assert_plain(done.stderr, "standard error")
                self.assertIn(b"main-db", done.stdout)

    def test_settings_of_hostile_text_are_refused_in_plain_words(self):
        """File names, keys and variables come from outside as well."""
        path = os.path.join(self.home.path, "con\x1b[31m\u202efig.yaml")
        with open(path, "w") as file:
            file.write('"\\x1b[31m\\u202ekey": 1\nenvironment: "\\x1b]0;x\\x07"\nsources: [{name: "a\\u200b", kind: "\\x9b", url: x}]\n')
        for command in (("snapshot",), ("doctor",), ()):
            with self.subTest(command=command):
                done = self.run_plain(*command, "--config", path, TERM="\x1b[31m", USER="\x1b[5mx")
                self.assertIn(done.returncode, (64, 78))
                self.assert_plain(done.stdout + done.stderr, "output")
                self.assertIn(rb"\x1b", done.stdout + done.stderr)

    def test_the_user_name_is_text_as_well(self):
        """It stands in the first line."""
        console = self.console(size=WIDE, USER="\x1b[31m\u202eme")
        console.wait_for(re.escape(r"\x1b[31m\u{202e}me@"))
        self.assert_clean(console)


if __name__ == "__main__":
    unittest.main()
