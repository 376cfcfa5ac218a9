"""What the page is told: of the rules, and of each document with its edits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cleaner import words

if TYPE_CHECKING:
    from cleaner.document import Edit
    from cleaner.result import Result

# Two surrogates that stand as characters of their own would be one character to a browser.
SPLIT_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")
RULE_FIELDS = ("id", "family", "level", "why", "pack")


@dataclass
class RuleTable:
    """The rules that a page names, each once, in the order in which they are first met."""

    known: Mapping[str, Mapping[str, Any]]
    rows: list[dict[str, str]] = field(default_factory=list)
    _numbers: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, rules: Iterable[Mapping[str, Any]]) -> RuleTable:
        """A table over the rules of a ledger's header."""
        return cls({str(rule.get("id")): rule for rule in rules})

    def number(self, rule: str, family: str = "", why: str = "") -> int:
        """The place of a rule in ``rows``; ``family`` and ``why`` are of a rule that nobody lists."""
        if rule not in self._numbers:
            listed = self.known.get(rule, {})
            own = {"id": rule, "family": family, "level": "", "why": why, "pack": ""}
            row = {name: str(listed.get(name) or own[name]) for name in RULE_FIELDS}
            row["family"] = row["family"] or re.split("[:/]", rule)[0]
            self._numbers[rule] = len(self.rows)
            self.rows.append(row)
        return self._numbers[rule]


def of_result(result: Result, table: RuleTable, **about: Any) -> dict[str, Any]:
    """A document of the page, from the result of cleaning it."""
    return {
        **about,
        "text": one_to_one(result.source),
        "words": words.count(result.source),
        "language": result.language,
        "mode": result.mode,
        "state": result.state,
        "evidence": list(result.evidence),
        "warnings": list(result.warnings),
        "edits": [_row(edit, result.source, table) for edit in result.edits],
        "overruled": [
            [edit.start, edit.end, table.number(edit.rule, edit.filter, edit.why)]
            for edit in result.overruled
        ],
    }


def _row(edit: Edit, source: str, table: RuleTable) -> list[Any]:
    return [
        edit.start,
        edit.end,
        one_to_one(edit.new),
        table.number(edit.rule, edit.filter, edit.why),
        round(edit.confidence, 4),
        list(edit.over),
        words.count(source[edit.start : edit.end]),
    ]


def of_entry(
    entry: Mapping[str, Any], source: str, ids: Sequence[str], table: RuleTable, **about: Any
) -> dict[str, Any]:
    """A document of the page, from its line of a ledger and its source; ``ids`` name the line's rules."""
    edits = [
        [
            start,
            end,
            one_to_one(new),
            table.number(ids[rule] if isinstance(rule, int) else str(rule)),
            confidence,
            list(over),
            words.count(old),
        ]
        for start, end, new, old, rule, confidence, over in entry["edits"]
    ]
    return {
        **about,
        "text": one_to_one(source),
        "words": words.count(source),
        "language": entry.get("language"),
        "mode": entry.get("mode") or "",
        "state": entry.get("state") or "",
        "evidence": list(entry.get("evidence") or ()),
        "warnings": list(entry.get("warnings") or ()),
        "edits": edits,
        "overruled": [],
    }


def one_to_one(text: str) -> str:
    """``text`` of as many characters in a browser as here."""
    return SPLIT_PAIR.sub("\ufffd\ufffd", text)
