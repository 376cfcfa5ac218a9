"""polars: expressions, in memory and streaming."""

import pytest
from corpus import cleaned, library, run_examples, texts

import cleaner

pl = library("polars")

import cleaner.integrations.polars  # noqa: E402


def frame():
    return pl.DataFrame({"n": range(len(texts())), "text": texts()})


def test_texts_come_out_as_from_the_cleaner():
    out = frame().with_columns(pl.col("text").clean.text())
    assert out["text"].to_list() == cleaned()
    assert out["n"].equals(frame()["n"])
    assert out.schema == frame().schema


def test_processes_make_no_difference():
    many = pl.DataFrame({"text": texts() * 40})
    assert many.select(pl.col("text").clean.text(workers=2))["text"].to_list() == cleaned() * 40


def test_a_lazy_frame_streams_from_file_to_file(tmp_path):
    many = pl.concat([frame()] * 20)
    many.write_parquet(tmp_path / "a.parquet", row_group_size=100)
    lazy = pl.scan_parquet(tmp_path / "a.parquet").with_columns(pl.col("text").clean.text())
    lazy.sink_parquet(tmp_path / "b.parquet")
    assert pl.read_parquet(tmp_path / "b.parquet")["text"].to_list() == cleaned() * 20


def test_nulls_and_categories_are_texts_too():
    one = pl.DataFrame({"text": pl.Series(["It rained.\n\nRead more", None], dtype=pl.Categorical)})
    assert one.select(pl.col("text").clean.text())["text"].to_list() == ["It rained.", None]
    assert frame().clear().select(pl.col("text").clean.text()).schema == {"text": pl.String}


def test_what_is_known_of_a_document_is_used():
    rows = pl.DataFrame({"text": ["A Title\n\nIt came."] * 2, "t": ["A Title", None]})
    out = rows.select(
        pl.col("text").clean.text(title="t", drop="title").alias("a"),
        pl.col("text").clean.text(title=pl.lit("A Title"), drop="title").alias("b"),
    )
    assert out["a"].to_list() == ["It came.", "A Title\n\nIt came."]
    assert out["b"].to_list() == ["It came.", "It came."]


def test_the_account_says_what_the_result_says():
    told = frame().select(pl.col("text").clean.account())["text"].to_list()
    for text, entry in zip(texts(), told, strict=True):
        result = cleaner.explain(text)
        assert [(e["rule"], e["start"], e["end"]) for e in entry["edits"]] == [
            (e.rule, e.start, e.end) for e in result.edits
        ]
        assert (entry["language"], entry["mode"], entry["state"]) == (
            result.language,
            result.mode,
            result.state,
        )


def test_an_option_that_is_none_is_refused_before_anything_runs():
    with pytest.raises(cleaner.OptionError, match="unknown option levl"):
        pl.col("text").clean.text(levl="strict")


def test_the_examples_of_the_page_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert run_examples("polars")["cleaned"].height == 2
