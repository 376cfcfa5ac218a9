"""The answers of the endpoints, made in a worker process."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from cleaner import words
from cleaner.cleaning import Cleaner
from cleaner.document import Edit
from cleaner.errors import CleanerError, OptionError, PackError
from cleaner.options import Options
from cleaner.result import Result
from cleaner.serving.asked import RefusedError, read

KINDS = ("clean", "explain")
LONGEST_LINE = 500  # characters of an error, which may quote what was sent
CLEANERS = 4  # configurations that a worker keeps built


@lru_cache(maxsize=CLEANERS)
def _cleaner(options: Options) -> Cleaner:
    return Cleaner(**asdict(options))


def answer(kind: str, body: bytes, settings: Mapping[str, Any]) -> tuple[int, bytes]:
    """The status and JSON that a request of that ``kind`` gets; a text never raises."""
    begun = time.perf_counter()
    try:
        asked = read(body, settings)
        cleaner = _cleaner(asked.options)
        result = cleaner.explain(asked.text, **asked.about)
        told = _MAKERS[kind](cleaner, result, asked.text)
    except RefusedError as error:
        return error.status, trouble(str(error))
    except (OptionError, PackError) as error:
        return 422, trouble(str(error))
    except CleanerError as error:  # a protected pattern that runs too long
        return 422, trouble(str(error))
    except MemoryError:
        return 413, trouble("the text needs more memory than there is; send it in parts")
    told["seconds"] = round(time.perf_counter() - begun, 6)
    return 200, as_json(told)


def trouble(message: str) -> bytes:
    """What went wrong, as JSON."""
    line = " ".join(message.split("\n"))
    return as_json({"error": line if len(line) <= LONGEST_LINE else f"{line[:LONGEST_LINE]}..."})


def as_json(value: Mapping[str, Any]) -> bytes:
    """JSON in UTF-8; in ASCII when a lone surrogate is in it."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode("ascii")


def _clean(_: Cleaner, result: Result, __: str) -> dict[str, Any]:
    return {"text": result.text, "changed": bool(result.edits), **_found(result)}


def _explain(cleaner: Cleaner, result: Result, sent: str) -> dict[str, Any]:
    """All of a result; its ``source`` only where that is not the text that was sent."""
    source = {} if result.source == sent else {"source": result.source}
    known = {str(rule["id"]): rule for rule in cleaner.receipt["rules"]}
    groups = (result.edits, result.overruled, result.stopped)
    return {
        "text": result.text,
        **source,
        **_found(result),
        "rules": _rules([edit for edits in groups for edit in edits], known),
        "edits": [_edit(edit, result.source) for edit in result.edits],
        "overruled": [_edit(edit, result.source) for edit in result.overruled],
        "stopped": [_edit(edit, result.source) for edit in result.stopped],
    }


_MAKERS: Mapping[str, Callable[[Cleaner, Result, str], dict[str, Any]]] = {
    "clean": _clean,
    "explain": _explain,
}


def _found(result: Result) -> dict[str, Any]:
    return {
        "language": result.language,
        "mode": result.mode,
        "state": result.state,
        "evidence": list(result.evidence),
        "warnings": list(result.warnings),
        "words": words.count(result.source),
        "removed": result.removed_words(),
    }


def _rules(edits: Iterable[Edit], known: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, str]]:
    """What is known of the rules of the edits, by their ids."""
    return {
        edit.rule: {
            "family": str(known.get(edit.rule, {}).get("family") or edit.filter),
            "level": str(known.get(edit.rule, {}).get("level") or ""),
            "pack": str(known.get(edit.rule, {}).get("pack") or ""),
            "why": str(known.get(edit.rule, {}).get("why") or edit.why),
        }
        for edit in edits
    }


def _edit(edit: Edit, source: str) -> dict[str, Any]:
    return {
        "start": edit.start,
        "end": edit.end,
        "new": edit.new,
        "rule": edit.rule,
        "confidence": round(edit.confidence, 4),
        "over": list(edit.over),
        "words": words.count(source[edit.start : edit.end]),
    }
