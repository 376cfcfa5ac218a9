"""Every case in ``fixtures/``: what is marked goes, what is not marked stays."""

import re
from pathlib import Path

import pytest

import cleaner
from cleaner import marks
from cleaner.document import apply
from cleaner.rules.coverage import LANGUAGES

FOLDER = Path(__file__).parents[1] / "fixtures"
HEADER = re.compile(r"#!((?: \w+=\S+)*) \| (.+)")
SEEDS = Path(__file__).parents[2] / "shared" / "seeds"


def cases(*, known_failures=False):
    for path in sorted(FOLDER.glob("*/**/*.txt")):
        name = path.relative_to(FOLDER).as_posix()
        # Whole pages are judged by shares, in test_structure_pages; sites are for learning.
        elsewhere = name.startswith(("demo/", "honest/", "pages/", "sites/"))
        if not elsewhere and ("known-failures" in name) is known_failures:
            yield pytest.param(path, id=name)


def read(path):
    head, _, body = path.read_bytes().decode("utf-8").partition("\n")
    match = HEADER.fullmatch(head)
    assert match, f"{path}: the first line must be `#! key=value ... | what it shows`"
    body = body.removesuffix("\n").removesuffix("\r")
    return dict(part.split("=", 1) for part in match[1].split()), *marks.read(body)


def cleaned(path):
    keys, source, edits = read(path)
    about = {key: keys.pop(key) for key in ("lang", "url") if key in keys}
    result = cleaner.explain(source, **about, **keys)
    return result, apply(source, edits)


@pytest.mark.parametrize("path", list(cases()))
def test_case(path):
    result, expected = cleaned(path)
    assert result.text == expected
    assert cleaner.restore(result.text, result.ledger()) == result.source


@pytest.mark.parametrize("path", list(cases(known_failures=True)))
@pytest.mark.xfail(strict=True)
def test_known_failure(path):
    result, expected = cleaned(path)
    assert result.text == expected


@pytest.mark.parametrize("path", sorted((FOLDER / "demo").glob("*.clean.txt")), ids=lambda path: path.name)
def test_demo(path):
    source = path.with_name(path.name.replace(".clean.txt", ".txt")).read_bytes().decode()
    assert cleaner.clean(source) == path.read_bytes().decode()


def places(before, sentence, after):
    """Where an honest sentence may stand: alone, first, between, last, in the midst of a line."""
    yield sentence
    yield f"{sentence}\n\n{before}\n\n{after}"
    yield f"{before}\n\n{sentence}\n\n{after}"
    yield f"{before}\n\n{after}\n\n{sentence}"
    yield f"{before} {sentence} {after}"


@pytest.mark.parametrize("path", sorted((FOLDER / "honest").glob("*.txt")), ids=lambda path: path.stem)
def test_an_honest_sentence_that_comes_near_to_a_rule_stays_wherever_it_stands(path):
    before, after, *sentences = path.read_text("utf-8").splitlines()
    texts = [text for sentence in sentences for text in places(before, sentence, after)]
    whole = cleaner.Cleaner()
    assert [text for text in texts if whole.clean(text) != text] == []


def test_there_are_a_hundred_honest_sentences_in_the_main_languages_and_some_in_all():
    counts = {
        path.stem: len(path.read_text("utf-8").splitlines()) - 2 for path in (FOLDER / "honest").glob("*.txt")
    }
    assert set(counts) == set(LANGUAGES)
    assert min(counts[language] for language in ("en", "de", "es", "fr")) >= 100
    assert min(counts.values()) >= 15


@pytest.mark.skipif(not SEEDS.is_dir(), reason="the two seeds are not beside this checkout")
@pytest.mark.parametrize("path", sorted(SEEDS.glob("*.clean.txt")), ids=lambda path: path.name)
def test_seed(path):
    source = path.with_name(path.name.replace(".clean.txt", ".txt")).read_bytes().decode()
    result = cleaner.explain(source)
    assert result.text == path.read_bytes().decode()
    assert cleaner.restore(result.text, result.ledger()) == source


def test_there_are_enough_cases_and_enough_that_stay():
    paths = [param.values[0] for param in cases()]
    unchanged = [path for path in paths if not read(path)[2]]
    assert len(paths) >= 200
    assert len(unchanged) >= 60
