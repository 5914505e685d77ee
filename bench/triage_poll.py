"""What the console asks of a server, by what the server itself counts: `pg_stat_statements`."""

import os
import re
import time

from bench_context import REFRESH, median
from ptyrun import Program
from report import Figure

#: What is asked every ten seconds only; everything else of the role is asked at every refresh.
SLOW = re.compile(r"pg_stat_statements|pg_stat_replication|pg_replication_slots|pg_stat_progress_|\bpg_database\b|pg_ls_tmpdir"
                  r"|pg_stat_bgwriter|pg_stat_checkpointer|pg_stat_archiver")
#: Asked at every refresh, whatever else it looks something up in.
FAST = re.compile(r"\bpg_locks\b")
#: Texts of statements are asked for when new ones have come up.
TEXTS = re.compile(r"\bquery\s+from\s+\S*pg_stat_statements\(")


def tier(statement):
    """Which part of the poll a statement belongs to."""
    if TEXTS.search(statement):
        return "texts"
    return "slow" if SLOW.search(statement) and not FAST.search(statement) else "fast"


class Counts:
    """Calls and milliseconds of every statement of the role at one moment."""

    def __init__(self, scene, role):
        found = scene.rows("select queryid::text, sum(calls), sum(total_exec_time), min(query) from pg_stat_statements "
                           f"where userid = '{role}'::regrole group by 1")
        self.at = time.perf_counter()
        self.all = {key: (calls, spent, text) for key, calls, spent, text in found}

    def since(self, before):
        """What was added: {tier: [(calls, milliseconds), …]}, one pair for each statement."""
        added = {"fast": [], "slow": [], "texts": []}
        for key, (calls, spent, text) in self.all.items():
            old_calls, old_spent, _ = before.all.get(key, (0, 0, ""))
            if calls > old_calls:
                added[tier(text)].append((int(calls - old_calls), spent - old_spent))
        return added


class Window:
    """Per refresh: statements, milliseconds, and those of the costliest statement.

    A refresh is a call of the statement that was called most: where nothing is asked twice these are the same.
    """

    def __init__(self, pairs):
        self.refreshes = max((calls for calls, _ in pairs), default=0)
        self.is_there = self.refreshes > 0
        if self.is_there:
            self.statements = sum(calls for calls, _ in pairs) / self.refreshes
            self.spent = sum(spent for _, spent in pairs) / self.refreshes
            self.costliest = max(spent for _, spent in pairs) / self.refreshes


def between(program, scene, role):
    """Waits for a moment between two refreshes, so that none is counted in part. Gives up where none comes."""
    quiet = ("select state = 'idle' and clock_timestamp() - state_change between interval '0.3 s' and interval '1.5 s' "
             f"from pg_stat_activity where usename = '{role}'")
    for _ in range(40):
        if all(row == ["t"] for row in scene.rows(quiet)):
            return
        program.pump(0.1)


def windows(program, plan, scene, role):
    """Looks at the counts every ten seconds or a little later."""
    counts = []
    for turn in range(plan.poll_windows + 1):
        program.pump(10 if turn else 0)
        between(program, scene, role)
        counts.append(Counts(scene, role))
    return counts


def per_refresh(counts):
    """The figures of the poll: medians of the windows, so that one in which the host was busy elsewhere does not matter."""
    steps = [after.since(before) for before, after in zip(counts, counts[1:])]
    fast, slow = ([window for window in (Window(step[name]) for step in steps) if window.is_there] for name in ("fast", "slow"))
    minutes = (counts[-1].at - counts[0].at) / 60

    def middle(those, field):
        return median(getattr(window, field) for window in those)

    yield Figure("poll: refreshes in a minute", "", sum(window.refreshes for window in fast) / minutes, 33)
    yield Figure(f"poll: statements per refresh, every {REFRESH} s", "", middle(fast, "statements"), 5)
    yield Figure(f"poll: time in the server per refresh, every {REFRESH} s", "ms", middle(fast, "spent"), 3)
    yield Figure("  of it the costliest statement", "ms", middle(fast, "costliest"))
    yield Figure("poll: statements per refresh, every 10 s", "", middle(slow, "statements"))
    yield Figure("poll: time in the server per refresh, every 10 s", "ms", middle(slow, "spent"), 20)
    yield Figure("  of it the costliest statement", "ms", middle(slow, "costliest"))
    texts = [pair for step in steps for pair in step["texts"]]
    calls, spent = sum(calls for calls, _ in texts), sum(spent for _, spent in texts)
    yield Figure("poll: times that texts are read in a minute", "", calls / minutes)
    yield Figure("  time in the server each time", "ms", spent / calls if calls else 0)


def sent(scene, role):
    """Statements that the role has sent until now."""
    return int(scene.rows("select coalesce(sum(calls), 0) from pg_stat_statements(false) "
                          f"where userid = '{role}'::regrole")[0][0])


def held(program, scene, role):
    """Nothing may be sent while the view is held, and afterwards it has to go on."""
    program.send(b"p")
    program.pump(3)
    before = sent(scene, role)
    program.pump(12)
    asked = sent(scene, role) - before
    before = sent(scene, role)
    released = program.send(b"p")
    after = None
    while after is None and time.perf_counter() < released + 10:
        program.pump(0.1)
        after = time.perf_counter() - released if sent(scene, role) > before else None
    yield Figure("held: statements sent in 12 s", "", asked, 0)
    yield Figure("  seconds from letting go to the next statement", "s", after, REFRESH + 1)


def all_figures(scene, plan, folder, binary):
    """The console alone, as the role `watcher`."""
    role = "watcher"
    state = {"XDG_STATE_HOME": os.path.join(folder, "state-poll")}
    with Program([binary, "--config", scene.config(folder, role)], extra=state) as program:
        program.pump(1)
        program.send(b"5")
        program.pump(plan.warm_up)
        yield from per_refresh(windows(program, plan, scene, role))
        yield from held(program, scene, role)
