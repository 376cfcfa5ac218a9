"""What the scores of a text's units tell of each other: the columns of the second pass.

The line model sees what stands round a unit, but not what it is itself going to say of it.  A
second set of trees sees that: a menu line between two paragraphs that are surely the
article's, a paragraph in a thread of comments.  It judges again, by the first scores.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

    Vector = NDArray[np.float64]
    Flags = NDArray[np.bool_]

NEAR = (1, 2, 3, 4)
"""Units on either side whose own odds are told."""
OUTSIDE = -4.0
"""Log odds of a unit beyond the text's ends."""
RADII = (2, 5, 10, 25)
"""Radii, in units, of the windows over which scores have their mean taken."""
EVEN, SURE, HARDLY = 0.5, 0.8, 0.1
"""Scores of units that are rather, surely, and hardly the article's."""
PROSE, LONG = 12, 20
"""Words of a unit of prose, and of a long one."""
FAR = 200
"""Units beyond which all is equally far."""
BOUND = 1e-4
"""How near scores come to 0 and 1 before their odds are taken."""


def columns(scores: Vector, words: Vector) -> NDArray[np.float32]:
    """A row of numbers for each unit, of the scores of all and the words that each has."""
    import numpy as np

    found = [*_own(scores), *_windows(scores, words), *_masses(scores, words), *_distances(scores, words)]
    found += [*_runs(scores, words), *_whole(scores, words)]
    return np.column_stack(found).astype(np.float32)


def _own(scores: Vector) -> Iterator[Vector]:
    """The score, and the log odds of the unit and of those near it."""
    import numpy as np

    bounded = np.clip(scores, BOUND, 1 - BOUND)
    odds = np.log(bounded / (1 - bounded))
    yield scores
    yield odds
    reach = max(NEAR)
    padded = np.pad(odds, reach, constant_values=OUTSIDE)
    for step in NEAR:
        yield padded[reach - step : reach - step + len(odds)]
        yield padded[reach + step : reach + step + len(odds)]


def _windows(scores: Vector, words: Vector) -> Iterator[Vector]:
    """Means over windows, each unit counted once, and by its words."""
    import numpy as np

    for radius in RADII:
        for weight in (np.ones(len(scores)), words + 1):
            yield _sums(scores * weight, radius) / _sums(weight, radius)


def _sums(values: Vector, radius: int) -> Vector:
    """The sums over the units up to ``radius`` away on either side."""
    import numpy as np

    sums = np.concatenate(([0.0], np.cumsum(values)))
    place = np.arange(len(values))
    low, high = np.maximum(0, place - radius), np.minimum(len(values), place + radius + 1)
    return np.asarray(sums[high] - sums[low])


def _masses(scores: Vector, words: Vector) -> Iterator[Vector]:
    """Words that are likely the article's before the unit, after it and in it, and what is gained there."""
    import numpy as np

    mass = scores * words
    upto, gain = np.cumsum(mass), np.cumsum((2 * scores - 1) * words)
    total = upto[-1] + 1
    yield (upto - mass) / total
    yield (upto[-1] - upto) / total
    yield mass / total
    yield gain
    yield gain[-1] - gain


def _distances(scores: Vector, words: Vector) -> Iterator[Vector]:
    """Units back and ahead to the nearest that is prose and likely, likely, long and sure, hardly so."""
    import numpy as np

    likely = scores > EVEN
    place = np.arange(len(scores))
    for flags in (
        likely & (words >= PROSE), likely, (scores > SURE) & (words >= LONG), scores < HARDLY,
    ):  # fmt: skip
        last = np.maximum.accumulate(np.where(flags, place, -FAR))
        coming = np.minimum.accumulate(np.where(flags, place, len(scores) + FAR)[::-1])[::-1]
        yield np.minimum(place - last, FAR).astype(float)
        yield np.minimum(coming - place, FAR).astype(float)


def _runs(scores: Vector, words: Vector) -> Iterator[Vector]:
    """Whether the unit is likely the article's, and the size of the run of such, or others, it is in."""
    import numpy as np

    likely = scores > EVEN
    run = np.cumsum(np.concatenate(([0], likely[1:] != likely[:-1])))
    size = np.bincount(run)[run].astype(float)
    mass = np.bincount(run, words)[run]
    yield likely.astype(float)
    yield size
    yield mass
    yield mass / (words.sum() + 1)


def _whole(scores: Vector, words: Vector) -> Iterator[Vector]:
    """What the text is like: the same for all its units."""
    import numpy as np

    mass = float((scores * words).sum())
    for value in (
        mass / (words.sum() + 1), np.log1p(mass), (scores > EVEN).mean(), scores.max(),
    ):  # fmt: skip
        yield np.full(len(scores), value)
