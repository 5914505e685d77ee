"""A state of real servers beside the program, made by a script of `Tests/Live`."""

import json
import os
import subprocess

from commandtest import LIVE, CommandTest, python


class SceneTest(CommandTest):
    """`scenes` of `script`; one set for each test class."""

    script = None
    database = 9
    scenes = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.scene = python(os.path.join(LIVE, cls.script), *cls.scenes, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
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
