"""Holds the laws of accounting on texts given on the command line, in every mode and level.

For each text and way of cleaning: the edits make the clean text; clean text and ledger (through
JSON) give the source back, byte for byte; undoing the edits of one half of the rules and then
keeping those gives what applying the others to the source gives; every word that is gone lies in
exactly one removal, which names a known rule and a reason.

    python benchmarks/accounts.py texts.jsonl.gz --field text --every 3
"""

from __future__ import annotations

import argparse
import bisect
import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import cleaner
from cleaner.document import Edit, apply
from cleaner.options import MODES
from cleaner.result import Result
from cleaner.rules.rule import LEVELS
from cleaner.undoing import Undoing

WORD = re.compile(r"\S+")


def texts(path: Path, field: str, every: int) -> Iterator[str]:
    """Every so many-th text of a JSON lines file, plain or .gz."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        for number, line in enumerate(file):
            text = json.loads(line).get(field)
            if number % every == 0 and isinstance(text, str):
                yield text


def explained(result: Result, known: set[str], found: Counter[str]) -> None:
    """Counts the words that are gone, and those that not exactly one edit explains."""
    edits = [edit for edit in result.edits if edit.removes]
    starts = [edit.start for edit in edits]
    for match in WORD.finditer(result.source) if edits else ():
        at = bisect.bisect_right(starts, match.start())
        near = edits[max(0, at - 1) : at + 3]
        covering = [e for e in near if e.start <= match.start() and match.end() <= e.end]
        touching = [e for e in near if e.start < match.end() and match.start() < e.end]
        low, high = result.to_clean(match.start(), match.end())
        if low == high:
            found["words gone"] += 1
            found["words in several edits"] += len(covering) != 1 and len(touching) > 1
            found["words in no edit"] += not touching
        elif touching:
            found["words cut"] += 1
    found["edits without a known rule or reason"] += sum(
        e.rule not in known or not e.why for e in result.edits
    )


def restored(by: cleaner.Cleaner, result: Result, found: Counter[str]) -> None:
    """Counts what does not come back as it should."""
    table = by.receipt["rules"]
    entry = json.loads(json.dumps(by.ledger_entry(result)))
    found["edits that do not make the text"] += apply(result.source, result.edits) != result.text
    found["sources not restored"] += cleaner.restore(result.text, entry) != result.source
    rules = sorted({edit.rule for edit in result.edits})[::2]
    if rules:
        for undoing in (Undoing.of(only_rules=rules), Undoing.of(except_rules=rules)):
            kept: list[Edit] = undoing.remaining(result.edits)
            wanted = apply(result.source, kept)
            found["partial restores"] += 1
            found["partial restores that differ"] += undoing.restored(result.text, entry, table) != wanted


def main() -> int:
    """Runs all ways of cleaning over all texts; 1 when a law is broken."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path, help="JSON lines, plain or .gz")
    parser.add_argument("--field", default="text", help="the field of the text")
    parser.add_argument("--every", type=int, default=1, help="take every so many-th text only")
    given = parser.parse_args()
    failed = 0
    for path in given.files:
        corpus = list(texts(path, given.field, given.every))
        for mode, level in product(MODES, LEVELS):
            began, found = time.perf_counter(), Counter[str]()
            by = cleaner.Cleaner(mode=mode, level=level)
            known = {rule["id"] for rule in by.receipt["rules"]}
            for text in corpus:
                result = by.explain(text)
                found["texts"] += 1
                found["edits"] += len(result.edits)
                explained(result, known, found)
                restored(by, result, found)
            told = ", ".join(f"{number:,} {name}" for name, number in found.items() if number)
            sys.stdout.write(f"{path.name} {mode} {level}: {told} ({time.perf_counter() - began:.0f} s)\n")
            sys.stdout.flush()
            good = ("texts", "edits", "words gone", "words cut", "partial restores")
            failed += sum(number for name, number in found.items() if name not in good)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
