"""What a run did, counted: exact, mergeable, and of a size that does not grow with the run.

A worker makes a ``Digest`` of each result; the run adds them to a ``Tally``.  But for times
and the list of failures a tally is the same in whatever order its documents are added, so that
it does not depend on the number of workers.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from cleaner.batch.bounded import Least, Spread
from cleaner.batch.digest import Digest, Sample, digest

__all__ = ["Digest", "Sample", "Tally", "digest"]

FORMAT = 1
MOST_LOSSES = 50  # documents in each list of the greatest losses
MOST_SLOW = 10  # documents in the list of the slowest
MOST_FAILURES = 100  # failures that are listed; all are counted
MOST_SAMPLES = 5  # of one rule
LEAST_WORDS = 50  # of a document whose share counts as a loss; of a shorter one any line is much
RULES_OF_LOSS = 3  # rules named beside a great loss
GUARD = re.compile(r"loss guard: (\S+)")
WARNINGS = ("loss guard", "kept", "still changing")  # how those begin that are no evidence for a state


@dataclass
class Group:
    """Documents that have something in common: their number, their words, and the words removed."""

    documents: int = 0
    words: int = 0
    removed: int = 0

    def add(self, documents: int, words: int, removed: int) -> None:
        """Counts more documents."""
        self.documents += documents
        self.words += words
        self.removed += removed


@dataclass
class Cuts:
    """What a rule or family did: in how many documents, by how many edits, words removed."""

    documents: int = 0
    edits: int = 0
    words: int = 0

    def add(self, documents: int, edits: int, words: int) -> None:
        """Counts more edits."""
        self.documents += documents
        self.edits += edits
        self.words += words


@dataclass(frozen=True, order=True, slots=True)
class Loss:
    """A document that lost much; sorts by ``rank``, the greatest loss first."""

    rank: tuple[float, int]
    ident: str
    words: int
    removed: int
    language: str
    mode: str
    state: str
    rules: tuple[tuple[str, int], ...]
    guarded: bool


@dataclass
class Tally:
    """What a run did.  ``shares`` counts documents by the whole percent removed, rounded up.

    ``times`` counts documents by the bound, in microseconds, that their time does not exceed
    (1, 2, 5, 10, 20, 50 and so on);
    ``seconds`` are those of the workers together, ``elapsed`` those of the clock.
    """

    documents: int = 0
    edited: int = 0
    failed: int = 0
    guarded: int = 0
    words: int = 0
    removed: int = 0
    size: int = 0
    rules: dict[str, Cuts] = field(default_factory=dict)
    families: dict[str, Cuts] = field(default_factory=dict)
    family_of: dict[str, str] = field(default_factory=dict)
    languages: dict[str, Group] = field(default_factory=dict)
    modes: dict[str, Group] = field(default_factory=dict)
    states: dict[str, Group] = field(default_factory=dict)
    shares: Counter[int] = field(default_factory=Counter)
    warnings: Counter[str] = field(default_factory=Counter)
    stopped: Counter[str] = field(default_factory=Counter)
    overruled: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    duplicates: dict[str, Group] = field(default_factory=dict)
    most_removed: Least[Loss] = field(default_factory=lambda: Least(MOST_LOSSES))
    highest_share: Least[Loss] = field(default_factory=lambda: Least(MOST_LOSSES))
    samples: dict[str, Spread] = field(default_factory=dict)
    failures: list[tuple[str, str]] = field(default_factory=list)
    times: Counter[int] = field(default_factory=Counter)
    slowest: Least[tuple[float, str, int]] = field(default_factory=lambda: Least(MOST_SLOW))
    seconds: float = 0.0
    elapsed: float = 0.0

    def add(self, digest: Digest, ident: str) -> None:
        """Counts one document; ``ident`` is what the report calls it (``file:line``, or its name)."""
        removed = digest.removed
        self.documents += 1
        self.edited += bool(digest.rules)
        self.guarded += digest.guarded
        self.words += digest.words
        self.removed += removed
        self.size += digest.size
        self.shares[percent(removed, digest.words)] += 1
        for groups, name in (
            (self.languages, digest.language), (self.modes, digest.mode), (self.states, digest.state),
        ):  # fmt: skip
            groups.setdefault(name, Group()).add(1, digest.words, removed)
        self._add_time(digest, ident)
        if digest.rules:
            self._add_cuts(digest.rules)
            self._add_loss(digest, removed, ident)
            self._add_samples(digest.samples, ident)
        if digest.warnings or digest.overruled:
            self._add_warnings(digest)

    def fail(self, ident: str, message: str, count: int = 1, *, cleaned: bool = False) -> None:
        """Counts a document that could not be cleaned, or several that one message tells of.

        ``cleaned`` says that they were counted when they were, and lost then.
        """
        self.documents += 0 if cleaned else count
        self.failed += count
        if len(self.failures) < MOST_FAILURES:
            self.failures.append((ident, message))

    def leave_out(self, reason: str) -> None:
        """Counts a document that was cleaned and not written, for one of few reasons."""
        self.left_out[reason] += 1

    def duplicate(self, kind: str, words: int) -> None:
        """Counts a document or a paragraph (``kind``) that had been seen before in the run."""
        self.duplicates.setdefault(kind, Group()).add(1, words, words)

    def _add_cuts(self, rules: Iterable[tuple[str, str, int, int]]) -> None:
        families: dict[str, list[int]] = {}
        for rule, family, edits, words in rules:
            self.rules.setdefault(rule, Cuts()).add(1, edits, words)
            self.family_of[rule] = family
            sums = families.setdefault(family, [0, 0])
            sums[0] += edits
            sums[1] += words
        for family, (edits, words) in families.items():
            self.families.setdefault(family, Cuts()).add(1, edits, words)

    def _add_loss(self, digest: Digest, removed: int, ident: str) -> None:
        if removed:
            _take(self.most_removed, (-removed, -1), digest, ident)
        if removed and digest.words >= LEAST_WORDS:
            _take(self.highest_share, (-removed / digest.words, -removed), digest, ident)

    def _add_samples(self, samples: Iterable[Sample], ident: str) -> None:
        lot = ""
        for sample in samples:
            lot = lot or _lot(ident)
            spread = self.samples.setdefault(sample.rule, Spread(MOST_SAMPLES))
            if spread.would_take(lot):
                rest = (ident, sample.before, sample.new, sample.after, sample.length)
                spread.add(lot, sample.removed, rest)

    def _add_warnings(self, digest: Digest) -> None:
        self.warnings.update({_kind(warning, digest.state) for warning in digest.warnings})
        self.stopped.update(match[1] for warning in digest.warnings if (match := GUARD.match(warning)))
        self.overruled.update(digest.overruled)

    def _add_time(self, digest: Digest, ident: str) -> None:
        if digest.seconds <= 0:
            return
        self.seconds += digest.seconds
        self.times[bound(digest.seconds)] += 1
        self.slowest.add((-digest.seconds, ident, digest.size))

    def merge(self, other: Tally) -> None:
        """Counts what another tally has counted, as if its documents came after those of this one."""
        for name in _NUMBERS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in _COUNTERS:
            getattr(self, name).update(getattr(other, name))
        for name, kind in _TABLES.items():
            mine = getattr(self, name)
            for key, row in getattr(other, name).items():
                mine.setdefault(key, kind()).add(*_values(row))
        for name in _LISTS:
            getattr(self, name).update(getattr(other, name))
        self.family_of |= other.family_of
        for rule, spread in other.samples.items():
            mine = self.samples.setdefault(rule, Spread(MOST_SAMPLES))
            for sample in spread:
                mine.add(*sample)
        self.failures += other.failures[: MOST_FAILURES - len(self.failures)]

    def to_json(self) -> dict[str, Any]:
        """The tally as numbers, strings, lists and dicts; ``from_json`` reads it back.

        Strings may hold lone surrogates, which ``json.dumps`` writes as escapes.
        """
        return {
            "cleaner-tally": FORMAT,
            **{name: getattr(self, name) for name in _NUMBERS},
            **{name: _sorted(getattr(self, name)) for name in _COUNTERS},
            **{
                name: {key: _values(row) for key, row in sorted(getattr(self, name).items())}
                for name in _TABLES
            },
            **{name: [_plain(item) for item in getattr(self, name)] for name in _LISTS},
            "family_of": dict(sorted(self.family_of.items())),
            "samples": {
                rule: [[lot, text, list(rest)] for lot, text, rest in spread]
                for rule, spread in sorted(self.samples.items())
            },
            "failures": [list(failure) for failure in self.failures],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Tally:
        """The tally that ``to_json`` made ``data`` of.  Raises ``ValueError`` for anything else."""
        if data.get("cleaner-tally") != FORMAT:
            raise ValueError(f"not a tally of format {FORMAT}")
        try:
            return cls(**_read(data))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"a damaged tally: {error}") from None


_NUMBERS = (
    "documents", "edited", "failed", "guarded", "words", "removed", "size", "seconds", "elapsed",
)  # fmt: skip
_COUNTERS = ("shares", "times", "warnings", "stopped", "overruled", "left_out")
_TABLES: dict[str, type[Group | Cuts]] = {
    "rules": Cuts, "families": Cuts, "languages": Group, "modes": Group, "states": Group,
    "duplicates": Group,
}  # fmt: skip
_LISTS = ("most_removed", "highest_share", "slowest")


def percent(part: int, whole: int) -> int:
    """``part`` in percent of ``whole``, rounded up, so that only nothing is 0."""
    return min(100, -(-100 * part // whole)) if whole else 0


def bound(seconds: float) -> int:
    """The least of 1, 2, 5, 10, 20, 50, ... microseconds that is not less than a time."""
    whole = max(1, ceil(seconds * 1e6))
    power: int = 10 ** (len(str(whole)) - 1)
    return next(step * power for step in (1, 2, 5, 10) if whole <= step * power)


def _kind(warning: str, state: str) -> str:
    """One of few names for a warning; one that is the evidence for a state bears the state's."""
    known = next((kind for kind in WARNINGS if warning.startswith(kind)), "")
    return known or ("other" if state == "complete" else state)


def _lot(ident: str) -> str:
    """A number for a document that is as good as drawn, yet always the same."""
    return hashlib.blake2b(ident.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _take(losses: Least[Loss], rank: tuple[float, int], digest: Digest, ident: str) -> None:
    """Takes a document into a list of losses when it is among the greatest."""
    if len(losses) < losses.most or rank <= losses.items[-1].rank:
        rules = sorted((-words, rule) for rule, _, _, words in digest.rules if words)
        named = tuple((rule, -words) for words, rule in rules[:RULES_OF_LOSS])
        about = (digest.words, digest.removed, digest.language, digest.mode, digest.state)
        losses.add(Loss(rank, ident, *about, named, digest.guarded))


def _values(row: Group | Cuts) -> tuple[int, int, int]:
    if isinstance(row, Group):
        return row.documents, row.words, row.removed
    return row.documents, row.edits, row.words


def _sorted(counter: Counter[Any]) -> dict[str, int]:
    return {str(key): number for key, number in sorted(counter.items())}


def _plain(item: Loss | tuple[Any, ...]) -> list[Any]:
    if isinstance(item, tuple):
        return list(item)
    return [getattr(item, name) for name in Loss.__slots__]


def _read(data: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a tally."""
    fields: dict[str, Any] = {name: data[name] for name in _NUMBERS}
    for name in _COUNTERS:
        numbered = name in ("shares", "times")
        fields[name] = Counter({int(key) if numbered else key: number for key, number in data[name].items()})
    for name, kind in _TABLES.items():
        fields[name] = {key: kind(*row) for key, row in data[name].items()}
    for name in ("most_removed", "highest_share"):
        fields[name] = Least(MOST_LOSSES, [_read_loss(row) for row in data[name]])
    fields["slowest"] = Least(MOST_SLOW, [(row[0], row[1], row[2]) for row in data["slowest"]])
    fields["family_of"] = dict(data["family_of"])
    fields["samples"] = {rule: _read_spread(rows) for rule, rows in data["samples"].items()}
    fields["failures"] = [(ident, message) for ident, message in data["failures"]]
    return fields


def _read_loss(row: list[Any]) -> Loss:
    rank, ident, words, removed, language, mode, state, rules, guarded = row
    named = tuple((rule, lost) for rule, lost in rules)
    return Loss((rank[0], rank[1]), ident, words, removed, language, mode, state, named, guarded)


def _read_spread(rows: Iterable[list[Any]]) -> Spread:
    return Spread(MOST_SAMPLES, {text: (lot, tuple(rest)) for lot, text, rest in rows})
