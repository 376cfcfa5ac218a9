"""The engine of a batch, where no other than that of this machine is installed."""

from importlib.util import find_spec

import pytest
from test_cli import run

__all__ = ["run"]


@pytest.mark.skipif(find_spec("ray") is not None, reason="Ray is installed here")
def test_an_engine_that_is_not_installed_is_told_in_one_line(run, tmp_path):
    (tmp_path / "a.txt").write_text("It rained.\n")
    done = run("batch", "a.txt", "--out", "b.txt", "--engine", "ray", code=2)
    assert done.stderr == b"cleaner: the engine ray needs a package: pip install 'article-cleaner[ray]'\n"
    assert not (tmp_path / "b.txt").exists()


def test_an_address_without_its_engine_is_wrong_use(run, tmp_path):
    (tmp_path / "a.txt").write_text("It rained.\n")
    done = run("batch", "a.txt", "--out", "b.txt", "--address", "auto", code=2)
    assert b"say --engine ray too" in done.stderr
