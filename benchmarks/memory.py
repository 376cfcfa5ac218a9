"""How much memory a batch takes, and whether that grows with the input.

    python benchmarks/memory.py [--megabytes 20] [--factor 8] [--workers 2] [--only LAYERS] [--kinds KINDS]

For each kind of input a corpus of invented articles is made, and one of so many times its size; both
are cleaned, and the greatest memory that all processes of the run had at one time is told (their
proportional set sizes, which count what they share once; Linux only).
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from kills import article

PAUSE = 0.05  # seconds between two looks
ASKED = 1.1


def stories(size):
    """Invented articles, of that size together."""
    lot = random.Random(size)  # noqa: S311 - no secrets
    made = 0
    while made < size:
        text = article(lot)
        made += len(text)
        yield text


def make_jsonl(path, size):
    with gzip.open(path, "wt", encoding="utf-8", compresslevel=1) as file:
        file.writelines(json.dumps({"id": n, "text": text}) + "\n" for n, text in enumerate(stories(size)))


def make_csv(path, size):
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "text"])
        rows.writerows([[number, text] for number, text in enumerate(stories(size))])


def make_parquet(path, size):
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([("n", pa.int64()), ("text", pa.string())])
    with pq.ParquetWriter(path, schema) as out:
        rows = []
        for number, text in enumerate(stories(size)):
            rows.append({"n": number, "text": text})
            if len(rows) == 1000:
                out.write_table(pa.Table.from_pylist(rows, schema))
                rows = []
        out.write_table(pa.Table.from_pylist(rows, schema))


def make_wet(path, size):
    with gzip.open(path, "wb", compresslevel=1) as file:
        for text in stories(size):
            body = text.encode()
            head = b"WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: %d\r\n\r\n" % len(body)
            file.write(head + body + b"\r\n\r\n")


KINDS = {
    "jsonl": (make_jsonl, "a.jsonl.gz", "b.jsonl.gz", ("--dedup", "both")),
    "csv": (make_csv, "a.csv", "b.csv", ()),
    "wet": (make_wet, "a.wet.gz", "b.csv.gz", ()),
    "parquet": (make_parquet, "a.parquet", "b.parquet", ()),
    "to parquet": (make_jsonl, "a.jsonl.gz", "b.parquet", ()),
}


def memory(process):
    """The bytes of a process and all that it started."""
    total = 0
    for one in [process, *descendants(process)]:
        try:
            text = Path(f"/proc/{one}/smaps_rollup").read_text("ascii")
        except OSError:
            continue
        total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")) * 1024
    return total


def descendants(process):
    try:
        children = [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []
    return children + [one for child in children for one in descendants(child)]


def peak(words):
    """The greatest memory of a run in bytes, and its seconds."""
    began = time.monotonic()
    command = [sys.executable, "-m", "cleaner", *words]
    process = subprocess.Popen(command)
    most = 0
    while process.poll() is None:
        most = max(most, memory(process.pid))
        time.sleep(PAUSE)
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed with {process.returncode}")
    return most, time.monotonic() - began


def main():
    said = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    said.add_argument("--megabytes", type=float, default=20)
    said.add_argument("--factor", type=int, default=8)
    said.add_argument("--workers", type=int, default=2)
    said.add_argument("--only", help="layers and families that clean, for speed")
    said.add_argument("--kinds", default=",".join(KINDS))
    options = said.parse_args()
    short = False
    for kind in options.kinds.split(","):
        make, source, target, more = KINDS[kind]
        found = []
        for factor in (1, options.factor):
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                make(folder / source, options.megabytes * factor * 1e6)
                words = [
                    "batch",
                    folder / source,
                    "--out",
                    folder / target,
                    "--ledger",
                    folder / "l.jsonl",
                    *more,
                ]
                words += ["--workers", options.workers, "-q"]
                words += ["--only", options.only] if options.only else []
                found.append(peak(map(str, words)))
        (small, _), (large, seconds) = found
        ratio = large / small
        short |= ratio > ASKED
        print(
            f"{kind:12}{options.megabytes:8g} MB: {small / 1e6:7.1f} MB of memory;"
            f"{options.megabytes * options.factor:8g} MB: {large / 1e6:7.1f} MB, {ratio:.2f} x"
            f" (asked: {ASKED} x), {seconds:.0f} s",
            flush=True,
        )
    sys.exit(short)


if __name__ == "__main__":
    main()
