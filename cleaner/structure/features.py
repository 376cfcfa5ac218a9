"""What the line model sees of each unit of a text: one row of numbers per unit.

No feature looks at letter case, since German capitalises its nouns.  Everything is counted
once over the whole text with numpy: characters through a table of classes, words through
their numbers in the text's own vocabulary.  The same code serves training and run time.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from typing import TYPE_CHECKING, Any

from cleaner.structure.words import bare, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from cleaner.structure.segmentation import Layout

    Vector = NDArray[np.float64]
    Ids = NDArray[np.int64]

COPYRIGHT = ord("©")
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
CJK_MIN = 20
SPACE, WORD, DIGIT, PUNCT, END, COMMA, QUOTE = (1 << n for n in range(7))
ENDS = frozenset(".!?…。！？")
QUOTES = frozenset("\"'”’“‘»«)]」』）")
COMMAS = frozenset(",，、;；")


@cache
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
        if not joined.isascii() and len(CJK.findall(joined)) > CJK_MIN:
            joined = CJK.sub(r"\g<0> ", joined)
            self.cjk = True
        else:
            self.cjk = False
        raw = joined.encode("utf-32-le", "surrogatepass")
        codes = np.frombuffer(raw, np.uint32)
        seen = sorted(set(joined))
        table = np.zeros(ord(seen[-1]) + 1, np.uint8)
        table[[ord(char) for char in seen]] = [char_class(char) for char in seen]
        kinds = table[codes]
        ends = np.flatnonzero(codes == ord("\n"))
        starts = np.concatenate(([0], ends[:-1] + 1))
        self.chars = (ends - starts).astype(float)
        self.codes, self.kinds, self.starts, self.ends = codes, kinds, starts, ends

    def _count(self, mask: Any) -> Any:
        """Number of characters of ``mask`` per unit."""
        np = self.np
        sums = np.concatenate(([0], np.cumsum(mask)))
        return (sums[self.ends] - sums[self.starts]).astype(float)

    def _tokens(self) -> None:
        """The words: their numbers in the text's vocabulary, and the unit of each."""
        np = self.np
        isword = (self.kinds & WORD) > 0
        plain = np.where(isword | (self.codes == ord("\n")), self.codes, 32).astype(np.uint32)
        lower = plain.tobytes().decode("utf-32-le", "surrogatepass").lower()
        self.keys = lower.split("\n")[: self.size]
        begins = isword.copy()
        begins[1:] &= ~isword[:-1]
        counts = self._count(begins).astype(int)
        tokens = lower.split()
        self.unit = np.repeat(np.arange(self.size), counts)
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

    def _of_types(self, table: Any, default: float) -> Any:
        """A value per word from a table by word."""
        np = self.np
        got = np.fromiter(map(table, self.types, repeat(default)), float, len(self.types))
        return got[self.ids]

    # --- features -----------------------------------------------------------------------

    def _lines(self) -> None:
        """What a unit shows by itself."""
        np = self.np
        known = words()
        self.some = np.maximum(self.words, 1)
        best, self.known_language = self._language(known.stop.values())
        everyday = np.fromiter(map(best.__contains__, self.types), float, len(self.types))
        self.everyday = everyday[self.ids]
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
        self._families(known.bits, known.phrases, len(known.families), known.families)

    def _odds(self) -> None:
        """How much a unit's words speak for residue: on average, in all, at most, at least."""
        np = self.np
        odd = self._of_types(self.odds.get, 0.0)
        total = self._sum(odd)
        self.odd = total / np.maximum(self.tokens, 1)
        high = np.full(self.size, -9.0)
        np.maximum.at(high, self.unit, odd)
        low = np.full(self.size, 9.0)
        np.minimum.at(low, self.unit, odd)
        self.add("odd", self.odd)
        self.add("odd_sum", total)
        self.add("odd_max", high)
        self.add("odd_min", low)

    def _marks(self) -> None:
        """Punctuation, digits and layout of a unit."""
        np, layout, kinds = self.np, self.layout, self.kinds
        for name, flag in (("commas", COMMA), ("punct", PUNCT), ("quotes", QUOTE)):
            self.add(name, self._count((kinds & flag) > 0) / self.some)
        self.add("digits", self._count((kinds & DIGIT) > 0) / np.maximum(self.chars, 1))
        inner = np.zeros(len(kinds), bool)
        inner[:-1] = ((kinds[:-1] & END) > 0) & ((kinds[1:] & SPACE) > 0)
        self.add("sentences", self._count(inner))
        self.add("copyright", self._count(self.codes == COPYRIGHT))
        self.add("bullet", layout.bullets)
        self.add("indent", np.minimum(layout.indents, 40))
        gaps = np.minimum(layout.gaps, 5)
        self.add("gap", gaps)
        self.add("gap_after", np.append(gaps[1:], 5))

    def _language(self, lists: Iterable[frozenset[str]]) -> tuple[frozenset[str], float]:
        """The function words of the language that has most of them here, and if it is known."""
        vocabulary = set(self.types)
        best = max(lists, key=lambda listed: len(listed & vocabulary))
        known = len(best & vocabulary) >= min(8, len(vocabulary) / 10)
        return best, float(known)

    def _families(
        self, bits: dict[str, int], phrases: dict[str, int], count: int, names: Sequence[str]
    ) -> None:
        """Hits per family: whole phrases, and the share of words."""
        np = self.np
        masks = np.fromiter(map(bits.get, self.types, repeat(0)), np.int64, len(self.types))
        mask = masks[self.ids]
        some = np.flatnonzero(mask)
        unit, mask = self.unit[some], mask[some]
        self.hits = np.zeros((count, self.size))
        for family in range(count):
            self.hits[family] = np.bincount(unit, mask >> family & 1, self.size)
        texts = self.layout.texts
        self.phrase = np.fromiter(
            (phrases.get(bare(t), 0) if len(t) < PHRASE_MAX else 0 for t in texts),
            np.int64,
            self.size,
        )
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
            _, first, inverse, counts = np.unique(
                mixed, return_index=True, return_inverse=True, return_counts=True
            )
            earlier[: len(mixed)] = first[inverse] < np.arange(len(mixed))
            again[: len(mixed)] = counts[inverse] > 1
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
        for name in HEADERS:
            family = self.names_of.index(name)
            phrase = (self.phrase >> family & 1) > 0
            mask = (phrase | (self.rate[family] >= HEADER_RATE)) & brief & late
            last = np.maximum.accumulate(np.where(mask, place, -1))
            since = np.where(last >= 0, place - last, 400)
            ahead = np.minimum.accumulate(np.where(mask, place, self.size + 400)[::-1])[::-1]
            self.add("since_" + name, np.minimum(since, 400))
            self.add("until_" + name, np.minimum(ahead - place, 400))
            self.add("count_" + name, np.cumsum(mask))

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
        for radius, columns in MEANS.items():
            low = np.maximum(place - radius, 0)
            high = np.minimum(place + radius + 1, self.size)
            around = sums[:, high] - sums[:, low]
            mass = np.maximum(around[0], 1)
            self.add(f"prose_share_{radius}", around[1] / mass)
            self.add(f"stop_share_{radius}", around[2] / mass)
            means = around / (high - low)
            for column in columns:
                self.add(f"mean_{column}_{radius}", means[column])
            if radius in SIDES:  # to tell the edges of the article
                for column in SIDES[radius]:
                    row = sums[column]
                    back = (row[place] - row[low]) / np.maximum(place - low, 1)
                    fore = (row[high] - row[place + 1]) / np.maximum(high - place - 1, 1)
                    self.add(f"back_{column}_{radius}", back)
                    self.add(f"fore_{column}_{radius}", fore)
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
        figures = {
            "units": np.log1p(self.size),
            "total": np.log1p(self.total),
            "prose_units": float(self.isprose.mean()),
            "prose_words": self.prose_total / self.total,
            "median": float(np.median(self.words)),
            "terminals": float(self.terminal.mean()),
            "phrases": float((self.phrase > 0).mean()),
            "copies_all": float((self.copies > 1).mean()),
            "briefs": float((self.words <= SHORT).mean()),
            "odds_all": float(self.odd.mean()),
            "wrapped": float(self.layout.wrapped),
            "flat": float(self.layout.flat),
            "cjk": float(self.cjk),
            "joined": float(np.mean(np.asarray(self.layout.parts) > 1)),
            "gapless": float(np.mean(np.asarray(self.layout.gaps) > 0)),
        }
        for name, value in figures.items():
            self.add("all_" + name, value)


def feature_names(odds: dict[str, float] | None = None) -> list[str]:
    """The names of the columns of ``Page.matrix``, in order."""
    from cleaner.structure.segmentation import layout

    counter = _Counter(layout("A line of text.\nAnother line."), odds or {})
    counter.page()
    return counter.names
