"""Two sets of packs on one corpus: what a change of rules gains and loses, rule by rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from cleaner.cleaning import Cleaner
from cleaner.document import Edit
from cleaner.errors import OptionError, PackError
from cleaner.result import Result
from cleaner.rules.pack import load, load_shipped, pack_files, parse
from cleaner.rules.rule import Pack
from cleaner.rules.shipped import shipped
from cleaner.words import count

SHIPPED = "shipped"
AROUND, SHOWN = 80, 200  # characters of a sample: round what went, and of it
SIDES = ("both", "only_old", "only_new", "elsewhere")


def packs_named(names: str) -> tuple[Pack, ...]:
    """The packs that one side names: files, folders and ``shipped``, with commas between.

    Of packs of the same name (``en/adverts``) the last counts, so that a folder may hold just those
    that were changed.  Raises ``PackError`` or ``OptionError`` when one cannot be read.
    """
    found: dict[str, Pack] = {}
    for name in names.split(","):
        found.update((pack.name, pack) for pack in _packs(name.strip()))
    return tuple(found.values())


def _packs(name: str) -> Iterable[Pack]:
    if name == SHIPPED:
        return load_shipped()
    if Path(name).is_dir():
        return _in_folder(Path(name))
    if not Path(name).is_file():
        raise OptionError(f"packs: {name}: there is no such file or folder; {SHIPPED} names ours")
    return (load(name),)


def _in_folder(folder: Path) -> list[Pack]:
    """The packs below a folder; those that are ours to the letter run as ours do."""
    ours = {name: file.read_text("utf-8") for name, file in pack_files(shipped())}
    packs = []
    for name, file in pack_files(folder):
        try:
            text = file.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise PackError(str(file), "", f"cannot be read: {error}") from None
        same = ours.get(name) == text
        packs.append(parse(text, name, trusted=same, checked=same))
    if not packs:
        raise PackError(str(folder), "", "holds no packs (*.toml)")
    return packs


class Sample(NamedTuple):
    """What one side only removed, with what stands round it in the source."""

    document: str
    before: str
    text: str
    after: str


@dataclass
class Row:
    """What both sides did by one rule.

    ``words`` are those removed by it on both sides, on one side only, and on the other side by
    another rule (``elsewhere``); ``repairs`` counts edits that put something in.  ``documents`` are
    those in which the sides differ.
    """

    words: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SIDES, 0))
    repairs: dict[str, int] = field(default_factory=lambda: dict.fromkeys(SIDES[:3], 0))
    documents: int = 0
    samples: dict[str, list[Sample]] = field(default_factory=lambda: {"only_old": [], "only_new": []})

    @property
    def differs(self) -> bool:
        """Whether one side did more than the other."""
        return any(counts[side] for counts in (self.words, self.repairs) for side in SIDES[1:3])

    def add(self, other: Row, most: int) -> None:
        """Adds what another document gave, with so many samples of each side at most."""
        for mine, theirs in ((self.words, other.words), (self.repairs, other.repairs)):
            for side, number in theirs.items():
                mine[side] += number
        self.documents += other.differs
        for side, samples in other.samples.items():
            self.samples[side] += samples[: most - len(self.samples[side])]


@dataclass(frozen=True)
class Comparison:
    """Two cleaners that differ in their packs; picklable, so that processes can share the work."""

    old: Cleaner
    new: Cleaner

    @classmethod
    def of(cls, old: str, new: str, **options: Any) -> Comparison:
        """The comparison of two sides as ``packs_named`` takes them."""
        sides = packs_named(old), packs_named(new)
        return cls(
            Cleaner.of_packs(sides[0], beside=sides[1], **options),
            Cleaner.of_packs(sides[1], beside=sides[0], **options),
        )

    def rows(self, name: str, text: str, **about: str | None) -> dict[str, Row]:
        """What both sides do to one document, by rule."""
        old, new = self.old.explain(text, **about), self.new.explain(text, **about)
        rows: dict[str, Row] = {}
        if old.edits != new.edits or old.edits:
            _removals(rows, name, old, new)
            _repairs(rows, old, new)
        return rows


def _removals(rows: dict[str, Row], name: str, old: Result, new: Result) -> None:
    source = old.source
    for start, end, before, after in _stretches(old.edits, new.edits):
        number = count(source[start:end])
        if before is not None and after is not None and before != after:
            for rule in (before, after):
                _row(rows, rule).words["elsewhere"] += number
            continue
        rule = before or after or ""
        side = "both" if before == after else "only_old" if before else "only_new"
        _row(rows, rule).words[side] += number
        if side != "both" and source[start:end].strip():
            _row(rows, rule).samples[side].append(_sample(name, source, start, end))


def _stretches(old: Iterable[Edit], new: Iterable[Edit]) -> Iterator[tuple[int, int, str | None, str | None]]:
    """The stretches of the source that a side removes, with the rule of each side.

    Neighbouring stretches of the same rules are one.
    """
    sides = [[edit for edit in edits if edit.removes] for edits in (old, new)]
    places = sorted({place for edits in sides for edit in edits for place in (edit.start, edit.end)})
    last: tuple[int, int, str | None, str | None] | None = None
    at = [0, 0]
    for start, end in pairwise(places):
        rules = tuple(_rule_at(edits, at, side, start) for side, edits in enumerate(sides))
        if last and last[1] == start and last[2:] == rules:
            last = (last[0], end, *last[2:])
            continue
        if last and last[2:] != (None, None):
            yield last
        last = (start, end, rules[0], rules[1])
    if last and last[2:] != (None, None):
        yield last


def _rule_at(edits: list[Edit], at: list[int], side: int, place: int) -> str | None:
    """The rule of the edit that covers a place; places are asked for from the first to the last."""
    while at[side] < len(edits) and edits[at[side]].end <= place:
        at[side] += 1
    covers = at[side] < len(edits) and edits[at[side]].start <= place
    return edits[at[side]].rule if covers else None


def _repairs(rows: dict[str, Row], old: Result, new: Result) -> None:
    before, after = (
        {(edit.start, edit.end, edit.new, edit.rule) for edit in result.edits if edit.new}
        for result in (old, new)
    )
    sides = (("both", before & after), ("only_old", before - after), ("only_new", after - before))
    for side, edits in sides:
        for *_, rule in sorted(edits):
            _row(rows, rule).repairs[side] += 1


def _row(rows: dict[str, Row], rule: str) -> Row:
    return rows.setdefault(rule, Row())


def _sample(name: str, source: str, start: int, end: int) -> Sample:
    return Sample(
        name, source[max(0, start - AROUND) : start], source[start:end][:SHOWN], source[end : end + AROUND]
    )


@dataclass
class Account:
    """What came of comparing a corpus, document by document, in their order."""

    most: int = 3
    documents: int = 0
    differing: int = 0
    rows: dict[str, Row] = field(default_factory=dict)

    def add(self, rows: dict[str, Row]) -> None:
        """Adds one document."""
        self.documents += 1
        self.differing += any(row.differs for row in rows.values())
        for rule in sorted(rows):
            self.rows.setdefault(rule, Row()).add(rows[rule], self.most)

    @property
    def totals(self) -> dict[str, int]:
        """Words over all rules: removed by both sides, by the old one only, by the new one only.

        What another rule removed on the other side is among those of both.
        """
        sums = {side: sum(row.words[side] for row in self.rows.values()) for side in SIDES}
        return {**{side: sums[side] for side in SIDES[1:3]}, "both": sums["both"] + sums["elsewhere"] // 2}

    def told(self) -> dict[str, Any]:
        """The account as JSON, rules by their names."""
        return {
            "documents": self.documents,
            "differing": self.differing,
            "words": self.totals,
            "rules": {rule: _told(row) for rule, row in sorted(self.rows.items())},
        }


def _told(row: Row) -> dict[str, Any]:
    told = asdict(row)
    told["samples"] = {
        side: [sample._asdict() for sample in samples] for side, samples in row.samples.items()
    }
    return told
