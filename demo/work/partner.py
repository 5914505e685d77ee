"""The partner that the payments of the demo depend on: ill for a while, then well for a while.

`GET /healthz` answers 200 or 503. The first spell of illness is short, so that
whoever opens the console sees both within a minute or two.
"""

import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FIRST_ILL = 60
WELL = 240
ILL = 90
BEGAN = time.monotonic()


def is_well():
    age = time.monotonic() - BEGAN - FIRST_ILL
    return age >= 0 and age % (WELL + ILL) < WELL


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        well = is_well()
        body = b'{"status": "up"}\n' if well else b'{"status": "overloaded"}\n'
        self.send_response(200 if well else 503)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
