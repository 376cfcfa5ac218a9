"""scikit-learn: cleaning as the first step of a pipeline of texts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from sklearn.base import BaseEstimator, TransformerMixin

from cleaner.errors import InputError
from cleaner.integrations.portable import Row, portable


class ArticleCleaner(TransformerMixin, BaseEstimator):
    """A transformer from texts to cleaned texts; parameters are the options of ``Cleaner``.

    ``n_jobs`` is the number of processes (``None`` is 1).  What comes in as a list goes out as a
    list, an array of objects as an array of its shape; rows and their order stay.
    """

    def __init__(
        self,
        *,
        level: str = "standard",
        mode: str = "auto",
        lang: str | None = None,
        site: str | None = None,
        drop: Any = (),
        only: Any = (),
        without: Any = (),
        keep: Any = (),
        packs: Any = (),
        packs_only: Any = (),
        max_loss: float = 0.6,
        unwrap: bool = False,
        split_words: bool = False,
        trim_cut: bool = False,
        input_format: str = "text",
        n_jobs: int | None = None,
    ) -> None:
        self.level = level
        self.mode = mode
        self.lang = lang
        self.site = site
        self.drop = drop
        self.only = only
        self.without = without
        self.keep = keep
        self.packs = packs
        self.packs_only = packs_only
        self.max_loss = max_loss
        self.unwrap = unwrap
        self.split_words = split_words
        self.trim_cut = trim_cut
        self.input_format = input_format
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: N803 - the name that scikit-learn gives it
        """Builds the rules; nothing is learnt from the texts.  Raises ``OptionError`` and ``PackError``."""
        del X, y
        options = self.get_params(deep=False)
        options.pop("n_jobs")
        self.work_ = portable(**options)
        return self

    def transform(self, X: Any) -> Any:  # noqa: N803
        """The texts cleaned; ``None`` stays ``None``."""
        work = self.work_ if hasattr(self, "work_") else self.fit(X).work_
        import numpy as np

        if isinstance(X, str):
            raise InputError("a text stands where texts are expected: give a list of it")
        values = X if isinstance(X, np.ndarray) else list(X)
        flat = values.ravel().tolist() if isinstance(values, np.ndarray) else values
        cleaned = list(work.clean_many(_rows(flat), self.n_jobs or 1))
        if not isinstance(values, np.ndarray):
            return cleaned
        return np.array(cleaned, dtype=object).reshape(values.shape)

    def __sklearn_is_fitted__(self) -> bool:
        """It needs no fitting: nothing is learnt."""
        return True

    def __sklearn_tags__(self) -> Any:
        """Says that it takes texts, and is the same with or without ``fit``."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.requires_fit = False
        return tags


def _rows(values: Iterable[Any]) -> Iterable[Row]:
    for place, value in enumerate(values):
        if value is not None and not isinstance(value, str):
            raise InputError(f"text {place} is {type(value).__name__}, not text")
        yield Row(value)
