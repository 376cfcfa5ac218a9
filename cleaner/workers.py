"""Work in several processes, results in the order of the work.

A worker that dies, or that takes longer for an item than it may, costs that item and no other:
each worker tells in shared memory which item it is at and since when, so that the rest of its
chunk is given to a new one.  A worker ends when the process that started it is gone.
"""

from __future__ import annotations

import os
import pickle
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Self, TypeVar

from cleaner.errors import CleanerError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

T = TypeVar("T")
R = TypeVar("R")

CHUNK = 1_000_000  # size (characters or bytes) from which a chunk is worth sending
MOST_ITEMS = 2_000  # items in a chunk, however small they are
IN_FLIGHT = 2  # chunks at a worker: one under way, one that waits for it
ATTEMPTS = 2  # times that an item may be under way when its worker dies, since it may be innocent


def chunks(items: Iterable[T], size: Callable[[T], int]) -> Iterator[list[T]]:
    """The items in lists of about ``CHUNK`` by ``size``, in order."""
    chunk: list[T] = []
    weight = 0
    for item in items:
        chunk.append(item)
        weight += size(item)
        if weight >= CHUNK or len(chunk) >= MOST_ITEMS:
            yield chunk
            chunk, weight = [], 0
    if chunk:
        yield chunk


def in_order(  # noqa: PLR0913, PLR0917 - the last two are options
    function: Callable[[T], R],
    items: Iterable[T],
    workers: int,
    size: Callable[[T], int],
    lost: Callable[[T, str], R] | None = None,
    timeout: float | None = None,
) -> Iterator[R]:
    """``function`` of each item, in order, by so many processes.

    Processes are started (by spawning, which is safe with threads) only when there is more
    than one chunk of work, or a ``timeout``, in seconds for an item.  ``lost`` makes the result of
    an item that killed its worker or ran out of time, with the reason; without it
    ``CleanerError`` is raised.
    """
    work = chunks(items, size)
    first = list(islice(work, 2))
    if timeout is None and (workers <= 1 or len(first) <= 1):
        for chunk in chain(first, work):
            yield from map(function, chunk)
        return
    with Pool(function, workers, lost or _refused, timeout) as pool:
        yield from pool.map(chain(first, work))


def _refused(_: object, why: str) -> Any:
    raise CleanerError(why)


@dataclass(eq=False)
class _Chunk:
    """Items on their way; ``out`` are the reasons of those that must not be tried again."""

    items: list[Any]
    results: list[Any] | None = None
    out: dict[int, str] = field(default_factory=dict)
    deaths: dict[int, int] = field(default_factory=dict)

    def lose(self, index: int, why: str, attempts: int) -> None:
        """Notes that a worker was lost at an item; it is given up after so many times."""
        self.deaths[index] = self.deaths.get(index, 0) + 1
        if self.deaths[index] >= attempts:
            self.out[index] = why


class _Worker:
    """A process, the pipe to it, and the chunks that it has."""

    def __init__(self, function: bytes) -> None:
        from multiprocessing import get_context

        context = get_context("spawn")
        self.place = context.RawArray("d", 2)  # number of the item under way (-1: none), since when
        self.place[0] = -1
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, function, self.place), daemon=True)
        self.process.start()
        theirs.close()
        self.chunks: deque[_Chunk] = deque()

    def give(self, chunk: _Chunk) -> bool:
        """Sends a chunk; whether the worker was there to take it."""
        self.chunks.append(chunk)
        try:
            self.pipe.send((chunk.items, set(chunk.out)))
        except OSError:
            return False
        return True

    def overdue(self, timeout: float) -> bool:
        """Whether the item under way has had its time."""
        number, since = self.place
        return bool(number >= 0 and time.monotonic() - since > timeout)

    def end(self) -> None:
        """Ends the process at once."""
        self.pipe.close()
        self.process.kill()
        self.process.join()


class Pool:
    """Processes that share a function; use as a context, so that none is left behind."""

    def __init__(
        self,
        function: Callable[[Any], Any],
        workers: int,
        lost: Callable[[Any, str], Any],
        timeout: float | None = None,
    ) -> None:
        self.function = pickle.dumps(function)
        self.lost = lost
        self.timeout = timeout
        self.most = workers
        self.workers: list[_Worker] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            worker.end()
        self.workers.clear()

    def map(self, work: Iterator[list[Any]]) -> Iterator[Any]:
        """The results of all chunks in order; at most ``2 * workers + 2`` chunks are under way."""
        under_way: deque[_Chunk] = deque()
        more = True
        while more or under_way:
            while more and len(under_way) < 2 * self.most + 2 and (free := self._free()):
                items = next(work, None)
                more = items is not None
                if items is not None:
                    under_way.append(chunk := _Chunk(items))
                    self._give(free, chunk)
            while under_way and under_way[0].results is not None:
                yield from under_way.popleft().results or ()
            if under_way and (not more or len(under_way) >= 2 * self.most + 2 or not self._free()):
                self._wait()

    def _free(self) -> _Worker | None:
        """The worker with the least to do, a new one while there may be more, or none."""
        least = min(self.workers, key=lambda worker: len(worker.chunks), default=None)
        if (least is None or least.chunks) and len(self.workers) < self.most:
            least = _Worker(self.function)
            self.workers.append(least)
        return least if least and len(least.chunks) < IN_FLIGHT else None

    def _give(self, worker: _Worker, chunk: _Chunk) -> None:
        if not worker.give(chunk):
            self._replace(worker, "its worker process died", ATTEMPTS)

    def _wait(self) -> None:
        """Takes what is ready; looks for workers that are dead or late."""
        from multiprocessing.connection import wait

        pause = min(0.05, self.timeout / 4) if self.timeout else 5
        busy = [worker for worker in self.workers if worker.chunks]
        ready = wait([worker.pipe for worker in busy], pause)
        for worker in busy:
            if worker.pipe in ready:
                self._take(worker)
            elif self.timeout and worker.overdue(self.timeout):
                self._replace(worker, f"it took longer than {self.timeout:g} seconds", 1)

    def _take(self, worker: _Worker) -> None:
        try:
            results = worker.pipe.recv()
        except (EOFError, OSError):
            self._replace(worker, "its worker process died", ATTEMPTS)
            return
        chunk = worker.chunks.popleft()
        for index, why in chunk.out.items():
            results[index] = self.lost(chunk.items[index], why)
        chunk.results = results

    def _replace(self, worker: _Worker, why: str, attempts: int) -> None:
        """Gives the chunks of a worker that is no more to a new one, without the item it was lost at."""
        worker.end()
        self.workers.remove(worker)
        number = int(worker.place[0])
        if worker.chunks:
            worker.chunks[0].lose(max(number, 0), why, attempts)
        new = _Worker(self.function)
        self.workers.append(new)
        for chunk in worker.chunks:
            if not new.give(chunk):
                raise CleanerError("worker processes cannot be started")


def _serve(pipe: Connection, function: bytes, place: Any) -> None:
    """What a worker does: chunks in, results out, until the other end is gone."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interruption means
    inbox: queue.Queue[Any] = queue.Queue()
    threading.Thread(target=_listen, args=(pipe, inbox), daemon=True).start()
    work = pickle.loads(function)  # noqa: S301 - from our own parent
    while True:
        items, out = inbox.get()
        results = []
        for number, item in enumerate(items):
            place[1] = time.monotonic()
            place[0] = number
            results.append(None if number in out else work(item))
        place[0] = -1
        try:
            pipe.send(results)
        except OSError:
            os._exit(1)


def _listen(pipe: Connection, inbox: queue.Queue[Any]) -> None:
    """Takes in chunks while the worker works, so that the parent never waits to send one."""
    while True:
        try:
            inbox.put(pipe.recv())
        except (EOFError, OSError):
            os._exit(0)
