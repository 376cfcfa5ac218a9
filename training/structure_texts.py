"""Make the texts that the structure model learns from, out of pages and their extracted texts.

    python training/structure_texts.py --bench bench/data --train train --out texts.jsonl.gz

Needs beautifulsoup4, html-text, inscriptis, html2text and trafilatura: an environment of
its own, since none of them but the first is a dependency of the project.  The output has
one record per text: set, page, host, language, kind of text, gold or segments, title.
"""

from __future__ import annotations

import argparse
import gzip
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

Record = dict[str, Any]
SETS = ("aeb", "wcxb", "traf")
RAW = ("bs4", "html-text", "inscriptis", "html2text")
GENERIC = {"co", "com", "org", "net", "gov", "edu", "ac"}  # second levels as in .co.uk


def read(path: Path) -> list[Record]:
    """The records of a gzipped JSONL file; none when it is not there."""
    if not path.exists():
        return []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def host_of(url: str) -> str:
    """The registrable domain, near enough for folds that keep a site together."""
    parts = (urlsplit(url).hostname or url).split(".")
    size = 3 if len(parts) > 2 and parts[-2] in GENERIC else 2
    return ".".join(parts[-size:])


def raw_text(html: str, kind: str) -> str:
    """The text of a whole page as one of the usual tools gives it."""
    if kind == "bs4":
        from bs4 import BeautifulSoup

        soup = BeautifulSoup(html, "lxml")
        for tag in soup(["script", "style", "noscript", "template"]):
            tag.decompose()
        return soup.get_text("\n", strip=True)
    if kind == "html-text":
        import html_text

        return str(html_text.extract_text(html))
    if kind == "inscriptis":
        import inscriptis

        return str(inscriptis.get_text(html))
    import html2text

    maker = html2text.HTML2Text()
    maker.ignore_links = maker.ignore_images = True
    return str(maker.handle(html))


def main_text(html: str) -> str:
    """The article as an extractor finds it, or nothing."""
    import trafilatura

    return trafilatura.extract(html, favor_recall=True) or ""


def html_title(html: str) -> str:
    """The page's ``<title>`` on one line, or nothing."""
    start = html.lower().find("<title")
    start = html.find(">", start) + 1 if start >= 0 else 0
    end = html.lower().find("</title", start)
    return " ".join(html[start:end].split()) if 0 < start < end else ""


def made(page: Record, have: set[str]) -> Iterator[tuple[str, str]]:
    """The kinds of text, and the texts, that a page's HTML gives and nobody gave yet."""
    for kind in RAW:
        if kind not in have:
            try:
                text = raw_text(page["html"], kind)
            except Exception as error:  # noqa: BLE001 - a page that a tool cannot read is left out
                print(page["page"], kind, type(error).__name__)
                continue
            yield kind, text
    if "trafilatura" not in have:
        yield "trafilatura", main_text(page["html"])


def records(bench: Path, train: Path) -> Iterator[Record]:
    """All texts of all sets."""
    for name in SETS:
        golds = {g["page"]: g for g in read(bench / f"{name}.gold.jsonl.gz")}
        given: dict[str, dict[str, str]] = {}
        for record in read(bench / f"{name}.text.jsonl.gz"):
            given.setdefault(record["page"], {})[record["extractor"]] = record["text"]
        pages = {p["page"]: p for p in read(bench / f"{name}.html.jsonl.gz")}
        extra = {p["page"]: p for p in read(train / f"{name}.jsonl.gz")}
        for page in sorted(given.keys() | extra.keys()):
            source = pages.get(page) or extra.get(page)
            gold = golds.get(page) or source or {}
            texts = dict(given.get(page, {}))
            if source:
                texts.update(made(source, set(texts)))
            base = {
                "set": name,
                "page": page,
                "host": host_of(gold["url"]),
                "lang": gold.get("lang"),
                "gold": gold.get("gold"),
                "with": gold.get("with") or [],
                "without": gold.get("without") or [],
                "page_type": gold.get("page_type"),
                "title": html_title(source["html"]) if source else "",
                "split": "train" if page not in golds or page not in given else "dev",
            }
            for kind, text in texts.items():
                yield base | {"kind": kind, "text": text}


def main() -> None:
    """Write the texts."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bench", type=Path, required=True)
    parser.add_argument("--train", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    with gzip.open(options.out, "wt", encoding="utf-8", compresslevel=3) as out:
        for record in records(options.bench, options.train):
            out.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
