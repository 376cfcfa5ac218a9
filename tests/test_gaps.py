"""The blank-line rule."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import edits_of, texts

from cleaner import marks
from cleaner.document import Document, Edit, apply, split_lines
from cleaner.gaps import settle


def without_lines(source, *gone):
    lines, starts = split_lines(source)
    return [
        Edit(start, [*starts, len(source)][number + 1], "", f"rule-{line.strip()}")
        for number, (line, start) in enumerate(zip(lines, starts, strict=True))
        if line.strip() in gone
    ]


@pytest.mark.parametrize(
    ("source", "cleaned"),
    [
        ("A\n\nX\n\nB", "A\n\nB"),
        ("A\nX\nB", "A\nB"),
        ("A\n\n\nX\n\nB", "A\n\n\nB"),
        ("A\n\nX\n\n\nB", "A\n\n\nB"),
        ("A\n\nX\n\nY\n\nB", "A\n\nB"),
        ("A\nX\n\nB", "A\n\nB"),
        ("X\n\nA", "A"),
        ("\n\nX\n\nA\n", "A\n"),
        ("A\n\nX", "A"),
        ("A\n\nX\n", "A\n"),
        ("A\n\nX\n\n\n", "A\n"),
        ("A\r\n\r\nX\r\n\r\nB\r\n", "A\r\n\r\nB\r\n"),
        ("A\u2029X\u2029B", "A\u2029B"),
        ("X", ""),
        ("X\n", ""),
        ("\n A\n X\n B", "\n A\n B"),
    ],
)
def test_of_two_gaps_the_longer_stays(source, cleaned):
    assert apply(source, settle(source, without_lines(source, "X", "Y"))) == cleaned


def test_a_gap_is_part_of_the_removal_beside_it():
    source = "A\n\nX\n\nY\n\nB"
    edits = settle(source, without_lines(source, "X", "Y"))
    assert marks.write(source, edits) == "A\n\n{--X\n\n--}{--Y\n\n--}B"


def test_removals_of_one_rule_that_follow_each_other_are_one_edit():
    source = "A\nX\n\nX\nB"
    assert len(settle(source, without_lines(source, "X"))) == 1


def test_a_line_emptied_by_parts_goes_as_a_line():
    source = "A\n\none two\n\nB"
    edits = [Edit(3, 6, "", "a"), Edit(7, 10, "", "b")]
    assert apply(source, settle(source, edits)) == "A\n\nB"


def test_a_removal_that_begins_or_ends_in_a_gap_is_settled_like_its_lines():
    source = "A\n\n\nX\nY\n\nB"
    for start, end in ((2, 8), (3, 9), (4, 8), (4, 7), (3, 8)):
        assert apply(source, settle(source, [Edit(start, end, "", "r")])) == "A\n\n\nB"


def test_a_cut_from_amid_a_line_and_a_last_line_share_no_line_break():
    source = "Story. Menu\nMore\nX"
    settled = settle(source, [Edit(6, 17, "", "page"), Edit(17, 18, "", "line")])
    assert apply(source, settled) == "Story."


def test_an_insertion_beside_a_removal_is_merged_into_it():
    source = "X\n\nast year it rained"
    edits = settle(source, [*without_lines(source, "X"), Edit(3, 3, "L", "letter")])
    assert edits == (Edit(0, 3, "L", "rule-X", over=("letter",)),)


@given(st.data())
def test_only_blank_lines_go_beyond_what_the_edits_take(data):
    source = data.draw(texts)
    edits = data.draw(edits_of(len(source)))
    settled = settle(source, edits)
    text = apply(source, settled)
    kept = [line for line in split_lines(text)[0] if line.strip()]
    assert [*map(str.strip, kept)] == [
        line.strip() for line in split_lines(apply(source, edits))[0] if line.strip()
    ] or any(set(edit.new) & set("\n") or "\n" in source[edit.start : edit.end] for edit in edits)
    assert all(a.end <= b.start and a.start < b.start for a, b in pairwise(settled))


@given(texts)
def test_whole_lines_taken_leave_the_others_as_they_are(source):
    lines, starts = split_lines(source)
    gone = [n for n, line in enumerate(lines) if "a" in line]
    edits = [Edit(starts[n], [*starts, len(source)][n + 1], "", "r") for n in gone]
    edits = [edit for edit in edits if edit.end > edit.start]
    text = apply(source, settle(source, Document(source).edited(edits).edits))
    kept = [line for n, line in enumerate(lines) if n not in gone and line.strip()]
    assert [line for line in split_lines(text)[0] if line.strip()] == kept
