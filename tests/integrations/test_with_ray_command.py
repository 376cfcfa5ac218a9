"""``cleaner batch --engine ray``: the same options and the same output as without."""

import json
import signal
import subprocess
import sys
import time

import pytest
from corpus import cleaned, library, texts

library("ray")

LINES = [json.dumps({"id": n, "n": 1.50, "text": text}) for n, text in enumerate(texts())]


def run(*words, code=0):
    command = [sys.executable, "-m", "cleaner", *map(str, words)]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert done.returncode == code, done.stderr
    return done.stderr.splitlines()


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A corpus of three containers, with a record that is none, and two copies of each text."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = tmp_path_factory.mktemp("place")
    (folder / "src").mkdir()
    (folder / "src/a.jsonl").write_text("\n".join([*LINES, "not json"]) + "\n")
    pq.write_table(pa.table({"text": texts(), "x": [[1]] * len(texts())}), folder / "src/b.parquet")
    (folder / "src/c.txt").write_text("A text of its own.\n\nRead more\n")
    return folder


def files(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_output_ledger_errors_and_summary_are_those_of_the_local_engine(place):
    told = []
    for engine in ("local", "ray"):
        options = [
            "--engine",
            engine,
            "--workers",
            2,
            "--on-error",
            "skip",
            "--timeout",
            100,
            "--dedup",
            "documents",
        ]
        more = ["--ledger", place / f"{engine}.jsonl", "--errors", place / f"{engine}-errors.jsonl"]
        told.append(run("batch", place / "src", "--out", place / engine, *options, *more, code=3))
    assert files(place / "local") == files(place / "ray")
    assert set(files(place / "ray")) == {"a.jsonl", "b.parquet", "c.txt"}
    assert told[0] == told[1]
    assert (place / "local.jsonl").read_bytes() == (place / "ray.jsonl").read_bytes()
    assert (place / "local-errors.jsonl").read_bytes() == (place / "ray-errors.jsonl").read_bytes()
    rows = [json.loads(line) for line in (place / "ray/a.jsonl").read_text().splitlines()]
    assert all(row["text"] == cleaned()[row["id"]] for row in rows)


def test_a_run_that_is_interrupted_goes_on(place):
    source, out = place / "long.jsonl", place / "long-out.jsonl"
    source.write_text("\n".join(LINES * 200) + "\n")
    words = ["batch", source, "--out", out, "--engine", "ray", "--workers", "2"]
    with subprocess.Popen(
        [sys.executable, "-m", "cleaner", *map(str, words)], stderr=subprocess.PIPE
    ) as process:
        until = time.monotonic() + 120
        while time.monotonic() < until and not (place / ".long-out.jsonl.cleaner-journal").exists():
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 130, process.stderr.read()
    assert not out.exists()
    assert any("goes on after" in line for line in run(*words, "--resume"))
    rows = [json.loads(line)["text"] for line in out.read_text().splitlines()]
    assert rows == cleaned() * 200


def test_a_cluster_that_is_not_there_is_told_in_one_line(place):
    words = ["batch", place / "src", "--out", place / "none", "--engine", "ray", "--address", "127.0.0.1:9"]
    (line,) = run(*words, code=2)
    assert line.startswith("cleaner: Ray cannot be reached at 127.0.0.1:9: ")
    (line,) = run(*words[:-1], "auto", code=2)
    assert line.startswith("cleaner: Ray cannot be reached at auto: ")
    assert not (place / "none").exists()
