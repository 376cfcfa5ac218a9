"""Every source comes back from what a run wrote and its ledger, whatever its format."""

import gzip
import json

import pytest
from batches import go, left, records
from test_batch_formats import PAGE, table, wet
from test_cli import ARTICLE, CLEAN

from cleaner.batch.restored import Restoration
from cleaner.errors import InputError, LedgerError

__all__ = ["go"]

CUT = "The council met on Monday to hear the plan for the bridge.\n\nThe mayor said that the [\u2026]\n"
MAKERS = {
    "jsonl": lambda *texts: records(*texts).encode(),
    "csv": table,
    "tsv": lambda *texts: table(*texts, delimiter="\t"),
    "wet": wet,
}


def contents(folder):
    return {name: (folder / name).read_bytes() for name in left(folder)}


@pytest.mark.parametrize("kind", MAKERS)
def test_records_of_every_kind_come_back_with_those_left_out(go, tmp_path, kind):
    source = MAKERS[kind](ARTICLE, CUT, CLEAN, ARTICLE, "", CUT)
    (tmp_path / f"a.{kind}").write_bytes(source)
    go(f"a.{kind}", out=f"b.{kind}", ledger="l.jsonl", drop_states=("cut", "empty"), dedup="documents")
    assert (tmp_path / f"b.{kind}").read_bytes() == MAKERS[kind](CLEAN)
    job = Restoration(f"b.{kind}", "l.jsonl", f"c.{kind}")
    assert job.go() == 6
    assert (tmp_path / f"c.{kind}").read_bytes() == source


def test_compressed_outputs_and_ledgers_come_back(go, tmp_path):
    source = records(ARTICLE, CLEAN)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(source.encode()))
    go("a.jsonl.gz", out="b.jsonl.gz", ledger="l.jsonl.gz")
    Restoration("b.jsonl.gz", "l.jsonl.gz", "c.jsonl.gz").go()
    assert gzip.decompress((tmp_path / "c.jsonl.gz").read_bytes()).decode() == source
    Restoration("b.jsonl.gz", "l.jsonl.gz", "c.jsonl").go()
    assert (tmp_path / "c.jsonl").read_text() == source


def test_a_folder_of_many_kinds_comes_back(go, tmp_path):
    (tmp_path / "in/sub").mkdir(parents=True)
    (tmp_path / "in/a.txt").write_text(ARTICLE)
    (tmp_path / "in/b.txt").write_text(CUT)
    (tmp_path / "in/page.html").write_text(PAGE)
    (tmp_path / "in/wide.txt").write_bytes(ARTICLE.encode("utf-16"))
    (tmp_path / "in/sub/c.jsonl").write_text(records(ARTICLE, CUT) + "broken\n\n" + records(CLEAN))
    (tmp_path / "in/sub/d.csv").write_bytes(table(CLEAN, ARTICLE))
    (tmp_path / "in/sub/e.wet").write_bytes(wet(ARTICLE))
    go("in", out="out", ledger="l.jsonl", drop_states=("cut",), on_error="skip")
    assert "b.txt" not in left(tmp_path / "out")
    Restoration("out", "l.jsonl", "back").go()
    assert contents(tmp_path / "back") == contents(tmp_path / "in")


def test_parquet_comes_back(go, tmp_path):
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    before = pa.table({"n": pa.array([1, 2], pa.int8()), "text": [ARTICLE, CLEAN]})
    pq.write_table(before, tmp_path / "a.parquet")
    go("a.parquet", out="b.parquet", ledger="l.jsonl")
    Restoration("b.parquet", "l.jsonl", "c.parquet").go()
    assert pq.read_table(tmp_path / "c.parquet").equals(before)
    go("a.parquet", out="d.parquet", ledger="l.jsonl", dedup="documents")
    job = Restoration("d.parquet", "l.jsonl", "e.parquet")
    assert (job.go(), job.missing) == (1, 1)


def test_the_texts_of_a_converted_run_come_back_in_its_form(go, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_text(ARTICLE)
    (tmp_path / "in/b.html").write_text(PAGE)
    (tmp_path / "in/c.txt").write_text(CUT)
    go("in", out="all.jsonl", ledger="l.jsonl", drop_states=("cut",))
    job = Restoration("all.jsonl", "l.jsonl", "back.jsonl")
    assert (job.go(), job.missing) == (2, 1)
    lines = [json.loads(line) for line in (tmp_path / "back.jsonl").read_text().splitlines()]
    assert [line["text"] for line in lines] == [ARTICLE, PAGE]


@pytest.mark.parametrize("kind", MAKERS)
def test_records_that_are_not_the_ledger_s_are_refused(go, tmp_path, kind):
    (tmp_path / f"a.{kind}").write_bytes(MAKERS[kind](ARTICLE, CLEAN))
    go(f"a.{kind}", out=f"b.{kind}", ledger="l.jsonl")
    for texts in ((CLEAN, "Other."), (CLEAN,), (CLEAN, CLEAN, CLEAN)):
        (tmp_path / f"b.{kind}").write_bytes(MAKERS[kind](*texts))
        with pytest.raises((LedgerError, InputError)):
            Restoration(f"b.{kind}", "l.jsonl", f"c.{kind}").go()
        assert not (tmp_path / f"c.{kind}").exists()
