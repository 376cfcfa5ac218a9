"""Counting words, the unit in which positions and losses are measured."""

from __future__ import annotations

import re

# Scripts written without spaces; two characters count as one word.
UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0e7f]")
# The first bytes in UTF-8 that their characters, and few others, have.
UNSPACED_LEADS = tuple(bytes([lead]) for lead in (0xE0, *range(0xE3, 0xEA)))
PROSE_WORDS = 20  # from here on a line that ends like a sentence is a paragraph of prose
SENTENCE_END = re.compile(
    "[.!?\u2026\u3002\uff01\uff1f\u061f\u06d4][\"'\u201d\u2019\u00bb\u203a)\\]\u300d\u300f]*\\s*$"
)


def count(text: str) -> int:
    """The number of words in ``text``; in scripts without spaces, half the number of characters."""
    spaced = len(text.split())
    if text.isascii():
        return spaced
    encoded = text.encode("utf-8", "surrogatepass")  # looking through bytes is many times as fast
    if not any(lead in encoded for lead in UNSPACED_LEADS):
        return spaced
    return spaced + len(UNSPACED.findall(text)) // 2


def is_prose(line: str, words: int | None = None) -> bool:
    """Whether a line is a paragraph: at least ``PROSE_WORDS`` words that end like a sentence."""
    enough = (count(line) if words is None else words) >= PROSE_WORDS
    return enough and ends_sentence(line)


def ends_sentence(line: str) -> bool:
    """Whether a line ends as a sentence does."""
    return SENTENCE_END.search(line[-20:]) is not None
