"""What the rules cost, side by side with a bare loop over the same lines, in one run.

    python benchmarks/rules.py TEXTS.jsonl[.gz] [--field text] [--where extractor=html-text]

The bare loop splits a text into lines, strips and lower-cases each, looks it up in a
dictionary and joins the lines again: the floor of any cleaner that works by lines.  A cleaner
remembers short lines that it has met, as menus come again on each page of a site; "lines never
seen" has forgotten them before each pass.  Where datatrove is installed, the line rules of its
C4QualityFilter stand beside (without the split into sentences, which takes most of its time).
Told is CPU time, the median of several interleaved passes, as ratios; absolute times depend on
the machine.
"""

from __future__ import annotations

import argparse
import gzip
import json
import statistics
import sys
import time
from pathlib import Path

import cleaner
from cleaner.rules.rule import Rule


def read(path, field, where):
    opened = gzip.open if path.suffix == ".gz" else open
    name, _, value = where.partition("=")
    with opened(path, "rt", encoding="utf-8") as lines:
        records = map(json.loads, lines)
        return [r[field] for r in records if not where or str(r.get(name)) == value]


def bare(texts, known):
    for text in texts:
        kept = []
        for line in text.split("\n"):
            if known.get(line.strip().lower()) is None:
                kept.append(line)
        "\n".join(kept)


def cleaned(texts, work):
    for text in texts:
        work.explain(text).ledger()


def forgetful(texts, work):
    work._pipeline.index.forget()
    cleaned(texts, work)


def c4_lines():
    """The line rules of datatrove's C4 filter, ``None`` where it is not installed."""
    try:
        from datatrove.data import Document
        from datatrove.pipeline.filters import C4QualityFilter
    except ImportError:
        return None
    lines = C4QualityFilter(min_num_sentences=-1)

    def run(texts):
        for text in texts:
            lines.filter(Document(text=text, id=""))

    return run


def cpu(function, *args):
    start = time.process_time()
    function(*args)
    return time.process_time() - start


def exact_rules(count):
    return [
        Rule(
            f"bench:r{n}",
            "bench",
            "bench",
            "any",
            "line",
            "A phrase.",
            phrases=(f"phrase {n} of many",),
        )
        for n in range(count)
    ]


def with_rules(rules):
    from cleaner.pipeline import Pipeline
    from cleaner.rules.index import Index
    from cleaner.selection import Selection

    work = cleaner.Cleaner(only="rules", mode="article")
    work._pipeline = Pipeline(work.options, Index(rules), Selection(only=frozenset({"rules"})))
    return work


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("texts", type=Path)
    parser.add_argument("--field", default="text")
    parser.add_argument("--where", default="")
    parser.add_argument("--passes", type=int, default=5)
    args = parser.parse_args()
    texts = read(args.texts, args.field, args.where)
    known = {f"phrase {n}": n for n in range(500)}
    shipped = cleaner.Cleaner(only="rules", mode="article")
    lines = [rule for rule in shipped.rules if rule.whole_line]
    whole = with_rules(lines)
    works = {
        "whole lines and blocks": whole,
        "all rules": shipped,
        "all layers": cleaner.Cleaner(mode="article"),
        "500 exact phrases": with_rules(exact_rules(500)),
        "5,000 exact phrases": with_rules(exact_rules(5000)),
    }
    runs = {"bare loop": (bare, texts, known)}
    runs |= {name: (cleaned, texts, work) for name, work in works.items()}
    runs["lines never seen"] = forgetful, texts, whole
    c4 = c4_lines()
    if c4 is None:
        sys.stdout.write("datatrove is not installed: its line rules are left out\n")
    else:
        runs["C4's line rules"] = c4, texts
    times = {name: [] for name in runs}
    for _ in range(args.passes + 1):
        for name, run in runs.items():
            times[name].append(cpu(*run))
    floor = statistics.median(times["bare loop"][1:])
    size = sum(map(len, texts)) / 1e6
    sys.stdout.write(f"{len(texts)} texts, {size:.2f} M characters, {len(shipped.rules)} rules\n")
    for name, taken in times.items():
        median = statistics.median(taken[1:])
        sys.stdout.write(
            f"{name:<24} {median / floor:6.2f} x the bare loop  {size / median:7.2f} M characters/s\n"
        )


if __name__ == "__main__":
    main()
