"""How much memory a batch takes, and whether that grows with the input.

    python benchmarks/memory.py [--base 40] [--factors 1,2,4,8,16] [--workers 1,2] [--kinds KINDS]

For each kind of input corpora of invented articles are made, each so many times ``--base`` megabytes
and beginning with the one before; nothing in them repeats, so that caches get no respite.  Each is
cleaned, and the greatest memory told that all processes had at one time (their proportional set
sizes, which count once what they share; Linux only), with the greatest of the process that reads and
writes and of a worker.  The base must be large enough that each worker has met more than it will
remember: the curve from ``--base 5`` on shows where that is.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from varied import articles

PAUSE = 0.1  # seconds between two looks
ASKED = 1.1
EIGHT = 8


def make_jsonl(path, size):
    with _packed(path) as file:
        rows = ({"id": n, "url": _address(n), "text": text} for n, text in enumerate(articles(size)))
        file.writelines(json.dumps(row).encode() + b"\n" for row in rows)


def _address(number):
    return f"https://site{number % 50}.example.com/{number}"


def _packed(path):
    if path.suffix == ".gz":
        return gzip.open(path, "wb", compresslevel=1)
    if path.suffix == ".zst":
        import zstandard

        return zstandard.open(path, "wb")
    return path.open("wb")


def make_csv(path, size):
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "text"])
        rows.writerows([[number, text] for number, text in enumerate(articles(size))])


def make_parquet(path, size):
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema([("n", pa.int64()), ("text", pa.string())])
    with pq.ParquetWriter(path, schema) as out:
        rows = []
        for number, text in enumerate(articles(size)):
            rows.append({"n": number, "text": text})
            if len(rows) == 1000:
                out.write_table(pa.Table.from_pylist(rows, schema))
                rows = []
        out.write_table(pa.Table.from_pylist(rows, schema))


def make_wet(path, size):
    with gzip.open(path, "wb", compresslevel=1) as file:
        for text in articles(size):
            body = text.encode()
            head = b"WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: %d\r\n\r\n" % len(body)
            file.write(head + body + b"\r\n\r\n")


def make_folder(path, size):
    """Files of about 1 kB, a thousand in a folder."""
    for number, text in enumerate(articles(size)):
        folder = path / f"{number // 1000:04}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number:07}.txt").write_text(text[:1000], encoding="utf-8")


@dataclass
class Kind:
    """How a corpus is made, its name, the output's, and options."""

    make: object
    source: str
    target: str
    more: tuple[str, ...] = ()


KINDS = {
    "jsonl": Kind(make_jsonl, "a.jsonl", "b.jsonl"),
    "jsonl.gz": Kind(make_jsonl, "a.jsonl.gz", "b.jsonl.gz"),
    "jsonl.zst": Kind(make_jsonl, "a.jsonl.zst", "b.jsonl.zst"),
    "ledger, report": Kind(make_jsonl, "a.jsonl", "b.jsonl", ("--ledger", "l.jsonl", "--report", "r.html")),
    "parquet ledger": Kind(make_jsonl, "a.jsonl", "b.jsonl", ("--ledger", "l.parquet")),
    "dedup": Kind(make_jsonl, "a.jsonl", "b.jsonl", ("--dedup", "both")),
    "learn": Kind(make_jsonl, "a.jsonl", "b.jsonl", ("--learn",)),
    "csv": Kind(make_csv, "a.csv", "b.csv"),
    "wet > csv": Kind(make_wet, "a.wet.gz", "b.csv.gz"),
    "parquet": Kind(make_parquet, "a.parquet", "b.parquet"),
    "jsonl > parquet": Kind(make_jsonl, "a.jsonl", "b.parquet"),
    "folder": Kind(make_folder, "a", "b/"),
}


def memory(process):
    """The bytes of a process, shared ones by its share; nothing of one that is gone."""
    try:
        text = Path(f"/proc/{process}/smaps_rollup").read_text("ascii")
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:")), 0)


def descendants(process):
    try:
        children = [int(one) for one in Path(f"/proc/{process}/task/{process}/children").read_text().split()]
    except OSError:
        return []
    return children + [one for child in children for one in descendants(child)]


@dataclass
class Peak:
    """The most bytes at one time: of all processes, of the first, and of one of the others."""

    total: int = 0
    first: int = 0
    worker: int = 0
    seconds: float = 0.0

    def look(self, process):
        """Takes note of what is there now."""
        first, others = memory(process), [memory(one) for one in descendants(process)]
        self.first = max(self.first, first)
        self.worker = max(self.worker, *others, 0)
        self.total = max(self.total, first + sum(others))


def peak(words, folder):
    """The most memory of a run."""
    began, found = time.monotonic(), Peak()
    command = [sys.executable, "-m", "cleaner", *words]
    process = subprocess.Popen(command, cwd=folder)
    while process.poll() is None:
        found.look(process.pid)
        time.sleep(PAUSE)
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed with {process.returncode}")
    found.seconds = time.monotonic() - began
    return found


def measured(kind, size, workers, only):
    """The most memory that cleaning a corpus of that kind and size takes."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kind.make(folder / kind.source, size)
        words = ["batch", kind.source, "--out", kind.target, *kind.more, "--workers", str(workers), "-q"]
        return peak(words + (["--only", only] if only else []), folder)


def main():
    said = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    said.add_argument("--base", type=float, default=40, help="megabytes")
    said.add_argument("--factors", default="1,2,4,8,16")
    said.add_argument("--workers", default="1,2")
    said.add_argument("--only", help="layers and families that clean, for speed")
    said.add_argument("--kinds", default=",".join(KINDS))
    options = said.parse_args()
    factors = [int(one) for one in options.factors.split(",")]
    grew = False
    for name in options.kinds.split(","):
        for workers in map(int, options.workers.split(",")):
            found = {}
            for factor in factors:
                size = options.base * factor
                found[factor] = now = measured(KINDS[name], size * 1e6, workers, options.only)
                print(
                    f"{name:16}{workers} workers {size:7g} MB: {now.total / 1e6:6.1f} MB of memory"
                    f" (first {now.first / 1e6:5.1f}, worker {now.worker / 1e6:5.1f}),"
                    f" {now.total / found[factors[0]].total:.2f} x, {now.seconds:5.1f} s",
                    flush=True,
                )
            grew |= any(
                found[EIGHT * one].total > ASKED * found[one].total for one in found if EIGHT * one in found
            )
    sys.exit(grew)


if __name__ == "__main__":
    main()
