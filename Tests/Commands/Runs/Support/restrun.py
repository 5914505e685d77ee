"""A run that fails at one host, and the runs that do what it left."""

import os

from running import RunTest

LOOP = """
params:
  hosts: {type: hosts, default: [web-1, web-2, web-3]}
steps:
  - {id: first, run: {script: "echo first >> %(mark)s"}}
  - id: each
    hosts: "${{ params.hosts }}"
    strategy: {batches: [1]}
    run:
      args: ["${{ host.name }}"]
      script: |
        echo "$1" >> %(mark)s
        if [ "$1" = web-2 ] && ! test -e %(fixed)s; then echo broken >&2; exit 3; fi
  - {id: after, run: {script: "echo after >> %(mark)s"}}
finally:
  - {id: last, run: {script: "echo last >> %(mark)s"}}
"""


class RestTest(RunTest):
    """`loop` fails at `web-2` until `fixed` is there."""

    def setUp(self):
        super().setUp()
        self.heal()
        self.fixed = os.path.join(self.folder, "fixed")
        self.book("loop", LOOP % {"mark": self.mark, "fixed": self.fixed})

    def rest(self, run, *words, confirm=True):
        more = ["--confirm", self.typed("loop")] if confirm else []
        return self.run_command("runbook", "resume", "--remaining", run, *more, *words, "--format", "json")

    def failed(self):
        done = self.carry_out("loop")
        self.assertEqual((done.code, done.json["run"]["state"]), (1, "failed"), done.err)
        return done.json["run"]["run"]
