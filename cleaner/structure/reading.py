"""A text's units with their scores: what the second look and the cuts share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from cleaner.structure.segmentation import layout

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cleaner.structure.features import Page

UNITS_MAX = 50_000
"""Units beyond which a text is no page, and would cost memory."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The units of a text, counted, and how surely each belongs to the article."""

    page: Page
    scores: NDArray[np.float64]


@lru_cache(maxsize=2)
def reading(source: str, *, sentences: bool = False) -> Reading | None:
    """The units of ``source``, or ``None`` when it has none, or too many for a page.

    With ``sentences`` a text without lines is read too.  The last results are kept, since
    the gate and the cuts ask for the same.
    """
    found = layout(source, sentences=sentences)
    if not 0 < len(found) <= UNITS_MAX:
        return None
    from cleaner.structure.features import page_of
    from cleaner.structure.model import model

    trees = model()
    page = page_of(found, trees.odds)
    return Reading(page, trees.scores(page.matrix))
