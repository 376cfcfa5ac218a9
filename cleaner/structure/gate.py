"""The gate: whether a text is an article, the dump of a whole page, or has no lines.

A logistic model over figures that cost next to nothing: lengths of lines, their last
characters, and how many are stock phrases of menus and footers.  A text that may be a page
gets a second look, at what the line model says of its units: only then is it cut as one.
"""

from __future__ import annotations

import json
import math
from functools import cache, lru_cache, reduce
from importlib.resources import files
from operator import itemgetter, or_
from typing import TYPE_CHECKING, Self

from cleaner.document import RARE_LINE_ENDS, Document, split_lines
from cleaner.structure.segmentation import flat
from cleaner.structure.words import bare, phrase_families, words

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
LEAST_TAIL = 4
"""Units of a tail that an article may lose: a header with fewer after it may be a subhead."""
PARAGRAPH = 330  # characters of a paragraph that no tail of an article had, in some 7,500 texts
MIN_LINES = 8
"""Lines below which a text cannot be told for a page dump."""
ENDS = frozenset('.!?…。！？"”»')
FIRST = itemgetter(0)
LAST_SPACED = "\u2fff"
"""The last character before the scripts that are written without spaces."""


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
    filled = _filled(_lines(source))
    if flat(len(source), len(filled)):
        return Verdict("flat", 0.0)
    first = chance(filled)
    if first <= DOUBT:
        return Verdict("article", first)
    from cleaner.structure.reading import reading

    read = reading(source, sentences=False)
    second = confirm(first, read.page.words, read.scores) if read else 0.0
    agreed = first >= BOTH[0] and second >= BOTH[1]
    return Verdict("page" if agreed or second >= SURE else "article", second, doubtful=True)


def _lines(source: str) -> list[str]:
    """The lines of a text; where they begin is not asked, and costs as much as finding them."""
    if any(rare in source for rare in RARE_LINE_ENDS):
        return split_lines(source)[0]
    return source.split("\n")


def _filled(lines: list[str]) -> list[str]:
    return list(filter(None, map(str.strip, lines)))


def headed(source: str) -> bool:
    """Whether a tail may follow a known header in the text's second half.

    None does where hardly a line comes after it, unless the first half has a header too, and
    none where the article goes on below the last header, with a long paragraph.
    """
    lines = _lines(source)
    half = len(lines) // 2
    late = _headers_in(lines, half, len(lines))
    if not late:
        return False
    if len(_filled(lines[late[0] :])) < LEAST_TAIL and not _headers_in(lines, 0, half):
        return False
    return judge(source).doubtful or not any(map(_goes_on, lines[late[-1] :]))


def _headers_in(lines: list[str], first: int, end: int) -> list[int]:
    """The numbers of the lines from ``first`` to before ``end`` that are known headers."""
    known = _headers()
    return [n for n in range(first, end) if 0 < len(lines[n]) < PHRASE_MAX and bare(lines[n]) in known]


def _goes_on(line: str) -> bool:
    return len(line) >= PARAGRAPH and line.rstrip()[-1:] in ENDS


@cache
def _headers() -> frozenset[str]:
    """The phrases of the families that open what follows an article."""
    known = words()
    wanted = sum(1 << known.families.index(name) for name in HEADERS)
    return frozenset(phrase for phrase, found in known.phrases.items() if found & wanted)


def chance(filled: list[str]) -> float:
    """The probability that lines (stripped, none blank) are those of a page dump, by their figures."""
    found = _figures(filled)
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
    return _figures(_filled(_lines(text)))


def _figures(filled: list[str]) -> list[float] | None:
    count = len(filled)
    if count < MIN_LINES:
        return None
    sizes = _sizes(filled)
    longs = [number for number, size in enumerate(sizes) if size >= LONG]
    shorts = [number for number, size in enumerate(sizes) if size <= SHORT]
    of_short = [filled[number] for number in shorts]
    found = [family for line in of_short if (family := phrase_families(line))]
    return [
        math.log(count),
        math.log1p(len(shorts)),
        math.log1p(len(longs)),
        len(shorts) / count,
        sum([sizes[number] for number in longs]) / sum(sizes),
        math.log1p(len(found)),
        len(found) / count,
        float(reduce(or_, found, 0).bit_count()),
        _ended([filled[number] for number in longs]) / max(len(longs), 1),
        math.log1p(_longest_run(shorts)),
        math.log1p(longs[0] if longs else count),
        math.log1p(count - 1 - longs[-1] if longs else count),
        (len(shorts) - len(set(of_short))) / count,
        sum([sizes[number] for number in shorts]) / max(len(shorts), 1),
        _ended(of_short) / max(len(shorts), 1),
        float(_is_signed(filled[-max(8, count // 10) :])),
    ]


def _sizes(filled: list[str]) -> list[int]:
    """The characters of each line, those of scripts without spaces counted twice."""
    if max(map(FIRST, filled)) <= LAST_SPACED:
        return list(map(len, filled))
    return [len(line) * 2 if line[0] > LAST_SPACED else len(line) for line in filled]


def _ended(lines: list[str]) -> int:
    """How many of the lines end as sentences do."""
    return sum([line[-1] in ENDS for line in lines])


def _longest_run(numbers: list[int]) -> int:
    """The length of the longest run of numbers, each one more than the one before."""
    best = run = 0
    previous = -2
    for number in numbers:
        run = run + 1 if number == previous + 1 else 1
        best = max(best, run)
        previous = number
    return best


def _is_signed(foot: list[str]) -> bool:
    """Whether a note of copyright stands in the last lines; bytes are put in lower case much faster."""
    text = "\n".join(foot)
    lowered = text.encode("utf-8", "surrogatepass").lower()
    return "\u00a9" in text or b"copyright" in lowered or b"rights reserved" in lowered
