"""The sentence in which a part of a line stands."""

from __future__ import annotations

import re

MOST = 300  # characters of a sentence that are looked at on either side of the part
END = re.compile(
    "[.!?\u2026][\"'\u201d\u2019\u00bb)\\]]*\\s+|[\u3002\uff01\uff1f](?![\u300d\u300f\u201d\u2019\u3068])"
)


def around(line: str, start: int, stop: int) -> slice:
    """Where the sentences begin and end (offsets in ``line``, not folded) in which a part stands.

    A mark before a lower-case word ends no sentence: "Read more! cried the girl."
    """
    while start < stop and line[start].isspace():
        start += 1
    low, high = max(0, start - MOST), min(len(line), stop + MOST)
    for found in END.finditer(line, low, high):
        if line[found.end() : found.end() + 1].islower():
            continue
        if found.end() <= start:
            low = found.end()
        elif found.end() >= stop:
            return slice(low, found.end())
    return slice(low, high)
