"""Undoing some edits and not others: the rest applied to the source, not another run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cleaner import ledger
from cleaner.document import Edit, apply
from cleaner.errors import LedgerError, OptionError


@dataclass(frozen=True)
class Undoing:
    """Which edits are undone, by their rules and families; without any choice, all are.

    ``only_*``: these alone; ``except_*``: not these, and they win.  An edit goes by its own rule,
    not by those whose earlier edits it has swallowed.
    """

    only_rules: frozenset[str] = field(default_factory=frozenset)
    except_rules: frozenset[str] = field(default_factory=frozenset)
    only_families: frozenset[str] = field(default_factory=frozenset)
    except_families: frozenset[str] = field(default_factory=frozenset)

    @classmethod
    def of(
        cls,
        only_rules: Iterable[str] = (),
        except_rules: Iterable[str] = (),
        only_families: Iterable[str] = (),
        except_families: Iterable[str] = (),
    ) -> Undoing:
        """A choice from lists of names."""
        return cls(*map(frozenset, (only_rules, except_rules, only_families, except_families)))

    def __bool__(self) -> bool:
        """Whether anything is chosen."""
        return bool(self.only_rules or self.except_rules or self.only_families or self.except_families)

    def undoes(self, rule: str, family: str) -> bool:
        """Whether the edits of a rule are undone."""
        if rule in self.except_rules or family in self.except_families:
            return False
        if not self.only_rules and not self.only_families:
            return True
        return rule in self.only_rules or family in self.only_families

    def remaining(self, edits: Iterable[Edit]) -> list[Edit]:
        """The edits of a result that are not undone."""
        return [edit for edit in edits if not self.undoes(edit.rule, edit.filter)]

    def restored(self, text: str, entry: Mapping[str, Any], table: Iterable[Mapping[str, str]] = ()) -> str:
        """A cleaned text with the chosen edits undone, by its line of a ledger.

        ``table`` is that of the ledger's header, into which the line's rules point; the line of a
        single result names them itself.  Raises ``LedgerError`` when the text is not the line's.
        """
        source = ledger.restore(text, entry)
        if not self:
            return source
        rules = list(table)
        try:
            edits = [_edit(row, rules) for row in entry["edits"]]
        except (IndexError, KeyError, TypeError, ValueError):
            raise LedgerError(
                "the ledger line is damaged: a rule of it is not in the header's table"
            ) from None
        return apply(source, self.remaining(edits))

    def after(
        self, text: str, entry: Mapping[str, Any], table: Iterable[Mapping[str, str]] = ()
    ) -> dict[str, Any]:
        """The line of a ledger that belongs to ``text``, which ``restored`` made: the edits that are left."""
        rules = list(table)
        rows = [row for row in entry["edits"] if self.remaining([_edit(row, rules)])]
        return {**entry, "hash": {**entry["hash"], "clean": ledger.digest(text)}, "edits": rows}

    def check(self, table: Iterable[Mapping[str, str]]) -> None:
        """Raises ``OptionError`` for a rule or family that the table of a ledger does not know."""
        rules = list(table)
        names = {"rule": {rule["id"] for rule in rules}, "family": {rule["family"] for rule in rules}}
        for kind, chosen in (
            ("rule", self.only_rules | self.except_rules),
            ("family", self.only_families | self.except_families),
        ):
            for name in sorted(chosen - names[kind]):
                raise OptionError(f"the ledger knows no {kind} {name}{_hint(name, names[kind])}")


def _edit(row: list[Any], rules: list[Mapping[str, str]]) -> Edit:
    """A row of a ledger as an edit with its rule's name and family."""
    start, end, new, _, rule, *_ = row
    if isinstance(rule, str):
        return Edit(start, end, new, rule, family_of(rule))
    return Edit(start, end, new, rules[rule]["id"], rules[rule]["family"])


def family_of(rule: str) -> str:
    """The family that a rule's id tells, ``adverts`` of ``en/adverts:label``."""
    pack, colon, _ = rule.partition(":")
    return pack.rpartition("/")[2] if colon else rule.partition("/")[0]


def _hint(name: str, known: Iterable[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, sorted(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""
