r"""Split drop caps: "T he", "T\nhe" and "T\n\nhe" become "The"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import NamedTuple

from cleaner.code import is_code
from cleaner.document import RARE_LINE_ENDS, Document, Edit
from cleaner.repairs.lexicon import frequency, vocabulary

RULE = "repairs/drop-cap"
WHY = "The ornamental first letter of the paragraph had come apart from its word."

SPACES = " \u00a0\u2002\u2003\u2009\u202f"
QUOTES = "\"'\u201c\u2018\u201e\u00ab\u00bf\u00a1"
# Ranges of letters, since a search for the classes of Unicode is three times as slow.
CAPITALS = "A-Z\u00c0-\u00de\u0100-\u024f\u0370-\u042f\u0460-\u0556\u10a0-\u10ff\u1e00-\u1fff"
OPENING = re.compile(rf"\n[{QUOTES}]?[{CAPITALS}](?=[{SPACES}\t\r\n])")
WORD = re.compile(r"(?:[^\W\d_]|['\u2019](?=[^\W\d_]))+")
FOLLOWING = re.compile(r"[,:]? [^\W\d_]{2,}|-")
VOWEL = re.compile("[aeiouy\u00c0-\u024f\u0370-\uffff]")
ENGLISH = 3e-6
WINDOW = 200  # characters of a line that are looked at

# Words of one letter, by language; of the languages not named here the union is used.
ONE_LETTER = {
    "en": "AIO",
    "de": "",
    "nl": "U",
    "fr": "AY\u00c0\u00d4O",
    "es": "AEOUY",
    "pt": "AEO\u00c0\u00c1\u00c9",
    "it": "AEIO\u00c8",
    "ca": "AEIOY\u00c9",
    "pl": "AIOUWZ",
    "cs": "AIKOSUVZ",
    "sk": "AIKOSUVZ",
    "sl": "AIKOSVZ",
    "hr": "AIKOSU",
    "sv": "\u00c5I\u00d6",
    "da": "I\u00d8\u00c5",
    "no": "I\u00d8\u00c5\u00c6",
    "nb": "I\u00d8\u00c5\u00c6",
    "fi": "",
    "hu": "A\u00c1\u0150\u00d3SE",
    "ro": "AEOS",
    "tr": "O",
    "id": "",
    "ru": "\u0410\u0412\u0418\u041a\u041e\u0421\u0423\u042f",
    "uk": "\u0410\u0412\u0416\u0417\u0406\u0419\u041e\u0423\u042f\u0404",
    "bg": "\u0410\u0412\u0418\u041e\u0421\u0423\u042f",
    "el": "\u0397\u039f\u03a9\u0389\u038f",
}
OTHER_SCRIPTS = frozenset(("ru", "uk", "bg", "be", "sr", "mk", "el", "hy", "ka", "kk", "mn"))
ANY = frozenset("".join(ONE_LETTER.values()))

# A letter that is a word of its own is joined only to a rest that is much rarer than the whole.
RARER = 60.0
# The other letters are symbols ("R is a language") about this often beside a word.
SYMBOL = 0.003
RARE = 1e-8  # wordfreq's lists end here: rarer is no word
KNOWN = 2e-7  # of a whole word that we make
BOTH_UNKNOWN = 4  # letters that a rest must have when neither it nor the whole is known
# "as", "is", "in", "it" and their like, where a single capital may be an initial.
FREQUENT = 5e-4
UNCOMMON = 3e-5  # of a rest that may be no word: the document is asked then
MANY, ALL = 100, 1000  # questions that are answered by search, and that are answered at all
SAID = 500_000  # characters of the document that are asked
CLITICS = frozenset(("m", "ve", "d", "ll", "re", "s", "t"))
# Compounds with a letter for a first part, which are often written as two words.
LETTER_COMPOUNDS = frozenset(
    """
        xray xrays tshirt tshirts email emails ebook ebooks ecommerce elearning ebike ebikes esports
        egov ecig ecigs etail uturn vneck gstring tbone abomb hbomb jpop kpop ipad iphone ipod imac
        icloud itunes aplus acappella alist blist bside aside alevel alevels olevel us asap aday alot
        ofish etc emoney eway imessage tmobile dday vday gday gmail hmail
    """.split()
)


@dataclass(frozen=True)
class DropCaps:
    """First letters that an ornament has split off are put back to their words."""

    name: str = "drop-caps"

    def edits(self, document: Document) -> Iterator[Edit]:
        """The removals of what parts a first letter from its word."""
        lines, starts = document.lines, document.starts
        witness = _Witness(document)
        for number in _openings(document):
            line = lines[number]
            gap = _gap_within(line) or _gap_below(lines, starts, number)
            confidence = _confidence(gap, document, witness) if gap else 0.0
            if gap and confidence:
                start = starts[number] + line.index(gap.letter) + 1
                yield document.edit(
                    start,
                    start + gap.width,
                    "",
                    rule=RULE,
                    filter="repairs",
                    why=WHY,
                    confidence=confidence,
                )


def _openings(document: Document) -> Iterator[int]:
    """The numbers of the lines that a single capital begins, or fills."""
    text, lines = document.text, document.lines
    if not any(end in text for end in RARE_LINE_ENDS):
        places = [match.start() + 1 for match in OPENING.finditer(f"\n{text}\n")]
        yield from (bisect_left(document.starts, place - 1) for place in places)
    else:  # rarer line ends than the search knows
        yield from (number for number, line in enumerate(lines) if OPENING.match(f"\n{line}\n"))


class _Gap(NamedTuple):
    """A letter, the number of characters behind it that may go, and the line after them."""

    letter: str
    width: int
    rest: str


def _gap_within(line: str) -> _Gap | None:
    """Letter, width of the gap and the rest of a line such as "T he sun"."""
    at = 1 if line[:1] in QUOTES else 0
    head = line[at : at + WINDOW]
    if len(head) < 3 or not _capital(head[0]) or head[1] not in SPACES or head[2].isspace():
        return None
    return _Gap(head[0], 1, head[2:]) if _continues(head[2:]) else None


def _gap_below(lines: list[str], starts: list[int], number: int) -> _Gap | None:
    """The same of a line that is one letter, with the line below or the one after a blank."""
    bare = lines[number].strip()
    letter = bare[1:] if bare[:1] in QUOTES else bare
    if len(letter) != 1 or not _capital(letter):
        return None
    for below in (number + 1, number + 2):
        if below < len(lines) and lines[below].strip():
            rest = lines[below][:WINDOW]
            lead = len(rest) - len(rest.lstrip())
            width = starts[below] + lead - starts[number] - lines[number].index(letter) - 1
            prose = len(rest.split(None, 2)) > 1  # letters set one below the other are no words
            return _Gap(letter, width, rest.lstrip()) if prose and _continues(rest.lstrip()) else None
    return None


def _capital(char: str) -> bool:
    return char.isupper() and char.isalpha() and char != char.lower()


def _continues(rest: str) -> bool:
    """Whether ``rest`` can be the remainder of a word: small letters, or capitals throughout."""
    word = WORD.match(rest.lstrip("'\u2019"))
    if word is None:
        return False
    body = word[0]
    return body[0].islower() or body.isupper()


def _confidence(gap: _Gap, document: Document, witness: _Witness) -> float:
    """How sure it is that the letter belongs to the word behind the gap; 0.0 to abstain."""
    letter, _, rest = gap
    apostrophe = rest[0] in "'\u2019"
    word = WORD.match(rest, apostrophe)
    if word is None:
        return 0.0
    language = document.language
    if _latin(letter) == (language in OTHER_SCRIPTS):
        return 0.0  # a foreign paragraph, whose words of one letter are not known
    if language is None:
        language = "en" if _reads_english(rest) else None
    after = FOLLOWING.match(rest, word.end())
    part = ("'" if apostrophe else "") + word[0]
    confidence = _weigh(letter, part, after[0] if after else "\0", language, witness)
    return 0.0 if confidence and is_code(rest[: WINDOW - 1]) else confidence


def _reads_english(line: str) -> bool:
    """Whether most words of ``line`` are English, for want of a known language."""
    words = [word[0] for word in WORD.finditer(line)][1:]
    known = sum(frequency(word, "en") > ENGLISH for word in words)
    return len(words) > 2 and known >= 0.8 * len(words)


def _weigh(letter: str, rest: str, after: str, language: str | None, witness: _Witness) -> float:
    """The confidence in ``letter + rest``, with ``after`` behind it, as one word."""
    whole = letter + rest
    if whole.casefold() in LETTER_COMPOUNDS:
        return 0.0
    joined, parted = (frequency(word, language or "en") for word in (whole, rest))
    alone = letter.upper() in _one_letter_words(language)
    if rest[0] == "'":
        return 0.98 if joined > RARE and (rest[1:].casefold() in CLITICS or not alone) else 0.0
    if len(rest) == 1:
        return 0.96 if joined > FREQUENT else 0.0
    if parted < UNCOMMON and witness.says(whole, after if alone else ""):
        return 0.98
    if (rest in CLITICS and after != "-") or (rest.islower() and VOWEL.search(rest) is None):
        parted = min(parted, joined * 0.01)  # no word of its own
    if alone:
        sure = joined > KNOWN and joined > RARER * parted
    else:
        sure = joined > max(RARE, SYMBOL * parted) or _is_name(rest, joined, parted, language)
    return 0.98 if sure else 0.0


def _is_name(rest: str, joined: float, parted: float, language: str | None) -> bool:
    """Whether neither ``rest`` nor the whole is a word: a name, or a rare word, then."""
    rare = max(joined, parted) <= RARE and len(rest) >= BOTH_UNKNOWN
    return rare and rest.isalpha() and language is not None


class _Witness:
    """What the document and its title say, looked up when a rare word asks for it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.asked = 0

    @cached_property
    def _text(self) -> str:
        return f" {self.document.facts.title or ''}\n{self.document.text[:SAID]}"

    @cached_property
    def _words(self) -> frozenset[str]:
        return vocabulary(self._text)

    def says(self, whole: str, after: str) -> bool:
        """Whether the word ``whole``, with ``after`` behind it, stands anywhere else."""
        self.asked += 1
        if self.asked > MANY and whole.casefold() not in self._words:
            return False
        forms = (whole, whole.lower(), whole.capitalize())
        return self.asked <= ALL and any(_has_words(self._text, form + after) for form in forms)


def _has_words(text: str, words: str) -> bool:
    """Whether ``words`` stand in ``text`` and are not parts of longer ones."""
    at = text.find(words)
    while at >= 0:
        end = at + len(words)
        if not (text[at - 1 : at].isalpha() or text[end : end + 1].isalpha()):
            return True
        at = text.find(words, at + 1)
    return False


@cache
def _one_letter_words(language: str | None) -> frozenset[str]:
    return frozenset(ONE_LETTER[language]) if language in ONE_LETTER else ANY


def _latin(letter: str) -> bool:
    return letter < "\u0250" or "\u1e00" <= letter < "\u1f00"
