"""HTTP servers of our own, in threads of the script: they need no port in advance and end with it."""

import http.server
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers by `answer()`. Each connection carries one request: what comes next is then easy to tell."""

    protocol_version = "HTTP/1.1"  # for chunks
    server_version, sys_version = "scene", ""

    def do_GET(self):
        self.close_connection = True
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            self.answer()
        except OSError:  # the other side has gone, which is what some tests are about
            pass

    do_POST = do_HEAD = do_GET

    def head(self, status, kind, **headers):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Connection", "close")
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def whole(self, status, kind, body, **headers):
        """An answer of known length."""
        self.head(status, kind, Content_Length=len(body), **headers)
        self.write(body)

    def chunks(self, kind, parts):
        """An answer whose length is not told."""
        self.head(200, kind, Transfer_Encoding="chunked")
        for part in parts:
            self.write(b"%x\r\n%b\r\n" % (len(part), part))
        self.write(b"0\r\n\r\n")

    def write(self, data):
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    request_queue_size = 128

    def __init__(self, handler, owner):
        super().__init__(("127.0.0.1", 0), handler)
        self.owner = owner  # what the handler answers from
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def port(self):
        return self.server_address[1]

    def handle_error(self, *_):
        pass
