"""What each rule takes from a corpus: counts and samples, so that an over-broad rule is seen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from cleaner.cleaning import Cleaner
from cleaner.document import Edit
from cleaner.words import count

AROUND = 60  # characters of the text shown on either side of what went
SHOWN = 160  # characters shown of what went


@dataclass(frozen=True)
class Sample:
    """One removal where it stood; ``where`` is the document."""

    where: str
    before: str
    removed: str
    after: str

    def __str__(self) -> str:
        return f"{self.where}: {self.before}{{--{self.removed}--}}{self.after}"


@dataclass
class Hits:
    """What one rule took: edits, documents and words."""

    edits: int = 0
    documents: int = 0
    words: int = 0
    samples: list[Sample] = field(default_factory=list)


class Survey:
    """Counts what the rules of ``cleaner`` take; keeps the first ``samples`` different removals of each."""

    def __init__(self, cleaner: Cleaner, samples: int = 3) -> None:
        self.cleaner = cleaner
        self.most = samples
        self.documents = 0
        self.hits = {rule.id: Hits() for rule in cleaner.rules}

    def read(self, documents: Iterable[tuple[str, str]]) -> None:
        """Cleans documents, each a name and a text, and counts."""
        for name, text in documents:
            self.add(name, text)

    def add(self, name: str, text: str) -> None:
        """Counts one document."""
        self.documents += 1
        result = self.cleaner.explain(text)
        met: set[str] = set()
        for edit in result.edits:
            for rule in (edit.rule, *edit.over):
                if rule in self.hits:
                    self._count(rule, edit, result.source, name, new=rule not in met)
                    met.add(rule)

    def _count(self, rule: str, edit: Edit, source: str, name: str, *, new: bool) -> None:
        hits = self.hits[rule]
        hits.edits += 1
        hits.documents += new
        hits.words += count(source[edit.start : edit.end]) if rule == edit.rule else 0
        if len(hits.samples) < self.most:
            sample = _sample(name, source, edit)
            if all(sample.removed != other.removed for other in hits.samples):
                hits.samples.append(sample)

    def unmet(self) -> list[str]:
        """The rules that took nothing."""
        return [rule for rule, hits in self.hits.items() if not hits.edits]


def _sample(name: str, source: str, edit: Edit) -> Sample:
    removed = source[edit.start : edit.end]
    if len(removed) > SHOWN:
        removed = f"{removed[: SHOWN // 2]} ... {removed[-SHOWN // 2 :]}"
    before = source[max(0, edit.start - AROUND) : edit.start]
    return Sample(name, *map(_line, (before, removed, source[edit.end : edit.end + AROUND])))


def _line(text: str) -> str:
    return "".join(char if char.isprintable() else "\u23ce" if char == "\n" else " " for char in text)
