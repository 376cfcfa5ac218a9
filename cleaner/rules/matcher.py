"""A rule's regexes, compiled on first use: the standard library's for ours, time-limited for users'."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache, cached_property
from itertools import repeat
from typing import Any

from cleaner.errors import RuleTimeoutError
from cleaner.rules.rule import Rule
from cleaner.rules.syntax import FirstLines, Rounds, begins_lines, first_lines, needs, openings, rounds

TIME_LIMIT = 1.0  # seconds that one search of a user's regex may take
LONGEST = 1000  # characters of a line that a regex may see; a span rule sees windows


REACH = LONGEST // 2  # characters on either side of a keyword that its match may take
Window = tuple[int, int]  # where a stretch of a line begins and ends


def windows(length: int, places: Iterable[int]) -> Iterator[Window]:
    """The stretches round keywords at some places (in order) of a line of so many characters.

    A line of at most ``LONGEST`` characters is one stretch.  In a longer one a stretch reaches
    further ahead than it must, so that keywords that crowd do not each have one of their own.
    """
    if length <= LONGEST:
        yield 0, length
        return
    covered = -1
    for place in places:
        if place >= covered:
            yield max(0, place - REACH), min(length, place + LONGEST + REACH)
            covered = place + LONGEST


class Matcher:
    """One compiled regex.  For users' rules every search is limited to ``TIME_LIMIT``."""

    def __init__(self, pattern: str, rule: Rule) -> None:
        self._rule = rule.id
        self._limited = not rule.trusted
        self._pattern: Any = _compiled(pattern, trusted=rule.trusted)
        self._found_last: tuple[str, Iterable[int]] = "", ()

    def whole(self, text: str) -> bool:
        """Whether the regex matches all of ``text``."""
        if len(text) > LONGEST:
            return False
        if not self._limited:
            return self._pattern.fullmatch(text) is not None
        try:
            return self._pattern.fullmatch(text, timeout=TIME_LIMIT) is not None
        except TimeoutError:
            raise self._overrun() from None

    @property
    def confirms(self) -> Callable[[str], object]:
        """``whole`` as fast as it can be had, for texts of at most ``LONGEST`` characters."""
        confirm: Callable[[str], object] = self.whole if self._limited else self._pattern.fullmatch
        return confirm

    def found(self, text: str) -> bool:
        """Whether the regex matches somewhere in ``text``."""
        if not self._limited:
            return self._found_at_length(text) if len(text) > LONGEST else bool(self._pattern.search(text))
        try:
            return self._pattern.search(text, timeout=TIME_LIMIT) is not None
        except TimeoutError:
            raise self._overrun() from None

    def _found_at_length(self, text: str) -> bool:
        """As a search finds it, but by the literals that a match must have: many times as fast."""
        if self._begins_lines:
            return any(map(self._pattern.match, repeat(text), self._breaks(text)))
        if not self._openings:
            return self.may_be_in(text) and self._pattern.search(text) is not None
        if len(self._openings) >= len(self._needs[0]) and not self.may_be_in(text):
            return False
        return any(map(self._pattern.match, repeat(text), _places(self._openings, text)))

    def _breaks(self, text: str) -> Iterable[int]:
        """The line breaks (for the first line, its beginning) at which a match may begin."""
        known, breaks = self._found_last
        if known is not text:
            breaks = self._breaks_in(text)
            self._found_last = text, breaks
        return breaks

    def _breaks_in(self, text: str) -> Iterable[int]:
        literals, reach, times = self._firsts
        if not literals:
            return [0, *_places(("\n",), text)]
        found: set[int] = set()
        for literal in literals:
            at = text.find(literal)
            while at >= 0:
                begin = text.rfind("\n", max(0, at - reach - 1), at)
                if begin >= 0 or at <= reach:
                    found.add(max(0, begin))
                at = text.find(literal, at + 1)
        if len(found) < times:
            return ()
        return self._heads(text, sorted(found)) if self._rounds else sorted(found)

    def _heads(self, text: str, breaks: list[int]) -> list[int]:
        """Those of the breaks at which a round begins, none when there are not enough rounds."""
        head, ahead, times = self._rounds or (None, None, 0)
        heads = [at for at in breaks if head and head.match(text, at + (text[at] == "\n"))]
        if len(heads) < times:
            return []
        last = heads[times - 1]
        if ahead and not any(ahead.match(text, at) for at in _places(("\n",), text, last + 1)):
            return []
        return heads

    def may_be_in(self, text: str) -> bool:
        """Whether the text has the literals that every match has, as often and where it has them."""
        if self._begins_lines and self._firsts.literals:
            return bool(self._breaks(text))
        literals, times = self._needs
        if not literals or times == 1:
            return not literals or any(literal in text for literal in literals)
        return sum(map(text.count, literals)) >= times

    @cached_property
    def stays_away(self) -> bool:
        """Whether a text in which there cannot be a match has none either when it loses lines."""
        literals = self._firsts.literals if self._begins_lines else ()
        literals = literals or self._needs[0]
        return bool(literals) and not any("\n" in literal for literal in literals)

    @cached_property
    def _begins_lines(self) -> bool:
        return begins_lines(self._pattern.pattern)

    @cached_property
    def _firsts(self) -> FirstLines:
        return first_lines(self._pattern.pattern)

    @cached_property
    def _rounds(self) -> Rounds | None:
        return rounds(self._pattern.pattern)

    @cached_property
    def _openings(self) -> tuple[str, ...]:
        return openings(self._pattern.pattern)

    @cached_property
    def _needs(self) -> tuple[tuple[str, ...], int]:
        return needs(self._pattern.pattern)

    def may_match(self, text: str, window: Window) -> bool:
        """Whether ``all`` finds anything; where a search is limited that is not asked yet."""
        return self._limited or (self.may_be_in(text) and next(self.all(text, *window), None) is not None)

    def all(self, text: str, start: int, end: int) -> Iterator[Any]:
        """The matches in ``text[start:end]`` that do not merely stop where the window does."""
        limit = {"timeout": TIME_LIMIT} if self._limited else {}
        try:
            for match in self._pattern.finditer(text, start, end, **limit):
                if match.end() < end or end == len(text):
                    yield match
        except TimeoutError:
            raise self._overrun() from None

    def _overrun(self) -> RuleTimeoutError:
        return RuleTimeoutError(
            f"{self._rule}: the regex took more than {TIME_LIMIT:g} s on one line; bound its repeats"
        )


def _places(literals: tuple[str, ...], text: str, start: int = 0) -> Iterator[int]:
    """Where one of some literals stands, from ``start`` on."""
    for literal in literals:
        at = text.find(literal, start)
        while at >= 0:
            yield at
            at = text.find(literal, at + 1)


@cache
def _compiled(pattern: str, *, trusted: bool) -> Any:
    if trusted:
        return re.compile(pattern)
    import regex

    return regex.compile(pattern)
