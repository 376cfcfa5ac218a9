"""Batches in every format: what goes in, what comes out, and what a name converts."""

import bz2
import csv
import gzip
import io
import json
import lzma

import pytest
from batches import go, left, records
from test_cli import ARTICLE, CLEAN

from cleaner import workers
from cleaner.batch.job import Fields
from cleaner.errors import InputError

__all__ = ["go"]

PAGE = "<html><body><nav>Menu</nav><p>It rained all day.</p><p>Advertisement</p></body></html>"
PACK = {"": (bytes, bytes), ".gz": (gzip.compress, gzip.decompress), ".bz2": (bz2.compress, bz2.decompress),
        ".xz": (lzma.compress, lzma.decompress)}  # fmt: skip


def wet(*texts):
    whole = b""
    for number, text in enumerate(texts):
        body = text.encode()
        head = (
            f"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: https://example.com/{number}\r\n"
            f"WARC-Record-ID: <urn:uuid:0000-{number}>\r\nContent-Type: text/plain\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        whole += head.encode() + body + b"\r\n\r\n"
    return whole


def warc(*pages):
    whole = b""
    for number, page in enumerate(pages):
        body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + page.encode()
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: https://example.com/{number}\r\n"
            f"WARC-Date: 2024-05-01T00:00:00Z\r\nWARC-Record-ID: <urn:uuid:1111-{number}>\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        whole += head.encode() + body + b"\r\n\r\n"
    return whole


def table(*texts, delimiter=","):
    target = io.StringIO()
    lines = csv.writer(target, delimiter=delimiter, lineterminator="\r\n")
    lines.writerows([["id", "text", "note"], *([str(n), text, 'a "note"'] for n, text in enumerate(texts))])
    return target.getvalue().encode()


def rows(path, delimiter=","):
    text = path.read_bytes().decode()
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


@pytest.mark.parametrize("suffix", PACK)
@pytest.mark.parametrize("kind", ["txt", "jsonl", "csv", "tsv", "wet"])
def test_a_format_comes_back_with_only_its_texts_changed(go, tmp_path, kind, suffix):
    make = {
        "txt": lambda text: text.encode(),
        "jsonl": lambda text: records(text, CLEAN).encode(),
        "csv": lambda text: table(text, CLEAN),
        "tsv": lambda text: table(text, CLEAN, delimiter="\t"),
        "wet": lambda text: wet(text, CLEAN),
    }[kind]
    pack, unpack = PACK[suffix]
    (tmp_path / f"a.{kind}{suffix}").write_bytes(pack(make(ARTICLE)))
    tally, _ = go(f"a.{kind}{suffix}", out=f"b.{kind}{suffix}")
    assert unpack((tmp_path / f"b.{kind}{suffix}").read_bytes()) == make(CLEAN)
    assert tally.edited == 1
    assert left(tmp_path) == [f"a.{kind}{suffix}", f"b.{kind}{suffix}"]


def test_zstandard_is_read_and_written(go, tmp_path):
    zstandard = pytest.importorskip("zstandard")
    (tmp_path / "a.jsonl.zst").write_bytes(zstandard.ZstdCompressor().compress(records(ARTICLE).encode()))
    go("a.jsonl.zst", out="b.jsonl.zst")
    with zstandard.open(tmp_path / "b.jsonl.zst", "rb") as file:
        assert file.read() == records(CLEAN).encode()


def test_parquet_comes_back_with_only_its_texts_changed(go, tmp_path):
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    before = pa.table({"n": pa.array([1, 2, 3], pa.int8()), "text": [ARTICLE, CLEAN, "Read more"],
                       "tags": [["a"], None, []]})  # fmt: skip
    pq.write_table(before, tmp_path / "a.parquet")
    go("a.parquet", out="b.parquet")
    after = pq.read_table(tmp_path / "b.parquet")
    assert after.schema == before.schema
    assert after.column("text").to_pylist() == [CLEAN, CLEAN, ""]
    assert after.drop(["text"]).equals(before.drop(["text"]))
    assert left(tmp_path) == ["a.parquet", "b.parquet"]


def test_a_name_of_another_kind_converts(go, tmp_path):
    (tmp_path / "a.jsonl").write_text(records(ARTICLE, "Snow fell."))
    go("a.jsonl", out="b.csv.gz")
    go("b.csv.gz", out="c.tsv")
    go("c.tsv", out="d.wet")
    go("d.wet", out="e.jsonl.xz")
    go("e.jsonl.xz", out="f.txt")
    assert gzip.decompress((tmp_path / "b.csv.gz").read_bytes()).startswith(b'id,text\n0,"It rained')
    assert [row["text"] for row in rows(tmp_path / "c.tsv", "\t")] == [CLEAN, "Snow fell."]
    assert (tmp_path / "d.wet").read_bytes().count(b"WARC-Type: conversion") == 2
    lines = lzma.decompress((tmp_path / "e.jsonl.xz").read_bytes()).splitlines()
    assert [json.loads(line)["text"] for line in lines] == [CLEAN, "Snow fell."]
    assert (tmp_path / "f.txt").read_text() == CLEAN + "\nSnow fell.\n\n"


def test_records_become_parquet_and_parquet_records(go, tmp_path):
    pq = pytest.importorskip("pyarrow.parquet")
    (tmp_path / "a.jsonl").write_text(records(ARTICLE, "Snow fell."))
    go("a.jsonl", out="b.parquet")
    assert pq.read_table(tmp_path / "b.parquet").to_pylist() == [
        {"id": 0, "text": CLEAN},
        {"id": 1, "text": "Snow fell."},
    ]
    go("b.parquet", out="c.jsonl")
    assert (tmp_path / "c.jsonl").read_text() == records(CLEAN, "Snow fell.")


def test_pages_of_a_warc_become_texts(go, tmp_path):
    pytest.importorskip("warcio")
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.warc.gz").write_bytes(gzip.compress(warc(PAGE, PAGE)))
    go("in", out="out")
    assert left(tmp_path / "out") == ["a.warc.wet.gz"]
    texts = gzip.decompress((tmp_path / "out/a.warc.wet.gz").read_bytes())
    assert texts.count(b"\r\n\r\nIt rained all day.\r\n\r\n") == 2
    go("in/a.warc.gz", out="c.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "c.jsonl").read_text().splitlines()]
    assert [(line["url"], line["text"]) for line in lines] == [
        (f"https://example.com/{number}", "It rained all day.") for number in (0, 1)
    ]


def test_a_folder_of_texts_becomes_one_file_of_records(go, tmp_path):
    (tmp_path / "in/sub").mkdir(parents=True)
    (tmp_path / "in/a.txt").write_text(ARTICLE)
    (tmp_path / "in/sub/b.html").write_text(PAGE)
    go("in", out="all.jsonl", ledger="l.jsonl")
    assert [json.loads(line) for line in (tmp_path / "all.jsonl").read_text().splitlines()] == [
        {"id": "a.txt", "text": CLEAN},
        {"id": "sub/b.html", "text": "It rained all day."},
    ]
    assert left(tmp_path) == ["all.jsonl", "in/a.txt", "in/sub/b.html", "l.jsonl"]


def test_several_files_of_records_become_one(go, tmp_path):
    (tmp_path / "a.jsonl").write_text(records(ARTICLE).rstrip("\n"))
    (tmp_path / "b.jsonl").write_bytes(b"\xef\xbb\xbf" + records(CLEAN).encode())
    (tmp_path / "c.csv").write_bytes(table(ARTICLE))
    go("a.jsonl", "b.jsonl", out="ab.jsonl")
    assert (tmp_path / "ab.jsonl").read_text() == records(CLEAN) * 2
    go("a.jsonl", "c.csv", out="ac.csv")
    assert rows(tmp_path / "ac.csv") == [
        {"id": "0", "text": CLEAN, "note": ""},
        {"id": "0", "text": CLEAN, "note": 'a "note"'},
    ]


def test_several_parquet_files_become_one_with_their_types(go, tmp_path):
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    for name, texts in (("a", [ARTICLE, "Snow fell."]), ("b", [CLEAN])):
        found = pa.table({"n": pa.array(range(len(texts)), pa.uint16()), "text": texts})
        pq.write_table(found, tmp_path / f"{name}.parquet")
    go("a.parquet", "b.parquet", out="ab.parquet", drop_states=("cut",))
    after = pq.read_table(tmp_path / "ab.parquet")
    assert after.schema.field("n").type == pa.uint16()
    assert after.column("text").to_pylist() == [CLEAN, "Snow fell.", CLEAN]


def test_patterns_and_many_names_keep_their_names(go, tmp_path):
    for name in ("a1.txt", "a2.txt", "b.txt"):
        (tmp_path / name).write_text(ARTICLE)
    go("a*.txt", "b.txt", out="out")
    assert left(tmp_path / "out") == ["a1.txt", "a2.txt", "b.txt"]


def test_a_container_that_is_said_counts_more_than_the_name(go, tmp_path):
    (tmp_path / "corpus").write_text(records(ARTICLE))
    go("corpus", out="b.jsonl", container="jsonl")
    assert (tmp_path / "b.jsonl").read_text() == records(CLEAN)
    (tmp_path / "in").mkdir()
    (tmp_path / "in/part-0").write_text(records(ARTICLE))
    go("in", out="out/", container="jsonl")
    assert (tmp_path / "out/part-0").read_text() == records(CLEAN)


def test_fields_within_fields_are_reached(go, tmp_path):
    line = '{"article": {"body": %s, "n": 1.50}, "meta": {"id": "x", "address": "https://example.com/a"}}\n'
    (tmp_path / "a.jsonl").write_text(line % json.dumps(ARTICLE))
    fields = Fields(text="article.body", id="meta.id", url="meta.address")
    go("a.jsonl", out="b.jsonl", fields=fields, ledger="l.jsonl")
    assert (tmp_path / "b.jsonl").read_text() == line % json.dumps(CLEAN)
    assert json.loads((tmp_path / "l.jsonl").read_text().splitlines()[1])["id"] == "x"


def test_an_encoding_that_is_said_stays(go, tmp_path):
    (tmp_path / "a.csv").write_bytes(table(ARTICLE + "caf\u00e9\n").decode().encode("cp1252"))
    go("a.csv", out="b.csv", encoding="cp1252")
    assert (tmp_path / "b.csv").read_bytes() == table(CLEAN + "caf\u00e9\n").decode().encode("cp1252")


def test_an_encoding_that_is_found_is_told(go, tmp_path):
    pytest.importorskip("charset_normalizer")
    text = (
        "Der S\u00fcdwind brachte gr\u00f6\u00dfere Sch\u00e4den \u00fcber das Tal und die D\u00f6rfer. " * 9
    )
    (tmp_path / "a.txt").write_bytes((text + "\n\nRead more\n").encode("cp1252"))
    _, told = go("a.txt", out="b.txt")
    assert any("not UTF-8; read as cp125" in line for line in told)
    assert (tmp_path / "b.txt").read_bytes() == (text + "\n").encode("cp1252")


def test_a_csv_with_quotes_breaks_and_a_byte_order_mark_keeps_its_other_bytes(go, tmp_path):
    source = (
        b"\xef\xbb\xbf" + b'"id";text;"odd ""name"""\r\n1;"%s";"a\r\nb;"\r\n\r\n"2";Snow fell.; x \r\n3;"";\n'
    )
    (tmp_path / "a.csv").write_bytes(source % ARTICLE.encode())
    go("a.csv", out="b.csv")
    assert (tmp_path / "b.csv").read_bytes() == source % CLEAN.encode()


def test_a_column_of_its_own_leaves_the_text(go, tmp_path):
    (tmp_path / "a.csv").write_bytes(table(ARTICLE))
    go("a.csv", out="b.csv", fields=Fields(out="clean"))
    (row,) = rows(tmp_path / "b.csv")
    assert (row["text"], row["clean"]) == (ARTICLE, CLEAN)


def test_a_warc_is_no_target_and_parquet_no_stream(go, tmp_path):
    (tmp_path / "a.jsonl").write_text(records(ARTICLE))
    with pytest.raises(InputError, match="outputs are written to files here"):
        go("a.jsonl", out="s3://bucket/b.jsonl")
    with pytest.raises(InputError, match=r"a WARC cannot be written; name it \.wet"):
        go("a.jsonl", out="b.warc")
    pytest.importorskip("pyarrow")
    (tmp_path / "a.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match="cannot be written to standard output"):
        go("a.parquet", out="-")
    assert left(tmp_path) == ["a.jsonl", "a.parquet"]


def test_an_output_that_is_an_input_by_another_name_is_refused(go, tmp_path):
    (tmp_path / "a.jsonl").write_text(records(ARTICLE))
    (tmp_path / "b.jsonl").hardlink_to(tmp_path / "a.jsonl")
    with pytest.raises(InputError, match="the output is an input"):
        go("a.jsonl", out="b.jsonl", overwrite=True)
    for side in ("ledger", "report", "errors"):
        with pytest.raises(InputError, match=f"the {side} is an input"):
            go("a.jsonl", out="c.jsonl", **{side: "b.jsonl"})
    assert (tmp_path / "a.jsonl").read_text() == records(ARTICLE)


def test_the_number_of_workers_changes_no_byte_of_any_format(go, tmp_path, monkeypatch):
    pa = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    monkeypatch.setattr(workers, "CHUNK", 600)
    stories = [f"{ARTICLE}\nStory {number}.\n" for number in range(20)]
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.jsonl.gz").write_bytes(gzip.compress(records(*stories).encode()))
    (tmp_path / "in/b.csv").write_bytes(table(*stories))
    (tmp_path / "in/c.wet.xz").write_bytes(lzma.compress(wet(*stories)))
    pq.write_table(pa.table({"text": stories}), tmp_path / "in/d.parquet")
    for number, text in enumerate(stories):
        (tmp_path / f"in/{number}.txt").write_text(text)
    for count in (1, 2):
        go("in", out=f"out{count}", ledger=f"l{count}.jsonl", workers=count, dedup="both")
    for name in left(tmp_path / "out1"):
        assert (tmp_path / "out1" / name).read_bytes() == (tmp_path / "out2" / name).read_bytes(), name
    assert len(left(tmp_path / "out1")) == len(left(tmp_path / "out2")) == 24
    assert (tmp_path / "l1.jsonl").read_bytes() == (tmp_path / "l2.jsonl").read_bytes()


@pytest.mark.parametrize("kind", ["jsonl", "csv", "tsv", "wet"])
def test_a_source_with_nothing_in_it_becomes_an_output_with_nothing_in_it(go, tmp_path, kind):
    (tmp_path / f"a.{kind}").write_bytes(b"")
    go(f"a.{kind}", out=f"b.{kind}")
    go(f"a.{kind}", out=f"b.{kind}.gz")
    go(f"a.{kind}", out=f"c.{'csv' if kind != 'csv' else 'jsonl'}", overwrite=True)
    assert (tmp_path / f"b.{kind}").read_bytes() == b""
    assert gzip.decompress((tmp_path / f"b.{kind}.gz").read_bytes()) == b""
    assert (tmp_path / f"c.{'csv' if kind != 'csv' else 'jsonl'}").read_bytes() == b""
