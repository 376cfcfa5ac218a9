"""Invisible characters that are debris, and the ligatures that typesetting leaves in words.

Zero-width joiners, marks of direction, variation selectors, no-break and typographic spaces
are orthography and stay, and so do lone surrogates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaner.filters.spot import Spot

INVISIBLE_RULE = "characters/invisible"
INVISIBLE_WHY = "An invisible character without meaning in running text stood here."
LIGATURE_RULE = "characters/ligature"
LIGATURE_WHY = "A typesetter's ligature stood for these letters, and search does not find it."

INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u200b\u2060\ufeff]+")
ASCII_CONTROLS = bytes((*range(9), 11, 12, *range(14, 32), 127))
UPPER_CONTROLS = re.compile(b"\xc2[\x80-\x9f\xad]")  # and the soft hyphen, as UTF-8
RARE = ("\u200b", "\u2060", "\ufeff")
SEPARATORS = re.compile("[\x0b\x0c\x1c-\x1f]")  # they part words as white space does
# Thai, Lao, Burmese and Khmer part words with U+200B.
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u19e0-\u19ff\ua9e0-\ua9ff\uaa60-\uaa7f]")
HYPHENATED = re.compile("\xad(?=\r?\n[ \t]{0,20}[^\\W\\d_A-Z])")  # the hyphenation filter joins these
SHOWN = "\xad\u200b\u2060\ufeff"  # stay in a text that talks of them
TALK = re.compile(
    r"[Zz]ero[- ][Ww]idth|[Ss]oft[- ][Hh]yphen|[Bb]yte[- ][Oo]rder [Mm]ark|U\+(?:00AD|200B|2060|FEFF)"
)
LIGATURES = {
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
}
LIGATURE = re.compile("[\ufb00-\ufb06]")


def suspicious(text: str, raw: bytes) -> bool:
    """Whether ``text`` (``raw`` as UTF-8) has any of these; far faster than to search for them."""
    if len(raw.translate(None, ASCII_CONTROLS)) < len(raw):
        return True
    if len(raw) == len(text):
        return False
    upper = b"\xc2" in raw and UPPER_CONTROLS.search(raw) is not None
    return upper or b"\xef\xac" in raw or any(char in text for char in RARE)


def spots(text: str) -> Iterator[Spot]:
    """The invisible characters of ``text`` that go, and the ligatures that become letters."""
    shown = SHOWN if TALK.search(text) else ""
    for match in INVISIBLE.finditer(text):
        if shown and not match[0].strip(shown):
            continue
        new = " " if _parts_words(text, match) else ""
        if _goes(text, match):
            yield Spot(match.start(), match.end(), new, INVISIBLE_RULE, INVISIBLE_WHY, 0.99)
    if not text.isascii():
        yield from _ligatures(text)


def _goes(text: str, match: re.Match[str]) -> bool:
    """Whether these characters are debris where they stand."""
    if "\u200b" in match[0] and UNSPACED.search(text[max(0, match.start() - 1) : match.end() + 1]):
        return False
    if match[0] == "\ufeff" and match.start() == 0:
        return False  # the byte order mark of the whole text
    return match[0][-1] != "\xad" or HYPHENATED.match(text, match.end() - 1) is None


def _parts_words(text: str, match: re.Match[str]) -> bool:
    """Whether a separator, such as a form feed, is all that stands between two words."""
    sides = text[max(0, match.start() - 1) : match.start()], text[match.end() : match.end() + 1]
    return SEPARATORS.search(match[0]) is not None and all(side and not side.isspace() for side in sides)


def _ligatures(text: str) -> Iterator[Spot]:
    if not any(ligature in text for ligature in LIGATURES) or "igature" in text or "U+FB" in text:
        return
    for match in LIGATURE.finditer(text):
        beside = text[max(0, match.start() - 1) : match.start()] + text[match.end() : match.end() + 1]
        if any(char.isalpha() for char in beside):
            new = LIGATURES[match[0]]
            yield Spot(match.start(), match.end(), new, LIGATURE_RULE, LIGATURE_WHY, 0.99)
