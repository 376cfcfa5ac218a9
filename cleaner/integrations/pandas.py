"""pandas: ``df.clean.text("body")`` and ``series.clean.text()``, there after this module is imported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

from cleaner.errors import InputError
from cleaner.integrations.account import account
from cleaner.integrations.portable import Portable, Row, portable


@pd.api.extensions.register_series_accessor("clean")
class SeriesCleaner:
    """What ``series.clean`` gives; options are those of ``Cleaner``."""

    def __init__(self, series: pd.Series) -> None:
        self.series = series

    def text(self, *, workers: int = 1, **options: Any) -> pd.Series:
        """The series with its texts cleaned; index, name, type and missing values stay."""
        work = portable(**options)
        return _filled(self.series, work.clean_many(_rows(self.series), workers))

    def account(self, **options: Any) -> pd.DataFrame:
        """Edits, language, mode, state, warnings and hashes of each text, by the same index."""
        return _accounts(self.series, portable(**options), _rows(self.series))


@pd.api.extensions.register_dataframe_accessor("clean")
class FrameCleaner:
    """What ``df.clean`` gives; options are those of ``Cleaner``.

    ``url``, ``title`` and ``lang`` name columns of what is known of each document.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame

    def text(
        self,
        text: str = "text",
        *,
        url: str | None = None,
        title: str | None = None,
        lang: str | None = None,
        out: str | None = None,
        workers: int = 1,
        **options: Any,
    ) -> pd.DataFrame:
        """A frame with the column cleaned, or with the cleaned texts in a column ``out``."""
        work = portable(**options)
        rows = self._rows(text, url, title, lang)
        return self.frame.assign(**{out or text: _filled(self.frame[text], work.clean_many(rows, workers))})

    def account(
        self,
        text: str = "text",
        *,
        url: str | None = None,
        title: str | None = None,
        lang: str | None = None,
        **options: Any,
    ) -> pd.DataFrame:
        """Edits, language, mode, state, warnings and hashes of each text, by the same index."""
        return _accounts(self.frame[text], portable(**options), self._rows(text, url, title, lang))

    def _rows(self, text: str, *about: str | None) -> Iterator[Row]:
        for name in (text, *about):
            if name is not None and name not in self.frame.columns:
                names = ", ".join(map(str, self.frame.columns))
                raise InputError(f"the frame has no column {name} (its columns: {names})")
        return _rows(self.frame[text], *(self.frame[name] if name else None for name in about))


def clean(series: pd.Series, *, workers: int = 1, **options: Any) -> pd.Series:
    """The series with its texts cleaned: ``series.clean.text()`` as a function."""
    return SeriesCleaner(series).text(workers=workers, **options)


def _rows(series: pd.Series, *about: pd.Series | None) -> Iterator[Row]:
    columns: list[Iterable[Any]] = [[None] * len(series) if column is None else column for column in about]
    for place, values in enumerate(zip(series, *columns, strict=True)):
        yield Row(_text(values[0], series, place), *map(_said, values[1:]))


def _text(value: Any, series: pd.Series, place: int) -> str | None:
    if isinstance(value, str):
        return value
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return None
    kind, label = type(value).__name__, series.index[place]
    raise InputError(f"the column {series.name} holds {kind} at {label!r}, not text")


def _said(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _filled(series: pd.Series, texts: Iterable[str | None]) -> pd.Series:
    """The texts in the place of the series' own; what was missing stays as it was."""
    values = [old if new is None else new for old, new in zip(series, texts, strict=True)]
    filled = pd.Series(values, index=series.index, name=series.name, dtype=object)
    kind = "category" if isinstance(series.dtype, pd.CategoricalDtype) else series.dtype
    return filled.astype(kind)


def _accounts(series: pd.Series, work: Portable, rows: Iterable[Row]) -> pd.DataFrame:
    results = map(work.explain, rows)
    accounts = [account(result) if result else {} for result in results]
    return pd.DataFrame(accounts, index=series.index).astype(object)
