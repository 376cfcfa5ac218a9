"""trafilatura: extracted, then cleaned with the page's address and title."""

from corpus import library, run_examples

import cleaner

trafilatura = library("trafilatura")

from cleaner.integrations.trafilatura import extract  # noqa: E402


def page():
    return run_examples("trafilatura")["page"]


def test_the_examples_of_the_page_run():
    assert page()


def test_it_cleans_what_the_extractor_extracts():
    found = trafilatura.bare_extraction(page(), with_metadata=True, include_comments=False)
    assert extract(page()).source == found.text
    assert extract(page()).text == cleaner.clean(found.text, title=found.title)


def test_the_title_that_the_page_tells_is_passed_on():
    told = extract(page(), drop="title", extraction={"favor_recall": True})
    assert told.text.startswith("The council")
    assert any(edit.rule == "dropped/title" for edit in told.edits) or not told.source.startswith("A vote")


def test_a_page_without_an_article_gives_nothing():
    assert extract("<html></html>") is None
