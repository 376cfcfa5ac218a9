"""Whole pages written for the project: the article stays, and most of the rest goes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cleaner.document import Document
from cleaner.structure import Structure

PAGES = sorted((Path(__file__).parent.parent / "fixtures" / "pages").glob("*.txt"))
LEFT = {"auto": 0.15, "page": 0.4}  # share of the residue's words that may stay
WORD = re.compile(r"\w+")


def parse(path: Path) -> tuple[str, str, str]:
    """Mode, whole text and gold of a marked page."""
    head, _, marked = path.read_text(encoding="utf-8").partition("\n")
    mode = re.search(r"mode=(\w+)", head)
    assert mode
    text = re.sub(r"\{--|--\}", "", marked)
    gold = re.sub(r"\{--.*?--\}", "", marked, flags=re.DOTALL)
    return mode[1], text.removesuffix("\n"), gold.removesuffix("\n")


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_article_stays_and_most_of_the_rest_goes(path: Path) -> None:
    mode, text, gold = parse(path)
    document = Document(text)
    result = document.edited(Structure(mode=mode).edits(document)).text
    lines = set(result.split("\n"))
    if mode == "auto":
        lost = [line for line in gold.split("\n") if line and line not in lines]
        assert lost == []
    kept, wanted = len(WORD.findall(result)), len(WORD.findall(gold))
    surplus = len(WORD.findall(text)) - wanted
    assert kept - wanted <= LEFT[mode] * surplus


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_the_gold_of_a_page_is_left_alone(path: Path) -> None:
    _, _, gold = parse(path)
    assert list(Structure().edits(Document(gold))) == []


def test_there_are_pages_of_all_kinds() -> None:
    assert len(PAGES) >= 12
