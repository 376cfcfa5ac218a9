"""Where the data of the packs stands."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path


def shipped() -> Traversable:
    """The folder of the packs that ship: inside an installed package, beside it in a checkout."""
    inside = files("cleaner").joinpath("patterns")
    return inside if inside.is_dir() else Path(__file__).parents[2] / "patterns"
