"""What a run is asked to do."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

from cleaner.batch.containers.names import CONTAINERS
from cleaner.batch.containers.stream import LONGEST
from cleaner.batch.dedup import KINDS
from cleaner.batch.job import Fields
from cleaner.errors import OptionError
from cleaner.state import STATES

FAULTS = ("fail", "skip", "keep")
# What a run that goes on may have otherwise than the one that it goes on with.
FREE = ("workers", "on_error", "overwrite", "resume", "timeout", "report", "sources", "out")


@dataclass(frozen=True)
class Plan:
    """What to read, where to write, and how.  Raises ``OptionError`` for what makes no sense.

    Without ``out`` nothing but the ledger, the report and the list of errors is written.
    ``timeout`` is in seconds, ``sample`` a share of the documents, ``longest`` the bytes of a document.
    """

    sources: tuple[str, ...]
    out: str | None
    fields: Fields = field(default_factory=Fields)
    container: str | None = None
    encoding: str | None = None
    ledger: str | None = None
    ledger_form: str | None = None
    report: str | None = None
    errors: str | None = None
    workers: int = 1
    on_error: str = "fail"
    overwrite: bool = False
    resume: bool = False
    timeout: float | None = None
    limit: int | None = None
    sample: float | None = None
    only_states: tuple[str, ...] = ()
    drop_states: tuple[str, ...] = ()
    dedup: str | None = None
    longest: int = LONGEST
    learn: bool = False

    def __post_init__(self) -> None:
        """Checks what the types do not tell."""
        _one_of("container", (self.container,) if self.container else (), CONTAINERS)
        _one_of("on_error", (self.on_error,), FAULTS)
        _one_of("dedup", (self.dedup,) if self.dedup else (), KINDS)
        _one_of("state", (*self.only_states, *self.drop_states), STATES)
        if self.sample is not None and not 0 <= self.sample <= 1:
            raise OptionError(f"sample is {self.sample:g}; it is a share of the documents, from 0 to 1")

    @property
    def writes(self) -> bool:
        """Whether cleaned documents are written."""
        return self.out is not None

    def dedups(self, kind: str) -> bool:
        """Whether duplicates of a kind (``documents``, ``paragraphs``) are looked for."""
        return self.dedup in (kind, "both")

    def about(self) -> dict[str, Any]:
        """All that the bytes of the outputs depend on besides sources and cleaner."""
        told = {item.name: getattr(self, item.name) for item in fields(self) if item.name not in FREE}
        return {**told, "fields": [getattr(self.fields, item.name) for item in fields(self.fields)]}


def _one_of(name: str, values: tuple[str, ...], allowed: tuple[str, ...]) -> None:
    for value in values:
        if value not in allowed:
            raise OptionError(f"{name} is {value!r}; it must be one of {', '.join(allowed)}")
