"""Hugging Face datasets: ``dataset.map(clean, batched=True, num_proc=4)``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from cleaner.cleaning import Cleaner
from cleaner.errors import InputError
from cleaner.integrations.account import account
from cleaner.integrations.portable import Portable, Row, portable


class Clean:
    """A function for ``map`` over rows or batches of them; all else in the row stays.

    ``text``, ``url``, ``title``, ``lang`` name columns, ``out`` another one for the cleaned
    text; ``ledger=True`` adds a column ``cleaner`` with the account of each document.  The rest
    are options as for ``Cleaner``.  Its fingerprint is that of the version, the options
    and the text of packs, so that the cache of ``datasets`` is used again when, and only when,
    it holds what would come out.
    """

    def __init__(
        self,
        text: str = "text",
        *,
        url: str | None = None,
        title: str | None = None,
        lang: str | None = None,
        out: str | None = None,
        ledger: bool = False,
        cleaner: Cleaner | Portable | None = None,
        **options: Any,
    ) -> None:
        self.text = text
        self.about = (url, title, lang)
        self.out = out or text
        self.ledger = ledger
        self.work = portable(cleaner, **options)

    def __call__(self, batch: Mapping[str, Any]) -> dict[str, Any]:
        """The columns that change, of a batch (lists) or of a single row."""
        if self.text not in batch:
            raise InputError(f"there is no column {self.text} (the columns: {', '.join(batch)})")
        if isinstance(batch[self.text], list):
            return self._made(batch[self.text], [batch[name] if name else None for name in self.about])
        one = self._made([batch[self.text]], [[batch[name]] if name else None for name in self.about])
        return {name: values[0] for name, values in one.items()}

    def _made(self, texts: list[Any], about: Iterable[list[Any] | None]) -> dict[str, Any]:
        results = [self.work.explain(row) for row in self._rows(texts, about)]
        made: dict[str, Any] = {self.out: [result.text if result else None for result in results]}
        if self.ledger:
            made["cleaner"] = [account(result) if result else None for result in results]
        return made

    def _rows(self, texts: list[Any], about: Iterable[list[Any] | None]) -> Iterator[Row]:
        columns = [[None] * len(texts) if column is None else column for column in about]
        for values in zip(texts, *columns, strict=True):
            if values[0] is not None and not isinstance(values[0], str):
                raise InputError(f"the column {self.text} holds {type(values[0]).__name__}, not text")
            yield Row(*values)


_plain: dict[str, Clean] = {}


def __getattr__(name: str) -> Any:
    """``clean``: a ``Clean`` of all defaults, made on first use."""
    if name != "clean":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return _plain.setdefault(name, Clean())
