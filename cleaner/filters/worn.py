"""Worn mojibake: garbled quotes and dashes of which all but the first character was dropped.

An apostrophe is the bytes E2 80 99 in UTF-8.  Read as Latin-1 it is an a with a circumflex and
two control characters; many an extractor then drops the controls, and "don't" comes as
"don\u00e2t".  No decoder can turn that back.  But there are places where the letter cannot stand
in some languages, and a text that has it there more than once was read wrongly: what else of its
circumflexes stands where only a quote or a dash can was one.  A no-break space (C2 A0) leaves a
capital A with a circumflex behind in the same way.  Read as Windows-1252 only few characters are
lost so, of which the closing quote (E2 80 9D) and the joiner without width (E2 80 8D) are common.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from cleaner.filters.mojibake import ABOUT_IT, TAIL
from cleaner.filters.spot import Spot

RULE = "characters/worn-mojibake"
WHY = "Of a garbled quote, dash or space only this letter was left."
SURE, LIKELY = 0.97, 0.9
LEAST = 2  # certain places in a text: one may be a slip of the keyboard
KNOWN, RARE = 1e-6, 1e-8  # share of running text from which a short and a long half are words
LONG = 4  # letters
SIGNS = (b"\xc3\xa2", b"\xc3\x82")  # the two letters as UTF-8

# Where the letter can only have been an apostrophe.
APOSTROPHES = {
    "en": re.compile(
        r"(?:(?<=[nN])\xe2(?=[tT](?![^\W_]))|(?<=[A-Za-z])\xe2(?=(?:s|re|ve|ll|d|m|S|RE|VE|LL|D|M)(?![^\W_])))"
    ),
    "fr": re.compile(
        r"(?i)(?<![^\W_])(?:[ldcjnmst]|(?:[a-z]{2,6})?qu|aujourd)(\xe2)(?=[aeiouyh\xe9\xe8\xea\u0153])"
    ),
    "it": re.compile(r"(?<=[A-Za-z])\xe2(?=[aeiouhAEIOUH\xe8\xe9\xc8])"),
}
SPACE = re.compile(r"(?<![A-Z\xc0-\xde])\xc2(?=\s|$)")
ENDING = re.compile(r"(?<=[a-z0-9.,;:!?)])\xc2(?=\s|$)")
SPACED_IN = frozenset(("en", "de", "es", "fr", "it", "nl"))
LETTER = re.compile("\xe2(?!\u20ac)(?:\xa6|\xac(?=[0-9]))?")
PAIR = re.compile(f"\xe2\u20ac(?![{''.join(sorted(TAIL))}])")
# A text that names the letters shows them.
NAMES_IT = re.compile(
    r"(?i)\b(?:circumflex|diacritics?|tilde"
    "|(?:letters?|lettres?|letras?|lettera|buchstaben?|vowels?) "
    "[\"'\xab\u201c\u2018\u201e]?[\xc2\xc3\xe2])(?![^\\W_])"
)
BORROWED = re.compile(r"(?i)\xe2(?:ge|me|mier|cre|pre|tre|non)s?(?![^\W_])")  # begin with the letter
MARKS = {"\xe2\xa6": "\u2026", "\xe2\xac": "\u20ac"}
WORD_AT_END, WORD_AT_START = re.compile(r"[^\W\xe2]+\Z"), re.compile(r"\A[^\W\xe2]+")
APOSTROPHE, OPENING, CLOSING, SPACED_DASH, DASH = "\u2019", "\u201c", "\u201d", "\u2013", "\u2014"


def suspicious(raw: bytes) -> bool:
    """Whether a text (``raw`` as UTF-8) has one of the letters."""
    return any(sign in raw for sign in SIGNS)


def spots(lines: list[str], starts: list[int], language: Callable[[], str | None]) -> Iterator[Spot]:
    """The letters of a text's ``lines`` that are worn mojibake, with what they were.

    ``language`` is asked for only where it matters.
    """
    places = [at for at, line in enumerate(lines) if not line.isascii() and _has_sign(line)]
    if not places or any(ABOUT_IT.search(line) or NAMES_IT.search(line) for line in lines):
        return
    touched = [lines[at] for at in places]
    likely = {name for name, pattern in APOSTROPHES.items() if _count(pattern, touched) >= LEAST}
    spaces = _has_spaces(touched)
    spoken = (language() or "") if likely or spaces else ""
    worn = spoken in likely
    spaced = spoken in SPACED_IN and (worn or spaces)
    for at, line in zip(places, touched, strict=True):
        yield from _of_pairs(line, starts[at])
        if worn:
            yield from _of_line(line, starts[at], spoken)
        if spaced:
            yield from (_spot(starts[at] + found.start(), "\xc2", "", SURE) for found in SPACE.finditer(line))


def _has_sign(line: str) -> bool:
    return "\xe2" in line or "\xc2" in line


def _has_spaces(lines: list[str]) -> bool:
    """Whether capitals are what is left of spaces: one that ends a word tells, of lone ones it takes more."""
    return any(map(ENDING.search, lines)) or _count(SPACE, lines) >= LEAST


def _count(pattern: re.Pattern[str], lines: list[str]) -> int:
    return sum(len(pattern.findall(line)) for line in lines)


def _of_pairs(line: str, start: int) -> Iterator[Spot]:
    """What was read as Windows-1252, which has no other character for these bytes."""
    for found in PAIR.finditer(line):
        at = found.start()
        alone = not line[at - 1 : at].strip() and not line[found.end() : found.end() + 1].strip()
        if alone or line[at - 1 : at].strip():
            yield _spot(start + at, found[0], "" if alone else CLOSING, SURE)


def _of_line(line: str, start: int, language: str) -> Iterator[Spot]:
    """The quotes and dashes of one line of a text that was read wrongly."""
    if line.strip() == "\xe2":  # a joiner without width, which editors put between paragraphs
        yield _spot(start + line.index("\xe2"), "\xe2", "", LIKELY)
        return
    sure = {found.end() - 1 for found in APOSTROPHES[language].finditer(line)}
    is_open = False
    for found in LETTER.finditer(line):
        at = found.start()
        if at in sure:
            yield _spot(start + at, found[0], APOSTROPHE, SURE)
            continue
        new = MARKS.get(found[0]) or _mark(line, at, language, is_open=is_open)
        is_open = new == OPENING or (is_open and new != CLOSING)
        if new:
            yield _spot(start + at, found[0], new, LIKELY)


def _mark(line: str, at: int, language: str, *, is_open: bool) -> str:
    """What the letter at an offset was, by what stands around it; empty where that does not tell."""
    before, after = line[at - 1 : at] if at else " ", line[at + 1 : at + 2] or " "
    if before.isspace() and after.isspace():
        return SPACED_DASH if line[:at].strip() and line[at + 1 :].strip() else ""
    if before.isdigit() and after.isdigit():
        return SPACED_DASH
    if language != "en":
        return ""
    if before.isalnum() and after.isalnum():
        return DASH if _parts_two(line, at) else ""
    return _quote(line, at, before, after, is_open=is_open)


def _quote(line: str, at: int, before: str, after: str, *, is_open: bool) -> str:
    """Which quote the letter was, if it stands at one edge of a word."""
    if (before.isspace() or before == "(") and after.isalnum():
        return "" if BORROWED.match(line, at) else OPENING
    if is_open and not after.isalnum():
        return CLOSING
    return APOSTROPHE if before == "s" and after.isspace() else ""


def _parts_two(line: str, at: int) -> bool:
    """Whether the letter stands between two English words, and not in a word borrowed with it."""
    from cleaner.repairs.lexicon import frequency

    halves = WORD_AT_END.findall(line[:at])[:1] + WORD_AT_START.findall(line[at + 1 :])[:1]
    return not frequency("\xe2".join(halves), "en") and all(map(_is_english, halves))


def _is_english(half: str) -> bool:
    from cleaner.repairs.lexicon import frequency

    return half.isdigit() or frequency(half, "en") >= (RARE if len(half) >= LONG else KNOWN)


def _spot(at: int, old: str, new: str, confidence: float) -> Spot:
    return Spot(at, at + len(old), new, RULE, WHY, confidence)
