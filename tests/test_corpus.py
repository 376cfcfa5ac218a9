"""Commands that read a corpus read every container that a batch reads."""

import bz2
import gzip
import json

import pytest

from cleaner.batch.documents import documents
from cleaner.errors import InputError

TEXT = "The vote passed.\n\n- Advertisement -\n\nIt was close."


def texts(path):
    return [text for _, text in documents(str(path))]


def test_tables_and_compressed_records_are_read(tmp_path):
    (tmp_path / "a.csv").write_text(f'id,text\n1,"{TEXT}"\n', encoding="utf-8")
    (tmp_path / "b.tsv").write_text("id\ttext\n1\tA line.\n", encoding="utf-8")
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(json.dumps({"text": TEXT}).encode() + b"\n\n"))
    (tmp_path / "d.txt.bz2").write_bytes(bz2.compress(TEXT.encode()))
    assert texts(tmp_path) == [TEXT, "A line.", TEXT, TEXT]


def test_a_parquet_file_is_read(tmp_path):
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    pq.write_table(pa.table({"n": [1, 2], "text": [TEXT, "Another."]}), tmp_path / "a.parquet")
    assert texts(tmp_path / "a.parquet") == [TEXT, "Another."]


def test_an_archive_gives_its_texts(tmp_path):
    body = TEXT.encode()
    head = b"WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: %d\r\n\r\n" % len(body)
    (tmp_path / "a.wet").write_bytes(head + body + b"\r\n\r\n")
    assert texts(tmp_path / "a.wet") == [TEXT]


def test_the_pages_of_a_warc_come_as_text(tmp_path):
    pytest.importorskip("warcio")
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body><p>It was close.</p></body></html>"
    head = b"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http; msgtype=response\r\n"
    (tmp_path / "a.warc").write_bytes(head + b"Content-Length: %d\r\n\r\n" % len(page) + page + b"\r\n\r\n")
    (found,) = texts(tmp_path / "a.warc")
    assert found.strip() == "It was close."


def test_a_broken_record_is_told_with_its_place(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "Fine."}\n{"text": 7}\n', encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.jsonl:2: "):
        texts(tmp_path / "a.jsonl")


def test_a_truncated_archive_is_told(tmp_path):
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(b'{"text": "Fine."}\n' * 500)[:40])
    with pytest.raises(InputError, match=r"a\.jsonl\.gz.*ends too early"):
        texts(tmp_path / "a.jsonl.gz")
