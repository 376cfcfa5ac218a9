"""PySpark: a frame's texts cleaned by ``mapInArrow``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyspark.sql import types

from cleaner.errors import InputError
from cleaner.integrations.table import Columns, batch_cleaner

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

TEXT = types.StringType()
EDIT = types.StructType(
    [
        types.StructField("rule", TEXT),
        types.StructField("start", types.LongType()),
        types.StructField("end", types.LongType()),
        types.StructField("new", TEXT),
        types.StructField("text", TEXT),
    ]
)
LEDGER = types.StructType(
    [
        types.StructField("edits", types.ArrayType(EDIT)),
        types.StructField("language", TEXT),
        types.StructField("mode", TEXT),
        types.StructField("state", TEXT),
        types.StructField("warnings", types.ArrayType(TEXT)),
        types.StructField(
            "hash",
            types.StructType([types.StructField("source", TEXT), types.StructField("clean", TEXT)]),
        ),
    ]
)


def clean(frame: DataFrame, **options: Any) -> DataFrame:
    """The frame with its texts cleaned, when it is asked for; arguments as for ``clean_batch``.

    Options and packs go to the executors with the work; ``cleaner`` and pyarrow must be installed
    there.  Raises ``InputError`` when a column is missing or holds no text.
    """
    work = batch_cleaner(**options)
    return frame.mapInArrow(work.each, _schema(frame.schema, work.columns))


def _schema(schema: types.StructType, columns: Columns) -> types.StructType:
    """The schema of what comes out."""
    fields = {field.name: field for field in schema.fields}
    for name in (columns.text, columns.url, columns.title, columns.lang):
        if name is not None and name not in fields:
            raise InputError(f"the frame has no column {name} (its columns: {', '.join(fields)})")
        if name is not None and not isinstance(fields[name].dataType, types.StringType):
            raise InputError(f"the column {name} is {fields[name].dataType.simpleString()}, not text")
    if columns.out is not None and columns.out != columns.text:
        fields[columns.out] = types.StructField(columns.out, TEXT)
    if columns.ledger is not None:
        fields[columns.ledger] = types.StructField(columns.ledger, LEDGER)
    return types.StructType(list(fields.values()))
