"""Duplicates within a run: documents, and paragraphs that an earlier document has word for word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from cleaner import words
from cleaner.batch.seen import Seen, key
from cleaner.cleaning import CODE_RULES
from cleaner.document import Document, apply, split_lines
from cleaner.gaps import settle
from cleaner.result import Result

KINDS = ("documents", "paragraphs", "both")
LEAST_WORDS = 8  # words of a line that counts as a paragraph; shorter ones recur honestly
RULE = "dedup/paragraph"
FAMILY = "dedup"
GUARD = "dedup: too much of the document stood in earlier ones, so none of it was cut"

Span = tuple[int, int]
Paragraph = tuple[bytes, int, int]


def document_key(text: str) -> bytes:
    """What two equal cleaned texts have in common; nothing for an empty one, which repeats none."""
    stripped = text.strip()
    return key("documents", stripped) if stripped else b""


def paragraphs(text: str) -> tuple[Paragraph, ...]:
    """The paragraphs of a cleaned text with their places in it.

    The first line counts only when it ends as a sentence does: else it may be a title.
    """
    found: list[Paragraph] = []
    first = True
    for line, start in zip(*split_lines(text), strict=True):
        body = line.strip()
        if not body:
            continue
        if words.count(body) >= LEAST_WORDS and not (first and not words.ends_sentence(body)):
            found.append((key("paragraphs", body), start, start + len(line)))
        first = False
    return tuple(found)


def repeated(found: Iterable[Paragraph], seen: Seen) -> list[Span]:
    """Where the paragraphs are that earlier documents have; the others are remembered.

    What a document itself says twice (a refrain) is no repetition of an earlier one.
    """
    spans: list[Span] = []
    known: dict[bytes, bool] = {}
    for mark, start, end in found:
        if mark not in known:
            known[mark] = not seen.new_key(mark)
        if known[mark]:
            spans.append((start, end))
    return spans


def without(result: Result, spans: Iterable[Span], max_loss: float) -> tuple[Result, int]:
    """The result with these spans of its text cut too, and the words that went so.

    Where they are more than a share ``max_loss`` of the text's words nothing is cut and a warning says so:
    of a document that is nearly the copy of another the rest would be a torso.
    """
    document = Document(result.source, result.edits)
    chosen = list(spans)
    lost = sum(words.count(result.text[start:end]) for start, end in chosen)
    if lost > max_loss * words.count(result.text):
        return replace(result, warnings=(*result.warnings, GUARD)), 0
    cuts = [
        document.edit(start, end, "", rule=RULE, filter=FAMILY, why=CODE_RULES[RULE]) for start, end in chosen
    ]
    edits = settle(result.source, document.edited(cuts).edits)
    return replace(result, text=apply(result.source, edits), edits=edits), lost
