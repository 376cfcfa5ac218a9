"""Whole files: one document a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cleaner.batch.containers.lines import job
from cleaner.batch.containers.stream import Stream
from cleaner.batch.job import Fields, Job, Record
from cleaner.errors import InputError
from cleaner.files import TextFile, decode


@dataclass(frozen=True)
class Whole:
    """The codec of files of text; ``page`` says that they are HTML by their name."""

    encoding: str | None = None
    page: bool = False

    def opened(self, job: Job, _fields: Fields) -> Record:
        """The text of a file."""
        file = decode(job.data, job.source, self.encoding, detect=True)
        about: dict[str, object] = {"encoding": file.encoding, "bom": file.bom.hex()}
        if file.detected:
            about["detected"] = True
        values = {"id": job.name, "text": file.text}
        return Record(file.text, values, self.page, job.data, about)

    def closed(self, _job: Job, record: Record, _field: str, text: str) -> bytes:
        """Another text as the file would hold it.

        The text of a page may have characters that the page itself wrote as entities; it is UTF-8
        where the page's encoding has none of them.
        """
        bom = bytes.fromhex(record.about["bom"])
        try:
            return TextFile(text, record.about["encoding"], bom).encoded(text)
        except InputError:
            if not record.page:
                raise
        record.about["written"] = "utf-8"
        return TextFile(text).encoded(text)

    def kept(self, job: Job) -> Any:
        """The file as it is."""
        return job.data


def read(stream: Stream, codec: Whole, ordinal: int, name: str) -> Iterator[Job]:
    """The one job of a file."""
    found = job(stream, stream.read(stream.longest + 1), ordinal, codec, name)
    found.at = 1
    yield found
