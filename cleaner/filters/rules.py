"""The rules layer: all packs matched in one pass, whole lines first, then parts of lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from cleaner.document import Document, Edit
from cleaner.filters.cuts import Cuts, applies, domains_of, on_site
from cleaner.filters.scene import LINE_ENDS, Scene
from cleaner.rules.index import Index, Met, Plan
from cleaner.rules.matcher import Window
from cleaner.rules.rule import GROUP, Rule, group_of

SPACES = " \t\u00a0"

Taken = dict[int, Rule]
Places = dict[int, list[tuple[int, tuple[Window, ...]]]]  # by rule, lines with stretches of them


@dataclass(frozen=True)
class Rules:
    """Finds what the rules of an index take."""

    index: Index
    name: str = "rules"

    def edits(self, document: Document) -> Iterator[Edit]:
        """An edit for each line that goes, and for each part of the lines that stay."""
        met = [(line, found) for line, found in enumerate(self.index.met(document.lines)) if found]
        if not met:
            return
        scene = Scene(document)
        plans, parts = self._sorted(document, met)
        taken = Cuts(self.index, scene, plans).decided() if plans else {}
        for number, rule in sorted(taken.items(), key=itemgetter(0)):
            yield _edit(document, document.starts[number], scene.end(number), "", rule)
        if parts:
            yield from self._parts(document, scene, taken, parts)

    def _sorted(self, document: Document, met: list[tuple[int, Met]]) -> tuple[dict[int, Plan], Places]:
        """The rules that count on the document's site: for whole lines by line, for parts by rule."""
        domains = domains_of(document.facts.site or document.facts.url)
        plans: dict[int, Plan] = {}
        parts: Places = {}
        for line, found in met:
            if found.hits or (found.sited and found.at(domains)):
                plans[line] = found.plan(domains)
            for number, windows in found.parts:
                parts.setdefault(number, []).append((line, windows))
        return plans, parts

    def _parts(self, document: Document, scene: Scene, taken: Taken, parts: Places) -> Iterator[Edit]:
        found = [
            part for number in sorted(parts) for part in self._found(scene, number, parts[number], taken)
        ]
        end = -1
        for start, stop, new, rule in sorted(found, key=lambda part: (part[0], -part[1])):
            if start >= end:
                yield _edit(document, start, stop, new, rule)
                end = max(stop, start + 1)

    def _found(
        self, scene: Scene, number: int, places: list[tuple[int, tuple[Window, ...]]], taken: Taken
    ) -> Iterator[tuple[int, int, str, Rule]]:
        """Start, end and replacement of each match of a rule in its stretches of lines."""
        rule, facts = self.index.rules[number], scene.document.facts
        if rule.domains and not on_site(facts.site or facts.url, rule.domains):
            return
        matcher = self.index.matcher(number, rule.match)
        for line, low, high in ((line, *each) for line, windows in places for each in windows):
            if line in taken:
                continue
            for match in matcher.all(scene.line(line), low, high):
                start, stop, new = _part(scene.document.text, scene.document.starts[line], match, rule)
                if (start < stop or new) and self._applies(number, scene, line, match.span()):
                    yield start, stop, new, rule

    def _applies(self, number: int, scene: Scene, line: int, part: tuple[int, int]) -> bool:
        """Whether a rule on parts of lines may act on a part of a line."""
        index, folded = self.index, scene.line(line)
        return (
            index.stands(number, folded)
            and index.stands_in(number, folded, scene.document.lines[line], part)
            and applies(index, number, scene, line)
        )


def _part(text: str, offset: int, match: Any, rule: Rule) -> tuple[int, int, str]:
    """What a match takes (in the text's offsets), and what it puts in."""
    group = "cut" if "cut" in match.re.groupindex else 0
    start, stop = offset + match.start(group), offset + match.end(group)
    if rule.kind == "span":
        return (*_with_space(text, start, stop), "")
    new = GROUP.sub(lambda found: _group(text, offset, match, group_of(found)), rule.new)
    return _narrowed(text, start, stop, new)


def _group(text: str, offset: int, match: Any, name: str | int) -> str:
    start, stop = match.span(name)
    return text[offset + start : offset + stop] if start >= 0 else ""


def _with_space(text: str, start: int, stop: int) -> tuple[int, int]:
    """The span with the spaces that would be doubled or dangle without it."""
    if start >= stop:
        return start, start
    at_end = text[stop : stop + 1] in ("", *LINE_ENDS)
    spaced = text[start].isspace() or text[stop - 1].isspace()
    if at_end or (text[stop] in SPACES and not spaced):
        while start and text[start - 1] in SPACES:
            start -= 1
    if start == 0 or text[start - 1] in LINE_ENDS:
        while stop < len(text) and text[stop] in SPACES:
            stop += 1
    return start, stop


def _narrowed(text: str, start: int, stop: int, new: str) -> tuple[int, int, str]:
    """A replacement without what it has in common with the text at both ends."""
    while start < stop and new and text[start] == new[0]:
        start, new = start + 1, new[1:]
    while start < stop and new and text[stop - 1] == new[-1]:
        stop, new = stop - 1, new[:-1]
    return start, stop, new


def _edit(document: Document, start: int, stop: int, new: str, rule: Rule) -> Edit:
    return document.edit(
        start, stop, new, rule=rule.id, filter=rule.family, why=rule.why, confidence=rule.confidence
    )
