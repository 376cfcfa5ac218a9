"""What a person is told of single documents during a run: of each kind a few, then their number."""

from __future__ import annotations

from typing import Any, Protocol

from cleaner.batch.job import Job, Outcome
from cleaner.batch.tally import Tally

MOST_TOLD = 20  # lines about failures, or about documents that would change


class Watch(Protocol):
    """Who looks on."""

    def update(self, tally: Tally, done: int) -> None:
        """Is told after every document."""

    def tell(self, message: str, **about: Any) -> None:
        """Is told what a person should know."""


class Telling:
    """Tells whoever looks on of documents, and counts them, so that there are never too many lines."""

    def __init__(self, watch: Watch) -> None:
        self.watch = watch
        self.files = self.failures = 0

    def detected(self, outcome: Outcome) -> None:
        """Tells in which encoding a file was read that does not say so."""
        self.files += 1
        if self.files <= MOST_TOLD:
            self.watch.tell(f"{outcome.job.source}: not UTF-8; read as {outcome.detected}")
        elif self.files == MOST_TOLD + 1:
            self.watch.tell("more files are not UTF-8; the ledger tells how each was read")

    def changed(self, outcome: Outcome, edited: int) -> None:
        """Tells of a document that would change, the one of that number."""
        if edited > MOST_TOLD or not outcome.digest:
            return
        rules = ", ".join(rule for rule, *_ in outcome.digest.rules[:3])
        self.watch.tell(f"{ident(outcome.job)}: {outcome.digest.removed} words would go ({rules})")
        if edited == MOST_TOLD:
            self.watch.tell("more documents would change; only their number is told")

    def failure(self, message: str, job: Job) -> None:
        """Tells of a document that failed."""
        self.failures += 1
        if self.failures <= MOST_TOLD:
            self.watch.tell(message, source=job.source, ordinal=job.ordinal)
        elif self.failures == MOST_TOLD + 1:
            self.watch.tell("more documents failed; only their number is told")


def ident(job: Job) -> str:
    """What a report calls a document."""
    return job.name or f"{job.source}:{job.ordinal}"


def told(outcome: Outcome) -> str:
    """The error of a document with the place that it comes from."""
    job = outcome.job
    if outcome.error.startswith(f"{job.source}:"):
        return outcome.error
    return f"{job.source}: {outcome.error}" if job.name else f"{job.source}:{job.ordinal}: {outcome.error}"
