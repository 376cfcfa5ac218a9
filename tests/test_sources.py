"""What names stand for: files here and elsewhere, folders, patterns; and names that would do harm."""

import functools
import http.server
import os
import sys
import threading
from pathlib import Path

import pytest

from cleaner import files, remote
from cleaner.batch import reading, sources
from cleaner.batch.containers import names
from cleaner.batch.containers.stream import Stream
from cleaner.errors import InputError


def found(*given, **options):
    return [(source.path, source.name) for source in sources.find(list(map(str, given)), **options)]


def tree(folder, *paths):
    for path in paths:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text("text")
    return folder


@pytest.mark.parametrize(
    ("name", "container", "compression"),
    [
        ("a.txt", "txt", ""), ("a.HTML", "txt", ""), ("a.md.gz", "txt", "gz"), ("a.jsonl", "jsonl", ""),
        ("a.ndjson.zst", "jsonl", "zst"), ("x/a.csv.BZ2", "csv", "bz2"), ("a.tsv.xz", "tsv", "xz"),
        ("a.parquet", "parquet", ""), ("a.warc.gz", "warc", "gz"), ("CC-MAIN.warc.wet.gz", "wet", "gz"),
        ("a.jsonl.d/b", "", ""), ("a", "", ""), (".jsonl", "", ""), ("a.gz", "", "gz"),
        ("s3://b/a.jsonl.gz", "jsonl", "gz"), ("https://h/a.csv?key=x.parquet#y", "csv", ""),
        ("a\nb.csv", "csv", ""), ("C:\\a\\b.pq", "parquet", ""),
    ],
)  # fmt: skip
def test_a_name_tells_what_a_file_holds(name, container, compression):
    form = names.form_of(name)
    assert (form.container, form.compression) == (container, compression)


def test_a_container_that_is_said_wins_over_the_name():
    assert names.form_of("a.txt.gz", "jsonl") == names.Form("jsonl", "gz")
    assert names.form_of("a.html", "txt").page
    assert not names.form_of("a.html", "jsonl").page


def test_a_folder_gives_its_tree_in_order_without_hidden_files(tmp_path):
    tree(tmp_path, "b.txt", "a/c.jsonl", "a/b/d.md", ".hidden/e.txt", ".f.txt", "a.txt")
    assert [name for _, name in found(tmp_path)] == ["a.txt", "b.txt", "a/c.jsonl", "a/b/d.md"]


def test_what_a_folder_holds_and_is_not_read_is_told(tmp_path):
    tree(tmp_path, "a.txt", "b.pdf", "c.PDF", "d", "sub/e.docx", "other/f.txt")
    (tmp_path / "link").symlink_to(tmp_path / "other")
    told = []
    assert [name for _, name in found(tmp_path, tell=told.append)] == ["a.txt", "other/f.txt"]
    assert told == [
        "files of kinds that are not read are left out: 2 .pdf, 1 without an ending, 1 .docx",
        "links to folders are not followed: 1",
    ]


def test_a_folder_that_holds_itself_ends(tmp_path):
    tree(tmp_path, "a.txt", "deep/b.txt")
    (tmp_path / "deep/loop").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(".")
    assert [name for _, name in found(tmp_path)] == ["a.txt", "deep/b.txt"]


def test_a_link_to_a_file_is_read_under_its_own_name(tmp_path):
    tree(tmp_path, "in/x.txt", "blob")
    (tmp_path / "in/a.txt").symlink_to(tmp_path / "blob")
    assert [name for _, name in found(tmp_path / "in")] == ["a.txt", "x.txt"]


@pytest.mark.parametrize("target", ["missing", "a.txt"])
def test_a_link_that_leads_nowhere_is_a_source_and_told_when_read(tmp_path, target):
    (tmp_path / "a.txt").symlink_to(target)
    ((path, name),) = found(tmp_path)
    assert name == "a.txt"
    with pytest.raises(InputError, match=r"a\.txt: "):
        files.opened(path)


def test_what_is_no_plain_file_is_left_out(tmp_path):
    tree(tmp_path, "a.txt")
    os.mkfifo(tmp_path / "pipe.txt")
    assert [name for _, name in found(tmp_path)] == ["a.txt"]


@pytest.mark.parametrize("name", ["new\nline.txt", " .txt", "-.txt", "ü\u202e.txt", "[a]*?.txt", "a://b.txt"])
def test_odd_names_are_files_like_others(tmp_path, name):
    if "/" in name:
        tree(tmp_path, name)
        name = name.replace("//", "/")
    (tmp_path / name).write_text("text")
    assert found(tmp_path) == [(str(tmp_path / name), name)]
    assert found(tmp_path / name) == [(str(tmp_path / name), Path(name).name)]
    assert files.read_bytes(str(tmp_path / name)) == b"text"


def test_names_that_are_not_utf_8_are_files_like_others(tmp_path):
    name = os.fsdecode(b"caf\xe9.txt")
    try:
        (tmp_path / name).write_text("text")
    except OSError:
        pytest.skip("the file system wants UTF-8")
    ((path, given),) = found(tmp_path)
    assert given == name
    assert files.read_bytes(path) == b"text"


def test_a_pattern_gives_its_files_sorted(tmp_path):
    tree(tmp_path, "b.txt", "a.txt", "c.md", "sub/d.txt", "x.txt/inside.md")
    assert [name for _, name in found(tmp_path / "*.txt")] == ["a.txt", "b.txt"]
    assert [name for _, name in found(tmp_path / "**/*.txt")] == ["a.txt", "b.txt", "d.txt"]


@pytest.mark.parametrize("name", ["missing.txt", "*.none", "a/b", "x" * 5000, "nul\0", "~nobody"])
def test_a_name_that_is_nothing_is_an_error_of_one_line(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as error:
        found(name)
    assert str(error.value).startswith(f"{name}: ")


def test_a_folder_that_cannot_be_read_is_told(tmp_path, monkeypatch):
    tree(tmp_path, "a.txt", "sub/b.txt")
    scan = os.scandir

    def denied(path):
        if str(path).endswith("sub"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", denied)
    with pytest.raises(InputError, match="sub: cannot be read: Permission denied"):
        found(tmp_path)


@pytest.mark.parametrize(
    ("module", "name", "extra"),
    [
        ("zstandard", "a.txt.zst", "zstd"),
        ("pyarrow.parquet", "a.parquet", "parquet"),
        ("warcio", "a.warc", "warc"),
    ],
)
def test_a_package_that_is_missing_is_told_with_its_extra(monkeypatch, module, name, extra):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(InputError, match=rf"needs a package: pip install 'article-cleaner\[{extra}\]'"):
        reading.needed([names.form_of(name)])


@pytest.fixture
def memory():
    """A file system in memory, empty."""
    system = pytest.importorskip("fsspec").filesystem("memory")
    system.store.clear()
    yield system
    system.store.clear()


def test_files_elsewhere_are_found_by_their_address(memory):
    for path in ("/c/b.jsonl.gz", "/c/a.txt", "/c/sub/d.txt", "/c/e.pdf", "/c/.hid.txt"):
        memory.pipe(path, b"text")
    assert found("memory://c/a.txt") == [("memory://c/a.txt", "a.txt")]
    assert found("memory://c/*.txt") == [("memory:///c/a.txt", "a.txt")]
    told = []
    assert [name for _, name in found("memory://c", tell=told.append)] == ["a.txt", "sub/d.txt"]
    assert any("1 .pdf" in line for line in told)


@pytest.mark.parametrize("path", ["/c/../../x.txt", "/c/sub/../../../etc/x.txt"])
def test_a_name_elsewhere_that_leads_out_of_its_folder_is_refused(memory, path):
    memory.store[path] = memory.open("/c/a.txt", "wb")
    with pytest.raises(InputError, match="its name leads out of its folder"):
        found("memory://c")


def test_bytes_elsewhere_are_read_and_gone_back_to(memory):
    memory.pipe("/a.jsonl", b"one\ntwo\n" * 100_000)
    assert files.size("memory://a.jsonl") == 800_000
    assert files.read_bytes("memory://a.jsonl") == b"one\ntwo\n" * 100_000
    with Stream("memory://a.jsonl", "") as stream:
        stream.go_to(400_004)
        assert stream.readline() == b"two\n"


def test_a_file_address_is_a_file(tmp_path):
    pytest.importorskip("fsspec")
    tree(tmp_path, "a.txt")
    assert found(f"file://{tmp_path}/a.txt") == [(f"file://{tmp_path}/a.txt", "a.txt")]
    assert files.read_bytes(f"file://{tmp_path}/a.txt") == b"text"


@pytest.mark.parametrize(
    ("address", "why"),
    [
        ("memory://missing.txt", "there is no such file, folder or pattern"),
        ("memory://missing/*.txt", ""),
        ("nowhere://a/b.txt", "Protocol not known: nowhere"),
    ],
)
def test_an_address_that_is_nothing_is_an_error_of_one_line(memory, address, why):
    assert memory.store == {}
    if not why:
        assert found(address) == []
        return
    with pytest.raises(InputError, match=why) as error:
        found(address)
    assert str(error.value).startswith(f"{address}: ")


def test_a_place_whose_package_is_missing_is_told(monkeypatch):
    pytest.importorskip("fsspec")
    monkeypatch.setitem(sys.modules, "s3fs", None)
    with pytest.raises(
        InputError, match=r"^s3://bucket/a.txt: needs another package: Install s3fs to access S3"
    ):
        found("s3://bucket/a.txt")


def test_without_fsspec_an_address_is_one_clear_line(monkeypatch):
    for name in ("fsspec", "fsspec.core"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(InputError, match=r"need a package: pip install 'article-cleaner\[cloud\]'"):
        found("s3://bucket/a.txt")


@pytest.fixture
def web(tmp_path):
    """A web server over a folder."""
    pytest.importorskip("aiohttp")
    pytest.importorskip("fsspec")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(tmp_path))
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_file_of_the_web_is_read(tmp_path, web):
    (tmp_path / "a b.jsonl").write_bytes(b'{"text": "x"}\n' * 50_000)
    address = f"{web}/a%20b.jsonl?download=1"
    assert found(address) == [(address, "a b.jsonl")]
    with Stream(address, "") as stream:
        stream.go_to(14)
        assert stream.readline() == b'{"text": "x"}\n'
        assert len(stream.read(10_000_000)) == 14 * 49_998


def test_a_file_that_the_web_has_not_is_an_error_of_one_line(web):
    with pytest.raises(InputError, match=f"^{web}/none"):
        files.opened(f"{web}/none.txt")


def test_a_place_that_breaks_off_is_told_as_a_fault():
    class Broken:
        def read(self, _size):
            raise RuntimeError("the line is dead\nand gone")

        def close(self):
            pass

    with pytest.raises(OSError, match=r"^the line is dead$"):
        remote._Raw(Broken(), seeks=False).readinto(bytearray(10))
