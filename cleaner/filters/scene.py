"""What stands around a line: the view of a document by which rules with a context are judged."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from functools import cached_property, lru_cache

from cleaner import words
from cleaner.document import Document
from cleaner.rules.folding import fold
from cleaner.rules.matcher import Matcher

NEAR_EDGE = 60  # words from the head or tail, where a rule names no other bound
SENTENCE_WORDS = 12  # of a line that is told in whole sentences, not a label or a title
SENTENCES_BEFORE = 1  # such lines at the head before what may still be the head
SHORT = 160  # characters; the figures of longer lines, which seldom come twice, are not remembered
LINE_ENDS = "\n\r\u2028\u2029"


class Scene:
    """A document's lines with their neighbours, and positions counted in words.

    Lines are numbered from 0 here; blank lines are no neighbours.  All is found when it is
    asked for, and words are counted no further from an edge than a bound reaches: most
    documents ask for little.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self._raw = document.lines
        self._folded: dict[int, str] = {}
        self._holds: dict[tuple[int, Matcher], bool] = {}
        self._head = _Edge(self, range(len(self._raw)))
        self._tail = _Edge(self, range(len(self._raw) - 1, -1, -1))

    @cached_property
    def folded(self) -> str:
        """The whole text, folded."""
        return fold(self.document.text)

    @cached_property
    def lines(self) -> list[str]:
        """All lines, folded."""
        return [self.line(number) for number in range(len(self._raw))]

    def line(self, number: int) -> str:
        """A folded line."""
        found = self._folded.get(number)
        if found is None:
            found = self._folded[number] = fold(self._raw[number])
        return found

    def text(self, number: int | None) -> str:
        """A folded line without the blanks at its ends, ``""`` for none."""
        return "" if number is None else self.line(number).strip()

    def count(self, number: int) -> int:
        """The number of words of a line."""
        return self.figures(number)[0]

    @cached_property
    def counts(self) -> list[int]:
        """The number of words of each line."""
        return [self.count(number) for number in range(len(self._raw))]

    @cached_property
    def filled(self) -> list[int]:
        """The numbers of the lines that are not blank."""
        return [number for number, line in enumerate(self._raw) if line and not line.isspace()]

    def blank(self, number: int) -> bool:
        """Whether nothing can be seen on a line."""
        line = self._raw[number]
        return not line or line.isspace()

    def place(self, number: int) -> int:
        """The place of a line among those that are not blank, from 0."""
        return bisect_left(self.filled, number)

    def after(self, number: int) -> Iterator[int]:
        """The numbers of the lines after this one that are not blank."""
        for other in range(number + 1, len(self._raw)):
            if not self.blank(other):
                yield other

    def neighbour(self, number: int, step: int) -> int | None:
        """The number of the next (``step=1``) or previous (``-1``) line that is not blank."""
        lines = self._raw
        other, stop = number + step, len(lines) if step > 0 else -1
        while other != stop and (not lines[other] or lines[other].isspace()):
            other += step
        return None if other == stop else other

    def holds(self, matcher: Matcher, number: int | None, longest: int) -> bool:
        """Whether a regex is found in a line (``None``: in none) of so many characters at most.

        The answer is remembered: many rules share a condition.
        """
        key = -1 if number is None else number, matcher
        found = self._holds.get(key)
        if found is None:
            found = self._holds[key] = matcher.found(self.text(number)[:longest])
        return found

    def holds_anywhere(self, matcher: Matcher) -> bool:
        """Whether a regex is found in the document; remembered too."""
        key = -2, matcher
        if key not in self._holds:
            self._holds[key] = matcher.found(self.folded)
        return self._holds[key]

    def end(self, number: int) -> int:
        """The offset in the document's text at which the next line begins."""
        starts = self.document.starts
        return starts[number + 1] if number + 1 < len(starts) else len(self.document.text)

    def words_before(self, number: int) -> int:
        """Words on the lines before this one."""
        return sum(self.counts[:number])

    def words_from(self, number: int) -> int:
        """Words on this line and after it."""
        return sum(self.counts[number:])

    def within_head(self, number: int, bound: int) -> bool:
        """Whether from the beginning to the end of this line stand at most so many words."""
        return self._head.within(number + 1, bound)

    def within_tail(self, number: int, bound: int) -> bool:
        """Whether from this line to the end stand at most so many words."""
        return self._tail.within(len(self._raw) - number, bound)

    def near_edge(self, number: int, edge: str, within: int) -> bool:
        """Whether at most so many words stand between the line and the ``head`` or ``tail``.

        At the head one sentence may stand before it (a standfirst), at the tail none after it:
        in a short text a label between paragraphs is near both edges and at neither.
        """
        bound = within or NEAR_EDGE
        if edge == "head":
            return self._head.within(number, bound) and self._head.sentences(number) <= SENTENCES_BEFORE
        after = len(self._raw) - 1 - number
        return self._tail.within(after, bound) and not self._tail.sentences(after)

    def figures(self, number: int) -> tuple[int, bool]:
        """The number of words of a line, and whether it is told in a whole sentence."""
        line = self._raw[number]
        return remembered_figures(line) if len(line) <= SHORT else figures(line)

    def beside_removal(self, number: int) -> bool:
        """Whether an earlier layer or pass has removed a line next to this one."""
        if not self._removals:
            return False
        before, after = self.neighbour(number, -1), self.neighbour(number, 1)
        low = 0 if before is None else self.end(before)
        high = len(self.document.text) if after is None else self.document.starts[after]
        index = bisect_left(self._removals, low)
        return index < len(self._removals) and self._removals[index] <= high

    @cached_property
    def _removals(self) -> list[int]:
        """The places in the text at which whole lines once stood."""
        if not self.document.edits:
            return []
        pieces, source = self.document.pieces, self.document.source
        return [
            place
            for edit, place in zip(pieces.edits, pieces.starts, strict=True)
            if edit.removes and _whole_lines(source, edit.start, edit.end)
        ]


class _Edge:
    """Words and sentences on the first lines from an edge, counted as far as was asked."""

    def __init__(self, scene: Scene, numbers: range) -> None:
        self._scene = scene
        self._numbers = numbers
        self._words = [0]
        self._sentences = [0]

    def within(self, lines: int, bound: int) -> bool:
        """Whether the first so many lines have at most ``bound`` words."""
        counted = self._words
        while len(counted) <= lines:
            if counted[-1] > bound:
                return False
            number = self._numbers[len(counted) - 1]
            count, is_sentence = self._scene.figures(number)
            counted.append(counted[-1] + count)
            self._sentences.append(self._sentences[-1] + is_sentence)
        return counted[lines] <= bound

    def sentences(self, lines: int) -> int:
        """How many of the first so many lines, which were counted, are sentences."""
        return self._sentences[lines]


def figures(line: str) -> tuple[int, bool]:
    """The number of words of a line, and whether it is told in a whole sentence."""
    count = words.count(line)
    return count, count >= SENTENCE_WORDS and words.ends_sentence(fold(line[-20:]))


remembered_figures = lru_cache(maxsize=4096)(figures)


def _whole_lines(source: str, start: int, end: int) -> bool:
    begins = start == 0 or source[start - 1] in LINE_ENDS
    return begins and (end == len(source) or source[end - 1] in LINE_ENDS)
