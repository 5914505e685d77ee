"""A second client of the same Redis: a PING every millisecond, and how long each took.

    pinger.py PORT

Prints one line of JSON when standard input ends.
"""

import json
import select
import socket
import sys
import time

link = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
took = []
while not select.select([sys.stdin], [], [], 0.001)[0]:
    began = time.perf_counter()
    link.sendall(b"PING\r\n")
    link.recv(64)
    took.append(time.perf_counter() - began)
took.sort()
print(json.dumps({"count": len(took), "p99": took[int(len(took) * 0.99)] * 1000, "max": took[-1] * 1000}))
