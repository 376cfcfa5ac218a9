"""Work in several processes, results in the order of the work.

A worker that dies, or that takes longer for an item than it may, costs that item and no other:
each worker tells in shared memory which item of which chunk it is at and since when, so that the
rest is given to a new one.  A worker ends when the process that started it is gone.
"""

from __future__ import annotations

import os
import pickle
import queue
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
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
STARTS = 2  # workers in a row that may die before they have begun
STRIDE = 4096  # a worker's place is the number of its chunk times this, and that of the item
STARTING, IDLE = -2, -1  # places of a worker that is at no item
DIED = "its worker process died"


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
    an item that raised an error, killed its worker or ran out of time, with the reason.  Without
    it the error is raised where its result would have come, or ``CleanerError``.
    Raises ``CleanerError`` when processes cannot be started.
    """
    work = chunks(items, size)
    first = list(islice(work, 2))
    if timeout is None and (workers <= 1 or len(first) <= 1):
        for chunk in chain(first, work):
            for item in chunk:
                result = _attempted(function, item)
                yield _made(lost, item, result) if isinstance(result, _Lost) else result
        return
    with Pool(function, max(1, workers), lost, timeout) as pool:
        yield from pool.map(chain(first, work))


@dataclass
class _Lost:
    """Stands for the result of an item that has none; ``error`` is what was raised, if anything."""

    why: str
    error: BaseException | None = None


def _attempted(function: Callable[[T], R], item: T) -> R | _Lost:
    """The result for an item, or what was raised; only an interruption goes on."""
    try:
        return function(item)
    except Exception as error:  # noqa: BLE001 - one item fails, not the others
        return _Lost(": ".join(filter(None, (type(error).__name__, str(error)))), error)
    except (SystemExit, GeneratorExit) as error:
        return _Lost(f"it tried to end the process ({type(error).__name__})", error)


def _made(lost: Callable[[T, str], R] | None, item: T, loss: _Lost) -> R:
    """The result of a lost item.  Raises its error when nobody makes one."""
    if lost:
        return lost(item, loss.why)
    raise loss.error or CleanerError(loss.why)


@dataclass(eq=False)
class _Chunk:
    """Items on their way; ``out`` are the reasons of those that must not be tried again."""

    items: list[Any]
    results: list[bytes | None] | None = None
    out: dict[int, str] = field(default_factory=dict)
    deaths: dict[int, int] = field(default_factory=dict)

    def lose(self, index: int, why: str, attempts: int) -> None:
        """Notes that a worker was lost at an item (``IDLE``: none); it is given up after so many times."""
        self.deaths[index] = self.deaths.get(index, 0) + 1
        if self.deaths[index] >= attempts:
            given_up = range(len(self.items)) if index == IDLE else (index,)
            self.out.update(dict.fromkeys(given_up, why))


class _Worker:
    """A process, the pipe to it, and the chunks that it has.

    Chunks are sent by a thread, since a worker that is deep in a pattern takes none in, and
    nobody else would see that it is late.
    """

    def __init__(self, function: bytes) -> None:
        from multiprocessing import get_context

        context = get_context("spawn")
        self.place = context.RawArray("d", 2)  # see ``STRIDE``; since when
        self.place[0] = STARTING
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, self.place), daemon=True)
        try:
            with _uninterrupted():
                self.process.start()
        except (OSError, AssertionError, RuntimeError) as error:
            self.pipe.close()
            raise CleanerError(f"worker processes cannot be started: {error}") from None
        finally:
            theirs.close()
        self.chunks: deque[_Chunk] = deque()
        self.done = 0
        self.outbox: queue.SimpleQueue[Any] = queue.SimpleQueue()
        # Not among the arguments: those are written by a call that never returns when the process dies first.
        self.outbox.put(function)
        self.sender = threading.Thread(target=self._send, daemon=True)
        self.sender.start()

    def give(self, chunk: _Chunk) -> None:
        """Sends a chunk; one that is gone will be noticed by its pipe."""
        self.chunks.append(chunk)
        self.outbox.put(pickle.dumps((chunk.items, frozenset(chunk.out)), pickle.HIGHEST_PROTOCOL))

    def _send(self) -> None:
        with suppress(OSError):
            while (work := self.outbox.get()) is not None:
                self.pipe.send_bytes(work)

    def overdue(self, timeout: float) -> float | None:
        """The place of the item that has had its time, if there is one."""
        place, since = self.place
        late = place >= 0 and time.monotonic() - since > timeout
        return float(place) if late and place == self.place[0] else None

    def under_way(self, place: float) -> tuple[int, int] | None:
        """Which of the chunks, and which of its items, a place is; nothing when it is past."""
        chunk, item = divmod(int(place), STRIDE)
        chunk -= self.done
        return (chunk, item) if place >= 0 and 0 <= chunk < len(self.chunks) else None

    def end(self) -> None:
        """Ends the process at once."""
        self.process.kill()
        self.process.join()
        self.outbox.put(None)
        self.sender.join(1)  # a process that the work began may hold the pipe
        self.pipe.close()


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Processes that are started within do not see Ctrl-C: the parent decides what it means."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # it would lift the mask when it starts
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Pool:
    """Processes that share a function; use as a context, so that none is left behind."""

    def __init__(
        self,
        function: Callable[[Any], Any],
        workers: int,
        lost: Callable[[Any, str], Any] | None = None,
        timeout: float | None = None,
    ) -> None:
        self.function = pickle.dumps(function)
        self.lost = lost
        self.timeout = timeout
        self.most = workers
        self.workers: list[_Worker] = []
        self.failed_starts = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self.workers:
            worker.end()
        self.workers.clear()

    def map(self, work: Iterator[list[Any]]) -> Iterator[Any]:
        """The results of all chunks in order; at most ``2 * workers + 2`` chunks are under way."""
        under_way: deque[_Chunk] = deque()
        items = next(work, None)
        while items is not None or under_way:
            while items is not None and len(under_way) < 2 * self.most + 2 and (free := self._free()):
                under_way.append(chunk := _Chunk(items))
                free.give(chunk)
                items = next(work, None)
            if under_way[0].results is None:
                self._wait()
            while under_way and under_way[0].results is not None:
                yield from self._results(under_way.popleft())

    def _results(self, chunk: _Chunk) -> Iterator[Any]:
        for index, (item, data) in enumerate(zip(chunk.items, chunk.results or (), strict=True)):
            result = _Lost(chunk.out[index]) if index in chunk.out else _unpacked(data or b"")
            yield _made(self.lost, item, result) if isinstance(result, _Lost) else result

    def _free(self) -> _Worker | None:
        """The worker with the least to do, a new one while there may be more, or none."""
        least = min(self.workers, key=lambda worker: len(worker.chunks), default=None)
        if (least is None or least.chunks) and len(self.workers) < self.most:
            least = _Worker(self.function)
            self.workers.append(least)
        return least if least and len(least.chunks) < IN_FLIGHT else None

    def _wait(self) -> None:
        """Takes what is ready; looks for workers that are dead or late."""
        from multiprocessing.connection import wait

        pause = min(0.05, self.timeout / 4) if self.timeout else 5
        busy = [worker for worker in self.workers if worker.chunks]
        ready = wait([end for worker in busy for end in (worker.pipe, worker.process.sentinel)], pause)
        for worker in busy:
            if worker.pipe in ready:
                self._take(worker)
            elif worker.process.sentinel in ready and not worker.pipe.poll():
                self._replace(worker, worker.place[0], DIED, ATTEMPTS)
            elif self.timeout and (place := worker.overdue(self.timeout)) is not None:
                self._stop(worker, place)

    def _take(self, worker: _Worker) -> None:
        try:
            results = pickle.loads(worker.pipe.recv_bytes())  # noqa: S301 - from our own child
        except (EOFError, OSError):
            self._replace(worker, worker.place[0], DIED, ATTEMPTS)
            return
        if isinstance(results, _Lost):
            raise CleanerError(f"worker processes cannot take the work: {results.why}")
        self.failed_starts = 0
        chunk = worker.chunks.popleft()
        worker.done += 1
        chunk.results = results

    def _stop(self, worker: _Worker, place: float) -> None:
        """Ends a worker that is late, which may just have got on."""
        worker.process.kill()
        worker.process.join()
        late = worker.place[0] == place
        self._replace(worker, place if late else IDLE, f"it took longer than {self.timeout:g} seconds", 1)

    def _replace(self, worker: _Worker, place: float, why: str, attempts: int) -> None:
        """Gives the chunks of a worker that is no more to a new one, without the item it was lost at."""
        worker.end()
        self.workers.remove(worker)
        self._count_start(place)
        if found := worker.under_way(place):
            worker.chunks[found[0]].lose(found[1], why, attempts)
        elif place == IDLE and worker.chunks and why == DIED:
            worker.chunks[0].lose(IDLE, why, attempts + 1)
        new = _Worker(self.function)
        self.workers.append(new)
        for chunk in worker.chunks:
            new.give(chunk)

    def _count_start(self, place: float) -> None:
        """Raises ``CleanerError`` when one worker after the other dies before it has begun."""
        self.failed_starts = self.failed_starts + 1 if place == STARTING else 0
        if self.failed_starts >= STARTS:
            raise CleanerError(
                "worker processes die as they start; a script that starts them needs"
                ' `if __name__ == "__main__":` around its work'
            )


def _serve(pipe: Connection, place: Any) -> None:
    """What a worker does: chunks in, results out, until the other end is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interruption means
    inbox: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(pipe, inbox), daemon=True).start()
    work = _unpacked(inbox.get())
    place[0] = IDLE
    chunk = 0
    while True:
        given = _unpacked(inbox.get())
        if isinstance(work, _Lost) or isinstance(given, _Lost):
            _reply(pipe, work if isinstance(work, _Lost) else given)
            return
        items, out = given
        _reply(pipe, _results(work, items, out, chunk, place))
        chunk += 1


def _results(
    work: Callable[[Any], Any], items: list[Any], out: frozenset[int], chunk: int, place: Any
) -> list[bytes | None]:
    """The results of a chunk, each packed by itself; of those left out nothing."""
    results: list[bytes | None] = []
    for number, item in enumerate(items):
        place[1] = time.monotonic()
        place[0] = chunk * STRIDE + number
        results.append(None if number in out else _packed(_attempted(work, item)))
    place[0] = IDLE
    return results


def _packed(result: Any) -> bytes:
    """A result for the way; one that cannot be sent is lost, with the reason."""
    try:
        return pickle.dumps(result, pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # noqa: BLE001 - whatever an object raises as it is pickled
        why = result.why if isinstance(result, _Lost) else f"its result cannot be sent: {error}"
        return pickle.dumps(_Lost(why))


def _unpacked(data: bytes) -> Any:
    """What ``_packed`` made, or what is lost when it cannot be made again."""
    try:
        return pickle.loads(data)  # noqa: S301 - from our own parent or child
    except Exception as error:  # noqa: BLE001 - whatever an object raises as it is made
        return _Lost(f"it cannot be taken from another process: {error}")


def _reply(pipe: Connection, results: Any) -> None:
    try:
        pipe.send_bytes(pickle.dumps(results, pickle.HIGHEST_PROTOCOL))
    except OSError:
        os._exit(1)


def _listen(pipe: Connection, inbox: queue.SimpleQueue[bytes]) -> None:
    """Takes in chunks while the worker works, so that the parent never waits to send one."""
    while True:
        try:
            inbox.put(pipe.recv_bytes())
        except (EOFError, OSError):
            os._exit(0)
