"""LlamaIndex: nodes cleaned as a step of an ingestion pipeline, before they are split."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from llama_index.core.bridge.pydantic import Field, PrivateAttr
from llama_index.core.schema import BaseNode, TransformComponent

from cleaner.integrations.account import account
from cleaner.integrations.portable import Portable, Row, portable
from cleaner.version import __version__


class ArticleCleaner(TransformComponent):
    """Cleans the text of each document or node; ids, metadata and relations stay.

    ``url`` and ``title`` name the metadata that hold the address and the title.  ``ledger=True``
    puts the account into the metadata ``cleaner``, hidden from models.  ``options`` are those of
    ``Cleaner``.  ``version`` is there so that an ingestion cache is not used across versions.
    """

    options: dict[str, Any] = Field(default_factory=dict)
    url: str = "url"
    title: str = "title"
    ledger: bool = False
    version: str = __version__
    packs: str = ""
    _work: Portable = PrivateAttr()

    def __init__(self, options: dict[str, Any] | None = None, **values: Any) -> None:
        super().__init__(options=options or {}, **values)
        self._work = portable(**self.options)
        self.packs = _stamp(self._work)

    def __call__(self, nodes: Sequence[BaseNode], **kwargs: Any) -> Sequence[BaseNode]:
        """New nodes, in order; those given stay as they are."""
        del kwargs
        return [self._cleaned(node) for node in nodes]

    def _cleaned(self, node: BaseNode) -> BaseNode:
        about = (node.metadata.get(name) for name in (self.url, self.title))
        url, title = (said if isinstance(said, str) else None for said in about)
        source = node.get_content()
        result = self._work.explain(Row(source, url, title))
        cleaned = node.model_copy(deep=True)
        if result and result.text != source:
            cleaned.set_content(result.text)
        if result and self.ledger:
            cleaned.metadata["cleaner"] = account(result)
            cleaned.excluded_embed_metadata_keys = [*cleaned.excluded_embed_metadata_keys, "cleaner"]
            cleaned.excluded_llm_metadata_keys = [*cleaned.excluded_llm_metadata_keys, "cleaner"]
        return cleaned


def _stamp(work: Portable) -> str:
    """A hash of the files that the options name, for the cache: their paths alone do not tell."""
    from cleaner.ledger import digest

    return digest("".join(data.decode("utf-8", "replace") for _, data in work.files)) if work.files else ""
