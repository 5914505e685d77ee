"""A state of real servers beside the program, made by a script of `Tests/Live`."""

import json
import os
import subprocess

from deadline import PATIENCE
from commandtest import LIVE, CommandTest, python


class SceneTest(CommandTest):
    """`scenes` of `script`; one set for each test class, or one for all classes of a module that are `shared`: such a module
    sets `GROUP` and ends them in its `tearDownModule`."""

    script = None
    database = 9
    scenes = ()
    shared = False
    at_work = {}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        key = (cls.script, *cls.scenes)
        known = cls.at_work.get(key) if cls.shared else None
        cls.scene, cls.facts = known or cls.begin_scene()
        if cls.shared:
            cls.at_work[key] = cls.scene, cls.facts
        else:
            cls.addClassCleanup(cls.end_scene, cls.scene)

    @classmethod
    def begin_scene(cls):
        scene = python(os.path.join(LIVE, cls.script), *cls.scenes, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        try:
            return scene, json.loads(scene.stdout.readline())
        except ValueError:
            cls.end_scene(scene)
            raise

    @staticmethod
    def end_scene(scene):
        scene.stdin.close()
        scene.wait(PATIENCE)
        scene.stdout.close()

    @classmethod
    def end_shared(cls):
        while cls.at_work:
            _, (scene, _) = cls.at_work.popitem()
            cls.end_scene(scene)

    @classmethod
    def ask(cls, line):
        cls.scene.stdin.write(line + "\n")
        cls.scene.stdin.flush()
        answer = json.loads(cls.scene.stdout.readline())
        if "error" in answer:
            raise AssertionError(f"{line}: {answer['error']}")
        return answer
