"""Words broken at a line's end are joined; true compounds keep their hyphen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.document import Document, Facts
from cleaner.repairs.hyphenation import Hyphenation
from tests import strategies as texts

FILTER = Hyphenation()


def repaired(text, lang="en"):
    document = Document(text, facts=Facts(lang=lang))
    return document.edited(FILTER.edits(document)).text


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n    "])
@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("the coun-|cil met", "the council met"),
        ("an ex-|perienced engineer", "an experienced engineer"),
        ("it was support-|ing the roof", "it was supporting the roof"),
        ("some-|where in the hills", "somewhere in the hills"),
        ("the tech\u00ad|nology of bridges", "the technology of bridges"),
        ("the bridge\u2019s foun-|dation", "the bridge\u2019s foundation"),
        ("news in real-|time for all", "news in real-time for all"),
        ("a well-|known engineer", "a well-known engineer"),
        ("a high-|performing team", "a high-performing team"),
        ("all of its add-|ons were sold", "all of its add-ons were sold"),
        ("the old wooden Anglo-|Saxon bridge", "the old wooden Anglo-Saxon bridge"),
    ],
)
def test_broken_words_are_joined(broken, whole, end):
    assert repaired(broken.replace("|", end)) == whole


@pytest.mark.parametrize(
    "text",
    [
        "short-\nand long-term plans",
        "It was late -\nvery late",
        "It was late\n- a cat\n- a dog",
        "a number 5-\nfold",
        "Pros-\nCheap and light",
        "the end-\n\nnext paragraph",
        "x-\ny plane",
        "n\n-\nr",
        "return a-\nb; }",
        "-avoid-\nsending",
        "the URL http://example.org/a-\nb",
    ],
)
def test_other_hyphens_stay(text):
    assert repaired(text) == text


def test_the_document_is_the_best_witness():
    assert repaired("the zorb-\nnik fell.\n\nA zorbnik is round.").startswith("the zorbnik fell")
    assert repaired("the sun-\nflower fell.\n\nA sun-flower is round.").startswith("the sun-flower fell")


def test_german_writes_compounds_as_one_word():
    assert repaired("die Fahrgast-\nrechte gelten", "de") == "die Fahrgastrechte gelten"
    assert (
        repaired("H\u00e4user und Wohn-\nund Schlafzimmer", "de") == "H\u00e4user und Wohn-\nund Schlafzimmer"
    )


def test_a_compound_loses_the_line_break_alone():
    (edit,) = FILTER.edits(Document("news in real-\ntime", facts=Facts(lang="en")))
    assert (edit.start, edit.end, edit.new) == (13, 14, "")
    assert (edit.rule, edit.filter) == ("repairs/hyphen", "repairs")
    assert edit.why


breaks = st.sampled_from(
    [
        "coun-\ncil ",
        "real-\ntime ",
        "a-\nb",
        "-\n",
        "\u00ad\n",
        "well-\nbe-\ning",
        "x-\r\ny",
        "{ ",
        "ab-\ncd",
    ]
)
broken_texts = st.lists(st.one_of(breaks, texts.pieces), max_size=15).map("".join)


@given(broken_texts, st.sampled_from(["en", "de", None]))
def test_a_second_run_finds_nothing(text, lang):
    once = repaired(text, lang)
    assert repaired(once, lang) == once


@given(broken_texts)
def test_letters_stay(text):
    at = 0
    for edit in FILTER.edits(Document(text, facts=Facts(lang="en"))):
        assert at <= edit.start < edit.end <= len(text)
        assert not text[edit.start : edit.end].strip("-\u2010\u00ad \t\r\n")
        assert edit.new == ""
        at = edit.end
