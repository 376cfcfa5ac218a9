"""The blank-line rule: what becomes of the gaps round lines that are gone.

Of the gaps before and after a removed run the longer stays (the first when they are equal);
the other and all gaps within go, as part of the removal's own edits.  At the start of the
text no gap stays, and at the end the text ends as its source ended, with a line break or
without one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from operator import attrgetter

from cleaner.document import Edit, split_lines


def settle(source: str, edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """``edits`` with the gaps settled, neighbours of one rule joined, insertions merged."""
    if not edits:
        return ()
    return tuple(_joined(_Lines(source, edits).settled()))


class _Lines:
    """The source's lines, and which of them the edits leave empty.

    ``spans`` has the first and last line whose content each edit touches.
    """

    def __init__(self, source: str, edits: Sequence[Edit]) -> None:
        self.source = source
        self.edits = edits
        self.lines, self.starts = split_lines(source)
        self.spans = [self._span(edit.start, edit.end) for edit in edits]
        spans = zip(edits, self.spans, strict=True)
        self.filled = {first for edit, (first, _) in spans if edit.new and not edit.new.isspace()}
        self.emptied = self._emptied()

    def settled(self) -> list[Edit]:
        if not self.emptied:
            return list(self.edits)
        units = [unit for run in self._runs() for unit in self._units(*run)]
        starts = [unit.start for unit in units]
        others = []
        for edit, (first, last) in zip(self.edits, self.spans, strict=True):
            if first in self.emptied or any(n in self.emptied for n in range(first + 1, last + 1)):
                continue  # a unit stands for it already
            index = bisect_right(starts, edit.start) - 1
            if index < 0 or not _within(edit, units[index]):
                others.append(edit)
            else:
                units[index] = units[index].swallowing([edit])
        return sorted([*units, *others], key=attrgetter("start", "end")) if others else units

    def _content_end(self, number: int) -> int:
        return self.starts[number] + len(self.lines[number])

    def _span(self, start: int, end: int) -> tuple[int, int]:
        starts = self.starts
        first = bisect_right(starts, start) - 1
        last = bisect_right(starts, end - 1 if end > start else start) - 1
        if end > start >= starts[first] + len(self.lines[first]):
            first += 1
        return first, max(first, last)

    def _emptied(self) -> dict[int, list[Edit]]:
        """The lines that held something and now hold nothing, with the edits that did it."""
        touching: dict[int, list[Edit]] = {}
        wide = []
        for edit, (first, last) in zip(self.edits, self.spans, strict=True):
            touching.setdefault(first, []).append(edit)
            if first < last:
                wide.append((first, last))
                for number in range(first + 1, min(last + 1, len(self.lines))):
                    touching.setdefault(number, []).append(edit)
        touching.pop(len(self.lines), None)
        gone = {n: found for n, found in touching.items() if self._is_emptied(n, found)}
        for first, last in wide:
            rest = range(first, last + 1)
            if any(n in gone for n in rest) and not all(n in gone or self._blank(n) for n in rest):
                for number in rest:
                    gone.pop(number, None)
        return gone

    def _is_emptied(self, number: int, edits: Iterable[Edit]) -> bool:
        if self._blank(number):
            return False
        at = self.starts[number]
        stop = at + len(self.lines[number])
        for edit in edits:
            if edit.new and not edit.new.isspace():
                return False
            if edit.start > at and self.source[at : edit.start].strip():
                return False
            at = max(at, edit.end)
        return at >= stop or not self.source[at:stop].strip()

    def _blank(self, number: int) -> bool:
        if number >= len(self.lines):
            return False
        line = self.lines[number]
        return (not line or line.isspace()) and number not in self.filled

    def _runs(self) -> Iterator[tuple[int, int, list[int]]]:
        """First line, last line (blank ones included) and the emptied lines of each run."""
        run: list[int] = []
        for number in sorted(self.emptied):
            if run and not all(map(self._blank, range(run[-1] + 1, number))):
                yield self._stretched(run)
                run = []
            run.append(number)
        yield self._stretched(run)

    def _stretched(self, run: list[int]) -> tuple[int, int, list[int]]:
        first, last = run[0], run[-1]
        while first and self._blank(first - 1):
            first -= 1
        while last + 1 < len(self.lines) and self._blank(last + 1):
            last += 1
        return first, last, run

    def _region(self, first: int, last: int, run: list[int]) -> tuple[int, int]:
        """The offsets of all that goes with a run."""
        at_end = last == len(self.lines) - 1
        if at_end:
            whole = first == 0 or self.source[-1] in "\n\r\u2028\u2029"
            return self.starts[first] if whole else self._content_end(first - 1), len(self.source)
        if first == 0:
            return 0, self.starts[last + 1]
        if last - run[-1] > run[0] - first:
            return self.starts[first], self.starts[run[-1] + 1]
        return self.starts[run[0]], self.starts[last + 1]

    def _units(self, first: int, last: int, run: list[int]) -> Iterator[Edit]:
        """One removal for each stretch of the run that one edit stands for."""
        start, stop = self._region(first, last, run)
        stretches: list[tuple[int, Edit, list[Edit]]] = []
        for number in run:
            edits = self.emptied[number]
            chief = edits[0] if len(edits) == 1 else max(edits, key=lambda edit: edit.end - edit.start)
            if stretches and stretches[-1][1].rule == chief.rule:
                stretches[-1][2].extend(edits)
            else:
                stretches.append((start if not stretches else self.starts[number], chief, [*edits]))
        ends = [*(place for place, _, _ in stretches[1:]), stop]
        for (begin, chief, edits), end in zip(stretches, ends, strict=True):
            yield _unit(begin, end, chief, edits)


def _unit(start: int, end: int, chief: Edit, edits: Sequence[Edit]) -> Edit:
    """The removal of a stretch, named by its chief edit."""
    sure, over, through = chief.confidence, chief.over, chief.through
    if len(edits) > 1:
        sure = min(edit.confidence for edit in edits if edit.rule == chief.rule)
        over = chief.swallowing(edits).over
    return Edit(start, end, "", chief.rule, chief.filter, chief.why, sure, over, through)


def _within(edit: Edit, unit: Edit) -> bool:
    """Whether what an edit does is lost in a removal; an insertion at its edge is not."""
    if edit.start == edit.end:
        return unit.start < edit.start < unit.end
    return unit.start <= edit.start and edit.end <= unit.end


def _joined(edits: Iterable[Edit]) -> list[Edit]:
    """Neighbouring removals of one rule as one edit; insertions as part of a removal beside them."""
    joined: list[Edit] = []
    for edit in edits:
        last = joined[-1] if joined else None
        if last and edit.start < last.end:  # both reach for the line break between them
            if edit.end <= last.end:
                continue
            edit = replace(edit, start=last.end)  # noqa: PLW2901 - the same edit, without it
        if last is None or last.end != edit.start:
            joined.append(edit)
        elif last.removes and edit.removes and last.rule == edit.rule:
            sure = min(last.confidence, edit.confidence)
            joined[-1] = replace(last.swallowing([edit]), end=edit.end, confidence=sure)
        elif last.removes and edit.start == edit.end:
            joined[-1] = replace(last.swallowing([edit]), new=edit.new)
        elif last.start == last.end and (edit.removes or edit.start == edit.end):
            joined[-1] = replace(edit.swallowing([last]), new=last.new + edit.new)
        else:
            joined.append(edit)
    return joined
