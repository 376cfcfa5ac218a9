"""Which families each language has rules for, and what these rest on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from cleaner.rules.rule import Pack, Rule

LANGUAGES = (
    "en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "uk", "tr", "ar", "zh", "ja", "ko", "cs",
)  # fmt: skip
# The families that pages of every language have, each with the names of its packs.
MAIN = {
    "advert": ("adverts",),
    "related": ("related", "read-more"),
    "newsletter": ("newsletter",),
    "comments": ("comments",),
    "copyright": ("copyright",),
    "share, follow": ("share", "follow"),
    "cookie": ("cookies",),
    "paywall": ("paywall",),
    "navigation": ("navigation",),
    "timestamps": ("timestamps",),
    "credits": ("credits",),
}
SEEN = re.compile(r"([0-9][0-9,]*) of [0-9][0-9,]* pages\b")


@dataclass(frozen=True)
class Cell:
    """What a language has of a family: rules, their examples, and pages on which they were seen."""

    rules: int = 0
    examples: int = 0
    seen: int = 0

    def __add__(self, other: Cell) -> Cell:
        return Cell(self.rules + other.rules, self.examples + other.examples, self.seen + other.seen)

    def __str__(self) -> str:
        return f"{self.rules}/{self.examples}/{self.seen}" if self.rules else "-"


def pages_seen(rule: Rule) -> int:
    """On how many pages ``source`` says that the rule was seen; 0 for one that is unproven."""
    seen = SEEN.match(rule.source)
    return int(seen[1].replace(",", "")) if seen else 0


def cell_of(rule: Rule) -> Cell:
    """What one rule adds to its cell."""
    return Cell(1, len(rule.strips) + len(rule.keeps), pages_seen(rule))


def coverage(packs: Iterable[Pack]) -> dict[str, dict[str, Cell]]:
    """By family, then language (``any`` for rules of all languages), what there is."""
    table: dict[str, dict[str, Cell]] = {}
    for pack in packs:
        row = table.setdefault(pack.family, {})
        for rule in pack.rules:
            row[rule.language] = row.get(rule.language, Cell()) + cell_of(rule)
    return dict(sorted(table.items()))


def empty_cells(table: dict[str, dict[str, Cell]]) -> list[str]:
    """The main families that a language has no rule for, as ``language/family``."""
    return [
        f"{language}/{family}"
        for language in LANGUAGES
        for family, names in MAIN.items()
        if not any(language in table.get(name, {}) for name in names)
    ]
