"""The documents to learn from, read from files, folders and JSON lines, each with its site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cleaner import sites
from cleaner.batch import record
from cleaner.batch.sources import Source, container, find
from cleaner.errors import CleanerError, InputError, OptionError
from cleaner.files import decode, opened, read_bytes
from cleaner.learning.counts import Told, told
from cleaner.workers import in_order

PAGES = (".html", ".htm", ".xhtml")
KINDS = ("site", "domain", "all")


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

    def __call__(self, fields: Mapping[str, Any]) -> str | None:
        """The site's name, ``""`` for the one of all documents, ``None`` when nothing tells."""
        if self.given:
            return sites.site(self.given) or self.given.lower()
        if self.by == "all":
            return ""
        if self.by.startswith("field "):
            return _text(fields.get(self.by.removeprefix("field ").strip())).lower() or None
        address = _text(fields.get("url"))
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
class Job:
    """A document's bytes with the place that they come from; ``ordinal`` is 0 for a whole file."""

    source: str
    ordinal: int
    data: bytes


@dataclass(frozen=True)
class Lecture:
    """What became of a document: what is counted of it, or why it cannot be read or has no site."""

    told: Told | None = None
    error: str = ""


@dataclass(frozen=True)
class Reader:
    """Reads documents for a count; picklable, so that processes can share the work."""

    namer: Namer = field(default_factory=Namer)
    text_field: str = "text"
    url_field: str = "url"
    encoding: str | None = None
    input_format: str = "text"

    def __call__(self, job: Job) -> Lecture:
        """One document as it is counted."""
        try:
            return self._read(job)
        except CleanerError as error:
            place = f"{job.source}:{job.ordinal}" if job.ordinal else job.source
            said = str(error)
            return Lecture(error=said if said.startswith(job.source) else f"{place}: {said}")

    def _read(self, job: Job) -> Lecture:
        if job.ordinal:
            try:
                line = job.data.decode("utf-8-sig")
            except UnicodeDecodeError as error:
                raise InputError(f"not UTF-8 at byte {error.start} of the line") from None
            values = record.parse(line)
            return self.fields(values, record.text_of(values, self.text_field))
        text = decode(job.data, job.source, self.encoding).text
        return self.fields({}, text, page=job.source.lower().endswith(PAGES))

    def fields(self, values: Mapping[str, Any], text: str, *, page: bool = False) -> Lecture:
        """A document given as its fields and its text (which may be a page in HTML)."""
        url = _text(values.get(self.url_field))
        if page or self.input_format in {"html", "auto"}:
            text, said = self._text_of_page(text, page=page)
            url = url or said
        site = self.namer({**values, "url": url})
        return Lecture(told(text, site, url or None)) if site is not None else Lecture()

    def _text_of_page(self, text: str, *, page: bool) -> tuple[str, str]:
        from cleaner.markup import html_to_text, looks_like_html

        if not page and self.input_format == "auto" and not looks_like_html(text):
            return text, ""
        found = html_to_text(text)
        return found.text, found.url or ""


def lectures(names: Sequence[str], reader: Reader, workers: int = 1) -> Iterator[Lecture]:
    """What is to be counted of every document of files, folders and JSON lines, in their order.

    Raises ``InputError`` for a name that is nothing.
    """
    sources = find(names)
    return in_order(reader, _jobs(sources), workers, size=lambda job: len(job.data))


def _jobs(sources: Sequence[Source]) -> Iterator[Job]:
    for source in sources:
        if source.path != "-" and not source.is_records and container(source.path) != "jsonl":
            yield Job(source.path, 0, read_bytes(source.path))
            continue
        with opened(source.path) as lines:
            for ordinal, line in enumerate(lines, 1):
                if line.strip():
                    yield Job(source.path, ordinal, line)
