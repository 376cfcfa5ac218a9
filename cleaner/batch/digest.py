"""What cleaning one document did, in few words: what a worker sends to the run's tally."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cleaner.document import Edit
from cleaner.result import Result
from cleaner.words import count

CONTEXT = 80  # characters shown on each side of a sample
SHOWN = 200  # characters shown of what went
LANGUAGE = re.compile(r"[a-z]{2,3}(?=$|[-_])")


@dataclass(frozen=True, slots=True)
class Sample:
    """One edit with what stands around it in the source; ``length`` is that of all that went."""

    rule: str
    before: str
    removed: str
    new: str
    after: str
    length: int


@dataclass(frozen=True, slots=True)
class Digest:
    """What cleaning one document did; small, and sent from the worker to the run.

    ``rules`` are ``(rule, family, edits, words removed)``; ``size`` is that of the source in
    bytes of UTF-8; ``language`` is empty when nobody asked for it; ``seconds`` are of the clock.
    """

    words: int
    size: int
    language: str
    mode: str
    state: str
    rules: tuple[tuple[str, str, int, int], ...] = ()
    warnings: tuple[str, ...] = ()
    overruled: tuple[str, ...] = ()
    samples: tuple[Sample, ...] = ()
    seconds: float = 0.0

    @property
    def removed(self) -> int:
        """The words removed."""
        return sum(words for *_, words in self.rules)

    @property
    def guarded(self) -> bool:
        """Whether the loss guard stopped a rule."""
        return any(warning.startswith("loss guard") for warning in self.warnings)


def digest(result: Result, *, seconds: float = 0.0, report: bool = True) -> Digest:
    """What a result did.  For a ``report`` with its language, if need be detected, and with samples."""
    return Digest(
        words=count(result.source),
        size=_size(result.source),
        language=_language(result, detected=report),
        mode=result.mode,
        state=result.state,
        rules=_by_rule(result),
        warnings=result.warnings,
        overruled=tuple(edit.rule for edit in result.overruled),
        samples=tuple(_samples(result)) if report else (),
        seconds=seconds,
    )


def _size(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _language(result: Result, *, detected: bool) -> str:
    """The language's code, lower case, without its region; ``other`` for what is no code."""
    language = result.language
    if language is None and detected:
        from cleaner.language import detect

        language = detect(result.source)
    if not language:
        return ""
    match = LANGUAGE.match(language.lower())
    return match[0] if match else "other"


def _by_rule(result: Result) -> tuple[tuple[str, str, int, int], ...]:
    found: dict[str, list[Any]] = {}
    for edit in result.edits:
        row = found.setdefault(edit.rule, [edit.filter, 0, 0])
        row[1] += 1
        if edit.removes:
            row[2] += lost(result.source[edit.start : edit.end])
    return tuple((rule, *row) for rule, row in found.items())


def lost(text: str) -> int:
    """The words lost with a text that goes; marks and characters that cannot be seen are none."""
    return count(text) if any(map(str.isalnum, text)) else 0


def _samples(result: Result) -> Iterable[Sample]:
    """The first edit of every rule, in context."""
    shown: set[str] = set()
    for edit in result.edits:
        if edit.rule not in shown:
            shown.add(edit.rule)
            yield _sample(result.source, edit)


def _sample(source: str, edit: Edit) -> Sample:
    """An edit in context; blank space at the edges of a removal counts as context."""
    start, end = edit.start, edit.end
    gone = source[start:end]
    if edit.removes and not gone.isspace():
        start += len(gone) - len(gone.lstrip())
        end -= len(gone) - len(gone.rstrip())
    return Sample(
        rule=edit.rule,
        before=source[max(0, start - CONTEXT) : start],
        removed=source[start : min(end, start + SHOWN)],
        new=edit.new[:SHOWN],
        after=source[end : end + CONTEXT],
        length=end - start,
    )
