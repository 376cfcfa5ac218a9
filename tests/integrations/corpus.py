"""What the tests of all adapters share: the fixtures' texts, and libraries that may not be there."""

import importlib
import os
import re
import textwrap
import warnings
from functools import cache
from pathlib import Path

import pytest

import cleaner
from cleaner import marks

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "integrations"

PACK = """\
[[rule]]
id = "ferry-club"
kind = "line"
phrases = ["join the ferry club"]
why = "The line asks readers to join a club and says nothing of the story."
strips = ["Join the ferry club!", "JOIN THE FERRY CLUB"]
keeps = ["Join the ferry club, the poster said, and she did.", "The ferry club was full."]
"""
CLUB = "The boat left.\n\nJoin the ferry club!\n\nIt came back."
WITHOUT_CLUB = "The boat left.\n\nIt came back."


def library(name):
    """The module, or the test is skipped; what it warns of while it loads is its own affair.

    Where ``CLEANER_ENGINE_IS_THERE`` is set a module that is missing is a fault.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if os.environ.get("CLEANER_ENGINE_IS_THERE"):
            return importlib.import_module(name)
        return pytest.importorskip(name)


@cache
def texts():
    """The sources of all cases in ``fixtures/`` (a fifth of them: every family is met), and edge cases."""
    paths = sorted((ROOT / "fixtures").glob("*/**/*.txt"))
    plain = [path.read_bytes().decode() for path in paths if path.parent.name == "demo"]
    cases = [path for path in paths if path.parent.name != "demo"][::5]
    marked = [marks.read(path.read_bytes().decode().partition("\n")[2])[0] for path in cases]
    return [*plain, *marked, "", "  \n", "Read more", CLUB]


@cache
def cleaned():
    """What ``Cleaner.clean`` makes of ``texts()``."""
    work = cleaner.Cleaner()
    return [work.clean(text) for text in texts()]


def examples(page, section=""):
    """The Python programs of a page of the docs, or of one of its sections, in order."""
    text = page_text(page)
    if section:
        text = text.partition(f"\n## {section}\n")[2].partition("\n## ")[0]
    return [textwrap.dedent(code) for code in re.findall(r"```python\n(.*?)```", text, re.DOTALL)]


def page_text(page):
    return (PAGES / f"{page}.md").read_text("utf-8")


def run_examples(page, section="", **names):
    """Runs a page's programs one after the other, as one program; gives its names back."""
    for code in examples(page, section):
        exec(compile(code, f"{page}.md", "exec"), names)  # noqa: S102 - our own docs
    return names
