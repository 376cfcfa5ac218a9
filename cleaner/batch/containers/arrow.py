"""Parquet: texts are read row by row; the file is put together when all are known.

A run writes for every row whether it stays and its new text, as JSON lines, which can be gone on
with after a fault; from these and the source the file is made, so that all other columns,
their types, and the file's metadata are the source's own.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

from cleaner.batch import record as records
from cleaner.batch.job import Fields, Job, Record
from cleaner.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 1000  # rows read at a time
GROUP = 50_000  # rows in a row group made of records of other containers
SAME, GONE = "0", "1"


def needed() -> Any:
    """The package for parquet.  Raises ``InputError`` when it is not installed."""
    try:
        import pyarrow.parquet as pq
    except ImportError:
        raise InputError("parquet needs a package: pip install 'article-cleaner[parquet]'") from None
    return pq


@contextmanager
def faults(path: str) -> Iterator[None]:
    """Makes errors of pyarrow ours, with the file's name."""
    import pyarrow as pa

    try:
        yield
    except (pa.ArrowException, OSError, ValueError, NotImplementedError) as error:
        what = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"{path}: cannot be read as parquet: {what}") from None


@dataclass(frozen=True)
class Cells:
    """The codec of a parquet row: the job's data are its values, the result says what is new."""

    def opened(self, job: Job, fields: Fields) -> Record:
        """The record of a row."""
        return Record(records.text_of(job.data, fields.text), job.data)

    def closed(self, _job: Job, _record: Record, _field: str, text: str) -> bytes:
        """The row's new text as a line for ``put_together``."""
        return json.dumps(text).encode("ascii") + b"\n"


SAME_LINE, GONE_LINE = b"0\n", b"1\n"


def read(path: str, file: Any, at: int, ordinal: int, *, fields: Fields | None) -> Iterator[Job]:
    """The rows of a file from one (counted from 0); of all columns, or only of those ``fields`` names."""
    pq = needed()
    with faults(path):
        source = pq.ParquetFile(file)
        columns = _columns(source.schema_arrow, fields) if fields else None
    row, group = 0, 0
    codec = Cells()
    while group < source.num_row_groups:
        count = source.metadata.row_group(group).num_rows
        if row + count > at:
            yield from _group(path, source, group, columns, (row, at, ordinal), codec)
            ordinal += row + count - max(row, at)
        row += count
        group += 1


def _group(  # noqa: PLR0913, PLR0917 - a place in a file has many parts
    path: str, source: Any, group: int, columns: list[str] | None, place: tuple[int, int, int], codec: Cells
) -> Iterator[Job]:
    row, at, ordinal = place
    batches = source.iter_batches(ROWS, row_groups=[group], columns=columns, use_threads=False)
    while True:
        try:
            with faults(path):
                batch = next(batches, None)
                rows = batch.to_pylist() if batch is not None else []
        except InputError as error:
            yield Job(path, ordinal, {}, codec, at=row, fault=str(error))
            return
        if batch is None:
            return
        weight = max(1, batch.nbytes // max(1, len(rows)))
        for values in rows:
            row += 1
            if row > at:
                yield Job(path, ordinal, values, codec, at=row, size=weight)
                ordinal += 1


def _columns(schema: pa.Schema, fields: Fields) -> list[str]:
    """The columns that a document needs."""
    names = {field for name in (fields.text, fields.id, fields.url, fields.title, fields.lang)
             for field in (name, name.partition(".")[0])}  # fmt: skip
    return [name for name in schema.names if name in names]


def put_together(  # noqa: PLR0913 - what is read, what was decided, what is written
    path: str, file: Any, decisions: IO[bytes], target: IO[bytes], field: str, *, schema: pa.Schema | None
) -> None:
    """Writes a source's rows with their new texts, group by group; ``schema`` is that of the target."""
    pq = needed()
    with faults(path):
        source = pq.ParquetFile(file)
    with pq.ParquetWriter(
        target, schema or target_schema(source.schema_arrow, field), **_ways(source)
    ) as out:
        add(path, source, decisions, out, field)


def add(path: str, source: Any, decisions: IO[bytes], out: Any, field: str) -> None:
    """Adds a source's rows to a parquet writer."""
    for group in range(source.num_row_groups):
        with faults(path):
            table = source.read_row_group(group, use_threads=False)
        changed = _decided(table, decisions, field)
        out.write_table(changed.cast(out.schema), max(1, changed.num_rows))


def _ways(source: Any) -> dict[str, Any]:
    """How the source was written: its compression, and its Arrow types beside its own."""
    if not source.num_row_groups or not source.metadata.num_columns:
        return {}
    kind = source.metadata.row_group(0).column(0).compression
    return {"compression": "none" if kind == "UNCOMPRESSED" else kind.lower()}


def target_schema(schema: pa.Schema, field: str) -> pa.Schema:
    """The schema with a column for the text, when it has none yet."""
    import pyarrow as pa

    if field in schema.names or field.partition(".")[0] in schema.names:
        return schema
    return schema.append(pa.field(field, pa.string()))


def _decided(table: pa.Table, decisions: IO[bytes], field: str) -> pa.Table:
    """A row group as it was decided on."""
    import pyarrow as pa

    texts: list[str | None] = []
    news, keep, changed = [], [], False
    for _ in range(table.num_rows):
        line = decisions.readline()
        decided = json.loads(line)
        keep.append(decided != 1)
        news.append(isinstance(decided, str))
        texts.append(decided if news[-1] else None)
        changed = changed or news[-1]
    if changed or field.partition(".")[0] not in table.column_names:
        table = _with_texts(table, field, texts, news)
    return table if all(keep) else table.filter(pa.array(keep))


def _with_texts(table: pa.Table, field: str, texts: list[str | None], news: list[bool]) -> pa.Table:
    import pyarrow as pa

    names = table.column_names
    if field in names or field.partition(".")[0] not in names:
        if field not in names:
            return table.append_column(pa.field(field, pa.string()), _strings(texts))
        place = names.index(field)
        column = _chosen(table.column(place).combine_chunks(), texts, news)
        return table.set_column(place, table.schema.field(place), column)
    head, _, rest = field.partition(".")
    place = names.index(head)
    column = _inside(_one(table.column(place)), rest, texts, news)
    return table.set_column(place, table.schema.field(place), column)


def _one(column: pa.ChunkedArray) -> Any:
    import pyarrow as pa

    whole = column.combine_chunks()
    return whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole


def _inside(struct: Any, field: str, texts: list[str | None], news: list[bool]) -> Any:
    """A struct's array with the texts in one of its fields, however deep."""
    import pyarrow as pa

    head, _, rest = field.partition(".")
    fields = [struct.type.field(index) for index in range(struct.type.num_fields)]
    arrays = []
    for index, part in enumerate(fields):
        array = struct.field(index)
        if part.name == field:
            array = _chosen(array, texts, news)
        elif part.name == head and rest:
            array = _inside(array, rest, texts, news)
        arrays.append(array)
    return pa.StructArray.from_arrays(arrays, fields=fields, mask=struct.is_null())


def _chosen(old: Any, texts: list[str | None], news: list[bool]) -> Any:
    """The old values but where there is a new text, in the type of the old."""
    import pyarrow as pa

    values = [text if new else value for text, new, value in zip(texts, news, old.to_pylist(), strict=True)]
    if pa.types.is_dictionary(old.type):
        encoded = pa.array(values, old.type.value_type).dictionary_encode()
        return encoded.cast(old.type)
    return _strings(values, old.type)


def _strings(values: list[str | None], kind: Any = None) -> Any:
    """Texts as an array; a lone surrogate, which parquet has no bytes for, becomes U+FFFD."""
    import pyarrow as pa

    clean = [v if v is None else v.encode("utf-8", "replace").decode("utf-8") for v in values]
    return pa.array(clean, kind or pa.string())


def made(rows: IO[bytes], target: IO[bytes]) -> None:
    """Writes JSON lines as parquet: types are those that hold every value, in groups of ``GROUP`` rows."""
    import pyarrow as pa

    pq = needed()
    schema = pa.schema([])
    for batch in _batches(rows):
        schema = _wider(schema, batch)
    rows.seek(0)
    with pq.ParquetWriter(target, schema) as out:
        for batch in _batches(rows):
            out.write_table(pa.Table.from_pylist(_fitted(batch, schema), schema))


def _wider(schema: pa.Schema, rows: list[dict[str, Any]]) -> pa.Schema:
    """The schema that holds these rows too; a column whose values fit no type is of JSON text."""
    import pyarrow as pa

    fields = {field.name: field.type for field in schema}
    for name in dict.fromkeys(key for row in rows for key in row):
        values = [row.get(name) for row in rows]
        before = pa.schema([(name, fields[name])]) if name in fields else pa.schema([])
        try:
            found = pa.schema([(name, pa.array(values).type)])
            joined = pa.unify_schemas([before, found], promote_options="permissive")
            fields[name] = joined.field(name).type
        except (pa.ArrowException, OverflowError):
            fields[name] = pa.string()
    return pa.schema(list(fields.items()))


def _fitted(rows: list[dict[str, Any]], schema: pa.Schema) -> list[dict[str, Any]]:
    """The rows with JSON text where a column is of text and a value is not."""
    import pyarrow as pa

    texts = {field.name for field in schema if pa.types.is_string(field.type)}
    return [
        {
            name: json.dumps(value) if name in texts and not isinstance(value, str | None) else
            value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
            for name, value in row.items()
        }
        for row in rows
    ]  # fmt: skip


def _batches(lines: Iterable[bytes]) -> Iterator[list[dict[str, Any]]]:
    batch: list[dict[str, Any]] = []
    for line in lines:
        batch.append(json.loads(line))
        if len(batch) == GROUP:
            yield batch
            batch = []
    if batch:
        yield batch
