"""A rule: one pattern of a pack, as data."""

from __future__ import annotations

import re
from dataclasses import dataclass

from cleaner.rules.syntax import Alternative

KINDS = ("line", "span", "block", "tail", "head", "repair")
LEVELS = ("light", "standard", "strict")
PLACES = ("sentence", "line", "previous", "next", "document")
EDGES = ("head", "tail", "beside")
FOLLOWERS = ("title", "blurb", "label", "any")
GROUP = re.compile(r"\\(?:g<(\w+)>|(\d))")  # a group of the match in what a repair puts in


def group_of(found: re.Match[str]) -> str | int:
    """The name or number of the group that a match of ``GROUP`` stands for."""
    name = found[1] or found[2]
    return int(name) if name.isdecimal() else name


@dataclass(frozen=True, slots=True)
class Condition:
    """A regex looked for in the folded ``sentence``, ``line``, ``previous``/``next`` line or ``document``.

    The sentence is that in which a part of a line stands, for whole lines the line.  Previous
    and next are the nearest lines that are not blank; a line that does not exist is empty text.
    """

    where: str
    match: str


@dataclass(frozen=True, slots=True)
class Rule:
    """One pattern with what bounds it, why it is there, and the examples that prove it.

    ``within_words`` counts words: for ``block`` the most that the whole block may hold, for
    ``tail`` and ``head`` the most that may stand between the line and that end of the text,
    for a line with ``at`` how near to the head or tail it must stand.  What a rule with ``doubt``
    finds does not go by it, but counts against the line where a page is judged.  ``alternatives``,
    ``literal``, ``width`` and ``least`` are derived from ``match`` for the index: its alternatives
    with how they may begin (empty: anyhow), the longest text in every match, the most and the
    least characters of one.
    """

    id: str
    pack: str
    family: str
    language: str
    kind: str
    why: str
    phrases: tuple[str, ...] = ()
    match: str = ""
    new: str = ""
    keywords: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    only_in: tuple[str, ...] = ()
    level: str = "standard"
    confidence: float = 0.95
    source: str = ""
    within_words: int = 0
    max_lines: int = 0
    followers: tuple[str, ...] = ()
    at: tuple[str, ...] = ()
    when: tuple[Condition, ...] = ()
    unless: tuple[Condition, ...] = ()
    domains: tuple[str, ...] = ()
    doubt: bool = False
    strips: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    trusted: bool = True
    alternatives: tuple[Alternative, ...] = ()
    literal: str = ""
    width: int = 0
    least: int = 0

    @property
    def starts(self) -> tuple[str, ...]:
        """How a match may begin, empty for anyhow."""
        return tuple(sorted({start for way in self.alternatives for start in way.starts}))

    @property
    def whole_line(self) -> bool:
        """Whether the rule judges whole lines (and not a part of one)."""
        return self.kind not in ("span", "repair")

    @property
    def guarded(self) -> bool:
        """Whether what it cuts goes beyond the lines that it names, so that the loss guard looks."""
        return self.kind in ("block", "tail", "head")


@dataclass(frozen=True, slots=True)
class Pack:
    """A file of rules of one family in one language."""

    name: str
    family: str
    language: str
    about: str
    rules: tuple[Rule, ...]
