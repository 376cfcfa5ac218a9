"""The line model: gradient-boosted trees, scored with numpy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


LEAF = 255
"""In the file, the feature of a leaf."""
CHUNK = 128
"""Rows scored at a time: what is known of them stays in the processor's cache."""


@dataclass(frozen=True, slots=True)
class Model:
    """Trees in one table, and the lexicon that one of the features needs.

    Nodes have even numbers.  Node ``n`` asks whether feature ``feature[n]`` is above
    ``threshold[n]``: then ``child[n + 1]`` is the next node, else ``child[n]``.  A leaf is its
    own child and has a ``value``.  ``roots`` are the trees' first nodes, ``depth`` the longest
    way in a tree.  What is asked of a node has an entry at ``n + 1`` too, which is not read.
    """

    feature: NDArray[np.intp]
    threshold: NDArray[np.float32]
    child: NDArray[np.intp]
    value: NDArray[np.float64]
    roots: NDArray[np.intp]
    depth: int
    odds: dict[str, float]

    def scores(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        """The probability that each row's unit belongs to the article."""
        import numpy as np

        parts = [self._sums(matrix[at : at + CHUNK]) for at in range(0, len(matrix), CHUNK)]
        return np.asarray(1.0 / (1.0 + np.exp(-np.concatenate(parts))))

    def _sums(self, matrix: NDArray[np.float32]) -> NDArray[np.float64]:
        """The sum of the trees' values for each row."""
        import numpy as np

        rows, width = matrix.shape
        flat = np.ascontiguousarray(matrix).ravel()
        row = np.tile(np.arange(rows) * width, len(self.roots))
        at = np.repeat(self.roots, rows)
        for _ in range(self.depth):  # all indexes are good: "clip" only saves the look at them
            seen = flat.take(row + self.feature.take(at, mode="clip"), mode="clip")
            at += seen > self.threshold.take(at, mode="clip")
            at = self.child.take(at, mode="clip")
        values = self.value.take(at, mode="clip").reshape(len(self.roots), rows)
        return np.asarray(values.sum(axis=0))


@cache
def model() -> Model:
    """The shipped model, read once."""
    path = files("cleaner.structure") / "data" / "model.npz"
    return read(path.read_bytes())


def read(data: bytes) -> Model:
    """A model from the bytes of its file."""
    import numpy as np

    with np.load(BytesIO(data), allow_pickle=False) as stored:
        kept: dict[str, Any] = {name: stored[name] for name in stored.files}
    words = kept["words"].tobytes().decode("utf-8").split("\n")
    odds = dict(zip(words, (kept["odds"] / 16.0).tolist(), strict=True))
    return from_arrays(kept["sizes"], kept["feature"], kept["threshold"], kept["leaf"], odds)


def from_arrays(sizes: Any, feature: Any, threshold: Any, leaf: Any, odds: dict[str, float]) -> Model:
    """A model from trees stored in prefix order.

    ``feature`` is 255 for a leaf; a branch's left child follows it.  ``threshold`` has an
    entry per branch and ``leaf`` one per leaf, ``sizes`` the number of nodes of each tree.
    """
    import numpy as np

    count = len(feature)
    isleaf = feature == LEAF
    child = np.repeat(np.arange(count), 2)
    depth, start = 0, 0
    for size in sizes.tolist():
        waiting: list[tuple[int, int]] = []  # branches whose right child is to come
        level = 0
        for node in range(start, start + size):
            depth = max(depth, level)
            if not isleaf[node]:
                child[2 * node] = node + 1
                waiting.append((node, level))
                level += 1
            elif waiting:
                branch, level = waiting.pop()
                child[2 * branch + 1] = node + 1
                level += 1
        start += size
    values = np.zeros(count)
    values[isleaf] = leaf
    bounds = np.zeros(count, np.float32)
    bounds[~isleaf] = threshold
    roots = np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(np.intp)
    used = np.where(isleaf, 0, feature).astype(np.intp)
    asked, limits, sums = np.repeat(used, 2), np.repeat(bounds, 2), np.repeat(values, 2)
    return Model(asked, limits, 2 * child, sums, 2 * roots, depth, odds)
