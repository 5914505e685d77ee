"""A Python service with the default metrics of prometheus_client and two of its own. Prints `ready PORT`."""

import time

from prometheus_client import Counter, Histogram, start_http_server

REQUESTS = Counter("api_requests", "Requests by status.", ["status"])
SECONDS = Histogram("api_request_duration_seconds", "Time of a request.", ["route"])


def main():
    server, _ = start_http_server(0, addr="127.0.0.1")
    print("ready", server.server_port, flush=True)
    for number in range(24 * 3600 * 10):
        REQUESTS.labels("500" if number % 50 == 49 else "200").inc()
        SECONDS.labels("/orders").observe(0.005 * (1 + number % 40))
        time.sleep(0.1)


if __name__ == "__main__":
    main()
