"""CriticMarkup: a text and its edits in one, ``{--removed--}`` and ``{++added++}``.

A replacement is both, side by side.  A brace that would read as a part of a mark is written
with a backslash before it; backslashes right before a brace are doubled.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from cleaner.document import Edit

MARK = re.compile(r"(\\+)([{}])|\{(--|\+\+)|(--|\+\+)\}")
BRACE = re.compile(r"(\\*)(\{(?=--|\+\+|[-+]?\Z)|(?:(?<=--)|(?<=\+\+))\}|(?<=\\)[{}])")
LAST_BACKSLASHES = re.compile(r"\\+\Z")


def escape(text: str) -> str:
    """``text`` with backslashes before the braces that would read as parts of marks."""
    return BRACE.sub(lambda match: match[1] * 2 + "\\" + match[2], text)


def _before_mark(text: str) -> str:
    """Escaped text that a mark follows: backslashes at its end would escape the mark."""
    return LAST_BACKSLASHES.sub(lambda match: match[0] * 2, escape(text))


def write(source: str, edits: Iterable[Edit]) -> str:
    """``source`` with ``edits`` (sorted, disjoint) as marks."""
    parts, at = [], 0
    for edit in edits:
        parts.append(_before_mark(source[at : edit.start]))
        if edit.end > edit.start:
            parts.append("{--" + escape(source[edit.start : edit.end]) + "--}")
        if edit.new:
            parts.append("{++" + escape(edit.new) + "++}")
        at = edit.end
    parts.append(escape(source[at:]))
    return "".join(parts)


def read(marked: str, rule: str = "marks") -> tuple[str, tuple[Edit, ...]]:
    """The source and the edits that a marked text stands for.

    Raises ``ValueError`` with the character offset of a mark that does not open or close.
    """
    reader = _Reader(rule)
    at = 0
    while match := MARK.search(marked, at):
        reader.take(marked[at : match.start()])
        at = match.end()
        if match[1]:
            at = reader.escaped(marked, match)
        elif match[3]:
            reader.open(match[3], match.start())
        else:
            reader.close(match[4], match.start())
    reader.take(marked[at:])
    return reader.finished(len(marked))


class _Reader:
    def __init__(self, rule: str) -> None:
        self.rule = rule
        self.source: list[str] = []
        self.length = 0
        self.within = ""
        self.began = 0
        self.new = ""
        self.edits: list[Edit] = []

    def take(self, text: str) -> None:
        if self.within == "++":
            self.new += text
        else:
            self.source.append(text)
            self.length += len(text)

    def escaped(self, marked: str, match: re.Match[str]) -> int:
        """Takes backslashes and the brace after them; where reading goes on."""
        self.take("\\" * (len(match[1]) // 2))
        if len(match[1]) % 2 == 0 and marked.startswith(("{--", "{++"), match.end() - 1):
            return match.end() - 1
        self.take(match[2])
        return match.end()

    def open(self, mark: str, place: int) -> None:
        if self.within:
            message = f"a mark opens inside another, at character {place}"
            raise ValueError(message)
        self.within, self.began, self.new = mark, self.length, ""

    def close(self, mark: str, place: int) -> None:
        if mark != self.within:
            message = f"a mark closes that is not open, at character {place}"
            raise ValueError(message)
        last = self.edits[-1] if self.edits else None
        if mark == "++" and last and last.end == self.length and last.removes:
            self.edits[-1] = Edit(last.start, last.end, self.new, self.rule)
        else:
            self.edits.append(Edit(self.began, self.length, self.new, self.rule))
        self.within = ""

    def finished(self, length: int) -> tuple[str, tuple[Edit, ...]]:
        if self.within:
            message = f"a mark is not closed by character {length}"
            raise ValueError(message)
        return "".join(self.source), tuple(self.edits)
