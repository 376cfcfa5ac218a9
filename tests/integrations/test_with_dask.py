"""Dask: the recipe, as a program of its own, since its processes are started anew."""

import subprocess
import sys

from corpus import examples, library

library("dask.dataframe")
library("pyarrow")


def test_the_recipe_runs(tmp_path):
    (recipe,) = examples("recipes", "Dask")
    program = tmp_path / "recipe.py"
    imports, _, rest = recipe.partition("\narticles = ")
    rest = "\n    ".join(f"articles = {rest}".splitlines())
    program.write_text(f'{imports}\n\nif __name__ == "__main__":\n    {rest}\n')
    done = subprocess.run([sys.executable, str(program)], capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
