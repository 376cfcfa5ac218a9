"""Reading the sources of a run: their documents as jobs, one after another."""

from __future__ import annotations

import hashlib
import tempfile
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import IO

from cleaner.batch.containers import archives, arrow, lines, tables, whole
from cleaner.batch.containers.names import CSV, JSONL, PARQUET, TSV, WARC, WET, Form
from cleaner.batch.containers.stream import LONGEST, Stream, zstandard
from cleaner.batch.job import Fields, Job
from cleaner.batch.sources import Source
from cleaner.errors import InputError
from cleaner.files import opened, size

LOTS = 1 << 64
COPIED = 1 << 20  # bytes at a time
DELIMITERS = {CSV: "", TSV: "\t"}


@dataclass(frozen=True)
class Place:
    """Where to go on: the number of the source, the place in it, and the next document's ordinal."""

    index: int = 0
    at: int = 0
    ordinal: int = 1


@dataclass(frozen=True)
class Ways:
    """How sources are read; ``fields.out`` is where a cleaned text goes."""

    fields: Fields
    encoding: str | None = None
    longest: int = LONGEST


def needed(forms: Sequence[Form]) -> None:
    """Raises ``InputError`` when a package that some form needs is not installed."""
    if any(form.compression == "zst" for form in forms):
        zstandard()
    if any(form.container == PARQUET for form in forms):
        arrow.needed()
    if any(form.container == WARC for form in forms):
        try:
            import warcio  # noqa: F401
        except ImportError:
            raise InputError("WARC needs a package: pip install 'article-cleaner[warc]'") from None


class Reading:
    """The documents of some sources, in order.

    ``forms`` are the forms of the sources and ``to`` the containers that their records are brought
    into (nothing: their own).  ``sample`` is the share of the documents to take: which they are
    depends on their places alone.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        forms: Sequence[Form],
        ways: Ways,
        to: Sequence[str] = (),
        sample: float | None = None,
    ) -> None:
        self.sources = sources
        self.forms = forms
        self.ways = ways
        self.to = to or [""] * len(sources)
        self.sample = sample
        self.sizes = [size(source.path) for source in sources]
        self.before = 0
        self.within = _nothing
        self.places: deque[int] = deque()

    @property
    def size(self) -> int | None:
        """The bytes of all sources as they lie on the disk; nothing when that is not known."""
        return None if None in self.sizes else sum(found or 0 for found in self.sizes)

    def passed(self) -> int:
        """Of these, the bytes up to the end of the next job; to be asked for each in turn."""
        return self.places.popleft() if self.places else self.before

    def _read_so_far(self) -> int:
        try:
            return self.before + self.within()
        except (OSError, ValueError):
            return self.before

    def jobs(self, start: Place | None = None, *, told: bool = False) -> Iterator[Job]:
        """The jobs of all sources from a place; what cannot be read is a job with a fault.

        With ``told`` it is noted where each of them ends, until ``passed`` is asked.
        """
        start = start or Place()
        self.places.clear()
        self.before = sum(found or 0 for found in self.sizes[: start.index])
        for index in range(start.index, len(self.sources)):
            place = start if index == start.index else Place(index)
            for job in self._source(place):
                job.index = index
                job.to = self.to[index]
                if self._chosen(job):
                    if told:
                        self.places.append(self._read_so_far())
                    yield job
            self.before += self.sizes[index] or 0
            self.within = _nothing

    def _source(self, place: Place) -> Iterator[Job]:
        source, form = self.sources[place.index], self.forms[place.index]
        ordinal = place.ordinal
        try:
            for job in self._opened(place):
                ordinal = job.ordinal + 1
                yield job
        except InputError as error:
            text = form.container not in (JSONL, CSV, TSV, PARQUET, WET, WARC)
            yield Job(source.path, place.index + 1 if text else ordinal, b"",
                      name=source.name if text else "", fault=str(error))  # fmt: skip

    def _opened(self, place: Place) -> Iterator[Job]:
        source, form = self.sources[place.index], self.forms[place.index]
        at, ordinal, ways = place.at, place.ordinal, self.ways
        if form.container == PARQUET:
            with parquet(source, form, ways.longest) as file:
                columns = None if self.to[place.index] else ways.fields
                rows, size = arrow.rows(source.path, file), self.sizes[place.index] or 0
                for job in arrow.read(source.path, file, at, ordinal, fields=columns):
                    self.within = partial(_share, size, job.at, rows)
                    yield job
            return
        with Stream(source.path, form.compression, ways.longest) as stream:
            self.within = stream.under.tell if source.path != "-" else _nothing
            if form.container == JSONL:
                yield from lines.read(stream, ways.encoding, at, ordinal)
            elif form.container in DELIMITERS:
                fields = ways.fields
                added = "" if self.to[place.index] or fields.out == fields.text else fields.out
                mark = DELIMITERS[form.container]
                yield from tables.read(stream, ways.encoding, at, ordinal, delimiter=mark, added=added)
            elif form.container == WET:
                yield from archives.read(stream, archives.Conversions(), at, ordinal)
            elif form.container == WARC:
                yield from archives.read(stream, archives.Responses(ways.longest), at, ordinal)
            elif not at:
                codec = whole.Whole(ways.encoding, form.page)
                yield from whole.read(stream, codec, place.index + 1, source.name)

    def _chosen(self, job: Job) -> bool:
        """Whether a job is in the sample; what is no document always is."""
        if self.sample is None or job.codec is None:
            return True
        place = f"{self.sources[job.index].name}:{job.ordinal}".encode("utf-8", "surrogateescape")
        lot = int.from_bytes(hashlib.blake2b(place, digest_size=8).digest(), "big")
        return lot < self.sample * LOTS


@contextmanager
def parquet(source: Source, form: Form, longest: int) -> Iterator[IO[bytes]]:
    """A parquet file in which one can seek: a copy of what comes compressed or from standard input."""
    with ExitStack() as stack:
        if not form.compression and source.path != "-":
            file = stack.enter_context(opened(source.path))
            if file.seekable():
                yield file
                return
        copy = stack.enter_context(tempfile.TemporaryFile())
        stream = stack.enter_context(Stream(source.path, form.compression, longest))
        while data := stream.read(COPIED):
            copy.write(data)
        if stream.fault:
            raise InputError(f"{source.path}: {stream.fault}")
        copy.seek(0)
        yield copy


def resolved(fields: Fields, *, pages: bool) -> Fields:
    """The fields with ``out`` said: the text's own, of HTML ``text``."""
    return replace(fields, out=fields.out or ("text" if pages else fields.text))


def _nothing() -> int:
    return 0


def _share(size: int, row: int, rows: int) -> int:
    """The bytes of a file that so many of its rows take."""
    return size * row // max(1, rows)
