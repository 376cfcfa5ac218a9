"""The page of a single document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleaner.ledger import digest
from cleaner.review.page import html_page
from cleaner.review.shown import RuleTable, of_result
from cleaner.version import __version__

if TYPE_CHECKING:
    from cleaner.cleaning import Cleaner
    from cleaner.result import Result


def page_of(cleaner: Cleaner, result: Result, name: str, url: str | None = None) -> str:
    """The review page of one result."""
    table = RuleTable.of(cleaner.receipt["rules"])
    document = of_result(result, table, name=name, url=url)
    return html_page(
        {
            "kind": "one",
            "version": __version__,
            "title": name,
            "hash": digest(f"{cleaner.receipt['hash']} {name} {digest(result.source)}"),
            "level": cleaner.options.level,
            "notes": [],
            "rules": table.rows,
            "documents": [document],
        }
    )
