"""A terminal emulator for the tests: pyte, and the three capabilities of xterm-256color that pyte does not know."""

import re

import pyte
from wcwidth import wcwidth


class Emulator(pyte.Screen):
    """`pyte.Screen` with REP, SU and SD."""

    last = " "
    kept = ()

    def rows(self):
        """The text of all lines. Only those that changed are put together again: that is most of what a test costs."""
        if len(self.kept) != self.lines:
            self.kept = [""] * self.lines
            self.dirty.update(range(self.lines))
        for row in self.dirty:
            if row < self.lines:
                self.kept[row] = self._row(row)
        self.dirty.clear()
        return list(self.kept)

    def _row(self, row):
        """One line without the blanks at its end; a wide character takes two cells and is there once."""
        line, out, column = self.buffer[row], [], 0
        while column < self.columns:
            text = line[column].data
            out.append(text)
            column += 2 if text and not text.isascii() and wcwidth(text[0]) == 2 else 1
        return "".join(out).rstrip()

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
        """This terminal never answers; the one behind a slow line does (`slowline.py`)."""


class EmulatorStream(pyte.ByteStream):
    csi = {**pyte.ByteStream.csi, "b": "repeat_last", "S": "scroll_up", "T": "scroll_down"}

    # pyte takes the marker of such a sequence for its end, or for nothing. They switch keyboards, and draw nothing.
    MARKED = re.compile(rb"\x1b\[[<=>][0-9;]*[A-Za-z]")
    OPEN = re.compile(rb"\x1b(\[([<=>][0-9;]*)?)?$")
    held = b""

    def feed(self, data):
        data = self.MARKED.sub(b"", self.held + data)
        cut = self.OPEN.search(data)
        self.held = cut.group() if cut else b""
        super().feed(data[:len(data) - len(self.held)])


def emulate(columns, rows):
    """A blank screen and the stream that writes to it."""
    screen = Emulator(columns, rows)
    return screen, EmulatorStream(screen)
