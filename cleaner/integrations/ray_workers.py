"""Workers on Ray: what ``cleaner.workers`` does, in the same order, on the machines of a cluster."""

from __future__ import annotations

import os
import pickle
import signal
import socket
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self, TypeVar

import ray
from ray import exceptions

from cleaner.errors import CleanerError, InputError
from cleaner.version import __version__
from cleaner.workers import chunks

T = TypeVar("T")
R = TypeVar("R")

IN_FLIGHT = 2  # chunks at a worker: one under way, one that waits for it
ATTEMPTS = 2  # times that a chunk may be lost with its worker before it is done item by item
GONE = (
    exceptions.RayActorError,
    exceptions.WorkerCrashedError,
    exceptions.OutOfMemoryError,
    exceptions.ObjectLostError,
)
CONNECT = 10.0  # seconds in which the head of a cluster must answer
DIED = "its worker process died"


@contextmanager
def cluster(address: str | None = None, workers: int | None = None) -> Iterator[int]:
    """A connection to Ray for the time of a run; how many workers to use: no more than it has CPUs.

    ``address`` is that of a cluster (``auto`` finds the one that this machine belongs to); without it, and
    without ``RAY_ADDRESS``, Ray is started on this machine.  Raises ``InputError`` when there is none.
    """
    mine = not ray.is_initialized()
    if mine:
        _begin(address or os.environ.get("RAY_ADDRESS"), workers)
    try:
        room = max(1, int(ray.cluster_resources().get("CPU", 1)))
        yield min(workers or room, room)
    finally:
        if mine:
            ray.shutdown()


def _begin(address: str | None, workers: int | None) -> None:
    quiet = {"log_to_driver": False, "logging_level": "error"}
    try:
        if address:
            _knock(address)
            ray.init(address=address, **quiet)
        else:
            ray.init(address="local", num_cpus=workers, include_dashboard=False, **quiet)
    except (OSError, RuntimeError, ValueError) as error:
        what = str(error).strip().partition("\n")[0]
        raise InputError(f"Ray cannot be reached at {address or 'this machine'}: {what}") from None


def _knock(address: str) -> None:
    """Raises ``OSError`` when nobody is there, for which Ray itself would look for minutes."""
    host, _, port = address.rpartition("://")[2].rpartition(":")
    if host and port.isdigit():
        socket.create_connection((host, int(port)), timeout=CONNECT).close()


def in_order(  # noqa: PLR0917 - as ``cleaner.workers.in_order``
    function: Callable[[T], R],
    items: Iterable[T],
    workers: int,
    size: Callable[[T], int],
    lost: Callable[[T, str], R] | None = None,
    timeout: float | None = None,
) -> Iterator[R]:
    """``function`` of each item, in order, by so many actors; see ``cleaner.workers.in_order``.

    An item that kills its worker three times, or takes longer than ``timeout`` seconds, is lost; no other is.
    """
    with _Pool(function, workers, timeout) as pool:
        for item, said in pool.map(chunks(items, size)):
            yield _made(lost, item, said)


@dataclass
class _Said:
    """What a worker says of an item: its result, or why there is none."""

    result: Any = None
    why: str = ""
    error: BaseException | None = None


def _made(lost: Callable[[T, str], R] | None, item: T, said: _Said) -> R:
    """The result of an item.  Raises its error when nobody makes one of it."""
    if not said.why:
        result: R = said.result
        return result
    if lost:
        return lost(item, said.why)
    raise said.error or CleanerError(said.why)


def _packed(said: _Said) -> bytes:
    """For the way; a result or an error that cannot be sent is told in words."""
    try:
        data = pickle.dumps(said, pickle.HIGHEST_PROTOCOL)
        if said.error:
            pickle.loads(data)  # noqa: S301 - our own; some errors cannot be made again
    except Exception as error:  # noqa: BLE001 - whatever an object raises as it is packed
        return pickle.dumps(_Said(why=said.why or f"its result cannot be sent: {error}"))
    return data


def _unpacked(data: bytes) -> _Said:
    said: _Said = pickle.loads(data)  # noqa: S301 - from our own worker
    return said


class _Actor:
    """A worker: chunks in, what is said of their items out."""

    def __init__(self, function: bytes, version: str, timeout: float | None) -> None:
        if version != __version__:
            raise CleanerError(f"this worker has version {__version__} of cleaner, the run {version}")
        self.work = pickle.loads(function)  # noqa: S301 - from our own run
        self.timeout = timeout
        if timeout:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process, however deep it is in a pattern

    def do(self, items: list[Any]) -> list[bytes]:
        """What is said of each item, packed."""
        return [_packed(self._one(item)) for item in items]

    def _one(self, item: Any) -> _Said:
        if self.timeout:
            signal.setitimer(signal.ITIMER_REAL, self.timeout)
        try:
            return _Said(self.work(item))
        except Exception as error:  # noqa: BLE001 - one item fails, not the others
            why = ": ".join(filter(None, (type(error).__name__, str(error))))
            return _Said(why=why, error=error)
        finally:
            if self.timeout:
                signal.setitimer(signal.ITIMER_REAL, 0)


@dataclass(eq=False)
class _Chunk:
    """Items on their way: who has them, and the promise of what is said of them."""

    items: list[Any]
    actor: Any = None
    promise: Any = None
    deaths: int = 0


class _Pool:
    """Actors that share a function; use as a context, so that none is left behind."""

    def __init__(self, function: Callable[[Any], Any], workers: int, timeout: float | None) -> None:
        self.function = ray.put(pickle.dumps(function, pickle.HIGHEST_PROTOCOL))
        self.most = workers
        self.timeout = timeout
        self.actors: list[Any] = []
        self.under_way: deque[_Chunk] = deque()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for actor in self.actors:
            ray.kill(actor)
        self.actors.clear()

    def map(self, work: Iterator[list[Any]]) -> Iterator[tuple[Any, _Said]]:
        """Each item with what is said of it, in order; at most ``2 * workers + 2`` chunks are under way."""
        for items in work:
            while len(self.under_way) >= IN_FLIGHT * self.most + 2:
                yield from self._first()
            chunk = _Chunk(items)
            self.under_way.append(chunk)
            self._give(chunk)
        while self.under_way:
            yield from self._first()

    def _first(self) -> Iterator[tuple[Any, _Said]]:
        """The oldest chunk's items, when they are done; a chunk that was lost is done again."""
        chunk = self.under_way[0]
        while chunk.deaths < ATTEMPTS:
            try:
                said = list(map(_unpacked, ray.get(chunk.promise)))
                break
            except GONE as error:
                self._replace(chunk.actor, error)
                chunk.deaths += 1
                self._give(chunk)
        else:
            said = [self._alone(item) for item in chunk.items]
        self.under_way.popleft()
        yield from zip(chunk.items, said, strict=True)

    def _alone(self, item: Any) -> _Said:
        """An item done by itself, since the chunk that it is of has killed its workers."""
        actor = self._idle()
        since = time.monotonic()
        try:
            return _unpacked(ray.get(actor.do.remote([item]))[0])
        except GONE as error:
            self._replace(actor, error)
            late = self.timeout and time.monotonic() - since >= self.timeout
            return _Said(why=f"it took longer than {self.timeout:g} seconds" if late else DIED)

    def _idle(self) -> Any:
        """An actor that is there and has nothing to do.  Raises ``CleanerError`` when all of them die."""
        for _ in range(self.most + ATTEMPTS):
            actor = self._least()
            try:
                ray.get(actor.do.remote([]))
            except GONE as error:
                self._replace(actor, error)
            else:
                return actor
        raise CleanerError("the cluster's workers die as they start")

    def _give(self, chunk: _Chunk) -> None:
        chunk.actor = self._least()
        chunk.promise = chunk.actor.do.remote(chunk.items)

    def _least(self) -> Any:
        """The actor with the least to do, or a new one while there may be more."""
        if len(self.actors) < self.most:
            self.actors.append(self._new())
            return self.actors[-1]
        going = [chunk for chunk in self.under_way if chunk.promise is not None]
        promises = [chunk.promise for chunk in going]
        waiting = set(ray.wait(promises, num_returns=len(promises), timeout=0)[1]) if promises else set()
        busy = [chunk.actor for chunk in going if chunk.promise in waiting]
        return min(self.actors, key=busy.count)

    def _new(self) -> Any:
        made = ray.remote(num_cpus=1, max_restarts=0)(_Actor)
        return made.remote(self.function, __version__, self.timeout)

    def _replace(self, actor: Any, error: Exception) -> None:
        """Forgets an actor that is gone.  Raises ``CleanerError`` when it could not even begin."""
        if "creation task" in str(error):
            why = str(error).strip().rpartition("\n")[2].strip()
            raise CleanerError(f"the cluster's workers cannot begin: {why}")
        if actor in self.actors:
            self.actors.remove(actor)
            ray.kill(actor)
