"""What comes of cleaning one text: the article, and an account of every change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from cleaner import ledger, marks
from cleaner.document import Edit, PieceTable, apply
from cleaner.undoing import Undoing


@dataclass(frozen=True)
class Result:
    """A cleaned text with its source and the edits between them.

    ``edits`` are in source offsets, sorted, disjoint.  ``state`` is ``complete``, ``cut``,
    ``teaser``, ``consent page``, ``error page`` or ``empty``, and ``evidence`` says why.
    ``overruled`` are edits that did not happen because their text is protected, ``stopped`` those
    that the loss guard rolled back.
    """

    text: str
    source: str
    edits: tuple[Edit, ...] = ()
    language: str | None = None
    mode: str = "article"
    state: str = "complete"
    evidence: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    overruled: tuple[Edit, ...] = ()
    stopped: tuple[Edit, ...] = ()

    @cached_property
    def _pieces(self) -> PieceTable:
        return PieceTable(self.edits)

    def to_source(self, start: int, end: int) -> tuple[int, int]:
        """The span of ``source`` that ``text[start:end]`` came from."""
        return self._pieces.to_source(start, end)

    def to_clean(self, start: int, end: int) -> tuple[int, int]:
        """The span of ``text`` that ``source[start:end]`` became; empty where nothing is left."""
        return self._pieces.to_edited(start, end)

    def undone(
        self,
        only_rules: Iterable[str] = (),
        except_rules: Iterable[str] = (),
        only_families: Iterable[str] = (),
        except_families: Iterable[str] = (),
    ) -> str:
        """The text with some edits undone, all when none are chosen: the rest applied to the source."""
        undoing = Undoing.of(only_rules, except_rules, only_families, except_families)
        return apply(self.source, undoing.remaining(self.edits))

    def marked(self) -> str:
        """The source with every edit as a CriticMarkup mark."""
        return marks.write(self.source, self.edits)

    def ledger(self, **about: Any) -> dict[str, Any]:
        """The document's line of a ledger, rules by their ids; see ``docs/ledger.md``."""
        return ledger.entry(self, _by_name, **about)

    def removed_words(self) -> int:
        """The number of words that are gone."""
        from cleaner.words import count

        return sum(count(self.source[edit.start : edit.end]) for edit in self.edits if edit.removes)


def _by_name(edit: Edit) -> str:
    return edit.rule


def families(edits: Iterable[Edit]) -> Mapping[str, int]:
    """How many edits each family made, most first."""
    counts: dict[str, int] = {}
    for edit in edits:
        counts[edit.filter] = counts.get(edit.filter, 0) + 1
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
