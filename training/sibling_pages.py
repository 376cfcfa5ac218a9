"""Selects, from a benchmark's pages, those whose host has another page there.

    python training/sibling_pages.py DATA OUT [--set aeb]

DATA holds ``SET.text.jsonl.gz`` (a record per page and extractor, with ``page`` and ``url``)
and ``SET.gold.jsonl.gz`` (a record per page); OUT gets files of the same names with the chosen
pages only, so that what learning from sibling pages is worth can be scored on them.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


def read(path: Path) -> list[dict[str, Any]]:
    """The records of a compressed JSON lines file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def write(path: Path, records: list[dict[str, Any]]) -> None:
    """A compressed JSON lines file of records."""
    with gzip.open(path, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def siblings(golds: list[dict[str, Any]]) -> set[str]:
    """The pages whose host has another page."""
    hosts = Counter(urlsplit(record["url"]).hostname for record in golds)
    return {record["page"] for record in golds if hosts[urlsplit(record["url"]).hostname] > 1}


def main() -> None:
    """Write the chosen pages of one set."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--set", default="aeb")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    chosen = siblings(read(options.data / f"{options.set}.gold.jsonl.gz"))
    for kind in ("gold", "text"):
        name = f"{options.set}.{kind}.jsonl.gz"
        kept = [record for record in read(options.data / name) if record["page"] in chosen]
        write(options.out / name, kept)
    sys.stdout.write(f"{len(chosen)} pages\n")


if __name__ == "__main__":
    main()
