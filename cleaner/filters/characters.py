"""Characters: mojibake, entities, invisible characters, ligatures and leftover markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cleaner.document import Document, Edit
from cleaner.filters import entities, invisible, markup_debris, mojibake, worn
from cleaner.filters.spot import Spot

ROUNDS = 16  # one kind of damage may hide another: mojibake in an entity in an entity


@dataclass(frozen=True)
class Characters:
    """What went wrong with characters on the way; what is orthography stays.

    No-break and typographic spaces, joiners, marks of direction, variation selectors,
    quotes, dashes and full width are left as they are.
    """

    name: str = "characters"

    def edits(self, document: Document) -> Iterator[Edit]:
        """The edits that set right what ``document`` shows, all kinds to the end."""
        state = Document(document.text, facts=document.facts)
        for _ in range(ROUNDS):
            further = _step(state)
            if further is None:
                break
            state = further
        for edit in state.edits:
            yield document.edit(
                edit.start,
                edit.end,
                edit.new,
                rule=edit.rule,
                filter=self.name,
                why=edit.why,
                confidence=edit.confidence,
            )


def _step(state: Document) -> Document | None:
    """``state`` after the first kind of repair that finds something, or ``None``.

    Most texts need none: their bytes tell that several times as fast as their characters.
    """
    text = state.text
    raw = text.encode("utf-8", "surrogatepass")
    found: list[Spot] = []
    if mojibake.suspicious(text, raw):
        found.extend(mojibake.spots(state.lines, state.starts, state.language))
    if not found and worn.suspicious(raw):
        found.extend(worn.spots(state.lines, state.starts, lambda: state.language))
    if not found and b"&" in raw:
        found.extend(entities.spots(text))
    if not found and invisible.suspicious(text, raw):
        found.extend(invisible.spots(text))
    if not found and b"<" in raw:
        found.extend(markup_debris.spots(text))
    return state.edited(_edits(state, found)) if found else None


def _edits(state: Document, spots: Iterable[Spot]) -> Iterator[Edit]:
    for spot in spots:
        yield state.edit(
            spot.start,
            spot.end,
            spot.new,
            rule=spot.rule,
            why=spot.why,
            confidence=spot.confidence,
        )
