"""How many bytes of requests and answers may be in the server at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass
class Budget:
    """Bytes that may be held, and those that are."""

    most: int
    held: int = 0


@dataclass
class Share:
    """The bytes that one request holds of a budget; use as a context, so that they are let go."""

    budget: Budget
    held: int = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.add(-self.held)

    def reach(self, size: int) -> bool:
        """Holds so many bytes in all if there is room for them; whether there was."""
        more = size - self.held
        if more > 0 and self.budget.held + more > self.budget.most:
            return False
        self.add(max(0, more))
        return True

    def add(self, size: int) -> None:
        """Holds so many bytes more, room or not: they are there already."""
        self.held += size
        self.budget.held += size
