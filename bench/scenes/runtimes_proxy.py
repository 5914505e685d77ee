"""Stands between the console and a server that speaks HTTP, and counts questions in flight: not connections, which are
kept open and say nothing of what the server has to do at once.

    runtimes_proxy.py PORT

Prints one JSON line with its own port, and answers every line by what was counted until then. Ends with standard input.
"""

import asyncio
import json
import re
import sys
import time

LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:\s*chunked", re.IGNORECASE)
#: No answer is held in whole: pieces go on as they come.
PIECE = 65536


async def body(reader, head):
    """What follows a head, piece by piece. Nothing is waited for after the last piece."""
    if CHUNKED.search(head):
        size = None
        while size != 0:
            line = await reader.readuntil(b"\r\n")
            size = int(line.split(b";")[0], 16)
            yield line + await reader.readexactly(size + 2)
        return
    found = LENGTH.search(head)
    left = int(found.group(1)) if found else 0
    while left:
        piece = await reader.read(min(left, PIECE))
        if not piece:
            raise ConnectionError("the answer ends early")
        left -= len(piece)
        yield piece


class Proxy:
    """Every connection of the console gets one of its own at the server."""

    def __init__(self, port):
        self.port = port
        self.in_flight = self.most = 0
        self.questions = []  # (begin, end, bytes of the answer), ended ones

    async def serve(self, reader, writer):
        """One connection, as long as both sides want it."""
        server = None
        try:
            from_server, server = await asyncio.open_connection("127.0.0.1", self.port)
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                await self.question(head, (reader, writer), (from_server, server))
        except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            for side in (writer, server):
                if side:
                    side.close()

    async def question(self, head, client, server):
        """One question from its head to the last byte of its answer."""
        self.in_flight += 1
        self.most = max(self.most, self.in_flight)
        began, size = time.monotonic(), 0
        try:
            server[1].write(head)
            async for piece in body(client[0], head):
                server[1].write(piece)
            head = await server[0].readuntil(b"\r\n\r\n")
            client[1].write(head)
            async for piece in body(server[0], head):
                # Before the write: what follows the last write would run only after the next question has come.
                await client[1].drain()
                client[1].write(piece)
                size += len(piece)
        finally:
            self.in_flight -= 1
        self.questions.append((began, time.monotonic(), size))


async def main():
    proxy = Proxy(int(sys.argv[1]))
    listening = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    print(json.dumps({"port": listening.sockets[0].getsockname()[1]}), flush=True)
    loop = asyncio.get_running_loop()
    while await loop.run_in_executor(None, sys.stdin.readline):
        print(json.dumps({"most": proxy.most, "questions": proxy.questions}), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
