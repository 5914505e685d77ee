"""What the controller of pytest says to the process that started it: one JSON object a line."""

import json
import os


class Events:
    """The writing end. Without a descriptor in the environment nothing is said, as under a plain `pytest`."""

    VARIABLE = "OPSCONSOLE_EVENTS"

    def __init__(self):
        number = os.environ.get(self.VARIABLE)
        self.file = os.fdopen(int(number), "w") if number else None

    def say(self, kind, **more):
        if self.file:
            self.file.write(json.dumps({"kind": kind, **more}) + "\n")
            self.file.flush()
