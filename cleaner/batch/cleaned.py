"""Cleaning one document of a batch, wherever it comes from."""

from __future__ import annotations

import base64
import time
import zlib
from dataclasses import dataclass, field
from typing import Any

from cleaner import ledger
from cleaner.batch import dedup
from cleaner.batch.containers import archives, lines
from cleaner.batch.containers.names import TXT, WET
from cleaner.batch.digest import digest
from cleaner.batch.job import Fields, Job, Outcome, Record
from cleaner.batch.record import set_value, value_of
from cleaner.cleaning import Cleaner
from cleaner.errors import CleanerError, InputError, LedgerError
from cleaner.result import Result


@dataclass(frozen=True)
class Wanted:
    """What a run wants to know of each document besides its cleaned text.

    ``only`` and ``drop`` are states; ``report`` asks for languages and samples.
    """

    ledger: bool = False
    report: bool = False
    only: frozenset[str] = frozenset()
    drop: frozenset[str] = frozenset()
    documents: bool = False
    paragraphs: bool = False

    def leaves_out(self, state: str) -> bool:
        """Whether documents of this state are not written."""
        return state in self.drop or bool(self.only and state not in self.only)

    @property
    def may_leave_out(self) -> bool:
        """Whether a document may be left out once it is cleaned."""
        return bool(self.only or self.drop or self.documents)


@dataclass(frozen=True)
class DocumentCleaner:
    """Cleans one document of any container; picklable, so that processes can share the work.

    ``pages`` cleans what is HTML by its name or its media type; ``fields.out`` says where the
    cleaned text goes.
    """

    cleaner: Cleaner
    pages: Cleaner
    fields: Fields = field(default_factory=lambda: Fields(out="text"))
    wanted: Wanted = field(default_factory=Wanted)

    def __call__(self, job: Job) -> Outcome:
        """What became of a job; an error is the outcome's, so that the run goes on."""
        outcome = Outcome(job)
        try:
            self._clean(outcome)
        except CleanerError as error:
            outcome.error = str(error)
        except Exception as error:  # noqa: BLE001 - a defect of ours fails one document, not the run
            outcome.error = f"internal error: {type(error).__name__}: {error}"
        if outcome.error:
            outcome.digest, outcome.entry, outcome.skipped = None, "", ""
            outcome.data = self._as_it_was(outcome)
        return outcome

    def _clean(self, outcome: Outcome) -> None:
        job = outcome.job
        if job.fault:
            raise InputError(job.fault)
        record = job.codec.opened(job, self.fields) if job.codec else None
        if record is None:
            outcome.blank = True
            outcome.data = b"" if job.to else None
            return
        outcome.record = record
        outcome.detected = record.about.get("encoding", "") if record.about.get("detected") else ""
        began = time.perf_counter()
        result = (self.pages if record.page else self.cleaner).explain(record.text, **self._about(record))
        self.finish(outcome, result, time.perf_counter() - began)
        if self.wanted.paragraphs and not outcome.skipped:
            outcome.result, outcome.paragraphs = result, dedup.paragraphs(result.text)
            return
        outcome.record = None
        if outcome.data is not None and not self.wanted.may_leave_out:
            job.data = b""  # it need not travel back

    def finish(self, outcome: Outcome, result: Result, seconds: float = 0.0) -> None:
        """Notes what a result did, and what is to be written."""
        job, record = outcome.job, outcome.record
        if record is None:
            raise TypeError("an outcome without its record cannot be finished")
        outcome.digest = digest(result, seconds=seconds, report=self.wanted.report)
        outcome.changed = bool(result.edits)
        if self.wanted.documents:
            outcome.key = dedup.document_key(result.text)
        if self.wanted.leaves_out(result.state):
            outcome.skipped = result.state
            return
        outcome.data = self._written(job, record, result.text)
        if self.wanted.ledger:
            outcome.entry = ledger.dump(self._entry(job, record, result))

    def _written(self, job: Job, record: Record, text: str) -> Any:
        """What stands in the output; nothing when that is the job's own data."""
        if job.to:
            return self._converted(job, record, text)
        if text == record.text and (job.name or self.fields.out == self.fields.text):
            return None
        if job.codec is None:
            raise TypeError("a job without a codec has no document")
        return job.codec.closed(job, record, self.fields.out, text)

    def _converted(self, job: Job, record: Record, text: str) -> bytes:
        """A record in another container than its own; of tables, its line in the spool."""
        if job.to == TXT:
            return text.rstrip("\n").encode("utf-8", "replace") + b"\n\n"
        values = {self.fields.id: job.name} if job.name else record.values
        if job.to == WET:
            return archives.written(values, self.fields, text)
        return lines.written(set_value(values, self.fields.out, text))

    def _as_it_was(self, outcome: Outcome) -> Any:
        """What stands in another container for a document that failed: nothing without its record."""
        record, outcome.record = outcome.record, None
        if not outcome.job.to:
            return None
        return self._converted(outcome.job, record, record.text) if record else b""

    def _about(self, record: Record) -> dict[str, str | None]:
        """What the record's fields say of the document."""
        names = ("url", "title", "lang", "site")
        columns = {name: column for name in names if (column := getattr(self.fields, name))}
        found = {name: value_of(record.values, column)[1] for name, column in columns.items()}
        return {name: value if isinstance(value, str) and value else None for name, value in found.items()}

    def _entry(self, job: Job, record: Record, result: Result) -> dict[str, Any]:
        about = {**self.place(job, record), **record.about}
        if result.source != record.text:
            whole = record.whole
            about["packed"] = packed(
                whole if whole is not None else record.text.encode("utf-8", "surrogatepass")
            )
        return self.cleaner.ledger_entry(result, **about)

    def place(self, job: Job, record: Record | None) -> dict[str, Any]:
        """How a ledger names a document."""
        ident = job.name or (value_of(record.values, self.fields.id)[1] if record else None)
        if not isinstance(ident, str | int | float | list | dict | None):
            ident = lines.plain(ident)
        return {"id": ident, "ordinal": job.ordinal, "source": job.source}


def left_out_entry(work: DocumentCleaner, outcome: Outcome, **why: Any) -> bytes:
    """The ledger's line of a document that was not cleaned or not written: why, and its bytes.

    With them nothing is lost: the source can be restored.
    """
    job = outcome.job
    data = job.data if isinstance(job.data, bytes) else lines.written(job.data)
    line = {**work.place(job, None), **why, "packed": packed(data)}
    return ledger.dump(line).encode("utf-8") + b"\n"


def packed(data: bytes) -> str:
    """Bytes for a ledger line: compressed, base 85."""
    return base64.b85encode(zlib.compress(data, 9)).decode("ascii")


def unpacked(text: str) -> bytes:
    """The bytes that ``packed`` made a string of.  Raises ``LedgerError`` when it is damaged."""
    try:
        return zlib.decompress(base64.b85decode(text))
    except (ValueError, zlib.error):
        raise LedgerError("the ledger line is damaged: its packed source cannot be read") from None
