"""The laws of the design, for texts of every kind, through the whole pipeline."""

import json
import pickle
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from strategies import texts

import cleaner
from cleaner.document import apply, split_lines

FIXTURES = sorted((Path(__file__).parents[1] / "fixtures").rglob("*.txt"))
CLEANER = cleaner.Cleaner()
MODES = {mode: cleaner.Cleaner(mode=mode) for mode in ("page", "flat")}
STEADY = cleaner.Cleaner(mode="article", without=["structure"])


@given(texts)
def test_the_edits_make_the_text_of_the_source(text):
    result = CLEANER.explain(text)
    assert result.source == text
    assert apply(result.source, result.edits) == result.text


@given(texts)
def test_the_ledger_gives_the_source_back(text):
    result = CLEANER.explain(text)
    entry = json.loads(json.dumps(result.ledger()))
    assert cleaner.restore(result.text, entry) == text


@pytest.mark.parametrize("mode", ["page", "flat"])
@settings(max_examples=40)
@given(text=texts)
def test_the_ledger_gives_the_source_back_in_every_mode(mode, text):
    result = MODES[mode].explain(text)
    assert apply(result.source, result.edits) == result.text
    assert cleaner.restore(result.text, result.ledger()) == text


@given(texts)
def test_cleaning_again_changes_nothing(text):
    result = STEADY.explain(text)
    if not result.warnings:
        assert STEADY.clean(result.text) == result.text


@given(texts)
def test_edits_are_sorted_disjoint_and_one_at_a_place(text):
    edits = CLEANER.explain(text).edits
    assert all(a.end <= b.start and a.start < b.start for a, b in pairwise(edits))
    assert all(edit.new != text[edit.start : edit.end] for edit in edits)


@given(texts)
def test_every_edit_names_a_known_rule_and_says_why(text):
    known = {rule["id"] for rule in CLEANER.receipt["rules"]}
    for edit in CLEANER.explain(text).edits:
        assert {edit.rule, *edit.over} <= known
        assert edit.why
        assert 0 < edit.confidence <= 1


@given(texts)
def test_lines_that_no_edit_touches_are_the_same_bytes(text):
    result = CLEANER.explain(text)
    lines, starts = split_lines(text)
    for line, start in zip(lines, starts, strict=True):
        end = start + len(line)
        if line and not any(edit.start <= end and start <= edit.end for edit in result.edits):
            low, high = result.to_clean(start, end)
            assert result.text[low:high] == line


def unexplained(result):
    """The words that are gone but lie in no removal, or in more than one."""
    removals = [edit for edit in result.edits if edit.removes]
    for match in re.finditer(r"\S+", result.source):
        start, end = match.span()
        low, high = result.to_clean(start, end)
        touching = [edit for edit in result.edits if edit.start < end and start < edit.end]
        if low == high and (len(touching) != 1 or touching[0] not in removals):
            yield match[0]


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_every_word_that_is_gone_from_a_fixture_lies_in_exactly_one_edit(path):
    text = path.read_text("utf-8")
    for by in (STEADY, MODES["page"]):
        assert not [*unexplained(by.explain(text))]


@given(texts)
def test_every_character_that_is_gone_lies_in_exactly_one_edit(text):
    result = CLEANER.explain(text)
    kept = [place for place in range(len(text)) if not any(e.start <= place < e.end for e in result.edits)]
    put = sum(len(edit.new) for edit in result.edits)
    assert len(result.text) == len(kept) + put
    removed = sum(edit.end - edit.start for edit in result.edits)
    assert removed == len(text) - len(kept)  # so that no character is in two


def test_empty_text_is_empty_and_stays_so():
    result = cleaner.explain("")
    assert (result.text, result.edits, result.state) == ("", (), "empty")


@pytest.mark.parametrize(
    ("char", "size"),
    [
        *((char, 5_000_000) for char in ("a", "a ", "<", "\0", "\ud800", "\u00c3", "\u4e00")),
        *((part, 300_000) for part in ("Read more ", "&amp;", "[", "<p>", "T he ", "end.Next ", "\u00a9 ")),
    ],
)
def test_a_line_of_millions_of_characters_is_cleaned(char, size):
    text = (char * size)[:size]
    result = CLEANER.explain(text)
    assert apply(text, result.edits) == result.text


@settings(max_examples=20)
@given(texts, texts)
def test_no_document_changes_the_next(one, other):
    alone = cleaner.Cleaner(mode="article").explain(other)
    after = cleaner.Cleaner(mode="article")
    after.explain(one)
    assert after.explain(other) == alone


def test_a_pickled_cleaner_does_the_same_and_threads_may_share_it():
    text = "It rained all day in the valley.\n\n- Advertisement -\n\nThe river rose.\n"
    copy = pickle.loads(pickle.dumps(CLEANER))
    assert copy.explain(text) == CLEANER.explain(text)
    with ThreadPoolExecutor(8) as pool:
        assert len({result.text for result in pool.map(CLEANER.explain, [text] * 200)}) == 1


def test_the_result_does_not_depend_on_the_hash_seed():
    program = (
        "import cleaner; r = cleaner.explain('A.\\n\\nRead more\\n\\n- Advertisement -\\n\\n"
        "Be the first to comment'); print(r.edits, cleaner.Cleaner().receipt['hash'])"
    )
    answers = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PATH": ""},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(answers) == 1


def test_order_and_number_of_workers_do_not_matter():
    documents = [f"Story {n} begins.\n\nRead more\n\nIt goes on and on.\n" * 300 for n in range(300)]
    alone = list(CLEANER.clean_many(documents))
    assert list(CLEANER.clean_many(documents, workers=2)) == alone
    assert list(CLEANER.clean_many(documents[::-1]))[::-1] == alone
