"""The partner that settles payments: answers in 5 ms, or not at all while the incident `dependency` is on."""

import select
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import inc_place

BODY = b'{"settled": true}\n'


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        time.sleep(0.005)
        while inc_place.begun("dependency"):
            # Who has given up closes its end; without a look at that, threads would pile up here.
            if select.select([self.connection], [], [], 0.1)[0]:
                return
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(BODY)))
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_):
        """Logging each request would fill the disk."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """A caller that has given up."""


if __name__ == "__main__":
    Server(("127.0.0.1", inc_place.port("partner")), Handler).serve_forever()
