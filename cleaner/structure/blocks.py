"""From the scores of single units to blocks that are cut whole, each with its reason."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from cleaner.structure.features import PROSE
from cleaner.structure.gate import LEAST_TAIL
from cleaner.structure.words import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from cleaner.structure.features import Page

HEADLINE_REACH = 40
"""Units before the article in which its headline is looked for."""
OPENING_REACH = 10
"""Units before the first that stays in which a likely headline is looked for."""
HEADLINE_WORDS = 3
"""Words that a headline has at least: shorter ones cannot be told from menu entries."""
HEADLINE_INSIDE = 5
"""Words that it has at least when the page's title does not begin with it."""

LONG_TAIL = 8
"""Units of a tail without a header that a text which may be a page can lose."""
MOST_OF_TAIL = 0.5
"""Share of the text's words that such a tail has at most."""
LIKELY, LOW = 0.5, 0.1
"""Scores of units that are rather the article's, and of those that are hardly its."""
LOW_SHARE = 0.05
"""Share of units that may score low before the tail of an article."""
MENU_WORDS = 4
"""Words of an entry of a menu, at most."""
SURELY = 0.9
"""Score of a page's surest paragraphs from which nothing of it is doubted."""
LEAST_SURE = 0.4
"""Share of the limit that is asked of a page of which the model is least sure."""
SUREST = 2
"""Paragraphs that tell how sure the model is."""
INSIDE = 0.4
"""Share of the limit under which a run of units amid the article goes."""

ENDING = 0.6
"""Share of the limit that a sentence scores at least to be taken for the article's end."""
ENDING_REACH, ENDING_WORDS = 3, 6
"""Units after the last that stays in which it is looked for, and words that it has at least.

Held out, of what pages lost by structure these three won back a tenth, and F1 stayed."""
ENDS = frozenset('.!?\u2026\u3002\uff01\uff1f"\u201d\u00bb')

WHY = {
    "menu": "Menu lines before the article.",
    "before-article": "Lines of the page before the article.",
    "comments": "Readers' comments after the article.",
    "teasers": "Teasers for other articles.",
    "footer": "Footer of the page after the article.",
    "after-article": "Lines of the page after the article.",
    "aside": "Lines of the page amid the article.",
    "repeat": "A second copy of what the article says already.",
}
HEADER_RULES = {
    "comments": "comments",
    "related": "teasers",
    "newsletter": "after-article",
    "legal": "footer",
}
NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Block:
    """Units ``first`` to ``last`` (inclusive) that go together, and what they are."""

    first: int
    last: int
    rule: str
    confidence: float

    @property
    def why(self) -> str:
        """The reason for the person whose lines are gone."""
        return WHY[self.rule]


def sureness(page: Page, scores: NDArray[np.float64]) -> float:
    """The share of the limit that is asked of a page's units.

    All of it where the model is sure of some paragraphs of prose.  Where it is sure of none
    it does not know the article, and less is asked in proportion, lest the article goes.
    """
    import numpy as np

    prose = np.sort(scores[page.prose > 0])
    top = float(prose[-SUREST:].mean()) if len(prose) else SURELY
    return max(LEAST_SURE, min(1.0, top / SURELY))


def kept(
    page: Page,
    scores: NDArray[np.float64],
    limit: float,
    title: str | None,
    parted: NDArray[np.bool_] | None = None,
) -> NDArray[np.bool_]:
    """Which units stay: those that score the limit (less, of a doubtful page), and the headline.

    ``parted`` are units of prose of which rules have taken a part: what made them score low.
    """
    import numpy as np

    threshold = limit * sureness(page, scores)
    stay = scores >= threshold
    if not stay.any() or stay.all():
        return stay
    stay |= _doubtful(page, scores, stay, threshold * INSIDE)
    kindly = np.zeros(len(stay), bool) if parted is None else parted & (scores >= threshold * INSIDE)
    stay |= _ending(page, stay, kindly | (scores >= threshold * ENDING))
    stay |= kindly & _amid(stay)
    at = headline(page, stay, title)
    if at is not None:
        stay[:at] = False
        stay[at] = True
    else:
        at = opening(page, scores, stay, threshold * INSIDE)
        stay[at] = True
    return stay


def _ending(page: Page, stay: NDArray[np.bool_], likely: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The likely sentences shortly after the last unit that stays, and shortly after each other."""
    import numpy as np

    found = np.zeros(len(stay), bool)
    sentence = likely & (page.words >= ENDING_WORDS)
    last = int(np.flatnonzero(stay)[-1])
    number = last + 1
    while number < min(len(stay), last + 1 + ENDING_REACH):
        if sentence[number] and page.layout.texts[number].rstrip()[-1:] in ENDS:
            found[number] = True
            last = number
        number += 1
    return found


def _amid(stay: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The units between the first and the last that stay."""
    import numpy as np

    return np.asarray(np.logical_or.accumulate(stay) & np.logical_or.accumulate(stay[::-1])[::-1])


def _doubtful(
    page: Page, scores: NDArray[np.float64], stay: NDArray[np.bool_], threshold: float
) -> NDArray[np.bool_]:
    """The runs amid the article's prose that score the threshold on average.

    A table or a list between paragraphs is content more often than its units tell.
    """
    import numpy as np

    doubtful = np.zeros(len(stay), bool)
    prose = np.flatnonzero(stay & (page.words >= PROSE))
    if len(prose):
        held = np.flatnonzero(stay[prose[0] : prose[-1] + 1]) + prose[0]
        for low, high in itertools.pairwise(held):
            if high > low + 1 and scores[low + 1 : high].mean() >= threshold:
                doubtful[low + 1 : high] = True
    return doubtful


def without_tail(
    page: Page, scores: NDArray[np.float64], limit: float, *, doubtful: bool
) -> NDArray[np.bool_]:
    """Which units of an article stay: all but a tail that goes as a whole.

    It stands after the last unit that is more likely the article's than not.  Either it opens
    with a known header and scores below the limit on average; where much of the rest scores low
    as well the text is of another kind, and nothing goes.  Or the text may be a page
    (``doubtful``), and a long tail, that is no more than half of it, scores so word by word.
    """
    import numpy as np

    stay = np.ones(len(scores), bool)
    held = np.flatnonzero(scores >= LIKELY)
    begin = int(held[-1]) + 1 if len(held) else len(scores)
    at = next((n for n in range(begin, len(scores)) if _header(page, n)), len(scores))
    low_before = float((scores[:at] < LOW).mean()) if at else 0.0
    if len(scores) - at >= LEAST_TAIL and low_before <= LOW_SHARE and scores[at:].mean() < limit:
        stay[at:] = False
    elif doubtful and len(scores) - begin >= LONG_TAIL:
        words = page.words[begin:]
        low = np.average(scores[begin:], weights=words + 1) < limit
        if low and words.sum() <= MOST_OF_TAIL * page.words.sum():
            stay[begin:] = False
    return stay


def opening(page: Page, scores: NDArray[np.float64], stay: NDArray[np.bool_], threshold: float) -> int:
    """The first unit that stays, or the one shortly before it that is most like its headline."""
    import numpy as np

    first = int(np.argmax(stay))
    low = max(0, first - OPENING_REACH)
    likely = np.where(page.words >= HEADLINE_WORDS, scores, 0.0)[low:first]
    if page.words[first] < PROSE or not len(likely):
        return first
    if likely.max() < threshold:
        alone = [n for n in range(low, first) if _is_title(page, n)]
        return alone[0] if len(alone) == 1 else first
    return low + int(np.argmax(likely))


def _is_title(page: Page, number: int) -> bool:
    """Whether a unit has the form of a headline: words enough, and no mark of a path or sentence."""
    text = page.layout.texts[number].strip()
    marked = any(mark in text for mark in (" > ", " | ", " / ", " \u203a ", " \u00bb "))
    return page.words[number] >= HEADLINE_INSIDE and not marked and text[-1:] not in ".:;,"


def headline(page: Page, stay: NDArray[np.bool_], title: str | None) -> int | None:
    """The unit that is the article's headline: its last copy before the first prose that stays.

    A headline is a unit with which the page's own title (given, or the text's first unit)
    begins.  What stands before it is not the article.
    """
    import numpy as np

    prose = np.flatnonzero(stay & (page.prose > 0))
    if not len(prose):
        return None
    texts = page.layout.texts
    given = _plain(title or "")
    for at in range(int(prose[0]) - 1, max(-1, int(prose[0]) - HEADLINE_REACH), -1):
        plain = _plain(texts[at])
        wanted = (given, _plain(texts[0])) if at else (given,)
        size = plain.count(" ") + 1
        if size >= HEADLINE_INSIDE and any(plain in whole for whole in wanted):
            return at
        if size >= HEADLINE_WORDS and any(whole.startswith(plain) for whole in wanted):
            return at
    return None


def _plain(text: str) -> str:
    return NO_WORD.sub(" ", text.lower()).strip()


def blocks(page: Page, scores: NDArray[np.float64], stay: NDArray[np.bool_]) -> Iterator[Block]:
    """The stretches of units that go, cut where their reason changes."""
    if stay.all():
        return
    size = len(stay)
    held = [n for n in range(size) if stay[n]]
    first, last = (held[0], held[-1]) if held else (size, size)
    at = 0
    while at < size:
        if stay[at]:
            at += 1
            continue
        end = at
        while end < size and not stay[end]:
            end += 1
        for low, high, rule in _parts(page, at, end, first, last):
            yield Block(low, high - 1, rule, _confidence(scores[low:high], page.words[low:high]))
        at = end


def _parts(page: Page, low: int, high: int, first: int, last: int) -> Iterator[tuple[int, int, str]]:
    """The run ``[low:high)`` in parts of one reason each."""
    if low < first:
        yield low, high, _opening(page, low, high)
        return
    rule = "after-article" if low > last else "aside"
    if low <= last:
        yield low, high, _within(page, low, high, rule)
        return
    begin = low
    for at in range(low, high):
        header = _header(page, at)
        if header and header != rule:
            if at > begin:
                yield begin, at, rule
            begin, rule = at, header
    yield begin, high, rule


def _opening(page: Page, low: int, high: int) -> str:
    few = page.words[low:high] <= MENU_WORDS
    return "menu" if 2 * int(few.sum()) >= high - low else "before-article"


def _within(page: Page, low: int, high: int, rule: str) -> str:
    copies = page.first[low:high] < range(low, high)
    if copies.all() and float(page.words[low:high].sum()) >= MENU_WORDS:
        return "repeat"
    header = _header(page, low)
    return "teasers" if header == "teasers" else rule


def _header(page: Page, at: int) -> str | None:
    """The kind of block that unit ``at`` opens, if it is a header known from the lists."""
    found = int(page.phrase[at])
    return _opened(found) if found else None


@cache
def _opened(families: int) -> str | None:
    """The kind of block that a phrase of these families opens, as bits."""
    names = words().families
    return next((rule for name, rule in HEADER_RULES.items() if families >> names.index(name) & 1), None)


def _confidence(scores: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    """How sure it is that a block is no part of the article, by its words."""
    return round(1 - float((scores * (weights + 1)).sum() / (weights + 1).sum()), 3)
