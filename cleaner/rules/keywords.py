"""Finding many keywords in a text at once, by the words that stand in it.

A keyword is found where a word begins, and its last word may go on (`subscrib` finds
"subscribed") when it is of at least six letters; in scripts without spaces it is found anywhere.
The text is cut into words once, as bytes and before it is folded; only keywords of which some
word is there are then looked for.  Measured on articles, this takes three times the bare loop
over lines, where looking for each of a thousand keywords takes a hundred times.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain
from typing import cast

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
_SPLIT = re.compile("[" + re.escape("".join(sorted(SEPARATORS))) + "]")
# Bytes of a text that is not folded as plain letters and digits in lower case, all else as blanks.
_PLAIN = bytes(
    ord(chr(code).lower()) if code < 128 and (chr(code).isalnum() or code == 10) else 32
    for code in range(256)
)
# Bytes of a folded text, its separators as blanks.
_TABLE = bytes(code if code > 127 or chr(code).isalnum() or code == 10 else 32 for code in range(256))
# Bytes with which characters begin that fold to plain letters or digits, and those characters.
_UNPLAIN = {
    b"\xc4": (b"\xc4\xb0", b"\xc4\xb1"),  # Turkish i
    b"\xe2\x84": (b"\xe2\x84\xaa",),  # the sign of Kelvin
    b"\xef": (b"\xef\xbc", b"\xef\xbd"),  # full-width forms
    b"\xd9": (b"\xd9",),  # digits of Arabic
    b"\xdb": (b"\xdb",),  # and of Persian
}
RUN = re.compile("[a-z0-9]+")
COMMON_LEADS = frozenset(b"\xc2\xc3\xe2")  # with which signs and letters of Western texts begin
FEWEST = 2  # plain letters in a row by which a keyword is found


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


def plain_anchor(keyword: str) -> bytes | None:
    """The beginning of the longest run of plain letters in a keyword, ``None`` for one without.

    Where such a run stands at the end of a word that may go on, it must be an anchor's length.
    """
    if unspaced(keyword):
        return None
    runs = [match[0] for match in RUN.finditer(keyword) if not _goes_on(keyword, match)]
    longest = max(runs, key=len, default="")
    return longest[:ANCHOR].encode("ascii") if len(longest) >= FEWEST else None


def _goes_on(keyword: str, run: re.Match[str]) -> bool:
    """Whether a run of plain letters may be part of a longer one where the keyword stands."""
    return run.end() == len(keyword) and _open_edges(keyword)[1] and len(run[0]) < ANCHOR


class Keywords:
    """A set of keywords, each with what it stands for.

    Most have plain letters (a-z and digits) in a row; by these they are sought in a text that
    need not be folded first.
    """

    def __init__(self, table: Iterable[tuple[str, int]]) -> None:
        numbers: dict[str, list[int]] = defaultdict(list)
        for keyword, number in table:
            numbers[keyword].append(number)
        self._plain: dict[bytes, list[Needle]] = defaultdict(list)
        self._anchored: dict[bytes, list[Needle]] = defaultdict(list)
        self._short: list[Needle] = []
        self._unspaced: list[Needle] = []
        for keyword, meant in numbers.items():
            self._file((keyword, tuple(meant)))
        self._vocabulary = Vocabulary(self._plain)
        self._others = Vocabulary(self._anchored)
        self._scripts, self._signs = _told_by(needle[0] for needle in self._rest())

    def _rest(self) -> Iterator[Needle]:
        """The keywords without plain letters."""
        return chain(*self._anchored.values(), self._short, self._unspaced)

    def _file(self, needle: Needle) -> None:
        plain, begun = plain_anchor(needle[0]), anchor(needle[0])
        if plain:
            self._plain[plain].append(needle)
        elif begun:
            self._anchored[begun].append(needle)
        else:
            (self._unspaced if unspaced(needle[0]) else self._short).append(needle)

    def found(self, lines: Sequence[str], folded: Mapping[int, str]) -> Iterator[tuple[int, int, int]]:
        """Each place of a keyword in some lines: the line, the number it stands for, the offset.

        Lines are numbered from 0, and the offset is within the line; ``folded`` has each line folded.
        """
        raw = "\n".join(lines).encode("utf-8", "surrogatepass")
        plain = raw
        if any(begun in raw and any(char in raw for char in chars) for begun, chars in _UNPLAIN.items()):
            plain = "\n".join(map(folded.__getitem__, range(len(lines)))).encode("utf-8", "surrogatepass")
        for line, anchors in _anchors(plain.translate(_PLAIN), self._vocabulary):
            for needle in chain.from_iterable(map(self._plain.__getitem__, anchors)):
                yield from _places(needle, line, folded[line])
        yield from self._found_rest(raw, lines, folded)

    def _found_rest(
        self, raw: bytes, lines: Sequence[str], folded: Mapping[int, str]
    ) -> Iterator[tuple[int, int, int]]:
        """The same of keywords without plain letters, where the text has any of their characters."""
        if raw.translate(None, self._scripts):
            numbers = list(range(len(lines)))
        else:
            signs = [sign for sign in self._signs if sign.encode() in raw]
            numbers = (
                [at for at, line in enumerate(lines) if any(sign in line for sign in signs)] if signs else []
            )
        if numbers:
            for at, number, place in self._found_folded([folded[number] for number in numbers]):
                yield numbers[at], number, place

    def _found_folded(self, lines: Sequence[str]) -> Iterator[tuple[int, int, int]]:
        """The same in folded lines."""
        text = bare = "\n".join(lines)
        for mark in MARKS:
            if mark in bare:
                bare = bare.replace(mark, " ")
        for line, anchors in _anchors(bare.encode("utf-8", "surrogatepass").translate(_TABLE), self._others):
            for needle in chain.from_iterable(map(self._anchored.__getitem__, anchors)):
                yield from _places(needle, line, lines[line])
        for needle in (*self._short, *self._unspaced):
            if needle[0] in text:
                for line, content in enumerate(lines):
                    yield from _places(needle, line, content)


def _told_by(keywords: Iterable[str]) -> tuple[bytes, tuple[str, ...]]:
    """What tells that a text may hold keywords without plain letters.

    First, all bytes but those with which characters of their scripts begin; second, those of
    their characters (of keywords that have no other) whose first bytes are too common to tell.
    """
    signs: set[str] = set()
    leads: set[int] = set()
    for keyword in keywords:
        forms = {form for char in keyword if not char.isascii() for form in (char, *char.upper())}
        rare = {form.encode()[0] for form in forms} - COMMON_LEADS
        if rare:
            leads |= rare
        else:
            signs |= forms
    return bytes(code for code in range(256) if code not in leads), tuple(sorted(signs))


def _anchors(raw: bytes, known: Vocabulary) -> Iterator[tuple[int, set[bytes]]]:
    """The lines that have words of keywords, with the anchors of these."""
    if len(known) > MOST_WORDS:
        known.clear()
    anchor_of = known.__getitem__
    for line, words in enumerate(raw.split(b"\n")):
        there = set(map(anchor_of, words.split()))
        there.discard(None)
        if there:
            yield line, cast("set[bytes]", there)


def _places(needle: Needle, line: int, content: str) -> Iterable[tuple[int, int, int]]:
    """The line, each number of a keyword, and each offset at which it stands in the line."""
    keyword, numbers = needle
    if keyword not in content:
        return ()
    return [(line, number, at) for at in occurrences(keyword, content) for number in numbers]
