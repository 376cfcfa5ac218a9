"""Bytes of sources: every compression, in members, cut off, damaged, and out of all proportion."""

import bz2
import gzip
import io
import lzma
import os
import tracemalloc
from types import SimpleNamespace

import pytest

from cleaner.batch.containers import stream as streams
from cleaner.batch.containers.stream import Stream
from cleaner.errors import InputError


def zst(data):
    return pytest.importorskip("zstandard").ZstdCompressor(write_checksum=True).compress(data)


PACK = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zst}
KINDS = sorted(PACK)
LINES = b"".join(b"line %d of the text\n" % number for number in range(20_000))
compressed = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture
def source(tmp_path):
    """A file with the bytes given, and how it is compressed."""

    def made(data, kind):
        path = tmp_path / f"a.{kind or 'txt'}"
        path.write_bytes(data)
        return str(path), kind

    return made


def whole(path, kind):
    with Stream(path, kind) as stream:
        return stream.read(1 << 40), stream.fault


@compressed
def test_what_was_compressed_comes_back(source, kind):
    assert whole(*source(PACK[kind](LINES), kind)) == (LINES, "")


@compressed
def test_members_in_a_row_are_one_stream(source, kind):
    data = PACK[kind](b"one\n") + PACK[kind](b"") + PACK[kind](LINES) + PACK[kind](b"three")
    assert whole(*source(data, kind)) == (b"one\n" + LINES + b"three", "")


@compressed
def test_many_small_members_are_read(source, kind):
    assert whole(*source(PACK[kind](b"x\n") * 3000, kind)) == (b"x\n" * 3000, "")


@compressed
def test_a_file_of_nothing_compressed_is_empty(source, kind):
    assert whole(*source(PACK[kind](b""), kind)) == (b"", "")


@compressed
def test_a_file_without_a_byte_ends_too_early(source, kind):
    assert whole(*source(b"", kind)) == (b"", f"the {kind} data ends too early")


@compressed
def test_what_comes_before_the_cut_is_read_and_the_cut_is_told(source, kind):
    noise = b"".join(b"%d\n" % (number * 7919 % 100_003) for number in range(60_000))
    packed = PACK[kind](noise)
    for share in (0.05, 0.5, 0.99):
        data, fault = whole(*source(packed[: int(len(packed) * share)], kind))
        assert noise.startswith(data)
        assert fault == f"the {kind} data ends too early"
    assert len(data) > len(noise) / 2 or kind == "bz2"  # of which all this is one block


@compressed
def test_a_cut_in_any_byte_of_a_small_file_is_told(source, kind):
    packed = PACK[kind](b"some text\n")
    for size in range(len(packed)):
        data, fault = whole(*source(packed[:size], kind))
        assert b"some text\n".startswith(data)
        assert fault


@compressed
def test_a_cut_in_a_later_member_keeps_those_before(source, kind):
    packed = PACK[kind](b"one\n")
    data, fault = whole(*source(packed + PACK[kind](LINES)[:-9], kind))
    assert data.startswith(b"one\n")
    assert fault == f"the {kind} data ends too early"


@compressed
def test_what_follows_the_data_and_is_none_is_told(source, kind):
    data, fault = whole(*source(PACK[kind](b"one\n") + b"rubbish that is no member", kind))
    assert data == b"one\n"
    assert fault.startswith(f"the {kind} data is damaged: ")


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz"])
def test_zeros_after_the_data_are_padding(source, kind):
    assert whole(*source(PACK[kind](b"one\n") + bytes(1000), kind)) == (b"one\n", "")


@compressed
def test_damage_in_the_middle_ends_the_stream_and_is_told(source, kind):
    packed = bytearray(PACK[kind](os.urandom(400_000)))
    packed[200_000:200_100] = bytes(100)
    data, fault = whole(*source(bytes(packed), kind))
    assert fault.startswith(f"the {kind} data ")
    assert len(data) <= 400_000


@compressed
@pytest.mark.parametrize("at", [0, 5, 300_000])
def test_reading_goes_on_from_a_place(source, kind, at):
    for path, how in (source(LINES, ""), source(PACK[kind](LINES), kind)):
        with Stream(path, how) as stream:
            stream.go_to(at)
            assert stream.at == at
            assert stream.readline() == LINES[at : LINES.index(b"\n", at) + 1]


def test_a_place_after_the_end_is_the_end(source):
    with Stream(*source(LINES, "")) as stream:
        stream.go_to(10**17)
        assert stream.readline() == b""


def packing(target, kind):
    if kind == "zst":
        return pytest.importorskip("zstandard").ZstdCompressor().stream_writer(target, closefd=False)
    if kind == "gz":
        return gzip.GzipFile(fileobj=target, mode="wb")
    return bz2.BZ2File(target, "wb") if kind == "bz2" else lzma.LZMAFile(target, "wb", preset=0)


@compressed
def test_a_bomb_takes_no_memory(source, kind):
    bomb = io.BytesIO()
    with packing(bomb, kind) as engine:
        for _ in range(60):
            engine.write(bytes(1 << 20))
    path, _ = source(bomb.getvalue(), kind)
    with Stream(path, kind, longest=100_000) as stream:
        tracemalloc.start()
        line = stream.readline()
        stream.rest_of_line()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(line) == 100_001
        assert stream.at == 60 << 20
    assert peak < (80 if kind == "zst" else 8) << 20  # zstd gives 32 MB for 1 KB


def test_much_asked_of_little_takes_no_memory(source):
    with Stream(*source(b"little", "")) as stream:
        tracemalloc.start()
        assert stream.read(250_000_000) == b"little"
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
        tracemalloc.stop()


@compressed
def test_standard_input_is_decompressed_by_its_first_bytes(monkeypatch, kind):
    data = io.BufferedReader(io.BytesIO(PACK[kind](LINES)))
    monkeypatch.setattr(streams.sys, "stdin", SimpleNamespace(buffer=data))
    assert whole("-", "") == (LINES, "")


def test_standard_input_that_is_not_compressed_is_read_as_it_is(monkeypatch):
    data = io.BufferedReader(io.BytesIO(b"BZ is no magic\n"))
    monkeypatch.setattr(streams.sys, "stdin", SimpleNamespace(buffer=data))
    assert whole("-", "") == (b"BZ is no magic\n", "")


def test_a_disk_that_fails_is_told(source, monkeypatch):
    class Failing(io.BytesIO):
        def readline(self, _size=-1):
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(streams, "opened", lambda _: Failing())
    with Stream(*source(b"", "")) as stream:
        assert stream.readline() == b""
        assert stream.fault == "Input/output error"


def test_zstd_without_its_package_is_one_clear_line(source, monkeypatch):
    monkeypatch.setitem(streams.sys.modules, "zstandard", None)
    path, kind = source(b"", "zst")
    with pytest.raises(InputError, match=r"zstd needs a package: pip install 'article-cleaner\[zstd\]'"):
        Stream(path, kind)
