"""Hard wraps: text that was broken into lines of one width is recognised, and joined on demand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from cleaner.code import is_code
from cleaner.document import Document, Edit

RULE = "repairs/wrap"
WHY = "The line was broken at a fixed width in the middle of a paragraph."

NEARLY = 8  # columns that the last line of a paragraph may lack to look like a full one
NARROWEST, WIDEST = 40, 120  # columns: outside of these no text is wrapped by machine
PAIRS = 2  # lines that must go on in the next line, at least
RUNNING = 0.3  # share of the full lines that a small letter follows
HEADING = 0.7  # share of the width that a heading falls short of
FULL = 0.9  # share of the lines within paragraphs that have no room for the next word
BULLET = re.compile(
    r"\s*(?:[-*+\u2022\u2023\u25aa\u25cf\u2013|>#]|\[\d+\]:?|\d{1,3}[.)]|[a-zA-Z][.)])(?:\s|$)"
)
SENTENCE_END = re.compile(r"[.!?\u2026:][\"'\u201d\u2019\u00bb)\]]*$")
UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uff60]")


@dataclass(frozen=True)
class Unwrap:
    """The lines of hard-wrapped paragraphs are joined; text of another form is left alone."""

    name: str = "unwrap"

    def edits(self, document: Document) -> Iterator[Edit]:
        """The line breaks that become spaces."""
        lines, starts = document.lines, document.starts
        width = wrapped_at(lines)
        if not width:
            return
        spaced = _has_blank_lines(lines)
        for number in range(len(lines) - 1):
            if not _goes_on(lines[number], lines[number + 1], width, spaced=spaced):
                continue
            below = lines[number + 1]
            end = starts[number + 1] + len(below) - len(below.lstrip())
            start = starts[number] + len(lines[number].rstrip())
            yield document.edit(
                start,
                end,
                _joint(lines[number].rstrip(), below.lstrip()),
                rule=RULE,
                filter="repairs",
                why=WHY,
                confidence=0.95,
            )


def is_wrapped(lines: Sequence[str]) -> bool:
    """Whether ``lines`` are paragraphs broken at a fixed width."""
    return wrapped_at(lines) > 0


def wrapped_at(lines: Sequence[str]) -> int:
    """The width in columns at which ``lines`` were broken; 0 when they were not.

    A line that was broken at width W is at most W long, and would have been longer with the
    next word: the width is the one that most lines agree with.  Text is wrapped when almost
    all lines that another follows agree, and sentences run on over their ends.
    """
    if _is_too_wide(lines):
        return 0
    pairs = list(_pairs(lines))
    if len(pairs) < PAIRS:
        return 0
    width = _likeliest_width(pairs)
    full = [below for line, below in pairs if len(line) <= width and _no_room(line, below, width)]
    long = sum(len(line) > width and " " in line[width // 2 :] for line, _ in pairs)
    spaced = _has_blank_lines(lines)
    loose = sum(_is_loose(line, below, width, spaced=spaced) for line, below in pairs)
    running = sum(below[0].islower() for below in full)
    enough = len(full) >= max(PAIRS, FULL * (len(full) + loose + long))
    return width if enough and running >= max(PAIRS, RUNNING * len(full)) else 0


def _is_too_wide(lines: Sequence[str]) -> bool:
    """Whether more lines than a few (links, rows of tables) are longer than any width."""
    wide = sum(len(line) > WIDEST for line in lines)
    return wide > 3 and wide > (1 - FULL) * sum(map(bool, lines))


def _pairs(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Lines of prose with the line that follows each of them, both stripped."""
    for line, below in pairwise(lines):
        if not line or not below or line.isspace() or below.isspace() or BULLET.match(below):
            continue
        if not _is_other(line) and not _is_other(below):
            yield line.strip(), below.strip()


def _is_other(line: str) -> bool:
    """Whether a line is a link, a row of a table or code, which is broken by its own laws."""
    return "://" in line or _is_row(line) or is_code(line)


def _is_row(line: str) -> bool:
    """Whether a line is a row of a table."""
    return " | " in line or "---|" in line


def _likeliest_width(pairs: Sequence[tuple[str, str]]) -> int:
    """The width that most of ``pairs`` agree with, the narrowest when several are."""
    agree = [0] * (WIDEST + 2)
    for line, below in pairs:
        low = max(len(line), NARROWEST)
        high = len(line) + len(below.split(None, 1)[0])
        if low <= high and low <= WIDEST:
            agree[low] += 1
            agree[min(high, WIDEST) + 1] -= 1
    counts = list(accumulate(agree))
    return max(range(NARROWEST, WIDEST + 1), key=lambda width: (counts[width], -width))


def _is_loose(line: str, below: str, width: int, *, spaced: bool) -> bool:
    """Whether a line ends where nothing called for it: neither the width nor a paragraph."""
    if len(line) > width or _no_room(line, below, width):
        return False
    if spaced:
        return True
    heading = len(line) < HEADING * width and not below[0].islower()
    return not heading and SENTENCE_END.search(line) is None


def _has_blank_lines(lines: Sequence[str]) -> bool:
    """Whether blank lines part paragraphs here."""
    return any(not line or line.isspace() for line in lines[1:-1])


def _no_room(line: str, below: str, width: int) -> bool:
    """Whether the first word of ``below`` would not have fitted on ``line``."""
    word = below.split(None, 1)[0]
    return len(line) + 1 + len(word) > width


def _goes_on(line: str, below: str, width: int, *, spaced: bool) -> bool:
    """Whether ``below`` is the same paragraph as ``line``."""
    if not line or not below or line.isspace() or below.isspace():
        return False
    if BULLET.match(below) or _is_row(line) or _is_row(below):
        return False
    if (not spaced or below[0].isspace()) and (_is_other(line) or _is_other(below)):
        return False
    bare = line.strip()
    if len(bare) > width or not _no_room(bare, below, width):
        return False
    return spaced or len(bare) > width - NEARLY or SENTENCE_END.search(bare) is None


def _joint(line: str, below: str) -> str:
    """What stands between two lines when they are one: nothing in scripts without spaces."""
    unspaced = UNSPACED.match(line[-1]) and UNSPACED.match(below[0])
    broken = line[-1] == "-" and line[-2:-1].isalpha()
    return "" if unspaced or broken else " "
