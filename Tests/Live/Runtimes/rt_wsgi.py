"""The application that gunicorn and uWSGI serve: /fast, and /slow?s=N that begins its answer at once."""

import time
import urllib.parse


def application(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    if environ["PATH_INFO"] != "/slow":
        return [b"fast\n"]
    asked = urllib.parse.parse_qs(environ.get("QUERY_STRING", "")).get("s", ["1"])
    return slow(min(float(asked[0]), 600))


def slow(seconds):
    yield b"taken\n"  # so that the client knows that a worker has it
    time.sleep(seconds)
    yield b"done\n"
