"""The hand-made word lists: function words per language, and words of the families of residue."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

EDGES = " \t\u00a0:.…|-–—>»›<«‹*#[]()•·+▼▲↓→"


@dataclass(frozen=True)
class Words:
    """The lists in the forms that counting needs.

    ``stop`` has the function words of each language, ``families`` the names in order,
    ``bits`` the sum of ``1 << family`` by word, ``phrases`` the same by whole line.
    ``masks`` are ``bits`` with a bit more per language whose function word it is, in order.
    """

    stop: dict[str, frozenset[str]]
    families: tuple[str, ...]
    bits: dict[str, int]
    phrases: dict[str, int]
    masks: dict[str, int]


@cache
def words() -> Words:
    """The lists, read once."""
    path = files("cleaner.structure") / "data" / "words.json"
    raw = json.loads(path.read_text(encoding="utf-8"))
    bits: dict[str, int] = {}
    phrases: dict[str, int] = {}
    for number, family in enumerate(raw["families"].values()):
        for word in family["words"].split():
            bits[word] = bits.get(word, 0) | 1 << number
        for phrase in family["phrases"]:
            key = bare(phrase)
            phrases[key] = phrases.get(key, 0) | 1 << number
    stop = {lang: frozenset(listed.split()) for lang, listed in raw["stop"].items()}
    masks = dict(bits)
    for number, listed in enumerate(stop.values(), len(raw["families"])):
        for word in listed:
            masks[word] = masks.get(word, 0) | 1 << number
    return Words(stop, tuple(raw["families"]), bits, phrases, masks)


def bare(line: str) -> str:
    """The line as the phrases are listed: lower case, without marks at its edges."""
    return line.strip(EDGES).lower().replace("’", "'")


@lru_cache(maxsize=4096)
def phrase_families(line: str) -> int:
    """The families of which a whole line is a stock phrase, as a sum of ``1 << family``.

    Remembered, since the gate and the line model both ask, and the pages of a site repeat.
    """
    return words().phrases.get(bare(line), 0)


def families(line: str) -> tuple[str, ...]:
    """The families of residue whose words or whole phrases the line has."""
    known = words()
    found = known.phrases.get(bare(line), 0)
    for word in line.lower().split():
        found |= known.bits.get(word.strip(".,:;!?()[]\"'"), 0)
    return tuple(name for number, name in enumerate(known.families) if found >> number & 1)
