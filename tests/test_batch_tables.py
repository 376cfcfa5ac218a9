"""Tables through the command: a parquet file of every type, and a CSV of every oddity."""

import subprocess
import sys

import pytest
from test_container_arrow import damaged, thirty_columns

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

RESIDUE = "Subscribe to our newsletter"
TEXT = "The council met on Tuesday to talk about the bridge that the flood had taken away in March."


def batch(*args, cwd, code=0):
    command = [sys.executable, "-m", "cleaner", "batch", *map(str, args)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, timeout=120, check=False)
    assert done.returncode == code, done.stderr
    return done


@pytest.fixture(scope="module")
def table():
    """Thirty columns and more, half of whose texts have residue."""
    rows = thirty_columns(60)
    texts = [f"{TEXT}\n\n{RESIDUE}\n" if number % 2 else TEXT for number in range(rows.num_rows)]
    return rows.set_column(0, rows.schema.field("text"), pa.array(texts))


@pytest.mark.parametrize("workers", [1, 2])
def test_a_parquet_file_of_every_type_comes_back_equal_but_for_its_text(tmp_path, table, workers):
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=100, compression="zstd")
    batch("a.parquet", "--out", "b.parquet", "--workers", workers, cwd=tmp_path)
    before, after = pq.ParquetFile(tmp_path / "a.parquet"), pq.ParquetFile(tmp_path / "b.parquet")
    assert after.schema_arrow.equals(before.schema_arrow, check_metadata=True)
    assert len(after.schema_arrow.names) >= 30
    assert after.read().drop(["text"]).equals(before.read().drop(["text"]))
    assert set(after.read(["text"]).column(0).to_pylist()) == {TEXT, f"{TEXT}\n"}
    rows = [after.metadata.row_group(number).num_rows for number in range(after.num_row_groups)]
    assert rows == [100, 100, 40]
    assert after.metadata.row_group(0).column(0).compression == "ZSTD"


def test_a_parquet_file_with_a_new_column_keeps_the_old_text(tmp_path, table):
    pq.write_table(table, tmp_path / "a.parquet")
    batch("a.parquet", "--out", "b.parquet", "--out-field", "clean", cwd=tmp_path)
    after = pq.read_table(tmp_path / "b.parquet")
    assert after.drop(["clean"]).equals(pq.read_table(tmp_path / "a.parquet"))
    assert set(after.column("clean").to_pylist()) == {TEXT, f"{TEXT}\n"}


def test_a_column_that_holds_no_text_is_refused_before_the_work(tmp_path, table):
    pq.write_table(table, tmp_path / "a.parquet")
    done = batch("a.parquet", "--out", "b.parquet", "--out-field", "int64", cwd=tmp_path, code=2)
    assert b"the column int64 is of type int64, which holds no text; name another --out-field" in done.stderr
    assert not (tmp_path / "b.parquet").exists()


def test_parquet_files_of_other_columns_are_refused_before_the_work(tmp_path):
    (tmp_path / "in").mkdir()
    pq.write_table(pa.table({"text": ["a"], "n": [1]}), tmp_path / "in/a.parquet")
    pq.write_table(pa.table({"text": ["b"], "n": ["1"]}), tmp_path / "in/b.parquet")
    done = batch("in", "--out", "all.parquet", "--on-error", "skip", cwd=tmp_path, code=2)
    told = "cleaner: in/b.parquet: its column n is string, that of in/a.parquet int64; give --out a folder\n"
    assert done.stderr.decode() == told
    assert [path.name for path in tmp_path.iterdir()] == ["in"]


def test_a_file_that_is_no_parquet_fails_alone_among_others_in_one_file(tmp_path):
    (tmp_path / "in").mkdir()
    pq.write_table(pa.table({"text": [TEXT, RESIDUE], "n": [1, 2]}), tmp_path / "in/a.parquet")
    (tmp_path / "in/b.parquet").write_bytes(b"rubbish")
    pq.write_table(pa.table({"text": ["c"], "n": [3]}), tmp_path / "in/c.parquet")
    done = batch("in", "--out", "all.parquet", "--on-error", "skip", cwd=tmp_path, code=3)
    assert b"in/b.parquet: cannot be read as parquet" in done.stderr
    assert pq.read_table(tmp_path / "all.parquet").to_pydict() == {"text": [TEXT, "", "c"], "n": [1, 2, 3]}


def test_rows_that_cannot_be_read_are_left_out_and_told(tmp_path):
    (tmp_path / "a.parquet").write_bytes(damaged().read())
    done = batch("a.parquet", "--out", "b.parquet", "--on-error", "skip", cwd=tmp_path, code=3)
    assert b"cleaner: a.parquet: cannot be read as parquet: " in done.stderr
    assert b"(100 rows, from row 101 on)" in done.stderr
    assert b"cleaner: 300 documents, 0 changed, 0 words removed, 100 failed" in done.stderr
    assert pq.read_table(tmp_path / "b.parquet").column("n").to_pylist() == [*range(100), *range(200, 300)]


CSV = (
    '\ufeffid,"the ""title""",text,n\r\n'
    f'1,"a, b","{TEXT}\r\n\r\n{RESIDUE}\r\n",1.0\r\n'
    f'2,"line\nbreak",{TEXT},1e5\r\n'
    f'"3",,"{TEXT} He said ""no"", twice.\n\n{RESIDUE}",\r\n'
    "4,x,,007"
)


def test_a_csv_of_every_oddity_keeps_every_byte_but_the_residue(tmp_path):
    (tmp_path / "a.csv").write_bytes(CSV.encode())
    batch("a.csv", "--out", "b.csv", cwd=tmp_path)
    expected = CSV.replace(f"\r\n\r\n{RESIDUE}\r\n", "\r\n").replace(f"\n\n{RESIDUE}", "")
    assert (tmp_path / "b.csv").read_bytes().decode() == expected


def test_a_csv_without_residue_comes_out_byte_for_byte(tmp_path):
    data = CSV.replace(RESIDUE, "A decision was put off until spring.").encode()
    (tmp_path / "a.csv").write_bytes(data)
    batch("a.csv", "--out", "b.csv", cwd=tmp_path)
    assert (tmp_path / "b.csv").read_bytes() == data
