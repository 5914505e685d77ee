"""What an operator types arrives as it is and runs nothing; what is secret is nowhere; what a program does wrong is contained."""

import base64
import json
import os
import signal
import subprocess
import sys
import threading
import time
import unittest
import urllib.parse

from amounts import amount, seeded
from deadline import Control
from commandtest import LIVE
from running import RunTest

sys.path.insert(0, LIVE)

from run_sshd import LocalSSH  # noqa: E402

# Each would do something, or become something else, where it is read as text once too often.
INJECTIONS = [
    "$(touch PWNED)", "`touch PWNED`", "; touch PWNED", "| touch PWNED", "&& touch PWNED", "' ; touch PWNED ; '", '" ; touch PWNED ; "',
    "'$(touch PWNED)'", "\\'; touch PWNED; \\'", "${IFS}touch${IFS}PWNED", "$P_V0", "${{ params.v0 }}", "${{ 1 }}", "%s%n", "a b  c", " lead",
    "trail ", "*", "~", "?", "[a-z]*", "{a,b}", "!!", "#x", "\\", "\\\\", "\\n", "''", '""', "'", '"', "$", "$$", "\u00e9\u4e2d\U0001f600",
    "e\u0301", "{{ lookup('pipe','touch PWNED') }}", "{% set x = cycler.__init__.__globals__ %}", "{{ 7*7 }}", "!unsafe x", "&a *a", "x: y", "- x",
    "1; DROP TABLE run_values; --", "' OR '1'='1", "$1", "$$x$$", "E'\\x27'", "\r".join(["a"]), "\"}]}", "</script>", "..", "../../etc/passwd", "a=b",
    "@/etc/passwd", "%0a%0dSET x 1", "NULL", "true", "null", "0x10", "1e5", ":x", "a:b:c", "=x", "\u2028".join(["a"]),
]


def random_text(generator):
    alphabet = "".join(chr(code) for code in range(0x20, 0x7F)) + "\u00e4\u00df\u4e2d\U0001f600\u00f1"
    return "".join(generator.choice(alphabet) for _ in range(generator.randint(1, 60)))


# Values that one run takes: each arrives in every place.
AT_ONCE = 12


def places(count, python, echo):
    """A runbook whose steps hand so many values to every kind of place."""
    numbers = range(count)
    given = [f"${{{{ params.v{number} }}}}" for number in numbers]
    args = json.dumps(given)
    params = "".join(f"  v{number}: {{type: string, required: true, allow_leading_dash: true, max_len: 400}}\n" for number in numbers)
    argv = json.dumps([python, echo, "argv", *given])
    env = json.dumps({f"EXTRA{number}": value for number, value in enumerate(given)})
    words = " ".join(f'"$P_V{number}"' for number in numbers)
    hexes = ", ".join(f"encode(convert_to(${number + 1}::text, 'UTF8'), 'hex')" for number in numbers)
    values = json.dumps(["MSET", *[word for number in numbers for word in (f"run:value:{number}", given[number])]])
    return f"""
params:
{params}steps:
  - {{id: argv, mode: read, cmd: {{argv: {argv}, env: {env}, stdin: {json.dumps(chr(10).join(given))}}}}}
  - {{id: shell, run: {{script: '{python} {echo} shell {words} "$@"', args: {args}}}}}
  - {{id: sql, mode: read, sql: {{conn: pg-main, query: "SELECT concat_ws(',', {hexes}) AS hex", args: {args}}}}}
  - {{id: resp, redis: {{conn: broker, cmd: {values}}}}}
  - {{id: remote, ssh: {{host: web-1, script: '{python} {echo} remote "$@"', args: {args}}}}}
"""


ECHO = """
import base64, os, sys
code = lambda text: base64.b64encode(os.fsencode(text)).decode()
print("ECHO", sys.argv[1], *[code(word) for word in sys.argv[2:]])
if sys.argv[1] == "argv":
    for name in ("EXTRA", "P_V"):
        print("ECHO", name, *[code(os.environ[f"{name}{number}"]) for number in range(len(sys.argv) - 2)])
    print("ECHO stdin", code(os.fsdecode(sys.stdin.buffer.read())))
"""


class ValuesTest(RunTest):
    hosts = ("web-1", "web-2", "web-3")

    def setUp(self):
        super().setUp()
        self.tools = os.path.join(self.folder, "tools")
        os.mkdir(self.tools)
        self.ssh = LocalSSH(self.folder, self.hosts, self.tools)
        self.addCleanup(self.ssh.stop)
        self.configure(f"  ssh_config: \"{self.ssh.config}\"\n  groups: [{{name: here, hosts: [localhost]}}]\n")
        self.echo = os.path.join(self.folder, "echo.py")
        with open(self.echo, "w") as file:
            file.write(ECHO)

    def echoed(self, shown):
        found = {}
        for line in shown["output"]:
            words = line["line"].split()
            if words[:1] == ["ECHO"]:
                found[words[1]] = [base64.b64decode(word).decode() for word in words[2:]]
        return found

    def pwned(self):
        return [name for folder in (self.folder, os.getcwd(), "/", "/root", os.path.expanduser("~")) for name in [os.path.join(folder, "PWNED")] if os.path.exists(name)]

    def test_any_text_arrives_byte_by_byte_everywhere_and_nothing_else_runs(self):
        generator = seeded()
        everything = INJECTIONS + [random_text(generator) for _ in range(amount(120))]
        for start in range(0, len(everything), AT_ONCE):
            self.arrive(everything[start:start + AT_ONCE])
        self.assertEqual(self.pwned(), [])
        self.verify_audit()

    def arrive(self, values):
        self.book("values", places(len(values), sys.executable, self.echo))
        done = self.carry_out("values", **{f"v{number}": value for number, value in enumerate(values)})
        self.assertEqual(done.code, 0, f"{values!r}: {done.err}{done.out}")
        run = done.json["run"]["run"]
        found = self.echoed(self.show(run))
        for place in ("argv", "EXTRA", "P_V", "remote"):
            self.assertEqual(found[place], values, place)
        self.assertEqual(found["stdin"], ["\n".join(values)])
        self.assertEqual(found["shell"], values + values)
        self.assertEqual([self.redis.get(f"run:value:{number}").decode() for number in range(len(values))], values)
        told = self.steps(run)["sql"]["outputs"]["value"].split(",")
        self.assertEqual([bytes.fromhex(text).decode() for text in told], values)

    def test_a_leading_dash_control_characters_and_marks_of_direction_are_refused_before_anything_runs(self):
        self.book("strict", """
params: {value: {type: string, required: true}}
steps:
  - {id: argv, cmd: {argv: [touch, "%s/${{ params.value }}"]}}
""" % self.folder)
        for value in ("-rf", "--help", "a\x1b[2Jb", "a\nb", "a\tb", "\u202egnigats", "a\u2066b", "\x7f", "\x9b31m", "x" * 300):
            done = self.carry_out("strict", value=value)
            self.assertEqual(done.code, 64, f"{value!r}: {done.out}")
        self.assertEqual(self.runs(), [])

    def test_templates_in_variables_stay_text_for_ansible(self):
        values = ("{{ lookup('pipe','touch %s/PWNED') }}" % self.folder, "{% raw %}x", "'\": \\ {{ 7*7 }}", "@x: [y]")
        names = [f"v{number}" for number in range(len(values))]
        with open(os.path.join(self.books, "play.yml"), "w") as file:
            file.write("- hosts: all\n  gather_facts: false\n  tasks:\n")
            for name in names:
                file.write(f"    - ansible.builtin.copy: {{dest: {self.folder}/{name}, content: \"{{{{ {name} }}}}|{{{{ more.list[0] }}}}\"}}\n")
        params = "".join(f"  {name}: {{type: string, required: true}}\n" for name in names)
        given = ", ".join(f'{name}: "${{{{ params.{name} }}}}"' for name in names)
        self.book("ansible", f"""
params:
{params}steps:
  - {{id: made, mode: read, cmd: {{argv: [printf, '{{"list": ["{{{{ 6*7 }}}}"]}}']}}}}
  - id: play
    timeout: 5m
    ansible: {{playbook: play.yml, inventory: here, vars: {{{given}, more: "${{{{ steps.made.outputs.json }}}}"}}}}
""")
        done = self.carry_out("ansible", **dict(zip(names, values)))
        self.assertEqual(done.code, 0, done.err + done.out)
        for name, value in zip(names, values):
            with open(os.path.join(self.folder, name)) as file:
                self.assertEqual(file.read(), f"{value}|{{{{ 6*7 }}}}")
        self.assertEqual(self.pwned(), [])

    def test_a_path_of_a_request_takes_a_value_as_one_part_of_it(self):
        seen = []
        server = Web(seen)
        self.addCleanup(server.stop)
        self.configure(f"  connections: [{{name: web, kind: http, url: \"http://127.0.0.1:{server.port}/base\"}}]\n")
        self.book("path", """
params: {value: {type: string, required: true}}
steps:
  - {id: put, http: {conn: web, method: PUT, path: "/items/${{ params.value }}", query: {q: "${{ params.value }}"}, json: {v: "${{ params.value }}"}}}
""")
        for value in ("a/b", "a b", "a?x=1#y", "%2e", "\u00e9", "a&b=c", '"}'):
            done = self.carry_out("path", value=value)
            self.assertEqual(done.code, 0, done.err + done.out)
            method, target, body, headers = seen[-1]
            path, _, query = target.partition("?")
            self.assertEqual((method, path), ("PUT", "/base/items/" + urllib.parse.quote(value, safe="")))
            self.assertEqual(urllib.parse.parse_qs(query)["q"], [value])
            self.assertEqual(json.loads(body), {"v": value})
            self.assertRegex(headers["Idempotency-Key"], r"^[0-9A-Z]{26}/put$")
        up = self.carry_out("path", value="..")
        self.assertEqual((up.code, up.json["can_run"]), (1, False))


class Web:
    """Answers 200 and remembers what was asked."""

    def __init__(self, seen, answer=None):
        import http.server

        class Handler(http.server.BaseHTTPRequestHandler):
            def do(self):
                length = int(self.headers.get("Content-Length") or 0)
                seen.append((self.command, self.path, self.rfile.read(length), dict(self.headers)))
                status, body = answer(self.command, self.path) if answer else (200, b"{}")
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_PUT = do_POST = do

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class SecretsTest(RunTest):
    SECRET = "hunter2/+ geheim\"x"

    def setUp(self):
        super().setUp()
        self.ssh = LocalSSH(self.folder, ["web-1"], "/usr/bin")
        self.addCleanup(self.ssh.stop)
        self.configure(f"  ssh_config: \"{self.ssh.config}\"\n")

    def forms(self):
        raw = self.SECRET.encode()
        return [raw, base64.b64encode(raw), urllib.parse.quote(self.SECRET, safe="").encode(), json.dumps(self.SECRET)[1:-1].encode(), b"parameter-geheim"]

    def leaks(self):
        found = []
        for folder, _, names in os.walk(os.path.join(self.folder, "state")):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    data = file.read()
                # Values that people can not read as they are stand in base64 there.
                data += b" ".join(base64.b64decode(part.split(b'"')[0] + b"==") for part in data.split(b'"$base64":"')[1:])
                found += [(name, form) for form in self.forms() if form in data]
        return found

    def test_a_secret_is_in_no_file_no_argument_and_on_no_screen(self):
        self.book("secret", """
params: {token: {type: string, required: true, sensitive: true}}
secrets:
  key: {from: {env: RUN_SECRET}, hosts: [localhost, web-1]}
steps:
  - id: prints
    run:
      script: |
        test -n "$S_KEY"
        for c in $(printf %s "$S_KEY" | sed 's/./& /g'); do :; done
        python3 - <<'P'
        import base64, json, os, sys, time, urllib.parse
        key = os.environ["S_KEY"]
        for text in (key, base64.b64encode(key.encode()).decode(), urllib.parse.quote(key, safe=""), json.dumps(key), "a" + key * 3 + "b", os.environ["P_TOKEN"]):
            for at in range(0, len(text), 3):
                sys.stdout.write(text[at:at + 3]); sys.stdout.flush(); time.sleep(0.002)
            print()
            print(text, file=sys.stderr)
        P
  - {id: remote, ssh: {host: web-1, script: 'test -n "$S_KEY"; echo "there: $S_KEY"; ps -eo args | grep -c "[h]unter2" || true'}}
  - {id: fails, continue_on_error: true, run: {script: 'echo "error: $S_KEY $P_TOKEN" >&2; exit 4'}}
  - {id: sql, mode: read, sql: {conn: pg-main, query: "SELECT $1::text AS echo", args: ["${{ params.token }}"]}}
""")
        watcher = Arguments(self.forms())
        env = {"RUN_SECRET": self.SECRET, "RUN_TOKEN": "parameter-geheim"}
        process = self.begin("secret", env=env, words=["--param-env", "token=RUN_TOKEN"])
        out, err = process.communicate(timeout=120)
        watcher.stop()
        self.assertEqual(process.returncode, 0, err + out)
        self.assertEqual(watcher.seen, [])
        shown = self.run_command("runbook", "show", "last")
        for form in self.forms():
            self.assertNotIn(form.decode(), out.decode() + err.decode() + shown.out + shown.err)
        self.assertEqual(self.leaks(), [])
        self.assertIn("there: ••••••", shown.out.replace("\\u{2022}", "•"))

    def test_what_a_server_says_about_a_sensitive_value_is_hidden_as_well(self):
        self.book("echo", """
params: {token: {type: string, required: true, sensitive: true}}
steps:
  - id: change
    run: {script: "kill -9 $$"}
    verify: {sql: {conn: pg-main, query: "SELECT $1::uuid", args: ["${{ params.token }}"]}, that: outputs.count == 1}
""")
        process = self.begin("echo", env={"RUN_TOKEN": "parameter-geheim"}, words=["--param-env", "token=RUN_TOKEN"])
        out, err = process.communicate(timeout=120)
        self.assertEqual(process.returncode, 75, err + out)
        run = self.runs()[0]
        self.assertIn("invalid input syntax", self.show(run["run"])["run"]["message"])
        self.assertEqual(self.leaks(), [])
        self.assertNotIn(b"geheim", out + err)

    def test_a_secret_goes_to_the_hosts_that_are_named_and_to_no_others(self):
        self.book("bound", """
secrets:
  key: {from: {env: RUN_SECRET}, hosts: [web-1]}
steps:
  - {id: here, run: {script: 'echo "here ${S_KEY:-none}"'}}
  - {id: there, ssh: {host: web-1, script: 'echo "there ${#S_KEY}"'}}
""")
        done = self.carry_out("bound", env={"RUN_SECRET": self.SECRET})
        self.assertEqual(done.code, 0, done.err)
        lines = [line["line"] for line in self.show()["output"]]
        self.assertEqual(lines, ["here none", f"there {len(self.SECRET)}"])

    def test_a_short_secret_is_refused(self):
        self.book("short", "secrets:\n  key: {from: {env: RUN_SECRET}, hosts: [localhost]}\nsteps:\n  - {id: a, run: {script: 'true'}}\n")
        done = self.carry_out("short", env={"RUN_SECRET": "abc"})
        self.assertEqual(done.code, 69)
        self.assertIn("less than 6 bytes", done.err)


class Arguments:
    """Looks at the arguments of all processes until it is stopped."""

    def __init__(self, forms):
        self.forms, self.seen, self.over = forms, [], threading.Event()
        self.thread = threading.Thread(target=self.look)
        self.thread.start()

    def look(self):
        while not self.over.is_set():
            for name in os.listdir("/proc"):
                if name.isdigit() and int(name) != os.getpid():
                    try:
                        with open(f"/proc/{name}/cmdline", "rb") as file:
                            words = file.read()
                    except OSError:
                        continue
                    self.seen += [words for form in self.forms if form in words]

    def stop(self):
        self.over.set()
        self.thread.join()


class ChildrenTest(RunTest):
    def test_a_program_that_ignores_its_end_is_ended_and_one_that_hides_is_found(self):
        self.book("stubborn", """
steps:
  - id: stays
    mode: read
    timeout: 1s
    kill_after: 1s
    continue_on_error: true
    cmd: {argv: [python3, -c, "import signal,time\\nsignal.signal(signal.SIGTERM, signal.SIG_IGN)\\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\\ntime.sleep(60)"]}
  - id: hides
    run: {script: "setsid sleep 61 </dev/null >/dev/null 2>&1 & disown; nohup sleep 62 >/dev/null 2>&1 & echo hidden"}
  - {id: reads, mode: read, timeout: 10s, cmd: {argv: [cat]}}
  - {id: asks, mode: read, timeout: 10s, continue_on_error: true, run: {script: "read -r x </dev/tty; echo $x"}}
""")
        with Control() as machine:
            began = time.monotonic()
            done = self.carry_out("stubborn")
            took = time.monotonic() - began
        self.assertEqual(done.code, 0, done.err + done.out)
        self.assertLess(took, machine.allows(15))
        steps = self.steps()
        self.assertEqual((steps["stays"]["state"], steps["reads"]["state"], steps["asks"]["state"]), ("timed_out", "ok", "failed"))
        told = " ".join(line["line"] for line in self.show()["output"])
        self.assertIn("left behind and ended", told)
        left = subprocess.run(["pgrep", "-f", "sleep 6[12]"], capture_output=True, text=True)
        self.assertEqual(left.stdout, "")

    def test_a_gigabyte_of_output_is_cut_and_escapes_are_shown_as_text(self):
        self.book("flood", """
steps:
  - {id: flood, mode: read, timeout: 60s, run: {script: "head -c %d /dev/zero | tr '\\\\0' 'x'; printf '\\\\n\\\\033[2J\\\\033]0;title\\\\007end\\\\n' >&2"}}
  - {id: odd, mode: read, run: {script: "printf '\\\\033[31mred\\\\033[0m \\\\033]52;c;eA==\\\\007 \\\\x9b2J \\\\xff\\\\xfe ok\\\\n'"}}
""" % amount(1_000_000_000))
        process = self.begin("flood")
        run = self.until_run()
        highest = 0
        while process.poll() is None:
            pid = self.runner(run)
            if pid:
                try:
                    with open(f"/proc/{pid}/status") as file:
                        highest = max([highest] + [int(line.split()[1]) for line in file if line.startswith("VmRSS")])
                except OSError:
                    pass
            time.sleep(0.1)
        out, err = process.communicate()
        self.assertEqual(process.returncode, 0, err)
        self.assertLess(highest, 150_000, "kB of the runner")
        size = sum(os.path.getsize(os.path.join(self.run_folder(run), name)) for name in os.listdir(self.run_folder(run)))
        self.assertLess(size, 64 << 20)
        shown = self.run_command("runbook", "show", run)
        self.assertNotRegex(shown.out + shown.err, "[\x00-\x09\x0b-\x1f\x7f\x80-\x9f]")
        self.assertIn("truncated:", shown.out)
        self.assertIn("\\x1b[31mred", shown.out)


if __name__ == "__main__":
    unittest.main()
