"""What the second pass over a page sees of the scores of the first."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.structure.context import columns
from cleaner.structure.model import model, second
from cleaner.structure.reading import reading

UNITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 400)), min_size=1, max_size=40)
PAGE = "\n\n".join(
    f"The council voted on Monday to repair bridge number {n}, closed since the flood." for n in range(9)
)


@given(UNITS)
def test_each_unit_has_a_row_of_finite_numbers(units):
    scores, words = (np.array(column, float) for column in zip(*units, strict=True))
    seen = columns(scores, words)
    assert len(seen) == len(units)
    assert np.isfinite(seen).all()


@given(UNITS)
def test_a_text_read_backwards_has_the_same_neighbours_on_the_other_side(units):
    scores, words = (np.array(column, float) for column in zip(*units, strict=True))
    ahead, back = columns(scores, words), columns(scores[::-1], words[::-1])[::-1]
    assert ahead[:, 2] == pytest.approx(back[:, 3])
    assert ahead[:, 0] == pytest.approx(back[:, 0])


def test_the_second_pass_gives_each_unit_a_probability_and_needs_no_lexicon():
    read = reading(PAGE)
    assert len(read.settled) == len(read.scores) == 9
    assert ((read.settled > 0) & (read.settled < 1)).all()
    assert model().odds
    assert not second().odds


def test_the_trees_of_the_second_pass_ask_for_columns_that_are_there():
    read = reading(PAGE)
    width = read.page.matrix.shape[1] + columns(read.scores, read.page.words).shape[1]
    assert second().feature.max() < width
