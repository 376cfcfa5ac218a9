"""Every case in ``fixtures/``: what is marked goes, what is not marked stays."""

import re
from pathlib import Path

import pytest

import cleaner
from cleaner import marks
from cleaner.document import apply

FOLDER = Path(__file__).parents[1] / "fixtures"
HEADER = re.compile(r"#!((?: \w+=\S+)*) \| (.+)")
SEEDS = Path(__file__).parents[2] / "shared" / "seeds"


def cases(*, known_failures=False):
    for path in sorted(FOLDER.glob("*/**/*.txt")):
        name = path.relative_to(FOLDER).as_posix()
        # Whole pages are judged by shares, in test_structure_pages; sites are for learning.
        elsewhere = name.startswith(("demo/", "pages/", "sites/"))
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
