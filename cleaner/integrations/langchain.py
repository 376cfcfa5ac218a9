"""LangChain: documents cleaned between loader and splitter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from langchain_core.documents import BaseDocumentTransformer, Document

from cleaner.cleaning import Cleaner
from cleaner.integrations.account import account
from cleaner.integrations.portable import Portable, Row, portable


class ArticleCleaner(BaseDocumentTransformer):
    """Cleans each document's ``page_content``; id and metadata stay.

    ``url`` and ``title`` name the metadata that hold the document's address and title (what
    loaders of web pages write, by default).  ``ledger=True`` puts the account into the
    metadata ``cleaner``.  The rest are options as for ``Cleaner``.
    """

    def __init__(
        self,
        *,
        url: str = "source",
        title: str = "title",
        ledger: bool = False,
        cleaner: Cleaner | Portable | None = None,
        **options: Any,
    ) -> None:
        self.url = url
        self.title = title
        self.ledger = ledger
        self.work = portable(cleaner, **options)

    def transform_documents(self, documents: Sequence[Document], **kwargs: Any) -> Sequence[Document]:
        """New documents, in order; those given stay as they are."""
        del kwargs
        return [self._cleaned(document) for document in documents]

    def _cleaned(self, document: Document) -> Document:
        about = (document.metadata.get(name) for name in (self.url, self.title))
        url, title = (said if isinstance(said, str) else None for said in about)
        result = self.work.explain(Row(document.page_content, url, title))
        more = {"cleaner": account(result)} if self.ledger and result else {}
        text = result.text if result else ""
        return document.model_copy(update={"page_content": text, "metadata": {**document.metadata, **more}})
