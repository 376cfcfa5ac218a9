"""Cleaning whole files of text: one document a file."""

from __future__ import annotations

from dataclasses import dataclass

from cleaner import ledger
from cleaner.batch.cleaned import Job, Outcome, account, attempted, packed
from cleaner.cleaning import Cleaner
from cleaner.files import decode

PAGES = (".html", ".htm", ".xhtml")


@dataclass(frozen=True)
class FileCleaner:
    """Cleans the bytes of one file; picklable, so that processes can share the work."""

    cleaner: Cleaner
    encoding: str | None = None
    with_ledger: bool = False

    def __call__(self, job: Job) -> Outcome:
        """The file's bytes with its text cleaned; they are the same when nothing was found."""
        return attempted(job, self._clean)

    def _clean(self, job: Job, outcome: Outcome) -> None:
        file = decode(job.data, job.source, self.encoding)
        result = self.cleaner.explain(file.text)
        account(outcome, result)
        outcome.data = job.data if result.text == file.text else file.encoded(result.text)
        if self.with_ledger:
            about: dict[str, object] = {
                "id": job.name, "ordinal": job.ordinal, "source": job.source,
                "encoding": file.encoding, "bom": file.bom.hex(),
            }  # fmt: skip
            if result.source != file.text:
                about["packed"] = packed(job.data)
            outcome.entry = ledger.dump(self.cleaner.ledger_entry(result, **about))
