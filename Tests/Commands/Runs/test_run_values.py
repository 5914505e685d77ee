"""What an operator types arrives as it is and runs nothing."""

import base64
import json
import os
import sys
import unittest
import urllib.parse

from amounts import amount, seeded
from commandtest import LIVE
from running import RunTest
from web import Web

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


if __name__ == "__main__":
    unittest.main()
