"""The recipes of the page on batches run as they stand there, in their order."""

import gzip
import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from batches import left, records
from test_batch_formats import PAGE, rows, table, warc, wet
from test_cli import ARTICLE, CLEAN

ROOT = Path(__file__).parents[1]
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", (ROOT / "docs/batch.md").read_text("utf-8"), re.DOTALL)
    for line in block.splitlines()
]
CUT = "The council met on Monday to hear the plan for the bridge.\n\nThe mayor said that the [\u2026]\n"
ERROR = "404 Not Found\n\nThe page you requested could not be found.\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder as the page sees it, after all its commands."""
    for package in ("pyarrow", "warcio", "zstandard"):
        pytest.importorskip(package)
    folder = tmp_path_factory.mktemp("recipes")
    fill(folder)
    command = folder / "bin" / "cleaner"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cleaner "$@"\n')
    command.chmod(command.stat().st_mode | stat.S_IXUSR)
    env = {**os.environ, "PATH": f"{command.parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    for line in COMMANDS:
        words = ["bash", "-o", "pipefail", "-c", line]
        process = subprocess.run(words, cwd=folder, env=env, capture_output=True, check=False)
        assert process.returncode == 0, f"{line}: {process.stderr.decode()}"
    return folder


def fill(folder):
    import pyarrow as pa
    import pyarrow.parquet as pq

    (folder / "articles/old").mkdir(parents=True)
    (folder / "articles/a.txt").write_text(ARTICLE)
    (folder / "articles/old/b.html").write_text(PAGE)
    nested = {"article": {"body": ARTICLE}, "meta": {"url": "https://example.com/a"}}
    (folder / "corpus.jsonl.gz").write_bytes(gzip.compress(json.dumps(nested).encode() + b"\n"))
    (folder / "lines.jsonl.gz").write_bytes(gzip.compress(records(ARTICLE, CUT, CLEAN).encode()))
    (folder / "crawl.warc.wet.gz").write_bytes(gzip.compress(wet(ARTICLE, ERROR)))
    (folder / "crawl.warc.gz").write_bytes(gzip.compress(warc(PAGE)))
    (folder / "data").mkdir()
    for number in (0, 1):
        found = pa.table({"n": pa.array([number], pa.int8()), "text": [ARTICLE]})
        pq.write_table(found, folder / f"data/train-{number}.parquet")
    (folder / "table.csv").write_bytes(table(ARTICLE))


def texts(path):
    return [json.loads(line)["text"] for line in gzip.decompress(path.read_bytes()).splitlines()]


def test_there_are_recipes():
    assert len(COMMANDS) >= 16


def test_the_recipes_do_what_the_page_says(place):
    assert left(place / "cleaned") == ["a.txt", "old/b.html"]
    assert (place / "cleaned/a.txt").read_text() == CLEAN
    (nested,) = map(json.loads, gzip.decompress((place / "clean.jsonl.gz").read_bytes()).splitlines())
    assert nested["article"]["body"] == CLEAN
    assert texts(place / "articles.jsonl.gz") == [CLEAN]
    assert texts(place / "pages.jsonl.gz") == ["It rained all day."]
    whole = [CLEAN, CUT.replace(" [\u2026]", ""), CLEAN]
    assert texts(place / "piped.jsonl.gz") == texts(place / "long.jsonl.gz") == whole
    assert len((place / "whole.jsonl").read_text().splitlines()) == 2
    assert len((place / "cut.jsonl").read_text().splitlines()) == 1
    assert len((place / "unique.jsonl").read_text().splitlines()) == 2
    assert gzip.decompress((place / "back.jsonl.gz").read_bytes()).decode() == records(ARTICLE, CUT, CLEAN)
    assert "<html" in (place / "report.html").read_text()
    assert not [name for name in left(place) if "/." in name or name.startswith(".")]


def test_the_parquet_of_the_recipes_keeps_its_types(place):
    pq = pytest.importorskip("pyarrow.parquet")
    assert left(place / "data-clean") == ["train-0.parquet", "train-1.parquet"]
    whole = pq.read_table(place / "all.parquet")
    assert whole.schema.field("n").type == "int8"
    assert whole.to_pylist() == [{"n": 0, "text": CLEAN}, {"n": 1, "text": CLEAN}]
    assert rows(place / "table.csv")[0]["text"] == ARTICLE
    assert pq.read_table(place / "articles.parquet").column("id").to_pylist() == ["a.txt", "old/b.html"]
