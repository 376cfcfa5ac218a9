"""Finding many keywords in a text at once, by the words that stand in it.

A keyword is found where a word begins, and its last word may go on (`subscrib` finds
"subscribed") when it is of at least six letters; in scripts without spaces it is found anywhere.
The folded text is cut into words once, as bytes; only keywords of which the rarest word is there
are then looked for.  Looking for each of a thousand keywords takes thirty times as long.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from functools import cache

from cleaner.language import function_words
from cleaner.rules.folding import FoldedLines
from cleaner.words import UNSPACED

# A keyword, the numbers that it stands for, and the most characters of a line that has it.
Needle = tuple[str, tuple[int, ...], int]
BREAK = b"\x01"  # a line break among words
BREAKS = 1  # what it is in a vocabulary
MOST_WORDS = 40_000  # that a vocabulary remembers
LONGEST_WORD = 40  # bytes of a word that is remembered
BEGINNING = 6  # bytes of a keyword's last word from which it may be the beginning of a longer one
MARKS = (
    "\u2026\u00ab\u00bb\u2039\u203a\u00b7\u2022\u00bf\u00a1\u00a9\u00ae\u2122"
    "\u25ba\u25b6\u2192\u2190\u2605\u200b\u200e\u200f\ufeff"
)
SEPARATORS = frozenset({chr(code) for code in range(128) if not chr(code).isalnum()} | set(MARKS))
_SPLIT = re.compile("[" + re.escape("".join(sorted(SEPARATORS))) + "]")
SIGNS = ("[", "\u00a9")  # separators that belong to the word after them, since few words have them
_SIGNS = tuple(sign.encode() for sign in SIGNS)
_BLANKED = frozenset(MARKS) - frozenset(SIGNS)
# Bytes of a folded text, its separators (but for signs) as blanks.
_TABLE = bytes(
    code if code > 127 or chr(code).isalnum() or chr(code) in SIGNS or code == 10 else 32
    for code in range(256)
)


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

    The last word may be the beginning of a longer one when it is long enough.
    """
    if unspaced(keyword):
        return True, True
    last = _SPLIT.split(keyword)[-1].encode("utf-8", "surrogatepass")
    return keyword[:1] in SEPARATORS, not last or len(last) >= BEGINNING


def anchor(keyword: str) -> bytes | None:
    """The rarest word in a keyword, by which texts that may hold it are told.

    That is one with a sign, else the longest one, but a function word only where there is no other.
    """
    words = [] if unspaced(keyword) else _words(keyword.encode("utf-8", "surrogatepass"), set(keyword))
    return max(words, key=_rarity, default=None)


def _rarity(word: bytes) -> tuple[bool, bool, int]:
    signed = word.startswith(_SIGNS)
    return signed, word.decode("utf-8", "surrogatepass") not in function_words(), len(word)


class Vocabulary(dict[bytes, int]):
    """For each word met so far the number of the keywords that it tells of, 0 for none.

    Asking a dictionary for all words of a text runs in C; only a new word is looked into.
    ``groups`` has the keywords by that number.
    """

    def __init__(self) -> None:
        super().__init__()
        self.groups: list[tuple[Needle, ...]] = [(), ()]
        self._numbers: dict[tuple[Needle, ...], int] = {(): 0}
        self._words: dict[bytes, list[Needle]] = defaultdict(list)
        self._beginnings: dict[bytes, list[Needle]] = defaultdict(list)
        self._longest = 0  # bytes of a beginning
        self.clear()

    def add(self, needle: Needle, word: bytes) -> None:
        """Files a keyword under its rarest word."""
        goes_on = _open_edges(needle[0])[1] and needle[0].encode("utf-8", "surrogatepass").endswith(word)
        if goes_on:
            self._beginnings[word].append(needle)
            self._longest = max(self._longest, len(word))
        else:
            self._words[word].append(needle)

    def clear(self) -> None:
        """Forgets the words met."""
        super().clear()
        self[BREAK] = BREAKS

    def __missing__(self, word: bytes) -> int:
        needles = [needle for form in _forms(word) for needle in self._begun(form)]
        known = self._numbered(tuple(needles))
        if len(word) <= LONGEST_WORD:
            self[word] = known
        return known

    def _begun(self, word: bytes) -> Iterator[Needle]:
        yield from self._words.get(word, ())
        for size in range(1, min(len(word), self._longest) + 1):
            yield from self._beginnings.get(word[:size], ())

    def _numbered(self, needles: tuple[Needle, ...]) -> int:
        number = self._numbers.setdefault(needles, len(self.groups))
        if number == len(self.groups):
            self.groups.append(needles)
        return number


def _forms(word: bytes) -> tuple[bytes, ...]:
    """A word, and what it is without its sign."""
    bare = next((word[len(sign) :] for sign in _SIGNS if word.startswith(sign)), b"")
    return (word, bare) if bare else (word,)


class Keywords:
    """A set of keywords, each with what it stands for."""

    def __init__(self, table: Iterable[tuple[str, int, int]]) -> None:
        meant: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for keyword, number, most in table:
            meant[keyword].append((number, most))
        self._any = bool(meant)
        self._vocabulary = Vocabulary()
        self._wordless: list[tuple[frozenset[str], Needle]] = []
        for keyword, both in meant.items():
            numbers, sizes = zip(*both, strict=True)
            needle, word = (keyword, numbers, max(sizes)), anchor(keyword)
            if word:
                self._vocabulary.add(needle, word)
            else:
                self._wordless.append((frozenset(char for char in keyword if not char.isascii()), needle))

    def found(self, text: FoldedLines) -> Iterator[tuple[int, int, int]]:
        """Each place of a keyword in some lines: the line, the number it stands for, the offset.

        Lines are numbered from 0, and the offset is within the line.
        """
        lines, groups = text.lines, self._vocabulary.groups
        for line, group in self._told(text) if self._any else ():
            content = lines[line]
            for keyword, numbers, most in groups[group]:
                if keyword in content and (len(content) <= most or text.least_size(line) <= most):
                    for at in occurrences(keyword, content):
                        for number in numbers:
                            yield line, number, at
        yield from self._found_anywhere(text)

    def _told(self, text: FoldedLines) -> Iterable[tuple[int, int]]:
        """The lines that have words of keywords, with the groups of these, each once."""
        known = self._vocabulary
        if len(known) > MOST_WORDS:
            known.clear()
        found: dict[tuple[int, int], None] = {}
        line = 0
        for group in filter(None, map(known.__getitem__, _words(text.raw, text.others))):
            if group == BREAKS:
                line += 1
            else:
                found[line, group] = None
        return found

    def _found_anywhere(self, text: FoldedLines) -> Iterator[tuple[int, int, int]]:
        """The places of keywords that no word tells of, where the text has their characters."""
        for chars, (keyword, numbers, _) in self._wordless:
            if chars <= text.others and keyword in text.text:
                for place in occurrences(keyword, text.text):
                    line = bisect_right(text.starts, place) - 1
                    for number in numbers:
                        yield line, number, place - text.starts[line]


def _words(raw: bytes, others: AbstractSet[str]) -> list[bytes]:
    """The words of folded lines (``others`` are their characters beyond ASCII), ``BREAK`` between lines."""
    for mark in others & _BLANKED:
        raw = raw.replace(mark.encode(), b" ")
    for sign in _SIGNS:
        if sign in raw:
            raw = raw.replace(sign, b" " + sign)
    return raw.translate(_TABLE).replace(b"\n", b" \x01 ").split()
