"""Counts of words and of what follows them, one compressed file per language, and the lexicon.

A table is a sorted text of one row per word.  It is never parsed as a whole: a row is found
by bisection and read when it is asked for, so that loading costs no more than unpacking.
"""

from __future__ import annotations

import json
import lzma
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from cleaner.repairs.lexicon import frequencies

if TYPE_CHECKING:
    from collections.abc import Mapping

UNSEEN = 1e-8
"""The frequency given to a word that the lexicon does not hold; its rarest words have 1e-8."""
POSSESSIVE = 0.02
"""The share of a noun's frequency given to its possessive when the lexicon lacks it."""


@dataclass(frozen=True, slots=True)
class Row:
    """What is known of one word.

    ``paragraphs`` and ``sentences`` count how often it opens one (a paragraph's first
    sentence included), ``lower`` and ``capital`` how often it stands within one in either
    case.  ``starts`` and ``bigrams`` hold " next:count" of what follows it at the start of
    a sentence and anywhere, each with its total and its number of different followers
    before rare ones were left out.  ``classes`` counts the shape classes of followers.
    """

    paragraphs: int = 0
    sentences: int = 0
    questions: int = 0
    lower: int = 0
    capital: int = 0
    start_kinds: int = 0
    bigram_kinds: int = 0
    starts: str = ""
    bigrams: str = ""
    classes: str = ""

    @property
    def total(self) -> int:
        """How often the word was seen at all."""
        return self.sentences + self.lower + self.capital


NOTHING = Row()


def count_in(cell: str, token: str) -> int:
    """The count of ``token`` in a cell of " token:count" entries, 0 when it is not there."""
    at = cell.find(f" {token}:")
    if at < 0:
        return 0
    at += len(token) + 2
    end = cell.find(" ", at)
    return int(cell[at:] if end < 0 else cell[at:end])


@dataclass(frozen=True, eq=False)
class Table:
    """The rows of one language and the few figures that hold for all of them."""

    rows: bytes
    letters: str
    functions: Mapping[str, float]
    endings: frozenset[str]
    groups: Mapping[str, Mapping[str, int]]
    totals: Mapping[str, int]
    group_sums: Mapping[str, int] = field(default_factory=dict)

    def find(self, key: str) -> list[str] | None:
        """The cells of the row that begins with ``key``, by bisection."""
        wanted = key.encode("utf-8", "replace")
        low, high = 0, len(self.rows)
        while low < high:
            start = self.rows.rfind(b"\n", 0, (low + high) // 2) + 1
            end = self.rows.find(b"\n", start)
            tab = self.rows.find(b"\t", start, end)
            found = self.rows[start:tab]
            if found == wanted:
                return self.rows[tab + 1 : end].decode().split("\t")
            if found < wanted:
                low = end + 1
            else:
                high = start
        return None

    def row(self, word: str) -> Row:
        """What is known of ``word`` (in lower case)."""
        cells = self.find(word)
        if cells is None:
            return NOTHING
        counts = [int(number) for number in cells[0].split()]
        return Row(*counts, *cells[1:])  # type: ignore[arg-type]

    def trigram(self, word: str, follower: str, second: str) -> tuple[int, int, int]:
        """How often ``second`` came after ``word follower`` at a start; their total; its kinds."""
        cells = self.find(f"{word} {follower}")
        if cells is None:
            return 0, 0, 0
        total, kinds = cells[0].split()
        return count_in(cells[1], second), int(total), int(kinds)


def read_table(packed: bytes) -> Table:
    """The table in the bytes of a file made by ``training/lost_letters.py``."""
    return parse_table(lzma.decompress(packed))


def parse_table(text: bytes) -> Table:
    """The table in a file's text: a line of JSON, then the rows, sorted as bytes."""
    head, rows = text.split(b"\n", 1)
    facts = json.loads(head)
    return Table(
        rows=rows,
        letters=facts["letters"],
        functions=facts["functions"],
        endings=frozenset(facts["endings"]),
        groups=facts["groups"],
        totals=facts["totals"],
        group_sums={name: sum(cells.values()) for name, cells in facts["groups"].items()},
    )


@cache
def table(language: str) -> Table:
    """The shipped table of ``language`` (ISO 639-1)."""
    return read_table((files(__package__) / "data" / f"lost-{language}.xz").read_bytes())


class Lexicon:
    """How frequent words are, from the lists of wordfreq."""

    def __init__(self, frequencies: Mapping[str, float]) -> None:
        self._frequencies = frequencies

    def frequency(self, word: str) -> float:
        """The share of ``word`` (in lower case) in running text, 0 when it is not known."""
        word = word.replace("ß", "ss")  # as the lists have it
        found = self._frequencies.get(word)
        if found is None and word.endswith("'s"):
            found = self._frequencies.get(word[:-2], 0.0) * POSSESSIVE
        return found or 0.0


@cache
def lexicon(language: str) -> Lexicon:
    """The lexicon of ``language`` (ISO 639-1), loaded on first need."""
    return Lexicon(frequencies(language))
