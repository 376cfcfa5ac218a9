"""What goes through a run: a job for every document, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from cleaner.batch.digest import Digest
    from cleaner.result import Result


@dataclass(frozen=True)
class Fields:
    """The names of a record's fields; ``out`` is where the cleaned text goes, ``site`` may be none.

    A name with dots reaches into objects within the record.
    """

    text: str = "text"
    out: str = ""
    id: str = "id"
    url: str = "url"
    title: str = "title"
    lang: str = "lang"
    site: str = ""


@dataclass
class Record:
    """A document taken out of its container: its text, and all its fields.

    ``page`` says that the text is HTML; ``whole`` are the bytes that a ledger must keep when
    the text it tells of is not the container's; ``about`` goes into its line.
    """

    text: str
    values: dict[str, Any]
    page: bool = False
    whole: bytes | None = None
    about: dict[str, Any] = field(default_factory=dict)


class Codec(Protocol):
    """How a container's records are opened, closed and kept; picklable, used in the workers."""

    def opened(self, job: Job, fields: Fields) -> Record | None:
        """The record in a job's data, or nothing when there is none to clean.  Raises ``InputError``."""

    def closed(self, job: Job, record: Record, field: str, text: str) -> Any:
        """The job's data with a field's text set, all else as it was.  Raises ``InputError``."""

    def kept(self, job: Job) -> Any:
        """What stands in the output for a job that is not cleaned but kept."""


@dataclass(slots=True)
class Job:
    """One piece of a source: mostly a document, in the form of its container.

    ``source`` and ``ordinal`` (from 1) say where it is from; ``name`` what its output is called,
    for documents that are files; ``index`` is its source's place among all, ``at`` the place
    after it.  With a ``fault`` it is not cleaned; without a ``codec`` it is passed on.
    ``count`` records are in it, more than one only where several could not be read.  With ``cut``
    its data was too long to be taken in, so that there is nothing that could be kept.
    ``to`` is the container that it is written in where that is another than its own.
    """

    source: str
    ordinal: int
    data: Any
    name: str = ""
    codec: Codec | None = None
    index: int = 0
    at: int = 0
    fault: str = ""
    size: int = 0
    count: int = 1
    cut: bool = False
    to: str = ""


@dataclass(slots=True)
class Outcome:
    """What became of one job; ``data`` is what to write (nothing: the job's own data).

    ``error`` is one line when it failed; ``blank`` says that there was no document, ``skipped`` why
    a document that was cleaned is not written.  ``key`` and ``paragraphs`` (key, start, end in the
    cleaned text) tell duplicates; with the latter come ``record`` and ``result``, to cut them.
    """

    job: Job
    data: Any = None
    entry: str = ""
    error: str = ""
    digest: Digest | None = None
    changed: bool = False
    blank: bool = False
    skipped: str = ""
    detected: str = ""
    key: bytes = b""
    paragraphs: tuple[tuple[bytes, int, int], ...] = ()
    record: Record | None = None
    result: Result | None = None
