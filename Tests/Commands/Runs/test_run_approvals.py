"""A receipt of an approval says what the run makes of it."""

import grp
import os
import pwd
import signal
import unittest

from test_run_operators import FourEyesTest as FourEyes


class ReceiptTest(FourEyes):
    """`nobody` and `sync` are of one group; `daemon` is of another."""

    GROUP_OF = "nobody"
    # What sudo would tell the next command.
    sudo = {}

    def variables(self, state="state"):
        return dict(super().variables(state), **self.sudo)

    def setUp(self):
        super().setUp()
        self.group = grp.getgrgid(pwd.getpwnam(self.GROUP_OF).pw_gid).gr_name

    def agree(self, least=1):
        self.book("agreed", """
steps:
  - {id: ok, approve: {min: %d, group: %s, timeout: 60s}}
  - {id: change, run: {script: "echo changed >> %s"}}
""" % (least, self.group, self.mark))
        return self.wait_for_request()

    def as_person(self, name, *arguments):
        self.person = pwd.getpwnam(name)
        return self.as_nobody(*arguments)

    def give_up(self, process, run):
        self.run_command("runbook", "cancel", run)
        process.communicate(timeout=120)

    def test_an_account_outside_the_group_is_told_that_it_does_not_count(self):
        process, run, plan = self.agree()
        done = self.as_person("daemon", run, "--plan", plan)
        self.assertEqual(done.returncode, 77)
        self.assertIn(f"daemon is not in the group {self.group}", done.stderr)
        self.assertEqual([name for name in os.listdir(self.approvals) if name.endswith(".approval")], [])
        self.give_up(process, run)

    def test_another_plan_is_named_and_the_right_one_shown(self):
        process, run, plan = self.agree()
        done = self.as_person("nobody", run, "--plan", "0" * 64)
        self.assertEqual(done.returncode, 77)
        self.assertIn("another plan than the one you name", done.stderr)
        self.assertIn(plan[:16], done.stderr)
        self.give_up(process, run)

    def test_of_two_the_first_is_told_that_one_is_left_and_counts_once(self):
        process, run, plan = self.agree(least=2)
        first = self.as_person("nobody", run, "--plan", plan)
        self.assertEqual(first.returncode, 0, first.stderr)
        self.assertIn("1 of 2, 1 more person must approve", first.stdout)
        again = self.as_person("nobody", run, "--plan", plan)
        self.assertEqual(again.returncode, 77)
        self.assertIn("you approved it already", again.stderr)
        self.assertIn("1 of 2", again.stderr)
        self.assertEqual(self.status(run)["run"]["state"], "waiting")
        second = self.as_person("sync", run, "--plan", plan)
        self.assertEqual(second.returncode, 0, second.stderr)
        self.assertIn("2 of 2", second.stdout)
        process.communicate(timeout=120)
        self.assertEqual((process.returncode, self.marked()), (0, ["changed"]))

    def test_last_is_the_newest_that_waits(self):
        process, _, plan = self.agree()
        done = self.as_person("nobody", "last", "--plan", plan)
        self.assertEqual(done.returncode, 0, done.stderr)
        process.communicate(timeout=120)
        self.assertEqual(self.marked(), ["changed"])
        late = self.as_person("nobody", "last", "--plan", plan)
        self.assertEqual(late.returncode, 77)
        self.assertIn("is succeeded", late.stderr)

    def test_where_nothing_waits_last_is_nothing(self):
        none = self.as_person("nobody", "last")
        self.assertEqual(none.returncode, 66)
        self.assertIn("no run waits for an approval", none.stderr)

    def test_a_run_that_is_over_says_how_it_ended(self):
        process, run, plan = self.agree()
        self.assertEqual(self.as_person("nobody", run, "--plan", plan).returncode, 0)
        process.communicate(timeout=120)
        late = self.as_person("nobody", run, "--plan", plan)
        self.assertEqual(late.returncode, 77)
        self.assertIn("is succeeded", late.stderr)
        self.assertEqual(self.as_person("nobody").stdout, "", "a run that is over waits for nobody")
        none = self.as_person("nobody", "01M80000000000000000000000", "--plan", plan)
        self.assertEqual(none.returncode, 66)

    def test_whoever_approves_a_run_whose_runner_has_ended_is_told_so_and_counts(self):
        process, run, plan = self.agree()
        self.end_runner(run, signal.SIGKILL)
        process.communicate(timeout=120)
        done = self.as_person("nobody", run, "--plan", plan)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("its runner has ended", done.stdout)
        done = self.resume(run, name="agreed")
        self.assertEqual(done.code, 0, done.err)
        self.assertEqual(self.marked(), ["changed"])

    def approvals_given(self):
        return [name for name in os.listdir(self.approvals) if name.endswith(".approval")]

    def begun_by(self, person):
        """A run that waits for approval, begun by root by way of sudo from the account of `person`."""
        self.sudo = {"SUDO_USER": person, "SUDO_UID": str(pwd.getpwnam(person).pw_uid)}
        result = self.agree()
        self.sudo = {}
        return result

    def test_whoever_began_it_by_sudo_is_no_second_person(self):
        process, run, plan = self.begun_by("nobody")
        done = self.as_person("nobody", run, "--plan", plan)
        self.assertEqual((done.returncode, self.approvals_given()), (77, []))
        self.assertIn("whoever began or resumed the run, or was there before sudo, is no second person", done.stderr)
        self.give_up(process, run)

    def test_whoever_comes_by_sudo_from_the_account_that_began_it_is_no_second_person(self):
        process, run, plan = self.begun_by("daemon")
        self.sudo = {"SUDO_USER": "daemon", "SUDO_UID": str(pwd.getpwnam("daemon").pw_uid)}
        done = self.as_person("nobody", run, "--plan", plan)
        self.assertEqual((done.returncode, done.stdout, self.approvals_given()), (77, "", []))
        self.assertIn("not approved: you came here from daemon, which began or resumed the run: another person must approve it", done.stderr)
        self.sudo = {"SUDO_USER": "sync", "SUDO_UID": str(pwd.getpwnam("sync").pw_uid)}
        self.assertEqual(self.as_person("nobody", run, "--plan", plan).returncode, 0)
        process.communicate(timeout=120)
        self.assertEqual((process.returncode, self.marked()), (0, ["changed"]))

    def test_whoever_resumed_it_by_sudo_and_comes_by_sudo_is_no_second_person(self):
        process, run, plan = self.agree()
        self.end_runner(run)
        process.communicate(timeout=120)
        self.sudo = {"SUDO_USER": "daemon", "SUDO_UID": str(pwd.getpwnam("daemon").pw_uid)}
        again = self.begin_again(run, name="agreed")
        self.until(run, lambda status: status["run"]["state"] == "waiting")
        done = self.as_person("nobody", run, "--plan", plan)
        self.assertEqual((done.returncode, self.approvals_given()), (77, []))
        self.assertIn("you came here from daemon, which began or resumed the run", done.stderr)
        self.give_up(again, run)

    def test_whoever_comes_by_sudo_from_the_root_that_began_it_is_no_second_person(self):
        process, run, plan = self.agree()
        self.sudo = {"SUDO_USER": "root", "SUDO_UID": "0"}
        done = self.as_person("nobody", run, "--plan", plan)
        self.assertEqual((done.returncode, self.approvals_given()), (77, []))
        self.assertIn("you came here from root, which began or resumed the run", done.stderr)
        self.give_up(process, run)


# Those of the class that this one is made of have their own module.
for inherited in [name for name in dir(FourEyes) if name.startswith("test_")]:
    setattr(ReceiptTest, inherited, None)
del FourEyes


if __name__ == "__main__":
    unittest.main()
