"""The pages of the docs: each is in the site, and each example is run by a test."""

import re

import pytest
from corpus import PAGES, ROOT, examples

DOCS = ROOT / "docs"
NAV = (ROOT / "mkdocs.yml").read_text("utf-8")
TESTS = "".join(path.read_text("utf-8") for path in (ROOT / "tests" / "integrations").glob("test_with_*.py"))
ADAPTERS = sorted(path.stem for path in PAGES.glob("*.md"))


@pytest.mark.parametrize("page", ADAPTERS)
def test_a_page_is_in_the_site_and_in_the_table_of_adapters(page):
    assert f"integrations/{page}.md" in NAV
    assert page == "index" or f"({page}.md)" in (PAGES / "index.md").read_text("utf-8")


@pytest.mark.parametrize("page", [page for page in ADAPTERS if examples(page)])
def test_the_examples_of_a_page_are_run_by_a_test(page):
    if page == "recipes":
        sections = re.findall(r"^## (.*)$", (PAGES / "recipes.md").read_text("utf-8"), re.MULTILINE)
        assert all(f'examples("recipes", "{section}"' in TESTS for section in sections)
    else:
        assert f'examples("{page}"' in TESTS


def test_every_page_that_the_site_names_is_there():
    named = re.findall(r"\b[\w/-]+\.md\b", NAV)
    assert len(named) > 20
    assert not [name for name in named if not (DOCS / name).exists()]


def test_the_program_of_the_first_page_runs():
    (program,) = re.findall(r"```python\n(.*?)```", (DOCS / "index.md").read_text("utf-8"), re.DOTALL)
    exec(compile(program, "index.md", "exec"), {})  # noqa: S102 - our own docs
