"""Where the lines of a corpus are counted: tables on disk, in DuckDB or else in SQLite.

Both answer the same queries alike.  DuckDB (extra ``learn``) works in parallel, and beyond
its bound of memory on disk; SQLite needs nothing and is slower.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self

TABLES = {
    "sites": (("site", "BIGINT"), ("name", "VARCHAR")),
    "docs": (("seq", "BIGINT"), ("site", "BIGINT"), ("url", "BIGINT"), ("digest", "BIGINT")),
    "lines": (
        ("seq", "BIGINT"), ("site", "BIGINT"), ("h", "BIGINT"), ("form", "BIGINT"),
        ("prev", "BIGINT"), ("next", "BIGINT"), ("times", "INTEGER"), ("words", "INTEGER"),
        ("ended", "INTEGER"),
    ),
    "frames": (
        ("seq", "BIGINT"), ("site", "BIGINT"), ("h", "BIGINT"), ("fill", "BIGINT"),
        ("prev", "BIGINT"), ("next", "BIGINT"),
    ),
    "texts": (("h", "BIGINT"), ("text", "VARCHAR")),
}  # fmt: skip
FETCHED = 10_000  # rows read at a time


class Store:
    """The tables of one count, in a folder of their own that goes when they are closed."""

    def __init__(self, folder: Path | None, engine: str) -> None:
        self._own = tempfile.TemporaryDirectory(prefix="cleaner-learn-") if folder is None else None
        self.folder = Path(self._own.name) if self._own else Path(folder or "")
        self.engine = engine
        self.connection = self._connected()
        for name, columns in TABLES.items():
            listed = ", ".join(f"{column} {kind}" for column, kind in columns)
            self.connection.execute(f"CREATE TABLE {name} ({listed})")

    def _connected(self) -> Any:
        if self.engine == "sqlite":
            connection = sqlite3.connect(self.folder / "counts.sqlite")
            for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -200000"):
                connection.execute(f"PRAGMA {pragma}")
            return connection
        import duckdb

        settings: dict[str, str | bool | int | float | list[str]] = {
            "temp_directory": str(self.folder),
            "preserve_insertion_order": "false",
        }
        return duckdb.connect(str(self.folder / "counts.duckdb"), config=settings)

    def limit(self, memory: str, threads: int) -> None:
        """Bounds DuckDB's memory (``"4GB"``) and threads."""
        if self.engine == "duckdb":
            self.connection.execute(f"SET memory_limit = '{memory}'")
            self.connection.execute(f"SET threads = {threads}")

    def add(self, table: str, columns: Sequence[Sequence[Any]]) -> None:
        """Adds rows, given column by column."""
        if not columns or not len(columns[0]):
            return
        if self.engine == "sqlite":
            marks = ", ".join("?" * len(columns))
            self.connection.executemany(
                f"INSERT INTO {table} VALUES ({marks})", zip(*columns, strict=True)  # noqa: S608 - our names
            )  # fmt: skip
            return
        import numpy as np

        kinds = {"BIGINT": np.int64, "INTEGER": np.int32, "VARCHAR": object}
        chunk = {
            name: np.array(values, dtype=kinds[kind])
            for (name, kind), values in zip(TABLES[table], columns, strict=True)
        }
        self.connection.execute(f"INSERT INTO {table} SELECT * FROM chunk")  # noqa: S608 - our names
        del chunk

    def run(self, statement: str) -> None:
        """Runs a statement that gives nothing back."""
        self.connection.execute(statement)

    def index(self, table: str, columns: str) -> None:
        """Lets SQLite find rows of a table by some columns; DuckDB joins without."""
        if self.engine == "sqlite":
            self.connection.execute(f"CREATE INDEX by_{table} ON {table} ({columns})")

    def rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, a few at a time."""
        cursor = self.connection.cursor()
        cursor.execute(query)
        while rows := cursor.fetchmany(FETCHED):
            yield from rows
        cursor.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the tables, and of their folder when it is the store's own."""
        self.connection.close()
        if self._own:
            self._own.cleanup()


def best_engine() -> str:
    """The engine that is there: ``duckdb``, else ``sqlite``."""
    return "duckdb" if find_spec("duckdb") else "sqlite"
