"""The ledger: what was done to each document, enough to give every source back.

A ledger is JSON lines.  The first line is the header: format version, version of cleaner,
configuration, hash, and the table of rules.  Each line after it tells of one document; its
edits are ``[start, end, new, text, rule, confidence, over]``, where ``start`` and ``end`` are
character offsets in the source, ``text`` is what stood there, and ``rule`` is a number in the
header's table (in the ledger of a single ``Result`` the rule's id).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from cleaner.errors import LedgerError
from cleaner.version import __version__

if TYPE_CHECKING:
    from cleaner.document import Edit
    from cleaner.result import Result

FORMAT = 1
HASH_BYTES = 16


def digest(text: str) -> str:
    """A BLAKE2b hash of ``text`` (its UTF-8 form, lone surrogates as they are), 32 hex digits."""
    data = text.encode("utf-8", "surrogatepass")
    return hashlib.blake2b(data, digest_size=HASH_BYTES).hexdigest()


def header(configuration: Mapping[str, Any], rules: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The first line of a ledger, which doubles as the receipt of a run."""
    table = list(rules)
    stamped = json.dumps([__version__, configuration, table], sort_keys=True, default=list)
    return {
        "cleaner-ledger": FORMAT,
        "version": __version__,
        "hash": digest(stamped),
        "configuration": dict(configuration),
        "rules": table,
    }


def entry(result: Result, number: Callable[[Edit], int | str], **about: Any) -> dict[str, Any]:
    """A document's line; ``about`` may hold ``id``, ``ordinal``, ``source``, ``encoding``, ``bom``."""
    source = digest(result.source)
    return {
        **about,
        "hash": {"source": source, "clean": source if not result.edits else digest(result.text)},
        "language": result.language,
        "mode": result.mode,
        "state": result.state,
        "warnings": list(result.warnings),
        **({"evidence": list(result.evidence)} if result.evidence else {}),
        **_undone_rows("overruled", result.overruled, number),
        **_undone_rows("stopped", result.stopped, number),
        "edits": [
            [
                edit.start,
                edit.end,
                edit.new,
                result.source[edit.start : edit.end],
                number(edit),
                round(edit.confidence, 4),
                list(edit.over),
            ]
            for edit in result.edits
        ],
    }


def _undone_rows(
    name: str, edits: Iterable[Edit], number: Callable[[Edit], int | str]
) -> dict[str, list[list[int | str]]]:
    """Edits that did not happen, as ``[start, end, rule]``; nothing when there are none."""
    rows = [[edit.start, edit.end, number(edit)] for edit in edits]
    return {name: rows} if rows else {}


def restore(text: str, line: Mapping[str, Any]) -> str:
    """The source that ``line`` of a ledger tells of, from its cleaned ``text``.

    Raises ``LedgerError`` when the line is not a document's line, or ``text`` is not the
    text that it belongs to.
    """
    try:
        hashes, edits = line["hash"], line["edits"]
        source_hash, clean_hash = hashes["source"], hashes["clean"]
    except (KeyError, TypeError):
        raise LedgerError("the ledger line has no hash and edits: is it a ledger?") from None
    if digest(text) != clean_hash:
        raise LedgerError(
            "the text is not the one this ledger line belongs to (its hash differs); "
            "restore needs the cleaned text exactly as it came out"
        )
    source = _undone(text, edits)
    if digest(source) != source_hash:
        raise LedgerError("the ledger line is damaged: what it restores has another hash")
    return source


def _undone(text: str, edits: Iterable[Any]) -> str:
    """``text`` with every edit undone; ``shift`` is how far the text runs behind its source."""
    parts: list[str] = []
    at = shift = 0
    try:
        for start, end, new, old, *_ in edits:
            place = start - shift
            if place < at or end - start != len(old) or text[place : place + len(new)] != new:
                raise LedgerError("the ledger line is damaged: its edits do not fit the text")
            parts += (text[at:place], old)
            at = place + len(new)
            shift += len(old) - len(new)
    except (TypeError, ValueError):
        raise LedgerError("the ledger line is damaged: an edit is not a list of 7 fields") from None
    parts.append(text[at:])
    return "".join(parts)


def dump(line: Mapping[str, Any]) -> str:
    """A ledger line as JSON in one line, without its line break; lone surrogates as escapes."""
    text = json.dumps(line, ensure_ascii=False, separators=(",", ":"), default=list)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        text = json.dumps(line, separators=(",", ":"), default=list)
    return text


def check_header(line: object) -> dict[str, Any]:
    """The header of a ledger.  Raises ``LedgerError`` for anything else."""
    if not isinstance(line, dict) or "cleaner-ledger" not in line:
        raise LedgerError("the first line is not the header of a ledger")
    if line["cleaner-ledger"] != FORMAT:
        raise LedgerError(
            f"the ledger has format {line['cleaner-ledger']}; this version reads format {FORMAT}"
        )
    return line
