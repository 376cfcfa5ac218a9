"""Invented articles in which nothing repeats: words never end, and no line comes twice.

Words are drawn as texts have them: a word's chance falls with its rank (Zipf), without a last
rank, so that new ones keep coming (Heaps).  The commonest are English function words.
"""

from __future__ import annotations

import numpy as np

FUNCTION = (
    "the of and to a in that it is was for on with as his they at be this from have or by one had not but"
    " what all were when we there can an your which their said if do will each about how up out them then"
    " she many some so these would other into has more her two like him see time could no make than been"
).split()
ONSETS = "b c d f g h j k l m n p r s t v w br ch cl dr fl gr pl pr sh sl st th tr".split()
VOWELS = "a e i o u ai ea ee oa ou".split()
CODAS = ["", "n", "r", "l", "s", "t", "m", "nd", "st", "ck"]
SYLLABLES = [onset + vowel + coda for onset in ONSETS for vowel in VOWELS for coda in CODAS]
SLOPE = 1.25  # of the ranks: of a million words some 60,000 are new
POOL = 200_000  # words drawn at a time
RESIDUE = (
    "Read more: {}", "Photo: {} {}", "Advertisement", "Share this article", "Updated at {} {}",
    "Sign up for the {} newsletter", "{} {} contributed to this report.",
    "Copyright 2024 {} {}. All rights reserved.",
)  # fmt: skip


def word(rank):
    """The word of a rank, from 1."""
    if rank <= len(FUNCTION):
        return FUNCTION[rank - 1]
    rest, parts = rank, []
    while rest:
        rest, part = divmod(rest, len(SYLLABLES))
        parts.append(SYLLABLES[part])
    return "".join(parts)


def words(seed):
    """Words without end."""
    lots, known = np.random.default_rng(seed), {}
    while True:
        for rank in np.minimum(lots.zipf(SLOPE, POOL), 10**15).tolist():
            found = known.get(rank)
            if found is None:
                found = word(rank)
                if rank < 10**5:
                    known[rank] = found
            yield found


def articles(size, seed=1):
    """Articles of about that size together (characters): paragraphs, subheads, menus, residue."""
    lots, source = np.random.default_rng(seed + 1), words(seed)
    made = 0
    while made < size:
        text = _article(lots, source)
        made += len(text)
        yield text


def _article(lots, source):
    lines = [_words(source, 8).capitalize()]
    for _ in range(int(lots.integers(3, 15))):
        sentences = [_words(source, int(lots.integers(6, 25))).capitalize() + "." for _ in range(3)]
        lines.append(" ".join(sentences))
        kind = int(lots.integers(0, 10))
        if kind < 3:
            lines.append(
                RESIDUE[int(lots.integers(0, len(RESIDUE)))].format(
                    *map(str.capitalize, (next(source), next(source)))
                )
            )
        elif kind < 5:
            lines.append(_words(source, 5).capitalize())
    return "\n\n".join(lines) + "\n"


def _words(source, number):
    return " ".join([next(source) for _ in range(number)])
