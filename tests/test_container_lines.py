"""JSON lines in and out: only the text's token changes, and every line is a record or told."""

import gzip
import json
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.batch.containers import lines
from cleaner.batch.containers.stream import Stream
from cleaner.batch.job import Fields
from cleaner.errors import InputError

FIELDS = Fields()


@pytest.fixture
def jobs(tmp_path):
    """The jobs of a file with the bytes given."""

    def read(data, *, encoding=None, place=(0, 1), longest=1_000_000, kind=""):
        path = tmp_path / "a.jsonl"
        path.write_bytes(data)
        with Stream(str(path), kind, longest) as stream:
            return list(lines.read(stream, encoding, *place))

    return read


def opened(job, fields=FIELDS):
    return job.codec.opened(job, fields)


def changed(job, text, fields=FIELDS):
    return job.codec.closed(job, opened(job, fields), fields.out or fields.text, text)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'{"text": "bad", "n": 1.0}\n', b'{"text": "good", "n": 1.0}\n'),
        (b'{"n": ' + b"1" * 9999 + b', "text": "bad"}\n', b'{"n": ' + b"1" * 9999 + b', "text": "good"}\n'),
        (b'{"n":1e5,"text":"bad","m":-0.0}', b'{"n":1e5,"text":"good","m":-0.0}'),
        (b'{"big":123456789012345678901234567890,"text":"bad"}\r\n',
         b'{"big":123456789012345678901234567890,"text":"good"}\r\n'),
        (b' \t{ "z" : 1 , "text" : "bad" , "a" : 2 } \n', b' \t{ "z" : 1 , "text" : "good" , "a" : 2 } \n'),
        (b'{"caf\\u00e9": "\\/", "text": "bad"}\n', b'{"caf\\u00e9": "\\/", "text": "good"}\n'),
        (b'{"te\\u0078t": "bad"}\n', b'{"te\\u0078t": "good"}\n'),
        (b'{"text": "first", "a": 1, "text": "bad"}\n', b'{"text": "first", "a": 1, "text": "good"}\n'),
        (b'{"s": "\\ud800", "text": "bad"}\n', b'{"s": "\\ud800", "text": "good"}\n'),
        (b'{"nul": "\\u0000", "text": "\\u0000bad"}\n', b'{"nul": "\\u0000", "text": "good"}\n'),
        (b'{"n": NaN, "i": -Infinity, "text": "bad"}\n', b'{"n": NaN, "i": -Infinity, "text": "good"}\n'),
        (b'{"deep": [[{"text": "no"}]], "text": "bad"}\n', b'{"deep": [[{"text": "no"}]], "text": "good"}\n'),
    ],
)  # fmt: skip
def test_all_but_the_text_s_token_keeps_its_bytes(jobs, line, expected):
    (job,) = jobs(line)
    assert changed(job, "good") == expected
    assert job.codec.kept(job) == line


def test_a_new_text_is_written_in_the_manner_of_its_line(jobs):
    plain, wide = jobs('{"text": "a"}\n{"text": "ü"}\n'.encode())
    assert changed(plain, "ö") == b'{"text": "\\u00f6"}\n'
    assert changed(wide, "ö") == '{"text": "ö"}\n'.encode()
    assert json.loads(changed(wide, "ö\ud800")) == {"text": "ö\ud800"}


def test_a_text_inside_an_object_is_reached_by_a_name_with_dots(jobs):
    fields = Fields(text="article.body")
    (job,) = jobs(b'{"article": {"x": 1.0, "body": "bad"}, "n": 2}\n')
    assert opened(job, fields).text == "bad"
    assert changed(job, "good", fields) == b'{"article": {"x": 1.0, "body": "good"}, "n": 2}\n'


def test_a_field_whose_name_has_a_dot_goes_before_one_within(jobs):
    fields = Fields(text="a.b")
    (job,) = jobs(b'{"a": {"b": "inner"}, "a.b": "outer"}\n')
    assert opened(job, fields).text == "outer"
    assert changed(job, "new", fields) == b'{"a": {"b": "inner"}, "a.b": "new"}\n'


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b'{"text": "a"}\n', b'{"text": "a", "clean": "b"}\n'),
        (b'{"text": "a" }\n', b'{"text": "a" , "clean": "b"}\n'),
        (b'{"text": "a", "clean": 5}\n', b'{"text": "a", "clean": "b"}\n'),
    ],
)
def test_a_new_field_is_added_at_the_end(jobs, line, expected):
    (job,) = jobs(line)
    assert changed(job, "b", Fields(out="clean")) == expected


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b'{"text": null}', "the field text is null, not a string"),
        (b'{"text": 5}', "the field text is number"),
        (b'{"text": true}', "the field text is boolean"),
        (b'{"text": ["a"]}', "the field text is array"),
        (b'{"text": {"a": 1}}', "the field text is object"),
        (b'{"body": "a"}', r"no field text \(its fields: body\)"),
        (b"{}", r"no field text \(its fields: none\)"),
        (b"[1]", "a JSON array, not an object"),
        (b'"text"', "a JSON string, not an object"),
        (b'{"text": "a"', "not JSON: "),
        (b'{"text": "a"} x', "not JSON: "),
        (b'{"text": "a\tb"}', "not JSON: "),
        (b'{"text": "\xff"}', "not UTF-8: byte 0xFF at offset 10 of the line"),
        (b'{"text": "\xed\xa0\x80"}', "not UTF-8: byte 0xED at offset 10 of the line"),
        (b"\0\0\0", "not JSON: "),
        (
            b'{"n": ' + b"1" * 9999 + b', "text": "a" "b"}',
            "not JSON: Expecting ',' delimiter",
        ),
        (b'{"a": ' * 100_000, "nested too deeply|not JSON"),
    ],
)
def test_what_is_no_record_is_told_in_a_line(jobs, line, why):
    (job,) = jobs(line + b"\n")
    with pytest.raises(InputError, match=why) as error:
        opened(job)
    assert "\n" not in str(error.value)
    assert job.codec.kept(job) == line + b"\n"


def test_blank_lines_are_no_records_and_stay(jobs):
    found = jobs(b'\n{"text": "a"}\r\n  \n\r\n{"text": "b"}')
    assert [opened(job) is None for job in found] == [True, False, True, True, False]
    assert b"".join(job.codec.kept(job) for job in found) == b'\n{"text": "a"}\r\n  \n\r\n{"text": "b"}'


def test_a_byte_order_mark_stays_before_the_first_line(jobs):
    (job,) = jobs(b'\xef\xbb\xbf{"text": "a"}\n')
    assert opened(job).text == "a"
    assert changed(job, "b") == b'\xef\xbb\xbf{"text": "b"}\n'


def test_lines_end_at_line_feeds_alone(jobs):
    found = jobs('{"text": "a\\rb"}\r{"text": "c\u2028d\x85"}\n{"text": "e"}'.encode())
    assert len(found) == 2
    with pytest.raises(InputError, match="not JSON"):
        opened(found[0])
    assert opened(found[1]).text == "e"


def test_separators_of_unicode_in_a_text_end_no_line(jobs):
    (job,) = jobs('{"text": "c\u2028d\u2029\x85"}\n'.encode())
    assert opened(job).text == "c\u2028d\u2029\x85"


def test_reading_goes_on_from_a_place(jobs):
    data = b"".join(b'{"text": "%d"}\n' % number for number in range(50))
    found = jobs(data)
    for number in (0, 1, 49):
        rest = jobs(data, place=(found[number].at, found[number].ordinal + 1))
        assert [(job.ordinal, job.data) for job in rest] == [
            (job.ordinal, job.data) for job in found[number + 1 :]
        ]


@pytest.mark.parametrize("kind", ["", "gz"])
def test_a_line_that_is_too_long_is_told_and_takes_no_memory(jobs, kind):
    data = b'{"text": "a"}\n' + b"x" * 5000 + b'\n{"text": "b"}\n'
    found = jobs(gzip.compress(data) if kind else data, kind=kind, longest=1000)
    assert [bool(job.fault) for job in found] == [False, True, False]
    assert found[1].cut
    assert found[1].data == b""
    assert "longer than 1,000 bytes, so it is neither cleaned nor kept; --max-document" in found[1].fault
    assert (found[2].ordinal, opened(found[2]).text) == (3, "b")


def test_a_line_of_just_the_length_allowed_is_read(jobs):
    line = b'{"text": "a"}\n'
    assert not jobs(line, longest=len(line))[0].fault
    assert jobs(line, longest=len(line) - 1)[0].fault


def test_a_line_that_a_cut_breaks_off_is_told_with_what_there_is_of_it(jobs):
    whole = b"".join(b'{"text": "%d"}\n' % (number * 7919 % 100_003) for number in range(2000))
    found = jobs(gzip.compress(whole)[:-2000], kind="gz")
    assert found[-1].fault == "the gz data ends too early"
    assert not any(job.fault for job in found[:-1])
    assert whole.startswith(b"".join(job.data for job in found))


def test_other_encodings_are_read_and_written(jobs):
    (job,) = jobs('{"text": "é", "name": "ü"}\n'.encode("latin-1"), encoding="latin-1")
    assert opened(job).text == "é"
    assert changed(job, "à") == '{"text": "à", "name": "ü"}\n'.encode("latin-1")
    with pytest.raises(InputError, match="cannot be written in iso8859-1"):
        changed(job, "€")


@pytest.mark.parametrize(
    "encoding",
    ["utf-16", "utf-32-le", "cp037", "nonsense", "rot13", "hex", "undefined", "x\0y", ""],
)
def test_encodings_that_lines_cannot_be_in_are_told(jobs, encoding):
    if not encoding:
        assert jobs(b"{}\n", encoding=encoding)
        return
    with pytest.raises(
        InputError, match=r"cannot be read; convert|there is no encoding|is no encoding of text"
    ):
        jobs(b"{}\n", encoding=encoding)


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(), lambda inner:
    st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3), max_leaves=8,
)  # fmt: skip


@given(st.dictionaries(st.text(max_size=6), json_values, max_size=5), st.text(), st.text(), st.booleans())
def test_a_record_differs_in_its_text_alone(record, text, new, ascii_only):
    line = json.dumps({**record, "text": text}, ensure_ascii=ascii_only)
    codec = lines.Lines()
    job = lines.Job("a", 2, line.encode() + b"\n", codec=codec)
    assert codec.opened(job, FIELDS).text == text
    after = json.loads(changed(job, new))
    assert after["text"] == new
    assert json.dumps({**after, "text": ""}) == json.dumps({**json.loads(line), "text": ""})


def test_records_of_other_containers_become_lines():
    values = {"text": "ü\u2028", "b": b"\xff", "d": date(2024, 1, 2), "n": Decimal("1.50")}
    assert json.loads(lines.written(values)) == {
        "text": "ü\u2028", "b": "/w==", "d": "2024-01-02", "n": "1.50",
    }  # fmt: skip
    assert json.loads(lines.written({"text": "\ud800"})) == {"text": "\ud800"}
    assert lines.written({"a": "b"}).count(b"\n") == 1
