"""The web pages of the shop, a WSGI application: Gunicorn serves the shop, uWSGI its reports."""

import random
import time

# Path: seconds it takes at least and at most. Waiting, as for a database: it keeps a worker busy and not the machine.
PAGES = {
    "/": (0.01, 0.06),
    "/cart": (0.05, 0.3),
    "/checkout": (0.3, 1.5),
    "/reports/daily": (0.05, 0.2),
    "/reports/yearly": (1.0, 2.0),
}
FAILING = 0.02


def application(environ, start_response):
    path = environ.get("PATH_INFO", "/")
    if path not in PAGES:
        return reply(start_response, "404 Not Found", b"no such page\n")
    time.sleep(random.uniform(*PAGES[path]))
    if path == "/checkout" and random.random() < FAILING:
        return reply(start_response, "503 Service Unavailable", b"the bank does not answer\n")
    return reply(start_response, "200 OK", b"<!doctype html><title>shop</title>\n" * 40)


def reply(start_response, status, body):
    start_response(status, [("Content-Type", "text/html"), ("Content-Length", str(len(body)))])
    return [body]
