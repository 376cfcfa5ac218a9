"""Work in several processes, results in the order of the work."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

CHUNK = 1_000_000  # size (characters or bytes) from which a chunk is worth sending
MOST_ITEMS = 2_000  # items in a chunk, however small they are


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


def in_order(
    function: Callable[[T], R], items: Iterable[T], workers: int, size: Callable[[T], int]
) -> Iterator[R]:
    """``function`` of each item, in order, by so many processes.

    Processes are started (by spawning, which is safe with threads) only when there is more
    than one chunk of work; at most ``2 * workers + 2`` chunks are under way at a time.
    """
    work = chunks(items, size)
    first = list(islice(work, 2))
    if workers <= 1 or len(first) <= 1:
        for chunk in chain(first, work):
            yield from map(function, chunk)
        return
    yield from _in_processes(function, chain(first, work), workers)


def _in_processes(function: Callable[[T], R], work: Iterator[list[T]], workers: int) -> Iterator[R]:
    from concurrent.futures import Future, ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=_adopt, initargs=(function,)
    ) as pool:
        waiting: deque[Future[list[Any]]] = deque()
        try:
            for chunk in work:
                waiting.append(pool.submit(_run, chunk))
                if len(waiting) > 2 * workers + 1:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()


_adopted: list[Callable[[Any], Any]] = []


def _adopt(function: Callable[[Any], Any]) -> None:
    """Keeps the function of this process: sent once, not with every chunk."""
    _adopted[:] = [function]


def _run(chunk: list[Any]) -> list[Any]:
    return [_adopted[0](item) for item in chunk]
