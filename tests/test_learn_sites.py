"""The sites in ``fixtures/sites``: every template line goes, every heading and story stays."""

from pathlib import Path

import pytest

import cleaner
from cleaner import marks
from cleaner.document import apply

FOLDER = Path(__file__).parents[1] / "fixtures" / "sites"
SITES = sorted(path.name for path in FOLDER.iterdir())


def pages(site):
    for path in sorted((FOLDER / site).glob("*.txt")):
        head, _, body = path.read_text("utf-8").partition("\n")
        source, edits = marks.read(body.removesuffix("\n"))
        yield {"text": source, "url": head.split()[1].removeprefix("url=")}, apply(source, edits)


def filled(text):
    return [line for line in text.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def pack():
    return cleaner.learn(document for site in SITES for document, _ in pages(site))


def test_there_are_six_sites_of_ten_pages():
    assert [len(list(pages(site))) for site in SITES] == [10] * 6


@pytest.mark.parametrize("site", SITES)
def test_template_lines_go_and_all_else_stays(pack, site):
    work = cleaner.Cleaner(packs=[pack], only="site", max_loss=1.0)
    for document, expected in pages(site):
        result = work.explain(document["text"], url=document["url"])
        assert filled(result.text) == filled(expected), document["url"]
        assert cleaner.restore(result.text, result.ledger()) == result.source


@pytest.mark.parametrize("site", SITES)
def test_no_line_that_stays_is_taken_in_the_company_of_all_layers_for_being_learnt(pack, site):
    for document, expected in pages(site):
        result = cleaner.explain(document["text"], url=document["url"], packs=[pack], mode="article")
        taken = "\n".join(result.source[e.start : e.end] for e in result.edits if e.filter == "site")
        assert not set(filled(expected)).intersection(filled(taken))


def test_a_story_on_two_sites_is_no_template(pack):
    story = "Three ferries stood idle on the sound on Thursday"
    found = [document for site in SITES for document, _ in pages(site) if story in document["text"]]
    assert len(found) == 2
    for document in found:
        assert story in cleaner.clean(document["text"], url=document["url"], packs=[pack])


def test_another_site_keeps_what_this_one_repeats(pack):
    text = "Write to the editor\n\nIt rained on the quay all night, and nobody came.\n\nShare this page"
    assert cleaner.clean(text, url="https://other.example/1", packs=[pack], only="site") == text
    assert cleaner.clean(text, url="https://ferry-gazette.example/99", packs=[pack], only="site") != text
