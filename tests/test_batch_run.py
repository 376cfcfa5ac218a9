"""What a batch can be asked besides cleaning: choice, routing, duplicates, accounts, faults."""

import json
import os
import time

import pytest
from batches import go, left, records, standard
from test_cli import ARTICLE, CLEAN, run

from cleaner.batch import cleaned
from cleaner.errors import InputError, OptionError

__all__ = ["go", "run"]

CUT = "The council met on Monday to hear the plan for the bridge.\n\nThe mayor said that the [\u2026]\n"
LONG = "The committee met on Monday to hear what the engineers had found below the bridge."


def texts(path):
    return [json.loads(line)["text"] for line in path.read_text().splitlines()]


def lines(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


# -- choice ---------------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2])
def test_a_limit_takes_the_first_documents(go, tmp_path, workers):
    (tmp_path / "a.jsonl").write_text("\n" + records(*[f"Story {n}." for n in range(9)]))
    tally, _ = go("a.jsonl", out="b.jsonl", limit=4, workers=workers)
    assert tally.documents == 4
    assert (tmp_path / "b.jsonl").read_text() == "\n" + records(*[f"Story {n}." for n in range(4)])


def test_a_limit_leaves_out_the_outputs_of_sources_that_are_not_read(go, tmp_path):
    for name in "abc":
        (tmp_path / f"{name}.jsonl").write_text(records("One.", "Two."))
    go("a.jsonl", "b.jsonl", "c.jsonl", out="out", limit=3)
    assert left(tmp_path / "out") == ["a.jsonl", "b.jsonl"]
    assert texts(tmp_path / "out/b.jsonl") == ["One."]


def test_a_sample_is_always_the_same_and_about_as_large_as_said(go, tmp_path):
    stories = [f"Story {n}." for n in range(2000)]
    (tmp_path / "a.jsonl").write_text(records(*stories))
    for name, workers in (("b", 1), ("c", 2)):
        go("a.jsonl", out=f"{name}.jsonl", sample=0.1, workers=workers)
    chosen = texts(tmp_path / "b.jsonl")
    assert chosen == texts(tmp_path / "c.jsonl")
    assert 140 < len(chosen) < 260
    assert chosen == [story for story in stories if story in set(chosen)]
    go("a.jsonl", out="d.jsonl", sample=0.2)
    assert set(chosen) < set(texts(tmp_path / "d.jsonl"))
    go("a.jsonl", out="all.jsonl", sample=1)
    assert texts(tmp_path / "all.jsonl") == stories


def test_a_sample_or_limit_of_parquet_leaves_the_other_rows_out(go, tmp_path):
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    pq.write_table(pa.table({"text": [f"Story {n}." for n in range(500)]}), tmp_path / "a.parquet")
    tally, _ = go("a.parquet", out="b.parquet", sample=0.3)
    rows = pq.read_table(tmp_path / "b.parquet").column("text").to_pylist()
    assert len(rows) == tally.documents
    assert 100 < len(rows) < 200
    go("a.parquet", out="c.parquet", limit=7)
    assert pq.read_table(tmp_path / "c.parquet").num_rows == 7


# -- without an output ----------------------------------------------------------------------


def test_a_dry_run_names_what_would_change_and_writes_nothing(run, tmp_path):
    (tmp_path / "a.jsonl").write_text(records(ARTICLE, CLEAN))
    process = run("batch", "a.jsonl", "--dry-run")
    said = process.stderr.decode()
    assert "cleaner: a.jsonl:1: 3 words would go (en/adverts:" in said
    assert "2 documents, 1 changed, 3 words removed" in said
    assert left(tmp_path) == ["a.jsonl"]


def test_check_tells_by_its_exit_code_whether_there_is_something_to_remove(run, tmp_path):
    (tmp_path / "a.txt").write_text(ARTICLE)
    (tmp_path / "b.txt").write_text(CLEAN)
    (tmp_path / "c.txt").write_bytes(b"caf\xe9")
    run("batch", "a.txt", "b.txt", "--check", code=1)
    run("batch", "b.txt", "--check", "--out", "ignored")
    run("batch", "a.txt", "c.txt", "--check", "--on-error", "skip", code=3)
    assert left(tmp_path) == ["a.txt", "b.txt", "c.txt"]


def test_out_must_be_said(run, tmp_path):
    (tmp_path / "a.txt").write_text(ARTICLE)
    assert "Missing option '--out'" in run("batch", "a.txt", code=2).stderr.decode()


# -- routing --------------------------------------------------------------------------------


def test_documents_are_routed_by_their_state_and_the_ledger_keeps_those_left_out(run, tmp_path):
    (tmp_path / "a.jsonl").write_text(records(ARTICLE, CUT, ""))
    run("batch", "a.jsonl", "--out", "b.jsonl", "--drop-state", "cut,empty", "--ledger", "l.jsonl")
    assert texts(tmp_path / "b.jsonl") == [CLEAN]
    run("batch", "a.jsonl", "--out", "c.jsonl", "--only-state", "cut", "--only-state", "empty")
    assert len(texts(tmp_path / "c.jsonl")) == 2
    assert [line.get("left out") for line in lines(tmp_path / "l.jsonl")[1:]] == [None, "cut", "empty"]
    run("restore", "b.jsonl", "--ledger", "l.jsonl", "-o", "d.jsonl")
    assert (tmp_path / "d.jsonl").read_bytes() == (tmp_path / "a.jsonl").read_bytes()


def test_files_left_out_are_not_written(go, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_text(ARTICLE)
    (tmp_path / "in/b.txt").write_text(CUT)
    tally, _ = go("in", out="out", only_states=("complete",))
    assert left(tmp_path / "out") == ["a.txt"]
    assert tally.left_out == {"cut": 1}


def test_a_state_that_does_not_exist_is_told(go, tmp_path):
    (tmp_path / "a.jsonl").write_text(records(ARTICLE))
    with pytest.raises(OptionError, match="state is 'broken'; it must be one of complete"):
        go("a.jsonl", out="b.jsonl", drop_states=("broken",))


# -- duplicates -----------------------------------------------------------------------------


@pytest.mark.parametrize("workers", [1, 2])
def test_a_document_that_was_seen_before_is_left_out(run, tmp_path, workers):
    (tmp_path / "a.jsonl").write_text(records(ARTICLE, "Snow fell.", CLEAN, "", "", "Snow fell."))
    args = ("--dedup", "documents", "--ledger", "l.jsonl", "--workers", workers)
    process = run("batch", "a.jsonl", "--out", "b.jsonl", *args)
    assert texts(tmp_path / "b.jsonl") == [CLEAN, "Snow fell.", "", ""]
    assert "2 duplicate documents" in process.stderr.decode()
    run("restore", "b.jsonl", "--ledger", "l.jsonl", "-o", "c.jsonl")
    assert (tmp_path / "c.jsonl").read_bytes() == (tmp_path / "a.jsonl").read_bytes()


def test_a_paragraph_of_an_earlier_document_is_cut_and_the_ledger_tells(run, tmp_path):
    stories = [f"{LONG}\n\nThe first story told of snow and of nothing else at all.\n"]
    stories.append(f"The second told of rain, and of the river that rose so high.\n\n{LONG}\n\n{ARTICLE}")
    (tmp_path / "a.jsonl").write_text(records(*stories))
    run("batch", "a.jsonl", "--out", "b.jsonl", "--dedup", "paragraphs", "--ledger", "l.jsonl")
    assert texts(tmp_path / "b.jsonl") == [
        stories[0],
        stories[1].replace(f"{LONG}\n\n", "").replace(ARTICLE, CLEAN),
    ]
    header, _, entry = lines(tmp_path / "l.jsonl")
    rules = [header["rules"][edit[4]] for edit in entry["edits"]]
    assert "dedup/paragraph" in [rule["id"] for rule in rules]
    assert all(rule["why"] for rule in rules)
    run("restore", "b.jsonl", "--ledger", "l.jsonl", "-o", "c.jsonl")
    assert (tmp_path / "c.jsonl").read_bytes() == (tmp_path / "a.jsonl").read_bytes()


def test_a_document_is_never_emptied_by_its_repeated_paragraphs(go, tmp_path):
    (tmp_path / "a.jsonl").write_text(records(f"{LONG}\n", f"{LONG}\n\nAnd more.\n"))
    go("a.jsonl", out="b.jsonl", dedup="paragraphs", ledger="l.jsonl")
    assert texts(tmp_path / "b.jsonl")[1] == f"{LONG}\n\nAnd more.\n"
    assert any(
        warning.startswith("dedup: too much") for warning in lines(tmp_path / "l.jsonl")[2]["warnings"]
    )


def test_short_lines_titles_and_refrains_are_no_repeated_paragraphs(go, tmp_path):
    title = "What the last boat of the year carries home in winter"
    story = title + "\n\nSnow fell.\n\n{0}\n\nIt went on {1}.\n\n{0}\n"
    own = [
        "The refrain of the first song goes on and on for ever.",
        "The refrain of the second is another one altogether.",
    ]
    both = [story.format(line, number) for number, line in enumerate(own)]
    (tmp_path / "a.jsonl").write_text(records(*both))
    go("a.jsonl", out="b.jsonl", dedup="both")
    assert texts(tmp_path / "b.jsonl") == both


def test_duplicates_are_found_across_sources_and_formats(go, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_text(ARTICLE)
    (tmp_path / "in/b.jsonl").write_text(records(CLEAN, "Snow fell."))
    tally, _ = go("in", out="out", dedup="documents")
    assert texts(tmp_path / "out/b.jsonl") == ["Snow fell."]
    assert tally.duplicates["documents"].documents == 1
    assert left(tmp_path / "out") == ["a.txt", "b.jsonl"]


# -- accounts -------------------------------------------------------------------------------


def test_reports_tell_what_the_run_did(go, tmp_path):
    (tmp_path / "a.jsonl").write_text(records(ARTICLE, CUT) + "broken\n")
    go("a.jsonl", out="b.jsonl", report="r.json", on_error="skip")
    told = json.loads((tmp_path / "r.json").read_text())
    assert told["totals"]["documents"] == 3
    assert [failure["document"] for failure in told["failures"]] == ["a.jsonl:3"]
    go("a.jsonl", out="b.jsonl", report="r.html", on_error="skip", overwrite=True)
    assert "a.jsonl:3" in (tmp_path / "r.html").read_text()
    with pytest.raises(OptionError, match=r"name it \.html or \.json"):
        go("a.jsonl", out="c.jsonl", report="r.pdf", on_error="skip")
    assert not (tmp_path / "c.jsonl").exists()


def test_ledgers_in_other_forms_tell_the_same(go, tmp_path):
    (tmp_path / "a.jsonl").write_text(records(ARTICLE, CLEAN))
    go("a.jsonl", out="b.jsonl", ledger="l.jsonl", ledger_form="dolma")
    found = lines(tmp_path / "l.jsonl")
    assert [line["id"] for line in found] == ["0", "1"]
    assert found[0]["attributes"]["cleaner__adverts"][0][0] < found[0]["attributes"]["cleaner__adverts"][0][1]
    pq = pytest.importorskip("pyarrow.parquet")
    go("a.jsonl", out="b.jsonl", ledger="l.parquet", overwrite=True)
    assert [len(edits) for edits in pq.read_table(tmp_path / "l.parquet").column("edits").to_pylist()] == [
        1,
        0,
    ]
    assert left(tmp_path) == ["a.jsonl", "b.jsonl", "l.jsonl", "l.parquet"]


def test_errors_are_listed_with_source_and_place(go, tmp_path):
    (tmp_path / "a.jsonl").write_bytes(records(ARTICLE).encode() + b'broken\n{"text": 1}\n{"text": "\xff"}\n')
    for how in ("skip", "keep"):
        go("a.jsonl", out=f"{how}.jsonl", errors="e.jsonl", on_error=how)
        found = lines(tmp_path / "e.jsonl")
        assert [(line["source"], line["ordinal"]) for line in found] == [("a.jsonl", n) for n in (2, 3, 4)]
        assert [line["kept"] for line in found] == [how == "keep"] * 3
    assert "not JSON" in found[0]["error"]


def test_lines_of_json_are_told_on_request(run, tmp_path):
    (tmp_path / "a.jsonl").write_text(records(ARTICLE) + "broken\n")
    process = run(
        "batch", "a.jsonl", "--out", "b.jsonl", "--on-error", "skip", "--log-format", "json", code=3
    )
    first, last = map(json.loads, process.stderr.splitlines())
    assert (first["source"], first["ordinal"], first["level"]) == ("a.jsonl", 2, "warning")
    assert (last["documents"], last["changed"], last["failed"]) == (2, 1, 1)


def test_what_is_told_cannot_act_on_a_terminal(run, tmp_path):
    (tmp_path / "a\n\x1b[2Jb.txt").write_bytes(b"caf\xe9")
    (tmp_path / "c.txt").write_text(ARTICLE)
    process = run("batch", ".", "--out", "out/", "--on-error", "skip", code=3)
    assert b"\x1b" not in process.stderr
    assert process.stderr.count(b"\n") == 2


# -- faults ---------------------------------------------------------------------------------


class Slow:
    """Stands for a cleaner that takes too long for some texts, or dies of them."""

    def __init__(self, cleaner):
        self.inner = cleaner
        self.options = cleaner.options
        self.receipt = cleaner.receipt
        self.packs = cleaner.packs

    def explain(self, text, **about):
        if "sleep" in text:
            time.sleep(60)
        if "die" in text:
            os._exit(9)
        return self.inner.explain(text, **about)


def test_a_document_that_takes_too_long_or_kills_its_worker_fails_alone(go, tmp_path):
    (tmp_path / "a.jsonl").write_text(records(ARTICLE, "sleep", CLEAN, "die", ARTICLE))
    tally, told = go(
        "a.jsonl", out="b.jsonl", on_error="keep", timeout=2, workers=2, cleaner=Slow(standard())
    )
    assert texts(tmp_path / "b.jsonl") == [CLEAN, "sleep", CLEAN, "die", CLEAN]
    assert tally.failed == 2
    assert "a.jsonl:2: it took longer than 2 seconds" in told
    assert "a.jsonl:4: its worker process died" in told


def test_a_source_that_cannot_be_read_fails_alone(go, tmp_path):
    (tmp_path / "a.jsonl").write_text(records(ARTICLE))
    (tmp_path / "b.jsonl.gz").write_bytes(b"no gzip at all")
    (tmp_path / "c.jsonl").write_text(records(CLEAN))
    with pytest.raises(InputError, match=r"b\.jsonl\.gz:1: the gz data is damaged"):
        go("a.jsonl", "b.jsonl.gz", "c.jsonl", out="out")
    assert not left(tmp_path / "out")
    tally, _ = go("a.jsonl", "b.jsonl.gz", "c.jsonl", out="out", on_error="skip")
    assert tally.failed == 1
    assert texts(tmp_path / "out/c.jsonl") == [CLEAN]


def test_a_document_that_is_too_long_is_neither_taken_in_nor_lost_in_silence(go, tmp_path):
    (tmp_path / "a.jsonl").write_text(records(ARTICLE, "x" * 5000, CLEAN))
    tally, told = go("a.jsonl", out="b.jsonl", on_error="keep", longest=1000)
    assert texts(tmp_path / "b.jsonl") == [CLEAN, CLEAN]
    assert tally.failed == 1
    assert "longer than 1,000 bytes" in told[0]


def test_a_defect_of_ours_fails_one_document(go, tmp_path, monkeypatch):
    digest = cleaned.digest

    def broken(result, **how):
        if "Snow" in result.text:
            raise RecursionError("too deep")
        return digest(result, **how)

    monkeypatch.setattr(cleaned, "digest", broken)
    (tmp_path / "a.jsonl").write_text(records(ARTICLE, "Snow fell."))
    _, told = go("a.jsonl", out="b.jsonl", on_error="keep")
    assert told == ["a.jsonl:2: internal error: RecursionError: too deep"]
    assert texts(tmp_path / "b.jsonl") == [CLEAN, "Snow fell."]


def test_standard_input_is_what_the_output_s_name_says(run):
    assert (
        run("batch", "-", "--out", "-", "--container", "txt", stdin=ARTICLE.encode()).stdout == CLEAN.encode()
    )
    process = run("batch", "-", "--out", "b.csv", stdin=b"id,text\n1,Snow fell.\n")
    assert b"1 document," in process.stderr


def test_an_output_s_folder_within_a_source_s_is_not_read_again(go, tmp_path):
    (tmp_path / "a.txt").write_text(ARTICLE)
    for _ in range(2):
        go(".", out="cleaned/", overwrite=True)
    assert left(tmp_path) == ["a.txt", "cleaned/a.txt"]
    with pytest.raises(InputError, match="the output is an input"):
        go("cleaned/a.txt", out="cleaned", overwrite=True)
