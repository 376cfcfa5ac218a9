"""Dispatch: which rules can match a whole line, told by its first characters.

What a beginning leads to is found once and remembered, so that of a new line most often
nothing but six characters are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from cleaner.rules.folding import BLANK, EDGE, LINE_MARKS, SPACE_RUN, FoldedLines, fold, phrase_key
from cleaner.rules.rule import Rule
from cleaner.rules.syntax import LONG_PREFIX, MARKED, NO_BOUND, beginnings_of

MOST_HEADS = 16_000  # beginnings of lines that are remembered
MOST_NEEDS = 4  # literals that are looked for before a regex is tried, which fails fast as a rule
FEW_MARKS = 8  # that may stand before a beginning which is told apart
MARKUP_SIGNS = frozenset("[]*_~`")  # of Markdown that rules see through


class Filed(NamedTuple):
    """A rule as it is filed: least and most characters of a match, literals of which one is in it."""

    least: int
    most: int
    needs: tuple[str, ...]
    number: int


class Head(NamedTuple):
    """What a beginning of lines leads to: least and most characters of a match, and the rules.

    ``phrases`` says that phrases begin so too; ``filed`` is ``None`` where the rules cannot be
    told so, because Markdown may hide how the line begins.
    """

    least: int
    most: int
    phrases: bool
    filed: tuple[Filed, ...] | None


NOWHERE = Head(NO_BOUND, 0, phrases=False, filed=())
DRESSED = Head(0, NO_BOUND, phrases=True, filed=None)
MARKS_FIRST = Head(0, NO_BOUND, phrases=True, filed=())  # more of the line must be looked at


class Dispatch:
    """The phrases and patterns of rules on whole lines that have a known beginning."""

    def __init__(self) -> None:
        self._phrases: dict[str, list[int]] = {}
        self._starts: dict[str, dict[int, Filed]] = {}
        self._heads = _Heads(self)

    def add_phrases(self, number: int, phrases: Iterable[str]) -> None:
        """Files a rule under its phrases."""
        for key in dict.fromkeys(phrase_key(fold(phrase)) for phrase in phrases):
            self._phrases.setdefault(key, []).append(number)

    def add_pattern(self, number: int, rule: Rule) -> None:
        """Files a rule under what its matches begin with."""
        for least, most, needs, starts in rule.alternatives:
            filed = Filed(least, most, needs if len(needs) <= MOST_NEEDS else (), number)
            for key in starts:
                bucket = self._starts.setdefault(key, {})
                bucket[number] = _together(bucket[number], filed) if number in bucket else filed

    def candidates(self, text: FoldedLines) -> Iterator[tuple[int, Head]]:
        """The numbers of those lines that a rule may match, with what they begin with leads to."""
        heads, lines = self._heads, text.lines
        if len(heads) > MOST_HEADS:
            heads.clear()
        begun = map(heads.__getitem__, [line[:LONG_PREFIX] for line in lines])
        for at, head in enumerate(begun):
            if head is not NOWHERE:
                if head is MARKS_FIRST:
                    head = heads.behind_marks(lines[at])  # noqa: PLW2901 - the same, looked at closer
                size = len(lines[at])
                if size >= head.least and (size <= head.most or text.least_size(at) <= head.most):
                    yield at, head

    def exact(self, form: str) -> Sequence[int]:
        """The rules that have a folded line as a phrase."""
        key = form.strip(EDGE)
        return self._phrases.get(SPACE_RUN.sub(" ", key) if "  " in key else key, ())

    def likely(self, form: str, head: Head = DRESSED) -> list[int]:
        """The rules whose pattern may match a folded line, by its beginning, length and literals."""
        size, within = len(form), form.__contains__
        return [
            number
            for least, most, needs, number in (self._filed(form) if head.filed is None else head.filed)
            if least <= size <= most and (not needs or any(map(within, needs)))
        ]

    def _filed(self, form: str) -> Iterator[Filed]:
        """The rules that are filed under a folded line's beginning."""
        lead = form.lstrip(EDGE)
        keys = beginnings_of(lead) if len(lead) == len(form) else (*beginnings_of(lead), MARKED + form[0])
        return chain.from_iterable(self._starts.get(key, NOTHING).values() for key in keys)

    def head(self, begun: str) -> Head:
        """What a folded line that begins so, with marks and blanks before it, may meet."""
        lead = begun.lstrip(EDGE)
        marks = begun[: len(begun) - len(lead)]
        if "]" in marks or "  " in lead or not MARKUP_SIGNS.isdisjoint(lead):
            return DRESSED
        if lead.rstrip(BLANK)[-1:] in _MARKS:
            return DRESSED
        keys = (*beginnings_of(lead), *(MARKED + mark for mark in dict.fromkeys(marks)))
        filed = tuple(chain.from_iterable(self._starts.get(key, NOTHING).values() for key in keys))
        bare = lead.rstrip(EDGE)
        phrases = lead in self._phrase_heads or bare in self._phrases
        if not filed and not phrases:
            return NOWHERE
        most = max((each.most for each in filed), default=0)
        longest = max(self._phrase_heads.get(lead, 0), len(bare)) if phrases else 0
        least = 0 if phrases else min(each.least for each in filed)
        return Head(least, max(most, longest), phrases, filed)

    @cached_property
    def _phrase_heads(self) -> dict[str, int]:
        """How phrases begin, with the most characters of one that begins so."""
        heads: dict[str, int] = {}
        for key in self._phrases:
            heads[key[:LONG_PREFIX]] = max(len(key), heads.get(key[:LONG_PREFIX], 0))
        return heads


_MARKS = frozenset(LINE_MARKS)
_EDGES = frozenset(EDGE)
NOTHING: dict[int, Filed] = {}


def _together(one: Filed, other: Filed) -> Filed:
    """Two alternatives of a rule that begin alike, as one."""
    needs = tuple(dict.fromkeys((*one.needs, *other.needs))) if one.needs and other.needs else ()
    needs = needs if len(needs) <= MOST_NEEDS else ()
    return Filed(min(one.least, other.least), max(one.most, other.most), needs, one.number)


class _Heads(dict[str, Head]):
    """For each beginning of a folded line that was met what it leads to."""

    def __init__(self, dispatch: Dispatch) -> None:
        super().__init__()
        self._dispatch = dispatch
        self._marked: dict[str, Head] = {}

    def __missing__(self, begun: str) -> Head:
        found = MARKS_FIRST if begun[:1] in _EDGES else self._dispatch.head(begun)
        self[begun] = found
        return found

    def clear(self) -> None:
        """Forgets what was met."""
        super().clear()
        self._marked.clear()

    def behind_marks(self, line: str) -> Head:
        """What a line leads to that begins with marks or blanks."""
        marks = len(line) - len(line.lstrip(EDGE))
        if marks > FEW_MARKS:
            return DRESSED
        begun = line[: marks + LONG_PREFIX]
        found = self._marked.get(begun)
        if found is None:
            found = self._marked[begun] = self._dispatch.head(begun)
        return found
