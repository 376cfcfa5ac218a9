"""Parquet in and out: only the text's column changes, and rows that cannot be read are told."""

import decimal
import io
import json
import random
from datetime import UTC, date, datetime, time, timedelta

import pytest

from cleaner.batch.containers import arrow
from cleaner.batch.job import Fields
from cleaner.errors import InputError

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

FIELDS = Fields()
DAY = datetime(2024, 5, 1, 12, 30, 15, 123456)  # noqa: DTZ001 - a type without a zone is meant
COLUMNS = {
    "text": (pa.string(), ["Good", "bad", "Fine", "bad"]),
    "boolean": (pa.bool_(), [True, False, None, True]),
    "int8": (pa.int8(), [-128, 127, None, 0]),
    "int16": (pa.int16(), [-32768, 32767, None, 0]),
    "int32": (pa.int32(), [-(2**31), 2**31 - 1, None, 0]),
    "int64": (pa.int64(), [-(2**63), 2**63 - 1, None, 0]),
    "uint8": (pa.uint8(), [0, 255, None, 1]),
    "uint64": (pa.uint64(), [0, 2**64 - 1, None, 1]),
    "float16": (pa.float16(), [1.5, -2.5, None, 0.0]),
    "float32": (pa.float32(), [1.5, float("inf"), None, -0.0]),
    "float64": (pa.float64(), [0.1, 1e300, None, -0.0]),
    "decimal": (pa.decimal128(20, 4), [decimal.Decimal("1.2500"), decimal.Decimal("-0.0001"), None, None]),
    "wide decimal": (
        pa.decimal256(60, 2),
        [decimal.Decimal("12345678901234567890123456.78"), None, None, None],
    ),
    "large": (pa.large_string(), ["a", "b", None, "d"]),
    "view": (pa.string_view(), ["a", "b" * 40, None, "d"]),
    "binary": (pa.binary(), [b"\0\xff", b"", None, b"x"]),
    "fixed": (pa.binary(3), [b"abc", b"\0\0\0", None, b"xyz"]),
    "large binary": (pa.large_binary(), [b"\0\xff", b"", None, b"x"]),
    "date": (pa.date32(), [date(2024, 2, 29), date(1900, 1, 1), None, None]),
    "time": (pa.time64("us"), [time(23, 59, 59, 999999), None, None, time(0)]),
    "seconds": (pa.timestamp("ms"), [datetime(2024, 5, 1), None, None, None]),  # noqa: DTZ001
    "micros": (pa.timestamp("us"), [DAY, None, None, DAY]),
    "nanos": (pa.timestamp("ns"), [DAY, None, None, DAY]),
    "zoned": (pa.timestamp("us", "Europe/Berlin"), [DAY.replace(tzinfo=UTC), None, None, None]),
    "duration": (pa.duration("us"), [timedelta(days=-1), None, None, timedelta(microseconds=1)]),
    "nothing": (pa.null(), [None] * 4),
    "list": (pa.list_(pa.int32()), [[1, None], [], None, [3]]),
    "lists of lists": (pa.list_(pa.list_(pa.string())), [[["a"], []], [], None, [None]]),
    "three": (pa.list_(pa.float32(), 3), [[1, 2, 3], [0, 0, 0], None, [4, 5, 6]]),
    "struct": (
        pa.struct([("a", pa.string()), ("b", pa.struct([("c", pa.int64())]))]),
        [{"a": "x", "b": {"c": 1}}, {"a": None, "b": None}, None, {"a": "", "b": {"c": None}}],
    ),
    "map": (pa.map_(pa.string(), pa.int32()), [[("a", 1), ("b", None)], [], None, [("c", 3)]]),
    "dictionary": (pa.dictionary(pa.int8(), pa.string()), ["r", "g", None, "r"]),
    "ordered": (pa.dictionary(pa.int32(), pa.string(), ordered=True), ["r", "g", None, "r"]),
    "json": (pa.json_(), ['{"a": 1.0}', "[]", None, "1e5"]),
}


def thirty_columns(copies=1):
    arrays = [pa.array(values * copies, kind) for kind, values in COLUMNS.values()]
    fields = [pa.field(name, kind, metadata={b"of": b"a column"}) for name, (kind, _) in COLUMNS.items()]
    return pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata={b"made by": b"a test"}))


def stored(table, **options):
    target = io.BytesIO()
    pq.write_table(table, target, **options)
    target.seek(0)
    return target


def decided(source, change, fields=FIELDS):
    """The decisions of a run that does ``change`` to each text: a text, or None to leave the row out."""
    lines = io.BytesIO()
    for job in arrow.read("a.parquet", source, 0, 1, fields=fields):
        new = change(job.codec.opened(job, fields).text)
        if new is None:
            lines.write(arrow.gone(job))
        elif new == job.codec.opened(job, fields).text:
            lines.write(job.codec.kept(job))
        else:
            lines.write(job.codec.closed(job, None, fields.text, new))
    lines.write(arrow.END_LINE)
    lines.seek(0)
    return lines


def changed(source, change, fields=FIELDS):
    target = io.BytesIO()
    arrow.put_together(
        "a.parquet", source, decided(source, change, fields), target, fields.out or fields.text
    )
    target.seek(0)
    return target


def texts(file, column="text"):
    return pq.read_table(file).column(column).to_pylist()


def test_all_columns_but_the_text_come_back_equal():
    before = thirty_columns()
    assert len(before.column_names) >= 30
    after = pq.read_table(changed(stored(before), lambda text: text.replace("bad", "good")))
    assert after.column("text").to_pylist() == ["Good", "good", "Fine", "good"]
    assert after.schema.equals(pq.read_table(stored(before)).schema, check_metadata=True)
    assert after.drop(["text"]).equals(pq.read_table(stored(before)).drop(["text"]))


def test_all_columns_come_back_equal_when_nothing_was_to_change():
    source = stored(thirty_columns())
    assert pq.read_table(changed(source, lambda text: text)).equals(
        pq.read_table(source), check_metadata=True
    )


def test_rows_that_are_left_out_take_their_columns_with_them():
    before = thirty_columns(700)
    after = pq.read_table(changed(stored(before), lambda text: None if text == "bad" else f"{text}!"))
    kept = [row for row in before.to_pylist() if row["text"] != "bad"]
    assert after.column("text").to_pylist() == ["Good!", "Fine!"] * 700
    assert [{**row, "text": row["text"][:-1]} for row in after.to_pylist()] == kept


def test_row_groups_and_compression_are_the_source_s():
    table = thirty_columns(1000)
    source = stored(table, row_group_size=1500, compression={"text": "zstd", "int8": "gzip"})
    after = pq.ParquetFile(changed(source, str.upper))
    rows = [after.metadata.row_group(number).num_rows for number in range(after.num_row_groups)]
    assert rows == [1500, 1500, 1000]
    before = pq.ParquetFile(source).metadata.row_group(0)
    for number in range(before.num_columns):
        assert after.metadata.row_group(0).column(number).compression == before.column(number).compression


def test_a_large_row_group_is_written_as_several(monkeypatch):
    monkeypatch.setattr(arrow, "GROUP_BYTES", 50_000)
    table = pa.table({"text": [f"{number} " + "x" * 90 for number in range(5000)]})
    after = pq.ParquetFile(changed(stored(table), str.upper))
    assert after.num_row_groups > 3
    assert after.read().column("text").to_pylist() == [
        text.upper() for text in table.column("text").to_pylist()
    ]


@pytest.mark.parametrize(
    "kind", [pa.large_string(), pa.string_view(), pa.dictionary(pa.int8(), pa.string()), pa.string()]
)
def test_a_text_column_of_any_text_type_can_be_changed(kind):
    values = ["a", "b", "c"] * 900
    after = pq.read_table(
        changed(stored(pa.table({"text": pa.array(values, kind)})), lambda text: f"{text}!")
    )
    assert after.column("text").to_pylist() == [f"{value}!" for value in values]
    if not pa.types.is_dictionary(kind):
        assert after.schema.field("text").type == kind


def test_more_new_texts_than_a_small_dictionary_can_number():
    column = pa.array(["a"] * 600, pa.dictionary(pa.int8(), pa.string()))
    count = iter(range(1000))
    after = changed(stored(pa.table({"text": column})), lambda _: f"text {next(count)}")
    assert len(set(texts(after))) == 600


def test_a_text_inside_a_struct_is_changed_and_its_neighbours_stay():
    rows = [{"body": "bad", "n": 1}, None, {"body": "fine", "n": None}]
    table = pa.table({"article": rows, "id": [1, 2, 3]})
    fields = Fields(text="article.body")
    source = stored(table)
    jobs = list(arrow.read("a", source, 0, 1, fields=fields))
    with pytest.raises(InputError, match=r"no field article.body"):
        jobs[1].codec.opened(jobs[1], fields)
    target = io.BytesIO()
    arrow.put_together("a", source, io.BytesIO(b'"good"\n0\n0\n2\n'), target, "article.body")
    assert texts(target, "article") == [{"body": "good", "n": 1}, None, {"body": "fine", "n": None}]


def test_a_new_field_inside_a_struct_is_added_to_it():
    source = stored(pa.table({"article": [{"body": "bad"}, None]}))
    target = io.BytesIO()
    arrow.put_together("a", source, io.BytesIO(b'"good"\n0\n'), target, "article.clean")
    assert texts(target, "article") == [{"body": "bad", "clean": "good"}, None]


def test_a_new_column_comes_last_and_the_old_text_stays():
    source = stored(pa.table({"text": ["bad", "fine"], "n": [1, 2]}))
    after = pq.read_table(changed(source, lambda text: text.replace("bad", "good"), Fields(out="clean")))
    assert after.column_names == ["text", "n", "clean"]
    assert after.to_pylist()[0] == {"text": "bad", "n": 1, "clean": "good"}


def test_a_column_of_numbers_cannot_take_a_text():
    schema = pa.schema({"text": pa.string(), "n": pa.int64()})
    with pytest.raises(InputError, match=r"a.parquet: the column n is of type int64, which holds no text"):
        arrow.target_schema("a.parquet", schema, "n")


def test_a_column_without_values_can_take_texts():
    source = stored(pa.table({"text": ["a"], "clean": pa.nulls(1)}))
    target = io.BytesIO()
    arrow.put_together("a", source, io.BytesIO(b'"b"\n'), target, "clean")
    assert texts(target, "clean") == ["b"]


@pytest.mark.parametrize(
    ("value", "what"), [(1, "number"), (None, "null"), (b"x", "bytes"), (["a"], "array")]
)
def test_a_text_that_is_none_is_told(value, what):
    (job,) = arrow.read("a", stored(pa.table({"text": [value]})), 0, 1, fields=FIELDS)
    with pytest.raises(InputError, match=what):
        job.codec.opened(job, FIELDS)


def test_a_missing_column_is_told_with_those_that_are_there():
    (job,) = arrow.read("a", stored(pa.table({"body": ["x"], "id": [1]})), 0, 1, fields=FIELDS)
    with pytest.raises(InputError, match=r"no field text \(its fields: body, id\)"):
        job.codec.opened(job, FIELDS)


def test_a_lone_surrogate_becomes_the_replacement_character():
    source = stored(pa.table({"text": ["a", "b"]}))
    assert texts(changed(source, lambda text: text + "\ud800" + "\ud83d\ude00")) == ["a�😀", "b�😀"]


def test_reading_goes_on_from_a_row():
    source = stored(thirty_columns(1000), row_group_size=1500)
    whole = list(arrow.read("a", source, 0, 1, fields=FIELDS))
    assert [job.at for job in whole] == list(range(1, 4001))
    for at in (0, 1, 999, 1500, 2777, 3999, 4000):
        rest = list(arrow.read("a", source, at, at + 1, fields=FIELDS))
        assert [(job.ordinal, job.at, job.data) for job in rest] == [
            (job.ordinal, job.at, job.data) for job in whole[at:]
        ]


def damaged():
    """A file of three row groups, the second of which cannot be read."""
    digits = random.Random(1)  # noqa: S311 - noise, no secret
    table = pa.table({"text": [f"{digits.random()}" * 9 for _ in range(300)], "n": range(300)})
    source = stored(table, row_group_size=100, compression="zstd", use_dictionary=False)
    data = bytearray(source.getvalue())
    start = pq.ParquetFile(source).metadata.row_group(1).column(0).data_page_offset
    data[start + 30 : start + 600] = bytes(570)
    return io.BytesIO(bytes(data))


def test_rows_that_cannot_be_read_are_told_with_their_number_and_the_rest_goes_on():
    jobs = list(arrow.read("a.parquet", damaged(), 0, 1, fields=FIELDS))
    assert sum(job.count for job in jobs) == 300
    (fault,) = [job for job in jobs if job.fault]
    assert fault.count == 100
    assert fault.cut
    assert fault.ordinal == 101
    assert jobs[-1].ordinal == 300
    assert "a.parquet: cannot be read as parquet: " in fault.fault


def test_rows_that_cannot_be_read_are_left_out_of_the_file():
    source = damaged()
    lines = b"".join(
        arrow.gone(job) if job.fault else arrow.SAME_LINE
        for job in arrow.read("a.parquet", source, 0, 1, fields=FIELDS)
    )
    target = io.BytesIO()
    arrow.put_together("a.parquet", source, io.BytesIO(lines), target, "text")
    assert pq.read_table(target).column("n").to_pylist() == [*range(100), *range(200, 300)]


def test_rows_that_should_stay_and_cannot_be_read_are_told():
    source, told = damaged(), []
    decisions = arrow.SAME_LINE * 300
    with pytest.raises(InputError, match="cannot be read as parquet"):
        arrow.put_together("a", source, io.BytesIO(decisions), io.BytesIO(), "text")
    target = io.BytesIO()
    arrow.put_together(
        "a", source, io.BytesIO(decisions), target, "text", lost=lambda *what: told.append(what)
    )
    assert [what[:2] for what in told] == [(101, 100)]
    assert pq.read_table(target).num_rows == 200


@pytest.mark.parametrize("decisions", [b"0\n", b"0\n2\n", b"0\n2\n0\n0\n", b'0\n"half a te'])
def test_rows_without_a_decision_are_left_out(decisions):
    target = io.BytesIO()
    arrow.put_together(
        "a", stored(pa.table({"text": ["a", "b", "c"]})), io.BytesIO(decisions), target, "text"
    )
    assert texts(target) == ["a"]


def test_several_sources_go_into_one_file():
    one = pa.table({"text": ["a", "b"], "n": [1, 2]})
    two = pa.table({"n": [3], "text": ["c"]})
    schema = arrow.one_schema([("1", one.schema), ("2", two.schema)])
    target, decisions = io.BytesIO(), io.BytesIO(b'"A"\n2\n0\n2\n')
    with pq.ParquetWriter(target, schema) as out:
        for table in (one, two):
            arrow.add("x", pq.ParquetFile(stored(table)), decisions, out, "text")
    assert pq.read_table(target).to_pylist() == [{"text": "A", "n": 1}, {"text": "c", "n": 3}]


@pytest.mark.parametrize(
    ("other", "what"),
    [
        ({"text": ["c"]}, "n is missing, that of one int64"),
        ({"text": ["c"], "n": ["3"]}, "n is string, that of one int64"),
    ],
)
def test_sources_of_other_columns_cannot_go_into_one_file(other, what):
    one = pa.table({"text": ["a"], "n": [1]})
    with pytest.raises(InputError, match=f"two: its column {what}; give --out a folder"):
        arrow.one_schema([("one", one.schema), ("two", pa.table(other).schema)])


def test_a_source_that_can_no_longer_be_opened_is_told_with_its_rows():
    good, told = stored(pa.table({"text": ["a"]})), []
    files = [("a", good), ("b", io.BytesIO(b"rubbish")), ("c", good)]
    target = io.BytesIO()
    arrow.put_all_together(
        lambda: iter(files), io.BytesIO(b'"x"\n2\n0\n"y"\n1\n2\n0\n2\n'), target, "text",
        lost=lambda *what: told.append(what),
    )  # fmt: skip
    assert texts(target) == ["x", "a"]
    assert told == [("b", 1, 2, "b: cannot be read as parquet any more")]
    with pytest.raises(InputError, match="b: cannot be read as parquet any more"):
        arrow.put_all_together(lambda: iter(files), io.BytesIO(b"0\n2\n0\n2\n0\n"), io.BytesIO(), "text")
    with pytest.raises(InputError, match="b: cannot be read as parquet"):
        arrow.put_all_together(lambda: iter(files[1:2]), io.BytesIO(), io.BytesIO(), "text")


@pytest.mark.parametrize(
    "data", [b"", b"PAR1", b"PAR1" + b"\0" * 50 + b"PAR1", b"no parquet at all, but a text"]
)
def test_what_is_no_parquet_is_an_error_of_one_line(data):
    with pytest.raises(InputError, match=r"^a.parquet: cannot be read as parquet: .+$"):
        list(arrow.read("a.parquet", io.BytesIO(data), 0, 1, fields=FIELDS))


def test_a_file_without_rows_stays_one():
    empty = thirty_columns().slice(0, 0)
    after = pq.read_table(changed(stored(empty), str.upper))
    assert after.num_rows == 0
    assert after.schema.equals(pq.read_table(stored(empty)).schema)


def lines_of(*records):
    return io.BytesIO(b"".join(json.dumps(record).encode() + b"\n" for record in records))


def made(*records):
    target = io.BytesIO()
    arrow.made(lines_of(*records), target)
    return pq.read_table(target)


def test_records_become_columns_of_the_types_that_hold_them():
    table = made(
        {"text": "a", "n": 1, "tags": ["x"], "who": {"name": "b"}}, {"text": "c", "n": 2.5, "new": True}
    )
    assert {name: str(kind) for name, kind in zip(table.column_names, table.schema.types, strict=True)} == {
        "text": "string", "n": "double", "tags": "list<element: string>",
        "who": "struct<name: string>", "new": "bool",
    }  # fmt: skip
    assert table.to_pylist()[1] == {"text": "c", "n": 2.5, "tags": None, "who": None, "new": True}


@pytest.mark.parametrize(
    "values",
    [[1, "a"], [[1], {"a": 1}], [2**70], [True, 1], [{}], [[{}]], [[1, "a"]], [2**60 + 1, 0.5]],
)
def test_values_that_have_no_type_in_common_become_json(values):
    table = made(*({"v": value} for value in values))
    assert str(table.schema.field("v").type) == "string"
    back = [value if isinstance(value, str) else json.dumps(value) for value in values]
    assert table.column("v").to_pylist() == back


def test_a_type_that_does_not_hold_what_came_before_becomes_json(monkeypatch):
    monkeypatch.setattr(arrow, "GROUP", 2)
    values = [2**60 + 1, 2, 0.5, 4, {"a": 1}, None, "x"]
    table = made(*({"v": value, "n": number} for number, value in enumerate(values)))
    expected = [value if isinstance(value, str | None) else json.dumps(value) for value in values]
    assert table.column("v").to_pylist() == expected
    assert table.column("n").to_pylist() == list(range(7))


def test_lone_surrogates_of_records_are_replaced_wherever_they_are():
    table = made({"text": "\ud800", "deep": [{"a\udc00": "\udfff"}]})
    assert table.to_pylist() == [{"text": "�", "deep": [{"a�": "�"}]}]


def test_no_records_make_a_file_without_rows():
    assert made().num_rows == 0
