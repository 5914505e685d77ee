"""Web servers for runbooks."""

import http.server
import threading


class Server:
    """Hands each request to `answered(request)`, which gives a status and a body; `request` has `command`, `path`, `headers`, `sent`."""

    def __init__(self, answered):
        class Handler(http.server.BaseHTTPRequestHandler):
            def do(self):
                self.sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                status, body = answered(self)
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_PUT = do_POST = do

            def log_message(self, *arguments):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


class Web(Server):
    """Answers 200 and remembers what was asked."""

    def __init__(self, seen, answer=None):
        def answered(request):
            seen.append((request.command, request.path, request.sent, dict(request.headers)))
            return answer(request.command, request.path) if answer else (200, b"{}")

        super().__init__(answered)
