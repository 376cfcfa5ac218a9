"""Counting: on how many pages of its site each line stands, and beside what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any, Self

from cleaner.learning.lines import ENDS, Line, digest, lines_of
from cleaner.learning.store import Store, best_engine

BATCH = 100_000  # rows that are added at a time
SIGHTS = 1 << 27  # places (bytes) of the table of what was seen; one taken twice costs a row of text
SAMPLED = 4  # of the lines one in so many may serve as an example of what stays
SAMPLE_WORDS = (4, 30)
SINGLES = 24  # such examples that a site has, at most
PARAGRAPH = 8  # words from which a line counts when documents are compared
FEW = 8  # pages on which a paragraph may stand and still tell documents apart
SAME = 0.8  # share of its paragraphs' words above which a document says what another says
TWO = 2  # pages that prove least
BY_TURNS = 0.4  # share of its pages on which a line stands beside one of two lines that take turns
FREQUENT = 0.02  # share of pages below which a line is not looked at


@dataclass(frozen=True, slots=True)
class Told:
    """A document as it is counted: its site's name, a number for its address (0 for none), its lines."""

    site: str
    url: int
    digest: int
    lines: list[Line]


@dataclass(frozen=True, slots=True)
class Repeated:
    """A line (or a frame of lines) on several pages of a site.

    ``pages`` have it; ``placed`` of them at a like place: after the same line, or before the
    same; ``often`` more than once; ``ended`` as a sentence.  ``varies`` tells whether it differs
    between pages, ``frame`` that its text has slots for names.
    """

    text: str
    pages: int
    placed: int
    often: int
    ended: int
    varies: bool
    frame: bool = False


@dataclass(slots=True)
class SiteCount:
    """What was counted on one site."""

    name: str
    pages: int
    lines: list[Repeated] = field(default_factory=list)
    singular: list[str] = field(default_factory=list)


def told(text: str, site: str, url: str | None) -> Told:
    """A document's text as it is counted."""
    lines = lines_of(text)
    whole = digest("\n".join(line.text for line in lines))
    return Told(site, digest(url) if url else 0, whole, lines)


class Count:
    """A count under way: add documents, then read the sites."""

    def __init__(
        self, engine: str = "", folder: Path | None = None, memory: str = "4GB", threads: int = 1
    ) -> None:
        import numpy as np

        self.store = Store(folder, engine or best_engine())
        self.store.limit(memory, threads)
        self.documents = 0
        self._sites: dict[int, str] = {}
        self._seen = np.zeros(SIGHTS, np.uint8)
        self._docs: list[tuple[int, int, int, int]] = []
        self._lines: list[tuple[Any, ...]] = []
        self._frames: list[tuple[Any, ...]] = []

    def add(self, document: Told) -> None:
        """Counts one document."""
        self.documents += 1
        seq, site = self.documents, digest(document.site)
        self._sites.setdefault(site, document.site)
        self._docs.append((seq, site, document.url, document.digest))
        for line in document.lines:
            self._lines.append(
                (seq, site, line.key, line.form, line.before, line.after, line.times, line.words,
                 int(line.ended), line.text)
            )  # fmt: skip
            if line.frame:
                self._frames.append(
                    (seq, site, line.frame, line.form, line.frame_before, line.frame_after, line.frame_text)
                )
        if len(self._lines) >= BATCH:
            self._flush()

    def _flush(self) -> None:
        if self._docs:
            self.store.add("docs", list(zip(*self._docs, strict=True)))
        for table, rows in (("lines", self._lines), ("frames", self._frames)):
            if rows:
                *columns, texts = zip(*rows, strict=True)
                self.store.add(table, columns)
                self._keep_texts(columns, texts)
        self._docs, self._lines, self._frames = [], [], []

    def _keep_texts(self, columns: list[Any], texts: tuple[str, ...]) -> None:
        """Stores the texts of lines that were seen before on their site, and of a sample."""
        import numpy as np

        sites, keys = (np.array(columns[at], np.int64) for at in (1, 2))
        places = (sites ^ keys) & (SIGHTS - 1)
        wanted = self._seen[places] > 0
        self._seen[places] = 1
        _, back, count = np.unique(places, return_inverse=True, return_counts=True)
        wanted |= count[back] > 1
        if len(columns) > 7:
            said = np.array(columns[7])
            fit = (said >= SAMPLE_WORDS[0]) & (said <= SAMPLE_WORDS[1])
            wanted |= fit & (keys % SAMPLED == 0)
        chosen = {int(keys[at]): texts[at] for at in np.flatnonzero(wanted)}
        if chosen:
            self.store.add("texts", [list(chosen), list(chosen.values())])

    def sites(self, least: int) -> Iterator[SiteCount]:
        """The sites of at least so many pages, by name, with what repeats on each."""
        self._flush()
        names = sorted(self._sites.items(), key=lambda item: item[1])
        self.store.add("sites", list(zip(*names, strict=True)) if names else [])
        self.store.index("sites", "site")
        self._one_of_each()
        self._repeats(least)
        repeated = groupby(self.store.rows(REPEATED), key=lambda row: row[0])
        singular = groupby(self.store.rows(SINGULAR), key=lambda row: row[0])
        lines, singles = next(repeated, None), next(singular, None)
        for name, pages in self.store.rows(PAGES):
            site = SiteCount(name, pages)
            if lines and lines[0] == name:
                site.lines = [_repeated(row) for row in lines[1]]
                lines = next(repeated, None)
            if singles and singles[0] == name:
                site.singular = [row[1] for row in singles[1]]
                singles = next(singular, None)
            yield site

    def _one_of_each(self) -> None:
        """Leaves of documents that are the same one: by address, by text, by their paragraphs."""
        self._make(*SAME_ADDRESS, *PARAGRAPHS)
        alike = list(self.store.rows(ALIKE))
        dropped = sorted(_dropped(alike))
        self.store.run("CREATE TABLE dropped (seq BIGINT)")
        if dropped:
            numbers = ", ".join(f"({seq})" for seq in dropped)
            self.store.run(f"INSERT INTO dropped VALUES {numbers}")  # noqa: S608 - numbers
            self.store.run("DELETE FROM kept WHERE seq IN (SELECT seq FROM dropped)")

    def _repeats(self, least: int) -> None:
        self._make(*(statement.format(least=int(least)) for statement in COUNTED))

    def _make(self, *statements: str) -> None:
        """Makes tables, and what it takes to find their rows."""
        for statement in statements:
            self.store.run(statement)
            name = statement.split(maxsplit=3)[2]
            if statement.startswith("CREATE") and name in FOUND_BY:
                self.store.index(name, FOUND_BY[name])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of what was counted."""
        self.store.close()


def _dropped(alike: Iterable[tuple[int, int, int, int]]) -> set[int]:
    """Of each group of documents that are linked as alike all but the one of the least digest."""
    parent: dict[int, int] = {}
    digests: dict[int, int] = {}

    def root(seq: int) -> int:
        while parent.setdefault(seq, seq) != seq:
            parent[seq] = parent[parent[seq]]
            seq = parent[seq]
        return seq

    for one, other, first, second in alike:
        digests[one], digests[other] = first, second
        low, high = sorted((root(one), root(other)), key=lambda seq: (digests[seq], seq))
        parent[high] = low
    return {seq for seq in digests if root(seq) != seq}


def _repeated(row: tuple[Any, ...]) -> Repeated:
    _, text, pages, before, after, often, ended, varies, frame = row
    placed = max(before, after)
    return Repeated(text, pages, placed, often, ended, bool(varies), frame=bool(frame))


FOUND_BY = {
    "kept": "seq",
    "few": "h, site",
    "size": "seq",
    "shared": "h, site",
    "pages": "site",
    "repeated": "h, site",
    "befores": "h, site",
    "afters": "h, site",
    "framed": "h, site",
    "frame_befores": "h, site",
    "frame_afters": "h, site",
    "said": "h",
}
"""By table the columns by which its rows are looked for."""
SAME_ADDRESS = (
    """CREATE TABLE addressed AS
       SELECT site, url, min(digest) AS digest FROM docs WHERE url <> 0 GROUP BY site, url""",
    """CREATE TABLE kept AS
       SELECT CAST(min(seq) AS BIGINT) AS seq, site, digest FROM (
         SELECT d.seq, d.site, d.digest FROM docs d
           JOIN addressed a ON a.site = d.site AND a.url = d.url AND a.digest = d.digest
         UNION ALL SELECT seq, site, digest FROM docs WHERE url = 0) AS one
       GROUP BY site, digest""",
)
PARAGRAPHS = (  # tables, since SQLite would work out the parts of one query again for every row
    f"""CREATE TABLE paragraphs AS
        SELECT l.seq, l.site, l.form AS h, l.words FROM lines l JOIN kept k ON k.seq = l.seq
        WHERE l.words >= {PARAGRAPH}""",  # noqa: S608 - our numbers
    f"""CREATE TABLE few AS
        SELECT site, h, count(*) AS c FROM paragraphs GROUP BY site, h HAVING count(*) <= {FEW}""",  # noqa: S608
    """CREATE TABLE size AS
       SELECT p.seq, sum(p.words) AS words FROM paragraphs p JOIN few f ON f.h = p.h AND f.site = p.site
       GROUP BY p.seq""",
    """CREATE TABLE shared AS
       SELECT p.seq, p.site, p.h, p.words FROM paragraphs p
         JOIN few f ON f.h = p.h AND f.site = p.site AND f.c > 1""",
    "DROP TABLE paragraphs",
    "DROP TABLE few",
    """CREATE TABLE pairs AS
       SELECT a.seq AS one, b.seq AS other, sum(a.words) AS words FROM shared a
         JOIN shared b ON b.h = a.h AND b.site = a.site AND a.seq < b.seq GROUP BY a.seq, b.seq""",
    """CREATE TABLE sized AS
       SELECT p.one, p.other, p.words, s.words AS size, t.words AS other_size,
         x.digest AS first, y.digest AS second
       FROM pairs p LEFT JOIN size s ON s.seq = p.one LEFT JOIN size t ON t.seq = p.other
         LEFT JOIN kept x ON x.seq = p.one LEFT JOIN kept y ON y.seq = p.other""",
)
ALIKE = f"""
SELECT one, other, first, second FROM sized WHERE words > {SAME} * size OR words > {SAME} * other_size
"""  # noqa: S608 - our numbers
# A line that many pages have may stand beside two others by turns: the site was drawn anew.  On two
# pages a line that is the first or last of both may be a dateline or a credit as well.
_BESIDE = f"""CREATE TABLE {{name}} AS
  SELECT site, h, CASE WHEN pages >= {FEW} AND sum(CASE WHEN n >= {BY_TURNS} * pages THEN n ELSE 0 END)
    > max(n) THEN sum(CASE WHEN n >= {BY_TURNS} * pages THEN n ELSE 0 END) ELSE max(n) END AS n
  FROM (
    SELECT b.site, b.h, r.n AS pages,
      CASE WHEN r.n <= {TWO} AND b.{{side}} <= {ENDS} THEN 0 ELSE b.n END AS n
    FROM (SELECT site, h, {{side}}, count(*) AS n FROM live GROUP BY site, h, {{side}}) AS b
      JOIN repeated r ON r.site = b.site AND r.h = b.h) AS beside
  GROUP BY site, h, pages"""  # noqa: S608 - our names and numbers
COUNTED = (
    """CREATE TABLE pages AS
       SELECT site, count(*) AS pages FROM kept GROUP BY site HAVING count(*) >= {least}""",
    f"""CREATE TABLE repeated AS
       SELECT l.site, l.h, count(*) AS n, sum(CASE WHEN l.times > 1 THEN 1 ELSE 0 END) AS often,
         sum(l.ended) AS ended, CASE WHEN min(l.form) = max(l.form) THEN 0 ELSE 1 END AS varies
       FROM lines l JOIN kept k ON k.seq = l.seq JOIN pages p ON p.site = l.site
       GROUP BY l.site, l.h, p.pages HAVING count(*) >= 2 AND count(*) >= {FREQUENT} * p.pages""",  # noqa: S608 - our numbers
    """CREATE TABLE live AS
       SELECT l.site, l.h, l.prev, l.next FROM lines l JOIN kept k ON k.seq = l.seq
         JOIN repeated r ON r.site = l.site AND r.h = l.h""",
    _BESIDE.format(name="befores", side="prev"),
    _BESIDE.format(name="afters", side="next"),
    """CREATE TABLE framed AS
       SELECT f.site, f.h, count(DISTINCT f.seq) AS n, count(DISTINCT f.fill) AS fills
       FROM frames f JOIN kept k ON k.seq = f.seq JOIN pages p ON p.site = f.site
       GROUP BY f.site, f.h
       HAVING count(DISTINCT f.seq) >= 3 AND count(DISTINCT f.fill) >= 3""",
    """CREATE TABLE frame_befores AS
       SELECT site, h, max(n) AS n FROM (
         SELECT f.site, f.h, f.prev, count(DISTINCT f.seq) AS n FROM frames f
           JOIN kept k ON k.seq = f.seq JOIN framed r ON r.site = f.site AND r.h = f.h
         GROUP BY f.site, f.h, f.prev) AS beside
       GROUP BY site, h""",
    """CREATE TABLE frame_afters AS
       SELECT site, h, max(n) AS n FROM (
         SELECT f.site, f.h, f.next, count(DISTINCT f.seq) AS n FROM frames f
           JOIN kept k ON k.seq = f.seq JOIN framed r ON r.site = f.site AND r.h = f.h
         GROUP BY f.site, f.h, f.next) AS beside
       GROUP BY site, h""",
    """CREATE TABLE said AS SELECT h, min(text) AS text FROM texts GROUP BY h""",
)
REPEATED = """
SELECT s.name, t.text, r.n, b.n, a.n, r.often, r.ended, r.varies, 0
FROM repeated r JOIN sites s ON s.site = r.site JOIN said t ON t.h = r.h
  JOIN befores b ON b.site = r.site AND b.h = r.h JOIN afters a ON a.site = r.site AND a.h = r.h
UNION ALL
SELECT s.name, t.text, r.n, b.n, a.n, 0, 0, 1, 1
FROM framed r JOIN sites s ON s.site = r.site JOIN said t ON t.h = r.h
  JOIN frame_befores b ON b.site = r.site AND b.h = r.h
  JOIN frame_afters a ON a.site = r.site AND a.h = r.h
ORDER BY 1, 2, 9
"""
SINGULAR = f"""
SELECT name, text FROM (
  SELECT s.name AS name, t.text AS text, o.h AS h,
    row_number() OVER (PARTITION BY o.site ORDER BY o.h) AS place
  FROM (
    SELECT l.site, l.h FROM lines l JOIN kept k ON k.seq = l.seq JOIN pages p ON p.site = l.site
    WHERE l.h % {SAMPLED} = 0 AND l.words >= {SAMPLE_WORDS[0]} AND l.words <= {SAMPLE_WORDS[1]}
    GROUP BY l.site, l.h HAVING count(*) = 1) AS o
  JOIN sites s ON s.site = o.site JOIN said t ON t.h = o.h) AS singles
WHERE place <= {SINGLES} ORDER BY name, h
"""  # noqa: S608 - our numbers
PAGES = "SELECT s.name, p.pages FROM pages p JOIN sites s ON s.site = p.site ORDER BY s.name"
