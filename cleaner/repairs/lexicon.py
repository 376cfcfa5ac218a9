"""How frequent words are, language by language, from the lists of wordfreq."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import pairwise
from types import MappingProxyType

NOTHING: Mapping[str, float] = MappingProxyType({})


@lru_cache(maxsize=8)
def frequencies(language: str) -> Mapping[str, float]:
    """The words of ``language`` (ISO 639-1) with their share of running text; loads on first need.

    Empty for a language without a list.
    """
    from wordfreq import available_languages, get_frequency_dict

    return get_frequency_dict(language, "best") if language in available_languages() else NOTHING


def frequency(word: str, language: str) -> float:
    """The share of ``word``, any case, in running text of ``language``; 0.0 when unknown.

    Forms with an apostrophe that the list lacks ("planarian's", "l'aube") have the
    frequency of their longest part.
    """
    table = frequencies(language)
    if word in table:
        return table[word]
    folded = word.casefold().replace("\u2019", "'").strip("'")
    known = table.get(folded)
    if known is not None:
        return known
    if "'" in folded:
        return table.get(max(folded.split("'"), key=len), 0.0)
    return 0.0


TOKEN = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*")


def vocabulary(text: str) -> frozenset[str]:
    """The words that ``text`` says, casefolded, compounds whole and by pairs of their parts.

    What a text says elsewhere is the best witness of what a damaged word was.
    """
    words = frozenset(TOKEN.findall(text.casefold().replace("\u2019", "'")))
    return words.union(pair for word in words if word.count("-") > 1 for pair in _pairs(word))


def _pairs(compound: str) -> Iterator[str]:
    """Each two parts of a compound that stand side by side."""
    parts = compound.split("-")
    return (f"{first}-{second}" for first, second in pairwise(parts))
