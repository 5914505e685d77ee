"""Servers that misbehave, and a Redis that may be killed."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

import redis


def closed_port():
    """A loopback port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Listener:
    """Accepts and then says nothing, or always the same to whatever it is asked."""

    def __init__(self, answer=b""):
        self.answer = answer
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self.socket.getsockname()[1]
        self.open = []
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.open.append(connection)
            if self.answer:
                threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _talk(self, connection):
        try:
            while connection.recv(65536):
                connection.sendall(self.answer)
        except OSError:
            pass

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()
        self.thread.join(2)
        for connection in self.open:
            connection.close()


class OwnRedis:
    """A Redis of one test, on a port that it keeps over being killed."""

    def __init__(self, *settings):
        self.port = closed_port()
        self.folder = tempfile.mkdtemp(prefix="opsconsole-redis-")
        self.settings = settings
        self.process = None

    def start(self):
        program = shutil.which("redis-server")
        if program is None:
            raise AssertionError("redis-server is not installed")
        self.process = subprocess.Popen(
            [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", self.folder, *self.settings],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        end = time.monotonic() + 10
        while time.monotonic() < end:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 0.5):
                    return self
            except OSError:
                time.sleep(0.01)
        raise AssertionError("redis-server does not answer")

    def client(self, **options):
        return redis.Redis(port=self.port, **options)

    def url(self, database=0):
        return f"redis://127.0.0.1:{self.port}/{database}"

    def kill(self):
        if self.process is not None:
            os.kill(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def close(self):
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)
