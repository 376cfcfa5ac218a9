"""Tables of pyarrow: the text is cleaned, and nothing else changes."""

import os
import pickle
import subprocess
import sys

import pytest
from corpus import CLUB, PACK, WITHOUT_CLUB, cleaned, library, run_examples, texts

import cleaner
from cleaner.errors import InputError, LedgerError, OptionError

pa = library("pyarrow")

from cleaner.integrations.portable import portable  # noqa: E402
from cleaner.integrations.table import (  # noqa: E402
    LEDGER,
    batch_cleaner,
    clean_batch,
    restore_batch,
)

KINDS = [pa.string(), pa.large_string(), pa.string_view(), pa.dictionary(pa.int16(), pa.large_string())]
FAULTY = PACK.replace('phrases = ["join the ferry club"]', "match = '''(?:a|aa|a?a)+[bc]'''")


def table(kind=None):
    kind = kind or pa.string()
    body = texts()
    rows = {
        "n": pa.array(range(len(body)), pa.int8() if len(body) < 128 else pa.int16()),
        "text": pa.array(body, pa.string()).cast(kind),
        "tags": pa.array([["a", None]] * len(body)),
    }
    fields = [pa.field(name, array.type, metadata={"of": name}) for name, array in rows.items()]
    return pa.table(list(rows.values()), schema=pa.schema(fields, metadata={"made": "by hand"}))


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_texts_come_out_as_from_the_cleaner_in_their_own_type(kind):
    out = clean_batch(table(kind))
    assert out.column("text").to_pylist() == cleaned()
    assert out.schema.equals(table(kind).schema, check_metadata=True)
    assert out.drop_columns(["text"]).equals(table(kind).drop_columns(["text"]))


def test_a_record_batch_gives_a_record_batch():
    (batch,) = table().to_batches()
    out = clean_batch(batch)
    assert isinstance(out, pa.RecordBatch)
    assert out.column("text").to_pylist() == cleaned()
    assert out.schema.equals(batch.schema, check_metadata=True)


def test_nulls_stay_null_and_an_empty_table_stays_empty():
    rows = pa.table({"text": pa.array([None, CLUB, None])})
    out = clean_batch(rows, ledger=True)
    assert out.column("text").to_pylist() == [None, CLUB, None]
    assert [entry is None for entry in out.column("cleaner").to_pylist()] == [True, False, True]
    assert clean_batch(rows.slice(0, 0)).equals(rows.slice(0, 0))
    assert clean_batch(pa.table({"text": pa.nulls(2)})).column("text").null_count == 2


def test_the_account_says_what_the_result_says():
    out = clean_batch(table(), ledger=True)
    assert out.schema.field("cleaner").type == LEDGER
    for text, entry in zip(texts(), out.column("cleaner").to_pylist(), strict=True):
        result = cleaner.explain(text)
        told = [(edit["rule"], edit["start"], edit["end"], edit["new"]) for edit in entry["edits"]]
        assert told == [(edit.rule, edit.start, edit.end, edit.new) for edit in result.edits]
        about = {name: entry[name] for name in ("language", "mode", "state", "warnings")}
        assert about == {
            "language": result.language,
            "mode": result.mode,
            "state": result.state,
            "warnings": list(result.warnings),
        }


def test_sources_are_restored_from_the_account():
    out = clean_batch(table(), ledger=True)
    assert restore_batch(out).equals(table(), check_metadata=True)
    changed = pa.table({"text": ["Not it"], "cleaner": out.column("cleaner").slice(1, 1)})
    with pytest.raises(LedgerError):
        restore_batch(changed)


def test_the_cleaned_text_may_go_beside_the_source():
    rows = pa.table({"body": [CLUB + "\n\nRead more"], "clean": [1]})
    out = clean_batch(rows, text="body", out="clean", ledger="what")
    assert out.column("body").to_pylist() == rows.column("body").to_pylist()
    assert out.column("clean").to_pylist() == [CLUB]
    assert out.schema.names == ["body", "clean", "what"]


def test_url_title_and_language_are_taken_from_their_columns():
    text = "A Title\n\nIt came.\n\nIt left."
    rows = pa.table(
        {"text": [text] * 2, "t": ["A Title", None], "l": ["en", None], "u": ["https://example.com/", None]}
    )
    out = clean_batch(rows, url="u", title="t", lang="l", drop="title", ledger=True)
    expected = [
        cleaner.explain(text, title="A Title", lang="en", url="https://example.com/", drop="title"),
        cleaner.explain(text, drop="title"),
    ]
    assert out.column("text").to_pylist() == [result.text for result in expected]
    assert expected[0].text != expected[1].text
    assert [entry["language"] for entry in out.column("cleaner").to_pylist()] == [
        r.language for r in expected
    ]


def test_what_is_no_text_is_refused_in_one_line():
    with pytest.raises(InputError, match=r"has not one column text \(its columns: n\)"):
        clean_batch(pa.table({"n": [1]}))
    with pytest.raises(InputError, match="the column n is int64, not text"):
        clean_batch(pa.table({"n": [1]}), text="n")
    with pytest.raises(InputError, match="url"):
        clean_batch(pa.table({"text": ["a"]}), url="url")
    with pytest.raises(OptionError, match="unknown option levl"):
        clean_batch(pa.table({"text": ["a"]}), levl="strict")
    with pytest.raises(OptionError, match="not both"):
        clean_batch(pa.table({"text": ["a"]}), cleaner=cleaner.Cleaner(), level="strict")


def test_a_dictionary_too_narrow_for_its_cleaned_texts_is_refused():
    kind = pa.dictionary(pa.int8(), pa.string())
    titles = [f"Ship {number} sails" for number in range(100)]
    body = pa.array([f"{title}\n\n{title} today." for title in titles] * 2).dictionary_encode()
    rows = pa.table({"text": body.cast(kind), "t": titles + ["Another"] * 100})
    assert clean_batch(rows).schema == rows.schema
    with pytest.raises(InputError, match="too narrow for its cleaned texts"):
        clean_batch(rows, title="t", drop="title")


def test_a_text_that_fails_is_kept_and_told_when_asked(tmp_path):
    pack = tmp_path / "slow.toml"
    pack.write_text(FAULTY)
    rows = pa.table({"text": ["a" * 900, CLUB]})
    with pytest.raises(cleaner.RuleTimeoutError):
        clean_batch(rows, packs=[pack])
    out = clean_batch(rows, packs=[pack], on_error="keep", ledger=True)
    assert out.column("text").to_pylist() == rows.column("text").to_pylist()
    (warning,) = out.column("cleaner").to_pylist()[0]["warnings"]
    assert warning.startswith("failed: ")
    assert out.column("cleaner").to_pylist()[1]["warnings"] == []


def test_packs_and_lists_travel_with_the_work(tmp_path):
    pack, keep = tmp_path / "mine.toml", tmp_path / "keep.txt"
    pack.write_text(PACK)
    keep.write_text("Read more\n")
    work = pickle.dumps(batch_cleaner(packs=[pack], keep=[f"@{keep}"], ledger=True))
    pack.unlink()
    keep.unlink()
    out = pickle.loads(work)(pa.table({"text": [CLUB + "\n\nRead more"]}))
    assert out.column("text").to_pylist() == [WITHOUT_CLUB + "\n\nRead more"]
    assert out.column("cleaner").to_pylist()[0]["edits"][0]["rule"] == "mine:ferry-club"


def test_what_travels_is_the_same_bytes_in_every_process(tmp_path):
    pack = tmp_path / "mine.toml"
    pack.write_text(PACK)
    program = (
        "import pickle, sys; from cleaner.integrations.table import batch_cleaner\n"
        f"work = batch_cleaner(packs=[{str(pack)!r}], without={{'newsletter', 'repairs', 'share'}})\n"
        "sys.stdout.write(pickle.dumps(work).hex())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1


def test_what_travels_differs_when_a_pack_does(tmp_path):
    pack = tmp_path / "mine.toml"
    pack.write_text(PACK)
    before = portable(packs=[pack])
    assert before == portable(packs=[pack])
    pack.write_text(PACK.replace("ferry-club", "boat-club"))
    assert before != portable(packs=[pack])


def test_the_examples_of_the_page_run():
    names = run_examples("arrow")
    assert names["restored"].equals(names["table"])
