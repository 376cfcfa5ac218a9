"""How languages report speech: what stands for ``{told}`` in the conditions of rules."""

from __future__ import annotations

import tomllib
from functools import cache

from cleaner.rules.shipped import shipped

FILE = "_speech.toml"  # beside the packs' folders, and no pack
TOLD = "{told}"


def spoken(pattern: str, language: str) -> str:
    """A condition's regex with a language's signs of reported speech in the place of ``{told}``.

    A language that has none has those of all.
    """
    if TOLD not in pattern:
        return pattern
    signs = _signs()
    return pattern.replace(TOLD, signs.get(language) or f"(?:{'|'.join(signs.values())})")


@cache
def _signs() -> dict[str, str]:
    raw = tomllib.loads(shipped().joinpath(FILE).read_text("utf-8"))
    return {language: regex.strip() for language, regex in raw["told"].items()}
