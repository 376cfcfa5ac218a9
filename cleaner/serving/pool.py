"""Worker processes that each answer one request at a time and can be ended at any moment."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any, Self

from cleaner.errors import CleanerError, OptionError
from cleaner.log import logger
from cleaner.serving.answers import KINDS, trouble
from cleaner.serving.worker import ANSWERED, ASKED, SETTINGS

PIPE = 1_048_576  # bytes that are read ahead of an answer
STARTING = 60.0  # seconds that a worker may take to load its rules
# A worker imports from where the server does, not from the folder that it happens to be started in.
PROGRAM = "import sys; sys.path[:] = sys.argv[1:]; from cleaner.serving.worker import main; main()"
USES = 1_000  # requests after which a worker is replaced: memory of odd texts does not pile up
HEAVY = 4_000_000  # bytes of a request or an answer after which it is replaced at once


class LostError(CleanerError):
    """The worker process ended before it had answered."""


class Worker:
    """A process with its pipes."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.uses = 0

    @classmethod
    async def started(cls, settings: Mapping[str, Any]) -> Self:
        """A worker that has its rules loaded.  Raises ``OptionError`` for settings that are wrong."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", PROGRAM, *(path or str(Path.cwd()) for path in sys.path),
            stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
            limit=PIPE, start_new_session=True,
        )  # fmt: skip
        worker = cls(process)
        try:
            async with asyncio.timeout(STARTING):
                status, body = await worker._ask(SETTINGS, json.dumps(settings).encode())
        except TimeoutError:
            await worker.end()
            raise LostError(f"a worker process did not start within {STARTING:g} seconds") from None
        except BaseException:
            await worker.end()
            raise
        if status != 200:
            await worker.end()
            raise OptionError(str(json.loads(body)["error"]))
        return worker

    async def ask(self, kind: str, body: bytes | bytearray) -> tuple[int, bytes]:
        """Status and answer of a request.  Raises ``LostError``."""
        self.uses = USES if len(body) > HEAVY else self.uses + 1
        status, told = await self._ask(KINDS.index(kind), body)
        if len(told) > HEAVY:
            self.uses = USES
        return status, told

    async def _ask(self, number: int, body: bytes | bytearray) -> tuple[int, bytes]:
        into, out = self.process.stdin, self.process.stdout
        if into is None or out is None:
            raise LostError("the worker process has no pipes")
        try:
            into.write(ASKED.pack(number, len(body)))
            into.write(body)
            await into.drain()
            status, length = ANSWERED.unpack(await out.readexactly(ANSWERED.size))
            return status, await out.readexactly(length)
        except (asyncio.IncompleteReadError, OSError):
            raise LostError("the worker process died at this text") from None

    @property
    def spent(self) -> bool:
        """Whether it is to be replaced."""
        return self.uses >= USES or self.process.returncode is not None

    async def end(self) -> None:
        """Ends the process at once."""
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()


class Pool:
    """At most so many workers, started when they are needed; use as a context, so that none is left."""

    def __init__(self, settings: Mapping[str, Any], most: int, seconds: float) -> None:
        self.settings = settings
        self.most = most
        self.seconds = seconds
        self._places = asyncio.Semaphore(most)
        self._idle: list[Worker] = []
        self._all: set[Worker] = set()

    async def __aenter__(self) -> Self:
        """Starts the first worker.  Raises ``OptionError`` for settings that are wrong."""
        self._idle.append(await self._started())
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.gather(*(worker.end() for worker in self._all))

    async def answer(self, kind: str, body: bytes | bytearray) -> tuple[int, bytes]:
        """Status and answer of a request; 503 when no worker is free in time, 504 when it takes too long."""
        try:
            async with asyncio.timeout(self.seconds):
                await self._places.acquire()
        except TimeoutError:
            return 503, trouble("all workers are busy; try again later")
        try:
            async with self._worker() as worker, asyncio.timeout(self.seconds):
                return await worker.ask(kind, body)
        except TimeoutError:
            logger.warning("a text of %d bytes took longer than %g seconds", len(body), self.seconds)
            return 504, trouble(f"the text took longer than {self.seconds:g} seconds; send it in parts")
        except (LostError, OptionError) as error:
            logger.warning("a text of %d bytes: %s", len(body), error)
            return 500, trouble(str(error))
        finally:
            self._places.release()

    @contextlib.asynccontextmanager
    async def _worker(self) -> AsyncIterator[Worker]:
        """A worker of one's own; it is ended when it did not come to its answer."""
        worker = self._idle.pop() if self._idle else await self._started()
        try:
            yield worker
        except BaseException:
            await self._ended(worker)
            raise
        if worker.spent:
            await self._ended(worker)
        else:
            self._idle.append(worker)

    async def _started(self) -> Worker:
        worker = await Worker.started(self.settings)
        self._all.add(worker)
        return worker

    async def _ended(self, worker: Worker) -> None:
        self._all.discard(worker)
        await worker.end()
