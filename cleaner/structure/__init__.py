"""Find the article in the text of a whole page."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from cleaner.structure.gate import Verdict, headed, judge
from cleaner.structure.words import families

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    from cleaner.document import Document, Edit
    from cleaner.structure.blocks import Block
    from cleaner.structure.reading import Reading

__all__ = ["Structure", "Verdict", "families", "judge"]

PAGE_LIMITS = {"light": 0.2, "standard": 0.5, "strict": 0.65}
"""Scores below which a unit of a page dump goes, by level: the knob of its cost."""
LEAST_PART = 3
"""Words that a rule has taken of a unit of prose, at least, for what is left to be judged more kindly."""
TAIL_LIMITS = {"light": 0.05, "standard": 0.1, "strict": 0.15}
"""Scores below which, on average, the tail of an article goes."""

DOUBTED = 0.8
"""Share of the limit asked of a page below which its result warns."""


@dataclass(frozen=True)
class Structure:
    """The filter that cuts what surrounds the article in the dump of a whole page.

    ``mode`` is ``auto``, ``article``, ``page`` or ``flat``; ``level`` is ``light``,
    ``standard`` or ``strict``.  It judges the document's source, where the headers that
    tell what a block is still stand, and so gives the same answer in every pass.
    """

    name: ClassVar[str] = "structure"
    mode: str = "auto"
    level: str = "standard"

    def edits(self, document: Document) -> Iterator[Edit]:
        """The blocks that are not the article, as removals of whole lines."""
        for block, first, last in self._blocks(document):
            start, end = first, last
            if document.edits:
                start, end = document.pieces.to_edited(first, last)
            if start < end:
                yield document.edit(
                    start,
                    end,
                    "",
                    rule=f"structure/{block.rule}",
                    filter="structure",
                    why=block.why,
                    confidence=block.confidence,
                )

    def prose(self, document: Document) -> list[tuple[int, int, float]]:
        """The prose that stays of a page: the spans of its units in the source, with their words."""
        from cleaner.structure.reading import reading

        read = reading(document.source, sentences=self.mode == "page")
        if read is None:
            return []
        page = read.page
        stay = self._stays(read, document) & (page.prose > 0)
        spans = zip(page.layout.starts, page.layout.ends, page.words.tolist(), strict=True)
        return [span for span, stays in zip(spans, stay.tolist(), strict=True) if stays]

    def doubts(self, document: Document) -> bool:
        """Whether more of a page stayed since the model is sure of none of its paragraphs."""
        from cleaner.structure.blocks import sureness
        from cleaner.structure.reading import reading

        read = reading(document.source, sentences=self.mode == "page")
        return read is not None and sureness(read.page, read.scores) < DOUBTED

    def _blocks(self, document: Document) -> Iterator[tuple[Block, int, int]]:
        """The blocks that go, with their spans in the source."""
        whole = self._takes_page(document)
        if whole is None:
            return
        from cleaner.structure.blocks import blocks, without_tail
        from cleaner.structure.reading import reading

        read = reading(document.source, sentences=self.mode == "page")
        if read is None:
            return

        found = read.page.layout
        if whole:
            stay = self._stays(read, document)
        else:
            doubtful = judge(document).doubtful
            stay = without_tail(read.page, read.scores, TAIL_LIMITS[self.level], doubtful=doubtful)
        if stay.any():
            for block in blocks(read.page, read.scores, stay):
                yield block, found.starts[block.first], found.ends[block.last]

    def _stays(self, read: Reading, document: Document) -> NDArray[np.bool_]:
        """Which units of a page stay."""
        from cleaner.structure.blocks import kept
        from cleaner.structure.stretches import informed

        repeated, doubted = document.facts.repeated, document.facts.doubted
        scores = informed(read, repeated or (), doubted) if repeated or doubted else read.scores
        parted = _parted(read, document)
        return kept(read.page, scores, PAGE_LIMITS[self.level], document.facts.title, parted)

    def _takes_page(self, document: Document) -> bool | None:
        """Whether the text is cut as a page; ``None`` when its lines need no reading."""
        if self.mode in ("page", "flat"):
            return True if self.mode == "page" else None
        verdict = judge(document)
        if self.mode == "auto" and "page" in (verdict, document.facts.mode):
            return True
        return False if verdict.doubtful or (verdict != "flat" and headed(document.source)) else None


def _parted(read: Reading, document: Document) -> NDArray[np.bool_] | None:
    """The units of prose of which rules have taken some words, and left prose."""
    import numpy as np

    from cleaner.structure.features import PROSE

    page = read.page
    starts, ends = page.layout.starts, page.layout.ends
    taken = np.zeros(len(starts))
    for edit in document.edits:
        words = len(document.source[edit.start : edit.end].split())
        unit = bisect_right(starts, edit.start) - 1
        if not edit.new and words >= LEAST_PART and unit >= 0 and edit.end <= ends[unit]:
            taken[unit] += words
    return np.asarray((taken > 0) & (page.prose > 0) & (page.words - taken >= PROSE)) if taken.any() else None
