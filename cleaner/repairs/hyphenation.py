"""Words hyphenated at a line's end are joined; true compounds ("real-time") keep their hyphen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cleaner.code import is_code_at
from cleaner.document import Document, Edit
from cleaner.repairs.lexicon import frequency, vocabulary

RULE = "repairs/hyphen"
WHY_SOFT = "A word was hyphenated at the end of a line."
WHY_COMPOUND = "A compound was broken at its hyphen at the end of a line."

HYPHENS = ("-", "\u2010", "\xad")
BREAK = re.compile(r"[-\u2010\xad](?:\r\n|\n|\r)[ \t]{0,20}(?=[^\W\d_])")
LEFT = re.compile(r"(?<![\w-])[^\W\d_](?:[^\W\d_]|['\u2019-])*[^\W\d_]\Z")
RIGHT = re.compile(r"(?:[^\W\d_]|['\u2019])+")
REACH = 40  # characters of a word that are looked at

# "short- and long-term": the hyphen stands for what the second word says.
SUSPENDED = frozenset(
    """
    and or to und oder bis sowie et ou og och eller ja i lub czy y e
""".split()
)
# Languages that write compounds as one word: a hyphen before a small letter is the line's.
SOLID = frozenset(["de", "nl", "sv", "da", "no", "nb", "nn", "fi", "hu", "et", "is"])
# Compounds whose solid spelling is a word too, or whose second part no list has.
COMPOUNDS = frozenset(
    """
        add-in add-ins add-on add-ons all-in avant-garde bi-weekly built-in built-ins by-product
        by-products check-in check-ins check-out check-up check-ups clean-up co-author co-authored
        co-founder co-founders co-op co-ops co-owner co-worker co-workers counter-intuitive
        cross-section drop-in e-book e-books e-commerce e-mail e-mails fine-tuned fine-tuning follow-up
        follow-ups full-time game-changer go-to hands-on have-nots high-end in-depth in-house know-how
        long-term low-end make-up mid-range multi-layered must-have must-haves no-one off-site on-site
        part-time plug-in plug-ins post-war pre-war pro-life real-time re-elect re-elected re-election
        re-entry run-up sci-fi semi-final semi-finals set-up short-term sign-in sign-up sign-ups
        so-called spin-off spin-offs start-up start-ups stand-alone stand-up sub-par third-party
        time-lapse to-do to-dos trade-off trade-offs two-fold under-resourced up-to user-friendly
        walk-in warm-up well-being well-known wi-fi work-out x-ray
    """.split()
)
# First parts that English joins with a hyphen to almost any word.
HYPHENATING = frozenset(("self", "ex", "non", "quasi", "vice", "all", "half", "well"))

RARE = 1e-8  # the lists of words end here
# A whole this much rarer than the rarer of its parts is a compound of the two.  On English
# words of the development texts this keeps 97 % of compounds and joins 99 % of the others.
RARER = 0.03
PROSE = 3  # words before a break that a capital follows: less may be a label with a dash


@dataclass(frozen=True)
class Hyphenation:
    """Words broken at the end of a line: hyphen and line break go, or the break alone."""

    name: str = "hyphenation"

    def edits(self, document: Document) -> Iterator[Edit]:
        """The removals of line breaks within words, with or without their hyphens."""
        text = document.text
        if not _has_break(text):
            return
        joiner: _Joiner | None = None
        for match in BREAK.finditer(text):
            left = LEFT.search(text, max(0, match.start() - REACH), match.start())
            right = RIGHT.match(text, match.end(), match.end() + REACH)
            if left is None or right is None or not _broken(text, left, right):
                continue
            if is_code_at(text, match.start(), match.start()):
                continue
            joiner = joiner or _Joiner(vocabulary(text), document.language or "en")
            compound = match[0][0] != "\xad" and joiner.is_compound(left[0], right[0])
            yield document.edit(
                match.start() + compound,
                match.end(),
                "",
                rule=RULE,
                filter="repairs",
                why=WHY_COMPOUND if compound else WHY_SOFT,
                confidence=0.95 if compound else 0.97,
            )


def _has_break(text: str) -> bool:
    """Whether any line of ``text`` ends in a hyphen."""
    ends = ("\n",) if "\r" not in text else ("\n", "\r")
    return any(hyphen + end in text for hyphen in HYPHENS if hyphen in text for end in ends)


def _broken(text: str, left: re.Match[str], right: re.Match[str]) -> bool:
    """Whether one word can stand on both sides of the break."""
    if right[0].casefold() in SUSPENDED:
        return False
    if right[0][0].islower():
        return True
    # "Anglo-\nSaxon" keeps its hyphen, but "Pros-\nCheap" is no word.
    line = text[max(text.rfind("\n", 0, left.start()) + 1, left.start() - REACH) : left.start()]
    return left[0][0].isupper() and right[0][1:2].islower() and len(line.split()) >= PROSE


@dataclass(frozen=True)
class _Joiner:
    """What tells a compound from a broken word: the text's own words, a list, the lexicon."""

    words: frozenset[str]
    language: str

    def is_compound(self, left: str, right: str) -> bool:
        """Whether the hyphen between ``left`` and ``right`` belongs to the word."""
        if right[0].isupper():
            return True
        first, second = (part.casefold().replace("\u2019", "'") for part in (left, right))
        compound, whole = f"{first}-{second}" in self.words, first + second in self.words
        if compound != whole:
            return compound
        if f"{first}-{second}" in COMPOUNDS and self.language == "en":
            return True
        return self.language not in SOLID and self._looser(first, second)

    def _looser(self, first: str, second: str) -> bool:
        """Whether the parts are so much more frequent than the whole that they are two words."""
        whole = frequency(first + second, self.language)
        parts = min(frequency(first, self.language), frequency(second, self.language))
        if whole <= RARE:
            return parts > RARE or (first in HYPHENATING and self.language == "en")
        return whole < RARER * parts
