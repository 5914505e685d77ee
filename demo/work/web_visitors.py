"""Visitors of the shop's web pages: web_visitors.py [shop=PORT] [reports=PORT]

They come to both servers as real ones do, each waiting for its page before it asks for
the next; so there are never more requests at once than visitors.
"""

import http.client
import random
import sys
import threading
import time

# Server: (visitors, mean pause in seconds, pages they pick from)
VISITORS = {
    "shop": (3, 0.8, ["/", "/", "/", "/cart", "/cart", "/checkout"]),
    "reports": (3, 1.6, ["/reports/daily", "/reports/daily", "/reports/yearly"]),
}


def visit(port, pause, pages):
    """One visitor. The server may be away, while it starts or when somebody ends it."""
    while True:
        time.sleep(min(5 * pause, random.expovariate(1 / pause)))
        link = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            link.request("GET", random.choice(pages))
            link.getresponse().read()
        except (OSError, http.client.HTTPException):
            time.sleep(1)
        finally:
            link.close()


def main():
    for word in sys.argv[1:]:
        name, _, port = word.partition("=")
        count, pause, pages = VISITORS[name]
        for _ in range(count):
            threading.Thread(target=visit, args=(int(port), pause, pages), daemon=True).start()
    threading.Event().wait()


if __name__ == "__main__":
    main()
