"""What a run that did not begin leaves, what one damaged item hides, and what a plan counts."""

import os
import subprocess
import unittest

from running import RunTest

BOOK = """
steps:
  - {id: one, run: {script: "echo done >> %s"}}
"""


class NotBegun(RunTest):
    def setUp(self):
        super().setUp()
        self.heal()
        self.book("quick", BOOK % self.mark)

    def runs_folder(self):
        return os.path.join(self.folder, "state", "opsconsole", "runs")

    @unittest.skipUnless(os.getuid() == 0, "only root can make a small disk")
    def test_a_run_that_finds_the_disk_full_leaves_nothing_and_last_is_the_one_before(self):
        os.makedirs(os.path.join(self.folder, "state"))
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=600k,mode=700", "tmpfs", os.path.join(self.folder, "state")], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", os.path.join(self.folder, "state")])
        self.assertEqual(self.carry_out("quick").code, 0)
        (run,) = self.runs()
        with open(os.path.join(self.folder, "state", "filler"), "wb", buffering=0) as file:
            try:
                while file.write(b"x" * 512):
                    pass
            except OSError:
                pass
        refused = self.carry_out("quick")
        self.assertNotEqual(refused.code, 0, refused.out)
        self.assertEqual(os.listdir(self.runs_folder()), [run["run"]])
        self.assertEqual(self.status("last")["run"]["run"], run["run"])

    def test_what_a_crash_left_of_a_run_before_it_began_is_passed_over(self):
        self.assertEqual(self.carry_out("quick").code, 0)
        (run,) = self.runs()
        made = os.path.join(self.runs_folder(), "7" + "Z" * 25)
        os.mkdir(made)
        open(os.path.join(made, "runbook.yaml"), "w").close()
        self.assertEqual([one["run"] for one in self.runs()], [run["run"]])
        self.assertEqual(self.status("last")["run"]["run"], run["run"])
        self.assertEqual(self.carry_out("quick").code, 0)

    def test_a_damaged_run_is_named_and_hides_no_other(self):
        self.assertEqual(self.carry_out("quick").code, 0)
        (run,) = self.runs()
        made = os.path.join(self.runs_folder(), "7" + "Z" * 25)
        os.mkdir(made)
        for name in ("runbook.yaml", "plan.json", "journal.jsonl"):
            with open(os.path.join(made, name), "w") as file:
                file.write("{torn")
        listed = self.run_command("runbook", "runs", "--format", "json")
        self.assertEqual(([one["run"] for one in listed.json["runs"]], [one["run"] for one in listed.json["damaged"]]), ([run["run"]], ["7" + "Z" * 25]))
        last = self.run_command("runbook", "status", "last", "--format", "json")
        self.assertEqual(last.json["run"]["run"], run["run"])
        self.assertIn("cannot be read and is passed over", last.err)
        self.assertEqual(self.run_command("runbook", "status", "7" + "Z" * 25).code, 66)

    def test_one_bad_runbook_in_a_folder_is_named_and_hides_no_other(self):
        os.mkfifo(os.path.join(self.books, "pipe.yaml"))
        os.mkdir(os.path.join(self.books, "folder.yaml"))
        with open(os.path.join(self.books, "large.yaml"), "wb") as file:
            file.write(b"# " + b"x" * (2 << 20))
        with open(os.path.join(self.books, "bytes.yaml"), "wb") as file:
            file.write(b"\xff\xfe\x00id: [")
        listed = self.run_command("runbook", "list", "--format", "json", timeout=60)
        own = [one for one in listed.json["runbooks"] if one["file"].startswith(self.books)]
        self.assertEqual({os.path.basename(one["file"]): one["valid"] for one in own},
                         {"quick.yaml": True, "pipe.yaml": False, "folder.yaml": False, "large.yaml": False, "bytes.yaml": False})
        self.assertEqual(self.carry_out("quick").code, 0)


class Planned(RunTest):
    environment = "production"

    def test_a_letter_that_two_steps_are_meant_for_is_confirmed_once(self):
        self.seed_jobs(200)
        self.book("drain", """
steps:
  - {id: canary, queue: {action: retry, conn: broker, source: default, select: {order: oldest, max: 5}}}
  - {id: rest, queue: {action: retry, conn: broker, source: default, select: {order: oldest, older_than: 1s}}}
""", head=PRODUCTION)
        plan = self.run_command("runbook", "plan", "drain", "--format", "json").json
        self.assertEqual((plan["plan"]["items"], plan["confirm"]), (200, "production/drain 200"))
        rest = plan["plan"]["steps"][1]
        self.assertIn("5 of these are items of an earlier step too, and count once", rest["notes"])
        self.assertIn("no max: all 200 that are there now", rest["notes"])
        self.items = 200
        done = self.carry_out("drain")
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual(len(set(self.ready())), 200)

    def test_a_plan_says_how_many_hosts_at_the_same_time(self):
        step = '  - {{id: roll, hosts: "${{{{ params.hosts }}}}", {}}}\n'
        head = 'params: {hosts: {type: hosts, default: [web-1, web-2, web-3]}}\nsteps:\n'
        for more, words, at_once in (
                ('run: {script: "true"}', "one at a time", 1), ('run: {script: "true"}, strategy: {parallel: 3}', "all 3 AT THE SAME TIME", 3),
                ('run: {script: "true"}, strategy: {batches: [1, "100%"], parallel: 2}', "in batches of 1, 2, up to 2 AT THE SAME TIME", 2),
                ('run: {script: "true"}, mode: read', "all 3 at the same time", 3)):
            self.book("roll", head + step.format(more), head=PRODUCTION)
            told = self.run_command("runbook", "plan", "roll", "--format", "json").json["plan"]["steps"][0]
            self.assertTrue(any(note.endswith(words) for note in told["notes"]), (words, told["notes"]))
            self.assertEqual((told["hosts"], told["at_once"]), (3, at_once))
        one = self.run_command("runbook", "plan", "roll", "--param", "hosts=web-1").out
        self.assertIn("on 1 host: web-1; one host", one)


PRODUCTION = """\
apiVersion: runbook/v1
id: {id}
title: A test
owner: tests
risk: low
environments: [production]
"""

if __name__ == "__main__":
    unittest.main()
