"""Hard-wrapped text is recognised and joined; other text is left alone."""

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.document import Document, Facts
from cleaner.repairs.wraps import Unwrap, is_wrapped, wrapped_at
from tests import strategies as texts

PARAGRAPHS = [
    (
        "The council met on Tuesday evening to talk about the bridge, which the flood had taken"
        " away in March, and about the money that a new one would cost the town and its people."
    ),
    (
        "Nobody spoke against it. The mayor said that the old bridge had been built by his"
        " grandfather and that he would miss it, but that a town on two"
        " banks could not do without one."
    ),
    (
        "Work is to begin in the autumn, when the water is low, and to end before the next spring;"
        " until then a ferry goes every hour from the market to the mill and back."
    ),
]


def wrapped(paragraphs, width, gap="\n\n", indent=""):
    return gap.join(
        "\n".join(
            textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False, initial_indent=indent)
        )
        for text in paragraphs
    )


def unwrapped(text, lang="en"):
    document = Document(text, facts=Facts(lang=lang))
    return document.edited(Unwrap().edits(document)).text


@pytest.mark.parametrize("width", [50, 60, 72, 80, 100])
def test_wrapped_paragraphs_with_blank_lines_between_them_come_back(width):
    text = wrapped(PARAGRAPHS, width)
    assert is_wrapped(text.split("\n"))
    assert unwrapped(text) == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize("width", [50, 72])
def test_the_width_found_is_at_most_the_true_one(width):
    found = wrapped_at(wrapped(PARAGRAPHS, width).split("\n"))
    assert width - 10 < found <= width


def test_paragraphs_without_blank_lines_come_back_where_their_last_lines_are_short():
    text = wrapped(PARAGRAPHS, 72, gap="\n")
    assert unwrapped(text) == "\n".join(PARAGRAPHS)


def test_headings_and_lists_stay_apart():
    items = "- The first of the things\n- The second of them"
    text = f"The new bridge\n\n{wrapped(PARAGRAPHS, 64)}\n\n{items}"
    assert unwrapped(text) == "The new bridge\n\n" + "\n\n".join(PARAGRAPHS) + f"\n\n{items}"


VERSE = """The river came down in the night, in the night,
And carried the bridge to the sea,
And nobody knew by the morning light
Where ever the bridge might be."""


@pytest.mark.parametrize(
    "text",
    [
        "\n\n".join(PARAGRAPHS),
        "\n".join(PARAGRAPHS),
        VERSE,
        "One\nTwo\nThree\nFour",
        "Home\nNews\nSport\nThe council met on Tuesday evening to talk about the bridge.\nShare",
        "for x in y:\n    print(x)\n    return {x}\n",
        "name | age | town\nAnn | 30 | York\nBen | 31 | Bath",
        "",
        "\n\n",
    ],
)
def test_other_text_is_left_alone(text):
    assert not is_wrapped(text.split("\n"))
    assert unwrapped(text) == text


def test_a_hyphen_at_the_end_takes_no_space():
    text = wrapped(PARAGRAPHS, 72).replace("the market to\nthe mill", "the market-\nmill")
    assert "market- mill" not in unwrapped(text)


def test_edits_replace_line_breaks_by_spaces():
    document = Document(wrapped(PARAGRAPHS, 72), facts=Facts(lang="en"))
    edits = list(Unwrap().edits(document))
    assert edits
    assert {(document.text[edit.start : edit.end], edit.new) for edit in edits} == {("\n", " ")}
    assert {(edit.rule, edit.filter) for edit in edits} == {("repairs/wrap", "repairs")}


lines = st.lists(st.one_of(texts.pieces, st.sampled_from(PARAGRAPHS)), max_size=8).map("".join)
folded = st.builds(
    wrapped,
    st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=4),
    st.integers(30, 130),
    st.sampled_from(["\n", "\n\n"]),
)


@given(st.one_of(lines, folded))
def test_words_stay_in_their_order(text):
    assert unwrapped(text).split() == text.split()


@given(folded)
def test_a_second_run_finds_nothing(text):
    once = unwrapped(text)
    assert unwrapped(once) == once


@given(st.one_of(lines, folded))
def test_edits_are_sorted_and_disjoint(text):
    at = 0
    for edit in Unwrap().edits(Document(text, facts=Facts(lang="en"))):
        assert at <= edit.start < edit.end <= len(text)
        at = edit.end
