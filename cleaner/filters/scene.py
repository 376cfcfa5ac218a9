"""What stands around a line: the view of a document by which rules with a context are judged."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate

from cleaner import words
from cleaner.document import Document, split_lines
from cleaner.rules.folding import fold

NEAR_EDGE = 60  # words from the head or tail, where a rule names no other bound
SENTENCE_WORDS = 12  # of a line that is told in whole sentences, not a label or a title
SENTENCES_BEFORE = 1  # such lines at the head before what may still be the head
LINE_ENDS = "\n\r\u2028\u2029"


class Scene:
    """A document's folded lines with their neighbours, and positions counted in words.

    Lines are numbered from 0 here; blank lines are no neighbours.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.folded = fold(document.text)
        self.lines = split_lines(self.folded)[0]
        self.holds: dict[tuple[int, str], bool] = {}  # conditions on the whole document, once judged

    @cached_property
    def filled(self) -> list[int]:
        """The numbers of the lines that are not blank."""
        return [number for number, line in enumerate(self.lines) if line and not line.isspace()]

    @cached_property
    def _place(self) -> dict[int, int]:
        return {number: place for place, number in enumerate(self.filled)}

    @cached_property
    def counts(self) -> list[int]:
        """The number of words of each line."""
        return [words.count(line) for line in self.lines]

    @cached_property
    def _before(self) -> list[int]:
        return [0, *accumulate(self.counts)]

    @property
    def total(self) -> int:
        """The number of words of the document as it stands."""
        return self._before[-1]

    def words_before(self, number: int) -> int:
        """Words on the lines before this one."""
        return self._before[number]

    def words_from(self, number: int) -> int:
        """Words on this line and after it."""
        return self.total - self._before[number]

    def after(self, number: int) -> Iterator[int]:
        """The numbers of the lines after this one that are not blank."""
        for place in range(self._place[number] + 1, len(self.filled)):
            yield self.filled[place]

    def place(self, number: int) -> int:
        """The place of a line among those that are not blank, from 0."""
        return self._place[number]

    def neighbour(self, number: int, step: int) -> int | None:
        """The number of the next (``step=1``) or previous (``-1``) line that is not blank."""
        place = self._place[number] + step
        return self.filled[place] if 0 <= place < len(self.filled) else None

    def text(self, number: int | None) -> str:
        """A folded line, ``""`` for none."""
        return "" if number is None else self.lines[number].strip()

    def prose(self, number: int) -> bool:
        """Whether the line is a paragraph of prose."""
        return words.is_prose(self.lines[number], self.counts[number])

    def end(self, number: int) -> int:
        """The offset in the document's text at which the next line begins."""
        starts = self.document.starts
        return starts[number + 1] if number + 1 < len(starts) else len(self.document.text)

    def near_edge(self, number: int, edge: str, within: int) -> bool:
        """Whether at most so many words stand between the line and the ``head`` or ``tail``.

        At the head one sentence may stand before it (a standfirst), at the tail none after it:
        in a short text a label between paragraphs is near both edges and at neither.
        """
        bound = within or NEAR_EDGE
        if edge == "head":
            near = self.words_before(number) <= bound
            return near and self._sentences[number] <= SENTENCES_BEFORE
        near = self.total - self._before[number + 1] <= bound
        return near and self._sentences[-1] == self._sentences[number + 1]

    @cached_property
    def _sentences(self) -> list[int]:
        """How many lines that are sentences stand before each line."""
        return [0, *accumulate(map(self._is_sentence, range(len(self.lines))))]

    def _is_sentence(self, number: int) -> int:
        long_enough = self.counts[number] >= SENTENCE_WORDS
        return int(long_enough and words.ends_sentence(self.lines[number]))

    def beside_removal(self, number: int) -> bool:
        """Whether an earlier layer or pass has removed a line next to this one."""
        before, after = self.neighbour(number, -1), self.neighbour(number, 1)
        low = 0 if before is None else self.end(before)
        high = len(self.document.text) if after is None else self.document.starts[after]
        index = bisect_left(self._removals, low)
        return index < len(self._removals) and self._removals[index] <= high

    @cached_property
    def _removals(self) -> list[int]:
        """The places in the text at which whole lines once stood."""
        pieces, source = self.document.pieces, self.document.source
        return [
            place
            for edit, place in zip(pieces.edits, pieces.starts, strict=True)
            if edit.removes and _whole_lines(source, edit.start, edit.end)
        ]


def _whole_lines(source: str, start: int, end: int) -> bool:
    begins = start == 0 or source[start - 1] in LINE_ENDS
    return begins and (end == len(source) or source[end - 1] in LINE_ENDS)
