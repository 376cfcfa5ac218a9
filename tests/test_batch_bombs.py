"""Input that would do harm through the command: bombs, and names that lead elsewhere."""

import bz2
import gzip
import json
import lzma
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="looks into /proc")
GOOD = b'{"text": "a text"}\n'
MEGABYTE = 1 << 20
ITSELF = """
import re, sys
from cleaner.cli import run
sys.argv = ["cleaner", *sys.argv[1:]]
code = run()
print(re.search(r"VmHWM:\\s+(\\d+) kB", open("/proc/self/status").read())[1])
sys.exit(code)
"""


def batch(folder, *args):
    """The command in a process that tells the most memory it had: its exit code, memory and messages."""
    command = [sys.executable, "-c", ITSELF, "batch", *args, "--workers", "1"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)
    return done.returncode, int(done.stdout or 0) * 1024, done.stderr


def bomb(opened, size):
    """A file of three records, the second of which is very long, as bytes."""
    with opened as file:
        file.write(GOOD)
        for _ in range(size):
            file.write(b" " * MEGABYTE)
        file.write(b"\n" + GOOD)


@pytest.fixture(scope="module")
def usual(tmp_path_factory):
    """The memory that a run takes for next to nothing."""
    folder = tmp_path_factory.mktemp("usual")
    (folder / "a.jsonl").write_bytes(GOOD)
    code, memory, _ = batch(folder, "a.jsonl", "--out", "b.jsonl")
    assert code == 0
    return memory


@pytest.mark.parametrize(("end", "opened"), [("gz", gzip.open), ("bz2", bz2.open), ("xz", lzma.open)])
def test_a_record_that_grows_out_of_all_bounds_fails_alone_and_takes_no_memory(tmp_path, usual, end, opened):
    name = f"a.jsonl.{end}"
    bomb(opened(tmp_path / name, "wb"), 150)
    assert (tmp_path / name).stat().st_size < MEGABYTE
    code, memory, told = batch(
        tmp_path, name, "--out", "b.jsonl", "--max-document", "5", "--on-error", "skip"
    )
    assert code == 3
    assert f"{name}:2: the document is longer than 5,000,000 bytes" in told
    assert (tmp_path / "b.jsonl").read_bytes() == GOOD * 2
    assert memory - usual < 50 * MEGABYTE


def test_what_is_too_long_is_not_kept_but_told(tmp_path):
    (tmp_path / "a.jsonl").write_bytes(GOOD + b"x" * 2_000_000 + b"\n" + GOOD)
    errors = ("--errors", "errors.jsonl", "--max-document", "1", "--on-error", "keep")
    code, _, told = batch(tmp_path, "a.jsonl", "--out", "b.jsonl", *errors)
    assert code == 3
    assert "so it is neither cleaned nor kept" in told
    (entry,) = map(json.loads, (tmp_path / "errors.jsonl").read_text().splitlines())
    assert entry["kept"] is False
    assert (tmp_path / "b.jsonl").read_bytes() == GOOD * 2


def test_a_page_whose_entities_its_encoding_has_not_is_cleaned_and_restored(tmp_path):
    page = "<html><body><p>Größe &rarr; Länge &#8230;</p><p>Ein Satz über die Brücke.</p></body></html>"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.html").write_bytes(page.encode("latin-1"))
    options = ("--encoding", "latin-1", "--ledger", "ledger.jsonl")
    assert batch(tmp_path, "in", "--out", "out", *options)[0] == 0
    assert "Größe → Länge …" in (tmp_path / "out" / "a.html").read_text("utf-8")
    command = [sys.executable, "-m", "cleaner", "restore", "out", "--ledger", "ledger.jsonl", "-o", "back"]
    assert subprocess.run(command, cwd=tmp_path, timeout=60, check=False).returncode == 0
    assert (tmp_path / "back" / "a.html").read_bytes() == page.encode("latin-1")


def test_a_text_that_begins_with_a_byte_order_mark_of_its_own_is_restored(tmp_path):
    page = "<html><body>\ufeff<p>The council met on Tuesday.</p></body></html>"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.html").write_text(page, encoding="utf-8")
    (tmp_path / "in" / "b.txt").write_text(
        "\ufeff\ufeffA text.\n\nSubscribe to our newsletter\n", encoding="utf-8"
    )
    before = {path.name: path.read_bytes() for path in (tmp_path / "in").iterdir()}
    assert batch(tmp_path, "in", "--out", "out", "--ledger", "ledger.jsonl")[0] == 0
    command = [sys.executable, "-m", "cleaner", "restore", "out", "--ledger", "ledger.jsonl", "-o", "back"]
    assert subprocess.run(command, cwd=tmp_path, timeout=60, check=False).returncode == 0
    assert {path.name: path.read_bytes() for path in (tmp_path / "back").iterdir()} == before


def test_a_folder_of_links_and_odd_names_is_read_once_and_written_within_its_output(tmp_path):
    source, out = tmp_path / "in", tmp_path / "out"
    (source / "sub").mkdir(parents=True)
    (tmp_path / "outside.txt").write_text("outside")
    (source / "new\nline.txt").write_text("a")
    (source / "sub" / "..b.txt").write_text("hidden by its dot")
    (source / "sub" / "c..txt").write_text("c")
    (source / "sub" / "up").symlink_to(tmp_path)
    (source / "link.txt").symlink_to(tmp_path / "outside.txt")
    (source / "nowhere.txt").symlink_to("nowhere")
    (source / "round.txt").symlink_to("round.txt")
    code, _, told = batch(tmp_path, "in", "--out", "out", "--on-error", "skip")
    assert code == 3
    assert "nowhere.txt: there is no such file" in told
    assert "round.txt: " in told
    assert "links to folders are not followed: 1" in told
    written = sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())
    assert written == ["link.txt", "new\nline.txt", "sub/c..txt"]
    assert not (out / "link.txt").is_symlink()
    assert all(line.startswith("cleaner: ") for line in told.splitlines())
    assert (tmp_path / "outside.txt").read_text() == "outside"
