"""Deciding which of the lines that a site repeats are not the article."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from cleaner import words
from cleaner.learning.counts import Repeated, SiteCount
from cleaner.learning.lines import DATE, has_slots, near, pattern, sample
from cleaner.structure.words import families

HALF = 0.5
PLACED, PLACED_OF_FEW, FEW = 0.6, 0.7, 8
"""Share of a line's pages on which it stands beside the same line; more is asked of fewer pages than
``FEW``, where lists whose entries recur have such neighbours by chance."""
CERTAIN = 0.8  # share of a site's pages on which a date or byline goes wherever it stands
LABEL = 4  # words of a line with slots that may be anything; of a longer one its words must tell
PROSE = 20  # words from which a sentence is a paragraph of prose, which many documents must agree on
PROSE_PAGES, PROSE_SHARE = 3, 0.3
SENTENCE = 8  # words of a sentence, which no label or heading has
SURE_PAGES = 5  # on which a sentence that stands anywhere must be
TITLE = 4  # words from which a line without an end may be the title of another article
FRAME_PAGES, FRAME_SHARE = 3, 0.3
SLOTTED = frozenset({"byline", "comments", "date", "legal", "share"})
LABELS = frozenset({"advert", "comments", "newsletter", "related", "share", "media"})


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked of a line: to be on ``min_docs`` pages of its site and on ``min_share`` of them."""

    min_docs: int = 2
    min_share: float = 0.1

    def needed(self, pages: int) -> int:
        """The pages that must have a line, of so many."""
        return max(self.min_docs, min(3, math.ceil(pages / 2)), math.ceil(self.min_share * pages))


@dataclass(frozen=True, slots=True)
class Learnt:
    """A line that is not the article: ``pages`` of its site's ``of`` documents have it.

    ``example`` is the line as dictionaries know it; a line with slots has the regex ``match``.
    ``seen`` is the number of the last lesson that saw it; ``anywhere`` says that it goes
    wherever it stands, and not only at an edge or beside another such line; ``doubt`` that it only
    counts against a line of a page (with ``anywhere`` however many have it: at no like places).
    """

    example: str
    match: str
    pages: int
    of: int
    seen: int = 1
    anywhere: bool = False
    doubt: bool = False

    @property
    def known_by(self) -> str:
        """What tells the line apart from all others of its site."""
        return self.match or self.example


def boilerplate(site: SiteCount, terms: Terms, kept: Callable[[str], bool] | None = None) -> list[Learnt]:
    """The lines of a site that are not the article, most frequent first; none that ``kept`` tells to keep."""
    chosen: dict[str, Learnt] = {}
    for line in _folded(site.lines, site.pages):
        if _repeats_enough(line, site.pages, terms):
            found = _learnt(line, site.pages)
            if kept is None or not kept(found.example):
                chosen.setdefault(found.known_by, found)
    return sorted(chosen.values(), key=lambda line: (-line.pages, line.known_by))


def _learnt(line: Repeated, pages: int) -> Learnt:
    match = pattern(line.text) if has_slots(line.text) else ""
    anywhere, placed = _anywhere(line, pages), _is_placed(line)
    doubt = _is_prose(line) and (line.pages < PROSE_PAGES or not (anywhere or placed))
    anywhere = not placed if doubt else anywhere
    return Learnt(sample(line.text), match, line.pages, pages, anywhere=anywhere, doubt=doubt)


def _repeats_enough(line: Repeated, pages: int, terms: Terms) -> bool:
    if line.pages < terms.needed(pages):
        return False
    share, count = line.pages / pages, words.count(line.text)
    placed = _is_placed(line)
    if (line.varies or line.frame) and count > LABEL and not _of_a_kind(line.text):
        return False
    if line.frame:
        placed = placed or _anywhere(line, pages)
        return placed and line.pages >= FRAME_PAGES and share >= FRAME_SHARE
    if _is_prose(line):
        return share >= (PROSE_SHARE if line.pages >= PROSE_PAGES else HALF)
    if not _ends(line) and count >= TITLE and share < HALF:
        return False
    return placed or _anywhere(line, pages)


def _is_prose(line: Repeated) -> bool:
    return _ends(line) and words.count(line.text) >= PROSE


def _is_placed(line: Repeated) -> bool:
    return line.placed >= (PLACED if line.pages >= FEW else PLACED_OF_FEW) * line.pages


def _of_a_kind(text: str) -> bool:
    """Whether a line with slots is a date, a byline or the like, and not the title of a series."""
    return DATE in text or "\u00a9" in text or bool(SLOTTED.intersection(families(text)))


def _ends(line: Repeated) -> bool:
    return line.ended >= HALF * line.pages


def _anywhere(line: Repeated, pages: int) -> bool:
    """Whether the line is no part of an article wherever it stands: most documents agree."""
    if line.varies and line.pages >= max(FRAME_PAGES, CERTAIN * pages) and _of_a_kind(line.text):
        return True
    if _ends(line) and words.count(line.text) >= SENTENCE:
        return line.pages >= SURE_PAGES and line.pages >= HALF * pages
    return line.often >= HALF * line.pages and bool(LABELS.intersection(families(line.text)))


def _folded(lines: Iterable[Repeated], pages: int) -> Iterator[Repeated]:
    """The lines, those that differ in one word counted together."""
    lines = list(lines)
    groups: dict[str, list[int]] = {}
    for at, line in enumerate(lines):
        for signature in () if line.frame else near(line.text):
            groups.setdefault(signature, []).append(at)
    for at, line in enumerate(lines):
        others = {other for signature in near(line.text) for other in groups.get(signature, ())} - {at}
        yield line if line.frame or not others else _together(line, [lines[n] for n in others], pages)


def _together(line: Repeated, others: list[Repeated], pages: int) -> Repeated:
    """A line that counts its variants' pages as its own, when no page can have had two of them."""
    total = line.pages + sum(other.pages for other in others)
    if total > pages:
        return line
    return replace(
        line,
        pages=total,
        placed=line.placed + sum(other.placed for other in others),
        ended=line.ended + sum(other.ended for other in others),
    )
