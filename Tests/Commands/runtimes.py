"""Runtimes in a known state beside the program (`Tests/Live/rt_runtimes.py`), and a configuration that names them."""

import json
import os
import subprocess

from harness import LIVE, CommandTest, python


class RuntimeTest(CommandTest):
    """`scenes` of rt_runtimes.py; one set for each test class."""

    database = 9
    scenes = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scene = python(os.path.join(LIVE, "rt_runtimes.py"), *cls.scenes, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        cls.addClassCleanup(cls.end_scene)
        cls.facts = json.loads(cls.scene.stdout.readline())

    @classmethod
    def end_scene(cls):
        cls.scene.stdin.close()
        cls.scene.wait(20)
        cls.scene.stdout.close()

    @classmethod
    def ask(cls, line):
        cls.scene.stdin.write(line + "\n")
        cls.scene.stdin.flush()
        answer = json.loads(cls.scene.stdout.readline())
        if "error" in answer:
            raise AssertionError(f"{line}: {answer['error']}")
        return answer

    def sources(self, *lines):
        path = os.path.join(self.folder, "runtimes.yaml")
        with open(path, "w") as file:
            file.write("environment: development\nsources:\n" + "".join(f"  - {{{line}}}\n" for line in lines))
        os.chmod(path, 0o600)
        return path
