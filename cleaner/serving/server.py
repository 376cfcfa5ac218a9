"""The server itself: its socket, its workers, and its end."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from ipaddress import ip_address
from types import FrameType
from typing import Any

import uvicorn

from cleaner.errors import InputError
from cleaner.serving.app import Desk
from cleaner.serving.budget import Budget
from cleaner.serving.pool import Pool
from cleaner.serving.protocol import MOST_HEAD, patient

CONNECTIONS = 256  # at once; more are answered with 503
BODIES = 4  # bodies of the greatest size that may be under way at once
LEAST_BUDGET = 16_000_000  # bytes under way, however small a body may be
LAST_WORDS = 3  # seconds that answers under way get when the server ends
INTERRUPTED = 130


@dataclass(frozen=True)
class Settings:
    """Where and how to serve: ``limit`` in bytes of a body, ``seconds`` for each step of a request."""

    host: str = "127.0.0.1"
    port: int = 8765
    workers: int = 2
    limit: int = 16_000_000
    seconds: float = 30.0
    names: frozenset[str] = frozenset()
    cleaning: Mapping[str, Any] = field(default_factory=dict)

    @property
    def budget(self) -> int:
        """Bytes of requests and answers that may be under way at once."""
        return max(BODIES * self.limit, LEAST_BUDGET)


def listening(host: str, port: int) -> socket.socket:
    """A socket bound to that place.  Raises ``InputError`` when there is none to be had."""
    try:
        family, kind, proto, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, proto)
    except OSError as error:
        raise InputError(f"--host {host}: {error.strerror or error}") from None
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen()
    except OSError as error:
        bound.close()
        raise InputError(f"{host}:{port}: {error.strerror}; choose another --port, 0 for any") from None
    return bound


def is_loopback(bound: socket.socket) -> bool:
    """Whether only this machine can reach a socket."""
    return ip_address(bound.getsockname()[0].partition("%")[0]).is_loopback


def address(bound: socket.socket, host: str) -> str:
    """The URL of the page."""
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{bound.getsockname()[1]}/"


def serve(settings: Settings, bound: socket.socket, ready: Callable[[], None]) -> int:
    """Serves until the process is told to end; its exit code.  ``ready`` is called once all is up.

    Raises ``OptionError`` for options that are wrong.
    """
    return asyncio.run(_serve(settings, bound, ready))


async def _serve(settings: Settings, bound: socket.socket, ready: Callable[[], None]) -> int:
    async with Pool(settings.cleaning, settings.workers, settings.seconds) as pool:
        names = {"localhost", settings.host.lower(), *(name.lower() for name in settings.names)}
        desk = Desk(pool, Budget(settings.budget), settings.limit, settings.seconds, _shown(settings))
        server = _Server(
            uvicorn.Config(
                desk.app(frozenset(names)),
                http=patient(settings.seconds),
                ws="none",
                lifespan="off",
                log_config=None,
                log_level="critical",
                access_log=False,
                server_header=False,
                proxy_headers=False,
                limit_concurrency=CONNECTIONS,
                timeout_graceful_shutdown=LAST_WORDS,
                h11_max_incomplete_event_size=MOST_HEAD,
            ),
            ready,
        )
        await server.serve(sockets=[bound])
    return INTERRUPTED if server.told == signal.SIGINT else 0


def _shown(settings: Settings) -> dict[str, Any]:
    """The options that the page shows as chosen."""
    begin = {"level": "standard", "mode": "auto", "input_format": "text"}
    return {name: settings.cleaning.get(name, value) for name, value in begin.items()}


class _Server(uvicorn.Server):
    """A server that remembers which signal ended it, and tells when it is up."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self.ready = ready
        self.told = 0

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begins to listen."""
        await super().startup(sockets)
        self.ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Ends the server, at once when told so a second time."""
        self.told = self.told or sig
        super().handle_exit(sig, frame)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """As the server below does it, but the signal is not raised again after a clean end."""
        signals = (signal.SIGINT, signal.SIGTERM)
        before = {number: signal.signal(number, self.handle_exit) for number in signals}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
