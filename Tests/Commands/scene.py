"""A state of real servers beside the program, made by a script of `Tests/Live`."""

import json
import os
import subprocess

from deadline import PATIENCE
from commandtest import LIVE, CommandTest, python


class SceneTest(CommandTest):
    """`scenes` of `script`; one set for each test class, or one for all classes of a module that are `shared`.

    A module with shared scenes sets `GROUP` and ends them in its `tearDownModule`.
    """

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
        scene = python(
            os.path.join(LIVE, cls.script), *cls.scenes, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
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


class TriageTest(SceneTest):
    """A PostgreSQL cluster in a known state, and a configuration that names it `it`."""

    script = "pg_triage.py"
    kind = "postgres"
    reader = "watcher"
    writer = "operator"

    def value(self, sql):
        return self.ask(f"sql {sql}")["rows"][0][0]

    def address(self, user):
        return f"postgresql://{user}@127.0.0.1:{self.facts['port']}/{self.facts['database']}"

    def setUp(self):
        super().setUp()
        self.extra = f", write: \"{self.address(self.writer)}\"" if self.writer else ""
        self.config = self.write_config(self.address(self.reader))

    @staticmethod
    def read(path):
        with open(path, errors="replace") as file:
            return file.read()

    def edit(self, path, *changes):
        text = self.read(path)
        for old, new in changes:
            text = text.replace(old, new)
        with open(path, "w") as file:
            file.write(text)

    def queries(self, command, *arguments, code=0, **options):
        """Runs `queries COMMAND it …` and returns its JSON."""
        done = self.run_command("queries", command, "it", "--format", "json", *arguments, **options)
        self.assertEqual(done.code, code, done.err + done.out)
        return done.json if done.out.startswith("{") else done

    def session(self, application):
        """The session of an application, as `queries activity` lists it."""
        (found,) = [s for s in self.queries("activity")["sessions"] if s["application"] == application]
        return found

    def signal(self, verb, identity, *arguments, code=0):
        return self.queries(verb, "--id", identity, "--confirm", f"{self.environment}/it", *arguments, code=code)

    def is_alive(self, application):
        return self.value(f"select count(*) from pg_stat_activity where application_name = '{application}'") == 1


class RuntimeTest(SceneTest):
    """Runtimes in a known state, and a configuration that names them."""

    script = "rt_runtimes.py"

    def sources(self, *lines):
        path = os.path.join(self.folder, "runtimes.yaml")
        with open(path, "w") as file:
            file.write("environment: development\nsources:\n" + "".join(f"  - {{{line}}}\n" for line in lines))
        os.chmod(path, 0o600)
        return path
