"""Dispatch: which rules can match a whole line, told by its first characters.

What a beginning leads to is found once and remembered, so that of a new line most often
nothing but six characters are looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

from cleaner.rules.folding import BLANK, EDGE, RAW_EDGE, SPACE_RUN, fold, phrase_key
from cleaner.rules.rule import Rule
from cleaner.rules.syntax import LONG_PREFIX, MARKED, NO_BOUND, beginnings_of

MOST_HEADS = 100_000  # beginnings of lines that are remembered
MARKUP_SIGNS = frozenset("![*_~`")  # where Markdown may begin, which rules see through
MARKUP_WITHIN = ("](", "**", "__", "~~", "`")
Bucket = list[tuple[int, int, str, int]]  # of rules: least and most characters, a literal, the number


class Dispatch:
    """The phrases and patterns of rules on whole lines that have a known beginning."""

    def __init__(self) -> None:
        self._phrases: dict[str, list[int]] = {}
        self._starts: dict[str, Bucket] = {}
        self._heads = _Heads(self)

    def add_phrases(self, number: int, phrases: Iterable[str]) -> None:
        """Files a rule under its phrases."""
        for key in dict.fromkeys(phrase_key(fold(phrase)) for phrase in phrases):
            self._phrases.setdefault(key, []).append(number)

    def add_pattern(self, number: int, rule: Rule) -> None:
        """Files a rule under what its matches begin with."""
        for key in rule.starts:
            self._starts.setdefault(key, []).append((rule.least, rule.width, rule.literal, number))

    def candidates(self, lines: Sequence[str]) -> Iterator[int]:
        """The places of those lines (as they stand, not folded) that a rule may match."""
        heads = self._heads
        if len(heads) > MOST_HEADS:
            heads.clear()
        sizes = map(heads.__getitem__, [line[:LONG_PREFIX] for line in lines])
        return (at for at, most in enumerate(sizes) if most and _fits(lines[at], most))

    def exact(self, form: str) -> Sequence[int]:
        """The rules that have a folded line as a phrase."""
        key = form.strip(EDGE)
        return self._phrases.get(SPACE_RUN.sub(" ", key) if "  " in key else key, ())

    def likely(self, form: str) -> Iterator[int]:
        """The rules whose pattern may match a folded line, by its beginning, length and a literal."""
        size, lead = len(form), form.lstrip(EDGE)
        keys = (*beginnings_of(lead), MARKED + form[0]) if len(lead) < size else beginnings_of(lead)
        for key in keys:
            for least, most, literal, number in self._starts.get(key, ()):
                if least <= size <= most and literal in form:
                    yield number

    def reach(self, head: str) -> int:
        """The most characters of a line with this beginning that a rule may match; 0 for none.

        Where marks and blanks come first or Markdown begins, this cannot be told.
        """
        folded = fold(head)
        if folded[:1] in _EDGES or "  " in folded or not MARKUP_SIGNS.isdisjoint(folded):
            return NO_BOUND
        widths = (most for key in beginnings_of(folded) for _, most, _, _ in self._starts.get(key, ()))
        known = folded in self._phrase_heads or folded.rstrip(EDGE) in self._phrases
        return max(max(widths, default=0), self._longest_phrase if known else 0)

    @cached_property
    def _phrase_heads(self) -> frozenset[str]:
        return frozenset(key[:LONG_PREFIX] for key in self._phrases)

    @cached_property
    def _longest_phrase(self) -> int:
        return max(map(len, self._phrases))


_EDGES = frozenset(EDGE + BLANK)


class _Heads(dict[str, int]):
    """For each beginning of a line that was met what ``Dispatch.reach`` says of it."""

    def __init__(self, dispatch: Dispatch) -> None:
        super().__init__()
        self._dispatch = dispatch

    def __missing__(self, head: str) -> int:
        found = self[head] = self._dispatch.reach(head)
        return found


def _fits(line: str, most: int) -> bool:
    """Whether a line may be as short as this without its Markdown, marks at its end and runs of spaces."""
    if len(line) <= most or any(sign in line for sign in MARKUP_WITHIN):
        return True
    return len(" ".join(line.split()).rstrip(RAW_EDGE)) <= most
