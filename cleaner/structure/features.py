"""What the line model sees of each unit of a text: one row of numbers per unit.

No feature looks at letter case, since German capitalises its nouns.  Everything is counted
once over the whole text with numpy: characters through a table of classes, words through
their numbers in the text's own vocabulary.  The same code serves training and run time.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from typing import TYPE_CHECKING, Any

from cleaner.structure.words import phrase_families, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from cleaner.structure.segmentation import Layout

    Vector = NDArray[np.float64]
    Ids = NDArray[np.int64]

COPYRIGHT = ord("©")
NEWLINE = ord("\n")
PHRASE_MAX = 80
"""Characters of a stock phrase, at most."""
HEADER_RATE = 0.25
"""Share of a short unit's words that are a family's: then it is a header of that family."""
GRAM = 4
"""Words of the n-grams that are looked for elsewhere in the text."""
FLUENT = 0.18
"""Share of function words from which a unit of a known language reads as prose."""
PROSE = 12
"""Words (two CJK characters count as one) from which a unit can be prose."""
SHORT = 6
"""Words up to which a unit is short; runs of such part a page into clusters."""
CLUSTER_GAP = 4
MEANS = {
    1: (0, 4),
    3: (0, 1, 2, 3, 4, 5, 7, 8, 9, 14, 17),
    6: (0, 3, 4, 5, 7, 8),
    12: (0, 1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17),
    25: (0, 3, 4, 5, 6, 7, 8),
}
"""By radius in units, which rows of the base of the windows have their means taken."""
SIDES = {6: (4, 7), 25: (1, 4, 7)}
"""The same for means over the units before, and over those after."""
HEADERS = ("comments", "related", "newsletter", "legal")
DENSE = ("comments", "related", "newsletter", "share", "legal", "menu", "byline", "date")
TELLING = ("media", "advert", "shop", "date", "newsletter", "byline")
CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff66-\uff9d]")
CJK_FIRST = 0x3040
CJK_MIN = 20
SPACE, WORD, DIGIT, PUNCT, END, COMMA, QUOTE = (1 << n for n in range(7))
ENDS = frozenset(".!?…。！？")
QUOTES = frozenset("\"'”’“‘»«)]」』）")
COMMAS = frozenset(",，、;；")


def char_class(char: str) -> int:
    """The classes of a character, as a sum of flags."""
    found = 0
    if char.isspace():
        found |= SPACE
    elif char.isalnum() or unicodedata.category(char) in ("Mn", "Mc"):
        found |= WORD | (DIGIT if char.isdigit() else 0)
    else:
        found |= PUNCT
    for flag, listed in ((END, ENDS), (COMMA, COMMAS), (QUOTE, QUOTES)):
        found |= flag if char in listed else 0
    return found


CLASSES = (SPACE, WORD, WORD | DIGIT, PUNCT, PUNCT | END, PUNCT | COMMA, PUNCT | QUOTE)
"""All that a character can be."""
UNKNOWN = 255
"""In the table of classes, a character that no text had yet."""


def numbers_of(codes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """By character of a text, the place of its class in ``CLASSES``."""
    import numpy as np

    table = _table()
    numbers = table.take(codes)
    missing = codes[numbers == UNKNOWN]
    if len(missing):
        for code in set(missing.tolist()):
            table[code] = CLASSES.index(char_class(chr(code)))
        numbers = table.take(codes)
    return np.asarray(numbers)


@cache
def _table() -> NDArray[np.uint8]:
    """Places in ``CLASSES`` by code point, filled in as texts ask for them."""
    import numpy as np

    return np.full(sys.maxunicode + 1, UNKNOWN, np.uint8)


@dataclass(slots=True)
class Page:
    """A text's units with what was counted of them; one entry per unit in each array.

    ``words`` counts two CJK characters as one word; ``prose`` is the words of the units
    that are prose and else 0; ``hits`` has a row per family of residue; ``first`` is
    the first unit with the same words.
    """

    layout: Layout
    words: Vector
    prose: Vector
    hits: NDArray[np.float64]
    phrase: Ids
    first: Ids
    copies: Vector
    matrix: NDArray[np.float32]


def page_of(layout: Layout, odds: dict[str, float]) -> Page:
    """Count everything that the model needs of the units of a text that has at least one.

    ``odds`` is the lexicon: by word, how much more often it stands in residue than in
    articles, as log odds.
    """
    return _Counter(layout, odds).page()


class _Counter:
    """The counting of one text, in steps that share their arrays."""

    def __init__(self, layout: Layout, odds: dict[str, float]) -> None:
        import numpy as np

        self.np = np
        self.layout = layout
        self.odds = odds
        self.size = len(layout)
        self.columns: list[Any] = []
        self.names: list[str] = []

    def add(self, name: str, column: Any) -> Any:
        self.names.append(name)
        self.columns.append(column)
        return column

    def page(self) -> Page:
        np = self.np
        with np.errstate(divide="ignore", invalid="ignore"):
            self._characters()
            self._tokens()
            self._lines()
            self._grams()
            self._headers()
            self._places()
            self._windows()
            self._clusters()
            self._document()
        rows = np.empty((len(self.columns), self.size), np.float32)
        for number, column in enumerate(self.columns):
            rows[number] = column
        return Page(
            self.layout, self.words, self.prose, self.hits, self.phrase, self.first, self.copies,
            rows.T,
        )  # fmt: skip

    # --- counting -----------------------------------------------------------------------

    def _characters(self) -> None:
        """Counts per unit of the classes of characters."""
        np = self.np
        joined = "\n".join(text.replace("\n", " ") for text in self.layout.texts) + "\n"
        codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
        self.cjk = int(codes.max()) >= CJK_FIRST and len(CJK.findall(joined)) > CJK_MIN
        if self.cjk:
            joined = CJK.sub(r"\g<0> ", joined)
            codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
        numbers = numbers_of(codes)
        self.classes = np.array(CLASSES, np.uint8)
        self.kinds = self.classes[numbers]
        self.ends = np.flatnonzero(codes == NEWLINE)
        self.starts = np.concatenate(([0], self.ends[:-1] + 1))
        lengths = self.ends - self.starts
        self.chars = lengths.astype(float)
        self.at = np.repeat(np.arange(self.size), lengths + 1)  # the unit of each character
        cells = np.bincount(self.at * len(CLASSES) + numbers, minlength=self.size * len(CLASSES))
        self.counts = cells.reshape(self.size, len(CLASSES)).astype(float)
        self.codes = codes

    def _count(self, flag: int) -> Any:
        """Number of characters of a class per unit."""
        return self.counts @ ((self.classes & flag) > 0)

    def _count_at(self, places: Any) -> Any:
        """Number of the places (indexes of characters) per unit."""
        return self.np.bincount(self.at[places], minlength=self.size).astype(float)

    def _tokens(self) -> None:
        """The words: their numbers in the text's vocabulary, and the unit of each."""
        np = self.np
        isword = (self.kinds & WORD) > 0
        plain = np.where(isword, self.codes, np.uint32(32))
        plain[self.ends] = NEWLINE
        lower = plain.tobytes().decode("utf-32-le", "surrogatepass").lower()
        self.keys = lower.split("\n")[: self.size]
        begins = isword.copy()
        begins[1:] &= ~isword[:-1]
        tokens = lower.split()
        self.unit = self.at[begins]
        counts = np.bincount(self.unit, minlength=self.size)
        index = dict(zip(dict.fromkeys(tokens), range(len(tokens)), strict=False))
        self.types = list(index)
        self.ids = np.fromiter(map(index.__getitem__, tokens), np.int64, len(tokens))
        if self.cjk:
            weights = np.array([0.5 if CJK.match(t) else 1.0 for t in self.types] or [1.0])
            self.words = self._sum(weights[self.ids])
        else:
            self.words = counts.astype(float)
        self.tokens = counts.astype(float)

    def _sum(self, values: Any) -> Any:
        """Sum per unit of a value per word."""
        return self.np.bincount(self.unit, values, self.size)

    # --- features -----------------------------------------------------------------------

    def _lines(self) -> None:
        """What a unit shows by itself."""
        np = self.np
        known = words()
        self.some = np.maximum(self.words, 1)
        masks = np.fromiter(map(known.masks.get, self.types, repeat(0)), np.int64, len(self.types))
        self.everyday = self._language(masks >> len(known.families), len(known.stop))[self.ids]
        self.stop = self._sum(self.everyday) * (0.5 if self.cjk else 1.0)
        self.stops = self.stop / self.some
        last = np.maximum(self.ends - 1, self.starts)
        before = np.maximum(self.ends - 2, self.starts)
        final = self.kinds[last]
        final = np.where((final & QUOTE) > 0, final | self.kinds[before], final)
        self.terminal = ((final & END) > 0).astype(float)
        self.add("chars", np.log1p(self.chars))
        self.add("words", np.log1p(self.words))
        self.add("word_length", self.chars / self.some)
        self.add("stops", self.stops)
        self.add("terminal", self.terminal)
        self.add("colon", (self.codes[last] == ord(":")).astype(float))
        self._odds()
        self._marks()
        fluent = self.stops >= (FLUENT if self.known_language else 0.0)
        whole = (self.terminal > 0) | (self.words >= 2 * PROSE)
        self.isprose = (self.words >= PROSE) & fluent & whole
        self.prose = np.where(self.isprose, self.words, 0.0)
        self._families(masks, known.families)

    def _odds(self) -> None:
        """How much a unit's words speak for residue: on average, in all, at most, at least."""
        np = self.np
        odds = np.fromiter(map(self.odds.get, self.types, repeat(0.0)), float, len(self.types))
        odd = odds[self.ids]
        total = self._sum(odd)
        self.odd = total / np.maximum(self.tokens, 1)
        high, low = np.full(self.size, -9.0), np.full(self.size, 9.0)
        spoken = np.flatnonzero(self.tokens)
        if len(spoken):
            firsts = (np.cumsum(self.tokens) - self.tokens)[spoken].astype(int)
            high[spoken] = np.maximum.reduceat(odd, firsts)
            low[spoken] = np.minimum.reduceat(odd, firsts)
        self.add("odd", self.odd)
        self.add("odd_sum", total)
        self.add("odd_max", high)
        self.add("odd_min", low)

    def _marks(self) -> None:
        """Punctuation, digits and layout of a unit."""
        np, layout, kinds = self.np, self.layout, self.kinds
        for name, flag in (("commas", COMMA), ("punct", PUNCT), ("quotes", QUOTE)):
            self.add(name, self._count(flag) / self.some)
        self.add("digits", self._count(DIGIT) / np.maximum(self.chars, 1))
        ends = np.flatnonzero(kinds[:-1] & END)
        self.add("sentences", self._count_at(ends[(kinds[ends + 1] & SPACE) > 0]))
        self.add("copyright", self._count_at(np.flatnonzero(self.codes == COPYRIGHT)))
        self.add("bullet", layout.bullets)
        self.add("indent", np.minimum(layout.indents, 40))
        gaps = np.minimum(layout.gaps, 5)
        self.add("gap", gaps)
        self.add("gap_after", np.append(gaps[1:], 5))

    def _language(self, masks: Any, count: int) -> Any:
        """By word of the vocabulary, 1 if it is a function word of the language that has most of them.

        ``masks`` has a bit per language, from the lowest, in the order in which they are asked.
        """
        np = self.np
        bits = (masks[:, None] >> np.arange(count)) & 1
        hits = bits.sum(axis=0)
        best = int(hits.argmax())
        self.known_language = float(hits[best] >= min(8, len(masks) / 10))
        return bits[:, best].astype(float)

    def _families(self, masks: Any, names: Sequence[str]) -> None:
        """Hits per family: whole phrases, and the share of words.

        ``masks`` has a bit per family, from the lowest, by word of the vocabulary.
        """
        np = self.np
        count = len(names)
        mask = masks[self.ids] & ((1 << count) - 1)
        some = np.flatnonzero(mask)
        word, family = np.nonzero(mask[some, None] >> np.arange(count) & 1)
        cells = np.bincount(family * self.size + self.unit[some[word]], minlength=count * self.size)
        self.hits = cells.reshape(count, self.size).astype(float)
        found = [phrase_families(text) if len(text) < PHRASE_MAX else 0 for text in self.layout.texts]
        self.phrase = np.array(found, np.int64)
        self.add("phrase", (self.phrase > 0).astype(float))
        self.rate = self.hits / self.some
        for name in TELLING:
            self.add("family_" + name, self.rate[names.index(name)])
        self.names_of = tuple(names)

    def _grams(self) -> None:
        """Copies of whole units, n-grams that come again, and words shared with the prose."""
        np = self.np
        seen: dict[str, int] = {}
        keys = [" ".join(key.split()) for key in self.keys]
        self.first = np.fromiter(map(seen.setdefault, keys, range(self.size)), np.int64, self.size)
        copies = np.bincount(self.first, minlength=self.size)[self.first].astype(float)
        self.copies = np.where(self.tokens > 0, copies, 0.0)
        self.add("copies", np.log1p(self.copies))
        ids = self.ids
        earlier = np.zeros(len(ids))
        again = np.zeros(len(ids))
        if len(ids) > GRAM:
            big = ids.astype(np.uint64)
            count = len(big) - GRAM + 1
            mixed = big[:count]
            for shift in range(1, GRAM):
                mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + big[shift : shift + count]
            order = np.argsort(mixed, kind="stable")
            ordered = mixed[order]
            same = ordered[1:] == ordered[:-1]
            earlier[order[1:]] = same
            again[order[1:]] = same
            again[order[:-1][same]] = 1.0
        some = np.maximum(self.tokens, 1)
        self.add("seen_before", self._sum(earlier) / some)
        self.add("seen_again", self._sum(again) / some)
        self._overlap()

    def _overlap(self) -> None:
        """How many of a unit's content words the page's prose, and its first unit, have."""
        np = self.np
        vocabulary = max(len(self.types), 1)
        in_prose = self.isprose[self.unit].astype(float)
        mass = np.bincount(self.ids, in_prose, vocabulary)
        content = 1.0 - self.everyday
        elsewhere = mass[self.ids] - in_prose
        total = np.maximum(self._sum(content), 1)
        self.overlap = self._sum(content * (elsewhere > 0)) / total
        self.add("overlap", self.overlap)
        self.add("overlap_deep", self._sum(content * np.minimum(elsewhere, 5)) / total)
        heads = np.zeros(vocabulary)
        heads[self.ids[: int(self.tokens[0])]] = 1.0
        self.titled = self._sum(content * heads[self.ids]) / total
        self.add("titled", self.titled)

    def _headers(self) -> None:
        """Units since, until and how often a header of comments, related ... was met."""
        np = self.np
        place = np.arange(self.size)
        passed = np.cumsum(self.prose)
        late = passed >= 0.25 * max(passed[-1], 1)
        brief = self.words <= 2 * SHORT
        of_header = np.array([self.names_of.index(name) for name in HEADERS])
        phrase = (self.phrase >> of_header[:, None] & 1) > 0
        mask = (phrase | (self.rate[of_header] >= HEADER_RATE)) & brief & late
        last = np.maximum.accumulate(np.where(mask, place, -1), axis=1)
        since = np.minimum(np.where(last >= 0, place - last, 400), 400)
        ahead = np.where(mask, place, self.size + 400)[:, ::-1]
        until = np.minimum(np.minimum.accumulate(ahead, axis=1)[:, ::-1] - place, 400)
        counts = np.cumsum(mask, axis=1)
        for number, name in enumerate(HEADERS):
            self.add("since_" + name, since[number])
            self.add("until_" + name, until[number])
            self.add("count_" + name, counts[number])

    def _places(self) -> None:
        """Where in the text a unit stands, in units, words and prose."""
        np = self.np
        total = max(self.words.sum(), 1.0)
        before = np.cumsum(self.words) - self.words
        self.total, self.prose_total = total, max(self.prose.sum(), 1.0)
        prose_before = np.cumsum(self.prose) - self.prose
        prose_after = self.prose_total - prose_before - self.prose
        place = np.arange(self.size)
        self.add("place", place / self.size)
        self.add("from_start", np.minimum(place, 500))
        self.add("from_end", np.minimum(self.size - 1 - place, 500))
        self.add("words_before", before / total)
        self.add("log_before", np.log1p(before))
        self.add("prose_before", prose_before / self.prose_total)
        self.add("prose_after", prose_after / self.prose_total)
        self.add("log_prose_before", np.log1p(prose_before))
        self.add("log_prose_after", np.log1p(np.maximum(prose_after, 0)))
        near = np.where(self.isprose, place, -1000)
        last = np.maximum.accumulate(np.append(-1000, near[:-1]))
        ahead = np.where(self.isprose, place, self.size + 1000)
        coming = np.minimum.accumulate(np.append(ahead[1:], self.size + 1000)[::-1])[::-1]
        self.add("since_prose", np.minimum(place - last, 60))
        self.add("until_prose", np.minimum(coming - place, 60))

    def _windows(self) -> None:
        """Means over neighbours at several distances, and the nearest ones themselves."""
        np = self.np
        dense = [self.names_of.index(name) for name in DENSE]
        base = np.array(
            [
                self.words,
                self.prose,
                self.stop,
                self.terminal,
                self.odd,
                self.overlap,
                (self.words <= SHORT).astype(float),
                np.log1p(self.words),
                (self.phrase > 0).astype(float),
                self.layout.bullets,
                *(np.minimum(self.rate[family], 1.0) for family in dense),
            ]
        )
        sums = np.concatenate((np.zeros((len(base), 1)), np.cumsum(base, axis=1)), axis=1)
        place = np.arange(self.size)
        reach = np.array(list(MEANS))[:, None]
        lows = np.maximum(place - reach, 0)
        highs = np.minimum(place + reach + 1, self.size)
        sums_around = sums[:, highs] - sums[:, lows]
        masses = np.maximum(sums_around[0], 1)
        shares = sums_around[1:3] / masses
        all_means = sums_around / (highs - lows)
        for number, (radius, columns) in enumerate(MEANS.items()):
            self.add(f"prose_share_{radius}", shares[0, number])
            self.add(f"stop_share_{radius}", shares[1, number])
            for column in columns:
                self.add(f"mean_{column}_{radius}", all_means[column, number])
            if radius in SIDES:  # to tell the edges of the article
                low, high = lows[number], highs[number]
                before, after = np.maximum(place - low, 1), np.maximum(high - place - 1, 1)
                for column in SIDES[radius]:
                    row = sums[column]
                    self.add(f"back_{column}_{radius}", (row[:-1] - row[low]) / before)
                    self.add(f"fore_{column}_{radius}", (row[high] - row[1:]) / after)
        for name, row in (("words", base[7]), ("terminal", self.terminal), ("odd", self.odd)):
            self.add("before_" + name, np.append(-1.0, row[:-1]))
            self.add("after_" + name, np.append(row[1:], -1.0))

    def _clusters(self) -> None:
        """The stretches of text between runs of short units: their mass, rank and edges."""
        np = self.np
        brief = (self.words <= SHORT) & (self.terminal == 0)
        place = np.arange(self.size)
        starts = brief & ~np.append(False, brief[:-1])
        run = np.cumsum(starts)
        length = np.bincount(np.where(brief, run, 0), minlength=run[-1] + 1)
        gap = brief & (length[run] >= CLUSTER_GAP)
        body = ~gap
        begins = body & ~np.append(False, body[:-1])
        cluster = np.where(body, np.cumsum(begins), 0)
        mass = np.bincount(cluster, self.prose, cluster.max() + 1)
        mass[0] = 0.0
        order = np.argsort(np.argsort(-mass, kind="stable"), kind="stable")
        own = mass[cluster]
        self.add("run", np.where(brief, length[run], 0))
        self.add("cluster_mass", np.log1p(own))
        self.add("cluster_share", own / self.prose_total)
        self.add("cluster_rank", np.where(body, np.minimum(order[cluster], 20), 21))
        top = int(np.argmax(mass))
        inside = place[cluster == top] if mass[top] > 0 else place
        first, last = inside[0], inside[-1]
        self.add("past_top", np.clip(place - last, -300, 300))
        self.add("before_top", np.clip(first - place, -300, 300))
        size = np.bincount(cluster, minlength=len(mass))
        self.add("cluster_size", np.where(body, np.log1p(size[cluster]), 0))
        self.add("cluster_place", place - np.maximum.accumulate(np.where(begins, place, 0)))

    def _document(self) -> None:
        """What the whole text is like, the same for all its units."""
        np = self.np

        def share(mask: Any) -> float:
            return int(np.count_nonzero(mask)) / self.size

        figures = {
            "units": np.log1p(self.size),
            "total": np.log1p(self.total),
            "prose_units": share(self.isprose),
            "prose_words": self.prose_total / self.total,
            "median": float(np.median(self.words)),
            "terminals": share(self.terminal),
            "phrases": share(self.phrase),
            "copies_all": share(self.copies > 1),
            "briefs": share(self.words <= SHORT),
            "odds_all": float(self.odd.sum() / self.size),
            "wrapped": float(self.layout.wrapped),
            "flat": float(self.layout.flat),
            "cjk": float(self.cjk),
            "joined": share(np.asarray(self.layout.parts) > 1),
            "gapless": share(np.asarray(self.layout.gaps)),
        }
        for name, value in figures.items():
            self.add("all_" + name, value)


def feature_names(odds: dict[str, float] | None = None) -> list[str]:
    """The names of the columns of ``Page.matrix``, in order."""
    from cleaner.structure.segmentation import layout

    counter = _Counter(layout("A line of text.\nAnother line."), odds or {})
    counter.page()
    return counter.names
