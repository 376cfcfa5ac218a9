"""Tables of pyarrow: the contract that the engines are adapted to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any, TypeVar

import pyarrow as pa

from cleaner.cleaning import Cleaner
from cleaner.errors import InputError, LedgerError
from cleaner.integrations.account import account, source_of
from cleaner.integrations.portable import Portable, Row, portable
from cleaner.result import Result

Table = TypeVar("Table", pa.Table, pa.RecordBatch)

EDIT = pa.struct(
    [
        ("rule", pa.string()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("new", pa.string()),
        ("text", pa.string()),
    ]
)
LEDGER = pa.struct(
    [
        ("edits", pa.list_(EDIT)),
        ("language", pa.string()),
        ("mode", pa.string()),
        ("state", pa.string()),
        ("warnings", pa.list_(pa.string())),
        ("hash", pa.struct([("source", pa.string()), ("clean", pa.string())])),
    ]
)
COLUMN = "cleaner"


@dataclass(frozen=True)
class Columns:
    """The names of a table's columns: the text, what is known of it, where the result goes.

    ``out`` is the text's own column unless it is named; ``ledger`` is the name of a column
    for the account of each document, ``None`` for no account.
    """

    text: str = "text"
    url: str | None = None
    title: str | None = None
    lang: str | None = None
    out: str | None = None
    ledger: str | None = None


NAMES = tuple(field.name for field in fields(Columns))


@dataclass(frozen=True)
class BatchCleaner:
    """Cleans tables one after another: a function that engines can send to their workers."""

    work: Portable
    columns: Columns

    def __call__(self, table: Table) -> Table:
        """The table with its text cleaned; see ``clean_batch``."""
        if isinstance(table, pa.Table):
            batches = [self._batch(batch) for batch in table.to_batches()]
            return pa.Table.from_batches(batches, schema=self.schema(table.schema))
        return self._batch(table)

    def each(self, batches: Iterable[Table]) -> Iterator[Table]:
        """Tables as they come, one by one."""
        return map(self, batches)

    def schema(self, schema: pa.Schema) -> pa.Schema:
        """The schema of what comes out.  Raises ``InputError`` for a column that cannot be used."""
        source = _text_field(schema, self.columns.text)
        for name in (self.columns.url, self.columns.title, self.columns.lang):
            if name is not None:
                _text_field(schema, name)
        if self.columns.out is not None and self.columns.out != self.columns.text:
            schema = _with_field(schema, source.with_name(self.columns.out))
        if self.columns.ledger is not None:
            schema = _with_field(schema, pa.field(self.columns.ledger, LEDGER))
        return schema

    def _batch(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        return self.filled(batch, self.explained(batch))

    def explained(self, batch: pa.RecordBatch) -> list[Result | None]:
        """The result of each row; none where there is no text.  Raises ``InputError``."""
        self.schema(batch.schema)
        return [self.work.explain(row) for row in self._rows(batch)]

    def filled(self, batch: pa.RecordBatch, results: list[Result | None]) -> pa.RecordBatch:
        """The batch with the results of its rows."""
        schema = self.schema(batch.schema)
        made = dict(zip(batch.schema.names, batch.columns, strict=True))
        out = self.columns.out or self.columns.text
        made[out] = _array([result.text if result else None for result in results], schema.field(out))
        if self.columns.ledger is not None:
            accounts = [account(result) if result else None for result in results]
            made[self.columns.ledger] = pa.array(accounts, LEDGER)
        return pa.RecordBatch.from_arrays([made[name] for name in schema.names], schema=schema)

    def _rows(self, batch: pa.RecordBatch) -> Iterator[Row]:
        names = (self.columns.text, self.columns.url, self.columns.title, self.columns.lang)
        columns = [_values(batch, name) for name in names]
        return (Row(*values) for values in zip(*columns, strict=True))


def batch_cleaner(
    *,
    ledger: bool | str = False,
    cleaner: Cleaner | Portable | None = None,
    on_error: str = "fail",
    **options: Any,
) -> BatchCleaner:
    """A function from table to table that can be sent to workers; arguments as for ``clean_batch``."""
    columns = {name: options.pop(name) for name in NAMES if name in options}
    name = COLUMN if ledger is True else ledger or None
    return BatchCleaner(portable(cleaner, on_error, **options), Columns(**columns, ledger=name))


def clean_batch(table: Table, *, text: str = "text", ledger: bool | str = False, **options: Any) -> Table:
    """The table with the column ``text`` cleaned; all other columns, nulls, types and metadata stay.

    ``url``, ``title`` and ``lang`` name columns of what is known of each document, ``out``
    another column for the cleaned text.  ``ledger`` adds a column ``cleaner`` (or of the name
    that is given) with the account of each document: see ``LEDGER``.  ``cleaner`` is one that
    is built; else the rest are options as for ``Cleaner``.  ``on_error="keep"`` passes a text
    that cannot be cleaned on as it was, with a warning in its account.

    Raises ``InputError`` when a column is missing or holds no text.
    """
    return batch_cleaner(text=text, ledger=ledger, **options)(table)


def restore_batch(table: Table, *, text: str = "text", ledger: str = COLUMN) -> Table:
    """The table as it was before ``clean_batch(ledger=True)``: its texts again, the account gone.

    Raises ``LedgerError`` when a text is not the one that its account tells of.
    """
    if ledger not in table.schema.names:
        raise LedgerError(f"the table has no column {ledger}; clean_batch(ledger=True) makes it")
    field = _text_field(table.schema, text)
    pairs = zip(table.column(text).to_pylist(), table.column(ledger).to_pylist(), strict=True)
    sources = [source_of(*pair) if None not in pair else pair[0] for pair in pairs]
    at = table.schema.get_field_index(text)
    return table.set_column(at, field, _array(sources, field)).drop_columns([ledger])


def _with_field(schema: pa.Schema, field: pa.Field) -> pa.Schema:
    """The schema with a field of its name replaced, or added at the end."""
    at = schema.get_field_index(field.name)
    return schema.append(field) if at < 0 else schema.set(at, field)


def _text_field(schema: pa.Schema, name: str) -> pa.Field:
    if len(schema.get_all_field_indices(name)) != 1:
        raise InputError(f"the table has not one column {name} (its columns: {', '.join(schema.names)})")
    field = schema.field(name)
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    if not _is_text(kind):
        raise InputError(f"the column {name} is {field.type}, not text")
    return field


def _is_text(kind: pa.DataType) -> bool:
    tests = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null)
    return any(test(kind) for test in tests)


def _values(batch: pa.RecordBatch, name: str | None) -> list[str | None]:
    return [None] * batch.num_rows if name is None else batch.column(name).to_pylist()


def _array(texts: list[str | None], field: pa.Field) -> pa.Array:
    """Texts as an array of the field's own type, a dictionary where it was one."""
    kind = field.type
    if not pa.types.is_dictionary(kind):
        return pa.array(texts, kind)
    coded = pa.array(texts, pa.large_string()).dictionary_encode()
    try:
        indices, values = coded.indices.cast(kind.index_type), coded.dictionary.cast(kind.value_type)
    except pa.ArrowInvalid:
        raise InputError(
            f"the column {field.name} is {kind}, too narrow for its cleaned texts; decode it before"
        ) from None
    return pa.DictionaryArray.from_arrays(indices, values, ordered=kind.ordered)
