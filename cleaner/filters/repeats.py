"""The repeats layer: the same paragraph twice running."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cleaner import words
from cleaner.document import Document, Edit

LEAST_WORDS = 12  # a shorter line said twice may be speech, a refrain or a table
TITLE_WORDS = 3  # but the text's first line is its title, and is not said twice on purpose


@dataclass(frozen=True)
class Repeats:
    """Removes a paragraph that says again, word for word, what the one before it said.

    Below the level ``strict`` only the title and the first paragraph are looked at, which pages
    show twice: further on, texts of reference do repeat themselves (13 of 1,568 clean texts).
    """

    name: str = "repeats"
    everywhere: bool = False

    def edits(self, document: Document) -> Iterator[Edit]:
        """A removal for each line of prose that equals the line before it."""
        last, least, told = "", 0, 0
        for number, line in enumerate(document.lines):
            text = line.strip()
            if not text:
                continue
            if text == last and words.count(text) >= least:
                yield self._edit(document, number)
            elif words.is_prose(text) or words.count(text) >= LEAST_WORDS:
                told += 1
                if told > 1 and not self.everywhere:
                    return
            is_title = not last and not text.endswith((",", ";", ":", ".", "!"))
            least = TITLE_WORDS if is_title else LEAST_WORDS
            last = text

    def _edit(self, document: Document, number: int) -> Edit:
        start = document.starts[number]
        end = start + len(document.lines[number])
        if number + 1 < len(document.starts):
            end = document.starts[number + 1]
        return document.edit(
            start, end, "", rule="repeats/paragraph", filter="repeats",
            why="The paragraph says word for word what the one before it said.", confidence=0.98,
        )  # fmt: skip
