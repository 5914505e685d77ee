"""The first line says who records, and when nobody does; looking back shows the own environment alone."""

import os
import subprocess
import unittest

import seeds
from places import redis_url
from ptyconsole import ConsoleTest

WIDE = (140, 30)


class WhoRecords(ConsoleTest):
    def setUp(self):
        super().setUp()
        seeds.fifty_queues()
        seeds.small_queues()
        self.home.configure(("mail", "rq", redis_url(seeds.SMALL)))

    def configured(self, name, environment, *sources):
        """Another configuration of the same account."""
        usual, self.home.config = self.home.config, os.path.join(self.home.path, name)
        self.home.configure(*sources, environment=environment)
        named, self.home.config = self.home.config, usual
        return named

    def begun(self, config):
        console = self.console(size=WIDE, args=("--config", config), config=False)
        console.wait_for("1 fresh")
        return console

    def test_two_environments_of_one_account_record_each_for_itself_and_see_nothing_of_each_other(self):
        staging = self.begun(self.configured("staging.yaml", "staging", ("shop", "rq", redis_url(seeds.FIFTY))))
        production = self.begun(self.configured("production.yaml", "production", ("mail", "rq", redis_url(seeds.SMALL))))
        for console in (staging, production):
            self.assertIn("recording", console.wait_for(r"(?m)^ opsconsole.*recording .*Z$").group())
        production.let_pass(7)  # what is gathered is written every five seconds
        production.press("[", "REWOUND")
        production.wait_for(r"(?m)^.* mail +rq ")
        self.assertIn("PRODUCTION", production.lines()[0])
        self.assertNotIn("shop", production.text())
        self.assertEqual(len(self.home.tapes()), 2)

    def test_two_configurations_of_one_environment_are_kept_apart_too(self):
        first = self.begun(self.configured("a.yaml", "production", ("shop", "rq", redis_url(seeds.FIFTY))))
        second = self.begun(self.configured("b.yaml", "production", ("mail", "rq", redis_url(seeds.SMALL))))
        for console in (first, second):
            console.wait_for("│ recording ")
        self.assertEqual(len(self.home.tapes()), 2)

    def test_the_second_console_of_a_configuration_names_the_one_that_records(self):
        first = self.console(size=WIDE)
        first.wait_for("recording")
        second = self.console(size=WIDE)
        second.wait_for(f"not recorded: pid {first.pid} records")
        second.resize(40, 12)
        second.wait_for(f"rec {first.pid}")
        self.assertIn("READ-WRITE", second.lines()[0])
        self.assertIn("DEVELOPMENT", second.lines()[0])
        second.resize(*WIDE)
        first.send("q")
        self.assertEqual(first.wait_exit(), 0)
        second.wait_for("│ recording")

    def test_a_tape_that_is_off_is_a_mark_that_stays(self):
        self.home.configure(("mail", "rq", redis_url(seeds.SMALL)), tape="{off: true}")
        console = self.console(size=WIDE)
        console.wait_for("not recorded: tape is off")
        self.assertEqual(self.home.tapes(), [])

    def test_a_tape_of_another_environment_is_neither_recorded_on_nor_shown(self):
        console = self.console(size=WIDE)
        console.wait_for("recording")
        console.let_pass(7)
        console.send("q")
        self.assertEqual(console.wait_exit(), 0)
        (tape,) = self.home.tapes()
        self.home.configure(("mail", "rq", redis_url(seeds.SMALL)), environment="staging")
        console = self.console(size=WIDE)
        console.wait_for("recording")
        console.send("q")
        self.assertEqual(console.wait_exit(), 0)
        (other,) = [path for path in self.home.tapes() if path != tape]
        os.replace(tape, other)  # somebody mixes them up
        console = self.console(size=WIDE)
        console.wait_for("NOT RECORDED: this tape is of DEVELOPMENT")
        console.press("[", "this tape is of DEVELOPMENT")
        self.assertNotIn("REWOUND", console.text())

    @unittest.skipUnless(os.geteuid() == 0, "a small file system takes root")
    def test_a_disk_that_becomes_full_is_a_mark_that_stays_and_an_export_tells_it(self):
        place = os.path.dirname(self.home.state)
        os.makedirs(place)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=700k", "tmpfs", place], check=True)
        self.addCleanup(subprocess.run, ["umount", "-l", place], check=True)
        console = self.console(size=WIDE)
        console.wait_for("recording")
        with open(os.path.join(place, "filler"), "wb", buffering=0) as file:
            try:
                while file.write(b"-" * 4096):
                    pass
            except OSError:
                pass
        console.wait_for("NOT RECORDED: ")
        console.press("e", "not exported: .* cannot be written: no space left on device")
        console.let_pass(12)
        self.assertIn("NOT RECORDED: ", console.lines()[0], "it does not go away with the message")
        self.assertEqual(self.home.exports(), [], "a file that is not whole is not left behind")


if __name__ == "__main__":
    unittest.main()
