"""Tables cleaned and counted: what was done to them goes into a tally."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import pyarrow as pa

from cleaner.batch.tally import Tally, digest
from cleaner.integrations.portable import FAILED
from cleaner.integrations.table import BatchCleaner
from cleaner.result import Result


def count(tally: Tally, result: Result, ident: str) -> None:
    """Counts a document; ``ident`` is what the tally calls it."""
    reason = next((text for text in result.warnings if text.startswith(FAILED)), "")
    if reason:
        tally.fail(ident, reason.removeprefix(FAILED))
    else:
        tally.add(digest(result, report=False), ident)


def removed(tally: Tally) -> dict[str, int]:
    """The number of words that are gone, by family."""
    return {name: cuts.words for name, cuts in sorted(tally.families.items()) if cuts.words}


@dataclass
class CountingCleaner:
    """Cleans tables one after another and counts what it does; rows are called ``name:number``, from 1."""

    clean: BatchCleaner
    name: str = ""
    tally: Tally = field(default_factory=Tally)
    rows: int = 0

    def __call__(self, table: pa.Table) -> pa.Table:
        """The table with its text cleaned."""
        batches = [self._batch(batch) for batch in table.to_batches()]
        return pa.Table.from_batches(batches, schema=self.clean.schema(table.schema))

    def _batch(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        results = self.clean.explained(batch)
        self._count(results)
        return self.clean.filled(batch, results)

    def _count(self, results: Iterable[Result | None]) -> None:
        for result in results:
            self.rows += 1
            if result is not None:
                count(self.tally, result, f"{self.name}:{self.rows}")
