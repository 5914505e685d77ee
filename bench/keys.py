"""From key to frame: bytes of a paint and of a move, and latency under a held key."""

import re
import time

import pyte

from bench_context import median, percentile
from ptyrun import Program, bursts
from report import Figure

CURSOR = re.compile("\u25b8\\s+(?:bench-queue|worker)-(\\d{4})")


def paint_sizes(servers, plan, binary):
    """Bytes of a whole 80x24 screen, and of a cursor move on it."""
    whole, moves, scrolls = [], [], []
    with Program([binary, "--config", servers.large], rows=24, columns=80) as program:
        program.pump(1.5)
        program.send(b"2")
        program.pump(1)
        for _ in range(5):
            whole.append(len(program.burst_after(b"\x0c")))
            program.pump(0.3)
        for _ in range(max(5, plan.keys // 2)):
            moves += [len(program.burst_after(key)) for key in (b"j", b"k")]
        program.burst_after(b"j" * 30, quiet=0.3)
        for _ in range(plan.keys):
            scrolls.append(len(program.burst_after(b"j")))
    # Where nothing was written nothing was measured.
    yield Figure("bytes of a whole paint, Queues 80x24", "B", median(whole) or None, 6000)
    yield Figure("bytes of a cursor move, Queues 80x24", "B", median(moves) or None, 300)
    yield Figure("bytes of a cursor move that scrolls, 80x24", "B", median(scrolls) or None)


def hold_down(program, seconds, rate, key=b"j"):
    """Presses a key at a steady rate, reading all the while; the times of the keys."""
    pressed = []
    began = time.perf_counter()
    for turn in range(int(seconds * rate)):
        program.pump(began + turn / rate - time.perf_counter())
        pressed.append(program.send(key))
    program.pump(0.5)
    return pressed


def latencies(program, pressed, cursor=CURSOR, step=1):
    """Milliseconds from each key to the end of the burst that shows its effect; empty where not all were seen.

    The row under the cursor has a number that grows by `step` with each key, so it is known
    which keys a frame shows even where several keys share one.
    """
    screen = pyte.Screen(program.columns, program.rows)
    stream = pyte.ByteStream(screen)
    found, next_key, first = [], 0, None
    for end, data in bursts(program.chunks):
        stream.feed(data)
        match = cursor.search("\n".join(screen.display))
        if not match:
            continue
        if end < pressed[0] or first is None:
            first = int(match.group(1))
            continue
        while next_key < len(pressed) and next_key < (int(match.group(1)) - first) * step:
            found.append((end - pressed[next_key]) * 1000)
            next_key += 1
    return found if next_key == len(pressed) else []


def under_load(servers, plan, binary):
    """Latency of `down` held at 60 keys a second on a thousand rows and more."""
    for panel, key in (("Queues", b"2"), ("Workers", b"4")):
        with Program([binary, "--config", servers.large]) as program:
            program.pump(2)
            program.send(key)
            program.pump(3)
            pressed = hold_down(program, plan.key_seconds, plan.key_rate)
            found = latencies(program, pressed)
        yield Figure(f"scale: key to frame p50, {panel}", "ms", percentile(found, 0.5))
        yield Figure(f"scale: key to frame p99, {panel}", "ms", percentile(found, 0.99), 16)
