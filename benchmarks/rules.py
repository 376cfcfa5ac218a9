"""What the rules cost, side by side with a bare loop over the same lines, in one run.

    python benchmarks/rules.py TEXTS.jsonl[.gz] [--field text] [--where extractor=html-text]

The bare loop splits a text into lines, strips and lower-cases each, looks it up in a
dictionary and joins the lines again: the floor of any cleaner that works by lines.  Told is
CPU time, the median of several interleaved passes, as ratios; absolute times depend on the machine.
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
    works = {
        "whole lines and blocks": with_rules(lines),
        "all rules": shipped,
        "all layers": cleaner.Cleaner(mode="article"),
        "500 exact phrases": with_rules(exact_rules(500)),
        "5,000 exact phrases": with_rules(exact_rules(5000)),
    }
    times = {name: [] for name in ("bare loop", *works)}
    for _ in range(args.passes + 1):
        times["bare loop"].append(cpu(bare, texts, known))
        for name, work in works.items():
            times[name].append(cpu(cleaned, texts, work))
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
