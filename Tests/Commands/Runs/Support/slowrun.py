"""A run whose first step takes as long as a test wants."""

import os
import signal

from running import RunTest

SLOW = """
on_disconnect: {what}
steps:
  - {{id: one, run: {{script: "echo begun; while [ ! -e {go} ]; do sleep 0.05; done; echo done >> {mark}"}}, timeout: 10m}}
  - {{id: two, run: {{script: "echo two >> {mark}"}}}}
finally:
  - {{id: last, run: {{script: "echo last >> {mark}"}}, idempotent: true}}
"""


class SlowRunTest(RunTest):
    """`slow` is a runbook whose first step takes until `go()`."""

    def setUp(self):
        super().setUp()
        self.heal()
        self.goes = os.path.join(self.folder, "go")
        # Whoever runs this in the background has these ignored, and so would have what is started here.
        for number, handler in ((signal.SIGINT, signal.default_int_handler), (signal.SIGQUIT, lambda *_: None)):
            self.addCleanup(signal.signal, number, signal.signal(number, handler))

    def slow(self, what="finish_step"):
        self.book("slow", SLOW.format(what=what, go=self.goes, mark=self.mark))

    def go(self):
        open(self.goes, "w").close()

    def begun(self):
        """Begins `slow`. Returns the console that looks at it, and the run, once its first step runs."""
        process = self.begin("slow")
        run = self.until_run()
        self.until(run, lambda status: status["steps"])
        return process, run

    def paused(self, run):
        """Asks for a pause, and waits until the runner has written it down."""
        said = self.run_command("runbook", "pause", run)
        self.assertEqual(said.code, 0, said.err)

        def is_noted():
            return any(record["kind"] == "decision" and record["fields"].get("wish") == "pause" for record in self.journal(run))

        self.eventually(is_noted, "no pause was written down")

    def interrupt(self, process, number=signal.SIGINT):
        """Until it looks at the run, a signal would end it as any other program."""
        def is_caught():
            with open(f"/proc/{process.pid}/status") as file:
                mask = next(line.split()[1] for line in file if line.startswith("SigCgt"))
            return int(mask, 16) >> (number - 1) & 1

        self.eventually(is_caught, "it does not look at the run")
        process.send_signal(number)
