"""polars: ``pl.col("body").clean.text()``, there after this module is imported; streams."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import polars as pl

from cleaner.integrations.account import account
from cleaner.integrations.portable import Portable, Row, portable

ACCOUNT = pl.Struct(
    {
        "edits": pl.List(
            pl.Struct(
                {"rule": pl.String, "start": pl.Int64, "end": pl.Int64, "new": pl.String, "text": pl.String}
            )
        ),
        "language": pl.String,
        "mode": pl.String,
        "state": pl.String,
        "warnings": pl.List(pl.String),
        "hash": pl.Struct({"source": pl.String, "clean": pl.String}),
    }
)
Texts = Callable[[Portable, list[Row]], list[Any]]


@pl.api.register_expr_namespace("clean")
class ExprCleaner:
    """What ``expression.clean`` gives; options are those of ``Cleaner``.

    ``url``, ``title`` and ``lang`` are names of columns, or expressions, of what is known of
    each document.  All is done text by text, so that lazy frames can be streamed.
    """

    def __init__(self, expr: pl.Expr) -> None:
        self.expr = expr

    def text(self, *, workers: int = 1, **options: Any) -> pl.Expr:
        """The texts cleaned; nulls stay null."""
        return self._mapped(partial(_cleaned, workers=workers), pl.String, options)

    def account(self, **options: Any) -> pl.Expr:
        """Edits, language, mode, state, warnings and hashes of each text."""
        return self._mapped(_accounted, ACCOUNT, options)

    def _mapped(self, made: Texts, dtype: Any, options: dict[str, Any]) -> pl.Expr:
        about = [options.pop(name, None) for name in ("url", "title", "lang")]
        work = portable(**options)
        exprs = [self.expr, *(pl.lit(None) if said is None else said for said in about)]
        columns = [pl.col(item) if isinstance(item, str) else item for item in exprs]
        packed = [column.cast(pl.String).alias(str(at)) for at, column in enumerate(columns)]
        mapped = pl.struct(packed).map_batches(
            partial(_series, work=work, made=made, dtype=dtype), return_dtype=dtype, is_elementwise=True
        )
        return (
            mapped.alias(name)
            if (name := self.expr.meta.output_name(raise_if_undetermined=False))
            else mapped
        )


def _series(packed: pl.Series, *, work: Portable, made: Texts, dtype: Any) -> pl.Series:
    columns = [packed.struct.field(str(at)).to_list() for at in range(4)]
    rows = [Row(*values) for values in zip(*columns, strict=True)]
    return pl.Series(packed.name, made(work, rows), dtype=dtype)


def _cleaned(work: Portable, rows: Sequence[Row], workers: int) -> list[str | None]:
    return list(work.clean_many(rows, workers))


def _accounted(work: Portable, rows: Sequence[Row]) -> list[dict[str, Any] | None]:
    return [account(result) if result else None for result in map(work.explain, rows)]
