"""Explanations on a terminal: edit by edit, inline, or side by side."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

    from cleaner.document import Edit
    from cleaner.explanation import Change, Explanation
    from cleaner.whynot import Answer

VIEWS = ("edits", "inline", "side")
SHOWN = 300  # characters of a removed text that are told edit by edit
CONTEXT = 100  # characters of the lines round an edit
WIDTH = 100  # columns where the output is no terminal
STYLES = {"done": "cyan", "kept": "yellow", "stopped": "yellow"}
FATES = {"kept": "overruled by protected text (keep)", "stopped": "stopped by the loss guard"}
# What would steer a terminal, or turn the order of what it shows.
CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    """``text`` with its control characters as escapes, so that it cannot steer the terminal."""
    return CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode("ascii"), text)


def console(*, color: bool | None) -> Console:
    """Standard output; colours on a terminal, or as ``color`` says."""
    import sys

    from rich.console import Console

    width = None if sys.stdout.isatty() else WIDTH
    plain = color is False or (color is None and not sys.stdout.isatty())
    return Console(
        file=sys.stdout,
        width=width,
        force_terminal=True if color else None,
        no_color=True if plain else None,
        color_system=None if plain else "standard" if color else "auto",
        markup=False,
        highlight=False,
        emoji=False,
    )


def show(explanation: Explanation, view: str, out: Console) -> None:
    """Writes an explanation in one of ``VIEWS``, then what should be known of the document."""
    if view == "side":
        out.print(_side(explanation))
    elif view == "inline":
        _lines(out, [_inline(explanation)])
        _lines(out, _reasons(explanation))
    else:
        for change in explanation.changes:
            _lines(out, [*_change(explanation, change), assembled("")])
    if view != "edits":
        for change in explanation.changes:
            if change.fate != "done":
                _lines(out, _change(explanation, change))
    _lines(out, _summary(explanation))


def _lines(out: Console, lines: Iterable[Text]) -> None:
    for line in lines:
        out.print(line, soft_wrap=True)


def assembled(*parts: str | tuple[str, str]) -> Text:
    """A line of text from parts, each plain or with its style."""
    from rich.text import Text

    return Text.assemble(*parts)


def change_lines(explanation: Explanation) -> Iterator[str]:
    """Each change in one line: place, what became of it, rule, level, words or the text put in."""
    from cleaner.words import count

    for change in explanation.changes:
        edit = change.edit
        did = change.verb if change.fate == "done" else FATES[change.fate]
        size = f"{count(change.old)} words" if edit.removes else f"{change.old!r} \u2192 {edit.new!r}"
        level = f" ({change.level})" if change.level else ""
        yield f"{visible(explanation.name)}:{change.place.line}: {edit.rule}{level} {did}: {visible(size)}"
    yield f"{visible(explanation.name)}: {explanation.result.state}"


# -- edit by edit -------------------------------------------------------------------------


def _change(explanation: Explanation, change: Change) -> Iterator[Text]:
    """Place, rule, level, confidence, reason; then the text with the lines round it."""
    edit = change.edit
    place = f"{visible(explanation.name)}:{change.place.line}: "
    level = f"{change.level}, " if change.level else ""
    sure = f"  ({level}{edit.confidence:.0%} sure)"
    yield assembled((place, "bold"), (edit.rule, STYLES[change.fate]), (sure, "dim"))
    if change.fate in FATES:
        yield assembled((f"  {FATES[change.fate]}", "yellow"))
    yield assembled(f"  {visible(edit.why)}")
    if edit.over:
        yield assembled((f"  (took the place of {', '.join(edit.over)})", "dim"))
    yield from _body(explanation, change)


def _body(explanation: Explanation, change: Change) -> Iterator[Text]:
    source, edit = explanation.result.source, change.edit
    before = source[max(0, edit.start - CONTEXT) : edit.start]
    after = source[edit.end : edit.end + CONTEXT]
    if not edit.removes or _within_line(source, edit):
        yield _changed_line(before.rpartition("\n")[2], change, after.partition("\n")[0])
        return
    if before.strip():
        yield assembled((f"    {visible(_last_line(before))}", "dim"))
    old = change.old if len(change.old) <= SHOWN else f"{change.old[:SHOWN]}\u2026"
    for line in old.splitlines():
        if line.strip():
            yield assembled((f"  - {visible(line)}", "red"))
    if after.strip():
        yield assembled((f"    {visible(_first_line(after))}", "dim"))


def _last_line(before: str) -> str:
    """The last line of what stands before an edit, its beginning left out where it is cut."""
    line = before.strip().splitlines()[-1]
    return f"\u2026{line}" if len(before) == CONTEXT and before.rstrip() == line else line


def _first_line(after: str) -> str:
    """The first line of what stands after an edit, its end left out where it is cut."""
    line = after.strip().splitlines()[0]
    return f"{line}\u2026" if len(after) == CONTEXT and after.lstrip() == line else line


def _within_line(source: str, edit: Edit) -> bool:
    """Whether an edit leaves something of its line."""
    ends = "\r\n\u2028\u2029"
    if any(end in source[edit.start : edit.end] for end in ends):
        return False
    whole = (edit.start == 0 or source[edit.start - 1] in ends) and source[edit.end : edit.end + 1] in (
        "",
        *ends,
    )
    return not whole


def _changed_line(before: str, change: Change, after: str) -> Text:
    old, new = (visible(part.replace("\n", "\u23ce")) for part in (change.old, change.edit.new))
    line = assembled("  ~ ", visible(before))
    if old:
        line.append(f"[-{old}-]", "red")
    if new:
        line.append(f"{{+{new}+}}", "green bold")
    line.append(visible(after))
    return line


# -- inline -------------------------------------------------------------------------------


def _inline(explanation: Explanation) -> Text:
    """The whole text, what goes struck out and what is put in set off, numbered."""
    source, text, at = explanation.result.source, assembled(), 0
    for number, change in enumerate(explanation.of_fate("done"), 1):
        edit = change.edit
        text.append(visible(source[at : edit.start]))
        core = change.old.strip("\r\n\u2028\u2029")
        lead, _, trail = change.old.partition(core) if core else ("", "", "")
        if change.old:
            text.append(lead)
            text.append(f"[-{visible(core)}-]", "red strike")
        if edit.new:
            text.append(f"{{+{visible(edit.new)}+}}", "green bold")
        text.append(f"[{number}]", "cyan dim")
        text.append(trail)
        at = edit.end
    text.append(visible(source[at:]))
    text.rstrip()
    return text


def _reasons(explanation: Explanation) -> Iterator[Text]:
    yield assembled("")
    for number, change in enumerate(explanation.of_fate("done"), 1):
        edit, level = change.edit, f"{change.level}, " if change.level else ""
        head = f"[{number}] line {change.place.line}: "
        yield assembled((head, "bold"), (edit.rule, "cyan"), (f" ({level}{edit.confidence:.0%} sure)", "dim"))
        yield assembled(f"    {visible(edit.why)}")
    yield assembled("")


# -- side by side -------------------------------------------------------------------------


def _side(explanation: Explanation) -> Any:
    """A table: the source's lines left, what became of them right, the rule between."""
    from rich.table import Table

    table = Table(box=None, expand=True, padding=(0, 1), show_header=True, header_style="bold")
    table.add_column("", justify="right", style="dim", no_wrap=True)
    table.add_column("source", ratio=5, overflow="fold")
    table.add_column("", width=1, no_wrap=True)
    table.add_column("clean", ratio=5, overflow="fold")
    blank = False
    for number, (line, start) in enumerate(zip(explanation.lines, explanation.starts, strict=True), 1):
        if line.strip() or not blank:
            table.add_row(str(number), *_row(explanation, line, start))
        blank = not line.strip()
    return table


def _row(explanation: Explanation, line: str, start: int) -> tuple[Text, str, Text]:
    """The two sides of a line and the mark between them: ``-`` gone, ``~`` changed."""
    end = start + len(line)
    left, right, at = assembled(), assembled(), start
    rules: dict[str, None] = {}
    for edit in explanation.result.edits:
        if edit.start > end or edit.end < start or (edit.end == start and edit.end > edit.start):
            continue
        low, high = max(start, edit.start), min(end, edit.end)
        for side in (left, right):
            side.append(visible(line[at - start : low - start]))
        left.append(visible(line[low - start : high - start]), "red")
        if edit.start >= start:
            right.append(visible(edit.new), "green bold")
        if low < high or edit.start == edit.end:
            rules[edit.rule] = None
        at = max(at, high)
    for side in (left, right):
        side.append(visible(line[at - start :]))
    if not rules or not line.strip():
        return left, "", right
    if not right.plain.strip():
        return left, "-", assembled((", ".join(rules), "cyan dim"))
    right.append(f"  [{', '.join(rules)}]", "cyan dim")
    return left, "~", right


# -- the end ------------------------------------------------------------------------------


def _summary(explanation: Explanation) -> Iterator[Text]:
    result, name = explanation.result, visible(explanation.name)
    for warning in result.warnings:
        yield assembled((f"{name}: {visible(warning)}", "yellow"))
    count = len(result.edits)
    words = result.removed_words()
    yield assembled(f"{name}: {count} edit{'s' * (count != 1)}, {words} words removed, {result.state}")


def show_answers(answers: Iterable[Answer], name: str, out: Console) -> None:
    """Writes why lines stayed."""
    for answer in answers:
        _lines(out, [*_answer(answer, visible(name)), assembled("")])


def _answer(answer: Answer, name: str) -> Iterator[Text]:
    line = answer.text.strip()
    line = line if len(line) <= SHOWN else f"{line[:SHOWN]}\u2026"
    yield assembled((f"{name}:{answer.line}: {answer.fate}", "bold"))
    if line:
        yield assembled((f"  {visible(line)}", "dim"))
    for told in answer.told:
        yield assembled(f"  {visible(told)}")
    for held in answer.held:
        yield assembled("  met by ", (held.rule, "cyan"), (f" ({held.level})", "dim"), ", but")
        for condition in held.conditions:
            yield assembled(f"    {visible(condition)}")
    for near in answer.near:
        yield assembled("  near ", (near.rule, "cyan"), (f" ({near.level})", "dim"), ":")
        yield assembled(f"    {visible(near.told)}")
    if answer.model:
        yield from _model(answer)


def _model(answer: Answer) -> Iterator[Text]:
    model = answer.model
    if model is None:
        return
    parts = [f"taken for {model.mode}"]
    if model.page is not None:
        parts.append(f"P(page) {model.page:.3f}")
    if model.score is not None:
        parts.append(f"this line {model.score:.3f}, limit {model.limit:g}")
    yield assembled(f"  structure: {'; '.join(parts)}")
    yield assembled(f"    {model.told}")
