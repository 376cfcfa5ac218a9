"""The ledger in other forms: Dolma's attributes and parquet, and back from parquet without a loss."""

import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cleaner
from cleaner import ledger
from cleaner.batch.ledgers import convert, form_of, read_lines, read_parquet
from cleaner.errors import CleanerError, InputError, LedgerError, OptionError

TEXT = (
    "It rained.\n\n- Advertisement -\n\nThe river rose.It fell again &amp; rose.\n\nRead more: What it left\n"
)
WORK = cleaner.Cleaner()
HEADER = ledger.dump(WORK.receipt).encode()
RULES = [rule["id"] for rule in WORK.receipt["rules"]]


def entry(text=TEXT, **about):
    return ledger.dump(WORK.ledger_entry(WORK.explain(text, lang="en"), **about)).encode()


def lines_of(*entries):
    return [line + b"\n" for line in (HEADER, *entries)]


def converted(lines, form):
    target = io.BytesIO()
    convert(lines, target, form)
    return target.getvalue()


def failed(**about):
    return json.dumps({**about, "error": "not JSON", "kept": False, "packed": "xyz"}).encode()


def test_dolma_names_what_goes_by_family():
    (line,) = converted(lines_of(entry(id="a", ordinal=1, source="s")), "dolma").splitlines()
    told = json.loads(line)
    assert told["id"] == "a"
    (span,) = told["attributes"]["cleaner__adverts"]
    assert TEXT[span[0] : span[1]].strip() == "- Advertisement -"
    assert 0 < span[2] <= 1


def test_cutting_dolmas_spans_leaves_what_must_be_repaired():
    (line,) = converted(lines_of(entry(id="a")), "dolma").splitlines()
    attributes = json.loads(line)["attributes"]
    cut = TEXT
    for start, end, _ in sorted(
        (span for name, spans in attributes.items() if not name.endswith("__replaced") for span in spans),
        reverse=True,
    ):
        cut = cut[:start] + cut[end:]
    assert cut == "It rained.\n\nThe river rose.It fell again &amp; rose.\n"
    assert sum(name.endswith("__replaced") for name in attributes) >= 1


def test_dolma_has_a_line_for_each_document_in_order():
    lines = lines_of(entry(id="a"), failed(id=None, ordinal=2, source="s.jsonl"), entry("Dry.", id=7))
    told = [json.loads(line) for line in converted(lines, "dolma").splitlines()]
    assert [line["id"] for line in told] == ["a", "s.jsonl:2", "7"]
    assert told[1]["attributes"] == told[2]["attributes"] == {}


texts = st.text("ab \n\ud800\u00e9\U0001f600", max_size=6)
ids = st.none() | st.integers() | texts | st.lists(st.integers(), max_size=2) | st.booleans()
edits = st.tuples(
    st.integers(0, 9), st.integers(0, 9), texts, texts, st.integers(0, len(RULES) - 1), st.floats(0, 1),
    st.lists(texts, max_size=2),
).map(list)  # fmt: skip
cleaned = st.fixed_dictionaries(
    {
        "id": ids, "ordinal": st.integers(1, 2**40), "source": texts,
        "hash": st.fixed_dictionaries({"source": st.just("00"), "clean": st.just("ff")}),
        "language": st.none() | st.just("en"), "mode": st.just("article"), "state": st.just("cut"),
        "warnings": st.lists(texts, max_size=2), "edits": st.lists(edits, max_size=3),
    },
    optional={
        "encoding": st.just("utf-8"), "bom": st.just(""), "packed": st.just("xx"),
        "evidence": st.lists(texts, max_size=2),
    },
)  # fmt: skip
failures = st.fixed_dictionaries({
    "id": ids, "ordinal": st.integers(1, 9), "source": texts, "error": texts, "kept": st.booleans(),
    "packed": st.just("x"),
})  # fmt: skip


@given(st.lists(cleaned | failures, max_size=5))
def test_a_ledger_comes_back_from_parquet_as_it_was(tmp_path_factory, entries):
    path = tmp_path_factory.mktemp("ledger") / "run.parquet"
    path.write_bytes(converted(lines_of(*(ledger.dump(entry).encode() for entry in entries)), "parquet"))
    header, *back = read_parquet(str(path))
    assert header == json.loads(HEADER)
    assert back == entries


def test_what_is_in_parquet_can_be_asked_by_column(tmp_path):
    import pyarrow.parquet as pq

    path = tmp_path / "run.parquet"
    path.write_bytes(converted(lines_of(entry(id=5, ordinal=1, source="s")), "parquet"))
    (row,) = pq.read_table(path).to_pylist()
    assert (row["id"], row["source"], row["language"]) == ("5", "s", "en")
    advert = next(edit for edit in row["edits"] if edit["rule"].startswith("en/adverts"))
    assert TEXT[advert["start"] : advert["end"]] == advert["text"]


def test_the_form_is_told_from_the_name_or_said():
    assert form_of("run.jsonl") == form_of("run") == form_of("run.jsonl.gz") == "jsonl"
    assert form_of("run.parquet") == form_of("RUN.PQ") == form_of("run", "parquet") == "parquet"
    assert form_of("run.parquet", "dolma") == "dolma"
    with pytest.raises(OptionError, match="the formats are"):
        form_of("run", "xml")


@pytest.mark.parametrize("lines", [[], [b"{}\n"], [b"no\n"], [HEADER, b"no"], [HEADER, b"[]"]])
def test_what_is_no_ledger_is_refused(lines):
    with pytest.raises(LedgerError):
        converted(lines, "dolma")


def test_parquet_that_is_no_ledger_is_refused(tmp_path):
    import pyarrow as pa
    import pyarrow.parquet as pq

    (tmp_path / "a").write_bytes(b"no")
    pq.write_table(pa.table({"x": [1]}), tmp_path / "b")
    for name, kind in (("a", InputError), ("b", LedgerError), ("c", InputError)):
        with pytest.raises(kind) as caught:
            list(read_parquet(str(tmp_path / name)))
        assert isinstance(caught.value, CleanerError)
        assert "\n" not in str(caught.value)


def test_lines_are_read_one_by_one():
    many = read_lines(iter([HEADER, entry(), b"\n", b"broken"]))
    assert "cleaner-ledger" in next(many)
    assert "edits" in next(many)
    with pytest.raises(LedgerError, match="line 4"):
        next(many)
