"""Cleaning one document of a batch, wherever it comes from."""

from __future__ import annotations

import base64
import codecs
import zlib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cleaner import ledger
from cleaner.batch import record
from cleaner.cleaning import Cleaner
from cleaner.errors import CleanerError, InputError
from cleaner.result import Result

BOM = codecs.BOM_UTF8


@dataclass(frozen=True)
class Fields:
    """The names of a record's fields; ``out`` is where the cleaned text goes."""

    text: str = "text"
    out: str = ""
    id: str = "id"
    url: str = "url"
    title: str = "title"
    lang: str = "lang"


@dataclass(frozen=True)
class Job:
    """One document to clean: where it is from, its place there (from 1), and its bytes.

    ``name`` is what its output is called, for documents that are files.
    """

    source: str
    ordinal: int
    data: bytes
    name: str = ""


@dataclass
class Outcome:
    """What became of one document; ``error`` is one line when it failed."""

    job: Job
    data: bytes = b""
    entry: str = ""
    error: str = ""
    words: Counter[str] = field(default_factory=Counter)
    edited: bool = False
    guarded: bool = False
    blank: bool = False


def attempted(job: Job, clean: Callable[[Job, Outcome], None]) -> Outcome:
    """What becomes of a job by ``clean``; an error is the outcome's, so that the run goes on."""
    outcome = Outcome(job, job.data)
    try:
        clean(job, outcome)
    except CleanerError as error:
        outcome.error = str(error)
    except Exception as error:  # noqa: BLE001 - a defect of ours fails one document, not the run
        outcome.error = f"internal error: {type(error).__name__}: {error}"
    return outcome


def account(outcome: Outcome, result: Result) -> None:
    """Notes in an outcome what a result did."""
    from cleaner.words import count

    outcome.edited = bool(result.edits)
    outcome.guarded = any(warning.startswith("loss guard") for warning in result.warnings)
    for edit in result.edits:
        if edit.removes:
            outcome.words[edit.filter] += count(result.source[edit.start : edit.end])


def packed(data: bytes) -> str:
    """Bytes for a ledger line: compressed, base 85."""
    return base64.b85encode(zlib.compress(data, 9)).decode("ascii")


def unpacked(text: str) -> bytes:
    """The bytes that ``packed`` made a string of.  Raises ``LedgerError`` when it is damaged."""
    from cleaner.errors import LedgerError

    try:
        return zlib.decompress(base64.b85decode(text))
    except (ValueError, zlib.error):
        raise LedgerError("the ledger line is damaged: its packed source cannot be read") from None


@dataclass(frozen=True)
class RecordCleaner:
    """Cleans one line of a JSON lines file; picklable, so that processes can share the work."""

    cleaner: Cleaner
    fields: Fields = field(default_factory=Fields)
    with_ledger: bool = False

    def __call__(self, job: Job) -> Outcome:
        """The line with its text cleaned; a line without an edit is passed on as it is."""
        return attempted(job, self._clean)

    def _clean(self, job: Job, outcome: Outcome) -> None:
        bom = BOM if job.ordinal == 1 and job.data.startswith(BOM) else b""
        line = _decoded(job.data[len(bom) :])
        if not line.strip():
            outcome.blank = True
            return
        values = record.parse(line)
        text = record.text_of(values, self.fields.text)
        result = self.cleaner.explain(text, **self._about(values))
        account(outcome, result)
        target = self.fields.out or ("text" if self._is_page else self.fields.text)
        if result.text != text or target != self.fields.text:
            outcome.data = bom + record.with_field(line, target, result.text).encode("utf-8")
        if self.with_ledger:
            outcome.entry = ledger.dump(self._entry(job, values, text, result))

    @property
    def _is_page(self) -> bool:
        return self.cleaner.options.input_format == "html"

    def _about(self, values: dict[str, Any]) -> dict[str, str | None]:
        names = {"url": self.fields.url, "title": self.fields.title, "lang": self.fields.lang}
        found = {name: values.get(column) for name, column in names.items()}
        return {name: value if isinstance(value, str) and value else None for name, value in found.items()}

    def _entry(self, job: Job, values: dict[str, Any], text: str, result: Result) -> dict[str, Any]:
        about: dict[str, Any] = {
            "id": values.get(self.fields.id), "ordinal": job.ordinal, "source": job.source,
        }  # fmt: skip
        if result.source != text:
            about["packed"] = packed(text.encode("utf-8", "surrogatepass"))
        return self.cleaner.ledger_entry(result, **about)


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"not UTF-8: byte 0x{data[error.start]:02X} at offset {error.start} of the line"
        ) from None
