"""A state of real servers beside the program, made by a script of `Tests/Live`."""

import os

from commandtest import CommandTest
from livescene import LiveScene


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
        cls.scene = (cls.at_work.get(key) if cls.shared else None) or LiveScene(*key)
        cls.facts = cls.scene.facts
        if cls.shared:
            cls.at_work[key] = cls.scene
        else:
            cls.addClassCleanup(cls.scene.close)

    @classmethod
    def end_shared(cls):
        while cls.at_work:
            cls.at_work.popitem()[1].close()

    @classmethod
    def ask(cls, line):
        return cls.scene.ask(line)


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

    script = "Runtimes/rt_runtimes.py"

    def sources(self, *lines):
        path = os.path.join(self.folder, "runtimes.yaml")
        with open(path, "w") as file:
            file.write("environment: development\nsources:\n" + "".join(f"  - {{{line}}}\n" for line in lines))
        os.chmod(path, 0o600)
        return path
