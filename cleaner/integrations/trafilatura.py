"""trafilatura: what it extracts, cleaned with the page's address and title passed on."""

from __future__ import annotations

from typing import Any

import trafilatura

from cleaner.cleaning import explain
from cleaner.result import Result


def extract(page: Any, url: str | None = None, *, title: str | None = None, **options: Any) -> Result | None:
    """The article of a page of HTML, extracted and cleaned; nothing where no article is found.

    ``extraction={...}`` are options of ``trafilatura.bare_extraction``, the rest as for ``cleaner.explain``.
    Address and title that the page tells are passed on when none are given.
    """
    wanted = {"with_metadata": True, "include_comments": False, **options.pop("extraction", {})}
    found = trafilatura.bare_extraction(page, url=url, **wanted)
    if found is None or not found.text:
        return None
    return explain(found.text, url=url or found.url, title=title or found.title, **options)
