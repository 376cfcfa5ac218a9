"""What an earlier lesson said, and what becomes of it by a new one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from cleaner.errors import PackError
from cleaner.learning.decision import PROSE_PAGES, PROSE_SHARE, Learnt, Terms
from cleaner.learning.packs import FAMILY, Lesson
from cleaner.rules.folding import fold, phrase_key
from cleaner.rules.rule import Pack, Rule

SOURCE = re.compile(r"([0-9]+) of ([0-9]+) documents, last seen in lesson ([0-9]+)")
NUMBER = re.compile("Lesson ([0-9]+)")


@dataclass
class News:
    """What an update changed: lines by site that were not seen, and that repeat too little now."""

    unseen: list[tuple[str, Learnt]] = field(default_factory=list)
    dropped: list[tuple[str, Learnt]] = field(default_factory=list)


def lesson_number(pack: Pack) -> int:
    """The number of the lesson that a pack was written in.  Raises ``PackError`` for no learnt pack."""
    found = NUMBER.search(pack.about)
    if pack.family != FAMILY or not found:
        raise PackError(pack.name, "", "was not made by `cleaner learn`; give --out another name")
    return int(found[1])


def remembered(pack: Pack) -> dict[str, list[Learnt]]:
    """The lines of a pack by their site; a rule that was written by hand is no lesson's."""
    lines: dict[str, list[Learnt]] = {}
    for rule in pack.rules:
        site = rule.domains[0] if rule.domains else ""
        lines.setdefault(site, []).extend(_lines(rule))
    return lines


def _lines(rule: Rule) -> Iterator[Learnt]:
    found = SOURCE.fullmatch(rule.source)
    if not found:
        return
    pages, of, seen = map(int, found.groups())
    anywhere = not rule.at
    if rule.match:
        example = phrase_key(fold(rule.strips[0]))
        yield Learnt(example, rule.match, pages, of, seen, anywhere=anywhere, doubt=rule.doubt)
    for phrase in rule.phrases:
        key = phrase_key(fold(phrase))
        yield Learnt(key, "", pages, of, seen, anywhere=anywhere, doubt=rule.doubt)


def updated(
    old: dict[str, list[Learnt]], new: Sequence[Lesson], number: int, terms: Terms
) -> tuple[list[Lesson], News]:
    """Both lessons as one: what was seen again counts on, what was not ages."""
    news = News()
    lessons = {lesson.site: lesson for lesson in new}
    merged = []
    for site in sorted({*old, *lessons}):
        lesson = lessons.get(site) or Lesson(site, 0)
        lines = _merged(site, old.get(site, []), lesson, number, terms, news)
        if lines:
            merged.append(replace(lesson, lines=lines))
    return merged, news


def _merged(  # noqa: PLR0913, PLR0917 - a step of one function, apart for its length
    site: str, old: Iterable[Learnt], lesson: Lesson, number: int, terms: Terms, news: News
) -> list[Learnt]:
    fresh = {line.known_by: line for line in lesson.lines}
    lines = []
    for line in old:
        again = fresh.pop(line.known_by, None)
        if again:
            lines.append(_counted_on(line, again, lesson.pages, number))
            continue
        aged = replace(line, of=line.of + lesson.pages)
        if lesson.pages:
            enough = aged.pages >= terms.min_share * aged.of
            (news.unseen if enough else news.dropped).append((site, aged))
            if not enough:
                continue
        lines.append(aged)
    return [*lines, *(replace(line, seen=number) for line in fresh.values())]


def _counted_on(line: Learnt, again: Learnt, more: int, number: int) -> Learnt:
    """A line that a lesson of so many ``more`` pages has seen again."""
    pages, of = line.pages + again.pages, line.of + more
    unplaced = any(each.doubt and each.anywhere for each in (line, again)) and again.doubt
    doubt = again.doubt and (unplaced or pages < PROSE_PAGES or pages < PROSE_SHARE * of)
    anywhere = unplaced if doubt else again.anywhere if line.doubt else line.anywhere
    return replace(line, pages=pages, of=of, seen=number, doubt=doubt, anywhere=anywhere)
