"""Kills a batch at random moments until it is through, and compares what it wrote with a run in peace.

    python benchmarks/kills.py [--megabytes 200] [--kills 1000] [--workers 1] [--seed 1] [--real]

A corpus of invented articles is made: JSON lines, some of them broken, and a folder of texts, tables,
web archives and parquet.  Both are cleaned in peace; then again, killed with SIGKILL after random times and
gone on with by ``--resume``, anew when a run gets through, until there were so many kills.  After every
kill each output that has its name must be the right one, and at the end all are, byte for byte, with the
ledger and the list of errors.  So that many kills fit into a run, there is a place to go on from
every 200 kB, and the journal is written as often; each run is forked from a process that has all loaded.
``--real`` starts the command anew each time, with nothing changed.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path

WORDS = (
    "river council bridge winter harbour teacher market engine valley morning letter garden station".split()
)
RESIDUE = ("- Advertisement -", "Read more: What the last boat carries", "Share this article", "")
MARK = 200_000  # bytes
JOURNAL = 0.02  # seconds


def article(lot):
    """An article of invented sentences, with something to remove."""
    parts = []
    for _ in range(lot.randint(3, 14)):
        words = lot.choices(WORDS, k=lot.randint(8, 40))
        parts.append(" ".join(words).capitalize() + ".")
        if lot.random() < 0.3:
            parts.append(lot.choice(RESIDUE))
    return "\n\n".join(parts) + "\n"


def record(lot, number):
    if lot.random() < 0.002:
        return '{"id": broken\n'
    return json.dumps({"id": number, "text": article(lot), "n": lot.random()}) + "\n"


def make_records(path, size, lot):
    number = 0
    with path.open("w", encoding="utf-8") as file:
        while file.tell() < size:
            file.write("".join(record(lot, number + step) for step in range(500)))
            number += 500


def make_folder(folder, size, lot):
    """Files of every kind, of about that size together."""
    folder.mkdir()
    for number in range(max(20, size // 100_000)):
        (folder / f"{number:05}.txt").write_text("".join(article(lot) for _ in range(10)), encoding="utf-8")
    with gzip.open(folder / "table.csv.gz", "wt", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["id", "text"])
        rows.writerows([[number, article(lot)] for number in range(max(50, size // 8000))])
    with gzip.open(folder / "archive.wet.gz", "wb") as file:
        for number in range(max(50, size // 8000)):
            body = article(lot).encode()
            head = f"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: https://example.com/{number}\r\n"
            file.write(head.encode() + b"Content-Length: %d\r\n\r\n" % len(body) + body + b"\r\n\r\n")
    with gzip.open(folder / "lines.jsonl.gz", "wt", encoding="utf-8") as file:
        file.writelines(record(lot, number) for number in range(max(50, size // 8000)))
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        return
    texts = [article(lot) for _ in range(max(50, size // 8000))]
    rows = pa.table({"n": list(range(len(texts))), "text": texts})
    pq.write_table(rows, folder / "rows.parquet", row_group_size=200)


@dataclass
class Case:
    """A command with the place that it writes to."""

    source: str
    out: str
    more: tuple[str, ...]
    sides: bool = True

    def words(self, place, workers):
        """The command's words when it writes below a folder."""
        sides = ["--ledger", str(place / "ledger.jsonl"), "--errors", str(place / "errors.jsonl")]
        sides = sides if self.sides else []
        out = ["--out", str(place / self.out), "--workers", str(workers), "-q"]
        return ["batch", self.source, *out, *sides, *self.more]


CASES = (
    Case("corpus.jsonl", "clean.jsonl.gz", ("--on-error", "skip", "--dedup", "both")),
    Case("corpus.jsonl", "clean.csv", ("--on-error", "skip", "--drop-state", "cut"), sides=False),
    Case("folder", "clean", ("--on-error", "keep")),
)


def clean(words):
    """Runs the command in this process, in which all is loaded."""
    from cleaner.cli import run

    sys.argv = ["cleaner", *words]
    sys.stderr = open(os.devnull, "w")  # noqa: SIM115, PTH123 - until the process ends
    return run()


def started(words, *, real):
    """A process that runs the command; its id."""
    if real:
        return subprocess.Popen(
            [sys.executable, "-m", "cleaner", *words], stderr=subprocess.DEVNULL, start_new_session=True
        ).pid
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        code = clean(words)
    finally:
        os._exit(code)


def killed(words, seconds, *, real):
    """Whether the command was killed after so many seconds, or the exit code of one that was through."""
    child = started(words, real=real)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(min(0.002, seconds / 10))
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return None if code == -signal.SIGKILL else code


def contents(folder):
    """The files below a folder but for hidden ones, with their bytes."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.name.startswith("."))
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def check(folder, right, *, whole):
    """Ends the program when an output is not what it should be, or, of a whole run, is missing."""
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        hidden = path.name.startswith(".")
        if path.is_file() and whole and hidden:
            sys.exit(f"{name} is left behind")
        if path.is_file() and not hidden and path.read_bytes() != right.get(name):
            sys.exit(f"{name} is not what a run in peace writes")
    if whole and set(contents(folder)) != set(right):
        sys.exit("an output is missing")


def tortured(case, place, right, *, options, lot, most):  # noqa: PLR0913 - it is a script
    """Kills one command until it is through; the number of kills."""
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    kills, longest = 0, options.longest
    while True:
        again = ["--resume"] if kills else []
        seconds = lot.uniform(0, longest) if kills < most else 3600
        code = killed([*case.words(place, options.workers), *again], seconds, real=options.real)
        if code is None:
            kills += 1
            check(place, right, whole=False)
        elif code in (0, 3):
            check(place, right, whole=True)
            return kills
        elif code == 2 and kills and not list(place.rglob(".*journal")) and contents(place):
            check(place, right, whole=True)  # killed after the last name was given
            return kills
        else:
            sys.exit(f"exit code {code} of {case}")


def main():
    said = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    said.add_argument("--megabytes", type=float, default=200)
    said.add_argument("--kills", type=int, default=1000)
    said.add_argument("--workers", type=int, default=1)
    said.add_argument("--seed", type=int, default=1)
    said.add_argument("--longest", type=float, default=0.8, help="seconds that a run may live at most")
    said.add_argument("--real", action="store_true")
    said.add_argument("--cases", type=int, default=len(CASES), help="how many of the commands")
    said.add_argument("--only", help="layers and families that clean, for speed")
    options = said.parse_args()
    lot = random.Random(options.seed)  # noqa: S311 - no secrets
    if not options.real:
        from cleaner.batch import desk

        desk.MARK_BYTES, desk.JOURNAL_SECONDS = MARK, JOURNAL
        import cleaner

        cleaner.clean("All that is loaded on first use is loaded.")
    with tempfile.TemporaryDirectory() as name:
        os.chdir(name)
        size = int(options.megabytes * 1e6)
        make_records(Path("corpus.jsonl"), size, lot)
        make_folder(Path("folder"), size // 4, lot)
        torture(Path(name), options, lot)


def torture(folder, options, lot):
    more = ("--only", options.only) if options.only else ()
    cases = [replace(case, more=(*case.more, *more)) for case in CASES[: options.cases]]
    rights = []
    for number, case in enumerate(cases):
        place = folder / f"peace-{number}"
        place.mkdir()
        began = time.monotonic()
        code = killed(case.words(place, options.workers), 36000, real=options.real)
        if code not in (0, 3):
            sys.exit(f"exit code {code} of {case} in peace")
        rights.append(contents(place))
        sizes, seconds = sum(map(len, rights[-1].values())), time.monotonic() - began
        print(f"{case.source} to {case.out}: {sizes / 1e6:.1f} MB, {seconds:.1f} s in peace", flush=True)
    kills = 0
    through = 0
    began = time.monotonic()
    while kills < options.kills:
        case = through % len(cases)
        most = min(options.kills - kills, -(-options.kills // len(cases)))
        kills += tortured(cases[case], folder / "torture", rights[case], options=options, lot=lot, most=most)
        through += 1
        print(
            f"{kills} kills, {through} runs through, all bytes right, {time.monotonic() - began:.0f} s",
            flush=True,
        )


if __name__ == "__main__":
    main()
