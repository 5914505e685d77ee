"""The pricing of the shop: an HTTP service with the usual Python metrics: pricing.py PORT"""

import http.client
import random
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

REQUESTS = Histogram("http_request_duration_seconds", "Duration of HTTP requests in seconds.",
                     ["handler", "method", "code"])
QUOTES = Counter("pricing_quotes_total", "Prices that were given.", ["currency"])
IN_PROGRESS = Gauge("http_requests_in_progress", "HTTP requests that are being answered.")
HANDLERS = {"/quote": (0.002, 0.03, 0.03), "/basket": (0.02, 0.25, 0.01)}
CURRENCIES = ["EUR", "USD", "GBP"]


class Handler(BaseHTTPRequestHandler):
    """Quick quotes, slower baskets, and a partner's exchange rates that fail now and then."""

    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = self.path.partition("?")[0]
        if path == "/metrics":
            self.reply(200, generate_latest(), CONTENT_TYPE_LATEST)
            return
        began = time.monotonic()
        with IN_PROGRESS.track_inprogress():
            code = self.price(*HANDLERS[path]) if path in HANDLERS else 404
        self.reply(code, b"{}\n" if code == 200 else b"", "application/json")
        # Paths nobody serves share one label, or asking for many would make as many series.
        REQUESTS.labels(path if path in HANDLERS else "none", "GET", str(code)).observe(
            time.monotonic() - began)

    def price(self, least, most, failing):
        time.sleep(random.uniform(least, most))
        if random.random() < failing:
            return 502
        QUOTES.labels(random.choice(CURRENCIES)).inc()
        return 200

    def reply(self, code, body, kind):
        self.send_response(code)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Requests are in the metrics; logging each would fill the disk."""


def visit(port):
    """A few requests a second, for ever."""
    while True:
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            while True:
                link.request("GET", random.choice(["/quote", "/quote", "/basket"]))
                link.getresponse().read()
                time.sleep(random.uniform(0.1, 0.5))
        except (OSError, http.client.HTTPException):
            link.close()
            time.sleep(1)


def main():
    port = int(sys.argv[1])
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    threading.Thread(target=visit, args=(port,), daemon=True).start()
    server.serve_forever()


if __name__ == "__main__":
    main()
