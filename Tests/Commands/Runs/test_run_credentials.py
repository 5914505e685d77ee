"""What a server is sent to say who we are comes back nowhere, however it repeats it."""

import base64
import json
import os
import socketserver
import threading
import unittest
import urllib.parse

from running import RunTest
from web import Server

BEARER = "bearer-kanarienvogel-4711"
PASSWORD = "pa ss/kanarienvogel+4711"
TENANT = "tenant-kanarienvogel"
PIECE = "kanarienvogel"


def repeated(request):
    """Answers with what was sent to say who asks, in many forms; the status is the last word of the path."""
    said = request.headers.get("Authorization") or ""
    word = said.split(" ")[-1]
    plain = base64.b64decode(word).decode() if said.startswith("Basic") else word
    told = {"auth": said, "tenant": request.headers.get("X-Scope-OrgID"), "plain": plain, "url": urllib.parse.quote(plain),
            "hex": plain.encode().hex(), plain: "its name"}
    last = request.path.split("/")[-1]
    return int(last) if last.isdigit() else 200, json.dumps(told).encode()


class RepeatingRedis(socketserver.ThreadingTCPServer):
    """A Redis that does not know AUTH, and says so as Redis does: with its arguments."""

    allow_reuse_address = daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), self.Handler)
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            while (line := self.rfile.readline()):
                words = []
                for _ in range(int(line[1:])):
                    size = int(self.rfile.readline()[1:])
                    words.append(self.rfile.read(size).decode())
                    self.rfile.read(2)
                shown = ", ".join(f"'{word}'" for word in words[1:])
                self.wfile.write(f"-ERR unknown command '{words[0]}', with args beginning with: {shown}\r\n".encode())

    def stop(self):
        self.shutdown()
        self.server_close()


class CredentialsTest(RunTest):
    def setUp(self):
        super().setUp()
        self.echo, self.server = Server(repeated), RepeatingRedis()
        self.addCleanup(self.echo.stop)
        self.addCleanup(self.server.stop)
        token = os.path.join(self.folder, "token")
        with open(token, "w", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(BEARER + "\n")
        url = f"http://127.0.0.1:{self.echo.port}"
        word = urllib.parse.quote(PASSWORD, safe="")
        self.more = f"  - {{name: prom, kind: prometheus, url: \"http://ops:${{PW}}@127.0.0.1:{self.echo.port}\", tenant: {TENANT}}}\n"
        self.configure(f"""\
  connections:
    - {{name: by-token, kind: http, url: "{url}", bearer: "file:{token}"}}
    - {{name: by-account, kind: http, url: "http://ops:{word}@127.0.0.1:{self.echo.port}"}}
    - {{name: by-query, kind: http, url: "{url}", password: "${{PW}}"}}
    - {{name: flags, kind: redis, url: "redis://ops:{word}@127.0.0.1:{self.server.port}"}}
    - {{name: dsn, kind: postgres, url: "host=127.0.0.1 port=1 dbname=x user=ops password=${{PW}}"}}
""")
        os.chmod(self.config, 0o600)

    def leaks(self, *texts):
        """Where a piece of a credential stands: in a text, or in a file of the state folder."""
        coded = [base64.b64encode(b"ops:" + PASSWORD.encode()).decode().rstrip("="), PASSWORD.encode().hex(), BEARER.encode().hex(), PIECE]
        found = [(form, "shown") for text in texts for form in coded if form in text]
        for folder, _, names in os.walk(os.path.join(self.folder, "state")):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    data = file.read().decode(errors="replace")
                found += [(form, name) for form in coded if form in data]
        return found

    def run_book(self, steps, code, more=""):
        self.book("echo", more + "steps:\n" + steps)
        process = self.begin("echo")
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, code, err + out)
        shown = self.run_command("runbook", "show", "last")
        status = self.run_command("runbook", "status", "last")
        self.assertEqual(self.leaks(out.decode(), err.decode(), shown.out, shown.err, status.out, status.err), [], shown.out)
        return shown.out.replace("\\u{2022}", "•")

    def variables(self, state="state"):
        return dict(super().variables(state), PW=PASSWORD)

    def test_a_server_that_repeats_token_account_and_tenant_shows_none_of_them(self):
        shown = self.run_book("""\
  - {id: token, http: {conn: by-token, method: POST, path: /echo, json: {a: 1}}, outputs: {who: {from: json, path: auth}}}
  - {id: account, http: {conn: by-account, method: GET, path: /echo}, outputs: {who: {from: json, path: auth}}}
  - {id: source, mode: read, http: {conn: prom, method: GET, path: /echo}}
  - id: waits
    wait:
      probe: {http: {conn: by-token, method: GET, path: /echo}, outputs: {who: {from: json, path: auth}}}
      until: outputs.status == 200
      timeout: 5s
""", 0)
        self.assertIn("••••••", shown)

    def test_a_failure_that_repeats_them_shows_none_of_them(self):
        for conn in ("by-token", "by-account", "by-query", "prom"):
            with self.subTest(conn=conn):
                self.run_book(f"  - {{id: bad, http: {{conn: {conn}, method: GET, path: /healthz, expect: [418]}}}}\n", 1)
                self.run_book(f"  - {{id: bad, http: {{conn: {conn}, method: GET, path: /status/500}}}}\n", 1)

    def test_a_precondition_and_a_verify_that_repeat_them_show_none_of_them(self):
        self.book("echo", """preconditions:
  - {id: dep, http: {conn: by-token, method: GET, path: /echo}, that: outputs.json.auth == 'x'}
steps:
  - {id: one, run: {script: 'true'}}
""")
        plan = self.run_command("runbook", "plan", "echo")
        self.assertEqual(plan.code, 1)
        self.assertEqual(self.leaks(plan.out, plan.err), [])
        self.run_book("""\
  - id: one
    run: {script: 'kill -9 $$'}
    verify: {http: {conn: by-account, method: GET, path: /echo}, that: outputs.json.auth == 'x'}
""", 1)

    def test_redis_and_postgres_that_cannot_be_reached_or_refuse_show_none_of_them(self):
        shown = self.run_book("  - {id: flag, redis: {conn: flags, cmd: [SET, a, b]}}\n", 1)
        self.assertIn("unknown command", shown)
        self.run_book("  - {id: rows, mode: read, sql: {conn: dsn, query: 'SELECT 1'}}\n", 1)

    def test_a_credential_that_is_too_short_to_be_found_is_named_by_the_plan_and_hidden_beside_its_account(self):
        self.configure(f"  connections: [{{name: short, kind: http, url: \"http://ops:q7@127.0.0.1:{self.echo.port}\"}}]\n")
        self.book("echo", "steps:\n  - {id: one, mode: read, http: {conn: short, method: GET, path: /echo}}\n")
        done = self.carry_out("echo")
        self.assertEqual(done.code, 0, done.err)
        shown = self.run_command("runbook", "show", "last")
        self.assertIn("a credential of short has less than 6 bytes", shown.out)
        self.assertNotIn(base64.b64encode(b"ops:q7").decode().rstrip("="), shown.out)

    def test_sources_that_repeat_them_show_none_of_them_to_scripts(self):
        for words in (("doctor",), ("snapshot", "--format", "json"), ("snapshot", "--format", "table")):
            done = self.run_command(*words)
            self.assertEqual(self.leaks(done.out, done.err), [], words)
            self.assertIn("prom", done.out)

    def test_a_program_that_prints_them_shows_none_of_them(self):
        token = os.path.join(self.folder, "token")
        self.run_book("""\
  - {id: prints, mode: read, cmd: {argv: [cat, "%s"]}}
  - {id: codes, mode: read, run: {script: "base64 < %s; od -An -tx1 < %s"}}
  - {id: token, http: {conn: by-token, method: POST, path: /echo, json: {a: 1}}}
""" % (token, token, token), 0)


if __name__ == "__main__":
    unittest.main()
