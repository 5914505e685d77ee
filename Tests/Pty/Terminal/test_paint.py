"""How fast the first screen stands. How many bytes it has is in `test_counts`."""

import statistics
import unittest

from deadline import Control
from faults import Listener, closed_port
from ptyconsole import ConsoleTest

FIRST_PAINT = 0.100


class FirstPaint(ConsoleTest):
    UNCROWDED = True

    def test_stands_within_100_ms_while_every_source_is_dead(self):
        """An incident is when the console is opened, so nothing may wait for a server: neither refused nor silent ones."""
        hole = Listener()
        self.addCleanup(hole.close)
        self.home.configure(
            ("refused-rq", "rq", f"redis://127.0.0.1:{closed_port()}/0"),
            ("refused-mail", "celery", f"redis://127.0.0.1:{closed_port()}/1"),
            ("refused-db", "postgres", f"postgresql://watcher@127.0.0.1:{closed_port()}/shop"),
            ("silent-rq", "rq", f"redis://127.0.0.1:{hole.port}/0"),
            ("silent-db", "postgres", f"postgresql://watcher@127.0.0.1:{hole.port}/shop"))
        times = []
        with Control() as machine:
            for _ in range(7):
                console = self.console()
                console.wait_for_bytes(b"DEVELOPMENT")
                times.append(console.bursts[-1][0] - console.started)
                console.close()
        median, bound = statistics.median(times), machine.allows(FIRST_PAINT)
        self.say(f"first paint {median * 1000:.0f} ms (median of 7, worst {max(times) * 1000:.0f}; bound {bound * 1000:.0f})")
        self.assertLessEqual(median, bound)


if __name__ == "__main__":
    unittest.main()
