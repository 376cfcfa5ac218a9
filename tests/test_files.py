"""Text files: decoded as said, as marked, as UTF-8, or as they seem; written whole or not at all."""

import codecs
import sys

import pytest

from cleaner import files
from cleaner.batch.containers import whole
from cleaner.batch.containers.stream import Stream
from cleaner.batch.job import Fields
from cleaner.errors import InputError

GERMAN = (
    "Die Brücke über den Fluss wird im nächsten Frühjahr für drei Monate gesperrt. Die Stadt rechnet mit"
    " Verspätungen im Busverkehr, weil Umleitungen über das Gewerbegebiet führen müssen. „Wir hätten das gern"
    " früher erledigt“, sagte die Baudezernentin. Größere Schäden seien erst im Herbst entdeckt worden.\n"
)
BOMS = {
    "utf-8": codecs.BOM_UTF8, "utf-16-le": codecs.BOM_UTF16_LE, "utf-16-be": codecs.BOM_UTF16_BE,
    "utf-32-le": codecs.BOM_UTF32_LE, "utf-32-be": codecs.BOM_UTF32_BE,
}  # fmt: skip


@pytest.mark.parametrize("encoding", sorted(BOMS))
def test_a_byte_order_mark_tells_the_encoding_and_comes_back(encoding):
    data = BOMS[encoding] + GERMAN.encode(encoding)
    file = files.decode(data, "a.txt")
    assert (file.text, file.bom) == (GERMAN, BOMS[encoding])
    assert file.encoded(file.text) == data


@pytest.mark.parametrize("text", ["", "\0", "a\r\nb\rc\n\n", "\ufeff\ufeffx", "a\x85b\u2028c"])
def test_utf_8_comes_back_byte_for_byte(text):
    file = files.decode(text.encode(), "a.txt")
    assert file.encoded(file.text) == text.encode()


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-16-le", "latin-1", "koi8-r", "shift_jis"])
def test_an_encoding_that_is_said_wins(encoding):
    text = {"koi8-r": "Привет", "shift_jis": "日本"}.get(encoding, "Grüße")
    file = files.decode(text.encode(encoding), "a.txt", encoding)
    assert file.text.removeprefix("\ufeff") == text
    assert not file.detected


def test_an_encoding_that_is_said_wins_over_what_would_be_detected():
    file = files.decode(GERMAN.encode("cp1252"), "a.txt", "latin-1", detect=True)
    assert file.encoding == "iso8859-1"
    assert not file.detected


def test_an_encoding_that_is_said_and_is_wrong_is_told_with_the_place():
    with pytest.raises(InputError, match=r"^a.txt: not utf-8: byte 0xFC at offset 6$"):
        files.decode(GERMAN.encode("cp1252"), "a.txt", "utf-8", detect=True)


@pytest.mark.parametrize("encoding", ["nonsense", "hex", "rot13", "zlib", "x\0y"])
def test_what_is_no_encoding_of_text_is_told(encoding):
    with pytest.raises(InputError, match=r"there is no encoding|is no encoding of text"):
        files.decode(b"text", "a.txt", encoding)


def test_what_is_not_utf_8_is_detected_and_comes_back_byte_for_byte():
    pytest.importorskip("charset_normalizer")
    data = GERMAN.encode("cp1252")
    file = files.decode(data, "a.txt", detect=True)
    assert file.detected
    assert "Brücke über den Fluss" in file.text
    assert file.encoded(file.text) == data


def test_nothing_is_detected_unless_asked():
    with pytest.raises(InputError, match="say its encoding, for example --encoding cp1252"):
        files.decode(GERMAN.encode("cp1252"), "a.txt")


@pytest.mark.parametrize(
    "data", [b"caf\xe9", b"\xff" * 63, bytes(range(256)) * 40, b"\x89PNG\r\n\x1a\n" + b"\0\xff" * 500]
)
def test_too_little_or_no_text_is_not_guessed_at_or_comes_back_the_same(data):
    try:
        file = files.decode(data, "a.txt", detect=True)
    except InputError as error:
        assert "not utf-8" in str(error)  # noqa: PT017 - either is well
    else:
        assert file.detected
        assert file.encoded(file.text) == data


def test_without_its_package_nothing_is_detected(monkeypatch):
    monkeypatch.setitem(sys.modules, "charset_normalizer", None)
    with pytest.raises(InputError, match=r"or pip install 'article-cleaner\[encoding\]' to have it detected"):
        files.decode(GERMAN.encode("cp1252"), "a.txt", detect=True)


@pytest.mark.parametrize(
    ("data", "place"),
    [(b"ab\xff", 2), (codecs.BOM_UTF8 + b"ab\xff", 5), (codecs.BOM_UTF16_LE + b"a\0\0\xd8", 4)],
)
def test_a_byte_that_does_not_fit_is_told_with_its_place_in_the_file(data, place):
    with pytest.raises(InputError, match=f"at offset {place}"):
        files.decode(data, "a.txt")


def job_of(tmp_path, data, longest=1_000_000, **options):
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with Stream(str(path), "", longest) as stream:
        (job,) = whole.read(stream, whole.Whole(**options), 3, "sub/a.txt")
    return job


def test_a_file_is_one_document_with_its_name(tmp_path):
    job = job_of(tmp_path, codecs.BOM_UTF8 + b"bad\r\ntext")
    record = job.codec.opened(job, Fields())
    assert (job.name, job.ordinal, record.text) == ("sub/a.txt", 3, "bad\r\ntext")
    assert job.codec.closed(job, record, "text", "good\r\ntext") == codecs.BOM_UTF8 + b"good\r\ntext"
    assert job.codec.kept(job) == codecs.BOM_UTF8 + b"bad\r\ntext"


def test_a_file_keeps_its_encoding(tmp_path):
    job = job_of(tmp_path, "Größe".encode("cp1252"), encoding="cp1252")
    record = job.codec.opened(job, Fields())
    assert job.codec.closed(job, record, "text", "Straße") == "Straße".encode("cp1252")
    with pytest.raises(InputError, match=r"'→' \(U\+2192\) cannot be written in cp1252"):
        job.codec.closed(job, record, "text", "→")


def test_the_text_of_a_page_is_utf_8_where_the_page_s_encoding_has_no_room_for_it(tmp_path):
    job = job_of(tmp_path, "<p>Größe &rarr;".encode("cp1252"), encoding="cp1252", page=True)
    record = job.codec.opened(job, Fields())
    assert job.codec.closed(job, record, "text", "Größe") == "Größe".encode("cp1252")
    assert "written" not in record.about
    assert job.codec.closed(job, record, "text", "Größe →") == "Größe →".encode()
    assert record.about["written"] == "utf-8"


def test_a_detected_encoding_is_told(tmp_path):
    pytest.importorskip("charset_normalizer")
    job = job_of(tmp_path, GERMAN.encode("cp1252"))
    assert job.codec.opened(job, Fields()).about["detected"] is True


def test_a_file_that_is_too_long_is_told_and_takes_no_memory(tmp_path):
    job = job_of(tmp_path, b"x" * 5000, longest=1000)
    assert (job.data, job.cut) == (b"", True)
    assert "longer than 1,000 bytes" in job.fault


def test_an_empty_file_is_an_empty_document(tmp_path):
    job = job_of(tmp_path, b"")
    assert job.codec.opened(job, Fields()).text == ""
