"""Corpora of many files: each is cleaned whole or not at all, and only once."""

import bz2
import gzip
import json
import pickle

import pytest
from corpus import CLUB, PACK, WITHOUT_CLUB, cleaned, library, texts

import cleaner
from cleaner.errors import InputError

pa = library("pyarrow")
pq = library("pyarrow.parquet")

from cleaner.integrations.counted import removed  # noqa: E402
from cleaner.integrations.shards import RECEIPTS, clean_shards, shards  # noqa: E402


def write_parquet(path, start, stop, **how):
    rows = {
        "n": list(range(start, stop)),
        "text": texts()[start:stop],
        "odd": [[{"a": 1.5}]] * (stop - start),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(pa.table(rows).replace_schema_metadata({"of": "the town"}), path, row_group_size=20, **how)


@pytest.fixture
def corpus(tmp_path):
    """Four shards of two kinds in two folders, and files that are none."""
    source = tmp_path / "source"
    write_parquet(source / "a.parquet", 0, 50, compression="zstd")
    write_parquet(source / "b" / "c.parquet", 50, len(texts()))
    lines = [json.dumps({"n": n, "text": text, "x": 1.50}) for n, text in enumerate(texts()[:20])]
    (source / "d.jsonl").write_text("\n".join(lines))
    with gzip.open(source / "b" / "e.jsonl.gz", "wt") as file:
        file.write("\n\n".join(lines) + "\n")
    for name in ("_SUCCESS", ".hidden.parquet", "picture.png"):
        (source / name).write_bytes(b"x")
    return source


def files(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and RECEIPTS not in path.parts
    }


def test_every_shard_is_cleaned_under_its_own_name(corpus, tmp_path):
    tally = clean_shards(str(corpus), str(tmp_path / "out"))
    assert set(files(tmp_path / "out")) == {"a.parquet", "b/c.parquet", "d.jsonl", "b/e.jsonl.gz"}
    tables = [pq.read_table(tmp_path / "out" / name) for name in ("a.parquet", "b/c.parquet")]
    assert [text for table in tables for text in table.column("text").to_pylist()] == cleaned()
    for name, table in zip(("a.parquet", "b/c.parquet"), tables, strict=True):
        before = pq.read_table(corpus / name)
        assert table.drop_columns(["text"]).equals(before.drop_columns(["text"]))
        assert table.schema.equals(before.schema, check_metadata=True)
        ways = [pq.ParquetFile(folder / name).metadata.row_group(0) for folder in (corpus, tmp_path / "out")]
        assert ways[0].column(0).compression == ways[1].column(0).compression
        assert ways[0].num_rows == ways[1].num_rows
    lines = [json.loads(line) for line in (tmp_path / "out/d.jsonl").read_text().split("\n")]
    assert [line["text"] for line in lines] == cleaned()[:20]
    assert tally.documents == len(texts()) + 40
    assert removed(tally)["adverts"] > 0


def test_lines_keep_all_their_other_bytes_and_are_those_of_the_command(corpus, tmp_path):
    odd = b'\xef\xbb\xbf{ "text" : "It rained.\\n\\nRead more", "x": 1.50 }\r\n\n{"x":[1,  2],"text":"A."}'
    (corpus / "odd.ndjson").write_bytes(odd)
    clean_shards(str(corpus / "odd.ndjson"), str(tmp_path / "out"))
    assert (tmp_path / "out" / "odd.ndjson").read_bytes() == odd.replace(b"\\n\\nRead more", b"")


def test_a_compressed_shard_stays_compressed(corpus, tmp_path):
    (corpus / "f.jsonl.bz2").write_bytes(bz2.compress(b'{"text": "Read more"}\n'))
    clean_shards(str(corpus), str(tmp_path / "out"))
    assert bz2.decompress((tmp_path / "out" / "f.jsonl.bz2").read_bytes()) == b'{"text": ""}\n'
    lines = gzip.decompress((tmp_path / "out" / "b" / "e.jsonl.gz").read_bytes()).decode().split("\n\n")
    assert [json.loads(line)["text"] for line in lines] == cleaned()[:20]


def test_a_run_goes_on_where_it_was(corpus, tmp_path):
    out = tmp_path / "out"
    first = clean_shards(str(corpus), str(out))
    before = files(out)
    (out / "a.parquet").unlink()
    (out / "d.jsonl").write_bytes(b"not looked at again")
    second = clean_shards(str(corpus), str(out))
    assert files(out) == {**before, "d.jsonl": b"not looked at again"}
    assert second.to_json() == first.to_json()


def test_a_shard_that_has_changed_or_is_cleaned_otherwise_is_not_taken_for_done(corpus, tmp_path):
    out = str(tmp_path / "out")
    clean_shards(str(corpus), out)
    with pytest.raises(InputError, match="is there already, and not by this run"):
        clean_shards(str(corpus), out, level="light")
    clean_shards(str(corpus), out, level="light", overwrite=True)
    assert (tmp_path / "out/d.jsonl").read_text().count("\n") == 19
    (corpus / "d.jsonl").write_text('{"text": "A."}')
    with pytest.raises(InputError, match=r"d\.jsonl: is there already"):
        clean_shards(str(corpus), out, level="light")


def test_nothing_is_left_of_a_shard_that_fails(corpus, tmp_path):
    (corpus / "d.jsonl").write_text('{"text": "Read more"}\nnot json\n')
    (corpus / "z.parquet").write_bytes(b"PAR1 is how it begins")
    out = tmp_path / "out"
    with pytest.raises(InputError, match=r"d\.jsonl:2: not JSON"):
        clean_shards(str(corpus), str(out))
    assert not (out / "d.jsonl").exists()
    with pytest.raises(InputError, match=r"z\.parquet: .*Parquet"):
        clean_shards(str(corpus), str(out), on_error="keep")
    assert (out / "d.jsonl").read_text() == '{"text": ""}\nnot json\n'
    assert not (out / "z.parquet").exists()
    assert not list(out.rglob("*.part"))


def test_lines_that_fail_are_passed_on_and_counted_when_asked(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": 3}\n{"text": "Read more"}\n{"x": 1}\n')
    tally = clean_shards(str(tmp_path / "a.jsonl"), str(tmp_path / "out"), on_error="keep")
    assert (tally.documents, tally.failed) == (3, 2)
    assert [ident for ident, _ in tally.failures] == ["a.jsonl:1", "a.jsonl:3"]
    assert (tmp_path / "out/a.jsonl").read_text() == '{"text": 3}\n{"text": ""}\n{"x": 1}\n'


def test_the_account_goes_into_each_line(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"body": "It rained.\\n\\nRead more", "t": 1}\n')
    clean_shards(str(tmp_path / "a.jsonl"), str(tmp_path / "out"), text="body", ledger=True, out="clean")
    said = json.loads((tmp_path / "out/a.jsonl").read_text())
    assert (said["body"], said["clean"], said["t"]) == ("It rained.\n\nRead more", "It rained.", 1)
    assert said["cleaner"]["edits"][0]["text"] == "\n\nRead more"


def test_places_may_be_addresses(corpus, tmp_path):
    clean_shards(corpus.as_uri(), (tmp_path / "out").as_uri())
    clean_shards(str(corpus), str(tmp_path / "other"))
    assert files(tmp_path / "out") == files(tmp_path / "other")
    with pytest.raises(InputError, match="nowhere://bucket: "):
        clean_shards("nowhere://bucket", str(tmp_path / "none"))


def test_a_relative_path_is_that_of_whoever_gave_it(tmp_path, monkeypatch):
    (tmp_path / "a.jsonl").write_text('{"text": "Read more"}')
    monkeypatch.chdir(tmp_path)
    work = shards("a.jsonl", "out")
    monkeypatch.chdir("/")
    work.clean(work.found()[0])
    assert (tmp_path / "out/a.jsonl").read_text() == '{"text": ""}'


def test_the_work_travels_with_its_packs(corpus, tmp_path):
    pack = tmp_path / "mine.toml"
    pack.write_text(PACK)
    (corpus / "d.jsonl").write_text(json.dumps({"text": CLUB}))
    work = pickle.dumps(shards(str(corpus / "d.jsonl"), str(tmp_path / "out"), packs=[pack]))
    pack.unlink()
    there = pickle.loads(work)
    (shard,) = there.found()
    there.clean(shard)
    assert json.loads((tmp_path / "out/d.jsonl").read_text()) == {"text": WITHOUT_CLUB}


def test_places_that_cannot_be_used_are_told_in_one_line(corpus, tmp_path):
    with pytest.raises(InputError, match="no such file or folder"):
        clean_shards(str(tmp_path / "nowhere"), str(tmp_path / "out"))
    (tmp_path / "bare").mkdir()
    with pytest.raises(InputError, match="no Parquet and no JSON lines"):
        clean_shards(str(tmp_path / "bare"), str(tmp_path / "out"))
    with pytest.raises(InputError, match="one in the other"):
        clean_shards(str(corpus), str(corpus / "out"))
    with pytest.raises(InputError, match="has not one column body"):
        clean_shards(str(corpus / "a.parquet"), str(tmp_path / "out"), text="body")
    assert not list((tmp_path / "out").rglob("*.part"))
    with pytest.raises(cleaner.OptionError, match="unknown option levl"):
        clean_shards(str(corpus), str(tmp_path / "out"), levl="strict")


def test_a_store_that_fsspec_knows_is_read_and_written():
    fsspec = pytest.importorskip("fsspec")
    memory = fsspec.filesystem("memory")
    memory.pipe("/source/a.jsonl", b'{"text": "It rained.\\n\\nRead more"}\n')
    tally = clean_shards("memory://source", "memory://out")
    assert memory.cat("/out/a.jsonl") == b'{"text": "It rained."}\n'
    assert tally.documents == 1
    assert clean_shards("memory://source", "memory://out").documents == 1
