"""SARIF 2.1.0, the form in which code reviews and editors take findings."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from cleaner.explanation import LINE_BREAKS, Change, Explanation
from cleaner.version import __version__

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
STANDARD_INPUT = "stdin"
KEPT = "The text is protected (keep)."
STOPPED = "The loss guard stopped the rule in this document."


def sarif(explanation: Explanation) -> dict[str, Any]:
    """An explanation as a SARIF log with one run.

    Offsets and columns are code points, columns and lines count from 1, and an end column is that of
    the first character after the region.  Changes that did not happen are suppressed results.
    """
    used = list(dict.fromkeys(change.edit.rule for change in explanation.changes))
    numbers = {rule: number for number, rule in enumerate(used)}
    run: dict[str, Any] = {
        "tool": {
            "driver": {
                "name": "cleaner",
                "version": __version__,
                "rules": [_rule(explanation, name) for name in used],
            }
        },
        "columnKind": "unicodeCodePoints",
        "newlineSequences": ["\r\n", *LINE_BREAKS],
        "artifacts": [{"location": {"uri": _uri(explanation.name)}, "length": _bytes(explanation)}],
        "invocations": [_invocation(explanation)],
        "results": [
            _result(explanation, change, numbers[change.edit.rule]) for change in explanation.changes
        ],
        "properties": {
            "language": explanation.result.language,
            "mode": explanation.result.mode,
            "state": explanation.result.state,
            "evidence": list(explanation.result.evidence),
        },
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _uri(name: str) -> str:
    return STANDARD_INPUT if name == "-" else quote(name.replace("\\", "/"))


def _bytes(explanation: Explanation) -> int:
    return len(explanation.result.source.encode("utf-8", "surrogatepass"))


def _invocation(explanation: Explanation) -> dict[str, Any]:
    notes = [{"level": "warning", "message": {"text": text}} for text in explanation.result.warnings]
    return {"executionSuccessful": True, "toolExecutionNotifications": notes}


def _rule(explanation: Explanation, name: str) -> dict[str, Any]:
    known = explanation.rules.get(name, {})
    why = known.get("why") or next(c.edit.why for c in explanation.changes if c.edit.rule == name)
    properties = {key: known[key] for key in ("family", "pack", "level") if known.get(key)}
    return {
        "id": name,
        "shortDescription": {"text": why},
        "defaultConfiguration": {"level": "note"},
        "properties": properties,
    }


def _result(explanation: Explanation, change: Change, number: int) -> dict[str, Any]:
    edit = change.edit
    region = _region(explanation, change)
    uri = {"uri": _uri(explanation.name), "index": 0}
    found: dict[str, Any] = {
        "ruleId": edit.rule,
        "ruleIndex": number,
        "level": "note",
        "message": {"text": edit.why},
        "locations": [{"physicalLocation": {"artifactLocation": uri, "region": region}}],
        "properties": {"confidence": round(edit.confidence, 4), "over": list(edit.over)},
    }
    if change.fate == "done":
        deleted = {key: value for key, value in region.items() if key != "snippet"}
        replacement: dict[str, Any] = {"deletedRegion": deleted}
        if edit.new:
            replacement["insertedContent"] = {"text": edit.new}
        found["fixes"] = [
            {
                "description": {"text": edit.why},
                "artifactChanges": [{"artifactLocation": uri, "replacements": [replacement]}],
            }
        ]
    else:
        reason = KEPT if change.fate == "kept" else STOPPED
        found["suppressions"] = [{"kind": "external", "status": "accepted", "justification": reason}]
    return found


def _region(explanation: Explanation, change: Change) -> dict[str, Any]:
    edit = change.edit
    first, last = explanation.place(edit.start), explanation.place(edit.end)
    return {
        "startLine": first.line,
        "startColumn": first.column,
        "endLine": last.line,
        "endColumn": last.column,
        "charOffset": edit.start,
        "charLength": edit.end - edit.start,
        "snippet": {"text": change.old},
    }
