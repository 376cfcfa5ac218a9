"""The page of a batch: a sample of its documents, from the ledger and the cleaned texts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cleaner.errors import LedgerError
from cleaner.ledger import restore
from cleaner.review import texts
from cleaner.review.page import html_page
from cleaner.review.sample import Survey, choose
from cleaner.review.shown import RuleTable, of_entry
from cleaner.version import __version__

MOST_CHARACTERS = 1_000_000  # of one document: a longer one is told of and left out


@dataclass
class Review:
    """A review of what a run did; ``notes`` tell how the sample was chosen and what it lacks."""

    ledger: str
    clean: str
    size: int = 100
    text_field: str = "text"
    notes: list[str] = field(default_factory=list)
    shown: int = 0

    def page(self) -> str:
        """The page.  Raises ``LedgerError`` and ``InputError``."""
        header, survey = self._surveyed()
        chosen = choose(survey)
        lines = self._lines(chosen)
        table = RuleTable.of(header.get("rules") or [])
        documents = self._documents(chosen, lines, survey.ids, table)
        self._tell(survey, table)
        if chosen and not documents:
            raise LedgerError(
                f"{self.clean}: holds none of the texts that {self.ledger} tells of; "
                "--clean is what the run wrote with --out"
            )
        return html_page(
            {
                "kind": "review",
                "version": __version__,
                "title": self.ledger,
                "hash": f"{header.get('hash')}-{survey.documents}-{self.size}",
                "level": str((header.get("configuration") or {}).get("level") or "standard"),
                "notes": self.notes,
                "rules": table.rows,
                "documents": documents,
            }
        )

    def _surveyed(self) -> tuple[dict[str, Any], Survey]:
        lines = texts.entries(self.ledger)
        _, header = next(lines)
        survey = Survey(self.size, [str(rule.get("id")) for rule in header.get("rules") or []])
        for number, entry in lines:
            survey.add(number, entry)
        return header, survey

    def _lines(self, chosen: Mapping[int, str]) -> dict[int, dict[str, Any]]:
        """The chosen lines of the ledger, which is read a second time."""
        return {number: entry for number, entry in texts.entries(self.ledger) if number in chosen}

    def _documents(
        self,
        chosen: Mapping[int, str],
        lines: Mapping[int, Mapping[str, Any]],
        ids: list[str],
        table: RuleTable,
    ) -> list[dict[str, Any]]:
        cleaned = texts.find(self.clean, lines.values(), self.text_field)
        documents = []
        lost = long = 0
        for number, reason in chosen.items():
            text = cleaned.get(texts.clean_hash(lines[number]))
            source = None if text is None else restore(text, lines[number])
            if source is None:
                lost += 1
            elif len(source) > MOST_CHARACTERS:
                long += 1
            else:
                about = {"name": _name(lines[number]), "chosen": reason, "url": lines[number].get("url")}
                documents.append(of_entry(lines[number], source, ids, table, **about))
        self.shown = len(documents)
        self._left_out(lost, long)
        return documents

    def _left_out(self, lost: int, long: int) -> None:
        if lost:
            self.notes.append(f"{lost} more were chosen, but their cleaned texts are not in {self.clean}.")
        if long:
            self.notes.append(f"{long} more were chosen, but are longer than {MOST_CHARACTERS:,} characters.")

    def _tell(self, survey: Survey, table: RuleTable) -> None:
        seen = {row["id"] for row in table.rows}.intersection(survey.rules)
        documents = f"{self.shown} of {survey.changed} changed documents ({survey.documents} in all)"
        told = [f"{documents}, {len(seen)} of {len(survey.rules)} rules that found something."]
        if survey.failed:
            told.append(f"{survey.failed} documents failed and are not here.")
        self.notes[:0] = told


def _name(entry: Mapping[str, Any]) -> str:
    """What to call a document: its id, else its place in its source."""
    name = entry.get("id")
    return str(name) if name not in (None, "") else f"{entry.get('source')}:{entry.get('ordinal')}"
