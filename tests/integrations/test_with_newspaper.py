"""newspaper4k: an article's text, cleaned with its address and title."""

import pytest
from corpus import library, run_examples

import cleaner

newspaper = library("newspaper")

from cleaner.integrations.newspaper import clean_article, explain_article  # noqa: E402


def test_the_examples_of_the_page_run():
    names = run_examples("newspaper")
    assert "Advertisement" not in names["article"].text
    result = names["result"]
    assert result.text == cleaner.clean(result.source, title="A vote", url="https://example.com/vote")


def test_an_article_that_is_not_parsed_is_refused():
    with pytest.raises(cleaner.InputError, match="not parsed"):
        explain_article(newspaper.Article("https://example.com/"))
    with pytest.raises(cleaner.InputError, match="not parsed"):
        clean_article(newspaper.Article("https://example.com/"))
