"""Labels for the units of a text: content or residue, by alignment with what is known.

With a gold text a unit is content when most of its words lie in trigrams of the gold; of
two copies the one that stands in the gold's order counts.  Without one, the segments that
an annotator marked decide, and else the agreement of several extractors (silver labels).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

WORD = re.compile(r"\w+")
CONTENT, RESIDUE = 0.6, 0.3  # shares of covered words that decide
DOUBT = 0.2  # weight of a unit that is neither

Floats = NDArray[np.float64]


def words_of(text: str) -> list[str]:
    """The lower-case words of a text."""
    return WORD.findall(text.lower())


def covered(units: Sequence[list[str]], reference: list[str]) -> Floats:
    """The share of each unit's words that lie in trigrams of the reference."""
    trigrams = set(zip(reference, reference[1:], reference[2:], strict=False))
    flat = [word for unit in units for word in unit]
    flags = np.zeros(len(flat))
    for i, trigram in enumerate(zip(flat, flat[1:], flat[2:], strict=False)):
        if trigram in trigrams:
            flags[i : i + 3] = 1
    sums = np.concatenate(([0], np.cumsum(flags)))
    ends = np.cumsum([len(unit) for unit in units])
    sizes = np.array([len(unit) for unit in units])
    return np.asarray((sums[ends] - sums[ends - sizes]) / np.maximum(sizes, 1))


def by_gold(units: Sequence[list[str]], gold: str, gold_lines: set[str]) -> tuple[Floats, Floats]:
    """Labels and weights (before the units' sizes) from a gold text."""
    reference = words_of(gold)
    share = covered(units, reference)
    for i, unit in enumerate(units):
        if len(unit) < 3 and share[i] < CONTENT:
            inside = " ".join(unit) in gold_lines
            share[i] = 0.45 if inside else share[i]
    share = np.where(second_copies(units, share, reference), 0.0, share)
    return decide(share)


def decide(share: Floats) -> tuple[Floats, Floats]:
    """Labels and weights from shares of covered words."""
    label = (share >= (CONTENT + RESIDUE) / 2).astype(float)
    weight = np.where((share >= CONTENT) | (share <= RESIDUE), 1.0, DOUBT)
    return label, weight


def second_copies(units: Sequence[list[str]], share: Floats, reference: list[str]) -> NDArray[np.bool_]:
    """Units that are in the gold, but whose words the units in the gold's order have already."""
    grams = list(zip(*(reference[i:] for i in range(5)), strict=False))
    times = Counter(grams)
    place = {gram: i for i, gram in enumerate(grams) if times[gram] == 1}
    found: list[tuple[int, float, int, set[int]]] = []
    for number, unit in enumerate(units):
        if share[number] < CONTENT:
            continue
        at = {place[g] for g in zip(*(unit[i:] for i in range(5)), strict=False) if g in place}
        if at:
            found.append((number, float(np.median(list(at))), len(unit), at))
    chosen = heaviest_rise([(p, size) for _, p, size, _ in found])
    have: set[int] = set().union(*(found[i][3] for i in chosen)) if chosen else set()
    inside = set(chosen)
    flags = np.zeros(len(units), bool)
    for i, (number, _, _, at) in enumerate(found):
        if i not in inside and len(at & have) >= 0.8 * len(at):
            flags[number] = True
    return flags


def heaviest_rise(items: Sequence[tuple[float, int]]) -> list[int]:
    """Indexes of the rising subsequence of positions with the largest sum of sizes."""
    tops: list[float] = []  # positions, rising, with the best sums rising too
    sums: list[float] = []
    index: list[int] = []
    parent = [-1] * len(items)
    for i, (position, size) in enumerate(items):
        at = bisect_right(tops, position)
        total = size + (sums[at - 1] if at else 0)
        parent[i] = index[at - 1] if at else -1
        end = at
        while end < len(tops) and sums[end] <= total:
            end += 1
        if at and tops[at - 1] == position:
            at -= 1
            if sums[at] >= total:
                continue
        tops[at:end], sums[at:end], index[at:end] = [position], [total], [i]
    chain: list[int] = []
    i = index[-1] if index else -1
    while i >= 0:
        chain.append(i)
        i = parent[i]
    return chain[::-1]


def by_agreement(
    units: Sequence[list[str]],
    texts: Sequence[str],
    wanted: Sequence[str],
    unwanted: Sequence[str],
    extractions: dict[str, str],
) -> tuple[Floats, Floats]:
    """Labels and weights from marked segments and the outputs of extractors of one page.

    ``trafilatura`` counts twice.  A unit that three quarters of the votes hold or miss has
    a label; between them it has none.  Marked segments overrule, with four times the weight.
    """
    votes = {"trafilatura": 2.0, "readability": 1.0, "newspaper4k": 1.0, "resiliparse": 1.0}
    total, mass = np.zeros(len(units)), 0.0
    for name, vote in votes.items():
        if len(extractions.get(name, "")) > 200:
            total += vote * covered(units, words_of(extractions[name]))
            mass += vote
    share = total / mass if mass else np.full(len(units), 0.5)
    label = (share >= 0.5).astype(float)
    sure = (share >= 0.7) | (share <= 0.3)
    weight = np.where(sure, 0.7 if mass >= 3 else 0.3, 0.0)
    flat = [" ".join(text.split()) for text in texts]
    for segments, value in ((unwanted, 0.0), (wanted, 1.0)):
        for segment in (" ".join(s.split()) for s in segments):
            for i, text in enumerate(flat):
                if segment in text or (len(text) > 25 and text in segment):
                    label[i], weight[i] = value, 4.0 if len(segment) > 12 else 1.0
    return label, weight
