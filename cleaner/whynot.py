"""Why a line stayed: which rules met it or came near, what held them back, what the model thought.

The conditions are replayed here one by one on the document as the rules see it, so that each that
fails can be told; a test holds the replay to what the rules really do.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from cleaner.document import Document, Edit, Facts, apply, split_lines
from cleaner.errors import InputError
from cleaner.filters.cuts import Cuts
from cleaner.filters.scene import Scene
from cleaner.gaps import settle
from cleaner.nearness import Nearness
from cleaner.pipeline import Pipeline, Run
from cleaner.replay import Replay, short
from cleaner.rules.folding import fold
from cleaner.rules.index import Index, keywords_of
from cleaner.rules.keywords import occurrences
from cleaner.rules.matcher import LONGEST
from cleaner.rules.rule import LEVELS, Rule
from cleaner.structure.opinion import Opinion, opinion

MOST_LINES = 20  # lines that a text to find may stand on
__all__ = ["Answer", "Held", "Near", "WhyNot"]


@dataclass(frozen=True)
class Held:
    """A rule that met the line, and the conditions that held it back."""

    rule: str
    level: str
    why: str
    conditions: tuple[str, ...]


@dataclass(frozen=True)
class Near:
    """A rule that did not meet the line, but whose pattern or phrase is like it.

    ``share`` is how much of the line it follows, from 0 to 1.
    """

    rule: str
    level: str
    why: str
    share: float
    told: str


@dataclass(frozen=True)
class Answer:
    """What can be said of one line of the source (from 1).

    ``fate`` is ``stayed``, ``went``, ``changed`` (a part of it) or ``blank``; ``told`` are
    sentences on what befell it; ``model`` is what the structure layer thought of it.
    """

    line: int
    text: str
    fate: str
    told: tuple[str, ...] = ()
    held: tuple[Held, ...] = ()
    near: tuple[Near, ...] = ()
    model: Opinion | None = None

    def as_json(self) -> dict[str, Any]:
        """The answer as JSON."""
        return asdict(self)


@dataclass
class _View:
    """A document at one moment, as the rules see it."""

    index: Index
    document: Document
    chosen: frozenset[int]
    finds: dict[str, tuple[int, ...]] = field(default_factory=dict)

    @cached_property
    def scene(self) -> Scene:
        return Scene(self.document)

    @cached_property
    def met(self) -> dict[int, tuple[int, ...]]:
        """Every whole-line rule that met a line, by the line's number from 0."""
        found = {number: self._find(line) for number, line in enumerate(self.scene.lines) if line.strip()}
        return {number: rules for number, rules in found.items() if rules}

    def _find(self, line: str) -> tuple[int, ...]:
        if line not in self.finds:
            self.finds[line] = self.index.find(line)
        return self.finds[line]

    @cached_property
    def hits(self) -> dict[int, tuple[int, ...]]:
        """The same of the rules that take part."""
        parts = {line: tuple(n for n in rules if n in self.chosen) for line, rules in self.met.items()}
        return {line: rules for line, rules in parts.items() if rules}

    @cached_property
    def taken(self) -> dict[int, Rule]:
        lines = self.scene.lines
        plans = {line: self.index.plan(lines[line], numbers) for line, numbers in self.hits.items()}
        return Cuts(self.index, self.scene, plans).decided()

    @cached_property
    def replay(self) -> Replay:
        return Replay(self.index, self.scene, self.hits, self.taken)

    def spans_at(self, line: int) -> Iterator[int]:
        """The rules on parts of lines whose pattern stands in a line."""
        text = self.scene.lines[line]
        for number, rule in enumerate(self.index.rules):
            if rule.whole_line:
                continue
            words_of = keywords_of(rule)
            if words_of and not any(next(occurrences(word, text), None) is not None for word in words_of):
                continue
            if self.index.matcher(number, rule.match).found(text):
                yield number

    def line_of(self, start: int, end: int) -> int | None:
        """The number of the current line that a stretch of the source stands on now."""
        low, high = self.document.pieces.to_edited(start, end) if self.document.edits else (start, end)
        return bisect_right(self.document.starts, low) - 1 if low < high else None


class WhyNot:
    """Answers why lines of one text stayed.

    ``index`` holds the rules of all packs, those at work are ``pipeline``'s.
    """

    def __init__(self, pipeline: Pipeline, index: Index, source: str, facts: Facts) -> None:
        self.pipeline = pipeline
        self.index = index
        self.source = source
        self.facts = facts
        facts.mode = pipeline.mode_of(source, facts)
        self.run = Run(pipeline, source, facts)
        finds: dict[str, tuple[int, ...]] = {}
        working = {rule.id for rule in pipeline.index.rules}
        chosen = frozenset(n for n, rule in enumerate(index.rules) if rule.id in working)
        self.first = _View(index, self.run.seen_by("rules"), chosen, finds)
        self.last = _View(index, self.run.document(), chosen, finds)
        self.edits = settle(source, self.last.document.edits)
        self.text = apply(source, self.edits)
        self.lines, self.starts = split_lines(source)
        self.nearness = Nearness(index)

    def ask(self, what: str | int) -> list[Answer]:
        """The answers for a line by its number (from 1), or for the lines that hold a text.

        Raises ``InputError`` when there is no such line.
        """
        return [self.answer(number) for number in self._lines(str(what))]

    def _lines(self, what: str) -> list[int]:
        if what.isdecimal() and 1 <= int(what) <= len(self.lines):
            return [int(what)]
        wanted = fold(what).strip()
        found = [n for n, line in enumerate(self.lines, 1) if wanted and wanted in fold(line)]
        if not found:
            raise InputError(
                f"no line {what!r} is there: say a number from 1 to {len(self.lines)}, or its text"
            )
        return found[:MOST_LINES]

    def answer(self, number: int) -> Answer:
        """What can be said of the line with a number from 1."""
        text = self.lines[number - 1]
        start = self.starts[number - 1]
        if not text.strip():
            return Answer(
                number, text, "blank", ("The line is blank: gaps go with the lines beside them only.",)
            )
        end = start + len(text.rstrip())
        start += len(text) - len(text.lstrip())
        fate, told = self._fate(start, end)
        if fate == "went":
            return Answer(number, text, fate, tuple(told), model=self._opinion(start))
        told += [*self._spared(start, end), *self._said_before(number)]
        held, met = self._held(start, end)
        if len(text.strip()) > LONGEST:
            told.append(f"Rules for whole lines look at no line of more than {LONGEST} characters.")
        near = tuple(self._near(text, met))
        if not held and not near:
            told.append(
                "No rule came near: no phrase is like it, no pattern begins so, no keyword stands in it."
            )
        return Answer(number, text, fate, tuple(told), tuple(held), near, self._opinion(start))

    def _fate(self, start: int, end: int) -> tuple[str, list[str]]:
        """What befell a stretch of the source, and the rules that did it."""
        edits = [edit for edit in self.edits if edit.start < end and start < max(edit.end, edit.start + 1)]
        told = [f"{edit.rule} {_did(edit, start, end)}: {edit.why}" for edit in edits]
        left = "".join(
            self.source[at]
            for at in range(start, end)
            if not any(edit.start <= at < edit.end for edit in edits)
        )
        if not edits:
            return "stayed", told
        gone = not left.strip() and not any(edit.new.strip() for edit in edits)
        return ("went" if gone else "changed"), told

    def _spared(self, start: int, end: int) -> Iterator[str]:
        """What rules would have done to the line but for protection and the loss guard."""
        for edit in self.run.overruled.values():
            if edit.start < end and start < edit.end:
                yield f"{edit.rule} would have taken it, but protected text (keep) stands in what it takes."
        for rule, edits in self.run.stopped.items():
            if any(edit.start < end and start < edit.end for edit in edits):
                yield f"{rule} would have taken it, but the loss guard stopped the rule in this document."

    def _said_before(self, number: int) -> Iterator[str]:
        text = self.lines[number - 1].strip()
        before = next((n for n in range(1, number) if self.lines[n - 1].strip() == text), None)
        if before is not None:
            yield (
                f"Line {before} says the same; a repeat goes only right after what it repeats, "
                "and below the level strict only at the title and the first paragraph."
            )

    def _held(self, start: int, end: int) -> tuple[list[Held], frozenset[int]]:
        """The rules that met the line with what held them back, and the numbers of all that met it."""
        held: dict[int, tuple[str, ...]] = {}
        met: set[int] = set()
        for view in (self.last, self.first):
            line = view.line_of(start, end)
            if line is None or not view.scene.lines[line].strip():
                continue
            for number in (*view.met.get(line, ()), *view.spans_at(line)):
                met.add(number)
                conditions = (*self._unwanted(self.index.rules[number]), *view.replay.failing(number, line))
                if conditions and len(conditions) < len(held.get(number, range(99))):
                    held[number] = conditions
            for number, reason in self._lists(view, line):
                met.add(number)
                held.setdefault(number, (reason,))
        return [
            self._as_held(number, held[number]) for number in sorted(held, key=lambda n: len(held[n]))
        ], frozenset(met)

    def _as_held(self, number: int, conditions: tuple[str, ...]) -> Held:
        rule = self.index.rules[number]
        return Held(rule.id, rule.level, rule.why, conditions)

    def _unwanted(self, rule: Rule) -> Iterator[str]:
        """Why a rule does not take part: its level, or ``only`` and ``without``."""
        selection, level = self.pipeline.selection, self.pipeline.options.level
        if selection.wants_rule(rule):
            return
        if not selection.wants("rules", rule.family, rule.pack, rule.id):
            named = selection.without.intersection(("rules", rule.family, rule.pack, rule.id))
            yield (
                f"it does not take part (without {', '.join(sorted(named))})"
                if named
                else ("it does not take part (only others do)")
            )
        if LEVELS.index(rule.level) > LEVELS.index(level):
            yield f"it works at the level {rule.level}, and the level is {level}"

    def _lists(self, view: _View, line: int) -> Iterator[tuple[int, str]]:
        """Blocks whose header went, and why their list did not take the line after it."""
        for header, rules in view.hits.items():
            if header >= line or header not in view.taken:
                continue
            for number in rules:
                rule = self.index.rules[number]
                if rule.kind == "block" and view.taken[header] == rule:
                    reason = view.replay.list_end(number, header, line)
                    if reason:
                        yield number, f"its header {short(view.scene.text(header))} went, but {reason}"

    def _near(self, text: str, met: frozenset[int]) -> Iterator[Near]:
        for found in self.nearness.of(text, met):
            rule = self.index.rules[found.number]
            unwanted = "".join(f"; {reason}" for reason in self._unwanted(rule))
            yield Near(rule.id, rule.level, rule.why, round(found.share, 3), found.told + unwanted)

    def _opinion(self, start: int) -> Opinion | None:
        if not any(layer.name == "structure" for layer, _ in self.pipeline.filters):
            return None
        options = self.pipeline.options
        return opinion(self.source, start, mode=self.facts.mode, level=options.level, title=self.facts.title)


def _did(edit: Edit, start: int, end: int) -> str:
    if edit.removes:
        return "removed it" if edit.start <= start and end <= edit.end else "removed a part of it"
    return "changed a part of it"
