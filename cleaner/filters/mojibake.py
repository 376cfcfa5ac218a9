"""Mojibake: UTF-8 that was read as another encoding, turned back by ftfy behind a cheap gate."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cleaner.filters.spot import Spot

RULE = "characters/mojibake"
WHY = "These characters are text that was read in the wrong encoding; this is what they were."
CONFIDENCE = 0.98

# What the bytes 0x80 to 0xBF look like in the encodings that UTF-8 is mistaken for.
READ_AS = ("latin-1", "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "iso8859-2")
TAIL = frozenset(char for name in READ_AS for char in bytes(range(0x80, 0xC0)).decode(name, "ignore"))
_TAIL = "".join(sorted(TAIL))
# One of these stands in every mangled text: looked for one by one, which costs next to nothing.
LEADS = (
    *"\xc2\xc3\xe2\xf0\xc4\xc5\xce\xcf\xd0\xd1\xd7\xd8\xd9\xda\xdb\xe0\xe3\xe5\xe6\xef"
    "\u0102\u0139\u0413\u0412\u0414\u0415\u0421\u0432\u0440\u03b2\u0393\u0392\u0101\u0106",
)
BEFORE_SPACE = "\xc2\xc3"  # the no-break space after these may have become a plain one
LEAD_BYTES = sorted({lead.encode()[:1] for lead in LEADS})
CONTROLS = re.compile(b"\xc2[\x80-\x9f]")  # U+0080 to U+009F as UTF-8
GATE = re.compile(
    rf"[\xc2-\xdf\u0100\u0102\u0139\u0106\u0110][{_TAIL} ]"
    rf"|[\xe0-\xef\u0103\u0101\u03b2][{_TAIL}]{{2}}"
    rf"|\xf0[{_TAIL}]{{2}}"
    rf"|\u0432[\u0402\u201a]|\u0440\u045f"
    rf"|[\u0412\u0413\u0420\u0421][{_TAIL}](?=[^\u0430-\u044f])"
    rf"|[A-Za-z][\u0414\u0415][{_TAIL}]|[\u0414\u0415][{_TAIL}][A-Za-z]"
    rf"|[\u0393\u0392\u039e\u039f][{_TAIL}]"
    r"|[\x80-\x9f]"
)
# A word in which letters of another alphabet, or capitals amid small letters, stand for one.
MIXED = re.compile(
    rf"(?<![^\W_])[A-Za-z]*(?:[\u0102\u0139\xc4\xc5\u0106\u0413\u0412\u0414\u0415]"
    rf"[{_TAIL}][A-Za-z]*)+(?![^\W_])"
)
QUOTES = ('"', "'", "&quot;", "\u201d")
WORN = frozenset(("\xe2\u20ac ", "\xc2 "))  # followed by a space of the text's own: what was here is lost
KNOWN = 1e-8  # the lists of words end here
WORD_CONFIDENCE = 0.9
ASCII_RUN = re.compile("[!-~]+")

# Letters that are so rare outside their own languages that they are a sign of more rubbish.
RUBBISH = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffd\xde\xfe\xf0\xd0\xa4\xa6\xac\xb8\u0192\u02c6]")
ICELANDIC = frozenset(("is", "fo"))
# A sentence that tells how text is garbled shows it.
ABOUT_IT = re.compile(
    r"(?i)\b(?:utf-?8|unicode|mojibake|latin-?1|iso-?8859|windows-125[0-9]|cp-?125[0-9]|charsets?|encodings?"
    r"|kodierung|zeichensatz|encodage|codificaci[o\xf3]n|codifica(?:\xe7\xe3o)?|kodowanie|garbled)\b"
)
LONE = "\xc3"  # before a space this may be a garbled a with a grave accent, or the letter itself
GRAVE_WORD = frozenset(("fr", "it", "pt", "es", "ca", "gl", "oc", "ro"))  # languages with the word \xe0


def spots(lines: list[str], starts: list[int], language: str | None) -> Iterator[Spot]:
    """The stretches of a text's ``lines`` that are mojibake, with what they were.

    Lines about encodings keep theirs, unless the text has it elsewhere too.
    """
    told: list[Spot] = []
    garbled = False
    for line, start in zip(lines, starts, strict=True):
        if not line.isascii() and GATE.search(line):
            found = list(_in_line(line, start, language)) or list(_in_words(line, start, language))
            if found and not garbled and ABOUT_IT.search(line):
                told.extend(found)
            elif found:
                garbled = True
                yield from found
    if garbled:
        yield from told


def suspicious(text: str, raw: bytes) -> bool:
    """Whether any line of ``text`` (``raw`` as UTF-8) is worth asking ftfy about."""
    if text.isascii():
        return False
    if b"\xc2" in raw and CONTROLS.search(raw):
        return True
    return any(byte in raw for byte in LEAD_BYTES) and any(
        _leads(text, lead) for lead in LEADS if lead in text
    )


def _leads(text: str, lead: str) -> bool:
    """Whether ``lead`` stands before a character that it stands before in mangled text."""
    at = text.find(lead)
    while at >= 0:
        after = text[at + 1 : at + 2]
        if after in TAIL or (after == " " and lead in BEFORE_SPACE):
            return True
        at = text.find(lead, at + 1)
    return False


def _in_line(line: str, start: int, language: str | None) -> Iterator[Spot]:
    from ftfy import TextFixerConfig, fix_encoding

    fixed = fix_encoding(line, TextFixerConfig(replace_lossy_sequences=False))
    if fixed == line:
        return
    for low, high, new in differences(line, fixed):
        if not accepted(line[low:high], new, language) or _is_quoted(line, low, high):
            continue
        if not _is_letter(line, low, high, language):
            yield Spot(start + low, start + high, new, RULE, WHY, CONFIDENCE)


def _is_quoted(line: str, low: int, high: int) -> bool:
    """Whether a stretch is all that stands between two quotes: the text talks about it."""
    return line.endswith(QUOTES, 0, low) and line.startswith(QUOTES, high)


def _is_letter(line: str, low: int, high: int, language: str | None) -> bool:
    """Whether a stretch is a capital A with a tilde that stands alone where no language has the word."""
    if line[low:high].rstrip() != LONE or language is None or language in GRAVE_WORD:
        return False
    return not line[low - 1 : low].strip() and not line[high : high + 1].strip()


def _in_words(line: str, start: int, language: str | None) -> Iterator[Spot]:
    """What ftfy is not sure of: words that one of Europe's other encodings makes known ones."""
    for match in MIXED.finditer(line):
        if match[0].isascii() or language is None:
            continue
        word = _known_word(match[0], language)
        for low, high, new in differences(match[0], word):
            at = start + match.start()
            yield Spot(at + low, at + high, new, RULE, WHY, WORD_CONFIDENCE)


def _known_word(mangled: str, language: str) -> str:
    """The most frequent word that ``mangled`` can have been; itself when there is none."""
    from cleaner.repairs.lexicon import frequency

    best, found = KNOWN, mangled
    for name in ("cp1250", "cp1251", "iso8859-2", "cp1257"):
        try:
            word = mangled.encode(name).decode()
        except UnicodeError:
            continue
        share = frequency(word, language)
        if share > best and word.isalpha():
            best, found = share, word
    return found


def accepted(old: str, new: str, language: str | None) -> bool:
    """Whether ``new`` is clean text and not one kind of rubbish for another."""
    from ftfy.badness import is_bad

    if old in WORN:
        return False
    rubbish = RUBBISH.search(new)
    if rubbish and not (language in ICELANDIC and rubbish[0] in "\xde\xfe\xd0\xf0"):
        return False
    return len(new) <= len(old) and not is_bad(new) and not (len(new) > 1 and GATE.search(new))


def differences(old: str, new: str) -> Iterator[tuple[int, int, str]]:
    """Where ``new`` differs from ``old``: ``(start, end, replacement)``, as short as can be.

    Re-reading bytes leaves ASCII as it is, spaces aside, so that the runs of other ASCII
    characters pair the two texts up, in linear time.
    """
    ours, theirs = list(ASCII_RUN.finditer(old)), list(ASCII_RUN.finditer(new))
    if [run[0] for run in ours] != [run[0] for run in theirs]:
        yield _trimmed(0, old, new)
        return
    at = there = 0
    for run, twin in zip(ours, theirs, strict=True):
        if old[at : run.start()] != new[there : twin.start()]:
            yield _trimmed(at, old[at : run.start()], new[there : twin.start()])
        at, there = run.end(), twin.end()
    if old[at:] != new[there:]:
        yield _trimmed(at, old[at:], new[there:])


def _trimmed(start: int, old: str, new: str) -> tuple[int, int, str]:
    """The difference without what both sides begin and end with."""
    first, limit = 0, min(len(old), len(new))
    while first < limit and old[first] == new[first]:
        first += 1
    last = 0
    while last < limit - first and old[-1 - last] == new[-1 - last]:
        last += 1
    return start + first, start + len(old) - last, new[first : len(new) - last]
