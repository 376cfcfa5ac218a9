"""What was done to a text, as plain values that tables, JSON and other tools can hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from cleaner.ledger import digest, restore
from cleaner.result import Result
from cleaner.words import count


def account(result: Result) -> dict[str, Any]:
    """Edits (``text`` is what stood there), language, mode, state, warnings and hashes of a result."""
    return {
        "edits": [
            {
                "rule": edit.rule,
                "start": edit.start,
                "end": edit.end,
                "new": edit.new,
                "text": result.source[edit.start : edit.end],
            }
            for edit in result.edits
        ],
        "language": result.language,
        "mode": result.mode,
        "state": result.state,
        "warnings": list(result.warnings),
        "hash": {"source": digest(result.source), "clean": digest(result.text)},
    }


def source_of(text: str, entry: Mapping[str, Any]) -> str:
    """The source of a cleaned text, by its account.  Raises ``LedgerError`` when it is another's."""
    edits = [[edit[name] for name in ("start", "end", "new", "text")] for edit in entry["edits"]]
    return restore(text, {"hash": entry["hash"], "edits": edits})


def removed_words(result: Result) -> Counter[str]:
    """The number of words that are gone, by family."""
    words: Counter[str] = Counter()
    for edit in result.edits:
        if edit.removes:
            words[edit.filter] += count(result.source[edit.start : edit.end])
    return words
