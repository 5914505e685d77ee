"""What a wallboard asks of servers, with the servers themselves as witnesses: reading, and nothing else."""

import http.server
import os
import re
import sys
import tempfile
import threading
import time
import unittest

import test_readonly
from livescene import LIVE
from walls import PACE, WallTest, everything_dead

sys.path.insert(0, LIVE)

from pg_cluster import Cluster  # noqa: E402

LONG = 30  # seconds as the board counts them
# Of the session and not of the data.
ABOUT_THE_CONNECTION = {"AUTH", "HELLO", "SELECT", "PING", "CLIENT", "SUBSCRIBE", "PSUBSCRIBE", "UNSUBSCRIBE", "PUNSUBSCRIBE", "INFO", "TIME",
                        "COMMAND", "MODULE", "LATENCY", "SLOWLOG", "MEMORY"}
# What some of them may be asked for that is no reading.
NO_READING = {"KILL", "PAUSE", "UNPAUSE", "UNBLOCK", "RESET", "PURGE", "LOAD", "LOADEX", "UNLOAD", "NO-EVICT", "NO-TOUCH"}
# Begin and end of a reading transaction, its settings, and what reads. FETCH and CLOSE belong to cursors of it.
READING = re.compile(r"(?is)\s*(/\*.*?\*/\s*)*(SELECT|WITH|SHOW|TABLE|VALUES|SET\s|BEGIN|START TRANSACTION|COMMIT|ROLLBACK|RESET|DISCARD)")
CHANGING = re.compile(r"(?i)\b(pg_terminate_backend|pg_cancel_backend|pg_reload_conf|pg_stat_reset\w*|pg_stat_statements_reset|set_config|"
                      r"nextval|setval|lo_\w+|dblink\w*|FOR UPDATE|FOR SHARE|INTO|COPY|INSERT|UPDATE|DELETE|pg_advisory\w*)\b")
LOGGED = re.compile(r"(?m)^.*?(?:statement|execute [^:]*): (.*(?:\n\t.*)*)")
EXPOSITION = b"# TYPE process_resident_memory_bytes gauge\nprocess_resident_memory_bytes 5e7\n"


class ReadsOnly(WallTest):
    def let_run(self):
        """A board that shows every page, for a while."""
        console = self.wall("--rotate", "2")
        console.wait_for(r"\d fresh")
        begun = time.monotonic()
        while (time.monotonic() - begun) * PACE < LONG:
            console.send("RUDKrudk \r")
            console.settle(0.3, most=0.5)
        self.leave(console)

    def test_redis_sees_reading_commands_alone(self):
        self.home.configure(*everything_dead())
        witness = test_readonly.Witness()
        flags = {name.upper(): facts["flags"] for name, facts in witness.client.command().items()}
        self.let_run()
        lines = witness.end()
        self.assertGreater(len(lines), 100, "the witness saw the board")
        self.assertEqual([line for line in lines if line.split(" ", 1)[0].upper() in witness.writes], [])
        words = {line.split(" ", 1)[0].upper() for line in lines}
        other = {word for word in words if "readonly" not in flags.get(word, []) and word not in ABOUT_THE_CONNECTION}
        asked = {tuple(line.upper().split()[:2]) for line in lines}
        self.assertEqual([pair for pair in asked if len(pair) == 2 and pair[0] in ABOUT_THE_CONNECTION and pair[1] in NO_READING], [])
        # A script is read as what it calls, which is seen as commands of its own.
        self.assertLessEqual(other, {"EVAL", "EVALSHA", "EVAL_RO", "EVALSHA_RO"}, other)
        self.say(f"{len(lines)} commands: {' '.join(sorted(words))}")

    def test_http_sees_get_alone(self):
        methods = []

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_one_request(self):
                self.raw_requestline = self.rfile.readline(65537)
                if not self.raw_requestline:
                    self.close_connection = True
                    return
                methods.append(self.raw_requestline.split(b" ")[0].decode("latin-1"))
                if not self.parse_request():
                    return
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(EXPOSITION)))
                self.end_headers()
                self.wfile.write(EXPOSITION)

            def log_message(self, *_):
                """The tests say what matters."""

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        self.home.configure(("api", "metrics", f"http://127.0.0.1:{server.server_address[1]}/metrics"))
        self.let_run()
        self.assertGreater(len(methods), 2, "nobody asked")
        self.assertEqual(set(methods), {"GET"})

    def test_postgres_sees_reading_statements_alone(self):
        folder = tempfile.mkdtemp(prefix="opsconsole-wall-pg-")
        prefix = {"log_statement": "all", "log_line_prefix": "%q<%a> "}
        with Cluster(folder, **prefix) as cluster:
            self.home.configure(("main-db", "postgres", f"postgresql://watcher@127.0.0.1:{cluster.port}/shop"))
            self.let_run()
            with open(cluster.log, errors="replace") as file:
                statements = LOGGED.findall("\n".join(self.own_entries(file.read())))
        self.assertGreater(len(statements), 10, "the board asked nothing")
        self.assertEqual([one for one in statements if not READING.match(one)], [])
        self.assertEqual([one for one in statements if CHANGING.search(re.sub(r"'[^']*'", "''", one))], [])
        self.say(f"{len(statements)} statements, {len(set(statements))} different ones")

    @staticmethod
    def own_entries(text):
        """Entries of the board's own sessions; a line that begins with a tab goes on with the one before."""
        entries = re.split(r"\n(?!\t)", text)
        return [entry for entry in entries if entry.startswith("<opsc:")]


if __name__ == "__main__":
    unittest.main()
