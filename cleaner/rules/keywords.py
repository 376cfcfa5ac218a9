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

from cleaner.rules.folding import bare_size
from cleaner.words import UNSPACED

# A keyword, the numbers that it stands for, and the most characters of a line that has it.
Needle = tuple[str, tuple[int, ...], int]
BREAK, BREAKS = b"\x01", b" \x01 "  # a line break among words
MOST_WORDS = 40_000  # that a vocabulary remembers
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
_UNPLAIN = (
    (0xC4, (b"\xc4\xb0", b"\xc4\xb1")),  # Turkish i
    (0xAA, (b"\xe2\x84\xaa",)),  # the sign of Kelvin
    (0xEF, (b"\xef\xbc", b"\xef\xbd")),  # full-width forms
    (0xD9, (b"\xd9",)),  # digits of Arabic
    (0xDB, (b"\xdb",)),  # and of Persian
)
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
    ``begun`` are anchors that may go on as any word, though they are short.
    """

    def __init__(self, anchors: Iterable[bytes], begun: Iterable[bytes] = ()) -> None:
        super().__init__()
        self._anchors = frozenset(anchors)
        self._begun = tuple(sorted(begun, key=len, reverse=True))

    def __missing__(self, word: bytes) -> bytes | None:
        start = word[:ANCHOR]
        if start in self._anchors or word == BREAK:
            known: bytes | None = start
        else:
            known = next((begun for begun in self._begun if word.startswith(begun)), None)
        if len(word) <= LONGEST_WORD:
            self[word] = known
        return known


def plain_anchor(keyword: str) -> tuple[bytes, bool] | None:
    """The beginning of the longest run of plain letters in a keyword, ``None`` for one without.

    With it is told whether a word of the text may go on after so few letters.
    """
    if unspaced(keyword):
        return None
    runs = [
        (match[0], _goes_on(keyword, match)) for match in RUN.finditer(keyword) if len(match[0]) >= FEWEST
    ]
    if not runs:
        return None
    longest, begun = max(runs, key=lambda run: (not run[1], len(run[0])))
    return longest[:ANCHOR].encode("ascii"), begun


def _goes_on(keyword: str, run: re.Match[str]) -> bool:
    """Whether a run of few plain letters may be part of a longer one where the keyword stands."""
    return run.end() == len(keyword) and _open_edges(keyword)[1] and len(run[0]) < ANCHOR


class Keywords:
    """A set of keywords, each with what it stands for.

    Most have plain letters (a-z and digits) in a row; by these they are sought in a text that
    need not be folded first.
    """

    def __init__(self, table: Iterable[tuple[str, int, int]]) -> None:
        meant: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for keyword, number, most in table:
            meant[keyword].append((number, most))
        self._plain: dict[bytes, list[Needle]] = defaultdict(list)
        self._anchored: dict[bytes, list[Needle]] = defaultdict(list)
        self._short: list[Needle] = []
        self._unspaced: list[Needle] = []
        begun: dict[bytes, list[Needle]] = defaultdict(list)
        for keyword, both in meant.items():
            numbers, sizes = zip(*both, strict=True)
            self._file((keyword, numbers, max(sizes)), begun)
        for start, needles in begun.items():
            for other in [other for other in self._plain if other.startswith(start)]:
                self._plain[other] += needles
        self._plain |= {start: needles for start, needles in begun.items() if start not in self._plain}
        self._any = bool(meant)
        self._vocabulary = Vocabulary(self._plain, begun)
        self._others = Vocabulary(self._anchored)
        rest = chain(*self._anchored.values(), self._short, self._unspaced)
        self._scripts, self._signs = _told_by(needle[0] for needle in rest)

    def _file(self, needle: Needle, begun: dict[bytes, list[Needle]]) -> None:
        keyword = needle[0]
        plain, other = plain_anchor(keyword), anchor(keyword)
        if plain:
            (begun if plain[1] else self._plain)[plain[0]].append(needle)
        elif other:
            self._anchored[other].append(needle)
        else:
            (self._unspaced if unspaced(keyword) else self._short).append(needle)

    def found(self, lines: Sequence[str], folded: Mapping[int, str]) -> Iterator[tuple[int, int, int]]:
        """Each place of a keyword in some lines: the line, the number it stands for, the offset.

        Lines are numbered from 0, and the offset is within the line; ``folded`` has each line folded.
        """
        if not self._any:
            return
        raw = "\n".join(lines).encode("utf-8", "surrogatepass")
        plain = raw
        if any(begun in raw and any(char in raw for char in chars) for begun, chars in _UNPLAIN):
            plain = "\n".join(map(folded.__getitem__, range(len(lines)))).encode("utf-8", "surrogatepass")
        last, size = -1, 0
        for line, begun in _anchors(plain.translate(_PLAIN), self._vocabulary):
            if line != last:
                last, size = line, bare_size(lines[line])
            for needle in self._plain[begun]:
                if size <= needle[2] and needle[0] in folded[line]:
                    yield from _places(needle, line, folded[line])
        yield from self._found_rest(raw, lines, folded)

    def _found_rest(
        self, raw: bytes, lines: Sequence[str], folded: Mapping[int, str]
    ) -> Iterator[tuple[int, int, int]]:
        """The same of keywords without plain letters, where the text has any of their characters."""
        strange = bool(raw.translate(None, self._scripts))
        signs = [sign for sign, code in self._signs if code[-1] in raw and code in raw]
        if strange or signs:
            numbers = [at for at, line in enumerate(lines) if self._may_have_rest(line, signs)]
            for at, number, place in self._found_folded([folded[number] for number in numbers]):
                yield numbers[at], number, place

    def _may_have_rest(self, line: str, signs: list[str]) -> bool:
        if line.isascii():
            return False
        if any(sign in line for sign in signs):
            return True
        return bool(line.encode("utf-8", "surrogatepass").translate(None, self._scripts))

    def _found_folded(self, lines: Sequence[str]) -> Iterator[tuple[int, int, int]]:
        """The same in folded lines."""
        text = bare = "\n".join(lines)
        for mark in MARKS:
            if mark in bare:
                bare = bare.replace(mark, " ")
        for line, begun in _anchors(bare.encode("utf-8", "surrogatepass").translate(_TABLE), self._others):
            for needle in self._anchored[begun]:
                yield from _places(needle, line, lines[line])
        unspaced = self._unspaced if UNSPACED.search(text) else ()
        for needle in (*self._short, *unspaced):
            if needle[0] in text:
                for line, content in enumerate(lines):
                    yield from _places(needle, line, content)


def _told_by(keywords: Iterable[str]) -> tuple[bytes, tuple[tuple[str, bytes], ...]]:
    """What tells that a text may hold keywords without plain letters.

    First, all bytes but those with which characters of their scripts begin; second, of keywords
    with no such character, those that they have, also as bytes.
    """
    signs: set[str] = set()
    leads: set[int] = set()
    for keyword in keywords:
        forms = {form for char in keyword if not char.isascii() for form in (char, *char.upper())}
        rare = {form.encode()[0] for form in forms} - COMMON_LEADS
        leads |= rare
        signs |= set() if rare else forms
    others = bytes(code for code in range(256) if code not in leads)
    return others, tuple((sign, sign.encode()) for sign in sorted(signs))


def _anchors(raw: bytes, known: Vocabulary) -> Iterable[tuple[int, bytes]]:
    """The lines that have words of keywords, with the anchors of these, each once."""
    if len(known) > MOST_WORDS:
        known.clear()
    found: dict[tuple[int, bytes], None] = {}
    line = 0
    for begun in filter(None, map(known.__getitem__, raw.replace(b"\n", BREAKS).split())):
        if begun == BREAK:
            line += 1
        else:
            found[line, begun] = None
    return found


def _places(needle: Needle, line: int, content: str) -> Iterable[tuple[int, int, int]]:
    """The line, each number of a keyword, and each offset at which it stands in the line."""
    keyword, numbers, _ = needle
    if keyword not in content:
        return ()
    return [(line, number, at) for at in occurrences(keyword, content) for number in numbers]
