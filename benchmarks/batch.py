"""How fast a batch is beside its peers: one run, the same texts, CPU time, as ratios.

    python benchmarks/batch.py --extracted TEXTS.jsonl[.gz]... [--raw TEXTS.jsonl[.gz]...]
        [--where extractor=trafilatura] [--raw-where extractor=html-text] [--workers-seconds 20]

``--extracted`` are texts as an extractor gives them, ``--raw`` all the text of pages.  Each tool
cleans every text once a pass; the passes of all tools are interleaved and the median of the CPU
times counts.  Peers: datatrove's C4QualityFilter (which needs spaCy), and its line rules alone,
ftfy.fix_text, clean-text (which keeps case and lines here), jusText over the lines; one that is
not installed is named and left out.  Then `cleaner batch` runs over the extracted texts, repeated
to so many seconds of work, with one worker and with two, by the clock.  Absolute times depend on
the machine; ratios hardly do.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from html import escape
from pathlib import Path

import cleaner

FLOORS = {"datatrove C4QualityFilter": 25, "ftfy.fix_text": 10, "clean-text": 15, "jusText on lines": 15}


def read(paths, field, where):
    name, _, value = where.partition("=")
    texts = []
    for path in paths:
        opened = gzip.open if path.suffix == ".gz" else open
        with opened(path, "rt", encoding="utf-8") as lines:
            records = map(json.loads, lines)
            texts += [r[field] for r in records if not where or str(r.get(name)) == value]
    return texts


# -- the peers: each gives a function of a text, or raises ImportError ------------------------


def datatrove(**options):
    from datatrove.data import Document
    from datatrove.pipeline.filters import C4QualityFilter

    lines = C4QualityFilter(**options)

    def clean(text):
        if text.strip():
            lines.filter(Document(text=text, id=""))

    return clean


def datatrove_lines():
    """Without the count of sentences, which drops documents and no lines."""
    return datatrove(min_num_sentences=-1)


def ftfy():
    from ftfy import fix_text

    return fix_text


def clean_text():
    from cleantext import clean as one

    return lambda text: one(text, to_ascii=False, lower=False, no_line_breaks=False)


def justext():
    from justext import get_stoplist
    from justext import justext as paragraphs

    stop = get_stoplist("English")

    def clean(text):
        lines = "".join(f"<p>{escape(line)}</p>" for line in text.splitlines() if line.strip())
        if lines:
            paragraphs(f"<html><body>{lines}</body></html>", stop)

    return clean


PEERS = {
    "datatrove C4QualityFilter": datatrove,
    "C4's line rules alone": datatrove_lines,
    "ftfy.fix_text": ftfy,
    "clean-text": clean_text,
    "jusText on lines": justext,
}


def tools():
    """Every tool that is there, ours first; a peer that is not installed is told."""
    found = {
        "cleaner, all layers": cleaner.Cleaner().clean,
        "cleaner, rules alone": cleaner.Cleaner(only="rules", mode="article").clean,
    }
    for name, make in PEERS.items():
        try:
            clean = make()
            clean("It rained all day, and the river rose.\n")
        except Exception as error:  # noqa: BLE001 - each peer has its own way to miss a part of it
            print(f"{name}: left out ({str(error).splitlines()[0]})", file=sys.stderr)
        else:
            found[name] = clean
    return found


def cpu(clean, texts):
    start = time.process_time()
    for text in texts:
        clean(text)
    return time.process_time() - start


def measured(found, texts, passes, bounds):
    """The median CPU seconds of each tool over the texts; slow ones get fewer passes."""
    times = {name: [] for name in found}
    for clean in found.values():
        cpu(clean, texts[:50])  # what is loaded on first use is loaded
    for number in range(passes):
        for name, clean in found.items():
            if number == 0 or sum(times[name]) < bounds:
                times[name].append(cpu(clean, texts))
    return {name: statistics.median(taken) for name, taken in times.items()}


def tell(title, texts, times):
    size = sum(len(text.encode("utf-8", "surrogatepass")) for text in texts) / 1e6
    print(f"\n{title}: {len(texts):,} texts, {size:.1f} MB")
    ours, rules = times["cleaner, all layers"], times["cleaner, rules alone"]
    print(f"{'':28}{'s':>8}{'MB/s':>8}{'x all layers':>14}{'x rules alone':>15}{'asked':>8}")
    for name, taken in times.items():
        asked = f"{FLOORS[name]} x" if name in FLOORS and title == "extracted" else ""
        print(f"{name:28}{taken:8.2f}{size / taken:8.2f}{taken / ours:14.2f}{taken / rules:15.2f}{asked:>8}")
    print(f"all layers take {ours / rules:.2f} times rules alone")


def run(source, out, workers):
    """Seconds of the clock of a batch, and its output."""
    arguments = ["batch", str(source), "--out", str(out), "--workers", str(workers), "--overwrite", "-q"]
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", "cleaner", *arguments], check=True)
    return time.perf_counter() - start, out.read_bytes()


def workers(texts, once, seconds):
    """One worker and two over ``seconds`` of work, interleaved, the better of two runs each."""
    times = {1: [], 2: []}
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "texts.jsonl"
        with source.open("w", encoding="utf-8") as file:
            for number in range(max(1, round(seconds / once))):
                for text in texts:
                    file.write(json.dumps({"id": number, "text": text}) + "\n")
        outputs = set()
        for _ in range(2):
            for count, taken in times.items():
                clock, output = run(source, Path(folder) / "out.jsonl", count)
                taken.append(clock)
                outputs.add(output)
    one, two = min(times[1]), min(times[2])
    print(f"\n`cleaner batch`, {seconds:g} s of work, {os.cpu_count()} cores (load {os.getloadavg()[0]:.1f})")
    print(f"1 worker {one:.1f} s, 2 workers {two:.1f} s: {one / two:.2f} x (asked: 1.6 x)")
    print("output the same bytes" if len(outputs) == 1 else "OUTPUT DIFFERS")


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--extracted", type=Path, nargs="+", required=True)
    parser.add_argument("--raw", type=Path, nargs="+", default=[])
    parser.add_argument("--where", default="")
    parser.add_argument("--raw-where", default="")
    parser.add_argument("--field", default="text")
    parser.add_argument("--limit", type=int, help="So many texts of each kind, spread over all.")
    parser.add_argument("--passes", type=int, default=3)
    parser.add_argument("--most-seconds", type=float, default=60, help="Of one tool; then no more passes.")
    parser.add_argument("--workers-seconds", type=float, default=0, help="Work for 1 and 2 workers; 0: none.")
    args = parser.parse_args()
    found, once = tools(), 0.0
    for title, paths, where in (
        ("extracted", args.extracted, args.where), ("raw", args.raw, args.raw_where),
    ):  # fmt: skip
        texts = read(paths, args.field, where)
        if args.limit and len(texts) > args.limit:
            texts = texts[:: -(-len(texts) // args.limit)]
        if texts:
            times = measured(found, texts, args.passes, args.most_seconds)
            tell(title, texts, times)
            once = once or times["cleaner, all layers"]
    if args.workers_seconds:
        workers(read(args.extracted, args.field, args.where), once, args.workers_seconds)


if __name__ == "__main__":
    main()
