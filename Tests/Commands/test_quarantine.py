"""A damaged quarantine file is named and restores nothing, and hides no other."""

import json
import os
import shutil
import unittest

from commandtest import CommandTest


class DamagedQuarantine(CommandTest):
    kind = "sidekiq"
    database = 11

    def setUp(self):
        super().setUp()
        self.first, self.second = self.discarded(range(3)), self.discarded(range(10, 12))
        # Jobs of a file that holds.
        self.put_back = []

    def discarded(self, numbers):
        """Jobs that are taken out into a file of their own: its path."""
        self.redis.zadd("dead", {f'{{"class":"A","queue":"x","jid":"{number:024x}","args":[{number}]}}': 1795000000 + number for number in numbers})
        done = self.act("discard", "--all")
        self.assertEqual(done.code, 0, done.err)
        return done.json["quarantine"]

    def lines(self):
        with open(self.first, "rb") as file:
            return file.read().splitlines(keepends=True)

    def holds(self, lines):
        with open(self.first, "wb") as file:
            file.writelines(lines)

    def refused(self, words):
        done = self.act("restore", self.first)
        self.assertEqual((done.code, done.out), (64, ""), done.err)
        self.assertIn(words, done.err)
        self.assertIn(self.first, done.err)
        self.assertEqual(self.redis.zrange("dead", 0, -1), self.put_back, "a part of the file was used")

    def test_a_file_of_which_a_byte_was_changed_is_named_with_its_line_and_restores_nothing(self):
        whole = self.lines()
        for line in (1, 3):
            fields = json.loads(whole[line])
            name, text = fields["parts"][0]
            fields["parts"][0] = [name, ("A" if text[0] != "A" else "B") + text[1:]]
            self.holds([*whole[:line], json.dumps(fields).encode() + b"\n", *whole[line + 1:]])
            self.refused(f"line {line + 1}: its digest does not hold; nothing of the file was used")
        self.holds(whole)
        self.assertEqual(self.act("restore", self.first).json["receipts"]["moved"], 3)

    def test_a_file_of_which_a_place_or_a_version_was_changed_restores_nothing(self):
        whole = self.lines()
        for field, value in (("position", "1.0"), ("version", "7")):
            fields = dict(json.loads(whole[2]), **{field: value})
            self.holds([*whole[:2], json.dumps(fields).encode() + b"\n", *whole[3:]])
            self.refused("line 3: its digest does not hold; nothing of the file was used")

    def test_a_file_that_lost_lines_restores_nothing_and_says_how_many_are_left(self):
        whole = self.lines()
        for kept in (whole[:3], [whole[0], *whole[2:]]):
            self.holds(kept)
            self.refused("holds 2 of 3 records: some are lost; nothing of the file was used")
        self.holds([*whole, whole[3]])
        self.refused("holds 4 of 3 records")

    def test_a_file_of_an_earlier_version_without_count_and_checks_is_restored(self):
        whole = [{name: value for name, value in json.loads(line).items() if name not in ("records", "check")} for line in self.lines()]
        self.holds([json.dumps(line).encode() + b"\n" for line in whole])
        self.assertEqual(self.act("restore", self.first).json["receipts"]["moved"], 3)

    def test_a_file_that_was_cut_in_the_middle_of_a_line_restores_nothing(self):
        whole = self.lines()
        self.holds([*whole[:3], whole[3][:-20]])
        self.refused("line 4: its digest does not hold")
        self.holds([*whole[:2], b"\0" * 40 + b"\n", *whole[2:]])
        self.refused("line 3: its digest does not hold")

    def test_a_file_without_its_header_is_none(self):
        whole = self.lines()
        for kept in ([], whole[1:], [whole[0][:30]], [b"\n", *whole], [b"not JSON\n", *whole[1:]]):
            self.holds(kept)
            self.refused("is not a quarantine file of opsconsole")

    def test_what_is_no_regular_file_is_not_waited_for(self):
        os.unlink(self.first)
        self.refused("No such file or directory")
        os.mkfifo(self.first)
        self.refused(self.first)
        os.unlink(self.first)
        os.mkdir(self.first)
        self.refused(self.first)
        os.rmdir(self.first)

    def test_beside_a_damaged_one_another_is_restored(self):
        shutil.copy("/dev/null", self.first)
        done = self.act("restore", self.second)
        self.assertEqual((done.code, done.json["receipts"]["moved"]), (0, 2), done.err)
        self.put_back = self.redis.zrange("dead", 0, -1)
        self.refused("is not a quarantine file of opsconsole")


if __name__ == "__main__":
    unittest.main()
