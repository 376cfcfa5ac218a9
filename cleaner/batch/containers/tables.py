"""CSV and TSV: rows of which only the text's cell is ever written anew."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from cleaner.batch import record as records
from cleaner.batch.containers.lines import BOM, codec_name, decoded, encoded, job, plain, storable
from cleaner.batch.containers.stream import Stream
from cleaner.batch.job import Fields, Job, Record
from cleaner.errors import InputError

DELIMITERS = ",;\t|"
BREAKS = "\r\n"


@lru_cache(maxsize=16)
def _cell(delimiter: str) -> re.Pattern[str]:
    """A cell: quoted (with what may follow the closing quote), or anything up to the next mark."""
    mark = re.escape(delimiter)
    return re.compile(rf'"(?:[^"]|"")*+"[^{mark}\r\n]*+|(?!")[^{mark}\r\n]*+')


@dataclass(frozen=True)
class Rows:
    """The codec of a table's rows: its columns, its delimiter, and its encoding.

    ``added`` is a column that the output has and the source has not; it comes last.
    """

    columns: tuple[str, ...]
    delimiter: str
    encoding: str = "utf-8"
    added: str = ""

    @cached_property
    def places(self) -> dict[str, int]:
        """The number of each column; of two of one name the first."""
        return {name: place for place, name in reversed(list(enumerate(self.columns)))}

    def opened(self, job: Job, fields: Fields) -> Record | None:
        """The record in a row; nothing in a blank one.  Raises ``InputError`` for a ragged one."""
        row = self._row(job.data)
        if not row.strip(BREAKS):
            return None
        cells = self.cells(row)
        if len(cells) != len(self.columns):
            raise InputError(f"the row has {len(cells)} cells, the header {len(self.columns)}")
        values = dict(zip(self.columns, map(_value, cells), strict=True))
        return Record(records.text_of(values, fields.text), values)

    def _row(self, data: bytes) -> str:
        """The row as text.  A table that does not say so is often in another encoding than UTF-8."""
        try:
            return decoded(data, self.encoding)
        except InputError as error:
            hint = "; say its encoding, for example --encoding cp1252" if self.encoding == "utf-8" else ""
            raise InputError(f"{error}{hint}") from None

    def closed(self, job: Job, _record: Record, field: str, text: str) -> bytes:
        """The row with a cell written anew, every other byte as it was."""
        row = decoded(job.data, self.encoding)
        body = row.rstrip(BREAKS)
        end = row[len(body) :]
        cells = self.cells(row)
        if field not in self.places:
            return encoded(body + self.delimiter + self.cell(text, "") + end, self.encoding)
        place = self.places[field]
        start = sum(len(cell) + 1 for cell in cells[:place])
        stop = start + len(cells[place])
        return encoded(row[:start] + self.cell(text, cells[place]) + row[stop:], self.encoding)

    def kept(self, job: Job) -> Any:
        """The row as it is, with an empty cell where the output has a column more."""
        body = job.data.rstrip(b"\r\n")
        if not self.added or not body:
            return job.data
        return body + self.delimiter.encode(self.encoding) + job.data[len(body) :]

    def cells(self, row: str) -> list[str]:
        """The cells of a row as they are written."""
        pattern, cells, at = _cell(self.delimiter), [], 0
        while True:
            match = pattern.match(row, at)
            if match is None:
                raise InputError("a quote is opened and not closed")
            cells.append(match[0])
            at = match.end()
            if at >= len(row) or row[at] != self.delimiter:
                break
            at += 1
        if row[at:].strip(BREAKS):
            raise InputError("the row breaks off amid its cells")
        return cells

    def cell(self, text: str, before: str) -> str:
        """A text as a cell: quoted where the one before it was, or where it must be."""
        marks = ('"', "\r", "\n", self.delimiter)
        if before.startswith('"') or any(mark in text for mark in marks):
            return '"' + text.replace('"', '""') + '"'
        return text


def _value(cell: str) -> str:
    if not cell.startswith('"'):
        return cell
    inner, _, after = cell[1:].rpartition('"')
    return inner.replace('""', '"') + after


def read(  # noqa: PLR0913 - a place in a file has many parts
    stream: Stream, encoding: str | None, at: int, ordinal: int, *, delimiter: str, added: str = ""
) -> Iterator[Job]:
    """The rows of a table from a place (in bytes); the header comes first, as a job to pass on.

    ``added`` is the column of the cleaned text where the output is a table too: when the source
    has none of that name, the header is given one more.
    """
    name = codec_name(encoding)
    lines = _Lines(stream)
    head = lines.row(name, delimiter or ",")
    if not head:
        if stream.fault:
            yield Job(stream.path, ordinal, b"", at=stream.at, fault=stream.fault)
        return
    bom = BOM if head.startswith(BOM) else b""
    line = decoded(head[len(bom) :], name)
    mark = delimiter or _delimiter(line)
    columns = _columns(line, mark, stream.path)
    codec = Rows(columns, mark, name, "" if added in columns else added)
    if at < lines.at:
        header = head
        if codec.added:
            end = line[len(line.rstrip(BREAKS)) :]
            wider = line.rstrip(BREAKS) + mark + codec.cell(added, "") + end
            header = bom + encoded(wider, name)
        yield Job(stream.path, 0, header, at=lines.at, size=len(head))
    else:
        lines.go_to(at)
    yield from _rows(lines, codec, ordinal)


def _rows(lines: _Lines, codec: Rows, ordinal: int) -> Iterator[Job]:
    stream = lines.stream
    while data := lines.row(codec.encoding, codec.delimiter):
        found = job(stream, data, ordinal, codec)
        found.at = lines.at = stream.at if found.cut and not lines.waiting else lines.at
        yield found
        ordinal += 1
        if found.fault and found.fault == stream.fault:
            return
    if stream.fault:
        yield Job(stream.path, ordinal, b"", codec=codec, at=stream.at, fault=stream.fault)


class _Lines:
    """The lines of a stream, some of which may be given back; ``at`` is the place after the last."""

    def __init__(self, stream: Stream) -> None:
        self.stream = stream
        self.waiting: deque[bytes] = deque()
        self.at = stream.at

    def go_to(self, at: int) -> None:
        """Goes on from a place."""
        self.waiting.clear()
        self.stream.go_to(at)
        self.at = self.stream.at

    def row(self, encoding: str, delimiter: str) -> bytes:
        """The lines of the next row: a quoted cell may hold line breaks.

        Where a quote is opened and never closed it is the first line alone, so that not all that
        follows is lost with it.
        """
        data = self._line()
        self.at += len(data)
        if b'"' not in data:
            return data
        mark = delimiter.encode(encoding)
        inside = _inside(data, mark)
        more, size = [], len(data)
        while inside and size <= self.stream.longest and (line := self._line()):
            more.append(line)
            size += len(line)
            inside = _still_inside(line, mark)
        if inside:
            self.waiting.extendleft(reversed(more))
            return data
        self.at += size - len(data)
        return b"".join([data, *more])

    def _line(self) -> bytes:
        return self.waiting.popleft() if self.waiting else self.stream.readline()


def _inside(line: bytes, mark: bytes, at: int = 0) -> bool:
    """Whether a quoted cell is open at the end of a line; ``at`` is where a cell begins."""
    while at < len(line):
        if line[at : at + 1] == b'"':
            closing = _closing(line, at + 1)
            if closing < 0:
                return True
            at = closing + 1
        at = line.find(mark, at)
        if at < 0:
            return False
        at += len(mark)
    return False


def _closing(line: bytes, at: int) -> int:
    """Where the quote is that closes a cell, or -1."""
    while (at := line.find(b'"', at)) >= 0:
        if line[at + 1 : at + 2] != b'"':
            return at
        at += 2
    return -1


def _still_inside(line: bytes, mark: bytes) -> bool:
    """As ``_inside``, for a line that begins within a quoted cell."""
    closing = _closing(line, 0)
    if closing < 0:
        return True
    at = line.find(mark, closing + 1)
    return at >= 0 and _inside(line, mark, at + len(mark))


def _delimiter(header: str) -> str:
    """The mark that divides the header most often, quoted cells left out; else a comma."""
    bare = re.sub(r'"(?:[^"]|"")*"', "", header)
    return max(DELIMITERS, key=lambda mark: (bare.count(mark), mark == ","))


def _columns(header: str, delimiter: str, path: str) -> tuple[str, ...]:
    if "\r" in header.rstrip(BREAKS) and '"' not in header:
        raise InputError(f"{path}: its lines end in CR alone; convert them to LF")
    try:
        return tuple(map(_value, Rows((), delimiter).cells(header)))
    except InputError as error:
        raise InputError(f"{path}: the header: {error}") from None


def table(rows: Iterable[dict[str, Any]], columns: Iterable[str], delimiter: str) -> Iterator[bytes]:
    """Records of another container as CSV; a column that a record has not is an empty cell."""
    names = list(columns)
    yield _written(names, delimiter)
    for row in rows:
        yield _written([_text(row.get(name)) for name in names], delimiter)


def _written(cells: list[str], delimiter: str) -> bytes:
    target = io.StringIO(newline="")
    csv.writer(target, delimiter=delimiter, lineterminator=BREAKS).writerow(cells)  # quotes what has either
    return storable(target.getvalue().removesuffix(BREAKS)).encode("utf-8") + b"\n"


def _text(value: Any) -> str:
    """A value as a cell: text as it is, nothing as nothing, the rest as JSON."""
    import json

    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=plain)
