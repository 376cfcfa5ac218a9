"""datatrove: a step of its pipelines, for its local, Slurm and Ray executors."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from datatrove.pipeline.base import PipelineStep
from datatrove.utils.typeshelper import StatHints

from cleaner.cleaning import Cleaner
from cleaner.errors import OptionError
from cleaner.integrations.account import account, removed_words
from cleaner.integrations.portable import FAILED, Portable, Row, portable
from cleaner.result import Result
from cleaner.state import STATES

if TYPE_CHECKING:
    from datatrove.data import Document, DocumentsPipeline
    from datatrove.pipeline.writers.disk_base import DiskWriter

FAILURE = "failed"


class ArticleCleaner(PipelineStep):
    """Cleans each document's text; id and metadata stay, and what it did is in the step's stats.

    ``url``, ``title`` and ``lang`` name the metadata that hold what is known of a document.
    ``ledger=True`` puts the account into the metadata ``cleaner``.  ``drop_states`` are the states
    (``empty``, ``error page``, ``consent page``, ``teaser``, ``cut``, or ``failed``) whose documents are not
    passed on: these go to the ``exclusion_writer``, when there is one, with their source text and
    the metadata ``filter_reason``.  A text that cannot be cleaned stays as it was and is counted as failed
    (``on_error="fail"`` stops the task).  The rest are options as for ``Cleaner``.
    """

    type = "✂️ - CLEANER"
    name = "article-cleaner"

    def __init__(
        self,
        *,
        url: str = "url",
        title: str = "title",
        lang: str = "language",
        ledger: bool = False,
        drop_states: Iterable[str] = (),
        exclusion_writer: DiskWriter | None = None,
        on_error: str = "keep",
        cleaner: Cleaner | Portable | None = None,
        **options: Any,
    ) -> None:
        super().__init__()
        self.about = (url, title, lang)
        self.ledger = ledger
        self.drop_states = frozenset((drop_states,) if isinstance(drop_states, str) else drop_states)
        if unknown := self.drop_states - {*STATES, FAILURE}:
            raise OptionError(f"drop_states: there is no state {', '.join(sorted(unknown))}")
        self.exclusion_writer = exclusion_writer
        self.work = portable(cleaner, on_error, **options)

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        """The documents cleaned, in order, without those of the states to drop."""
        del world_size
        with self.exclusion_writer or nullcontext() as writer:
            for document in data:
                self.stat_update(StatHints.total)
                with self.track_time():
                    result = self._explained(document)
                reason = self._counted(result)
                if reason in self.drop_states:
                    self._drop(document, reason, writer, rank)
                    continue
                self._fill(document, result)
                self.stat_update(StatHints.forwarded)
                self.update_doc_stats(document)
                yield document

    def _explained(self, document: Document) -> Result:
        about = (document.metadata.get(name) for name in self.about)
        said = (value if isinstance(value, str) and value else None for value in about)
        result = self.work.explain(Row(document.text, *said))
        return result if result is not None else Result(text="", source="")

    def _fill(self, document: Document, result: Result) -> None:
        document.text = result.text
        if self.ledger:
            document.metadata["cleaner"] = account(result)

    def _counted(self, result: Result) -> str:
        """Counts a result; its state, or that it failed."""
        if any(warning.startswith(FAILED) for warning in result.warnings):
            self.stat_update(FAILURE)
            return FAILURE
        self.stat_update(f"state_{result.state.replace(' ', '_')}")
        if result.edits:
            self.stat_update("edited")
        for family, words in removed_words(result).items():
            self.stat_update(f"removed_words_{family}", value=words)
        return result.state

    def _drop(self, document: Document, reason: str, writer: DiskWriter | None, rank: int) -> None:
        self.stat_update(StatHints.dropped, f"dropped_{reason.replace(' ', '_')}")
        if writer is not None:
            document.metadata["filter_reason"] = reason
            writer.write(document, rank)
