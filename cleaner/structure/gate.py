"""The gate: whether a text is an article, the dump of a whole page, or has no lines.

A logistic model over figures that cost next to nothing: lengths of lines, their last
characters, and how many are stock phrases of menus and footers.  A text that may be a page
gets a second look, at what the line model says of its units: only then is it cut as one.
"""

from __future__ import annotations

import json
import math
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Self

from cleaner.document import Document, split_lines
from cleaner.structure.segmentation import is_flat
from cleaner.structure.words import bare, words

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NAMES = (
    "lines", "shorts", "longs", "short_share", "long_share", "phrase_lines", "phrase_share",
    "phrase_kinds", "ended_share", "run", "head", "tail", "copies", "mean_short", "lone_ends",
    "copyright",
)  # fmt: skip
LOOK_NAMES = (
    "logit", "expected", "low_share", "low_words", "lows", "run", "head", "tail", "lowest",
)  # fmt: skip
SHORT = 30  # characters of a line of a menu, at most
LONG = 90  # characters of a line of prose, at least
DOUBT = 0.1  # probability of a page from which the second look is taken
SURE = 0.93  # probability from which the second look alone finds a page
BOTH = (0.85, 0.5)  # probabilities of the first and the second look that do so together
HEADERS = ("comments", "related", "newsletter", "legal")
"""Families whose phrases open what follows an article."""
PHRASE_MAX = 80  # characters of a stock phrase, at most
HALF, LOW, LOWER, LOWEST = 0.5, 0.1, 0.05, 0.02  # scores: even, and hardly the article
MIN_LINES = 8
"""Lines below which a text cannot be told for a page dump."""
ENDS = (".", "!", "?", "…", "。", "！", "？", '."', ".”", '"', "”", "»")


class Verdict(str):
    """``article``, ``page`` or ``flat``, with the probability that the text is a page.

    ``doubtful`` tells that the figures of the lines alone did not rule a page out.
    """

    __slots__ = ("doubtful", "probability")
    doubtful: bool
    probability: float

    def __new__(cls, mode: str, probability: float, *, doubtful: bool = False) -> Self:
        """The word ``mode`` with its probability."""
        made = super().__new__(cls, mode)
        made.probability = probability
        made.doubtful = doubtful
        return made


def judge(text: str | Document) -> Verdict:
    """What the text is; of a document its source is judged, before any rule took a line."""
    return _judged(text.source if isinstance(text, Document) else text)


@lru_cache(maxsize=4)
def _judged(source: str) -> Verdict:
    lines, _ = split_lines(source)
    if is_flat(source, lines):
        return Verdict("flat", 0.0)
    first = chance(lines)
    if first <= DOUBT:
        return Verdict("article", first)
    from cleaner.structure.reading import reading

    read = reading(source, sentences=False)
    second = confirm(first, read.page.words, read.scores) if read else 0.0
    agreed = first >= BOTH[0] and second >= BOTH[1]
    return Verdict("page" if agreed or second >= SURE else "article", second, doubtful=True)


def headed(source: str) -> bool:
    """Whether a line of the text's second half is a known header of what follows articles."""
    lines, _ = split_lines(source)
    known = words()
    headers = sum(1 << known.families.index(name) for name in HEADERS)
    late = (line for line in lines[len(lines) // 2 :] if 0 < len(line) < PHRASE_MAX)
    return any(known.phrases.get(bare(line), 0) & headers for line in late)


def chance(lines: list[str]) -> float:
    """The probability that lines are those of a page dump, from their figures alone."""
    found = _figures(lines)
    return 0.0 if found is None else _logistic("gate", NAMES, found)


def confirm(probability: float, words: NDArray[np.float64], scores: NDArray[np.float64]) -> float:
    """The probability that a text is a page, after a second look at its units.

    ``probability`` is the first one, ``words`` and ``scores`` are those of the units.
    """
    return _logistic("look", LOOK_NAMES, look(probability, words, scores))


def look(probability: float, words: NDArray[np.float64], scores: NDArray[np.float64]) -> list[float]:
    """The figures of the second look, in the order of ``LOOK_NAMES``.

    They tell how much the model would take, and whether it stands together: in one run, at
    the head, at the tail.
    """
    import numpy as np

    count = len(scores)
    total = float(words.sum()) + 1e-9
    bounds = np.flatnonzero(np.concatenate(([True], scores >= LOW, [True])))
    held = np.flatnonzero(scores >= HALF)
    head, tail = (int(held[0]), count - 1 - int(held[-1])) if len(held) else (count, count)
    return [
        math.log((probability + 1e-6) / (1 - probability + 1e-6)),
        float((words * (1 - scores)).sum()) / total,
        float((scores < LOW).mean()),
        float(words[scores < LOWER].sum()) / total,
        math.log1p(int((scores < LOWER).sum())),
        math.log1p(int(np.diff(bounds).max()) - 1),
        math.log1p(head),
        math.log1p(tail),
        math.log1p(int((scores < LOWEST).sum())),
    ]


def _logistic(model: str, names: tuple[str, ...], found: list[float]) -> float:
    bias, weights = _weights(model, names)
    total = bias + sum(map(float.__mul__, weights, found))
    return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, total))))


@cache
def _weights(model: str, names: tuple[str, ...]) -> tuple[float, tuple[float, ...]]:
    path = files("cleaner.structure") / "data" / "gate.json"
    stored = json.loads(path.read_text(encoding="utf-8"))[model]
    return stored["bias"], tuple(stored["weights"][name] for name in names)


def figures(text: str) -> list[float] | None:
    """The gate's figures of a text, in the order of ``NAMES``; ``None`` if it is too short."""
    return _figures(split_lines(text)[0])


def _figures(lines: list[str]) -> list[float] | None:
    filled = [body for line in lines if (body := line.strip())]
    count = len(filled)
    if count < MIN_LINES:
        return None
    sizes = [len(line) * 2 if line[0] > "\u2fff" else len(line) for line in filled]
    phrases = words().phrases
    kinds, hits = 0, 0
    short_ended = run = best = 0
    shorts = longs = ended = 0
    seen: set[str] = set()
    copies = 0
    for line, size in zip(filled, sizes, strict=True):
        if size <= SHORT:
            shorts += 1
            family = phrases.get(bare(line), 0)
            if family:
                hits += 1
                kinds |= family
            if line in seen:
                copies += 1
            seen.add(line)
            short_ended += line.endswith(ENDS)
            run += 1
            best = max(best, run)
        else:
            run = 0
            if size >= LONG:
                longs += 1
                ended += line.endswith(ENDS)
    head = next((i for i, size in enumerate(sizes) if size >= LONG), count)
    tail = next((i for i, size in enumerate(reversed(sizes)) if size >= LONG), count)
    total = sum(sizes)
    short_mass = sum(size for size in sizes if size <= SHORT)
    foot = "\n".join(filled[-max(8, count // 10) :]).lower()
    return [
        math.log(count),
        math.log1p(shorts),
        math.log1p(longs),
        shorts / count,
        sum(size for size in sizes if size >= LONG) / total,
        math.log1p(hits),
        hits / count,
        float(kinds.bit_count()),
        ended / max(longs, 1),
        math.log1p(best),
        math.log1p(head),
        math.log1p(tail),
        copies / count,
        short_mass / max(shorts, 1),
        short_ended / max(shorts, 1),
        float("©" in foot or "copyright" in foot or "rights reserved" in foot),
    ]
