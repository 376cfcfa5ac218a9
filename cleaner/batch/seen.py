"""Texts that were seen before in a run: exact duplicates, remembered by their hashes.

The hashes lie in an SQLite table.  Without a path that is SQLite's own temporary database,
which stays in memory up to ``CACHE`` bytes and goes on in the folder for temporary files beyond
(``SQLITE_TMPDIR`` or ``TMPDIR`` name another); it needs no cleaning up.  With a path it outlives the
process, so that a run can be resumed.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from cleaner.errors import InputError

KEY_BYTES = 16  # two different texts of 10**12 have the same key with a chance of 10**-15
CACHE = 16_000_000  # bytes of memory
APPLICATION = 0x636C6E72  # SQLite's mark of whose file it is
R = TypeVar("R")


def key(kind: str, text: str) -> bytes:
    """A hash of a text of some kind (``documents``, ``paragraphs``); can be made in a worker."""
    data = text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=KEY_BYTES, person=kind.encode("ascii")).digest()


class Seen:
    """What a run has seen.  The order of the questions decides which of two is the duplicate.

    A run that is resumed gives the ``path`` that it gave before, and in ``step`` the number of
    the last ``commit`` that counts: what was seen after it is forgotten.  Raises
    ``InputError`` when the file is none of ours or cannot be written.
    """

    def __init__(self, path: Path | None = None, step: int = 0) -> None:
        self.name = str(path) if path else "the temporary list of texts seen"
        self.step = step
        self.base = self._tried(lambda: self._opened(path))

    def new(self, kind: str, text: str) -> bool:
        """Whether a text of this kind comes for the first time."""
        return self.new_key(key(kind, text))

    def new_key(self, key: bytes) -> bool:
        """As ``new``, for what ``key`` made of a text."""
        insert = "INSERT OR IGNORE INTO seen VALUES (?, ?)"
        return self._tried(lambda: self.base.execute(insert, (key, self.step + 1)).rowcount > 0)

    def commit(self) -> int:
        """Brings all to the disk; the number to give as ``step`` when the run is resumed from here."""
        self._tried(self.base.commit)
        self.step += 1
        return self.step

    def close(self) -> None:
        """Lets go of the file; what was not committed is forgotten."""
        self.base.close()

    def _opened(self, path: Path | None) -> sqlite3.Connection:
        base = sqlite3.connect(str(path) if path else "")
        try:
            if path:
                _refuse_other(base)
            for statement in (*_MEMORY, *(_LASTING if path else ()), _TABLE):
                base.execute(statement)
            base.execute("DELETE FROM seen WHERE step > ?", (self.step,))
            base.commit()
        except sqlite3.Error:
            base.close()
            raise
        return base

    def _tried(self, act: Callable[[], R]) -> R:
        try:
            return act()
        except sqlite3.Error as error:
            raise InputError(f"{self.name}: cannot be used: {error}") from None


_MEMORY = (f"PRAGMA cache_size = -{CACHE // 1000}",)
_LASTING = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    f"PRAGMA application_id = {APPLICATION}",
)
_TABLE = "CREATE TABLE IF NOT EXISTS seen (key BLOB PRIMARY KEY, step INTEGER) WITHOUT ROWID"


def _refuse_other(base: sqlite3.Connection) -> None:
    (mark,) = base.execute("PRAGMA application_id").fetchone()
    (tables,) = base.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if mark != APPLICATION and tables:
        raise sqlite3.DatabaseError("it is a database of another program")
