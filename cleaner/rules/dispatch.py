"""Dispatch: which rules can match a whole line, told by its first characters.

What a beginning leads to is found once and remembered, so that of a new line most often
nothing but six characters are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from typing import NamedTuple

from cleaner.rules.folding import BLANK, EDGE, SPACE_RUN, bare_size, fold, phrase_key
from cleaner.rules.rule import Rule
from cleaner.rules.syntax import LONG_PREFIX, MARKED, NO_BOUND, beginnings_of

MOST_HEADS = 16_000  # beginnings of lines that are remembered
MOST_NEEDS = 4  # literals that are looked for before a regex is tried, which fails fast as a rule
MARKUP_SIGNS = frozenset("![*_~`")  # where Markdown may begin, which rules see through


class Filed(NamedTuple):
    """A rule as it is filed: least and most characters of a match, literals of which one is in it."""

    least: int
    most: int
    needs: tuple[str, ...]
    number: int


class Head(NamedTuple):
    """What a beginning of lines leads to: least and most characters of a match, and the rules.

    ``phrases`` says that phrases begin so too; ``filed`` is ``None`` where the rules cannot be
    told so, because marks and blanks come first or Markdown begins.
    """

    least: int
    most: int
    phrases: bool
    filed: tuple[Filed, ...] | None


NOWHERE = Head(NO_BOUND, 0, phrases=False, filed=())
DRESSED = Head(0, NO_BOUND, phrases=True, filed=None)


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

    def candidates(self, lines: Sequence[str]) -> list[tuple[int, Head]]:
        """The places of those lines (as they stand, not folded) that a rule may match, with their heads."""
        heads = self._heads
        if len(heads) > MOST_HEADS:
            heads.clear()
        begun = map(heads.__getitem__, [line[:LONG_PREFIX] for line in lines])
        return [
            (at, head)
            for at, head in enumerate(begun)
            if head is not NOWHERE and len(lines[at]) >= head.least and _fits(lines[at], head.most)
        ]

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
        """What a line that begins so may meet."""
        folded = fold(begun)
        if folded[:1] in _EDGES or "  " in folded or not MARKUP_SIGNS.isdisjoint(folded):
            return DRESSED
        filed = tuple(self._filed(folded)) if folded else ()
        phrases = folded in self._phrase_heads or folded.rstrip(EDGE) in self._phrases
        if not filed and not phrases:
            return NOWHERE
        least = 0 if phrases else min(each.least for each in filed)
        most = max((each.most for each in filed), default=0)
        return Head(least, max(most, self._longest_phrase) if phrases else most, phrases, filed)

    @cached_property
    def _phrase_heads(self) -> frozenset[str]:
        return frozenset(key[:LONG_PREFIX] for key in self._phrases)

    @cached_property
    def _longest_phrase(self) -> int:
        return max(map(len, self._phrases))


_EDGES = frozenset(EDGE + BLANK)
NOTHING: dict[int, Filed] = {}


def _together(one: Filed, other: Filed) -> Filed:
    """Two alternatives of a rule that begin alike, as one."""
    needs = tuple(dict.fromkeys((*one.needs, *other.needs))) if one.needs and other.needs else ()
    needs = needs if len(needs) <= MOST_NEEDS else ()
    return Filed(min(one.least, other.least), max(one.most, other.most), needs, one.number)


class _Heads(dict[str, Head]):
    """For each beginning of a line that was met what it leads to."""

    def __init__(self, dispatch: Dispatch) -> None:
        super().__init__()
        self._dispatch = dispatch

    def __missing__(self, begun: str) -> Head:
        found = self[begun] = self._dispatch.head(begun)
        return found


def _fits(line: str, most: int) -> bool:
    """Whether a line may be as short as this without Markdown, marks at its ends and runs of spaces."""
    return len(line) <= most or bare_size(line) <= most or bare_size(" ".join(line.split())) <= most
