"""The server under load: status codes, time, and the memory of its processes.

    python benchmarks/serve.py [--clients 64] [--megabytes 10] [--small 2000]

Clients ask all at once, first for small texts, then for great ones (those that are refused for want of
room come again), then they do all that they should not: broken JSON, wrong types, bodies too large, heads
and bodies that never end.  Memory is the resident set of the server, and of it with its workers, as /proc
tells it ten times a second.
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

JSON = {"Content-Type": "application/json"}
PARAGRAPH = (
    "The council met on Tuesday to speak of the bridge over the river, which has been closed since the "
    "flood in March. Nobody could say when the work will begin, or who is to pay for it.\n\n"
)
RESIDUE = "- Advertisement -\n\nRead more: What the flood left behind\n\n"
HEAD = "POST /clean HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"


def text_of(size):
    """A text of about so many characters, a twentieth of it residue."""
    block = PARAGRAPH * 6 + RESIDUE
    return "".join(f"{number}. {block}" for number in range(size // len(block) + 1))[:size]


def resident(pid):
    """The resident set of a process in bytes, 0 when it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * 4096
    except (OSError, IndexError):
        return 0


def children(pid):
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()]
    except OSError:
        return []


class Memory(threading.Thread):
    """Watches the server's memory until told to stop."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid = pid
        self.server = self.all = 0
        self.on = True

    def run(self):
        while self.on:
            own = resident(self.pid)
            self.server = max(self.server, own)
            self.all = max(self.all, own + sum(map(resident, children(self.pid))))
            time.sleep(0.1)

    def told(self):
        """The greatest sets since the last call, in megabytes."""
        found = f"server {self.server / 1e6:.0f} MB, with its workers {self.all / 1e6:.0f} MB"
        self.server = self.all = 0
        return found


def ask(port, path, body, timeout=600):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request("POST", path, body, JSON)
        answer = connection.getresponse()
        answer.read()
    except OSError as error:
        return type(error).__name__
    else:
        return answer.status
    finally:
        connection.close()


def until_taken(port, path, body):
    """The statuses of a request that comes again while it is refused for want of room."""
    statuses = [ask(port, path, body)]
    while statuses[-1] == 503:
        time.sleep(1)
        statuses.append(ask(port, path, body))
    return statuses


def load(name, memory, clients, work):
    """Does the work by so many clients at once and tells what came of it."""
    begun = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        found = Counter(status for statuses in pool.map(lambda job: job(), work) for status in statuses)
    seconds = time.perf_counter() - begun
    statuses = ", ".join(f"{count} × {status}" for status, count in sorted(found.items(), key=str))
    print(f"{name}: {statuses}; {seconds:.1f} s; {memory.told()}", flush=True)


def unfinished(port, data):
    """What a client hears that never ends its request."""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
        client.sendall(data)
        try:
            return [client.recv(100).decode("latin-1").partition(" ")[2][:3] or "closed"]
        except OSError as error:
            return [type(error).__name__]


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--megabytes", type=float, default=10)
    parser.add_argument("--small", type=int, default=2000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--timeout", type=int, default=30)
    args = parser.parse_args()
    command = [sys.executable, "-m", "cleaner", "serve", "--port", "0", "--workers", str(args.workers)]
    process = subprocess.Popen([*command, "--timeout", str(args.timeout)], stderr=subprocess.PIPE)
    try:
        told = process.stderr.readline().decode()
        run(args, int(re.search(r":(\d+)/", told)[1]), Memory(process.pid))
    finally:
        process.terminate()
        print(f"ends with {process.wait(timeout=30)}; says {process.stderr.read().decode()!r}")


def run(args, port, memory):
    memory.start()
    time.sleep(0.5)
    print(f"at rest: {memory.told()}")
    for path in ("/clean", "/explain"):
        small = json.dumps({"text": text_of(4_000)}).encode()
        work = [lambda path=path, small=small: [ask(port, path, small)]] * args.small
        load(f"{args.small} texts of 4 kB to {path}", memory, args.clients, work)
        great = json.dumps({"text": text_of(int(args.megabytes * 1e6))}).encode()
        work = [lambda path=path, great=great: until_taken(port, path, great)] * args.clients
        load(f"{args.clients} texts of {args.megabytes:g} MB to {path}", memory, args.clients, work)
    bad = [b'{"text', b"[1]", b'{"text": 1}', b'{"text": "", "options": {"packs": ["a"]}}', b"a" * 20_000_000]
    work = [lambda body=body: [ask(port, "/clean", body)] for body in bad * args.clients]
    load("broken JSON, wrong types, refused options, 20 MB", memory, args.clients, work)
    slow = [HEAD[:40].encode(), f"{HEAD}Content-Length: 90\r\n\r\n{{".encode()]
    work = [lambda data=data: unfinished(port, data) for data in slow * (args.clients // 2)]
    work += [lambda: [ask(port, "/clean", b'{"text": "It rained."}')]] * args.clients
    load("heads and bodies that never end, others between them", memory, 2 * args.clients, work)
    time.sleep(1)
    print(f"at rest again: {memory.told()}")
    memory.on = False


if __name__ == "__main__":
    main()
