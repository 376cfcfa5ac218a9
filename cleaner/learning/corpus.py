"""The documents to learn from, of any container that a batch reads, each with its site."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from cleaner import sites
from cleaner.batch.job import Fields, Job
from cleaner.batch.record import value_of
from cleaner.document import Facts
from cleaner.errors import CleanerError, InputError, OptionError
from cleaner.learning.counts import Told, told
from cleaner.options import Options
from cleaner.pipeline import Pipeline
from cleaner.rules.index import Index
from cleaner.selection import Selection
from cleaner.workers import in_order

KINDS = ("site", "domain", "all")
ADDRESS = "url"  # the field in which a namer looks for the address


@dataclass(frozen=True)
class Namer:
    """Says what the site of a document is called, by its fields.

    ``by`` is ``site`` or ``domain`` (both by the address), ``field NAME``, or ``all`` (one site
    for all documents).  ``given`` is the name of the one site that all are of.  Raises
    ``OptionError`` for any other ``by``.
    """

    by: str = "site"
    given: str = ""

    def __post_init__(self) -> None:
        """Checks ``by``, and that what it needs is there."""
        kind, _, name = self.by.partition(" ")
        if self.by not in KINDS and not (kind == "field" and name.strip()):
            raise OptionError(f"by is {self.by!r}; it must be site, domain, field NAME or all")
        if self.by == "domain":
            _needs_suffixes()

    def __call__(self, fields: dict[str, Any]) -> str | None:
        """The site's name, ``""`` for the one of all documents, ``None`` when nothing tells."""
        if self.given:
            return sites.site(self.given) or self.given.lower()
        if self.by == "all":
            return ""
        if self.by.startswith("field "):
            return _text(value_of(fields, self.by.removeprefix("field ").strip())[1]).lower() or None
        address = _text(fields.get(ADDRESS))
        return (sites.site(address) if self.by == "site" else sites.domain(address)) or None


def _needs_suffixes() -> None:
    try:
        sites.domain("https://example.com/")
    except ImportError:
        raise OptionError(
            "by domain needs the list of public suffixes: pip install 'article-cleaner[learn]'"
        ) from None


def _text(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


@dataclass(frozen=True)
class Lecture:
    """What became of a document: what is counted of it, or why it cannot be read or has no site.

    ``documents`` are the documents that it stands for: none for an empty line.
    """

    told: Told | None = None
    error: str = ""
    documents: int = 1


@dataclass(frozen=True)
class Reader:
    """Reads documents for a count as they will be cleaned; picklable, for processes to share the work."""

    namer: Namer = field(default_factory=Namer)
    fields: Fields = field(default_factory=Fields)
    input_format: str = "text"

    def __call__(self, job: Job) -> Lecture:
        """One document as it is counted."""
        try:
            return self._read(job)
        except CleanerError as error:
            return _failed(job, str(error))

    def _read(self, job: Job) -> Lecture:
        if job.fault:
            raise InputError(job.fault)
        record = job.codec.opened(job, self.fields) if job.codec else None
        if record is None:
            return Lecture(documents=0)
        return self.lecture(record.values, record.text, page=record.page)

    def lecture(self, values: Mapping[str, Any], text: str, *, page: bool = False) -> Lecture:
        """A document given as its fields and its text (which may be a page in HTML)."""
        values = dict(values)
        url = _text(value_of(values, self.fields.url)[1])
        if page or self.input_format in {"html", "auto"}:
            text, said = self._text_of_page(text, page=page)
            url = url or said
        site = self.namer({**values, ADDRESS: url})
        if site is None:
            return Lecture()
        return Lecture(told(_characters().edited(text, Facts()), site, url or None))

    def _text_of_page(self, text: str, *, page: bool) -> tuple[str, str]:
        from cleaner.markup import html_to_text, looks_like_html

        if not page and self.input_format == "auto" and not looks_like_html(text):
            return text, ""
        found = html_to_text(text)
        return found.text, found.url or ""


@cache
def _characters() -> Pipeline:
    """Puts characters right, as they are before learnt lines are looked for."""
    return Pipeline(Options(mode="article"), Index([]), Selection(only=frozenset({"characters"})))


def _size(job: Job) -> int:
    return job.size or 1


def _failed(job: Job, why: str) -> Lecture:
    place = job.source if job.name else f"{job.source}:{job.ordinal}"
    return Lecture(error=why if why.startswith(job.source) else f"{place}: {why}", documents=job.count)


def heard(
    jobs: Iterable[Job],
    reader: Reader,
    workers: int = 1,
    limit: int | None = None,
    timeout: float | None = None,
) -> Iterator[Lecture]:
    """What is to be counted of every job, in their order, up to so many documents.

    A document that takes longer than ``timeout`` seconds is one that cannot be read.
    """
    taken = 0
    for lecture in in_order(reader, jobs, workers, _size, _failed, timeout):
        yield lecture
        taken += lecture.documents
        if limit is not None and taken >= limit:
            return


def lectures(
    names: Sequence[str],
    reader: Reader,
    workers: int = 1,
    *,
    container: str | None = None,
    encoding: str | None = None,
) -> Iterator[Lecture]:
    """What is to be counted of every document of files and folders, in their order.

    Raises ``InputError`` for a name that is nothing, and for a package that is missing.
    """
    from cleaner.batch.documents import reading_of

    html = reader.input_format == "html"
    reading = reading_of(names, reader.fields, container, encoding, html=html)
    return heard(reading.jobs(), reader, workers)
