"""Which documents of a run to look at: every rule that took something, the greatest losses, and some by lot.

The choice depends on the ledger alone, so it is the same every time.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cleaner import words
from cleaner.errors import LedgerError
from cleaner.ledger import digest

BY_LOT = 4  # one document in so many of those left over is taken by lot, the others for their loss


@dataclass
class Survey:
    """What one reading of a ledger tells: of each rule its greatest document, and the first of each rank.

    Memory grows with the number of rules and the size of the sample, not with the ledger.
    """

    size: int
    ids: list[str]
    documents: int = 0
    changed: int = 0
    failed: int = 0
    rules: dict[str, tuple[int, int]] = field(default_factory=dict)
    totals: dict[str, int] = field(default_factory=dict)
    ranks: dict[str, list[tuple[Any, int]]] = field(default_factory=dict)

    def add(self, number: int, entry: Mapping[str, Any]) -> None:
        """Takes in the document's line of that number."""
        if "cleaner-ledger" in entry:
            return
        self.documents += 1
        if "error" in entry:
            self.failed += 1
            return
        taken = self._taken(number, entry)
        if not taken and not entry.get("warnings"):
            return
        self.changed += bool(taken)
        for rule, count in taken.items():
            self.totals[rule] = self.totals.get(rule, 0) + count
            if rule not in self.rules or count > self.rules[rule][0]:
                self.rules[rule] = (count, number)
        self._rank(number, entry, sum(taken.values()))

    def _taken(self, number: int, entry: Mapping[str, Any]) -> dict[str, int]:
        """The words that each rule took of a document; a repair took none."""
        taken: dict[str, int] = {}
        try:
            for _, _, new, old, rule, _, _ in entry["edits"]:
                name = self.ids[rule] if isinstance(rule, int) else str(rule)
                taken[name] = taken.get(name, 0) + (0 if new else words.count(old))
        except (KeyError, TypeError, ValueError, IndexError):
            raise LedgerError(f"line {number} of the ledger is damaged: its edits cannot be read") from None
        return taken

    def _rank(self, number: int, entry: Mapping[str, Any], lost: int) -> None:
        if any("loss guard" in str(warning) for warning in entry.get("warnings") or ()):
            self._keep("the loss guard stopped a rule", (lost, -number), number)
        page = " of a whole page" if entry.get("mode") == "page" else ""
        self._keep(f"one of the greatest losses{page}", (lost, -number), number)
        self._keep("by lot", (digest(f"{number} {entry.get('hash')}"), -number), number)

    def _keep(self, rank: str, weight: tuple[Any, int], number: int) -> None:
        heap = self.ranks.setdefault(rank, [])
        if len(heap) < self.size:
            heapq.heappush(heap, (weight, number))
        else:
            heapq.heappushpop(heap, (weight, number))


def choose(survey: Survey) -> dict[int, str]:
    """The lines' numbers of the documents to show, each with why, the most telling first."""
    chosen: dict[int, str] = {}
    _every_rule(survey, chosen)
    _by_rank(survey, chosen)
    return dict(sorted(chosen.items(), key=lambda item: (_order(item[1]), item[0])))


def _order(reason: str) -> int:
    marks = ("the loss guard", "one of the greatest", "shows", "by lot")
    return next(number for number, mark in enumerate(marks) if reason.startswith(mark))


def _every_rule(survey: Survey, chosen: dict[int, str]) -> None:
    """Takes the document in which each rule took most, rules that took most of all first."""
    for rule in sorted(survey.rules, key=lambda name: (-survey.totals[name], name)):
        number = survey.rules[rule][1]
        if number not in chosen and len(chosen) >= survey.size:
            continue
        before = chosen.get(number)
        chosen[number] = f"{before}, {rule}" if before else f"shows {rule}"


def _by_rank(survey: Survey, chosen: dict[int, str]) -> None:
    """Fills the sample: warnings, then losses of articles and of pages in turn, every fourth by lot."""
    queues = {rank: _descending(heap) for rank, heap in survey.ranks.items()}
    guarded = queues.pop("the loss guard stopped a rule", [])
    _take(guarded, "the loss guard stopped a rule", chosen, survey.size, len(guarded))
    lot = queues.pop("by lot", [])
    while len(chosen) < survey.size and (lot or any(queues.values())):
        for rank in sorted(queues):
            _take(queues[rank], rank, chosen, survey.size, BY_LOT - 1)
        _take(lot, "by lot", chosen, survey.size, 1)


def _descending(heap: Iterable[tuple[Any, int]]) -> list[int]:
    return [number for _, number in sorted(heap, reverse=True)]


def _take(queue: list[int], reason: str, chosen: dict[int, str], size: int, most: int) -> None:
    taken = 0
    while queue and taken < most and len(chosen) < size:
        number = queue.pop(0)
        if number not in chosen:
            chosen[number] = reason
            taken += 1
