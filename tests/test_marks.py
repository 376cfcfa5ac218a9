"""CriticMarkup: what is written can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import edits_of, texts

from cleaner import marks
from cleaner.document import apply

braced = st.lists(st.sampled_from(["{--", "--}", "{++", "++}", "\\{", "\\", "{", "}", "-", "a", "\n"])).map(
    "".join
)


@given(st.data())
def test_a_marked_text_gives_source_and_result_back(data):
    source = data.draw(st.one_of(texts, braced))
    edits = data.draw(edits_of(len(source), new=braced))
    read_source, read_edits = marks.read(marks.write(source, edits))
    assert read_source == source
    assert apply(read_source, read_edits) == apply(source, edits)


def test_a_replacement_is_one_edit():
    source, edits = marks.read("a {--b--}{++c++} d")
    assert (source, len(edits), apply(source, edits)) == ("a b d", 1, "a c d")


@pytest.mark.parametrize("text", ["a {--b", "a --} b", "{--a {++b++} c--}", "{++a--}"])
def test_marks_that_do_not_pair_are_told(text):
    with pytest.raises(ValueError, match="character"):
        marks.read(text)
