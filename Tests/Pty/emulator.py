"""A terminal emulator for the tests: pyte, and the three capabilities of xterm-256color that pyte does not know."""

import pyte


class Emulator(pyte.Screen):
    """`pyte.Screen` with REP, SU and SD."""

    last = " "

    def draw(self, data):
        if data:
            self.last = data[-1]
        super().draw(data)

    def repeat_last(self, count=1, **_):
        self.draw(self.last * (count or 1))

    def scroll_up(self, count=1, **_):
        self._at_the_top(lambda: self.delete_lines(count or 1))

    def scroll_down(self, count=1, **_):
        self._at_the_top(lambda: self.insert_lines(count or 1))

    def _at_the_top(self, change):
        """Both scroll the region, wherever the cursor stands, and leave it there."""
        at = (self.cursor.x, self.cursor.y)
        self.cursor.y = self.margins.top if self.margins else 0
        change()
        self.cursor.x, self.cursor.y = at

    def report_device_status(self, mode, **_):
        """The console asks nothing, so nothing is answered."""


class EmulatorStream(pyte.ByteStream):
    csi = {**pyte.ByteStream.csi, "b": "repeat_last", "S": "scroll_up", "T": "scroll_down"}


def emulate(columns, rows):
    """A blank screen and the stream that writes to it."""
    screen = Emulator(columns, rows)
    return screen, EmulatorStream(screen)
