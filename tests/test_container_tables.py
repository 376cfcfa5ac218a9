"""CSV and TSV in and out: only the text's cell changes, and every row is a record or told."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.batch.containers import tables
from cleaner.batch.containers.stream import Stream
from cleaner.batch.job import Fields
from cleaner.errors import InputError

FIELDS = Fields()


@pytest.fixture
def jobs(tmp_path):
    """The jobs of a file with the bytes given."""

    def read(data, *, place=(0, 1), added="", encoding=None, longest=1_000_000):
        path = tmp_path / "a.csv"
        path.write_bytes(data)
        with Stream(str(path), "", longest) as stream:
            return list(tables.read(stream, encoding, *place, delimiter="", added=added))

    return read


def opened(job, fields=FIELDS):
    return job.codec.opened(job, fields)


def output(jobs, change, fields=FIELDS):
    """The file that a run writes that does ``change`` to each text; with what was told."""
    parts, told = [], []
    for job in jobs:
        if job.codec is None:
            parts.append(job.data)
            continue
        try:
            record = opened(job, fields)
        except InputError as error:
            told.append(str(error))
            record = None
        if record is None or (change(record.text) == record.text and not job.codec.added):
            parts.append(job.codec.kept(job))
        else:
            parts.append(job.codec.closed(job, record, fields.out or fields.text, change(record.text)))
    return b"".join(parts), told


def good(text):
    return text.replace("bad", "good")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"id,text,n\n1,bad,1.0\n2,fine,1e5\n", b"id,text,n\n1,good,1.0\n2,fine,1e5\n"),
        (b'id,text\n"1","bad"\n"2",bad', b'id,text\n"1","good"\n"2",good'),
        (b'text,n\r\n"bad\r\nline ""two"", y",1\r\nbad,2\r\n',
         b'text,n\r\n"good\r\nline ""two"", y",1\r\ngood,2\r\n'),
        (b"\xef\xbb\xbftext,n\nbad,1\n", b"\xef\xbb\xbftext,n\ngood,1\n"),
        (b'\xef\xbb\xbf"text",n\nbad,1\n', b'\xef\xbb\xbf"text",n\ngood,1\n'),
        (b"a;text;c\n1,5;bad;x\n", b"a;text;c\n1,5;good;x\n"),
        (b"a\ttext\n1\tbad\n", b"a\ttext\n1\tgood\n"),
        (b"a|text\n1|bad\n", b"a|text\n1|good\n"),
        (b"text\nbad\nfine\n", b"text\ngood\nfine\n"),
        (b"text,text\nbad,bad\n", b"text,text\ngood,bad\n"),
        (b'"te""xt",text\n"x",bad\n', b'"te""xt",text\n"x",good\n'),
        (b"text,a\nbad,\nfine, \n,x\n", b"text,a\ngood,\nfine, \n,x\n"),
        (b'text,a\nbad,5"\nx,"y"z\n', b'text,a\ngood,5"\nx,"y"z\n'),
        (b"text,a\nbad\0,1\n", b"text,a\ngood\0,1\n"),
        (b"text,a\n\n\r\nbad,1\n\n", b"text,a\n\n\r\ngood,1\n\n"),
        ("text,ä\nbad ü,ß\n".encode(), "text,ä\ngood ü,ß\n".encode()),
    ],
)  # fmt: skip
def test_all_but_the_text_s_cell_keeps_its_bytes(jobs, before, after):
    assert output(jobs(before), good) == (after, [])
    assert output(jobs(before), str)[0] == before


@pytest.mark.parametrize("new", ['a "word"', "a\nb", "a\r\nb", "a,b", "a\rb", '"', ""])
def test_a_new_text_is_quoted_where_it_must_be(jobs, new):
    data, _ = output(jobs(b"id,text,n\n1,bad,2\n"), lambda _: new)
    rows = list(csv.reader(io.StringIO(data.decode(), newline="")))
    assert rows == [["id", "text", "n"], ["1", new, "2"]]


def test_a_header_alone_stays(jobs):
    assert output(jobs(b"id,text\n"), good) == (b"id,text\n", [])
    assert output(jobs(b"id,text"), good) == (b"id,text", [])


def test_an_empty_file_has_no_rows(jobs):
    assert jobs(b"") == []


def test_rows_of_another_length_are_told_and_kept(jobs):
    data = b"id,text,n\n1,bad,2\n3,bad\n4,bad,5,6\n7,bad,8\n"
    kept, told = output(jobs(data), good)
    assert kept == b"id,text,n\n1,good,2\n3,bad\n4,bad,5,6\n7,good,8\n"
    assert told == ["the row has 2 cells, the header 3", "the row has 4 cells, the header 3"]


def test_a_table_without_the_column_tells_those_it_has(jobs):
    _, told = output(jobs(b"id,body\n1,x\n"), good)
    assert told == ["the record has no field text (its fields: body, id); say --text-field"]


def test_a_quote_that_never_closes_is_told(jobs):
    kept, told = output(jobs(b'id,text\n0,"ba\nd"\n1,"bad\n2,bad\n3,bad'), good)
    assert told == ["a quote is opened and not closed"]
    assert kept == b'id,text\n0,"ba\nd"\n1,"bad\n2,good\n3,good'


def test_rows_after_a_quote_that_never_closes_have_their_places(jobs):
    data = b'id,text\n1,"bad\n' + b"".join(b"%d,bad %d\n" % (n, n) for n in range(2, 500))
    found = jobs(data)
    assert b"".join(job.data for job in found) == data
    assert [job.ordinal for job in found] == list(range(500))
    for number in (1, 2, 77, 499):
        rest = jobs(data, place=(found[number].at, number + 1))
        assert [(job.at, job.data) for job in rest] == [(job.at, job.data) for job in found[number + 1 :]]


def test_a_quote_that_does_not_close_within_the_longest_document_takes_its_line_alone(jobs):
    found = jobs(b'id,text\n1,"bad\n' + b"2,bad\n" * 100 + b"3," + b"x" * 500 + b"\n4,bad\n", longest=200)
    assert [job.cut for job in found] == [False] * 102 + [True, False]
    assert found[-1].data == b"4,bad\n"
    assert found[-1].at == 15 + 600 + 503 + 6


def test_a_header_whose_quote_never_closes_is_an_error(jobs):
    with pytest.raises(InputError, match=r"a.csv: the header: a quote is opened and not closed"):
        jobs(b'id,"text\n1,2\n')


def test_lines_that_end_in_carriage_returns_alone_are_an_error(jobs):
    with pytest.raises(InputError, match="its lines end in CR alone; convert them to LF"):
        jobs(b"id,text\r1,bad\r2,fine\r")


def test_a_carriage_return_within_a_row_breaks_it_off_and_is_told(jobs):
    _, told = output(jobs(b"id,text\n1,bad\rrest\n"), good)
    assert told == ["the row breaks off amid its cells"]


def test_bytes_that_do_not_fit_are_told_and_the_row_kept(jobs):
    kept, told = output(jobs(b"id,text\n1,bad \xff\n2,bad\n"), good)
    assert kept == b"id,text\n1,bad \xff\n2,good\n"
    assert told == [
        "not UTF-8: byte 0xFF at offset 6 of the line; say its encoding, for example --encoding cp1252"
    ]


def test_a_row_that_is_too_long_is_told_and_the_next_one_read(jobs):
    found = jobs(b"id,text\n1," + b"x" * 500 + b"\n2,bad\n", longest=100)
    assert [(job.cut, bool(job.fault), job.data) for job in found[1:]] == [
        (True, True, b""), (False, False, b"2,bad\n"),
    ]  # fmt: skip


def test_a_new_column_comes_last_in_every_row(jobs):
    data = b'id,text\r\n1,bad\r\n"2",fine\r\n3,a,b\r\n\r\n4,bad'
    fields = Fields(out="clean")
    made, told = output(jobs(data, added="clean"), good, fields)
    assert made == b'id,text,clean\r\n1,bad,good\r\n"2",fine,fine\r\n3,a,b,\r\n\r\n4,bad,good'
    assert told == ["the row has 3 cells, the header 2"]


def test_a_column_that_is_there_is_not_added(jobs):
    made, _ = output(jobs(b"clean,text\nx,bad\n", added="clean"), good, Fields(out="clean"))
    assert made == b"clean,text\ngood,bad\n"


def test_reading_goes_on_from_a_place(jobs):
    data = b"id,text\n" + b"".join(b'%d,"a\n%d"\n' % (number, number) for number in range(40))
    found = jobs(data)
    assert [job.ordinal for job in found] == list(range(41))
    for number in (1, 2, 40):
        rest = jobs(data, place=(found[number].at, found[number].ordinal + 1))
        assert [(job.ordinal, job.data) for job in rest] == [
            (job.ordinal, job.data) for job in found[number + 1 :]
        ]


def test_other_encodings_are_read_and_written(jobs):
    before = "id,text\n1,bad é\n".encode("latin-1")
    found = jobs(before, encoding="latin-1")
    assert output(found, good) == ("id,text\n1,good é\n".encode("latin-1"), [])
    with pytest.raises(InputError, match="'€' cannot be written in iso8859-1"):
        found[1].codec.closed(found[1], None, "text", "€")


cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
rows = st.lists(st.tuples(cells, cells, cells), max_size=8)


@given(
    rows,
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    st.sampled_from(",;\t"),
)
def test_rows_that_python_writes_are_read_as_python_reads_them(tmp_path_factory, rows, end, quoting, mark):
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=mark, lineterminator=end, quoting=quoting)
    writer.writerows([("id", "text", "n"), *rows])
    path = tmp_path_factory.mktemp("t") / "a.csv"
    path.write_bytes(target.getvalue().encode())
    with Stream(str(path), "") as stream:
        found = [job for job in tables.read(stream, None, 0, 1, delimiter=mark) if job.codec]
    records = [opened(job) for job in found]
    assert [tuple(record.values.values()) for record in records] == rows
    changed = b"".join(job.codec.closed(job, None, "text", 'a "new"\ntext') for job in found).decode()
    assert [tuple(row) for row in csv.reader(io.StringIO(changed, newline=""), delimiter=mark)] == [
        (row[0], 'a "new"\ntext', row[2]) for row in rows
    ]


def test_records_of_other_containers_become_rows():
    records = [
        {"id": 1, "text": 'a "b"\n'},
        {"text": "lone\rreturn", "id": 2, "x": "\r\n"},
        {"text": "c,d", "x": [1, None], "id": None},
        {"x": "\ud800"},
    ]
    data = b"".join(tables.table(records, ["id", "text", "x"], ",")).decode("utf-8", "surrogatepass")
    assert list(csv.reader(io.StringIO(data, newline=""))) == [
        ["id", "text", "x"], ["1", 'a "b"\n', ""], ["2", "lone\rreturn", "\r\n"],
        ["", "c,d", "[1, null]"], ["", "", "�"],
    ]  # fmt: skip
