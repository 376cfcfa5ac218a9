"""What makes two lines the same: their words, whatever the case, the marks at the edges, and the slots.

The form of a line is what the dictionary of rules knows it by: folded, without marks at its
edges, with single spaces.  Its key has a slot in the place of each number, and in lines with a
number also for months and days of the week.  The frame of a line has slots for names as well.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from cleaner import words
from cleaner.document import split_lines
from cleaner.rules.folding import fold, phrase_key
from cleaner.rules.matcher import LONGEST

REMEMBERED = 160  # characters of a line that may come again, at most
CONTROL = re.compile("[\x00-\x1f\ud800-\udfff]")
NUMBER, DATE, NAME = "\x10", "\x11", "\x12"  # slots; characters that no line has
DIGIT = re.compile("[0-9]")
DIGITS = re.compile("[0-9]+(?:[.,:/][0-9]+)*")
MONTHS = """
january february march april may june july august september october november december
jan feb mar apr jun jul aug sep sept oct nov dec
januar februar märz mai juni juli oktober dezember jän jänner mär okt dez
janvier février mars avril juin juillet août septembre octobre novembre décembre janv févr avr juil déc
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre ene abr ago dic
gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre gen mag giu lug set ott
janeiro fevereiro março maio junho julho setembro outubro novembro dezembro fev out
januari februari maart mei augustus mrt
stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
января янв фев мар апр июн июл авг сен окт ноя дек
ocak şubat mart nisan mayis haziran temmuz ağustos eylül ekim kasim aralik
monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun
montag dienstag mittwoch donnerstag freitag samstag sonntag
lundi mardi mercredi jeudi vendredi samedi dimanche
lunes martes miércoles jueves viernes sábado domingo
lunedì martedì mercoledì giovedì venerdì sabato domenica
maandag dinsdag woensdag donderdag vrijdag zaterdag zondag
понедельник вторник среда четверг пятница суббота воскресенье
""".split()
DAYS = frozenset(MONTHS)
WORD = re.compile(r"\w+")
PARTICLES = "de|da|van|von|der|den|la|le|al|bin|di|y"
NAME_WORD = r"[^\W\d_a-zß-öø-ÿ][\w'’.-]*"
CAPITALISED = re.compile(f"{NAME_WORD}(?: (?:(?:{PARTICLES}) )?{NAME_WORD}){{0,3}}")
FRAME_WORDS = 14  # of a line in which names are looked for, at most
PATTERNS = {
    NUMBER: "[0-9][0-9.,:/]{0,20}",
    DATE: r"[^\W\d_]{2,12}",
    NAME: r"[^\W\d_][\w'.-]{0,30}(?: [\w'.-]{1,30}){0,5}",
}
SAMPLES = {NUMBER: "12", DATE: "may", NAME: "ann example"}
STARTS, ENDS = 1, 2  # what stands before the first line, and after the last


class Line(NamedTuple):
    """A line of a document as it is counted.

    ``key``, ``form`` and ``frame`` are hashes (0 for no frame), ``text`` and ``frame_text`` what
    key and frame are of; ``before`` and ``after`` are the forms of the lines beside it, of a frame
    their keys; ``times`` is how often the page has the line.
    """

    key: int
    form: int
    text: str
    frame: int
    frame_text: str
    before: int
    after: int
    frame_before: int
    frame_after: int
    times: int
    words: int
    ended: bool


def digest(text: str) -> int:
    """A number of 63 bits for a text, the same on every machine; never 0, 1 or 2."""
    data = text.encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "big") >> 1 | 4


def form(line: str) -> str:
    """A line as whole-line phrases are compared."""
    return phrase_key(fold(line))


def key(formed: str) -> str:
    """The form of a line with slots for numbers, and for months and days beside them."""
    if not DIGIT.search(formed):
        return formed
    if not DAYS.isdisjoint(WORD.findall(formed)):
        formed = WORD.sub(_day, formed)
    return DIGITS.sub(NUMBER, formed)


def _day(match: re.Match[str]) -> str:
    return DATE if match[0] in DAYS else match[0]


def frame(line: str) -> str:
    """The key of a line with slots for names, ``""`` when it has none, or nothing but names.

    A name is a run of capitalised words; the first word of a line alone is none.
    """
    if line.count(" ") >= FRAME_WORDS:
        return ""
    slotted = CAPITALISED.sub(_slot, line)
    if NAME not in slotted:
        return ""
    found = key(form(slotted))
    return found if any(char.isalpha() for char in found) else ""


def _slot(match: re.Match[str]) -> str:
    said = match[0]
    if match.start() > 0:
        return NAME
    first, _, rest = said.partition(" ")
    return f"{first} {NAME}" if rest else said


def pattern(slotted: str) -> str:
    """The regex of the lines of a key or frame, marks at the edges allowed."""
    body = "".join(PATTERNS.get(char) or _escaped(char) for char in slotted)
    return rf"\W{{0,9}}{body}\W{{0,9}}"


def _escaped(char: str) -> str:
    return "\\" + char if char in "\\.^$*+?{}[]()|" else char


def sample(slotted: str) -> str:
    """A line of a key or frame, its slots filled."""
    return "".join(SAMPLES.get(char, char) for char in slotted)


def has_slots(slotted: str) -> bool:
    """Whether there is a slot in a key or frame."""
    return any(slot in slotted for slot in PATTERNS)


class Said(NamedTuple):
    """What a line says, whatever stands around it: hashes and texts of its key and frame."""

    key: int
    form: int
    text: str
    frame: int
    frame_text: str
    words: int
    ended: bool


def lines_of(text: str) -> list[Line]:
    """The lines of a text, each once, with their neighbours (of the first of several).

    Blank lines, lines of marks only and lines beyond ``LONGEST`` characters are none.
    """
    said = [found for line in split_lines(text)[0] if line and (found := _known(line))]
    times: dict[int, int] = {}
    for each in said:
        times[each.key] = times.get(each.key, 0) + 1
    around = [STARTS, *(each.form for each in said), ENDS]
    slotted = [STARTS, *(each.key for each in said), ENDS]
    lines = []
    for at, each in enumerate(said):
        count = times.pop(each.key, 0)
        if count:
            before, after = around[at], around[at + 2]
            beside = (slotted[at], slotted[at + 2]) if each.frame else (0, 0)
            lines.append(Line(*each[:5], before, after, *beside, count, each.words, each.ended))
    return lines


def _known(line: str) -> Said | None:
    if len(line) <= REMEMBERED:
        return _remembered(line)
    return _said(line) if len(line) <= LONGEST else None


def _said(line: str) -> Said | None:
    formed = form(line)
    if not formed or CONTROL.search(formed):
        return None
    bare, slotted = line.strip(), key(formed)
    framed = frame(bare)
    if framed == slotted:
        framed = ""
    hashed = digest(slotted)
    return Said(
        hashed,
        hashed if formed == slotted else digest(formed),
        slotted,
        digest(framed) if framed else 0,
        framed,
        words.count(formed),
        words.ends_sentence(bare),
    )


_remembered = lru_cache(maxsize=200_000)(_said)


def near(slotted: str) -> Iterator[str]:
    """Signatures of a line of four words or more, of which lines that differ in one word share one."""
    said = slotted.split()
    if len(said) < 4:
        return
    yield " ".join(said)
    for at in range(len(said)):
        yield " ".join((*said[:at], *said[at + 1 :]))
