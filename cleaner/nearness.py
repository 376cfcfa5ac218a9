"""How near a line comes to rules that did not meet it: phrases that are alike, patterns that begin so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, cached_property
from typing import Any

from cleaner.replay import short
from cleaner.rules.folding import fold, phrase_key
from cleaner.rules.index import Index, keywords_of
from cleaner.rules.keywords import occurrences
from cleaner.rules.matcher import LONGEST, TIME_LIMIT
from cleaner.rules.rule import Rule
from cleaner.words import UNSPACED

SHOWN = 5  # rules that are told, the nearest first
LEAST_SHARE = 0.3  # of the line that a phrase or pattern must account for
LEAST_PHRASE = 5  # characters of a phrase that may be found amid other words; 2 without spaces
LEAST_UNSPACED = 2
LEAST_FOLLOWED = 2  # words that a pattern follows, where it does not account for the whole line
ALIKE = 0.85  # the least likeness of two phrases (difflib's ratio) of lengths that differ little
LENGTHS_DIFFER = 4
OPEN_END = 0.99  # what a line counts that a pattern follows to its end, but does not end with
ANYTHING = 0.2  # what following a pattern counts that may begin with anything
KEYWORD_SHARE = 0.05  # what a keyword without its pattern counts
WORD_END = re.compile(r"(?<=\S)(?=\s|$)")


@dataclass(frozen=True)
class Likeness:
    """How much of a line (0 to 1) a rule accounts for, and in what way."""

    number: int
    share: float
    told: str


class Nearness:
    """Compares lines with the rules of an index."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def of(self, line: str, met: frozenset[int]) -> list[Likeness]:
        """The rules that come nearest to a line, without those that ``met`` it."""
        folded = fold(line).strip()
        if not folded:
            return []
        best: dict[int, Likeness] = {}
        for found in (*self._phrases(folded), *self._patterns(folded)):
            if found.number not in met and found.share > best.get(found.number, _NOTHING).share:
                best[found.number] = found
        return sorted(best.values(), key=lambda found: (-found.share, found.number))[:SHOWN]

    @cached_property
    def _keys(self) -> list[tuple[int, str]]:
        return [
            (number, phrase_key(fold(phrase)))
            for number, rule in enumerate(self.index.rules)
            for phrase in rule.phrases
        ]

    def _phrases(self, folded: str) -> Iterator[Likeness]:
        line = phrase_key(folded)
        for number, key in self._keys:
            if key and line and key != line:
                found = _contained(key, line) or _continued(key, line) or _alike(key, line)
                if found and found[0] >= LEAST_SHARE:
                    yield Likeness(number, *found)

    def _patterns(self, folded: str) -> Iterator[Likeness]:
        for number, rule in enumerate(self.index.rules):
            if not rule.match:
                continue
            keyword = next((word for word in keywords_of(rule) if _stands(word, folded)), "")
            begins = rule.whole_line and folded.startswith(rule.starts) if rule.starts else bool(keyword)
            if rule.whole_line and begins and len(folded) <= LONGEST:
                yield from self._followed(number, rule, folded)
            if keyword:
                told = (
                    f"its keyword {short(keyword)} stands in the line, but the pattern does not fit round it"
                )
                yield Likeness(number, KEYWORD_SHARE, told)

    def _followed(self, number: int, rule: Rule, folded: str) -> Iterator[Likeness]:
        prefix = _followed(_compiled(rule.match), folded)
        share = len(prefix) / len(folded)
        if not rule.starts:  # it may begin with anything, so that following it says little
            share *= ANYTHING
        if prefix == folded:
            if rule.width and len(folded) > rule.width:
                told = f"the pattern takes {rule.width} characters at most, the line has {len(folded)}"
            else:
                told = "the line begins as the pattern does, but ends where more must come, or otherwise"
            yield Likeness(number, share * OPEN_END, told)
        elif share >= LEAST_SHARE and len(prefix.split()) >= LEAST_FOLLOWED:
            rest = folded[len(prefix) :].strip()
            told = f"the pattern goes as far as {short(prefix)}, and does not allow {short(rest)} after it"
            yield Likeness(number, share, told)


_NOTHING = Likeness(-1, 0.0, "")


def _stands(keyword: str, folded: str) -> bool:
    return keyword in folded and next(occurrences(keyword, folded), None) is not None


def _contained(key: str, line: str) -> tuple[float, str] | None:
    """A phrase that stands in the line amid other words."""
    at = line.find(key)
    least = LEAST_UNSPACED if UNSPACED.search(key) else LEAST_PHRASE
    if at < 0 or len(key) < least or not _is_word(line, at, at + len(key)):
        return None
    others = (line[:at] + " \u2026 " + line[at + len(key) :]).strip(" \u2026")
    where = "begins with" if at == 0 else "ends with" if at + len(key) == len(line) else "holds"
    return len(key) / len(line), f"the line {where} its phrase {short(key)}, but has {short(others)} besides"


def _continued(key: str, line: str) -> tuple[float, str] | None:
    """A phrase that begins or ends as the line does and has more words."""
    at = key.find(line)
    if at < 0 or not _is_word(key, at, at + len(line)):
        return None
    return len(line) / len(key), f"its phrase {short(key)} has more words than the line"


def _alike(key: str, line: str) -> tuple[float, str] | None:
    """A phrase that is spelt nearly as the line is."""
    if key[0] != line[0] or abs(len(key) - len(line)) > LENGTHS_DIFFER:
        return None
    matcher = SequenceMatcher(None, key, line, autojunk=False)
    if matcher.quick_ratio() < ALIKE or matcher.ratio() < ALIKE:
        return None
    return matcher.ratio(), f"its phrase {short(key)} is alike"


def _is_word(text: str, start: int, end: int) -> bool:
    """Whether whole words stand between two offsets, where the script sets words apart."""
    if UNSPACED.search(text[start:end]):
        return True
    return not text[max(0, start - 1) : start].isalnum() and not text[end : end + 1].isalnum()


def _followed(pattern: Any, text: str) -> str:
    """The longest beginning of ``text``, in whole words, that could go on to a match.

    When a text can go on so, each of its beginnings can: the longest is found by halving.
    """
    ends = [match.start() for match in WORD_END.finditer(text)]
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high + 1) // 2
        if _may_go_on(pattern, text[: ends[middle - 1]]):
            low = middle
        else:
            high = middle - 1
    return text[: ends[low - 1]] if low else ""


def _may_go_on(pattern: Any, text: str) -> bool:
    try:
        return pattern.fullmatch(text, partial=True, timeout=TIME_LIMIT) is not None
    except TimeoutError:
        return False


@cache
def _compiled(pattern: str) -> Any:
    import regex

    return regex.compile(pattern)
