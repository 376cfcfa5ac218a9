"""Cut ends: the marker at the end of a truncated text goes, and the cut is told."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from cleaner.code import is_code
from cleaner.document import Document, Edit, split_lines
from cleaner.repairs.lexicon import frequency

Language = str | Callable[[], str | None] | None  # a language, or what tells it when it is asked
MARKER_RULE = "repairs/cut-marker"
MARKER_WHY = "This marker says that the text goes on elsewhere; it is not part of the text."
END_RULE = "repairs/cut-end"
END_WHY = "The text was cut off in the middle of this sentence."

LOOKED_AT = 5_000  # characters at the end of a text in which evidence is sought
TAIL = 400  # characters at the end of a line that are looked at
PHRASES = (
    "read more|read the rest|read the rest of this (?:entry|article|post|story)|read on"
    "|read (?:the )?full (?:article|story|post|report|text|review|interview)|read full"
    "|continue reading|keep reading|see more|show more|view more|more|full story|full article"
    "|weiterlesen|mehr lesen|weiter lesen|mehr|lire la suite|lire plus|en savoir plus|leer"
    " m\u00e1s|seguir leyendo|sigue leyendo|leggi tutto|leggi di pi\u00f9"
    "|continua a leggere|leia mais|continue lendo|continuar lendo|lees meer|lees verder"
    "|czytaj dalej|czytaj wi\u0119cej|l\u00e4s mer|les mer|l\u00e6s mere|\u010d\u00edst d\u00e1le"
    "|\u010d\u00edst v\u00edce|devam\u0131n\u0131 oku"
    "|\u0447\u0438\u0442\u0430\u0442\u044c \u0434\u0430\u043b\u0435\u0435"
    "|\u0447\u0438\u0442\u0430\u0442\u044c \u043f\u043e\u043b\u043d\u043e\u0441\u0442\u044c\u044e"
)
ELLIPSIS = r"(?:\u2026|\.\.\.+|\. \. \.)"
ARROW = r"[\s\u00bb\u203a\u2192\u27a1\u25b6\u25ba>.\u2026:]*"
# Each takes the text before the marker as it stands and the marker as group `cut`.
MARKERS = (
    re.compile(r"(?P<cut>\s*\[\+\s?\d[\d,. ]{0,12}\s?(?:chars|characters|words)\])$", re.IGNORECASE),
    re.compile(rf"{ELLIPSIS}\]?(?P<cut>\s*[\[(<]?(?:{PHRASES}){ARROW}[\])>]?{ARROW})$", re.IGNORECASE),
    re.compile(rf"(?P<cut>\s*\((?:more|continued|mehr|suite){ELLIPSIS}?\))$", re.IGNORECASE),
    re.compile(rf"(?P<cut>\s*\[\s?{ELLIPSIS}\s?\])$"),
)
SIGNS = ("\u2026", "...", ". . .", "[", "(")  # every marker has one of them
LINK = re.compile(
    rf"[\[(]?(?:{PHRASES.replace('|more|', '|').replace('|mehr|', '|')}){ARROW}[\])]?{ARROW}$",
    re.IGNORECASE,
)
FINISHED = re.compile(r"[.!?\u3002\uff01\uff1f\u0964\u061f][\"'\u201d\u2019\u00bb\u201c\u300d)\]*_]*$")
TRAILING_OFF = re.compile(rf"{ELLIPSIS}[\"'\u201d\u2019\u00bb)\]]*$")
SENTENCE = re.compile(r"[.!?\u3002\uff01\uff1f][\"'\u201d\u2019\u00bb)\]]*(?=\s)")
LAST_WORD = re.compile(r"(?:^|\s)[\"'\u201c\u2018(]?([^\W\d_]+)$")

# Words after which no English sentence can end ...
OPEN_ENDED = frozenset(
    """
        the a an and or but of with from into than because although whose and/or as your my their our
        its every between among during toward towards upon if unless whether while which very should
        would could might must am is are was were be been being has have had
    """.split()
)
# ... and those after which none does that stands behind another in a paragraph.
SELDOM_LAST = frozenset(
    """
        to in for on at by about that this these those can will may when where who what how also not
        such most so we they you he she it i there get make use using like only just even other any
        some each no his her his through over under without within
    """.split()
)
PROSE = 80  # characters: a shorter last line may be a heading, a name or an item of a list
STUMP = 2e-7  # the share in running text that a last word falls short of
CLOSED_WITHIN = 12  # characters at the end that a full stop and what closes behind it may take
SHORT, RARE_SHORT = 4, 1e-6  # letters, and the same for words as short as that
WHOLE = 150  # characters that a text must have for an unmarked cut to be told


@dataclass(frozen=True)
class CutEnds:
    """Markers of a cut at the end are removed; with ``trim`` the broken sentence too."""

    trim: bool = False
    name: str = "cut-ends"

    def edits(self, document: Document) -> Iterator[Edit]:
        """The removals at the end of the text."""
        end = _Ending(document.lines)
        for number, start, stop in end.markers:
            yield self._removal(document, number, start, stop, marker=True)
        if self.trim and self.evidence(document.text, document.language):
            stop = len(end.last)
            start = _last_sentence(end.last)
            if 0 < start < stop:
                yield self._removal(document, end.number, start, stop, marker=False)

    def evidence(self, text: str, language: Language = None) -> tuple[str, ...]:
        """Why ``text`` looks cut off, a sentence each; empty when it looks whole."""
        return evidence(text, language)

    def _removal(self, document: Document, number: int, start: int, stop: int, *, marker: bool) -> Edit:
        offset = document.starts[number]
        return document.edit(
            offset + start,
            offset + stop,
            "",
            rule=MARKER_RULE if marker else END_RULE,
            filter="repairs",
            why=MARKER_WHY if marker else END_WHY,
            confidence=0.97 if marker else 0.9,
        )


class _Ending:
    """The last line of a text without its markers, and where these are (line, start, end)."""

    def __init__(self, lines: list[str]) -> None:
        self.markers: list[tuple[int, int, int]] = []
        self.phrase = ""
        self.inline = False
        self.number = self._without_links(lines)
        line = lines[self.number]
        end = len(line.rstrip())
        cut = _marker(line, end)
        while cut is not None:
            self.markers.append((self.number, cut, end))
            self.phrase, self.inline = line[cut:end].strip(), True
            end = cut
            cut = _marker(line, end)
        self.last = line[:end]
        self._join()

    def _without_links(self, lines: list[str]) -> int:
        """The number of the last line that is more than a link to the rest of the text."""
        first = next((number for number, line in enumerate(lines) if line.strip()), 0)
        number = len(lines) - 1
        while number > first:
            bare = lines[number].strip()
            if bare and LINK.fullmatch(bare[:TAIL]) is None:
                break
            if bare:
                self.markers.append((number, 0, len(lines[number])))
                self.phrase = bare
            number -= 1
        return number

    def _join(self) -> None:
        """Markers in the order of the text; those of one line that touch are one."""
        joined: list[tuple[int, int, int]] = []
        for marker in sorted(self.markers):
            if joined and joined[-1][0] == marker[0] and joined[-1][2] >= marker[1]:
                number, start, stop = joined.pop()
                joined.append((number, start, max(stop, marker[2])))
            else:
                joined.append(marker)
        self.markers = joined


def _marker(line: str, end: int) -> int | None:
    """Where a marker that ends at ``end`` in ``line`` begins, the words before it kept."""
    start = max(0, end - TAIL)
    tail = line[start:end]
    if not any(sign in tail for sign in SIGNS):
        return None
    for marker in MARKERS:
        match = marker.search(tail)
        if match is not None and (start or tail[: match.start("cut")].strip()):
            return start + match.start("cut")
    return None


def evidence(text: str, language: Language = None) -> tuple[str, ...]:
    """Why ``text`` looks cut off, a sentence each; empty when it looks whole.

    The language may be a function that tells it, which is asked only when it matters.

    A marker tells, and so does a last paragraph that breaks off after a word or a comma
    that must be followed by something, or within a word.
    """
    ending = _Ending(split_lines(text[-LOOKED_AT:].rstrip())[0])
    reasons = []
    if ending.inline:
        reasons.append(f"The text ends in the marker \u201c{ending.phrase}\u201d.")
    elif ending.phrase and _unfinished(ending.last):
        reasons.append(f"A sentence breaks off before \u201c{ending.phrase}\u201d.")
    if not reasons and len(text) >= WHOLE and _unfinished(ending.last):
        reasons.extend(_breaks_off(ending.last, text, language))
    return tuple(reasons)


def _unfinished(line: str) -> bool:
    """Whether a line of prose lacks its end."""
    bare = line.rstrip()
    if len(bare) < PROSE:
        return False
    end = len(bare) - CLOSED_WITHIN
    if FINISHED.search(bare, end) is not None and TRAILING_OFF.search(bare, end) is None:
        return False
    return not is_code(bare[-TAIL:])


def _breaks_off(line: str, text: str, language: Language) -> Iterator[str]:
    """What tells that a line without a full stop was cut rather than left so."""
    if line.endswith(",") and line.count(",") < 5 and SENTENCE.search(line):
        yield "The last sentence ends in a comma."
        return
    found = LAST_WORD.search(line, max(0, len(line) - TAIL))
    if found is None or (len(found[1]) == 1 and not SENTENCE.search(line)):
        return
    word = found[1]
    open_ended = OPEN_ENDED | SELDOM_LAST if SENTENCE.search(line) else OPEN_ENDED
    if word in open_ended and _told(language) in (None, "en"):
        yield f"The last sentence ends in \u201c{word}\u201d."
    elif _is_stump(word, text, language):
        yield f"The text ends within a word: \u201c{word}\u201d."


def _told(language: Language) -> str | None:
    return language() if callable(language) else language


def _is_stump(word: str, text: str, said: Language) -> bool:
    """Whether a small-letter word is none, so that the cut went through it."""
    if not word.islower():
        return False
    language = _told(said)
    if language != "en":
        return False
    if len(word) == 1:
        return word not in "aio"
    rare = RARE_SHORT if len(word) <= SHORT else STUMP
    alone = len(re.findall(rf"(?<!\w){word}(?!\w)", text)) == 1
    return frequency(word, language) <= rare and alone


def _last_sentence(line: str) -> int:
    """Where the last whole sentence of ``line`` ends; 0 when there is none."""
    ends = [match.end() for match in SENTENCE.finditer(line)]
    return ends[-1] if ends else 0
