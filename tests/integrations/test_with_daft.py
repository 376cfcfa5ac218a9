"""Daft: the recipe."""

import pytest
from corpus import cleaned, library, run_examples, texts

daft = library("daft")
library("pyarrow")

pytestmark = pytest.mark.filterwarnings("default")


def test_the_recipe_runs_and_cleans_as_the_cleaner():
    clean = run_examples("recipes", "Daft")["cleaned"]
    frame = daft.from_pydict({"n": list(range(len(texts()))), "text": texts()})
    done = frame.with_column("text", clean(frame["text"])).sort("n").to_pydict()
    assert done["text"] == cleaned()
