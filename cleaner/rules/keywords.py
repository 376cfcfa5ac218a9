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
from collections.abc import Iterable, Iterator
from functools import cache

from cleaner.words import UNSPACED

ANCHOR = 6  # bytes of a word by which keywords are told apart
MARKS = (
    "\u2026\u00ab\u00bb\u2039\u203a\u00b7\u2022\u00bf\u00a1\u00a9\u00ae\u2122"
    "\u25ba\u25b6\u2192\u2190\u2605\u200b\u200e\u200f\ufeff"
)
SEPARATORS = frozenset({chr(code) for code in range(128) if not chr(code).isalnum()} | set(MARKS))
_TABLE = bytes(code if code > 127 or chr(code).isalnum() else 32 for code in range(256))
_SPLIT = re.compile("[" + re.escape("".join(sorted(SEPARATORS))) + "]")


def unspaced(keyword: str) -> bool:
    """Whether a keyword is of a script that does not set words apart."""
    return UNSPACED.search(keyword) is not None


def occurrences(keyword: str, text: str) -> Iterator[int]:
    """The offsets at which a keyword stands in folded text."""
    before, after = _open_edges(keyword)
    at, size = text.find(keyword), len(keyword)
    while at >= 0:
        end = at + size
        begins = before or at == 0 or text[at - 1] in SEPARATORS
        if begins and (after or end == len(text) or text[end] in SEPARATORS):
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


class Keywords:
    """A set of keywords, each with what it stands for."""

    def __init__(self, table: Iterable[tuple[str, int]]) -> None:
        self._anchored: dict[bytes, list[tuple[str, int]]] = defaultdict(list)
        self._short: list[tuple[str, int]] = []
        self._unspaced: list[tuple[str, int]] = []
        for keyword, number in table:
            begun = anchor(keyword)
            if begun:
                self._anchored[begun].append((keyword, number))
            else:
                (self._unspaced if unspaced(keyword) else self._short).append((keyword, number))
        self._anchored = dict(self._anchored)
        self._anchors = frozenset(self._anchored)

    def found(self, text: str) -> Iterator[tuple[int, int]]:
        """The number that a keyword stands for and its offset, for each place in folded text."""
        bare = text
        if not text.isascii():
            for mark in MARKS:
                if mark in bare:
                    bare = bare.replace(mark, " ")
        words = bare.encode("utf-8", "surrogatepass").translate(_TABLE).split()
        for begun in sorted(self._anchors.intersection([word[:ANCHOR] for word in words])):
            for keyword, number in self._anchored[begun]:
                yield from ((number, at) for at in occurrences(keyword, text))
        rest = self._short if _western(bare) else [*self._short, *self._unspaced]
        for keyword, number in rest:
            if keyword in text:
                yield from ((number, at) for at in occurrences(keyword, text))


def _western(text: str) -> bool:
    """Whether no character of a script without spaces can be in the text."""
    if text.isascii():
        return True
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return UNSPACED.search(text) is None
    return True
