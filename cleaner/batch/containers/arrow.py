"""Parquet: texts are read row by row; the file is put together when all are known.

A run writes for every row whether it stays and its new text, as JSON lines, which can be gone on
with after a fault; from these and the source the file is made, so that all other columns,
their types, and the file's metadata are the source's own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import IO, TYPE_CHECKING, Any

from cleaner.batch import record as records
from cleaner.batch.containers.lines import storable
from cleaner.batch.job import Fields, Job, Record
from cleaner.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 1000  # rows read at a time
GROUP = 50_000  # rows at most in a row group made of records of other containers
MADE_BYTES = 16_000_000  # bytes of JSON from which such a group is written: as Python holds them, some 50 MB
GROUP_BYTES = 128_000_000  # bytes from which a group of a source is written
SAME, GONE, END = 0, 1, 2  # what a line of decisions says, if it is no new text
SAME_LINE, GONE_LINE, END_LINE = b"0\n", b"1\n", b"2\n"

Lost = Callable[[int, int, str], None]  # number of the first row (from 1), how many, and why


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
    except (pa.ArrowException, OSError, ValueError, KeyError, NotImplementedError) as error:
        what = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise InputError(f"{path}: cannot be read as parquet: {what}") from None


def _opened(path: str, file: Any) -> Any:
    """The parquet file in a file of bytes, whose types Arrow has."""
    pq = needed()
    with faults(path):
        source = pq.ParquetFile(file)
        _ = source.schema_arrow
        return source


def rows(path: str, file: Any) -> int:
    """The number of rows of a parquet file."""
    return int(_opened(path, file).metadata.num_rows)


@dataclass(frozen=True)
class Cells:
    """The codec of a parquet row: the job's data are its values, the result says what is new."""

    def opened(self, job: Job, fields: Fields) -> Record:
        """The record of a row."""
        return Record(records.text_of(job.data, fields.text), job.data)

    def closed(self, _job: Job, _record: Record, _field: str, text: str) -> bytes:
        """The row's new text as a line for ``put_together``."""
        return json.dumps(text).encode("ascii") + b"\n"

    def kept(self, job: Job) -> bytes:
        """The row stays as it is."""
        return SAME_LINE * job.count


def gone(job: Job) -> bytes:
    """The lines of decisions for a job whose rows are left out."""
    return GONE_LINE * job.count


def read(path: str, file: Any, at: int, ordinal: int, *, fields: Fields | None) -> Iterator[Job]:
    """The rows of a file from one (counted from 0); of all columns, or only of those ``fields`` names.

    Rows that cannot be read are one job with a fault and their number (``count``).
    """
    source = _opened(path, file)
    columns = _columns(source.schema_arrow, fields) if fields else None
    first = 0
    for group in range(source.num_row_groups):
        count = source.metadata.row_group(group).num_rows
        if first + count > at:
            for job in _group(path, source, group, columns, first):
                if job.at > at:
                    job.ordinal = ordinal + job.at - job.count - at
                    yield job
        first += count


def _group(path: str, source: Any, group: int, columns: list[str] | None, row: int) -> Iterator[Job]:
    """The rows of a group, the first of which has that number."""
    end = row + source.metadata.row_group(group).num_rows
    codec = Cells()
    try:
        for batch in _batches_of(path, source, group, columns):
            weight = max(1, batch.nbytes // max(1, batch.num_rows))
            for values in _values(path, batch):
                row += 1
                fault = values if isinstance(values, str) else ""
                data = {} if fault else values
                yield Job(path, 0, data, codec=codec, at=row, fault=fault, size=weight)
    except InputError as error:
        fault = f"{error} ({end - row} rows, from row {row + 1} on)"
        yield Job(path, 0, {}, codec=codec, at=end, fault=fault, count=end - row, cut=True)


def _batches_of(path: str, source: Any, group: int, columns: list[str] | None) -> Iterator[pa.RecordBatch]:
    with faults(path):
        yield from source.iter_batches(ROWS, row_groups=[group], columns=columns, use_threads=False)


def _values(path: str, batch: pa.RecordBatch) -> Iterable[dict[str, Any] | str]:
    """The rows of a batch; for one whose values Python cannot hold what is wrong with it."""
    try:
        with faults(path):
            return list(batch.to_pylist())
    except InputError:
        return [_value(path, batch.slice(row, 1)) for row in range(batch.num_rows)]


def _value(path: str, row: pa.RecordBatch) -> dict[str, Any] | str:
    try:
        with faults(path):
            return dict(row.to_pylist()[0])
    except InputError as error:
        return str(error)


def _columns(schema: pa.Schema, fields: Fields) -> list[str] | None:
    """The columns that a document needs; all when there is none for its text, which is then told."""
    names = {field for name in (fields.text, fields.id, fields.url, fields.title, fields.lang)
             for field in (name, name.partition(".")[0])}  # fmt: skip
    found = [name for name in schema.names if name in names]
    return found if {fields.text, fields.text.partition(".")[0]} & set(found) else None


def put_together(  # noqa: PLR0913 - what is read, what was decided, what is written
    path: str,
    file: Any,
    decisions: IO[bytes],
    target: IO[bytes],
    field: str,
    *,
    schema: pa.Schema | None = None,
    lost: Lost | None = None,
) -> None:
    """Writes a source's rows with their new texts, group by group; ``schema`` is that of the target.

    Rows without a decision are left out.  ``lost`` is told of rows that should stay and cannot be
    read.  Raises ``InputError`` for them without it, and for a field that can hold no text.
    """
    source = _opened(path, file)
    schema = schema or target_schema(path, source.schema_arrow, field)
    with needed().ParquetWriter(target, schema, compression=_compression(source)) as out:
        add(path, source, decisions, out, field, lost=lost)


def add(  # noqa: PLR0913 - as ``put_together``
    path: str, source: Any, decisions: IO[bytes], out: Any, field: str, *, lost: Lost | None = None
) -> None:
    """Adds a source's rows to a parquet writer, and reads its decisions to their ``END_LINE``."""
    decided = _Decisions(decisions)
    first = 1
    for group in range(source.num_row_groups):
        left = rows = source.metadata.row_group(group).num_rows
        whole = _Group(out)
        try:
            for batch in _batches_of(path, source, group, None):
                whole.add(_changed(batch, decided.take(batch.num_rows), field))
                left -= batch.num_rows
        except InputError as error:
            missing = sum(what != GONE for what in decided.take(left))
            if missing and not lost:
                raise
            if missing and lost:
                lost(first + rows - left, missing, str(error))
        whole.write()
        first += rows
    decided.finish()


def put_all_together(
    sources: Callable[[], Iterator[tuple[str, Any]]],
    decisions: IO[bytes],
    target: IO[bytes],
    field: str,
    *,
    lost: Callable[[str, int, int, str], None] | None = None,
) -> None:
    """As ``put_together``, for the rows of several sources (with their names) in one file.

    Sources that cannot be opened have no rows; whoever reads them tells of it.
    """
    found = [
        (path, target_schema(path, source.schema_arrow, field), _compression(source))
        for path, file in sources()
        if (source := _openable(path, file))
    ]
    if not found:
        raise InputError(f"{', '.join(path for path, _ in sources())}: cannot be read as parquet")
    schema = one_schema((path, schema) for path, schema, _ in found)
    with needed().ParquetWriter(target, schema, compression=found[0][2]) as out:
        for path, file in sources():
            tell = lost and partial(lost, path)
            if source := _openable(path, file):
                add(path, source, decisions, out, field, lost=tell)
            else:
                _pass_over(path, decisions, tell)


def _openable(path: str, file: Any) -> Any:
    """The parquet file in a file of bytes, or nothing."""
    try:
        return _opened(path, file)
    except InputError:
        return None


def _pass_over(path: str, decisions: IO[bytes], lost: Lost | None) -> None:
    """Passes over the decisions on a source that could be read before and cannot any more."""
    if missing := _Decisions(decisions).finish():
        why = f"{path}: cannot be read as parquet any more"
        if not lost:
            raise InputError(why)
        lost(1, missing, why)


def check(sources: Iterable[tuple[str, Any]], field: str, *, together: bool) -> None:
    """Raises ``InputError`` when a source has no place for texts, or when all cannot go into one file.

    Sources that cannot be opened are passed over; whoever reads them tells of it.
    """
    schemas = [
        (path, target_schema(path, source.schema_arrow, field))
        for path, file in sources
        if (source := _openable(path, file))
    ]
    if together and schemas:
        one_schema(schemas)


class _Decisions:
    """What was decided on the rows of a source: ``SAME``, ``GONE``, or the new text."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.ended = False

    def take(self, count: int) -> list[int | str]:
        """The next ones; after the end all rows are gone."""
        return [self._next() for _ in range(count)]

    def _next(self) -> int | str:
        line = b"" if self.ended else self.file.readline()
        what: int | str = json.loads(line) if line.endswith(b"\n") else END
        self.ended = what == END
        return GONE if self.ended else what

    def finish(self) -> int:
        """Passes over what is left of this source's; how many of the rows were to stay."""
        stay = 0
        while not self.ended:
            stay += self._next() != GONE
        return stay


class _Group:
    """The rows of a row group as they are collected; one that is very large becomes several."""

    def __init__(self, out: Any) -> None:
        self.out = out
        self.tables: list[pa.Table] = []
        self.size = 0

    def add(self, table: pa.Table) -> None:
        """Adds rows, in the columns of the target."""
        if not table.schema.equals(self.out.schema):
            table = table.select(self.out.schema.names).cast(self.out.schema)
        self.tables.append(table)
        self.size += table.nbytes
        if self.size >= GROUP_BYTES:
            self.write()

    def write(self) -> None:
        """Writes what was collected."""
        import pyarrow as pa

        rows = sum(table.num_rows for table in self.tables)
        if rows:
            self.out.write_table(pa.concat_tables(self.tables).unify_dictionaries(), rows)
        self.tables, self.size = [], 0


def _compression(source: Any) -> Any:
    """How the columns of a source are compressed: one name, or one for each."""
    if not source.num_row_groups or not _begins_well(source):
        return "snappy"
    group = source.metadata.row_group(0)
    columns = [group.column(number) for number in range(group.num_columns)]
    try:
        kinds = {column.path_in_schema: _kind(column.compression) for column in columns}
    except UnicodeDecodeError:
        return "snappy"
    return next(iter(kinds.values()), "snappy") if len(set(kinds.values())) <= 1 else kinds


def _begins_well(source: Any) -> bool:
    """Whether a first row can be read: asked how a damaged column is compressed, pyarrow ends the process."""
    import pyarrow as pa

    try:
        next(source.iter_batches(batch_size=1, row_groups=[0]), None)
    except (OSError, pa.ArrowException, UnicodeDecodeError):
        return False
    return True


def _kind(compression: str) -> str:
    return "none" if compression == "UNCOMPRESSED" else compression.lower()


def one_schema(schemas: Iterable[tuple[str, pa.Schema]]) -> pa.Schema:
    """The schema of sources (with their names) that go into one file.

    Raises ``InputError`` when they have not all the same columns, in whatever order.
    """
    found = iter(schemas)
    first, schema = next(found)
    for path, other in found:
        for name in dict.fromkeys([*schema.names, *other.names]):
            mine, its = _type(schema, name), _type(other, name)
            if mine != its:
                raise InputError(
                    f"{path}: its column {name} is {its}, that of {first} {mine}; give --out a folder"
                )
    return schema


def _type(schema: pa.Schema, name: str) -> str:
    return str(schema.field(name).type) if name in schema.names else "missing"


def target_schema(path: str, schema: pa.Schema, field: str) -> pa.Schema:
    """The schema with a place for the text.  Raises ``InputError`` when the place is not of text."""
    import pyarrow as pa

    head, dot, rest = field.partition(".")
    try:
        if field in schema.names:
            return _retyped(schema, field, _for_text(schema.field(field).type))
        if dot and head in schema.names and pa.types.is_struct(schema.field(head).type):
            return _retyped(schema, head, _with_place(schema.field(head).type, rest))
    except InputError as error:
        raise InputError(f"{path}: the column {field} {error}; name another --out-field") from None
    return schema.append(pa.field(field, pa.string()))


def _retyped(schema: pa.Schema, name: str, kind: pa.DataType) -> pa.Schema:
    return schema.set(schema.names.index(name), schema.field(name).with_type(kind))


def _with_place(struct: pa.StructType, field: str) -> pa.StructType:
    """A struct's type with a place for the text, however deep."""
    import pyarrow as pa

    head, dot, rest = field.partition(".")
    fields = [struct.field(index) for index in range(struct.num_fields)]
    names = [part.name for part in fields]
    if field in names:
        place = names.index(field)
        fields[place] = fields[place].with_type(_for_text(fields[place].type))
    elif dot and head in names and pa.types.is_struct(fields[names.index(head)].type):
        place = names.index(head)
        fields[place] = fields[place].with_type(_with_place(fields[place].type, rest))
    else:
        fields.append(pa.field(field, pa.string()))
    return pa.struct(fields)


def _for_text(kind: pa.DataType) -> pa.DataType:
    """The type, or the nearest that holds any text.  Raises ``InputError`` when there is none."""
    import pyarrow as pa

    if pa.types.is_null(kind):
        return pa.string()
    if pa.types.is_dictionary(kind) and _is_text(kind.value_type):
        return pa.dictionary(pa.int32(), kind.value_type, kind.ordered)
    if not _is_text(kind):
        raise InputError(f"is of type {kind}, which holds no text")
    return kind


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _changed(batch: pa.RecordBatch, decisions: list[int | str], field: str) -> pa.Table:
    """Rows as they were decided on."""
    import pyarrow as pa

    texts = [what if isinstance(what, str) else None for what in decisions]
    schema = target_schema("", batch.schema, field)
    if any(text is not None for text in texts) or not schema.equals(batch.schema):
        arrays = _with_texts(list(batch.columns), list(batch.schema), list(schema), field, texts)
        batch = pa.RecordBatch.from_arrays(arrays, schema=schema)
    return _without(pa.Table.from_batches([batch]), decisions)


def _without(table: pa.Table, decisions: list[int | str]) -> pa.Table:
    """The rows that stay; by slices where a type cannot be filtered."""
    import pyarrow as pa

    stays = [what != GONE for what in decisions]
    if all(stays):
        return table
    try:
        return table.filter(pa.array(stays))
    except pa.ArrowNotImplementedError:
        rows = [table.slice(row, 1) for row, stay in enumerate(stays) if stay]
        return pa.concat_tables(rows or [table.slice(0, 0)])


def _with_texts(
    arrays: list[Any], before: list[pa.Field], after: list[pa.Field], field: str, texts: list[str | None]
) -> list[Any]:
    """The columns of a table or struct with the texts in their place, which may be a new one."""
    import pyarrow as pa

    head, _, rest = field.partition(".")
    names = [part.name for part in after]
    if len(after) > len(before):
        arrays = [*arrays, pa.nulls(len(texts), after[-1].type)]
    if field in names:
        place = names.index(field)
        arrays[place] = _chosen(arrays[place], texts, after[place].type)
    else:
        place = names.index(head)
        arrays[place] = _inside(arrays[place], rest, texts, after[place].type)
    return arrays


def _inside(struct: Any, field: str, texts: list[str | None], kind: pa.StructType) -> Any:
    """A struct's array with the texts in one of its fields, however deep."""
    import pyarrow as pa

    before = [struct.type.field(index) for index in range(struct.type.num_fields)]
    after = [kind.field(index) for index in range(kind.num_fields)]
    arrays = [struct.field(index) for index in range(len(before))]
    arrays = _with_texts(arrays, before, after, field, texts)
    return pa.StructArray.from_arrays(arrays, fields=after, mask=struct.is_null())


def _chosen(old: Any, texts: list[str | None], kind: pa.DataType) -> Any:
    """The old values but where there is a new text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not any(text is not None for text in texts):
        return old.cast(kind)
    if pa.types.is_dictionary(kind):
        return _chosen(old.cast(kind.value_type), texts, kind.value_type).dictionary_encode().cast(kind)
    if pa.types.is_string_view(kind):
        return _chosen(old.cast(pa.large_string()), texts, pa.large_string()).cast(kind)
    new = pa.array([text and storable(text) for text in texts], kind)
    return pc.if_else(new.is_valid(), new, old.cast(kind))


def made(rows: IO[bytes], target: IO[bytes]) -> None:
    """Writes JSON lines as parquet: types are those that hold every value, in groups of ``GROUP`` rows.

    A column whose values have no type in common is of text, and what is no text in it is JSON.
    """
    import pyarrow as pa

    kinds = _kinds(rows)
    rows.seek(0)
    schema = pa.schema(list(kinds.items()))
    with needed().ParquetWriter(target, schema) as out:
        for batch in _batches(rows):
            columns = [_column([row.get(name) for row in batch], kind) for name, kind in kinds.items()]
            out.write_table(pa.Table.from_arrays(columns, schema=schema), len(batch))
            batch.clear()  # before the next is read


def _kinds(rows: IO[bytes]) -> dict[str, Any]:
    """The types of the columns of JSON lines."""
    import pyarrow as pa

    kinds: dict[str, Any] = {}
    first: dict[str, Any] = {}
    for batch in _batches(rows):
        _widen(kinds, batch)
        first = {**kinds, **first}
    doubtful = {name: kind for name, kind in kinds.items() if kind != first[name] and kind != pa.string()}
    rows.seek(0)
    for batch in _batches(rows) if doubtful else ():
        for name in [name for name, kind in doubtful.items() if not _fits(batch, name, kind)]:
            kinds[name] = pa.string()
            del doubtful[name]
    return kinds


def _fits(rows: list[dict[str, Any]], name: str, kind: pa.DataType) -> bool:
    """Whether a type that became wider holds the values that came before."""
    import pyarrow as pa

    try:
        _column([row.get(name) for row in rows], kind)
    except (pa.ArrowException, ValueError, TypeError, OverflowError):
        return False
    return True


def _widen(kinds: dict[str, Any], rows: list[dict[str, Any]]) -> None:
    """Makes the types of the columns such that they may hold these rows too."""
    import pyarrow as pa

    for name in dict.fromkeys(key for row in rows for key in row):
        try:
            found = pa.array([_clean(row.get(name)) for row in rows]).type
            before = pa.schema([(name, kinds.get(name, found))])
            joined = pa.unify_schemas([before, pa.schema([(name, found)])], promote_options="permissive")
            kinds[name] = joined.field(name).type if _is_storable(joined.field(name).type) else pa.string()
        except (pa.ArrowException, ValueError, TypeError, OverflowError):
            kinds[name] = pa.string()


def _is_storable(kind: pa.DataType) -> bool:
    """Whether parquet has a form for a type: it has none for an object without fields."""
    import pyarrow as pa

    inner = [kind.field(number).type for number in range(kind.num_fields)]
    return all(map(_is_storable, inner)) and not (pa.types.is_struct(kind) and not inner)


def _column(values: list[Any], kind: pa.DataType) -> pa.Array:
    import pyarrow as pa

    if pa.types.is_string(kind):
        values = [value if isinstance(value, str | None) else json.dumps(value) for value in values]
    return pa.array(map(_clean, values), kind, size=len(values))


def _clean(value: Any) -> Any:
    """A value of JSON with texts that parquet has bytes for."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(item) for key, item in value.items()}
    return value


def _batches(lines: Iterable[bytes]) -> Iterator[list[dict[str, Any]]]:
    """The records of JSON lines, as many at a time as make a row group."""
    batch: list[dict[str, Any]] = []
    size = 0
    for line in lines:
        batch.append({_clean(name): value for name, value in json.loads(line).items()})
        size += len(line)
        if len(batch) == GROUP or size >= MADE_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
