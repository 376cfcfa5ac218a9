"""Character references (``&amp;``, ``&#8217;``) left in text, decoded to the end in one step."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from cleaner.code import is_code_at, talks_of_markup
from cleaner.filters import markup_debris
from cleaner.filters.spot import Spot

RULE = "characters/entity"
WHY = "A character reference of HTML was left undecoded; this is the character."
CONFIDENCE = 0.99

AMP = r"(?:amp|AMP|#38|#x26);"
REFERENCE = re.compile(
    rf"&(?:{AMP})*(?:(#55[2-9]\d\d;&(?:{AMP})*#5[67]\d\d\d)|(#\d{{1,7}}|#[xX][0-9a-fA-F]{{1,6}})"
    r"|([A-Za-z][A-Za-z0-9]{1,31}));"
)
ESCAPED_TAG = re.compile(rf"&(?:{AMP})*(?:lt|LT|#60|#x3[cC]);[/!]?[A-Za-z-]")
QUOTING = "\"'`"
BLANKS = ("\t", "\n", "\r")
LAST_CONTROL = 0x9F


def spots(text: str) -> Iterator[Spot]:
    """The references in ``text`` that are debris, with the characters they stand for."""
    if "&" not in text or ";" not in text:
        return
    found = [match for match in REFERENCE.finditer(text) if character(match) is not None]
    if not found:
        return
    about = talks_of_markup(text)
    tags_stay = ESCAPED_TAG.search(text) is not None and not _tags_are_debris(text)
    for match in found:
        new = character(match)
        if new is None or (tags_stay and new in "<>"):
            continue
        if not _meant(text, match, new, about):
            new = _blank(text, match) if new in BLANKS else new
            yield Spot(match.start(), match.end(), new, RULE, WHY, CONFIDENCE)


def _tags_are_debris(text: str) -> bool:
    """Whether the escaped tags of ``text`` would all go as leftover markup when decoded."""
    plain = REFERENCE.sub(_angle, text)
    bare, at = [], 0
    for spot in markup_debris.spots(plain):
        bare.append(plain[at : spot.start])
        at = spot.end
    return at > 0 and markup_debris.ANY_TAG.search("".join((*bare, plain[at:]))) is None


def _angle(match: re.Match[str]) -> str:
    char = character(match)
    return char if char is not None and char in "<>" else match[0]


def character(match: re.Match[str]) -> str | None:
    """What a reference stands for, or ``None`` when it is none or stands for a control."""
    pair, number, name = match.groups()
    if pair:
        high, low = (int(code) for code in re.findall(r"#(\d+)", pair.replace("#38;", "")))
        return _joined(high, low)
    return _numbered(number) if number else _named(name)


def _joined(high: int, low: int) -> str | None:
    """The character of two surrogates, as some programs write an emoji."""
    if 0xD800 <= high < 0xDC00 <= low < 0xE000:
        return chr(0x10000 + (high - 0xD800) * 0x400 + low - 0xDC00)
    return None


def _numbered(number: str) -> str | None:
    from html import unescape

    char = unescape(f"&{number};")
    if len(char) != 1 or char == "\ufffd":
        return None
    if char in BLANKS:
        return char
    return None if ord(char) <= LAST_CONTROL and not char.isprintable() else char


@lru_cache(maxsize=4096)
def _named(name: str) -> str | None:
    from html.entities import html5, name2codepoint

    if name in name2codepoint:
        return chr(name2codepoint[name])
    # HTML 5 has names such as `in`, `it` and `or`, too short to be sure of.
    char = html5.get(name + ";") if len(name) > 3 or name in ("LT", "GT", "AMP") else None
    return char if char and (char in BLANKS or char.isprintable() or char.isspace()) else None


def _meant(text: str, match: re.Match[str], char: str, about: bool) -> bool:  # noqa: FBT001
    """Whether the reference is what the text talks of, or part of code."""
    before, after = _sides(text, match)
    if before and before == after and before in QUOTING:
        return True
    named = before in (" ", "(", "") and after in (" ", ")", ",", "")
    if about and (named or char in "<>&"):
        return True
    return is_code_at(text, match.start(), match.end()) and not _sure(text, match, char)


def _sure(text: str, match: re.Match[str], char: str) -> bool:
    """Whether a letter or a mark between letters was meant, as no code has it."""
    before, after = _sides(text, match)
    return char not in "<>&\"'" and before.isalpha() and after.isalpha()


def _sides(text: str, match: re.Match[str]) -> tuple[str, str]:
    """The characters before and after a match, empty at the ends of the text."""
    start, end = match.span()
    return text[max(0, start - 1) : start], text[end : end + 1]


def _blank(text: str, match: re.Match[str]) -> str:
    """A space for an encoded line break or tab between two words, else nothing."""
    before, after = _sides(text, match)
    return " " if before and after and not (before.isspace() or after.isspace()) else ""
