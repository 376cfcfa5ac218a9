"""Collections that stay small however much is put into them, and do not depend on the order."""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar


class Ordered(Protocol):
    """What can be sorted."""

    def __lt__(self, other: Any, /) -> bool: ...


Item = TypeVar("Item", bound=Ordered)


@dataclass
class Least(Generic[Item]):
    """The ``most`` least of all items that were ever added, sorted."""

    most: int
    items: list[Item] = field(default_factory=list)

    def __iter__(self) -> Iterator[Item]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def add(self, item: Item) -> None:
        """Takes an item in when it is among the least."""
        if len(self.items) < self.most or item < self.items[-1]:
            insort(self.items, item)
            del self.items[self.most :]

    def update(self, items: Iterable[Item]) -> None:
        """Adds many."""
        for item in items:
            self.add(item)


@dataclass
class Spread:
    """Samples of what has many occurrences: ``most`` different texts, chosen as if by lot.

    A sample is ``(lot, text, rest)``.  Kept are the texts whose least lot is least, each with the
    rest that came with it, so that the choice is the same whatever the order of the samples.
    """

    most: int
    kept: dict[str, tuple[str, Any]] = field(default_factory=dict)

    def would_take(self, lot: str) -> bool:
        """Whether a sample with this lot could be taken."""
        return len(self.kept) < self.most or lot <= self._last()[0]

    def add(self, lot: str, text: str, rest: Any) -> None:
        """Takes a sample in when its lot is among the least."""
        if text in self.kept:
            self.kept[text] = min(self.kept[text], (lot, rest))
            return
        self.kept[text] = (lot, rest)
        if len(self.kept) > self.most:
            del self.kept[self._last()[1]]

    def _last(self) -> tuple[str, str]:
        return max((lot, text) for text, (lot, _) in self.kept.items())

    def __iter__(self) -> Iterator[tuple[str, str, Any]]:
        """The samples as ``(lot, text, rest)``, least lot first."""
        return iter(sorted((lot, text, rest) for text, (lot, rest) in self.kept.items()))
