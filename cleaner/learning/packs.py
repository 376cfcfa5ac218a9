"""Learnt lines as rules that can be read: the text of a pack."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, groupby

from cleaner.learning.decision import Learnt
from cleaner.learning.lines import sample
from cleaner.rules.folding import fold

FAMILY = "site"
EXAMPLES = 2  # of each kind that a rule has
TRIED = 8  # singular lines of a site that are tried as examples of what stays
WIDTH = 105  # characters of a line of the file
SLUG = re.compile("[^a-z0-9]+")
HEAD = """# Learnt by `cleaner learn`: lines that are not the article, by site and documents that have them.
# Delete what should stay, and name it to `cleaner learn --keep`, so that an update does not bring it back.
# `doubt`: prose of few pages, or of no one place; it stays but in the dump of a page, where it may go."""
HONEST = (
    "The committee met on Tuesday and put off its vote until spring.",
    "Nobody in the village remembered the bridge without its lamps.",
)

Stays = Callable[[str], bool]


@dataclass(slots=True)
class Lesson:
    """What is known of one site: the lines that it repeats, and some that stand on one page only."""

    site: str
    pages: int
    lines: list[Learnt] = field(default_factory=list)
    singular: list[str] = field(default_factory=list)


def written(lessons: Sequence[Lesson], stays: Stays, number: int = 1) -> str:
    """The text of a pack; ``number`` says the how-manieth lesson this is.

    ``stays`` tells of a line whether all other rules leave it alone, as an example of what
    stays must be.
    """
    pages = sum(lesson.pages for lesson in lessons)
    about = f"Lines that sites repeat. Lesson {number}: {pages} documents of {len(lessons)} sites."
    head = [HEAD, f"family = {_string(FAMILY)}", f"about = {_string(about)}"]
    names: set[str] = set()
    tables = [table for lesson in lessons for table in _tables(lesson, names, stays)]
    return "\n".join([*head, *("\n" + table for table in tables)]) + "\n"


def _tables(lesson: Lesson, names: set[str], stays: Stays) -> Iterator[str]:
    """A rule for the lines that stand on the same number of pages, and one for each line with slots."""
    kept = _examples(lesson, stays)
    for _, group in groupby(sorted(lesson.lines, key=_group), key=_group):
        lines = list(group)
        first = lines[0]
        name = _unique(f"{_slug(lesson.site)}-{first.pages}-of-{first.of}", names)
        yield _table(name, lesson.site, lines, _keeps(lines, kept, stays))


def _group(line: Learnt) -> tuple[int, int, int, bool, bool, bool, str]:
    slotted = bool(line.match)
    return -line.pages, line.of, -line.seen, slotted, line.anywhere, line.doubt, line.match


def _table(name: str, site: str, lines: list[Learnt], keeps: list[str]) -> str:
    first = lines[0]
    said = [line.example for line in lines]
    place = site or "the corpus"
    rows = [
        "[[rule]]",
        f"id = {_string(name)}",
        'kind = "line"',
        f"match = {_literal(first.match)}" if first.match else _list("phrases", said),
        *([] if first.anywhere else ['at = ["head", "tail", "beside"]']),
        *([f"domains = [{_string(site)}]"] if site else []),
        *(["doubt = true"] if first.doubt else []),
        f"confidence = {(first.pages + 1) / (first.of + 2):.2f}",
        f"why = {_string(f'Repeated on {first.pages} of {first.of} documents of {place}.')}",
        f"source = {_string(f'{first.pages} of {first.of} documents, last seen in lesson {first.seen}')}",
        _list("strips", said[:EXAMPLES] if len(said) > 1 else [said[0], f"- {said[0]} -"]),
        _list("keeps", keeps),
    ]
    return "\n".join(rows)


def _examples(lesson: Lesson, stays: Stays) -> list[str]:
    """Of the site's singular lines some that no rule takes, learnt ones of the site included."""
    patterns = [re.compile(line.match) for line in lesson.lines if line.match]
    lines = map(sample, lesson.singular)
    tried = (line for line in lines if not any(each.fullmatch(line) for each in patterns))
    found = []
    for _, line in zip(range(TRIED), tried, strict=False):
        if stays(line):
            found.append(line)
    return found


def _keeps(lines: list[Learnt], kept: list[str], stays: Stays) -> list[str]:
    """The two singular lines that have most words in common with what goes, else sentences that quote it."""
    wanted = {word for line in lines for word in line.example.split()}
    order = sorted(kept, key=lambda line: (-len(wanted & set(line.split())), line))[:EXAMPLES]
    said = lines[0].example
    made = (f"Somebody had painted {said} on the wall, he said.", f"The note read {said} and nothing else.")
    if len(order) < EXAMPLES:
        order += [line for line in made if stays(line)]
    return [*order, *HONEST][:EXAMPLES]


def _slug(site: str) -> str:
    return SLUG.sub("-", fold(site)).strip("-") or "all"


def _unique(name: str, names: set[str]) -> str:
    found = next(each for n in count(1) if (each := name if n == 1 else f"{name}-{n}") not in names)
    names.add(found)
    return found


def _string(text: str) -> str:
    """A TOML string; JSON's escapes are TOML's, but for one character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007F")


def _literal(text: str) -> str:
    return f"'''{text}'''" if "'''" not in text and not text.endswith("'") else _string(text)


def _list(name: str, items: Iterable[str]) -> str:
    quoted = [_string(item) for item in items]
    flat = f"{name} = [{', '.join(quoted)}]"
    if len(flat) <= WIDTH:
        return flat
    return f"{name} = [\n" + "".join(f"  {item},\n" for item in quoted) + "]"
