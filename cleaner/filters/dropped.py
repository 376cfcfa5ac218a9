"""The dropped layer: parts of the article itself that the user gives up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cleaner.document import Document, Edit
from cleaner.rules.folding import fold, phrase_key

SITE_MARKS = (" | ", " - ", " \u00bb ", " \u00b7 ")  # between a title and its site's name, folded


@dataclass(frozen=True)
class Title:
    """Removes the first line when it is the title that the document was said to have."""

    name: str = "title"

    def edits(self, document: Document) -> Iterator[Edit]:
        """One removal, or nothing when no title was said or the text begins otherwise."""
        wanted = titles(document.facts.title or "")
        first = next((n for n, line in enumerate(document.lines) if line.strip()), None)
        if first is None or phrase_key(fold(document.lines[first])) not in wanted:
            return
        start = document.starts[first]
        end = document.starts[first + 1] if first + 1 < len(document.starts) else len(document.text)
        yield document.edit(
            start, end, "", rule="dropped/title", filter="dropped",
            why="The line is the document's title, which was to be dropped.", confidence=0.99,
        )  # fmt: skip


def titles(said: str) -> set[str]:
    """The folded forms in which a title may stand in the text: whole, or without the site's name."""
    folded = fold(said)
    forms = {folded, *(folded.rpartition(mark)[0] for mark in SITE_MARKS)}
    return {key for form in forms if (key := phrase_key(form))}
