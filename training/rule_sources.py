"""Counts on how many pages each shipped rule was seen, and writes it into the packs.

    python training/rule_sources.py --raw NAME,NAME [--gold FILE]... [--write] FILE...

FILE is JSONL, plain or .gz: a record per page and extractor, with ``page``, ``text`` and
``extractor``, or a record per page with ``page`` and ``html``, whose text is taken as that of the
whole page.  ``--raw`` names the extractors that give all the text of a page; what the others give
counts as the extracted article; texts of the extractor ``gold`` are passed over.  ``--gold`` names
files of clean texts (``page``, ``gold``).  The same page under the same file's name counts once,
however many extractors saw it.

A rule is seen on a page where it takes or changes something at the level ``strict``, in the
company of all rules and of no other layer.  All sources have one wording, which ``cleaner rules
coverage`` reads; a rule that met nothing is ``unproven``.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cleaner
from cleaner.rules.pack import pack_files
from cleaner.rules.shipped import shipped

if TYPE_CHECKING:
    from collections.abc import Iterator

UNPROVEN = "unproven"
GOLD = "gold"
RULE = re.compile(r"(?m)^(?=\[\[rule\]\])")
ID = re.compile(r'(?m)^id = "([^"]+)"$')
SOURCE = re.compile(r"(?m)^source = .*$")


@dataclass
class Seen:
    """The pages of a run, and by rule those on which it met something."""

    pages: set[str] = field(default_factory=set)
    golds: int = 0
    anywhere: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    extracted: defaultdict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    clean: Counter[str] = field(default_factory=Counter)

    def source(self, rule: str) -> str:
        """The one wording of what is known of a rule."""
        pages = len(self.anywhere[rule])
        if not pages:
            return UNPROVEN
        return (
            f"{pages:,} of {len(self.pages):,} pages, in the extracted article of "
            f"{len(self.extracted[rule]):,}; {self.clean[rule]:,} of {self.golds:,} clean texts"
        )


def records(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a JSON lines file, compressed or not."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


class Rules:
    """The shipped rules by themselves, for texts and for whole pages."""

    def __init__(self) -> None:
        options: dict[str, Any] = {"level": "strict", "mode": "article", "only": ["rules"]}
        self.text = cleaner.Cleaner(**options)
        self.html = cleaner.Cleaner(**options, input_format="html")

    def met(self, record: dict[str, Any], name: str) -> set[str]:
        """The rules that meet something in the field ``name`` of a record."""
        by = self.html if name == "html" else self.text
        edits = by.explain(record[name], url=record.get("url")).edits
        return {rule for edit in edits for rule in (edit.rule, *edit.over)}


def count(files: list[Path], golds: list[Path], raw: frozenset[str]) -> Seen:
    """What the rules meet in the texts of ``files`` and in the clean ones of ``golds``."""
    seen, rules = Seen(), Rules()
    for path in files:
        for record in records(path):
            if record.get("extractor") == GOLD:
                continue
            name = "html" if "html" in record else "text"
            page = f"{path.name.partition('.')[0]}/{record['page']}"
            seen.pages.add(page)
            whole = name == "html" or record["extractor"] in raw
            for rule in rules.met(record, name):
                seen.anywhere[rule].add(page)
                if not whole:
                    seen.extracted[rule].add(page)
    for path in golds:
        for record in records(path):
            if record["gold"]:
                seen.golds += 1
                seen.clean.update(rules.met(record, "gold"))
    return seen


def rewritten(text: str, pack: str, seen: Seen) -> str:
    """The text of a pack with the sources of its rules as they were counted."""
    parts = RULE.split(text)
    for place, part in enumerate(parts):
        found = ID.search(part)
        if found:
            line = f'source = "{seen.source(f"{pack}:{found[1]}")}"'
            parts[place] = SOURCE.sub(lambda _, line=line: line, part, count=1)
    return "".join(parts)


def main() -> None:
    """Count, and show or write what was counted."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("files", type=Path, nargs="+", metavar="FILE")
    parser.add_argument("--gold", type=Path, action="append", default=[])
    parser.add_argument("--raw", default="")
    parser.add_argument("--write", action="store_true", help="write the sources into the packs")
    options = parser.parse_args()
    seen = count(options.files, options.gold, frozenset(options.raw.split(",")))
    for pack, file in pack_files(shipped()):
        text = file.read_text("utf-8")
        new = rewritten(text, pack, seen)
        if options.write:
            Path(str(file)).write_text(new, "utf-8")
        else:
            sys.stdout.writelines(
                f"{pack}:{found[1]}: {seen.source(f'{pack}:{found[1]}')}\n" for found in ID.finditer(text)
            )


if __name__ == "__main__":
    main()
