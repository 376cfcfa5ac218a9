"""The review page: what is chosen for it, what it is told, and the commands that write it."""

import gzip
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

import cleaner
from cleaner.review.page import as_json, html_page, policy
from cleaner.review.sample import Survey, choose

ARTICLE = "It rained all day in the valley.\n\n- Advertisement -\n\nThe river rose by a metre 🌊.\n"
IDS = [f"en/a:r{number}" for number in range(6)]


def entry(rules, words=3, **more):
    edits = [[n * 10, n * 10 + 5, "", "w " * words, rule, 0.9, []] for n, rule in enumerate(rules)]
    return {"hash": {"source": "s", "clean": "c"}, "mode": "article", "warnings": [], "edits": edits, **more}


def surveyed(entries, size):
    survey = Survey(size, IDS)
    for number, line in enumerate(entries, 2):
        survey.add(number, line)
    return survey


def test_every_rule_is_shown_when_there_is_room():
    entries = [entry([0])] * 50 + [entry([1, 2]), entry([3], words=1), entry([4, 5])]
    chosen = choose(surveyed(entries, 10))
    shown = {edit[4] for number in chosen for edit in entries[number - 2]["edits"]}
    assert shown == set(range(6))
    assert len(chosen) == 10


def test_the_greatest_loss_and_a_stopped_rule_are_shown():
    entries = [entry([0], words=n) for n in range(1, 60)]
    entries += [entry([], warnings=["loss guard: en/a:r0 would have taken too much and was stopped"])]
    chosen = choose(surveyed(entries, 5))
    assert chosen[61].startswith("the loss guard")
    assert 60 in chosen


def test_the_choice_is_the_same_every_time_and_no_larger_than_asked():
    entries = [entry([n % 6], words=n % 7 + 1) for n in range(300)]
    one, two = choose(surveyed(entries, 25)), choose(surveyed(entries, 25))
    assert list(one.items()) == list(two.items())
    assert len(one) == 25


def test_a_survey_keeps_no_more_than_the_sample():
    survey = surveyed([entry([0], words=n % 9 + 1) for n in range(2000)], 10)
    assert all(len(heap) <= 10 for heap in survey.ranks.values())


def test_data_cannot_leave_its_element_and_comes_back_as_it_was():
    odd = "</script><!--&\u2028\ud800\x00\x85\ufeff🌊{{script}}"
    written = as_json({"text": odd})
    assert not set("<>&\u2028\ud800") & set(written)
    assert json.loads(written)["text"] == odd


def test_the_policy_names_the_script_and_style_that_are_there():
    page = html_page({"kind": "one", "title": "<b>", "documents": []})
    assert "<title>&lt;b&gt; – cleaner</title>" in page
    assert policy().count("sha256-") == 2
    assert "connect-src" not in policy()
    assert "'self'" in policy(live=True)
    assert not re.search(r"\son\w+=", page[: page.index("<script")])


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
        assert b"Traceback" not in process.stderr
        assert process.returncode == code, process.stderr.decode()
        return process

    return call


def data_of(path):
    page = path.read_text("utf-8")
    return json.loads(page.partition('id="data">')[2].partition("</script>")[0])


def test_explain_writes_a_page_of_one_text(run, tmp_path):
    (tmp_path / "a.txt").write_text(ARTICLE, "utf-8")
    run("explain", "a.txt", "--html", "a.html")
    data = data_of(tmp_path / "a.html")
    (document,) = data["documents"]
    assert document["text"] == ARTICLE
    assert [data["rules"][edit[3]]["id"] for edit in document["edits"]] == ["en/adverts:label"]
    assert b"replace the text" in run("explain", "a.txt", "--html", "a.txt", code=2).stderr
    assert (tmp_path / "a.txt").read_text("utf-8") == ARTICLE


RECORDS = [{"id": "a", "text": "Nothing of it goes."}, {"id": "deep/b.txt", "text": ARTICLE}]


def written(folder, form):
    """A source of two documents in a form, and the name of the output."""
    if form == "folder":
        (folder / "in/deep").mkdir(parents=True)
        (folder / "in/a.txt").write_text("Nothing of it goes.\n")
        (folder / "in/deep/b.txt").write_text(ARTICLE, "utf-8")
        return "in", "out"
    name = f"in.{form}"
    if form == "parquet":
        parquet.write_table(pa.Table.from_pylist(RECORDS), folder / name)
        return name, f"out.{form}"
    if form.startswith("csv"):
        cells = "".join('{},"{}"\n'.format(*record.values()) for record in RECORDS)
        data = f"id,text\n{cells}".encode()
    else:
        data = "".join(json.dumps(record) + "\n" for record in RECORDS).encode()
    (folder / name).write_bytes(gzip.compress(data) if form.endswith(".gz") else data)
    return name, f"out.{form}"


@pytest.mark.parametrize(
    ("form", "ledger"),
    [("folder", "run.jsonl"), ("jsonl", "run.jsonl"), ("jsonl.gz", "run.jsonl.gz"), ("csv.gz", "run.jsonl"),
     ("csv", "run.jsonl.gz"), ("parquet", "run.jsonl")],
)  # fmt: skip
def test_a_run_is_reviewed_from_its_ledger_and_its_output(run, tmp_path, form, ledger):
    source, out = written(tmp_path, form)
    run("batch", source, "--out", out, "--ledger", ledger, "--workers", "1")
    told = run("review", ledger, "--clean", out, "--out", "review.html").stderr
    assert b"1 of 1 changed documents (2 in all)" in told
    (document,) = data_of(tmp_path / "review.html")["documents"]
    assert document["name"] == "deep/b.txt"
    assert document["text"] == ARTICLE
    first = (tmp_path / "review.html").read_bytes()
    run("review", ledger, "--clean", out, "--out", "review.html")
    assert (tmp_path / "review.html").read_bytes() == first


def test_a_folder_of_records_in_several_forms_is_reviewed(run, tmp_path):
    (tmp_path / "in").mkdir()
    for form in ("jsonl.gz", "csv", "parquet"):
        written(tmp_path / "in", form)
    run("batch", "in", "--out", "out", "--ledger", "run.jsonl", "--workers", "1")
    told = run("review", "run.jsonl", "--clean", "out", "--out", "review.html").stderr
    assert b"3 of 3 changed documents (6 in all)" in told


def test_a_damaged_ledger_is_told(run, tmp_path):
    source, out = written(tmp_path, "jsonl.gz")
    run("batch", source, "--out", out, "--ledger", "run.jsonl.gz", "--workers", "1")
    whole = (tmp_path / "run.jsonl.gz").read_bytes()
    (tmp_path / "run.jsonl.gz").write_bytes(whole[:-20])
    stderr = run("review", "run.jsonl.gz", "--clean", out, "--out", "r.html", code=2).stderr.decode()
    assert stderr.startswith("cleaner: run.jsonl.gz: ")
    assert stderr.count("\n") == 1
    assert not (tmp_path / "r.html").exists()


def test_what_cannot_be_reviewed_is_told_in_one_line(run, tmp_path):
    (tmp_path / "a.txt").write_text(ARTICLE, "utf-8")
    (tmp_path / "empty.jsonl").write_text("")
    run("clean", "a.txt", "-o", "b.txt", "--ledger", "run.jsonl")
    for ledger, clean, out, word in (
        ("a.txt", "b.txt", "r.html", "ledger"),
        ("empty.jsonl", "b.txt", "r.html", "empty"),
        ("none.jsonl", "b.txt", "r.html", "no such file"),
        ("run.jsonl", "none", "r.html", "no such file"),
        ("run.jsonl", "a.txt", "r.html", "none of the texts"),
        ("run.jsonl", "b.txt", "run.jsonl", "replace"),
    ):
        stderr = run("review", ledger, "--clean", clean, "--out", out, code=2).stderr.decode()
        assert stderr.count("\n") == 1
        assert word in stderr, stderr
    assert not (tmp_path / "r.html").exists()
