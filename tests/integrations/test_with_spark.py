"""PySpark: frames in parallel."""

import json
import os
import sys

import pytest
from corpus import CLUB, PACK, WITHOUT_CLUB, cleaned, library, run_examples, texts

import cleaner
from cleaner.errors import InputError

library("pyspark.sql")
library("pyarrow")

from pyspark.sql import SparkSession  # noqa: E402

from cleaner.integrations.spark import clean  # noqa: E402

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module")
def session():
    os.environ["PYSPARK_PYTHON"] = sys.executable
    builder = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false")
    builder = builder.config("spark.sql.execution.arrow.maxRecordsPerBatch", "20")
    made = builder.config("spark.sql.shuffle.partitions", "2").getOrCreate()
    yield made
    made.stop()


@pytest.fixture
def frame(session):
    return session.createDataFrame(list(enumerate(texts())), "n int, text string").repartition(4)


def test_texts_come_out_as_from_the_cleaner(frame):
    out = clean(frame)
    assert out.schema == frame.schema
    assert [row.text for row in out.orderBy("n").collect()] == cleaned()


def test_the_account_says_what_the_result_says(frame):
    rows = clean(frame, ledger=True, out="better").orderBy("n").collect()
    assert [row.text for row in rows] == texts()
    assert [row.better for row in rows] == cleaned()
    for text, row in zip(texts(), rows, strict=True):
        result = cleaner.explain(text)
        edits = [(edit.rule, edit.start, edit.end, edit.new) for edit in row.cleaner.edits]
        assert edits == [(edit.rule, edit.start, edit.end, edit.new) for edit in result.edits]
        assert (row.cleaner.mode, row.cleaner.state) == (result.mode, result.state)


def test_packs_go_to_the_executors_with_the_work(session, tmp_path):
    pack = tmp_path / "mine.toml"
    pack.write_text(PACK)
    out = clean(session.createDataFrame([(CLUB,), (None,)], "text string"), packs=[pack])
    pack.unlink()
    assert [row.text for row in out.collect()] == [WITHOUT_CLUB, None]


def test_what_is_written_is_what_comes_out(frame, tmp_path):
    clean(frame).write.json(str(tmp_path / "out"))
    lines = [line for path in (tmp_path / "out").glob("*.json") for line in path.read_text().splitlines()]
    rows = sorted((json.loads(line) for line in lines), key=lambda row: row["n"])
    assert [row["text"] for row in rows] == cleaned()


def test_columns_that_cannot_be_used_are_told_before_any_work(frame):
    with pytest.raises(InputError, match=r"has no column body \(its columns: n, text\)"):
        clean(frame, text="body")
    with pytest.raises(InputError, match="the column n is int, not text"):
        clean(frame, text="n")
    with pytest.raises(cleaner.OptionError, match="unknown option levl"):
        clean(frame, levl="strict")


def test_the_examples_of_the_page_run(session):
    assert run_examples("spark", spark=session)["cleaned"].count() == 2
