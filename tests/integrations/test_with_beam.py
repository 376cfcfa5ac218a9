"""Apache Beam: the recipe."""

import pytest
from corpus import examples, library, run_examples

library("apache_beam")
library("pyarrow")

pytestmark = pytest.mark.filterwarnings("default")


def test_the_recipe_runs():
    assert len(examples("recipes", "Apache Beam")) == 1
    run_examples("recipes", "Apache Beam")
