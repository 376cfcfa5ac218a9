"""A server of cleaner, run as a process of its own for the tests that ask it."""

import http.client
import json
import os
import re
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import cleaner

JSON = {"Content-Type": "application/json"}


class Server:
    """A running server and its port."""

    def __init__(self, process, port):
        self.process = process
        self.port = port

    def ask(self, method, path, body=None, headers=None, timeout=60):
        """Status, headers and body of the answer to one request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def post(self, path, value, **headers):
        """Status and JSON of the answer to a value, or to a body of bytes."""
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        named = {name.replace("_", "-"): text for name, text in headers.items()}
        status, _, told = self.ask("POST", path, body, JSON | named)
        return status, json.loads(told)

    def raw(self, data, wait=20):
        """All that comes back for some bytes on a connection of their own."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=wait) as client:
            client.sendall(data)
            return b"".join(iter(lambda: client.recv(65_536), b""))


@contextmanager
def serving(folder, *args):
    """A server in a folder, with options of its own; what it said when it began is in ``told``."""
    command = [sys.executable, "-m", "cleaner", "serve", "--port", "0", *map(str, args)]
    environment = {**os.environ, "PYTHONPATH": str(Path(cleaner.__file__).parents[1])}
    process = subprocess.Popen(command, cwd=folder, env=environment, stderr=subprocess.PIPE)
    try:
        told = b""
        while b"Ctrl-C" not in told:
            line = process.stderr.readline()
            assert line, told.decode()
            told += line
        server = Server(process, int(re.search(rb":(\d+)/ ", told)[1]))
        server.told = told.decode()
        yield server
    finally:
        process.kill()
        rest = process.stderr.read().decode()
        process.wait()
        process.stderr.close()
    assert "Traceback" not in rest, rest
