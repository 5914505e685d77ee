"""The scene `hostile-http`: a server that answers as badly as one can. The paths are in `PATHS`.

Commands:
    requests    what the second listener has got: {"requests": [{"method": …, "path": …, "headers": {…}}]}; its headers
                have names in small letters
"""

import email.utils
import random
import time
import zlib

from rt_http import Handler, Server
from rt_push import TEXT

JSON = "application/json"
BIG = 50_000_000
JSON_BIG = 60_000_000
BOMB = 2 << 30
FOR = 600  # seconds after which a slow answer gives up
MARK = b"@@@@@"
PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><form><input name=user></form></body></html>\n"


def numbered(block, least):
    """The block again and again, each time with the next number in place of the mark, until there are so many bytes."""
    for number in range(least // len(block) + 1):
        yield block.replace(MARK, b"%05d" % number)


def lines():
    return numbered(b"".join(b'big_series_total{block="@@@@@",n="%03d"} 1\n' % n for n in range(1000)), BIG)


def vector():
    """An answer of the query API, all of one and correct."""
    sample = b'{"metric":{"__name__":"big","instance":"app-@@@@@-%03d:9464","job":"big"},"value":[1700000000.5,"1"]},'
    yield b'{"status":"success","data":{"resultType":"vector","result":['
    yield from numbered(b"".join(sample % n for n in range(1000)), JSON_BIG)
    yield b'{"metric":{"__name__":"big","job":"last"},"value":[1700000000.5,"1"]}]}}'


class Answer(Handler):
    def answer(self):
        path = self.path.partition("?")[0]
        whole = next((part for part in PATHS if path == part or path.startswith(part + "/")), None)
        if whole is None:
            self.whole(404, "text/plain", b"no such path\n")
        else:
            PATHS[whole](self)

    def big(self):
        self.chunks(TEXT, lines())

    def bomb(self):
        """Valid, to the checksum at its end."""
        plain = b"bomb_series_total 1\n" * 50_000
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        block = packer.compress(plain) + packer.flush(zlib.Z_FULL_FLUSH)  # refers to nothing before it: can be repeated
        count, check = BOMB // len(plain) + 1, 0
        self.head(200, TEXT, Content_Encoding="gzip", Content_Length=10 + count * len(block) + 2 + 8)
        self.write(b"\x1f\x8b\x08" + bytes(6) + b"\xff")
        for _ in range(count):
            self.write(block)
            check = zlib.crc32(plain, check)
        self.write(b"\x03\x00" + check.to_bytes(4, "little") + (count * len(plain) % (1 << 32)).to_bytes(4, "little"))

    def busy(self, after, status=429, kind="text/plain", body=b"Too Many Requests\n"):
        self.whole(status, kind, body, **({"Retry_After": after} if after else {}))

    def prom429(self):
        self.busy("5", kind=JSON, body=b'{"status":"error","errorType":"too_many_requests","error":"too many requests"}')

    def prom503(self):
        """A timeout of a query, and a server that has just started."""
        if "/query" in self.path:
            self.busy(None, 503, JSON, b'{"status":"error","errorType":"timeout","error":"query timed out in expression '
                                       b'evaluation"}')
        else:
            self.busy(None, 503, body=b"Service Unavailable")

    def move(self, where):
        self.whole(302, "text/plain", b"elsewhere\n", Location=where)

    def redirect_other(self):
        rest = self.path[len("/redirect-other"):]
        self.move(f"http://localhost:{self.server.owner.other.port}{rest if rest.startswith('/') else '/metrics'}")

    def slow(self):
        self.head(200, TEXT)
        for number in range(FOR):
            self.write(b"a 1\n"[number % 4:][:1])
            time.sleep(1)

    def never(self):
        self.connection.settimeout(FOR)
        self.rfile.read(1)  # until the other side gives up

    def cut(self):
        self.head(200, TEXT, Content_Length=1000)
        self.write(b"half_total 1\n" * 30)

    def headers_many(self):
        self.whole(200, TEXT, b"a 1\n", **{f"X_Filler_{number}": "x" * 1000 for number in range(1024)})

    def header_long(self):
        self.whole(200, TEXT, b"a 1\n", X_Filler="x" * (1 << 20))

    def deep(self):
        self.whole(200, JSON, b"[" * 100_000 + b"]" * 100_000)


class Witness(Handler):
    """Answers like a target, and writes down who asks."""

    def answer(self):
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.owner.requests.append({"method": self.command, "path": self.path, "headers": headers})
        self.whole(200, TEXT, b"other_series 1\n")


# A path stands for all that is below it.
PATHS = {
    "/ok": lambda self: self.whole(200, TEXT, b"# TYPE ok_series gauge\nok_series 1\n"),
    "/big": Answer.big,
    "/bomb": Answer.bomb,
    "/429": lambda self: self.busy("7"),
    "/429-date": lambda self: self.busy(email.utils.formatdate(time.time() + 7, usegmt=True)),
    "/redirect-same": lambda self: self.move("/ok"),
    "/redirect-loop": lambda self: self.move("/redirect-loop"),
    "/redirect-other": Answer.redirect_other,
    "/html": lambda self: self.whole(200, "text/html; charset=utf-8", PAGE),
    "/garbage": lambda self: self.whole(200, TEXT, random.Random(1).randbytes(1 << 16)),
    "/slow": Answer.slow,
    "/never": Answer.never,
    "/cut": Answer.cut,
    "/headers": Answer.headers_many,
    "/header-long": Answer.header_long,
    "/json-deep": Answer.deep,
    "/json-big": lambda self: self.chunks(JSON, vector()),
    "/prom429": Answer.prom429,
    "/prom503": Answer.prom503,
}


class Pair:
    def __init__(self):
        self.requests = []
        self.other = Server(Witness, self)
        self.main = Server(Answer, self)


def hostile(stage, name, _):
    pair = Pair()
    stage.facts.update(hostile_port=pair.main.port, other_port=pair.other.port)
    stage.command("requests", name, lambda _: {"requests": pair.requests})
