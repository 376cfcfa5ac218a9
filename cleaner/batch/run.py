"""A run: sources in, cleaned documents out, in order, whole or not at all."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO

from cleaner import ledger
from cleaner.batch.cleaned import Fields, Job, Outcome, RecordCleaner, packed
from cleaner.batch.sources import Source, container, find
from cleaner.batch.texts import PAGES, FileCleaner
from cleaner.cleaning import Cleaner
from cleaner.errors import InputError
from cleaner.files import Pending, opened, read_bytes, same_file
from cleaner.workers import in_order

MOST_ERRORS_TOLD = 20


@dataclass(frozen=True)
class Plan:
    """What to read, where to write, and how."""

    sources: tuple[str, ...]
    out: str
    fields: Fields = field(default_factory=Fields)
    encoding: str | None = None
    ledger: str | None = None
    workers: int = 1
    on_error: str = "fail"
    overwrite: bool = False


@dataclass
class Totals:
    """What a run did."""

    documents: int = 0
    edited: int = 0
    guarded: int = 0
    failed: int = 0
    words: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Counts one document."""
        if outcome.blank:
            return
        self.documents += 1
        self.edited += outcome.edited
        self.guarded += outcome.guarded
        self.words.update(outcome.words)

    def fail(self, message: str) -> None:
        """Counts one document that failed."""
        self.documents += 1
        self.failed += 1
        self.errors.append(message)


class Run:
    """One batch.  Raises ``InputError`` when it cannot begin, or at the first fault under ``fail``."""

    def __init__(self, plan: Plan, cleaner: Cleaner, tell: Callable[[str], None]) -> None:
        self.plan = plan
        self.cleaner = cleaner
        self.tell = tell
        self.totals = Totals()
        self.pending: list[Pending] = []
        self.stack = ExitStack()
        self.sources = find(plan.sources)
        self.to_folder = self._writes_folder()
        self._refuse_clashes()

    def go(self) -> Totals:
        """Cleans everything; each output takes its name only when it is whole.

        Under ``on_error="fail"`` no output takes its name before all are whole.
        """
        with ExitStack() as stack:
            self.stack = stack
            book = self._ledger()
            for records in (True, False):
                chosen = [source for source in self.sources if self._is_records(source) is records]
                if chosen:
                    (self._records if records else self._texts)(chosen, book)
            for pending in self.pending:
                pending.commit()
        return self.totals

    def _is_records(self, source: Source) -> bool:
        return source.is_records or (source.path == "-" and container(self.plan.out) != "txt")

    def _writes_folder(self) -> bool:
        out, names = Path(self.plan.out), self.plan.sources
        if self.plan.out == "-":
            if len(self.sources) > 1:
                raise InputError("several sources cannot be written to standard output; give --out DIR")
            return False
        several = len(self.sources) > 1 or any(Path(name).is_dir() for name in names)
        return several or out.is_dir() or self.plan.out.endswith(("/", "\\"))

    def _target(self, source: Source) -> str:
        return str(Path(self.plan.out, source.name)) if self.to_folder else self.plan.out

    def _refuse_clashes(self) -> None:
        if not self.sources:
            raise InputError(f"{', '.join(self.plan.sources)}: nothing to clean is there")
        if self.to_folder and Path(self.plan.out).is_file():
            raise InputError(f"{self.plan.out}: is a file; several sources need a folder")
        for source in self.sources:
            target = self._target(source)
            for other in self.sources:
                if same_file(target, other.path):
                    raise InputError(f"{target}: the output is an input; name another --out")
            if self.plan.ledger and same_file(self.plan.ledger, source.path):
                raise InputError(f"{source.path}: the ledger is an input; name another --ledger")
            if target != "-" and Path(target).exists() and not self.plan.overwrite:
                raise InputError(f"{target}: is there already; --overwrite replaces it")

    def _ledger(self) -> IO[bytes] | None:
        if not self.plan.ledger:
            return None
        pending = self._pending(self.plan.ledger)
        self.pending.append(pending)
        pending.file.write(ledger.dump(self.cleaner.receipt).encode("utf-8") + b"\n")
        return pending.file

    def _pending(self, path: str) -> Pending:
        folder = Path(path).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{folder}: cannot be written: {error.strerror}") from None
        pending = Pending(path)
        self.stack.callback(pending.discard)
        return pending

    def _finish(self, pending: Pending) -> None:
        """An output is whole: it waits for all others only when a fault would undo everything."""
        pending.close()
        if self.plan.on_error == "fail":
            self.pending.append(pending)
        else:
            pending.commit()

    def _records(self, sources: list[Source], book: IO[bytes] | None) -> None:
        work = RecordCleaner(self.cleaner, self.plan.fields, book is not None)
        for source in sources:
            target = self._target(source)
            pending = None if target == "-" else self._pending(target)
            out = pending.file if pending else sys.stdout.buffer
            for outcome in in_order(work, _lines(source), self.plan.workers, size=_weight):
                self._take(outcome, out, book)
            if pending:
                self._finish(pending)

    def _take(self, outcome: Outcome, out: IO[bytes], book: IO[bytes] | None) -> None:
        """Writes what became of a document, or tells that it failed."""
        if outcome.error:
            self._failed(_told(outcome))
            kept = self.plan.on_error == "keep"
            if kept:
                out.write(outcome.job.data)
            if book:
                book.write(failed_entry(outcome, kept=kept))
            return
        self.totals.add(outcome)
        out.write(outcome.data)
        if book and outcome.entry:
            book.write(outcome.entry.encode("utf-8") + b"\n")

    def _failed(self, message: str) -> None:
        if self.plan.on_error == "fail":
            raise InputError(f"{message} (--on-error skip or keep goes on)")
        self.totals.fail(message)
        if self.totals.failed <= MOST_ERRORS_TOLD:
            self.tell(message)
        elif self.totals.failed == MOST_ERRORS_TOLD + 1:
            self.tell("more documents failed; only their number is told")

    def _texts(self, sources: list[Source], book: IO[bytes] | None) -> None:
        for pages in (True, False):
            work = FileCleaner(self._cleaner_for(pages=pages), self.plan.encoding, book is not None)
            jobs = (job for job in self._jobs(sources) if job.source.lower().endswith(PAGES) is pages)
            for outcome in in_order(work, jobs, self.plan.workers, size=_weight):
                self._file(outcome, book)

    def _file(self, outcome: Outcome, book: IO[bytes] | None) -> None:
        target = self._target(Source(outcome.job.source, outcome.job.name))
        if target == "-":
            self._take(outcome, sys.stdout.buffer, book)
            return
        pending = self._pending(target)
        self._take(outcome, pending.file, book)
        if not outcome.error or self.plan.on_error == "keep":
            self._finish(pending)

    def _cleaner_for(self, *, pages: bool) -> Cleaner:
        """Pages are read as pages unless the option says what all inputs are."""
        if not pages or self.cleaner.options.input_format != "text":
            return self.cleaner
        options = replace(self.cleaner.options, input_format="html")
        return Cleaner(**{name: getattr(options, name) for name in options.__dataclass_fields__})

    def _jobs(self, sources: Iterable[Source]) -> Iterator[Job]:
        for ordinal, source in enumerate(sources, 1):
            try:
                data = read_bytes(source.path)
            except InputError as error:
                self._failed(str(error))
                continue
            yield Job(source.path, ordinal, data, source.name)


def failed_entry(outcome: Outcome, *, kept: bool) -> bytes:
    """The ledger's line of a document that failed: why, and its bytes, so that nothing is lost."""
    job = outcome.job
    line = {
        "id": job.name or None, "ordinal": job.ordinal, "source": job.source,
        "error": outcome.error, "kept": kept, "packed": packed(job.data),
    }  # fmt: skip
    return ledger.dump(line).encode("utf-8") + b"\n"


def _told(outcome: Outcome) -> str:
    """The error of a document with the place that it comes from."""
    job = outcome.job
    if outcome.error.startswith(f"{job.source}:"):
        return outcome.error
    return f"{job.source}: {outcome.error}" if job.name else f"{job.source}:{job.ordinal}: {outcome.error}"


def _weight(job: Job) -> int:
    return len(job.data)


def _lines(source: Source) -> Iterator[Job]:
    """The lines of a file as jobs; a byte order mark stays outside the first record."""
    with opened(source.path) as file:
        for ordinal, line in enumerate(file, 1):
            yield Job(source.path, ordinal, line)
