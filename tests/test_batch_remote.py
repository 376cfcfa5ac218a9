"""Sources elsewhere through the command: folders, files of the web, and what is not there."""

import functools
import gzip
import http.server
import json
import sys
import threading

import pytest

from cleaner.cli import run

fsspec = pytest.importorskip("fsspec")
RESIDUE = "A text.\nSubscribe to our newsletter\n"
CLEAN = "A text.\n"


@pytest.fixture
def go(monkeypatch, capsys):
    """Runs the command in this process, where a file system in memory is: exit code and messages."""

    def ran(*args):
        monkeypatch.setattr(sys, "argv", ["cleaner", "batch", *map(str, args), "--workers", "1"])
        return run(), capsys.readouterr().err

    return ran


@pytest.fixture
def memory():
    """A file system in memory, empty."""
    system = fsspec.filesystem("memory")
    system.store.clear()
    yield system
    system.store.clear()


def test_a_folder_elsewhere_is_cleaned_into_one_here(go, memory, tmp_path):
    line = json.dumps({"text": RESIDUE}).encode() + b"\n"
    memory.pipe("/c/a.jsonl", line)
    memory.pipe("/c/sub/b.jsonl.gz", gzip.compress(line * 3))
    memory.pipe("/c/c.txt", RESIDUE.encode())
    assert go("memory://c", "--out", tmp_path / "out")[0] == 0
    assert (tmp_path / "out/c.txt").read_text() == CLEAN
    assert json.loads((tmp_path / "out/a.jsonl").read_text())["text"] == CLEAN
    assert gzip.decompress((tmp_path / "out/sub/b.jsonl.gz").read_bytes()).count(b"newsletter") == 0


def test_a_folder_elsewhere_with_one_file_makes_a_folder_too(go, memory, tmp_path):
    memory.pipe("/c/a.txt", RESIDUE.encode())
    assert go("memory://c", "--out", tmp_path / "out")[0] == 0
    assert (tmp_path / "out/a.txt").read_text() == CLEAN


def test_what_is_not_elsewhere_is_one_line_and_exit_code_2(go, memory, tmp_path):
    assert memory.store == {}
    code, told = go("memory://none.txt", "--out", tmp_path / "out.txt")
    assert (code, told.count("\n")) == (2, 1)
    assert "there is no such file" in told


def test_parquet_elsewhere_comes_back_with_its_columns(go, memory, tmp_path):
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    with memory.open("/a.parquet", "wb") as file:
        pq.write_table(pa.table({"text": [RESIDUE, "x"], "n": [1, 2]}), file)
    assert go("memory://a.parquet", "--out", tmp_path / "b.parquet")[0] == 0
    assert pq.read_table(tmp_path / "b.parquet").to_pydict() == {"text": [CLEAN, "x"], "n": [1, 2]}


@pytest.fixture
def web(tmp_path):
    """A web server over a folder that gives no parts of files."""
    pytest.importorskip("aiohttp")
    folder = tmp_path / "web"
    folder.mkdir()

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_files_of_the_web_are_cleaned(go, web, tmp_path):
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    folder, address = web
    (folder / "a.jsonl.gz").write_bytes(gzip.compress(json.dumps({"text": RESIDUE}).encode() + b"\n"))
    pq.write_table(pa.table({"text": [RESIDUE], "n": [1]}), folder / "b.parquet")
    assert go(f"{address}/a.jsonl.gz?x=1", f"{address}/b.parquet", "--out", tmp_path / "out")[0] == 0
    assert gzip.decompress((tmp_path / "out/a.jsonl.gz").read_bytes()) == b'{"text": "A text.\\n"}\n'
    assert pq.read_table(tmp_path / "out/b.parquet").to_pydict() == {"text": [CLEAN], "n": [1]}


def test_a_file_that_the_web_has_not_fails_alone(go, web, tmp_path):
    folder, address = web
    (folder / "a.txt").write_text(RESIDUE)
    code, told = go(
        f"{address}/a.txt", f"{address}/none.txt", "--out", tmp_path / "out", "--on-error", "skip"
    )
    assert code == 3
    assert f"{address}/none.txt" in told
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["a.txt"]
