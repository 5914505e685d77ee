"""PostgreSQL sessions of which about a quarter change between two refreshes."""

import threading
import time

from psycopg import pq

COUNT = 50
#: Part of the sessions that do something new in every period.
PARTS = 4


class Sessions:
    """Fifty sessions: active, idle in transaction, idle. They only wait: that is cheap."""

    def __init__(self, socket_folder, port, database, role="app"):
        self.links = []
        for index in range(COUNT):
            text = (f"host={socket_folder} port={port} dbname={database} user={role} "
                    f"application_name=bench-{index:02d}")
            link = pq.PGconn.connect(text.encode())
            if link.status != pq.ConnStatus.OK:
                raise OSError(link.error_message.decode())
            self.links.append(link)
        self.turn = 0
        self.period = 0.0
        self._stop = threading.Event()
        self._thread = None
        for index in range(COUNT):
            self._visit(index)

    def start(self, period=2.0):
        """Lets a quarter of the sessions change in every period, until `stop`."""
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, args=(period,), daemon=True)
        self._thread.start()

    def stop(self):
        """From now on nothing changes but the ages."""
        if self._thread:
            self._stop.set()
            self._thread.join()
            self._thread = None

    def close(self):
        """Ends every session."""
        self.stop()
        for link in self.links:
            link.finish()

    def _run(self, period):
        """One session at a time, evenly spread over the period."""
        step = period * PARTS / COUNT
        index = 0
        due = time.monotonic()
        while not self._stop.wait(max(0, due - time.monotonic())):
            self._visit(index)
            index = (index + 1) % COUNT
            due += step

    def _visit(self, index):
        """Gives one session another state and another statement."""
        link = self.links[index]
        if link.transaction_status == pq.TransactionStatus.ACTIVE:
            link.get_cancel().cancel()
            while link.get_result():
                pass
        if link.transaction_status != pq.TransactionStatus.IDLE:
            link.exec_(b"rollback")
        self.turn += 1
        number = self.turn
        kind = (index + number // COUNT) % 5
        if kind in (0, 1):
            link.send_query(b"select pg_sleep(3600), %d /* bench of order %d */" % (number, number))
        elif kind in (2, 3):
            link.exec_(b"begin")
            link.exec_(b"select %d /* bench of customer %d */" % (number, number))
        else:
            link.exec_(b"select %d /* bench of basket %d */" % (number, number))
