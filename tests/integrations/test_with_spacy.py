"""spaCy: spans of the cleaned text in the source, and the other way round."""

from corpus import library, run_examples

library("spacy")


def test_the_examples_of_the_page_run():
    names = run_examples("spacy")
    assert [entity.text for entity in names["doc"].ents] == ["Brown"]
