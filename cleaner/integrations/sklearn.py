"""scikit-learn: cleaning as the first step of a pipeline of texts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Self

from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from cleaner.errors import InputError, OptionError
from cleaner.integrations.portable import Row, portable
from cleaner.learning import learn


class ArticleCleaner(TransformerMixin, BaseEstimator):
    """A transformer from texts to cleaned texts; parameters are the options of ``Cleaner``.

    ``n_jobs`` is the number of processes (``None`` is 1).  What comes in as a list goes out as a
    list, an array of objects as an array of its shape; rows and their order stay.  With ``learn`` it is
    fitted to the texts of one site (``site``): the lines that they repeat are cut too.
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
        learn: bool = False,
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
        self.learn = learn
        self.n_jobs = n_jobs

    def fit(self, X: Any, y: Any = None) -> Self:  # noqa: N803 - the name that scikit-learn gives it
        """Builds the rules, with ``learn`` the site's too.  Raises ``OptionError`` and ``PackError``."""
        del y
        options = self.get_params(deep=False)
        options.pop("n_jobs")
        if options.pop("learn"):
            options["packs"] = (*_packs(self.packs), self._learnt(X))
        self.work_ = portable(**options)
        return self

    def _learnt(self, X: Any) -> Any:  # noqa: N803
        """The pack of the lines that the texts repeat."""
        if not self.site:
            raise OptionError("learn needs the site that the texts are of: site='example.com'")
        rows = _rows(_flat(X))
        told = (
            {"text": row.text, "url": f"https://{self.site}/{at}"} for at, row in enumerate(rows) if row.text
        )
        return learn(told)

    def transform(self, X: Any) -> Any:  # noqa: N803
        """The texts cleaned; ``None`` stays ``None``."""
        check_is_fitted(self)
        work = self.work_ if hasattr(self, "work_") else self.fit(X).work_
        import numpy as np

        if isinstance(X, str):
            raise InputError("a text stands where texts are expected: give a list of it")
        values = X if isinstance(X, np.ndarray) else list(X)
        cleaned = list(work.clean_many(_rows(_flat(values)), self.n_jobs or 1))
        if not isinstance(values, np.ndarray):
            return cleaned
        return np.array(cleaned, dtype=object).reshape(values.shape)

    def __sklearn_is_fitted__(self) -> bool:
        """It needs fitting only where it is to learn."""
        return not self.learn or hasattr(self, "work_")

    def __sklearn_tags__(self) -> Any:
        """Says that it takes texts, and whether ``fit`` makes a difference."""
        tags = super().__sklearn_tags__()
        tags.input_tags.string = True
        tags.input_tags.two_d_array = False
        tags.requires_fit = self.learn
        return tags


def _flat(values: Any) -> Any:
    """The texts of a list, or of an array of any shape."""
    return values.ravel().tolist() if hasattr(values, "ravel") else values


def _packs(given: Any) -> tuple[Any, ...]:
    return (given,) if isinstance(given, str) else tuple(given)


def _rows(values: Iterable[Any]) -> Iterable[Row]:
    for place, value in enumerate(values):
        if value is not None and not isinstance(value, str):
            raise InputError(f"text {place} is {type(value).__name__}, not text")
        yield Row(value)
