"""What it costs to learn from a great corpus: time, memory and disk.

    python benchmarks/learn.py [--documents 1000000] [--sites 20000] [--workers 2] [--memory 4GB]

Documents are made as they are read, by number: the pages of ``fixtures/sites`` are replicated over
so many sites, their template lines with the site's own words in them, and every line of the article
is made of other words.  Sites have from a few to thousands of documents (by Zipf).  Told are the
lines learnt, of all sites and of the largest, and what it takes to write the pack and to read it.
"""

from __future__ import annotations

import argparse
import random
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cleaner import marks
from cleaner.document import apply
from cleaner.learning import lessons, pack_text
from cleaner.learning.corpus import Reader
from cleaner.learning.counts import Count
from cleaner.learning.decision import Terms
from cleaner.rules.pack import parse
from cleaner.workers import in_order

FIXTURES = Path(__file__).parents[1] / "fixtures" / "sites"


@dataclass(frozen=True)
class Maker:
    """Makes a document of its number and reads it for a count."""

    sites: int

    @cached_property
    def pages(self):
        found = []
        for path in sorted(FIXTURES.glob("*/*.txt")):
            source, edits = marks.read(path.read_text("utf-8").partition("\n")[2])
            kept = set(apply(source, edits).splitlines())
            found.append([(line, line in kept) for line in source.splitlines() if line])
        return found

    @cached_property
    def words(self):
        return sorted({word for page in self.pages for line, _ in page for word in line.split()})

    def site(self, number):
        chance = random.Random(f"site {number}")  # noqa: S311 - the same on every run
        return min(self.sites - 1, int(self.sites ** chance.random()) - 1)

    def text(self, number):
        site, chance = self.site(number), random.Random(number)  # noqa: S311
        page = self.pages[site % 6 * 10 + chance.randrange(10)]
        word = "".join(chr(97 + int(digit, 16)) for digit in f"{site:x}")
        lines = (self.varied(line, chance) if keeps else f"{line} {word}" for line, keeps in page)
        return site, "\n\n".join(lines)

    def varied(self, line, chance):
        return " ".join(chance.choices(self.words, k=len(line.split()))) + "."

    def __call__(self, number):
        site, text = self.text(number)
        url = f"https://s{site}.example/{number}"
        return Reader().lecture({"url": url}, text)

    def __reduce__(self):
        return Maker, (self.sites,)


def peak():
    usage = (
        resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return "{:.0f} MB, of the largest worker {:.0f} MB".format(*usage)


def size(folder):
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--documents", type=int, default=1_000_000)
    parser.add_argument("--sites", type=int, default=20_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--memory", default="4GB")
    parser.add_argument("--engine", default="")
    args = parser.parse_args()
    maker, begun = Maker(args.sites), time.monotonic()
    sample = [maker.text(number)[1] for number in range(2000)]
    making = (time.monotonic() - begun) / 2000
    megabytes = sum(map(len, sample)) / 2000 * args.documents / 1e6
    print(f"{args.documents} documents, {megabytes:.0f} MB of text; making one takes {making * 1e6:.0f} us")
    with tempfile.TemporaryDirectory() as name:
        folder, begun = Path(name), time.monotonic()
        with Count(args.engine, folder, args.memory, args.workers) as count:
            for lecture in in_order(maker, range(args.documents), args.workers, size=lambda _: 2000):
                count.add(lecture.told)
            read = time.monotonic()
            print(f"read and counted in {read - begun:.0f} s; {size(folder):.0f} MB on disk", flush=True)
            found = lessons(count, Terms())
            decided = time.monotonic()
            print(f"decided in {decided - read:.0f} s; {size(folder):.0f} MB on disk", flush=True)
    text = pack_text(found)
    print(f"written as {len(text) / 1e6:.0f} MB of rules in {time.monotonic() - decided:.0f} s", flush=True)
    begun = time.monotonic()
    rules = parse(text, "learnt", trusted=False).rules
    print(f"read again as {len(rules)} rules in {time.monotonic() - begun:.0f} s")
    print(f"peak memory {peak()}")
    most = max(found, key=lambda lesson: lesson.pages)
    print(f"{len(found)} sites, {sum(len(lesson.lines) for lesson in found)} lines learnt")
    print(f"{most.site}: {most.pages} documents, {len(most.lines)} lines")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
