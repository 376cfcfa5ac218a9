"""Folding: the one form in which rules see text, so that case and typography do not matter.

Folding replaces one character by one character, so offsets in the folded text are those of
the text itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from cleaner.document import line_starts

APOSTROPHES = "\u2018\u2019\u201a\u201b\u2032\u02bc\u00b4"
QUOTES = "\u201c\u201d\u201e\u201f\u2033"
DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"
SPACES = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f"
ARABIC_DIGITS = "\u0660\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669"
PERSIAN_DIGITS = "\u06f0\u06f1\u06f2\u06f3\u06f4\u06f5\u06f6\u06f7\u06f8\u06f9"

_PAIRS = (
    *((char, "'") for char in APOSTROPHES),
    *((char, '"') for char in QUOTES),
    *((char, "-") for char in DASHES),
    *((char, " ") for char in (*SPACES, "\u3000", "\t")),
    *zip(ARABIC_DIGITS, "0123456789", strict=True),
    *zip(PERSIAN_DIGITS, "0123456789", strict=True),
    ("\u0131", "i"),  # Turkish dotless i: upper-case I is both i and it
    ("\u03c2", "\u03c3"),  # final sigma
)
_WIDE = {code: chr(code - 0xFEE0).lower() for code in range(0xFF01, 0xFF5F)}

# What may stand round a phrase without being part of it: spaces, marks of lists and
# Markdown, arrows, dashes, brackets, quotes, and the closing marks of a label.
INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
BLANK = " \t\v\f\x1c\x1d\x1e\x1f\x85\u3000" + SPACES + INVISIBLE
EDGE = (
    BLANK
    + "-*_#>|=~+[](){}<>:.,;!/\\\"'"
    + "\u00ab\u00bb\u2039\u203a\u2022\u00b7\u2023\u25aa\u25ab\u25ba\u25b6\u25b8\u25cf\u25cb\u25a0\u25a1\u2026"
    + "\u2190\u2191\u2192\u2193\u2794\u279c\u27a1\u21d2\u2605\u2606\u00b0\u3010\u3011\u300a\u300b\u300c\u300d"
    + "\u25b2\u25b3\u25bc\u25bd\u25c6\u25c7\u25ce\u203b\u266a\u27a4\u261e\u25c0\u25c1\u25b7"
    + "\u300e\u300f\u3008\u3009\u30fb"
    + "\u060c\u061f\u061b\u3002\u3001\ufe0f\U0001f449\U0001f447\U0001f448\U0001f446\U0001f517\U0001f4e2"
)
# Of these, what Markdown and lists put before and after a line.
LINE_MARKS = (
    "#>*+-|_`~[\u2022\u25aa\u25ba\u25b6\u25cf\u25c6\u2192\u00bb\U0001f449\U0001f447\U0001f517\U0001f4e2"
)
ASCII = bytes(range(128))
FEW_CAPITALS = 12  # more of a text's letters than these are quicker lowered than replaced one by one
MARKUP_WITHIN = ("](", "**", "__", "~~", "`")
SPACE_RUN = re.compile(" {2,}")


def fold(text: str) -> str:
    """``text`` in lower case with plain quotes, dashes, spaces, digits and full-width forms.

    The result has the same length; line ends stay as they are.
    """
    return _plain(text) if text.isascii() else _folded(text)[0]


def _plain(text: str) -> str:
    return text.lower().replace("\t", " ")


def _folded(text: str) -> tuple[str, bytes, frozenset[str]]:
    """A text folded, the same as UTF-8, and what is not ASCII in it.

    As bytes the plain letters are lowered and what is left is replaced several times as fast.
    """
    if text.isascii():
        plain = _plain(text)
        return plain, plain.encode("ascii"), frozenset()
    raw = text.encode("utf-8", "surrogatepass")
    strange = _strange(raw)
    if sum(map(str.isupper, strange)) > FEW_CAPITALS:
        raw = text.replace("\u0130", "i").lower().encode("utf-8", "surrogatepass")
        strange = _strange(raw)
    raw = raw.lower().replace(b"\t", b" ")
    others = set(map(_CHARS.__getitem__, strange))
    for char in strange - others:
        raw = raw.replace(
            char.encode("utf-8", "surrogatepass"), _CHARS[char].encode("utf-8", "surrogatepass")
        )
    return raw.decode("utf-8", "surrogatepass"), raw, frozenset(others)


def _strange(raw: bytes) -> frozenset[str]:
    return frozenset(raw.translate(None, ASCII).decode("utf-8", "surrogatepass"))


class _Chars(dict[str, str]):
    """What each character that was met folds to."""

    def __missing__(self, char: str) -> str:
        lower = "i" if char == "\u0130" else char.lower()
        plain = self[char] = _TABLE.get(lower, lower)
        return plain


_TABLE: dict[str, str] = dict(_PAIRS) | {chr(code): plain for code, plain in _WIDE.items()}
_CHARS = _Chars()


class FoldedLines:
    """Some lines as rules see them, folded all at once.

    ``lines`` are the folded lines, ``text`` has them one on each line, ``raw`` is the same in
    UTF-8, and ``others`` are its characters beyond ASCII (and what such ones were folded to).
    """

    def __init__(self, lines: Sequence[str]) -> None:
        text = "\n".join(lines)
        if text.count("\n") >= len(lines):
            text = "\n".join(line.replace("\n", " ") for line in lines)
        self.text, self.raw, self.others = _folded(text)
        self.lines = self.text.split("\n")

    @cached_property
    def starts(self) -> list[int]:
        """The offset in ``text`` at which each line begins."""
        return line_starts(self.lines)

    def least_size(self, number: int) -> int:
        """The fewest characters that a line has for a rule: no Markdown, marks at its ends, double spaces."""
        line = self.lines[number]
        if self._marked and any(sign in line for sign in MARKUP_WITHIN):
            return 0
        if self._spaced and "  " in line:
            line = SPACE_RUN.sub(" ", line)
        return len(line.strip(EDGE))

    @cached_property
    def _marked(self) -> bool:
        return any(sign in self.text for sign in MARKUP_WITHIN)

    @cached_property
    def _spaced(self) -> bool:
        return "  " in self.text


def phrase_key(folded: str) -> str:
    """What the dictionary of whole-line phrases knows a folded line by: no edges, single spaces."""
    key = folded.strip(EDGE)
    return SPACE_RUN.sub(" ", key) if "  " in key else key
