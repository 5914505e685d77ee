"""The console's output cut at the seconds of its own clock: counted, and not timed."""

import re

CLOCK = re.compile(r"\d\d:\d\d:\d\dZ")
AGE = re.compile(r" *\b(\d+d\d\dh|\d+h\d\dm|\d+m\d\ds|\d+s)(?!\w)")
#: What a little graph is drawn with: bars, gaps, and the marks of what happened. All of it moves to the left with the time.
BARS = "░▁▂▃▄▅▆▇█!"
TREND = re.compile(f" *[{BARS}]+")


class Frame:
    """One piece of output: how long it is, and the lines that it changed."""

    def __init__(self, size, before, after):
        self.size, self.before, self.after = size, before, after
        self.changed = [number for number, (old, new) in enumerate(zip(before, after)) if old != new]

    @property
    def is_clock_alone(self):
        """Nothing differs but the time in the bar."""
        return self.changed == [0] and CLOCK.sub("", self.before[0]) == CLOCK.sub("", self.after[0])

    @property
    def ticks(self):
        """Seconds that passed on the console's clock; more than one where two frames were read as one."""
        return (self._clock(self.after) - self._clock(self.before)) % 86_400

    @staticmethod
    def _clock(lines):
        hours, minutes, seconds = (int(each) for each in CLOCK.search(lines[0]).group()[:-1].split(":"))
        return hours * 3600 + minutes * 60 + seconds


def without_ages(text):
    """A screen without its clock, ages and trends, which are axes of time: what stays while nothing happens."""
    return AGE.sub(" AGE", CLOCK.sub("CLOCK", TREND.sub(" TREND", text)))


class FrameCounter:
    """Frames of a console from now on, one for each piece that came."""

    def __init__(self, console):
        self.console = console
        console.settle()
        console.feed()
        self.seen, self.first = console.lines(), len(console.raw)

    def next(self):
        """The next frame, whenever it comes."""
        console = self.console
        console.until(lambda: console.mark() > self.first, what="a frame")
        # The whole of it: a busy machine may hand it over in two reads.
        console.settle(0.03)
        after, size = console.lines(), console.mark() - self.first
        frame = Frame(size, self.seen, after)
        self.seen, self.first = after, console.mark()
        return frame

    def seconds(self, count):
        """All frames of so many seconds of the console's clock or a few more, from one change of it to another."""
        while not self.next().ticks:
            pass
        frames = []
        while sum(frame.ticks for frame in frames) < count or not frames[-1].ticks:
            frames.append(self.next())
        return frames
