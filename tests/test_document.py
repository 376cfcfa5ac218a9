"""A document maps every place between its source and its text, through any number of layers."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import edits_of, texts

from cleaner.document import Document, Edit, PieceTable, apply, split_lines


@given(texts)
def test_lines_and_their_starts_give_the_text_back(text):
    lines, starts = split_lines(text)
    assert len(lines) == len(starts)
    assert all(text[at : at + len(line)] == line for line, at in zip(lines, starts, strict=True))
    ends = [text[at + len(line) : nxt] for line, at, nxt in zip(lines, starts, starts[1:], strict=False)]
    assert set(ends) <= {"\n", "\r\n", "\r", "\u2028", "\u2029"}
    assert not any(end in line for line in lines for end in "\n\r\u2028\u2029")


def test_vertical_tab_form_feed_and_next_line_do_not_end_a_line():
    assert split_lines("a\x85b\vc\fd\x1ce")[0] == ["a\x85b\vc\fd\x1ce"]


@given(st.data())
def test_edits_in_the_current_text_do_there_what_they_say(data):
    """Any number of rounds: what an edit does to the text is what it does through the source."""
    document = Document(data.draw(texts))
    for _ in range(data.draw(st.integers(1, 4))):
        wanted = data.draw(edits_of(len(document.text)))
        here = [document.edit(e.start, e.end, e.new, rule=e.rule) for e in wanted]
        after = document.edited(here)
        assert after.source == document.source
        assert apply(after.source, after.edits) == after.text
        if all(a.end < b.start for a, b in pairwise(here)):
            assert after.text == apply(document.text, wanted)
        document = after


@given(st.data())
def test_edits_stay_sorted_and_disjoint_with_one_at_a_place(data):
    document = Document(data.draw(texts))
    for _ in range(3):
        wanted = data.draw(edits_of(len(document.text)))
        document = document.edited([document.edit(e.start, e.end, e.new, rule=e.rule) for e in wanted])
        pairs = list(pairwise(document.edits))
        assert all(a.end <= b.start and a.start < b.start for a, b in pairs)


def test_a_removal_that_covers_a_repair_takes_its_place_and_names_it():
    document = Document("a &amp; b")
    document = document.edited([document.edit(2, 7, "&", rule="entity")])
    assert document.text == "a & b"
    document = document.edited([document.edit(0, 5, "", rule="line")])
    assert document.edits == (Edit(0, 9, "", "line", over=("entity",)),)


def test_an_edit_of_a_part_of_a_repair_is_widened_to_the_whole():
    document = Document("x ONE y")
    document = document.edited([document.edit(2, 5, "three", rule="first")])
    document = document.edited([document.edit(4, 7, "", rule="second")])
    assert document.text == "x th y"
    assert document.edits == (Edit(2, 5, "th", "second", over=("first",)),)


def test_an_edit_that_gives_the_source_back_undoes_the_earlier_one():
    document = Document("colour")
    document = document.edited([document.edit(4, 5, "", rule="american")])
    document = document.edited([document.edit(4, 4, "u", rule="british")])
    assert document.text == "colour"


def test_of_overlapping_edits_the_first_stays():
    document = Document("abcdef")
    edits = [Edit(2, 5, "", "late"), Edit(0, 3, "", "early")]
    assert document.edited(edits).text == "def"


def test_edits_that_overlap_cannot_be_applied():
    with pytest.raises(ValueError, match="overlaps"):
        apply("abc", [Edit(0, 2, "", "a"), Edit(1, 3, "", "b")])


@given(st.data())
def test_positions_go_both_ways(data):
    source = data.draw(texts)
    edits = [edit for edit in data.draw(edits_of(len(source))) if edit.end > edit.start]
    table, text = PieceTable(edits), apply(source, edits)
    a, b = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    start, end = table.to_source(a, b)
    assert 0 <= start <= end <= len(source)
    low, high = table.to_edited(start, end)
    assert (low <= a and b <= high) or a == b
    x, y = sorted(data.draw(st.tuples(*[st.integers(0, len(source))] * 2)))
    low, high = table.to_edited(x, y)
    assert 0 <= low <= high <= len(text)
    untouched = all(e.end <= x or e.start >= y for e in edits)
    if untouched and x < y:
        assert text[low:high] == source[x:y]


def test_what_is_gone_maps_to_the_empty_span_at_its_place():
    table = PieceTable([Edit(4, 8, "", "r")])
    assert table.to_edited(5, 7) == (4, 4)
    assert table.to_edited(0, 10) == (0, 6)
    assert table.to_source(0, 6) == (0, 10)
    assert table.to_source(2, 3) == (2, 3)
