"""WET and WARC: the text records and the responses of web archives.

The framing of records (header, blank line, ``Content-Length`` bytes, blank line) is read here, so
that bytes pass through and a place can be gone back to; what a response holds is warcio's to say.
"""

from __future__ import annotations

import base64
import hashlib
import io
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cleaner.batch.containers.lines import storable, too_long
from cleaner.batch.containers.stream import Stream
from cleaner.batch.job import Fields, Job, Record
from cleaner.errors import InputError

END = b"\r\n\r\n"
BLANK = re.compile(rb"\n\r?\n")
PLAIN = (
    b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a/\r\n"
    b"Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n"
)
MOST_HEADER = 1_000_000  # bytes of a record's header
MOST_BLANK = 1_000_000  # blank lines before a record
MOST_DIGITS = 18  # of a record's length
PAGES = ("text/html", "application/xhtml+xml")
META = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
# What browsers take these names for (WHATWG Encoding).
MEANT = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "ascii": "cp1252", "us-ascii": "cp1252",
         "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932", "euc-kr": "cp949",
         "iso-8859-9": "cp1254"}  # fmt: skip
DIGESTS = {b"warc-block-digest", b"warc-payload-digest"}


@dataclass(frozen=True)
class Conversions:
    """The codec of WET's text records."""

    def opened(self, job: Job, fields: Fields) -> Record | None:
        """The text of a conversion record; nothing in a record of another type."""
        head, body = parts(job.data)
        if head.get("warc-type") != "conversion":
            return None
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError as error:
            raise InputError(f"not UTF-8: byte 0x{body[error.start]:02X} at offset {error.start}") from None
        return Record(text, _values(head, text, fields))

    def closed(self, job: Job, _record: Record, _field: str, text: str) -> bytes:
        """The record with another text: its length and digests are made anew."""
        body = text.encode("utf-8")
        head, rest = _split(job.data)
        lines = [_renewed(line, body) for line in head.split(b"\n")]
        after = rest[_length(head) :]
        return b"\n".join(lines) + body + (after if after.startswith((END, b"\n\n")) else END)

    def kept(self, job: Job) -> Any:
        """The record as it is."""
        return job.data


@dataclass(frozen=True)
class Responses:
    """The codec of WARC's responses; the page in them is HTML."""

    longest: int

    def opened(self, job: Job, fields: Fields) -> Record | None:
        """The page of a response; nothing in what is no page (a picture, a request, an error)."""
        head, block = parts(job.data)
        if head.get("warc-type") != "response" or not _is_web(head):
            return None
        status, kind, charset, body = _response(block, self.longest)
        if not status.startswith("2") or kind not in (*PAGES, "text/plain"):
            return None
        text = _decoded(body, charset)
        return Record(text, _values(head, "", fields), page=kind in PAGES, whole=body)

    def closed(self, job: Job, record: Record, field: str, text: str) -> bytes:
        """A response has no room for a text."""
        raise NotImplementedError

    def kept(self, job: Job) -> Any:
        """The record as it is."""
        return job.data


def _is_web(head: dict[str, str]) -> bool:
    """Whether a response is one of HTTP, and not of DNS or the like."""
    return head.get("content-type", "application/http").lower().startswith("application/http")


def _response(block: bytes, longest: int) -> tuple[str, str, str, bytes]:
    """Status, media type, charset and decoded body of a response, by its block."""
    from warcio.archiveiterator import ArchiveIterator

    try:  # the record's own header is left out: warcio writes on standard error of what is odd in it
        found = next(iter(ArchiveIterator(io.BytesIO(PLAIN % len(block) + block + END))))
        headers = found.http_headers
        status, media = headers.get_statuscode() or "", headers.get_header("Content-Type") or ""
        body = found.content_stream().read(longest + 1)
    except Exception as error:  # noqa: BLE001 - decoders raise whatever they come upon
        why = " ".join(str(error).split()) or type(error).__name__
        raise InputError(f"the response cannot be read: {why[:200]}") from None
    if len(body) > longest:
        raise InputError(f"the page is longer than {longest:,} bytes; --max-document allows more")
    kind, _, rest = media.partition(";")
    charset = re.search(r"charset\s*=\s*[\"']?([\w.:-]+)", rest, re.IGNORECASE)
    return status, kind.strip().lower(), charset[1] if charset else "", body


def _decoded(body: bytes, charset: str) -> str:
    """A page's bytes as text, as browsers read them: by BOM, header, ``meta``, else UTF-8, else cp1252."""
    if body.startswith(b"\xef\xbb\xbf"):
        return body[3:].decode("utf-8", "replace")
    meta = META.search(body[:2048])
    for name in (charset, meta[1].decode("ascii") if meta else "", "utf-8"):
        try:
            if name:
                return body.decode(MEANT.get(name.lower(), name), "strict" if name == "utf-8" else "replace")
        except (LookupError, UnicodeError):
            continue
    return body.decode("cp1252", "replace")


def parts(data: bytes) -> tuple[dict[str, str], bytes]:
    """The header's fields, by lower-case names, and the block of a record."""
    head, rest = _split(data)
    return fields_of(head), rest[: _length(head)]


def _split(data: bytes) -> tuple[bytes, bytes]:
    """A record's header with the blank line that ends it, and what comes after."""
    blank = BLANK.search(data)
    place = blank.end() if blank else len(data)
    return data[:place], data[place:]


def fields_of(head: bytes) -> dict[str, str]:
    """A header's fields, by lower-case names."""
    found: dict[str, str] = {}
    for line in head.decode("utf-8", "replace").split("\n")[1:]:
        name, colon, value = line.partition(":")
        if colon:
            found[name.strip().lower()] = value.strip()
    return found


def _values(head: dict[str, str], text: str, fields: Fields) -> dict[str, Any]:
    """The fields of a record that is made of one of an archive."""
    return {
        fields.id: head.get("warc-record-id", "").strip("<>"),
        fields.url: head.get("warc-target-uri", "").strip("<>"),
        "date": head.get("warc-date", ""),
        "headers": head,
        fields.text: text,
    }


def read(stream: Stream, codec: Conversions | Responses, at: int, ordinal: int) -> Iterator[Job]:
    """The records of a stream from a place (in bytes), each with the blank lines after it."""
    stream.go_to(at)
    blank, line = _next_line(stream)
    if blank:
        yield Job(stream.path, 0, blank, at=stream.at - len(line), size=len(blank))
    fault = ""
    while line:
        data, fault, cut = _record(stream, line)
        fault = (stream.fault if not cut else "") or fault
        blank, line = (b"", b"") if fault and not cut else _next_line(stream)
        data, place = b"" if cut else data + blank, stream.at - len(line)
        yield Job(stream.path, ordinal, data, codec=codec, at=place, fault=fault, size=len(data), cut=cut)
        ordinal += 1
    if stream.fault and stream.fault != fault:
        yield Job(stream.path, ordinal, b"", codec=codec, at=stream.at, fault=stream.fault)


def _next_line(stream: Stream) -> tuple[bytes, bytes]:
    """Blank lines, and the line that comes after them."""
    blank: list[bytes] = []
    line = stream.readline()
    while line in (b"\r\n", b"\n") and len(blank) < MOST_BLANK:
        blank.append(line)
        line = stream.readline()
    return b"".join(blank), line


def _record(stream: Stream, line: bytes) -> tuple[bytes, str, bool]:
    """The bytes of a record from its first line on, what is wrong with it, and whether it was passed over."""
    if not line.startswith(b"WARC/"):
        return line[:MOST_HEADER], "there is no WARC record here; the rest of the file is not read", False
    head, size = [line], len(line)
    while line not in (b"\r\n", b"\n", b"") and size < MOST_HEADER:
        line = stream.readline()
        head.append(line)
        size += len(line)
    start = b"".join(head)
    length = _length(start)
    if length is None:
        return start, "the record has no length; the rest of the file is not read", False
    if length > stream.longest:
        stream.go_to(stream.at + length)
        return b"", too_long(stream), True
    block = stream.read(length)
    return start + block, "" if len(block) == length else "the file ends amid the record", False


def _length(head: bytes) -> int | None:
    """The length of a record's block in bytes, if its header tells one."""
    length = fields_of(head).get("content-length", "")
    return int(length) if length.isascii() and length.isdecimal() and len(length) <= MOST_DIGITS else None


def ended(data: bytes) -> bytes:
    """A record with the blank lines that must follow it where another is to come."""
    return data if not data or data.endswith((END, b"\n\n")) else data + END


def _renewed(line: bytes, body: bytes) -> bytes:
    """A line of a header (without its line feed) as it is right for another block."""
    name, _, value = line.partition(b":")
    end = b"\r" if line.endswith(b"\r") else b""
    if name.strip().lower() == b"content-length":
        return name + b": " + str(len(body)).encode() + end
    if name.strip().lower() in DIGESTS:
        method = value.strip().partition(b":")[0].decode("ascii", "replace").lower()
        return name + b": " + _digest(body, method) + end
    return line


def _digest(body: bytes, method: str = "sha1") -> bytes:
    if method not in ("sha1", "sha256", "sha512", "md5"):
        method = "sha1"
    value = base64.b32encode(hashlib.new(method, body, usedforsecurity=False).digest())
    return method.encode("ascii") + b":" + value


def written(values: dict[str, Any], fields: Fields, text: str) -> bytes:
    """A record of another container as a WET record; its id is made of its content."""
    url = str(values.get(fields.url) or "").replace("\r", "").replace("\n", "")
    origin = str(values.get(fields.id) or "").replace("\r", "").replace("\n", "")
    body = storable(text).encode("utf-8")
    ident = uuid.uuid5(uuid.NAMESPACE_URL, f"{origin} {url} {hashlib.sha256(body).hexdigest()}")
    head = [
        "WARC/1.0",
        "WARC-Type: conversion",
        f"WARC-Target-URI: {url}",
        f"WARC-Date: {values.get('date') or '1970-01-01T00:00:00Z'}",
        f"WARC-Record-ID: <urn:uuid:{ident}>",
        *([f"WARC-Refers-To: <{origin}>"] if origin.startswith("urn:") else []),
        f"WARC-Block-Digest: {_digest(body).decode()}",
        "Content-Type: text/plain",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join(head).encode("utf-8", "replace") + END + body + END
