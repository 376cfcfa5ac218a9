"""WET and WARC: text records with new texts, pages of responses, and archives that are broken."""

import base64
import gzip
import hashlib
import io

import pytest

from cleaner.batch.containers import archives
from cleaner.batch.containers.stream import Stream
from cleaner.batch.job import Fields
from cleaner.errors import InputError

FIELDS = Fields()


def digest(body, method="sha1"):
    return f"{method}:{base64.b32encode(hashlib.new(method, body).digest()).decode()}"


def record(kind, body, *more):
    lines = ["WARC/1.0", f"WARC-Type: {kind}", "WARC-Target-URI: https://example.org/a",
             "WARC-Date: 2024-05-01T00:00:00Z", "WARC-Record-ID: <urn:uuid:1>", *more,
             f"Content-Length: {len(body)}"]  # fmt: skip
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body + b"\r\n\r\n"


def wet(text, *more):
    return record("conversion", text.encode(), "Content-Type: text/plain", *more)


def response(body, kind="text/html", status="200 OK", more=()):
    head = [f"HTTP/1.1 {status}", f"Content-Type: {kind}", *more, f"Content-Length: {len(body)}"]
    block = "\r\n".join(head).encode() + b"\r\n\r\n" + body
    return record("response", block, "Content-Type: application/http; msgtype=response")


@pytest.fixture
def jobs(tmp_path):
    """The jobs of an archive with the bytes given."""

    def read(data, kind="", codec=None, place=(0, 1), longest=1_000_000):
        path = tmp_path / "a.warc"
        path.write_bytes(data)
        with Stream(str(path), kind, longest) as stream:
            return list(archives.read(stream, codec or archives.Conversions(), *place))

    return read


def changed(job, text):
    return job.codec.closed(job, job.codec.opened(job, FIELDS), "text", text)


INFO = record("warcinfo", b"software: a\r\n", "Content-Type: application/warc-fields")


def test_a_new_text_has_its_length_and_digests(jobs):
    before = wet("bad ü\n", "X-Mine: kept", f"WARC-Block-Digest: {digest('bad ü'.encode())}",
                 f"WARC-Payload-Digest: {digest(b'x', 'sha256')}")  # fmt: skip
    (job,) = jobs(before)
    body = "good €\n".encode()
    assert changed(job, "good €\n") == wet(
        "good €\n", "X-Mine: kept", f"WARC-Block-Digest: {digest(body)}",
        f"WARC-Payload-Digest: {digest(body, 'sha256')}",
    )  # fmt: skip


def test_what_is_written_anew_is_read_by_warcio_with_its_digests_right(jobs):
    iterator = pytest.importorskip("warcio.archiveiterator").ArchiveIterator
    found = jobs(INFO + wet("bad", f"WARC-Block-Digest: {digest(b'bad')}") + wet("fine"))
    data = found[0].data + changed(found[1], "a much longer text\n") + found[2].data
    read = [
        (item.rec_type, item.content_stream().read())
        for item in iterator(io.BytesIO(data), check_digests="raise")
    ]
    assert read[1:] == [("conversion", b"a much longer text\n"), ("conversion", b"fine")]


def test_records_of_other_types_and_all_bytes_pass_through(jobs):
    data = INFO + wet("one") + record("metadata", b"a: b") + wet("two") + record("resource", b"\0\xff")
    found = jobs(data)
    assert [job.codec.opened(job, FIELDS) is not None for job in found] == [False, True, False, True, False]
    assert b"".join(job.codec.kept(job) for job in found) == data


def test_blank_lines_between_records_are_no_records_and_stay(jobs):
    data = b"\r\n\n" + wet("one") + b"\n\n\n" + wet("two") + b"\r\n"
    found = jobs(data)
    assert b"".join(job.data for job in found) == data
    assert [(job.ordinal, job.codec is None) for job in found] == [(0, True), (1, False), (2, False)]
    rest = jobs(data, place=(found[1].at, 2))
    assert [job.data for job in rest] == [found[2].data]
    assert changed(found[1], "longer") == wet("longer") + b"\n\n\n"


@pytest.mark.parametrize("places", [slice(None), slice(-1, None), slice(0, 2)])
def test_line_feeds_alone_end_the_lines_of_a_header_too(jobs, places):
    lines = wet("bad\r\n\r\ntext")[:-4].split(b"\r\n", 7)
    ends = [b"\r\n"] * 7
    ends[places] = [b"\n"] * len(ends[places])
    data = b"".join(line + end for line, end in zip(lines, [*ends, b""], strict=True)) + b"\r\n\r\n"
    (job,) = jobs(data)
    assert job.codec.opened(job, FIELDS).text == "bad\r\n\r\ntext"
    assert changed(job, "good") == data.replace(b"bad\r\n\r\ntext", b"good").replace(b": 11", b": 4")


@pytest.mark.parametrize("end", [b"", b"\r\n", b"\n\n", b"\r\n\r\n\r\n"])
def test_records_that_end_otherwise_are_read(jobs, end):
    data = wet("one")[:-4] + end + wet("two")[:-4] + end
    found = jobs(data)
    assert [job.codec.opened(job, FIELDS).text for job in found] == ["one", "two"]
    assert b"".join(job.data for job in found) == data
    own = end if end.startswith((b"\n\n", b"\r\n\r\n")) else b"\r\n\r\n"
    assert changed(found[0], "three").endswith(b"three" + own)


def test_the_fields_of_a_record_are_known(jobs):
    (job,) = jobs(wet("text"))
    values = job.codec.opened(job, FIELDS).values
    assert values["url"] == "https://example.org/a"
    assert values["id"] == "urn:uuid:1"
    assert values["date"] == "2024-05-01T00:00:00Z"


@pytest.mark.parametrize("packed", [lambda records: gzip.compress(b"".join(records)),
                                    lambda records: b"".join(map(gzip.compress, records))])  # fmt: skip
def test_an_archive_in_one_member_or_in_one_for_each_record_is_read(jobs, packed):
    records = [INFO, *(wet(f"text {number}\n" * 50) for number in range(200))]
    found = jobs(packed(records), "gz")
    assert [job.data for job in found] == records
    assert found[-1].at == sum(map(len, records))


def test_reading_goes_on_from_a_place(jobs):
    data = b"".join(wet(f"text {number}") for number in range(20))
    found = jobs(data)
    rest = jobs(data, place=(found[7].at, 9))
    assert [(job.ordinal, job.data) for job in rest] == [(job.ordinal, job.data) for job in found[8:]]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"no archive at all\n", "there is no WARC record here; the rest of the file is not read"),
        (b"\0" * 5000, "there is no WARC record here"),
        (b"WARC/1.0\r\nWARC-Type: conversion\r\n\r\n", "the record has no length; the rest"),
        (b"WARC/1.0\r\nContent-Length: -5\r\n\r\n", "the record has no length"),
        (b"WARC/1.0\r\nContent-Length: \xb2\r\n\r\n", "the record has no length"),
        (b"WARC/1.0\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n", "the record has no length"),
        (b"WARC/1.0\r\n" + b"a: b\r\n" * 200_000, "the record has no length"),
        (wet("text")[:-5], "the file ends amid the record"),
        (b"WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: 900000\r\n\r\nshort", "the file ends amid"),
    ],
)
def test_what_is_no_record_is_told_and_those_before_it_are_read(jobs, data, why):
    found = jobs(wet("fine") + data)
    assert found[0].fault == ""
    assert found[1].fault.startswith(why)
    assert len(found) == 2


@pytest.mark.parametrize("length", [2_000, 10**17])
def test_a_record_that_is_too_long_is_passed_over(jobs, length):
    data = (
        wet("one")
        + b"WARC/1.0\r\nContent-Length: %d\r\n\r\n" % length
        + b"x" * 2000
        + b"\r\n\r\n"
        + wet("two")
    )
    found = jobs(data, longest=1000)
    assert found[1].cut
    assert found[1].data == b""
    assert "longer than 1,000 bytes" in found[1].fault
    assert [job.ordinal for job in found] == ([1, 2, 3] if length == 2000 else [1, 2])


def test_a_text_that_is_not_utf_8_is_told_and_the_next_one_read(jobs):
    found = jobs(record("conversion", b"caf\xe9") + wet("fine"))
    with pytest.raises(InputError, match="not UTF-8: byte 0xE9 at offset 3"):
        found[0].codec.opened(found[0], FIELDS)
    assert found[1].codec.opened(found[1], FIELDS).text == "fine"


def test_an_archive_that_is_cut_off_keeps_the_records_before_the_cut(jobs):
    data = b"".join(gzip.compress(wet(f"text {number} " * 40)) for number in range(50))
    found = jobs(data[:-30], "gz")
    assert len(found) == 50
    assert [bool(job.fault) for job in found] == [False] * 49 + [True]
    assert found[-1].fault == "the gz data ends too early"


warc = archives.Responses(1_000_000)
PAGE = "<html><body><p>Grüße</p></body></html>"


def page_of(jobs, data):
    pytest.importorskip("warcio")
    (job,) = jobs(data, codec=warc)
    return job.codec.opened(job, FIELDS)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (PAGE.encode(), "text/html; charset=utf-8"),
        (PAGE.encode(), "text/html"),
        (PAGE.encode("latin-1"), "text/html; charset=ISO-8859-1"),
        (PAGE.encode("cp1252"), "TEXT/HTML;charset='windows-1252'"),
        (b"\xef\xbb\xbf" + PAGE.encode(), "text/html; charset=latin-1"),
        (PAGE.encode("utf-16"), "text/html; charset=utf-16"),
        (PAGE.encode("latin-1"), "text/html"),
        (PAGE.encode(), "text/html; charset=nonsense"),
        (PAGE.encode(), "text/html; charset=hex"),
        (PAGE.encode(), "application/xhtml+xml"),
    ],
)
def test_a_page_is_decoded_as_browsers_do(jobs, body, kind):
    found = page_of(jobs, response(body, kind))
    assert found.text == PAGE
    assert found.page


def test_a_page_tells_its_encoding_itself(jobs):
    text = PAGE.replace("<body>", '<meta charset="latin-1"><body>')
    assert page_of(jobs, response(text.encode("latin-1"))).text == text


def test_the_bytes_of_a_page_are_kept_for_the_ledger(jobs):
    body = PAGE.encode("latin-1")
    assert page_of(jobs, response(body, "text/html; charset=latin-1")).whole == body


@pytest.mark.parametrize(
    ("body", "more"),
    [
        (gzip.compress(PAGE.encode()), ["Content-Encoding: gzip"]),
        (b"%x\r\n" % len(PAGE.encode()) + PAGE.encode() + b"\r\n0\r\n\r\n", ["Transfer-Encoding: chunked"]),
    ],
    ids=["gzip", "chunked"],
)
def test_a_page_is_taken_out_of_its_transfer(jobs, body, more):
    assert page_of(jobs, response(body, more=more)).text == PAGE


@pytest.mark.parametrize(
    "data",
    [
        response(PAGE.encode(), status="404 Not Found"),
        response(PAGE.encode(), status="301 Moved"),
        response(b"\x89PNG", "image/png"),
        record("response", b"20240501 example.org A 192.0.2.1", "Content-Type: text/dns"),
        record("request", b"GET / HTTP/1.1\r\n\r\n", "Content-Type: application/http; msgtype=request"),
        INFO,
    ],
)
def test_what_is_no_page_is_no_document(jobs, data):
    assert page_of(jobs, data) is None


def test_a_plain_text_in_a_response_is_no_page(jobs):
    found = page_of(jobs, response(b"plain", "text/plain"))
    assert (found.text, found.page) == ("plain", False)


@pytest.mark.parametrize(
    "data",
    [
        record("response", b"", "Content-Type: application/http"),
        record("response", b"\0\xff rubbish", "Content-Type: application/http"),
        record("response", b"HTTP/1.1\r\n", "Content-Type: application/http"),
        response(b"not gzip", more=["Content-Encoding: gzip"]),
        response(PAGE.encode()).replace(b"WARC-Target-URI: https://example.org/a\r\n", b""),
        response(PAGE.encode()).replace(b"org/a", b"org/ \r \x94\xf5 a"),
        response(b"zz\r\nbroken", more=["Transfer-Encoding: chunked"]),
        response(gzip.compress(PAGE.encode())[:-12], more=["Content-Encoding: gzip"]),
    ],
)
def test_a_broken_response_is_a_document_or_one_line(jobs, capsys, data):
    try:
        page_of(jobs, data)
    except InputError as error:
        assert "\n" not in str(error)  # noqa: PT017 - either is well
    assert capsys.readouterr() == ("", "")


def test_a_page_out_of_all_proportion_is_told(jobs):
    bomb = gzip.compress(bytes(5_000_000))
    pytest.importorskip("warcio")
    (job,) = jobs(response(bomb, more=["Content-Encoding: gzip"]), codec=warc)
    with pytest.raises(InputError, match="the page is longer than 1,000,000 bytes; --max-document"):
        job.codec.opened(job, FIELDS)


def test_records_of_other_containers_become_text_records(jobs):
    values = {"url": "https://example.org/\r\nX: y", "id": "7", "text": "old"}
    data = archives.written(values, FIELDS, "a text ü\ud800\n")
    (job,) = jobs(data)
    found = job.codec.opened(job, FIELDS)
    assert found.text == "a text ü�\n"
    assert found.values["url"] == "https://example.org/X: y"
    assert archives.written(values, FIELDS, "a text ü\ud800\n") == data
    assert archives.written(values, FIELDS, "another") != data
