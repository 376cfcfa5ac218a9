"""JSON lines: a record a line, of which only the text's token is ever replaced."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cleaner import files
from cleaner.batch import record
from cleaner.batch.containers.stream import Stream
from cleaner.batch.job import Codec, Fields, Job, Record
from cleaner.errors import InputError

BOM = codecs.BOM_UTF8
MARKS = '\n\r\t {}[]",:;|az019'  # must be the bytes that they are in ASCII, to be found as such


@dataclass(frozen=True)
class Lines:
    """The codec of JSON lines."""

    encoding: str = "utf-8"

    def opened(self, job: Job, fields: Fields) -> Record | None:
        """The record in a line; nothing in a blank one."""
        line = decoded(job.data[len(_bom(job)) :], self.encoding)
        if not line.strip():
            return None
        values = record.parse(line)
        return Record(record.text_of(values, fields.text), values)

    def closed(self, job: Job, _record: Record, field: str, text: str) -> bytes:
        """The line with the field's token replaced."""
        bom = _bom(job)
        line = decoded(job.data[len(bom) :], self.encoding)
        return bom + encoded(record.with_field(line, field, text), self.encoding)

    def kept(self, job: Job) -> Any:
        """The line as it is."""
        return job.data


def _bom(job: Job) -> bytes:
    return BOM if job.ordinal == 1 and job.data.startswith(BOM) else b""


def decoded(data: bytes, encoding: str) -> str:
    """The text of a record.  Raises ``InputError`` with the offset of a byte that does not fit."""
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        name = "UTF-8" if encoding == "utf-8" else encoding
        byte = data[error.start] if error.start < len(data) else 0
        raise InputError(f"not {name}: byte 0x{byte:02X} at offset {error.start} of the line") from None
    except UnicodeError as error:
        raise InputError(f"not {encoding}: {error}") from None


def encoded(text: str, encoding: str) -> bytes:
    """A record's bytes.  Raises ``InputError`` for a character that the encoding has not."""
    try:
        return text.encode(encoding)
    except UnicodeEncodeError as error:
        raise InputError(f"{text[error.start]!r} cannot be written in {encoding}") from None
    except UnicodeError as error:
        raise InputError(f"the text cannot be written in {encoding}: {error}") from None


def codec_name(encoding: str | None) -> str:
    """The name of an encoding of records.  Raises ``InputError`` when lines cannot be in it."""
    name = files.codec_name(encoding or "utf-8")
    if _marks(name) != MARKS.encode("ascii"):
        raise InputError(f"records in {name} cannot be read; convert the file to UTF-8 first")
    return name


def _marks(name: str) -> bytes:
    try:
        return MARKS.encode(name)
    except UnicodeError:
        return b""


def read(stream: Stream, encoding: str | None, at: int, ordinal: int) -> Iterator[Job]:
    """The lines of a stream from a place (in bytes), the first of which has that number."""
    codec = Lines(codec_name(encoding))
    stream.go_to(at)
    while data := stream.readline():
        yield (found := job(stream, data, ordinal, codec))
        ordinal += 1
        if found.fault and found.fault == stream.fault:
            return
    if stream.fault:
        yield Job(stream.path, ordinal, b"", codec=codec, at=stream.at, fault=stream.fault)


def job(stream: Stream, data: bytes, ordinal: int, codec: Codec, name: str = "") -> Job:
    """The job of a piece of a stream; the data of one that is too long is not kept.

    The rest of its line is passed over.  One that a fault of the stream breaks off is told of as such.
    """
    if len(data) <= stream.longest:
        fault = "" if data.endswith(b"\n") and not name else stream.fault
        return Job(stream.path, ordinal, data, name, codec, at=stream.at, fault=fault, size=len(data))
    if not name and not data.endswith(b"\n"):
        stream.rest_of_line()
    return Job(stream.path, ordinal, b"", name, codec, at=stream.at, fault=too_long(stream), cut=True)


def too_long(stream: Stream) -> str:
    """The fault of a document that is longer than one may be."""
    return (
        f"the document is longer than {stream.longest:,} bytes, so it is neither cleaned nor kept;"
        " --max-document allows more"
    )


def written(values: dict[str, Any]) -> bytes:
    """A record of another container as a line; what JSON has no form for is a string."""
    text = json.dumps(values, ensure_ascii=False, default=plain)
    try:
        return text.encode("utf-8") + b"\n"
    except UnicodeEncodeError:
        return json.dumps(values, default=plain).encode("utf-8") + b"\n"


def storable(text: str) -> str:
    """A text that UTF-8 has bytes for: a lone surrogate becomes U+FFFD."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def plain(value: Any) -> Any:
    """What JSON has no form for: bytes in base 64, dates in ISO 8601, the rest as Python tells it."""
    import base64

    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
