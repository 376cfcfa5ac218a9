"""A spot: a change found in a text, before it becomes an edit of the document."""

from __future__ import annotations

from typing import NamedTuple


class Spot(NamedTuple):
    """Put ``new`` for ``text[start:end)``; the rest says by which rule, why and how surely."""

    start: int
    end: int
    new: str
    rule: str
    why: str
    confidence: float
