"""Finds the short lines that the pages of many sites have and hardly an article.

    python training/stock_lines.py --pages PAGES.jsonl.gz... --out cleaner/filters/data/stock.txt

A record of PAGES has ``url``, ``html`` and ``gold`` (the article's text, or nothing).  A line is
taken when so many hosts have it outside the article and next to none inside, is of at most five
words, has no number and no name of a site that has it.  The list is read before it ships: ``READ_OUT``
are the lines that may be a topic or heading of an article, or serve one kind of site only.
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleaner import sites
from cleaner.document import split_lines
from cleaner.learning.lines import form
from cleaner.markup import html_to_text

if TYPE_CHECKING:
    from collections.abc import Iterator

HOSTS = 8  # sites that must have a line outside their article
SHARE = 0.02  # share of its sites in whose article it may stand
WORDS = 5
READ_OUT = frozenset(
    (
        "author", "back", "business", "careers", "comments restacks", "contact", "education", "email",
        "english", "español", "events", "get started", "guides", "marketing", "newsletters", "next",
        "no posts", "reply", "resources", "reviews", "solutions", "subscribe sign in",
        "table of contents", "top latest discussions", "webinars", "written by",
    )
)  # fmt: skip

Hosts = dict[str, set[str]]


def read(paths: list[Path]) -> Iterator[dict[str, Any]]:
    """The records that have a gold text."""
    for path in paths:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            yield from (record for record in map(json.loads, lines) if record.get("gold"))


def counted(records: Iterator[dict[str, Any]]) -> tuple[Hosts, Hosts]:
    """By line the sites that have it outside the article, and those that have it inside."""
    outside: Hosts = defaultdict(set)
    inside: Hosts = defaultdict(set)
    for record in records:
        site = sites.site(record["url"])
        said = {form(line) for line in split_lines(record["gold"])[0]}
        for line in split_lines(html_to_text(record["html"]).text)[0]:
            found = form(line)
            if found and found.count(" ") < WORDS:
                (inside if found in said else outside)[found].add(site)
    return outside, inside


def stock(outside: Hosts, inside: Hosts) -> list[tuple[str, int]]:
    """The stock lines with the number of their sites, most frequent first."""
    found = [
        (line, len(hosts))
        for line, hosts in outside.items()
        if len(hosts) >= HOSTS
        and len(inside.get(line, ())) <= SHARE * len(hosts)
        and len(line) > 1
        and line.replace(" ", "").isalpha()
        and not any(line.replace(" ", "") in host for host in hosts)
    ]
    return sorted(found, key=lambda item: (-item[1], item[0]))


def main() -> None:
    """Write the list."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--pages", type=Path, nargs="+", required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    counts = counted(read(options.pages))
    found = [item for item in stock(*counts) if item[0] not in READ_OUT]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    text = "".join(f"{line}\t{hosts}\n" for line, hosts in found)
    options.out.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{len(found)} lines\n")


if __name__ == "__main__":
    main()
