"""The repair of a lost first letter: "ast year, the ..." becomes "Last year, the ..."."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from cleaner.repairs.lost_evidence import WRAPPED, Judge, Opening, Witness
from cleaner.repairs.lost_model import Model, model
from cleaner.repairs.lost_tables import lexicon, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from cleaner.document import Document, Edit

LANGUAGES = frozenset({"de", "en", "es", "pl"})
"""The languages that have a table."""
OPENERS = "\"'“”‘„«‹»›¿¡ \t\u00a0"
FIRST = re.compile(r"[\s\"'“”‘„«‹»›¿¡]{1,40}")
REMAINDER = re.compile(
    r"(?:[^\W\d_]{3,40}|[^\W\d_]{1,2}(?![-‑–]))(?:['’][^\W\d_]{1,5})?(?![\w@/\\#=(]|['’:.]\w)"
)
ENGLISH = frozenset(("the", "and", "of", "to", "that", "for", "with", "was", "is", "in"))
"""Function words: 0.18 of the words of an English text (median of 158), of 348 German ones at
most 0.075."""
ENGLISH_SHARE = 0.1
WITNESSED = 0.97
"""The confidence of a repair that the document itself is the witness of."""
MOST_LOWER = ((4, 0.5), (9, 0.2))
"""Lines in lower case, and their share of all: as many are a way of writing, not losses."""
PARTICLES = frozenset(
    "von van vom zu zum zur den der die das de del della delle dello degli dei di da das do dos du "
    "des la le les los el al as abu ibn bin bint ben ould ter ten te op af av y e i o ap".split()
)
"""What stands in lower case before a name ("van der Meulen"): with a name after it, it stays."""
WANTING = frozenset(
    "the a an of to and or in no any by for with from at on as that my your our their its "
    "der die das den dem des ein eine einen einer und oder von zu mit im am zur zum für auf "
    "el la los las un una y o de del en con por para que w z i na do od za ze".split()
)
"""Words that no line ends with unless the next one goes on."""
JOINING = ",;-–—"
LOOSE = 3
"""Letters of a line that can be the rest of a split beginning: "T", "Ev"."""


class Place(NamedTuple):
    """A line that begins in lower case: its index, and its first letter's offset in it."""

    line: int
    at: int


def places(lines: Sequence[str]) -> Iterator[Place]:
    """The lines that begin, after indentation and an opening quote, with a lower-case letter.

    What follows must look like the rest of a word: not an address, a name of code, a label.
    """
    for index, line in enumerate(lines):
        first = line[:1]
        if first.islower():
            at = 0
        elif first and first in OPENERS:
            found = FIRST.match(line)
            at = found.end() if found else 0
            if not line[at : at + 1].islower():
                continue
        else:
            continue
        if REMAINDER.match(line, at):
            yield Place(index, at)


def opening(lines: Sequence[str], place: Place) -> Opening:
    """The opening of the line at ``place``, with the line of text before it."""
    above = place.line - 1
    while above >= 0 and not lines[above].strip():
        above -= 1
    previous = lines[above].strip() if above >= 0 else ""
    return Opening.of(lines[place.line], place.at, previous, blank_before=above < place.line - 1)


def in_lower_case(witness: Witness) -> bool:
    """Whether so much begins in lower case that it is verse, chat, code or hard-wrapped text."""
    return any(witness.lower_lines >= lines and witness.lower_share > share for lines, share in MOST_LOWER)


def goes_on(begun: Opening) -> bool:
    """Whether the line goes on where the one before it ends, or has its letter there.

    So when that line is the beginning of a word ("T", "Ev"), ends in a lone letter, ends in
    a word that wants another, or is long, without a full stop and right above.
    """
    previous = begun.previous
    last = previous[-40:].split()[-1:]
    if not last or not last[0].isalpha():
        return len(previous) > WRAPPED and not begun.blank_before and previous[-1] in JOINING
    split = len(last[0]) == 1 or (len(previous) <= LOOSE and last[0][:1].isupper())
    wrapped = len(previous) > WRAPPED and not begun.blank_before
    return split or wrapped or last[0] in WANTING


def is_particle(begun: Opening) -> bool:
    """Whether the remainder may be the particle of the name that follows it."""
    following = begun.after[0]
    named = following[:1].isupper() or following.lower() in PARTICLES or following in "'’-"
    return named and begun.remainder in PARTICLES


@dataclass(frozen=True, slots=True)
class Reading:
    """A document under way: its witness, and where its lines may have lost a letter."""

    document: Document
    witness: Witness
    places: tuple[Place, ...]

    @classmethod
    def of(cls, document: Document, found: Iterable[Place]) -> Reading | None:
        """The reading of ``document``, or ``None`` when it is written in lower case at large."""
        lines = document.lines
        witness = Witness.of(document.text, lines, document.facts.title)
        if in_lower_case(witness):
            return None
        return cls(document, witness, tuple(found))

    def insertion(self, place: Place, letter: str, why: str, confidence: float) -> Edit:
        """The edit that puts ``letter`` before the first letter of ``place``."""
        at = self.document.starts[place.line] + place.at
        return self.document.edit(
            at,
            at,
            letter,
            rule="repairs/lost-letter",
            filter="repairs",
            why=why,
            confidence=round(confidence, 3),
        )

    def witnessed(self, place: Place, begun: Opening) -> Edit | None:
        """The repair of a name that the document has elsewhere with its first letter."""
        letter = self.witness.letter_of(begun.remainder.replace("’", "'"))
        if letter is None:
            return None
        word = letter + begun.remainder
        why = f"The document has “{word}” elsewhere; here its first letter is lost."
        return self.insertion(place, letter, why, WITNESSED)

    def judged(self, place: Place, begun: Opening, judge: Judge, by: Model) -> Edit | None:
        """The repair that the tables and the model are sure of."""
        found = by.judge(judge, begun)
        if found is None or not by.commits(begun, *found):
            return None
        verdict, right, lost = found
        word = verdict.best.letter + begun.remainder
        why = f"The paragraph begins with “{begun.remainder}”, which is “{word}” without its letter."
        return self.insertion(place, verdict.best.letter, why, right * lost)


@dataclass(frozen=True)
class LostLetters:
    """Puts back the first letter that a paragraph has lost, where the evidence is strong."""

    name: str = "lost-letters"

    def edits(self, document: Document) -> Iterable[Edit]:
        """The letters to insert; nothing is loaded unless a line begins in lower case."""
        found = list(places(document.lines))
        reading = Reading.of(document, found) if found else None
        if reading is None:
            return []
        language = _language(document, reading.witness)
        repairs = [self._repair(reading, place, language) for place in reading.places]
        return [repair for repair in repairs if repair is not None]

    def _repair(self, reading: Reading, place: Place, language: str | None) -> Edit | None:
        begun = opening(reading.document.lines, place)
        if goes_on(begun) or is_particle(begun):
            return None
        if language not in LANGUAGES or not begun.remainder.islower():
            return reading.witnessed(place, begun)
        judge = Judge(table(language), lexicon(language), reading.witness)
        return reading.judged(place, begun, judge, model(language))


def _language(document: Document, witness: Witness) -> str | None:
    """The document's language; English when nothing is said and it plainly is."""
    said = document.language
    if said:
        return said.replace("_", "-").split("-")[0].lower()
    words = witness.words.total()
    share = sum(witness.words[word] for word in ENGLISH) / max(1, words)
    return "en" if share >= ENGLISH_SHARE and witness.words["the"] else None
