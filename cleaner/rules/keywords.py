"""Finding many keywords in a text at once, by the words that stand in it.

A keyword is found where a word begins, and its last word may go on (`subscrib` finds
"subscribed") when it is of at least six letters; in scripts without spaces it is found anywhere.
The text is cut into words once; only keywords of which some word is there are then looked for.
Measured on articles, this takes three times the bare loop over lines, where looking for each
of a thousand keywords takes a hundred times.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain

from cleaner.words import UNSPACED

Needle = tuple[str, tuple[int, ...]]  # a keyword and the numbers that it stands for
MOST_WORDS = 200_000  # that a vocabulary remembers
LONGEST_WORD = 40  # bytes of a word that is remembered
ANCHOR = 6  # bytes of a word by which keywords are told apart
MARKS = (
    "\u2026\u00ab\u00bb\u2039\u203a\u00b7\u2022\u00bf\u00a1\u00a9\u00ae\u2122"
    "\u25ba\u25b6\u2192\u2190\u2605\u200b\u200e\u200f\ufeff"
)
SEPARATORS = frozenset({chr(code) for code in range(128) if not chr(code).isalnum()} | set(MARKS))
_TABLE = bytes(code if code > 127 or chr(code).isalnum() or code == 10 else 32 for code in range(256))
_SPLIT = re.compile("[" + re.escape("".join(sorted(SEPARATORS))) + "]")


def unspaced(keyword: str) -> bool:
    """Whether a keyword is of a script that does not set words apart."""
    return UNSPACED.search(keyword) is not None


def occurrences(keyword: str, text: str) -> Iterator[int]:
    """The offsets at which a keyword stands in folded text."""
    at = text.find(keyword)
    if at < 0:
        return
    before, after = _open_edges(keyword)
    size, length = len(keyword), len(text)
    while at >= 0:
        end = at + size
        begins = before or at == 0 or text[at - 1] in SEPARATORS
        if begins and (after or end == length or text[end] in SEPARATORS):
            yield at
        at = text.find(keyword, at + 1)


@cache
def _open_edges(keyword: str) -> tuple[bool, bool]:
    """Whether anything may stand right before a keyword, and right after it.

    The last word may be the beginning of a longer one when it is as long as an anchor.
    """
    if unspaced(keyword):
        return True, True
    last = _SPLIT.split(keyword)[-1].encode("utf-8", "surrogatepass")
    return keyword[:1] in SEPARATORS, not last or len(last) >= ANCHOR


def anchor(keyword: str) -> bytes | None:
    """The beginning of the longest word in a keyword, by which texts that may hold it are told."""
    if unspaced(keyword):
        return None
    words = [word.encode("utf-8", "surrogatepass") for word in _SPLIT.split(keyword)]
    return max(words, key=len)[:ANCHOR] or None


class Vocabulary(dict[bytes, bytes | None]):
    """For each word met so far its anchor, ``None`` for one that no keyword has.

    Asking a dictionary for all words of a text runs in C; only a new word is looked into.
    """

    def __init__(self, anchors: Iterable[bytes]) -> None:
        super().__init__()
        self._anchors = frozenset(anchors)

    def __missing__(self, word: bytes) -> bytes | None:
        begun = word[:ANCHOR]
        known = begun if begun in self._anchors else None
        if len(word) <= LONGEST_WORD:
            self[word] = known
        return known


class Keywords:
    """A set of keywords, each with what it stands for."""

    def __init__(self, table: Iterable[tuple[str, int]]) -> None:
        numbers: dict[str, list[int]] = defaultdict(list)
        for keyword, number in table:
            numbers[keyword].append(number)
        self._anchored: dict[bytes, list[Needle]] = defaultdict(list)
        self._short: list[Needle] = []
        self._unspaced: list[Needle] = []
        for keyword, meant in numbers.items():
            needle = keyword, tuple(meant)
            begun = anchor(keyword)
            if begun:
                self._anchored[begun].append(needle)
            else:
                (self._unspaced if unspaced(keyword) else self._short).append(needle)
        self._vocabulary = Vocabulary(self._anchored)

    def found(self, text: str, lines: Sequence[str]) -> Iterator[tuple[int, int, int]]:
        """Each place of a keyword in a folded text: the line, the number it stands for, the offset.

        Lines are numbered from 0, and the offset is within the line.
        """
        bare = text
        if not text.isascii():
            for mark in MARKS:
                if mark in bare:
                    bare = bare.replace(mark, " ")
        for line, anchors in self._in_words(bare):
            for needle in chain.from_iterable(map(self._anchored.__getitem__, anchors)):
                yield from _places(needle, line, lines[line])
        for needle in self._short if _western(bare) else (*self._short, *self._unspaced):
            if needle[0] in text:
                for line, content in enumerate(lines):
                    yield from _places(needle, line, content)

    def _in_words(self, bare: str) -> list[tuple[int, set[bytes]]]:
        """The lines that have words of keywords, with the anchors of these."""
        known = self._vocabulary
        if len(known) > MOST_WORDS:
            known.clear()
        anchor_of = known.__getitem__
        raw = bare.encode("utf-8", "surrogatepass").translate(_TABLE).split(b"\n")
        found = ({*filter(None, map(anchor_of, words.split()))} for words in raw)
        return [(line, there) for line, there in enumerate(found) if there]


def _places(needle: Needle, line: int, content: str) -> Iterable[tuple[int, int, int]]:
    """The line, each number of a keyword, and each offset at which it stands in the line."""
    keyword, numbers = needle
    if keyword not in content:
        return ()
    return [(line, number, at) for at in occurrences(keyword, content) for number in numbers]


def _western(text: str) -> bool:
    """Whether no character of a script without spaces can be in the text."""
    if text.isascii():
        return True
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return UNSPACED.search(text) is None
    return True
