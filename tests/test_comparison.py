"""Two sets of packs on a corpus: what each rule gains and loses is what the two runs did."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from strategies import texts

import cleaner
from cleaner.comparison import Account, Comparison, packs_named
from cleaner.errors import OptionError, PackError

ROOT = Path(__file__).parents[1]
OLD = """
family = "club"
[[rule]]
id = "call"
kind = "line"
phrases = ["join our book club", "join our chess club"]
why = "The line asks readers to join a club."
source = "unproven"
strips = ["Join our book club", "Join our chess club!"]
keeps = ["Join our book club, she said.", "Our club."]
[[rule]]
id = "amp"
kind = "repair"
match = '''( and) and'''
new = '\\1'
keywords = ["and and"]
why = "A word stood twice."
source = "unproven"
strips = ["salt and{-- and--} tea", "tea and{-- and--} salt"]
keeps = ["salt and tea", "tea"]
"""
NEW = OLD.replace('"join our chess club"]', '"join the choir"]').replace(
    '"Join our chess club!"]', '"Join the choir"]'
)
TEXT = (
    "It rained.\n\nJoin our book club\n\nSnow came.\n\nJoin our chess club\n\n"
    "It went on.\n\nJoin the choir\n\nEnd."
)


@pytest.fixture
def sides(tmp_path):
    for name, text in (("old", OLD), ("new", NEW)):
        (tmp_path / name / "en").mkdir(parents=True)
        (tmp_path / name / "en" / "club.toml").write_text(text)
    return str(tmp_path / "old"), str(tmp_path / "new")


@pytest.fixture
def run(tmp_path):
    def call(*args, code=0):
        process = subprocess.run(
            [sys.executable, "-m", "cleaner", *map(str, args)],
            capture_output=True,
            cwd=tmp_path,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        )
        assert b"Traceback" not in process.stderr, process.stderr.decode()
        assert process.returncode == code, process.stderr.decode()
        return process

    return call


def test_words_are_counted_by_who_removed_them(sides):
    row = Comparison.of(*sides, mode="article").rows("a.txt", TEXT)["en/club:call"]
    assert row.words == {"both": 4, "only_old": 4, "only_new": 3, "elsewhere": 0}
    (lost,) = row.samples["only_old"]
    assert lost.document == "a.txt"
    assert lost.text.strip() == "Join our chess club"
    assert lost.before.endswith("Snow came.\n\n")
    assert row.samples["only_new"][0].text.strip() == "Join the choir"


def test_a_rule_that_another_took_over_is_elsewhere_and_no_difference(sides, tmp_path):
    renamed = tmp_path / "renamed" / "en"
    renamed.mkdir(parents=True)
    (renamed / "club.toml").write_text(OLD.replace('id = "call"', 'id = "invitation"'))
    rows = Comparison.of(sides[0], str(renamed.parent), mode="article").rows("a.txt", TEXT)
    assert {rule: row.words["elsewhere"] for rule, row in rows.items()} == {
        "en/club:call": 8,
        "en/club:invitation": 8,
    }
    account = Account()
    account.add(rows)
    assert account.differing == 0
    assert account.totals == {"both": 8, "only_old": 0, "only_new": 0}


def test_repairs_are_counted_by_edits(sides, tmp_path):
    none = tmp_path / "none.toml"
    none.write_text(OLD.partition('[[rule]]\nid = "amp"')[0])
    rows = Comparison.of(sides[0], str(none), mode="article").rows("a.txt", "Salt and and tea and and milk.")
    assert [row.differs for row in rows.values()] == [True]


ALL, FEWER = cleaner.Cleaner(), cleaner.Cleaner(without=["characters", "adverts", "comments"])


def gone(result):
    return {at for edit in result.edits if edit.removes for at in range(edit.start, edit.end)}


@settings(max_examples=50)
@given(texts)
def test_a_side_has_words_of_its_own_just_when_it_alone_removed_some(text):
    account = Account()
    account.add(Comparison(ALL, FEWER).rows("a", text))
    old, new = gone(ALL.explain(text)), gone(FEWER.explain(text))
    for side, places in (("only_old", old - new), ("only_new", new - old), ("both", old & new)):
        assert bool(account.totals[side]) == any(not text[at].isspace() for at in places)


def test_shipped_against_the_folder_it_ships_from_is_no_difference():
    comparison = Comparison.of("shipped", str(ROOT / "patterns"))
    assert comparison.old.rules == comparison.new.rules
    text = (ROOT / "fixtures/demo/ferry-news.txt").read_text("utf-8")
    assert not any(row.differs for row in comparison.rows("a", text).values())


def test_of_packs_of_one_name_the_last_counts(sides):
    packs = packs_named(f"shipped,{sides[0]},{sides[1]}")
    (club,) = (pack for pack in packs if pack.name == "en/club")
    assert "join the choir" in club.rules[0].phrases
    assert len(packs) == len(packs_named("shipped")) + 1


def test_a_side_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(OptionError, match="no such file or folder; shipped names ours"):
        packs_named("shipped,nowhere")
    (tmp_path / "empty").mkdir()
    with pytest.raises(PackError, match="holds no packs"):
        packs_named(str(tmp_path / "empty"))


def test_names_of_either_side_may_be_chosen(sides):
    comparison = Comparison.of(sides[0], f"{sides[0]},shipped", only=["adverts", "club"])
    assert {rule.family for rule in comparison.old.rules} == {"club"}
    assert {rule.family for rule in comparison.new.rules} == {"club", "adverts"}


def test_samples_are_bounded_and_the_first_in_order(sides):
    account, comparison = Account(most=2), Comparison.of(*sides, mode="article")
    for number in range(5):
        account.add(comparison.rows(f"d{number}", TEXT))
    row = account.rows["en/club:call"]
    assert [sample.document for sample in row.samples["only_old"]] == ["d0", "d1"]
    assert (row.documents, account.documents, account.differing) == (5, 5, 5)


def test_a_corpus_is_compared_on_the_command_line(run, sides, tmp_path):
    (tmp_path / "c.jsonl").write_text(f'{{"id": "x7", "text": {json.dumps(TEXT)}}}\n\n{{"text": "Rain."}}\n')
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_text(TEXT)
    arguments = ("diff", "--packs", *sides, "c.jsonl", "texts", "--mode", "article")
    told = run(*arguments).stdout.decode()
    assert "en/club:call" in told
    assert "- only old  x7: " in told
    assert "[-Join our chess club ⏎  ⏎ -]" in told
    assert told.endswith("3 documents, 2 differ; words removed by both 8, only old 8, only new 6\n")
    run(*arguments, "--check", code=1)
    run("diff", "--packs", sides[0], sides[0], "texts", "--check")
    found = json.loads(run(*arguments, "--format", "json", "--samples", "1").stdout)
    assert found["words"] == {"both": 8, "only_old": 8, "only_new": 6}
    assert len(found["rules"]["en/club:call"]["samples"]["only_old"]) == 1
    assert run(*arguments, "--format", "json", "--workers", "2").stdout == (
        run(*arguments, "--format", "json", "--workers", "1").stdout
    )
    assert json.loads(run(*arguments, "--format", "json", "--limit", "1").stdout)["documents"] == 1


def test_a_document_that_fails_is_told_and_the_others_are_compared(run, sides, tmp_path):
    (tmp_path / "c.jsonl").write_text(f'{{"text": 3}}\n{{"text": {json.dumps(TEXT)}}}\n')
    process = run("diff", "--packs", *sides, "c.jsonl", code=3)
    assert process.stderr.decode() == ("cleaner: c.jsonl:1: the field text is number, not a string\n")
    assert "1 documents, 1 differ" in process.stdout.decode()


def test_a_missing_side_or_corpus_is_one_line_and_exit_code_2(run, sides):
    for arguments in (("--packs", "no.toml", sides[1], "x"), ("--packs", *sides, "nowhere.jsonl")):
        process = run("diff", *arguments, code=2)
        assert process.stderr.decode().count("\n") == 1
