"""newspaper4k: an article's text, cleaned with its address and title passed on."""

from __future__ import annotations

from typing import Any

from cleaner.cleaning import explain
from cleaner.errors import InputError
from cleaner.result import Result


def explain_article(article: Any, **options: Any) -> Result:
    """The text of a parsed ``newspaper.Article``, cleaned; options as for ``cleaner.explain``.

    Raises ``InputError`` when the article has not been parsed.
    """
    if not article.is_parsed:
        raise InputError("the article is not parsed: call its download() and parse() before")
    return explain(article.text, url=article.url or None, title=article.title or None, **options)


def clean_article(article: Any, **options: Any) -> Any:
    """The same article with its text cleaned in place."""
    article.text = explain_article(article, **options).text
    return article
