"""Sentences glued together ("the end.Next"), and, when asked for, words glued without a mark."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from cleaner.code import is_code, is_code_at
from cleaner.document import Document, Edit
from cleaner.repairs.lexicon import frequency

SENTENCE_RULE = "repairs/glued-sentence"
SENTENCE_WHY = "Two sentences stood together without a space between them."
WORD_RULE = "repairs/glued-word"
WORD_WHY = "Two words stood together without a space between them."

QUOTES = '"\u201c\u201d\u2019\u00bb\u00ab)'
CAPITALS = "A-Z\u00c0-\u00de\u0100-\u024f\u0370-\u042f\u0460-\u0556\u1e00-\u1fff"
# One pattern for each mark, so that the search runs from mark to mark.
MARKS = {
    mark: re.compile(rf"{re.escape(mark)}(?=[{QUOTES}]?[{CAPITALS}])") for mark in (".", "!", "?", "\u2026")
}
LEFT = re.compile(r"[\w'\u2019-]+\Z")
RIGHT = re.compile(r"[^\W\d_]+(?:['\u2019][^\W\d_]+)?")
REACH = 40  # characters of a word that are looked at
KNOWN = 1e-7
COMMON = 3e-4  # of a word that begins sentences: the, in, this, after
COMMON_AFTER_NOUN = 1e-4  # the same in German, where any noun has a capital
COMMON_LEFT = 3e-6

DOTTED = re.compile(r"(?<![\w'\u2019-])[\w'\u2019-]+\.(?=[^\W\d_a-z])[^\W\d_]+")
NUMBER = re.compile(r"(?<=\s)\d+\Z")
WORDS = re.compile(r"[^\W\d_]{2}|\d")
PROSE_ON = re.compile(r",? [^\W\d_A-Z]{2}")
YEAR = 4  # digits
LONGEST_ABBREVIATION = 3  # letters: St., Mr., Inc.
LINE = 2000  # characters of a line in which quotes are counted
TECHNICAL = 200_000  # characters that are searched for code
CLOSING = ")]\u201d\u2019\u00bb%"
NO_LEFT = "([{'\"\u201c\u2018./@_#&=:<\\"
NO_RIGHT = "._/(@\\[{=:<+#&"
# What stands behind a dot as a domain, a file's ending or a framework's name does.
SUFFIXES = frozenset(
    """
        com net org edu gov mil int info biz io ai co uk de fr es pl eu ru cn jp tv ly app dev js ts
        jsx tsx py rb rs go java php html htm css json xml yaml yml csv txt pdf doc docx xls xlsx ppt
        zip exe md sh png jpg jpeg gif svg mp3 mp4 ts
    """.split()
)


@dataclass(frozen=True)
class GluedSentences:
    """A space where two sentences touch; with ``words`` also where two words do.

    Names (Rocket.Chat, St.Gallen), domains, versions and code stay.  The text does not tell
    whether there was a line break, so a space is all that is put in.
    """

    words: bool = False
    name: str = "glued-sentences"

    def edits(self, document: Document) -> Iterator[Edit]:
        """The spaces to put in."""
        text = document.text
        names, taken = _Names(text), set()
        for place in _candidates(text):
            confidence = _confidence(document, place, names)
            if confidence:
                gap = _gap(text, place)
                taken.add(gap)
                yield _space(document, gap, SENTENCE_RULE, SENTENCE_WHY, confidence)
        if self.words:
            for place in _glued_words(document):
                if place not in taken:
                    yield _space(document, place, WORD_RULE, WORD_WHY, 0.7)


def _space(document: Document, at: int, rule: str, why: str, confidence: float) -> Edit:
    return document.edit(at, at, " ", rule=rule, filter="repairs", why=why, confidence=confidence)


def _candidates(text: str) -> Iterator[int]:
    """The places of marks that a capital follows, at once or after a closing quote."""
    for mark, pattern in MARKS.items():
        if mark in text:
            for match in pattern.finditer(text, 1):
                if not text[match.start() - 1].isspace():
                    yield match.start()


def _gap(text: str, place: int) -> int:
    """Where the space after the mark at ``place`` belongs: behind a quote that closes."""
    after = text[place + 1]
    if after == '"':
        line = text[max(text.rfind("\n", 0, place) + 1, place - LINE) : place]
        return place + 2 if line.count('"') % 2 else place + 1
    return place + 2 if after in CLOSING else place + 1


def _confidence(document: Document, place: int, names: _Names) -> float:
    """How sure it is that a sentence ends at ``place`` and another begins behind it; or 0.0."""
    text = document.text
    right = RIGHT.match(text, place + 1 + (text[place + 1] in QUOTES), place + REACH)
    if (
        right is None
        or not right[0][0].isupper()
        or not _begins(right[0], text[right.end() : right.end() + 2])
    ):
        return 0.0
    language = document.language or "en"
    begins = frequency(right[0], language)
    if text[place - 1] in CLOSING or text[place - 1].isdigit():
        sure = begins > COMMON and _closes(text, place)
    else:
        sure = _ends(text, place, right, begins, language)
    if not sure or is_code_at(text, place, place + 1) or names.has(place, right.end()):
        return 0.0
    if begins <= COMMON and names.technical:
        return 0.0
    return 0.97 if begins > KNOWN else 0.9


def _begins(word: str, after: str) -> bool:
    """Whether ``word`` can begin a sentence, seen what comes ``after`` it."""
    if (after and after[0] in NO_RIGHT) or after[:1].isdigit() or word.casefold() in SUFFIXES:
        return after == ": "
    return (word in ("I", "A") and after[:1] == " ") or word[1:2].islower() or "'" in word


def _closes(text: str, place: int) -> bool:
    """Whether a number, bracket or quote before the mark is the end of a sentence."""
    head = text[max(0, place - REACH) : place]
    if text[place - 1].isdigit():
        number = NUMBER.search(head)
        return number is not None and (text[place] != "." or len(number[0]) == YEAR)
    return WORDS.search(head) is not None


def _ends(text: str, place: int, right: re.Match[str], begins: float, language: str) -> bool:
    """Whether the word before the mark can be the last of a sentence."""
    low = max(0, place - REACH)
    left = LEFT.search(text[low:place])
    if left is None or (left.start() == 0 and low):
        return False
    before = text[max(0, low + left.start() - 1) : low + left.start()]
    if before and before in NO_LEFT and (before not in QUOTES or text[place + 1] not in QUOTES):
        return False
    word = left[0].rsplit("-", 1)[-1]
    if len(word) < 2 or not word[-1].islower() or word.casefold() == right[0].casefold():
        return False
    if word[0].isupper():
        needed = COMMON_AFTER_NOUN if language == "de" else COMMON
        return len(word) > LONGEST_ABBREVIATION and begins > needed
    known = frequency(word, language)
    if known > KNOWN and begins > KNOWN:
        return True
    follows = PROSE_ON.match(text, right.end()) is not None and len(right[0]) > LONGEST_ABBREVIATION
    return (known > COMMON_LEFT and follows) or (len(word) > LONGEST_ABBREVIATION and begins > COMMON)


class _Names:
    """What in a text is written with a dot on purpose; looked up on the first candidate."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _dotted(self) -> Counter[str]:
        return Counter(DOTTED.findall(self.text))

    @cached_property
    def technical(self) -> bool:
        """Whether the text has lines of code, so that dotted names may be meant."""
        return any(is_code(line) for line in self.text[:TECHNICAL].split("\n"))

    def has(self, place: int, end: int) -> bool:
        """Whether the words round the mark at ``place`` stand twice with it, as names do."""
        left = LEFT.search(self.text[max(0, place - REACH) : place])
        if left is None or self.text[place] != ".":
            return False
        return self._dotted[left[0] + self.text[place:end]] > 1


CASE = re.compile(r"(?<![\w@#/.-])([a-z]{2,20})([A-Z][a-z]{2,20})(?![\w@/.(-]\w)")
LOWER = re.compile(r"(?<![\w@#/.'\u2019-])[a-z]{5,24}(?![\w@/(-])")
UNKNOWN = 2e-8  # of a whole that may be two words
PART, USUAL, GRAMMATICAL = 1e-6, 1e-5, 1e-3  # of the two words


def _glued_words(document: Document) -> Iterator[int]:
    """Find the places inside words at which two words have grown together."""
    text, language = document.text, document.language
    if language is None:
        return
    known = Counter(match[0] for match in (*CASE.finditer(text), *LOWER.finditer(text)))
    for match in CASE.finditer(text):
        parts = min(frequency(part, language) for part in match.groups())
        if parts > PART and _is_one_off(text, match, known, language):
            yield match.start(2)
    for match in LOWER.finditer(text):
        at = _split(match[0], language) if known[match[0]] == 1 else 0
        if at and _is_one_off(text, match, known, language):
            yield match.start() + at


def _is_one_off(text: str, match: re.Match[str], known: Counter[str], language: str) -> bool:
    """Whether a word is unknown, said once only and not in code."""
    once = known[match[0]] == 1 and frequency(match[0], language) <= UNKNOWN
    return once and not is_code_at(text, *match.span())


def _split(word: str, language: str) -> int:
    """Where an unknown word falls into two frequent ones, one of them very frequent; or 0."""
    if frequency(word, language) > UNKNOWN:
        return 0
    best, place = 0.0, 0
    for at in range(2, len(word) - 1):
        first, second = frequency(word[:at], language), frequency(word[at:], language)
        if min(first, second) > USUAL and max(first, second) > GRAMMATICAL:
            best, place = max((best, place), (first * second, at))
    return place
