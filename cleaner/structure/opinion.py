"""What the structure layer thinks of a line: told when asked why it stayed or went."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass

from cleaner.structure.gate import Verdict, headed, judge

FLAT = "The text has no line structure, so that no block of it can be judged."


@dataclass(frozen=True, slots=True)
class Opinion:
    """The judgement on a text and one of its lines.

    ``mode`` is how the text is treated, ``page`` the probability that it is the dump of a whole
    page, ``score`` how surely the line belongs to the article (0 to 1), and ``limit`` the score
    below which it would go in a page dump.  What was not asked is ``None``.
    """

    mode: str
    page: float | None
    score: float | None
    limit: float | None
    told: str


def opinion(source: str, offset: int, *, mode: str, level: str, title: str | None) -> Opinion:
    """What the layer thinks of the line of ``source`` at a character offset.

    ``mode`` is what the text was taken for.
    """
    from cleaner.structure import PAGE_LIMITS

    limit = PAGE_LIMITS[level]
    verdict = judge(source)
    if mode == "flat":
        return Opinion(mode, None, None, limit, FLAT)
    score, stays, limit = _scored(source, offset, title, limit)
    chance = float(verdict.probability)
    if score is None:
        return Opinion(mode, chance, None, limit, "The line is no unit that the model judges.")
    told = _of_page(score, limit, stays=stays) if mode == "page" else _of_article(source, verdict, limit)
    return Opinion(mode, chance, round(score, 4), limit, told)


def _of_page(score: float, limit: float, *, stays: bool) -> str:
    if score >= limit:
        return "In the dump of a page units that score the limit or more stay."
    if stays:
        return "It scores below the limit, but is the headline, or stands amid the article's prose."
    return "It scores below the limit, and what scores so goes."


def _of_article(source: str, verdict: Verdict, limit: float) -> str:
    if verdict.doubtful:
        doubt = "a page dump was not ruled out at first sight"
        tail = "a long tail could go if it scored low, but as a whole only"
    elif headed(source):
        doubt = "plainly no page dump"
        tail = "a known header stands in its second half; a tail below it could go, but as a whole only"
    else:
        doubt = "plainly no page dump"
        tail = "no known header with a tail below it stands in its second half, so that none can go"
    return f"The text is taken for an article ({doubt}), where the limit of {limit:g} does not count: {tail}."


def _scored(source: str, offset: int, title: str | None, limit: float) -> tuple[float | None, bool, float]:
    """The score of the unit at an offset, whether it would stay in a page dump, and the page's limit."""
    from cleaner.structure.blocks import kept, sureness
    from cleaner.structure.reading import reading

    read = reading(source, sentences=False)
    if read is None:
        return None, True, limit
    found = read.page.layout
    asked = round(limit * sureness(read.page, read.scores), 4)
    number = bisect_right(found.starts, offset) - 1
    if number < 0 or offset >= found.ends[number]:
        return None, True, asked
    stay = kept(read.page, read.scores, limit, title)
    return float(read.scores[number]), bool(stay[number]), asked
