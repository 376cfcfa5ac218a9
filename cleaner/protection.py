"""Protection: what the user said must stay, whatever a rule says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cleaner.document import Edit, split_lines
from cleaner.errors import OptionError, RuleTimeoutError
from cleaner.rules.folding import fold
from cleaner.rules.lint import is_regex
from cleaner.rules.matcher import TIME_LIMIT

Span = tuple[int, int]


def entries(keep: Iterable[str]) -> Iterator[str]:
    """The phrases and regexes of ``keep``, those in ``@FILE`` lists (one a line) included."""
    for item in keep:
        if not item.startswith("@"):
            yield item
            continue
        try:
            lines = Path(item[1:]).read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise OptionError(f"keep: the list {item[1:]} cannot be read: {error}") from None
        yield from (line for line in lines if line.strip() and not line.startswith("#"))


@dataclass(frozen=True)
class Protection:
    """Finds the protected spans of a text, and takes from edits what touches them."""

    keep: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises ``OptionError`` for a list that cannot be read or a regex that does not compile."""
        for entry in entries(self.keep):
            if is_regex(entry):
                _compiled(entry)
            elif not entry.strip():
                raise OptionError("keep: a phrase is empty")

    def spans(self, source: str) -> list[Span]:
        """Where in ``source`` (character offsets) protected text stands, sorted."""
        if not self.keep:
            return []
        folded = fold(source)
        return sorted(span for entry in entries(self.keep) for span in _found(entry, source, folded))


def _compiled(entry: str) -> Any:
    import regex

    try:
        return regex.compile(entry[1:-1], regex.IGNORECASE | regex.MULTILINE)
    except regex.error as error:
        raise OptionError(f"keep: the regex {entry} does not compile: {error}") from None
    except RecursionError:
        raise OptionError(f"keep: the regex {entry[:60]}... is nested too deeply") from None


def _found(entry: str, source: str, folded: str) -> Iterator[Span]:
    if is_regex(entry):
        try:
            for match in _compiled(entry).finditer(source, timeout=TIME_LIMIT):
                if match.end() > match.start():
                    yield match.span()
        except TimeoutError:
            raise RuleTimeoutError(
                f"keep: {entry} took more than {TIME_LIMIT:g} s; bound its repeats"
            ) from None
        return
    phrase = fold(entry.strip())
    at = folded.find(phrase)
    while at >= 0:
        yield at, at + len(phrase)
        at = folded.find(phrase, at + 1)


def spare(source: str, edits: Iterable[Edit], spans: list[Span]) -> tuple[list[Edit], list[Edit]]:
    """The edits without what touches a protected span, and the edits that were overruled.

    A removal of several lines only loses the lines that hold protected text; any other edit
    that touches a protected span is given up whole.
    """
    kept, overruled = [], []
    for edit in edits:
        touched = [span for span in spans if span[0] < edit.end and edit.start < span[1]]
        if not touched:
            kept.append(edit)
            continue
        overruled.append(edit)
        if edit.removes:
            kept += _without_lines(source, edit, touched)
    return kept, overruled


def _without_lines(source: str, edit: Edit, spans: list[Span]) -> Iterator[Edit]:
    """What remains of a removal when the lines with protected text stay."""
    text = source[edit.start : edit.end]
    starts = [edit.start + start for start in split_lines(text)[1]]
    if len(starts) == 1:
        return
    for start, stop in zip(starts, [*starts[1:], edit.end], strict=True):
        if start < stop and not any(low < stop and start < high for low, high in spans):
            yield replace(edit, start=start, end=stop)
