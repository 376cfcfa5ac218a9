"""The fitted weights by which a lost letter is put back or let be."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from cleaner.repairs.lost_evidence import Candidate, Judge, Opening, Verdict, chance, verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic model: one weight a feature, and a bias."""

    bias: float
    weights: tuple[float, ...]

    def value(self, features: Sequence[float]) -> float:
        """The chance that the model gives."""
        return chance(features, self.weights, self.bias)


@dataclass(frozen=True, slots=True)
class Bar:
    """What the two chances must reach before a letter is put back."""

    right: float
    lost: float


@dataclass(frozen=True, slots=True)
class Model:
    """Weights of the letters, chances that the best is right and that one is lost, and bars.

    ``several`` is the bar for remainders of two letters and more, ``single`` for one letter.
    """

    letters: tuple[float, ...]
    right: Logistic
    lost: Logistic
    several: Bar
    single: Bar

    def judge(self, judge: Judge, opening: Opening) -> tuple[Verdict, float, float] | None:
        """The best letter with the chances that it is right and that one is lost at all."""
        return self.weigh(judge, opening, judge.candidates(opening))

    def weigh(
        self, judge: Judge, opening: Opening, candidates: Sequence[Candidate]
    ) -> tuple[Verdict, float, float] | None:
        """What ``judge`` gives, with the candidates at hand."""
        if not candidates:
            return None
        found = verdict(judge, opening, candidates, self.letters)
        return found, self.right.value(found.features), self.lost.value(found.features)

    def commits(self, opening: Opening, verdict: Verdict, right: float, lost: float) -> bool:
        """Whether the chances suffice and nothing speaks against them."""
        if verdict.contradicted:
            return False
        bar = self.single if len(opening.remainder) == 1 else self.several
        return right >= bar.right and lost >= bar.lost


def read_model(facts: Mapping[str, Any]) -> Model:
    """The model in the JSON made by ``training/lost_letters.py``."""
    return Model(
        letters=tuple(facts["letters"]),
        right=Logistic(facts["right"]["bias"], tuple(facts["right"]["weights"])),
        lost=Logistic(facts["lost"]["bias"], tuple(facts["lost"]["weights"])),
        several=Bar(**facts["several"]),
        single=Bar(**facts["single"]),
    )


BORROWED = {"es": "de", "pl": "de"}
"""Languages with a table of their own, but too few pages to fit a model on, and whose they use."""


@cache
def model(language: str) -> Model:
    """The shipped model for ``language`` (ISO 639-1)."""
    text = (files(__package__) / "data" / f"lost-{BORROWED.get(language, language)}.json").read_text("utf-8")
    return read_model(json.loads(text))
