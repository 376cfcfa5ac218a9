"""Scrapy: items cleaned in a pipeline, with what was removed in the crawl's stats."""

from __future__ import annotations

from typing import Any, Self

from itemadapter import ItemAdapter

from cleaner.errors import InputError
from cleaner.integrations.account import account, removed_words
from cleaner.integrations.portable import FAILED, Portable, Row, portable


class ArticleCleaner:
    """An item pipeline: ``ITEM_PIPELINES = {"cleaner.integrations.scrapy.ArticleCleaner": 300}``.

    Settings: ``CLEANER_OPTIONS`` (a dictionary, as for ``Cleaner``), the fields
    ``CLEANER_TEXT_FIELD`` [text], ``CLEANER_OUT_FIELD`` [the same], ``CLEANER_URL_FIELD`` [url],
    ``CLEANER_TITLE_FIELD`` [title], ``CLEANER_LEDGER_FIELD`` [none: no account is kept].  An item
    without the text field passes; a text that cannot be cleaned stays, and is counted as failed.
    """

    def __init__(self, work: Portable, fields: dict[str, str], stats: Any) -> None:
        self.work = work
        self.fields = fields
        self.stats = stats

    @classmethod
    def from_crawler(cls, crawler: Any) -> Self:
        """As the crawler's settings say.  Raises ``OptionError`` and ``PackError``."""
        settings = crawler.settings
        names = {"text": "text", "out": "", "url": "url", "title": "title", "ledger": ""}
        fields = {name: settings.get(f"CLEANER_{name.upper()}_FIELD", usual) for name, usual in names.items()}
        options = settings.getdict("CLEANER_OPTIONS")
        return cls(portable(on_error="keep", **options), fields, crawler.stats)

    def process_item(self, item: Any, spider: Any = None) -> Any:
        """The item with its text cleaned.  Raises ``InputError`` when the field holds no text."""
        del spider
        values, field = ItemAdapter(item), self.fields["text"]
        text = values.get(field)
        if text is None:
            return item
        if not isinstance(text, str):
            raise InputError(f"the field {field} is {type(text).__name__}, not text")
        result = self.work.explain(
            Row(text, values.get(self.fields["url"]), values.get(self.fields["title"]))
        )
        if result is None:
            return item
        values[self.fields["out"] or field] = result.text
        if self.fields["ledger"]:
            values[self.fields["ledger"]] = account(result)
        self._count(result)
        return item

    def _count(self, result: Any) -> None:
        self.stats.inc_value("cleaner/items")
        if any(warning.startswith(FAILED) for warning in result.warnings):
            self.stats.inc_value("cleaner/failed")
        for family, words in removed_words(result).items():
            self.stats.inc_value(f"cleaner/removed_words/{family}", words)
