"""Undoing some edits: the remaining ones applied to the source, whatever the choice."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import edits_of, texts

import cleaner
from cleaner import ledger
from cleaner.document import Edit, PieceTable, apply
from cleaner.errors import LedgerError, OptionError
from cleaner.result import Result
from cleaner.undoing import Undoing, family_of

TEXT = (
    "It rained all day.\n\n- Advertisement -\n\nRead more: the story of the lost bridge\n\n"
    "Snow &amp; ice came.\n\n\u00a9 2024 Amity Star. All rights reserved.\n"
)
CLEANER = cleaner.Cleaner()
CLEAN = CLEANER.clean(TEXT)


def line(result):
    return json.loads(json.dumps(CLEANER.ledger_entry(result)))


def restored(result, **chosen):
    return Undoing.of(**chosen).restored(result.text, line(result), CLEANER.receipt["rules"])


@given(texts)
def test_undoing_all_gives_the_source_and_undoing_none_the_clean_text(text):
    result = CLEANER.explain(text)
    assert restored(result) == result.undone() == text
    rules = {edit.rule for edit in result.edits}
    assert restored(result, except_rules=rules) == result.undone(except_rules=rules) == result.text
    assert restored(result, only_rules=rules) == text


@given(st.data())
def test_a_choice_and_its_complement_undo_each_edit_once(data):
    """Edits of invented rules and families, of every form, insertions too."""
    source = data.draw(texts)
    edits = tuple(
        Edit(e.start, e.end, e.new, f"p/f{n % 3}:r{n % 4}", f"f{n % 3}")
        for n, e in enumerate(data.draw(edits_of(len(source))))
    )
    result = Result(apply(source, edits), source, edits)
    entry = json.loads(json.dumps(result.ledger()))
    names = sorted({edit.rule for edit in edits})
    families = sorted({edit.filter for edit in edits})
    chosen = {
        "rules": data.draw(st.sets(st.sampled_from(names))) if names else set(),
        "families": data.draw(st.sets(st.sampled_from(families))) if families else set(),
    }
    for kind, values in chosen.items():
        if not values:
            continue
        only, rest = Undoing.of(**{f"only_{kind}": values}), Undoing.of(**{f"except_{kind}": values})
        both = [*only.remaining(edits), *rest.remaining(edits)]
        assert sorted(both, key=lambda edit: edit.start) == list(edits)
        for undoing in (only, rest):
            kept = undoing.remaining(edits)
            assert undoing.restored(result.text, entry) == apply(source, kept)
            left = undoing.after(apply(source, kept), entry)
            assert ledger.restore(apply(source, kept), left) == source
            again = Result(apply(source, kept), source, tuple(kept))
            assert ledger.restore(again.text, again.ledger()) == source


def test_an_exception_wins_over_what_is_undone():
    undoing = Undoing.of(only_families=["adverts"], except_rules=["en/adverts:label"])
    assert not undoing.undoes("en/adverts:label", "adverts")
    assert undoing.undoes("en/adverts:slot", "adverts")
    assert not undoing.undoes("en/related:header", "related")


def test_only_what_a_rule_or_family_took_comes_back():
    result = CLEANER.explain(TEXT)
    assert CLEAN == "It rained all day.\n\nSnow & ice came.\n"
    with_advert = "It rained all day.\n\n- Advertisement -\n\nSnow & ice came.\n"
    assert restored(result, only_rules=["en/adverts:label"]) == with_advert
    assert restored(result, only_families=["adverts"]) == with_advert
    assert restored(result, except_families=["related", "copyright", "characters"]) == with_advert


def test_the_family_of_a_rule_is_told_by_its_id():
    table = {row["id"]: row["family"] for row in CLEANER.receipt["rules"]}
    assert {rule: family_of(rule) for rule in table} == table


def test_a_text_that_is_not_the_ledgers_and_a_damaged_line_are_refused():
    result = CLEANER.explain(TEXT)
    undoing = Undoing.of(only_families=["adverts"])
    with pytest.raises(LedgerError, match="hash differs"):
        undoing.restored(f"{result.text}!", line(result), CLEANER.receipt["rules"])
    with pytest.raises(LedgerError, match="not in the header's table"):
        undoing.restored(result.text, line(result), CLEANER.receipt["rules"][:1])


def test_a_name_that_the_ledger_does_not_know_is_refused_with_the_nearest():
    with pytest.raises(OptionError, match="no family advert; did you mean adverts"):
        Undoing.of(only_families=["advert"]).check(CLEANER.receipt["rules"])


# -- positions -------------------------------------------------------------------------------


@given(st.data())
def test_positions_go_both_ways_through_any_edits(data):
    """Spans outside edits keep their text; spans within what went are the empty span at its place."""
    source = data.draw(texts)
    edits = data.draw(edits_of(len(source)))
    result = Result(apply(source, edits), source, tuple(edits))
    low, high = sorted(data.draw(st.tuples(*[st.integers(0, len(source))] * 2)))
    start, end = result.to_clean(low, high)
    assert 0 <= start <= end <= len(result.text)
    touched = [edit for edit in edits if edit.start <= high and low <= edit.end]
    if not touched:
        assert result.text[start:end] == source[low:high]
        assert result.to_source(start, end) == (low, high)
    for edit in edits:
        if edit.removes and edit.start < low < high < edit.end:
            assert start == end
            assert result.text[:start] == apply(source[: edit.start], [e for e in edits if e.end < edit.end])
        elif edit.new and edit.start < low < high < edit.end:
            assert result.text[start:end] == edit.new


@given(st.data())
def test_an_empty_span_of_the_source_is_an_empty_span_where_no_edit_stands(data):
    source = data.draw(texts)
    edits = data.draw(edits_of(len(source)))
    table, text = PieceTable(edits), apply(source, edits)
    at = data.draw(st.integers(0, len(source)))
    if all(not edit.start <= at <= edit.end for edit in edits):
        start, end = table.to_edited(at, at)
        assert start == end
        assert text[start:] == apply(source, edits)[start:]
        assert table.to_source(start, start) == (at, at)


@given(st.data())
def test_a_part_of_what_was_put_in_comes_from_the_whole_of_what_it_replaced(data):
    source = data.draw(texts)
    edits = [edit for edit in data.draw(edits_of(len(source))) if edit.new]
    table = PieceTable(edits)
    for edit, low, high in zip(edits, table.starts, table.ends, strict=True):
        start, end = sorted(data.draw(st.tuples(*[st.integers(low, high)] * 2)))
        if low < start < end < high:
            assert table.to_source(start, end) == (edit.start, edit.end)


# -- the command ------------------------------------------------------------------------------


@pytest.fixture
def run(tmp_path):
    def call(*args, code=0):
        process = subprocess.run(
            [sys.executable, "-m", "cleaner", *map(str, args)],
            capture_output=True,
            cwd=tmp_path,
            check=False,
            env={**os.environ, "PYTHONPATH": str(Path(cleaner.__file__).parents[1])},
        )
        assert b"Traceback" not in process.stderr, process.stderr.decode()
        assert process.returncode == code, process.stderr.decode()
        return process

    return call


def test_a_file_is_restored_in_part(run, tmp_path):
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    run("clean", "a.txt", "-o", "b.txt", "--ledger", "l.jsonl")
    process = run("restore", "b.txt", "--ledger", "l.jsonl", "--only-family", "adverts")
    assert process.stdout.decode("utf-8-sig").startswith(
        "It rained all day.\n\n- Advertisement -\n\nSnow & ice"
    )
    assert "1 documents with some edits undone" in process.stderr.decode()
    back = run(
        "restore", "b.txt", "--ledger", "l.jsonl", "--except-rule", "en/adverts:label,characters/entity"
    )
    assert b"Read more" in back.stdout
    assert b"Advertisement" not in back.stdout
    assert run("restore", "b.txt", "--ledger", "l.jsonl").stdout == (tmp_path / "a.txt").read_bytes()


def test_json_lines_are_restored_in_part_and_keep_their_other_bytes(run, tmp_path):
    (tmp_path / "a.jsonl").write_text(f'{{"id":  7, "text": {json.dumps(TEXT)}}}\n\n{{"text": "Rain."}}\n')
    run("batch", "a.jsonl", "--out", "b.jsonl", "--ledger", "l.jsonl")
    arguments = ("restore", "b.jsonl", "--ledger", "l.jsonl", "-o", "c.jsonl", "--only-family", "adverts")
    run(*arguments)
    first, blank, last = (tmp_path / "c.jsonl").read_text().splitlines()
    assert first.startswith('{"id":  7, "text": ')
    assert json.loads(first)["text"] == "It rained all day.\n\n- Advertisement -\n\nSnow & ice came.\n"
    assert (blank, last) == ("", '{"text": "Rain."}')


def test_a_folder_is_restored_in_part_pages_as_their_text(run, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(TEXT)
    (tmp_path / "in" / "p.html").write_text(
        "<p>It rained all day.</p><p>- Advertisement -</p><p>Snow came.</p>"
    )
    run("batch", "in", "--out", "out", "--ledger", "l.jsonl")
    run("restore", "out", "--ledger", "l.jsonl", "-o", "back", "--only-family", "adverts")
    assert "- Advertisement -" in (tmp_path / "back" / "a.txt").read_text()
    assert "Read more" not in (tmp_path / "back" / "a.txt").read_text()
    page = (tmp_path / "back" / "p.html").read_text()
    assert "- Advertisement -" in page
    assert "<p>" not in page


@pytest.mark.parametrize("form", ["file", "folder", "records"])
def test_what_was_restored_in_part_can_be_restored_further(run, tmp_path, form):
    if form == "records":
        source, out = tmp_path / "a.jsonl", "again.jsonl"
        lines = [json.dumps({"id": 7, "text": TEXT}), "", '{"text": 5}', json.dumps({"text": "Rain."})]
        source.write_text("\n".join(lines) + "\n")
        run("batch", source.name, "--out", "b.jsonl", "--ledger", "l.jsonl", "--on-error", "skip", code=3)
        clean, seen = "b.jsonl", (tmp_path / out).read_text
    elif form == "folder":
        source, out, clean = tmp_path / "in" / "a.txt", "again", "b"
        source.parent.mkdir()
        source.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
        run("batch", "in", "--out", clean, "--ledger", "l.jsonl")
        seen = (tmp_path / out / "a.txt").read_text
    else:
        source, out, clean = tmp_path / "a.txt", "again.txt", "b.txt"
        source.write_text(TEXT)
        run("clean", "a.txt", "-o", clean, "--ledger", "l.jsonl")
        seen = (tmp_path / out).read_text
    once = ("restore", clean, "--ledger", "l.jsonl", "-o", out, "--ledger-out", "l2.jsonl")
    run(*once, "--only-family", "adverts")
    assert "Advertisement" in seen()
    assert "Read more" not in seen()
    run("restore", out, "--ledger", "l2.jsonl", "-o", f"third{source.suffix}")
    third = tmp_path / f"third{source.suffix}"
    back = third / "a.txt" if form == "folder" else third
    assert back.read_bytes() == source.read_bytes()


def test_a_page_that_was_restored_in_part_is_restored_to_its_bytes(run, tmp_path):
    page = b"<p>It rained all day.</p><p>- Advertisement -</p><p>Read more: the bridge</p><p>Snow came.</p>"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "p.html").write_bytes(page)
    run("batch", "in", "--out", "out", "--ledger", "l.jsonl")
    once = ("restore", "out", "--ledger", "l.jsonl", "-o", "again", "--ledger-out", "l2.jsonl")
    run(*once, "--only-family", "adverts")
    assert "- Advertisement -" in (tmp_path / "again" / "p.html").read_text()
    run("restore", "again", "--ledger", "l2.jsonl", "-o", "back")
    assert (tmp_path / "back" / "p.html").read_bytes() == page


@pytest.mark.parametrize(
    ("more", "word"),
    [
        (("--ledger-out", "l2.jsonl"), "goes with a choice"),
        (("--ledger-out", "l.jsonl", "--only-family", "adverts"), "replace the ledger"),
        (("--ledger-out", "b.txt", "--only-family", "adverts"), "replace the clean text"),
        (("--ledger-out", "c.txt", "--only-family", "adverts"), "replace the output"),
    ],
)
def test_a_new_ledger_replaces_nothing_that_is_needed(run, tmp_path, more, word):
    (tmp_path / "a.txt").write_text(TEXT)
    run("clean", "a.txt", "-o", "b.txt", "--ledger", "l.jsonl")
    before = (tmp_path / "l.jsonl").read_bytes()
    told = run("restore", "b.txt", "--ledger", "l.jsonl", "-o", "c.txt", *more, code=2).stderr.decode()
    assert word in told
    assert told.count("\n") == 1
    assert (tmp_path / "l.jsonl").read_bytes() == before
    assert not (tmp_path / "c.txt").exists()


def test_an_unknown_rule_is_one_line_and_exit_code_2(run, tmp_path):
    (tmp_path / "a.txt").write_text(TEXT)
    run("clean", "a.txt", "-o", "b.txt", "--ledger", "l.jsonl")
    process = run(
        "restore", "b.txt", "--ledger", "l.jsonl", "-o", "c", "--only-rule", "en/advert:label", code=2
    )
    assert "no rule en/advert:label; did you mean en/adverts:label?" in process.stderr.decode()
    assert not (tmp_path / "c").exists()
