"""An account of a result for people and programs: every change with its place, rule and reason."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cleaner.document import Edit, split_lines
from cleaner.result import Result
from cleaner.words import count

FATES = ("done", "kept", "stopped")
LINE_BREAKS = "\r\n\u2028\u2029"


@dataclass(frozen=True)
class Place:
    """A line and a column in it, both from 1, in code points."""

    line: int
    column: int


@dataclass(frozen=True)
class Change:
    """An edit with what its rule is, where it stands, and whether it was done.

    ``fate`` is ``done``; ``kept`` when protected text overruled it; ``stopped`` when the loss
    guard rolled it back.  ``place`` is that of the first character that can be seen.
    """

    edit: Edit
    fate: str
    place: Place
    old: str
    family: str
    level: str

    @property
    def verb(self) -> str:
        """What the edit does to the text."""
        if self.edit.removes:
            return "removes"
        return "replaces" if self.old else "puts in"

    def told(self) -> dict[str, Any]:
        """The change as JSON."""
        edit = self.edit
        return {
            "fate": self.fate,
            "line": self.place.line,
            "column": self.place.column,
            "start": edit.start,
            "end": edit.end,
            "old": self.old,
            "new": edit.new,
            "words": count(self.old),
            "rule": edit.rule,
            "family": self.family,
            "level": self.level,
            "why": edit.why,
            "confidence": round(edit.confidence, 4),
            "over": list(edit.over),
        }


class Explanation:
    """What a result did, and what it would have done but for protection and the loss guard.

    ``rules`` is the table of a receipt; ``name`` is what the document is called.
    """

    def __init__(self, result: Result, rules: Iterable[Mapping[str, str]], name: str) -> None:
        self.result = result
        self.rules = {rule["id"]: rule for rule in rules}
        self.name = name
        self.lines, self.starts = split_lines(result.source)

    @cached_property
    def changes(self) -> tuple[Change, ...]:
        """All changes by their places, those that did not happen among them."""
        result = self.result
        by_fate = zip(FATES, (result.edits, result.overruled, result.stopped), strict=True)
        changes = [self._change(edit, fate) for fate, edits in by_fate for edit in edits]
        return tuple(sorted(changes, key=lambda change: (change.edit.start, FATES.index(change.fate))))

    def of_fate(self, fate: str) -> Iterator[Change]:
        """The changes that were ``done``, ``kept`` or ``stopped``."""
        return (change for change in self.changes if change.fate == fate)

    def place(self, offset: int) -> Place:
        """The line and column of a character offset in the source."""
        line = bisect_right(self.starts, offset)
        return Place(line, offset - self.starts[line - 1] + 1)

    def _change(self, edit: Edit, fate: str) -> Change:
        old = self.result.source[edit.start : edit.end]
        blank = len(old) - len(old.lstrip(LINE_BREAKS + " \t"))
        seen = edit.start + (blank if blank < len(old) else 0)
        rule = self.rules.get(edit.rule, {})
        family = rule.get("family") or edit.filter
        return Change(edit, fate, self.place(seen), old, family, rule.get("level", ""))

    def told(self) -> dict[str, Any]:
        """The explanation as JSON: the document's line of a ledger, and its changes with their places."""
        line = self.result.ledger(id=self.name, source=self.name)
        for edit, row in zip(self.result.edits, line["edits"], strict=True):
            row.append(edit.why)
        return {
            **line,
            "evidence": list(self.result.evidence),
            "words": {"source": count(self.result.source), "removed": self.result.removed_words()},
            "changes": [change.told() for change in self.changes],
        }
