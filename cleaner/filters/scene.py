"""What stands around a line: the view of a document by which rules with a context are judged."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property, lru_cache

from cleaner import words
from cleaner.document import Document, apply
from cleaner.rules.folding import fold
from cleaner.rules.matcher import Matcher

NEAR_EDGE = 60  # words from the head or tail, where a rule names no other bound
SENTENCE_WORDS = 12  # of a line that is told in whole sentences, not a label or a title
SENTENCES_BEFORE = 1  # such lines at the head before what may still be the head
SHORT = 160  # characters; the figures of longer lines, which seldom come twice, are not remembered
FEW_LINES = 32_768  # short ones, of which it is remembered how many words they have
LINE_ENDS = "\n\r\u2028\u2029"


class Seen:
    """A source as rules see it, shared by all states of its document.

    ``absent`` tells of regexes whether they cannot match in it, nor when it loses lines.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.absent: dict[Matcher, bool] = {}

    @cached_property
    def folded(self) -> str:
        """The source, folded."""
        return fold(self.source)


class Scene:
    """A document's lines with their neighbours, and positions counted in words.

    Lines are numbered from 0 here; blank lines are no neighbours.  All is found when it is
    asked for, and words are counted no further from an edge than a bound reaches: most
    documents ask for little.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self._raw = document.lines
        self._holds: dict[tuple[int, Matcher], bool] = {}
        self._head = _Edge(self, tail=False)
        self._tail = _Edge(self, tail=True)

    @cached_property
    def folded(self) -> str:
        """The whole text, folded."""
        edits, source = self.document.edits, self.seen.folded
        if not edits:
            return source
        return apply(source, [replace(edit, new=fold(edit.new)) if edit.new else edit for edit in edits])

    @cached_property
    def seen(self) -> Seen:
        """The source, looked at but once."""
        facts, source = self.document.facts, self.document.source
        if not isinstance(facts.seen, Seen) or facts.seen.source is not source:
            facts.seen = Seen(source)
        return facts.seen

    @cached_property
    def lines(self) -> list[str]:
        """All lines, folded."""
        return [self.line(number) for number in range(len(self._raw))]

    def line(self, number: int) -> str:
        """A folded line."""
        line = self._raw[number]
        return remembered_fold(line) if len(line) <= SHORT else fold(line)

    def text(self, number: int | None) -> str:
        """A folded line without the blanks at its ends, ``""`` for none."""
        return "" if number is None else self.line(number).strip()

    def count(self, number: int) -> int:
        """The number of words of a line."""
        return figures(self._raw[number])[0]

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
        found = self._places.get(number)
        return bisect_left(self.filled, number) if found is None else found

    def after(self, number: int) -> Iterator[int]:
        """The numbers of the lines after this one that are not blank."""
        for other in range(number + 1, len(self._raw)):
            if not self.blank(other):
                yield other

    def neighbour(self, number: int, step: int) -> int | None:
        """The number of the next (``step=1``) or previous (``-1``) line that is not blank."""
        filled = self.filled
        place = self._places.get(number)
        if place is None:
            place = bisect_left(filled, number) - (step > 0)
        place += step
        return filled[place] if 0 <= place < len(filled) else None

    @cached_property
    def _places(self) -> dict[int, int]:
        """The place of each line that is not blank among those."""
        return {number: place for place, number in enumerate(self.filled)}

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
        found = self._holds.get(key)
        if found is None:
            found = self._holds[key] = self._holds_now(matcher)
        return found

    def _holds_now(self, matcher: Matcher) -> bool:
        """Searches the document, unless the source has told already that nothing can be found."""
        absent = self.seen.absent
        if matcher not in absent:
            absent[matcher] = matcher.stays_away and not matcher.may_be_in(self.seen.folded)
        return not (absent[matcher] and self._lost_lines_only) and matcher.found(self.folded)

    @cached_property
    def _lost_lines_only(self) -> bool:
        """Whether nothing but whole lines of the source went so far."""
        source = self.document.source
        return all(
            edit.removes and _whole_lines(source, edit.start, edit.end) for edit in self.document.edits
        )

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
        return number + 1 <= self._head.reach(bound)

    def within_tail(self, number: int, bound: int) -> bool:
        """Whether from this line to the end stand at most so many words."""
        return len(self._raw) - number <= self._tail.reach(bound)

    def near_edge(self, number: int, edge: str, within: int) -> bool:
        """Whether at most so many words stand between the line and the ``head`` or ``tail``.

        At the head one sentence may stand before it (a standfirst), at the tail none after it:
        in a short text a label between paragraphs is near both edges and at neither.
        """
        return number <= self.last_at_head(within) if edge == "head" else number >= self.first_at_tail(within)

    def last_at_head(self, within: int) -> int:
        """The last line that is near the head."""
        return self._head.reach(within or NEAR_EDGE, SENTENCES_BEFORE)

    def first_at_tail(self, within: int) -> int:
        """The first line that is near the tail."""
        return len(self._raw) - 1 - self._tail.reach(within or NEAR_EDGE, 0)

    def beside_removal(self, number: int) -> bool:
        """Whether an earlier layer or pass has removed a line next to this one."""
        return number in self.exposed

    @cached_property
    def exposed(self) -> frozenset[int]:
        """The lines that an earlier layer or pass has removed a line next to."""
        starts, found = self.document.starts, set[int | None]()
        following = -1  # the line after the stretch of blank ones that was looked at last
        for place in self._removals:
            number = bisect_right(starts, place) - 1
            blank = self.blank(number)
            if blank and number < following:
                continue
            following = number
            if blank:
                after = self.neighbour(number, 1)
                following = len(starts) if after is None else after
            if blank or starts[number] == place:
                found.add(self.neighbour(number, -1))
            found.add(following)
        return frozenset(number for number in found if number is not None)

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
    """How far from an edge so many words, and so many sentences, reach."""

    def __init__(self, scene: Scene, *, tail: bool) -> None:
        self._scene = scene
        self._tail = tail
        self._words = [0]
        self._passed = 0
        self._sentences: list[int] = []

    def reach(self, bound: int, sentences: int | None = None) -> int:
        """How many lines from the edge have at most ``bound`` words, and at most so many sentences."""
        if self._words[-1] <= bound:
            self._count(bound)
        found = bisect_right(self._words, bound) - 1
        return found if sentences is None else self._before_sentence(sentences, found)

    def _count(self, bound: int) -> None:
        """Counts words on until there are too many, or no line is left."""
        lines, total = self._scene.document.lines, self._words[-1]
        begun = len(self._words) - 1
        rest = reversed(lines[: len(lines) - begun]) if self._tail else lines[begun:]
        for line in rest:
            if line:
                total += (_remembered_figures(line) if len(line) <= SHORT else _figures(line))[0]
            self._words.append(total)
            if total > bound:
                return

    def _before_sentence(self, number: int, lines: int) -> int:
        """How many of the first lines come before the sentence of this number, from 0."""
        found = self._sentences
        while len(found) <= number and self._passed < lines:
            at = self._passed
            line = self._scene.document.lines[-1 - at if self._tail else at]
            if len(line) >= SENTENCE_WORDS and figures(line)[1]:
                found.append(at)
            self._passed += 1
        return min(lines, found[number]) if number < len(found) else lines


def figures(line: str) -> tuple[int, bool]:
    """The number of words of a line, and whether it is told in a whole sentence."""
    return _remembered_figures(line) if len(line) <= SHORT else _figures(line)


def _figures(line: str) -> tuple[int, bool]:
    count = words.count(line)
    return count, count >= SENTENCE_WORDS and words.ends_sentence(fold(line[-20:]))


_remembered_figures = lru_cache(maxsize=FEW_LINES)(_figures)
remembered_fold = lru_cache(maxsize=FEW_LINES)(fold)


def _whole_lines(source: str, start: int, end: int) -> bool:
    begins = start == 0 or source[start - 1] in LINE_ENDS
    return begins and (end == len(source) or source[end - 1] in LINE_ENDS)
