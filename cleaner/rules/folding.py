"""Folding: the one form in which rules see text, so that case and typography do not matter.

Folding replaces one character by one character, so offsets in the folded text are those of
the text itself.
"""

from __future__ import annotations

import re

APOSTROPHES = "\u2018\u2019\u201a\u201b\u2032\u02bc\u0060\u00b4"
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
# The same as it may stand in a text that is not folded.
RAW_EDGE = (
    EDGE + APOSTROPHES + QUOTES + DASHES + SPACES
    + "".join(chr(code) for code, plain in _WIDE.items() if plain in EDGE)
)  # fmt: skip
MARKUP_WITHIN = ("](", "**", "__", "~~", "`")
SPACE_RUN = re.compile(" {2,}")


def fold(text: str) -> str:
    """``text`` in lower case with plain quotes, dashes, spaces, digits and full-width forms.

    The result has the same length; line ends stay as they are.
    """
    if text.isascii():
        return text.lower().replace("\t", " ")
    if "\u0130" in text:
        text = text.replace("\u0130", "i")
    text = text.lower()
    for char, plain in _PAIRS:
        if char in text:
            text = text.replace(char, plain)
    # A byte 0xFF is cheap to look for and stands in the code of every full-width form.
    if b"\xff" in text.encode("utf-16-le", "surrogatepass"):
        text = text.translate(_WIDE)
    return text


def phrase_key(folded: str) -> str:
    """What the dictionary of whole-line phrases knows a folded line by: no edges, single spaces."""
    key = folded.strip(EDGE)
    return SPACE_RUN.sub(" ", key) if "  " in key else key


def bare_size(line: str) -> int:
    """The fewest characters that a line (not folded) may have without Markdown and marks at its ends.

    Runs of spaces count as they are.
    """
    if any(sign in line for sign in MARKUP_WITHIN):
        return 0
    return len(line.strip(RAW_EDGE))
