"""Batches: files, folders and records, their order, names and bytes kept."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_cli import ARTICLE, CLEAN, run

from cleaner.batch.record import parse, with_field

__all__ = ["run"]

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(
    st.dictionaries(st.text(max_size=5), json_values, max_size=5),
    st.text(),
    st.booleans(),
    st.sampled_from([None, 1]),
    st.text(max_size=5),
)
def test_only_the_field_changes_in_a_record(record, value, ascii_only, indent, field):
    line = json.dumps(record, ensure_ascii=ascii_only, indent=indent)
    changed = with_field(line, field, value)
    assert parse(changed) == {**record, field: value}
    if field in record:
        assert list(parse(changed)) == list(record)


def test_the_bytes_of_other_fields_stay():
    line = '{ "n":1.50, "text" : "old", "e": "\\u00e9", "n2": 1e3 }'
    assert with_field(line, "text", "new") == line.replace("old", "new")


def write_records(path, texts, **more):
    path.write_text("".join(json.dumps({"id": n, "text": t, **more}) + "\n" for n, t in enumerate(texts)))


def test_records_keep_their_order_fields_and_bytes(run, tmp_path):
    lines = [
        b'{"id": 1, "n": 1.50, "text": ' + json.dumps(ARTICLE).encode() + b', "z": null}\r\n',
        b'  {"text":"Nothing to find here.","odd":[1,  2]}\n',
        b"\n",
        '{"text": "It snowed on the caf\u00e9."}'.encode(),
    ]
    (tmp_path / "a.jsonl").write_bytes(b"".join(lines))
    run("batch", "a.jsonl", "--out", "b.jsonl")
    out = (tmp_path / "b.jsonl").read_bytes().split(b"\n")
    assert out[0] == lines[0].replace(json.dumps(ARTICLE).encode(), json.dumps(CLEAN).encode())[:-1]
    assert out[1:] == b"".join(lines[1:]).split(b"\n")


def test_a_batch_is_restored_from_its_ledger(run, tmp_path):
    write_records(tmp_path / "a.jsonl", [ARTICLE, CLEAN, ARTICLE + "Read more\n", ""], other=[1.0])
    run("batch", "a.jsonl", "--out", "b.jsonl", "--ledger", "l.jsonl")
    run("restore", "b.jsonl", "--ledger", "l.jsonl", "-o", "c.jsonl")
    assert (tmp_path / "c.jsonl").read_bytes() == (tmp_path / "a.jsonl").read_bytes()
    header, *entries = map(json.loads, (tmp_path / "l.jsonl").read_text().splitlines())
    assert header["cleaner-ledger"] == 1
    assert [entry["ordinal"] for entry in entries] == [1, 2, 3, 4]
    for entry in entries:
        for start, end, _, text, rule, *_ in entry["edits"]:
            assert end - start == len(text)
            assert header["rules"][rule]["why"]


def test_a_text_that_is_not_the_ledgers_is_refused(run, tmp_path):
    write_records(tmp_path / "a.jsonl", [ARTICLE])
    run("batch", "a.jsonl", "--out", "b.jsonl", "--ledger", "l.jsonl")
    write_records(tmp_path / "b.jsonl", [CLEAN + "!"])
    process = run("restore", "b.jsonl", "--ledger", "l.jsonl", "-o", "c.jsonl", code=2)
    assert "its hash differs" in process.stderr.decode()
    assert not (tmp_path / "c.jsonl").exists()


def test_a_folder_keeps_its_tree_and_is_restored(run, tmp_path):
    files = {"a.txt": ARTICLE, "sub/b.md": ARTICLE.replace("\n", "\r\n"), "sub/deep/c.txt": CLEAN}
    for name, text in files.items():
        path = tmp_path / "src" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    (tmp_path / "src" / "picture.png").write_bytes(b"\x89PNG")
    page = "<html><body><nav>Menu</nav><p>It rained.</p><p>Advertisement</p><p>It snowed.</p></body></html>"
    (tmp_path / "src" / "page.html").write_text(page)
    run("batch", "src", "--out", "dst", "--ledger", "l.jsonl")
    found = {p.relative_to(tmp_path / "dst").as_posix() for p in (tmp_path / "dst").rglob("*") if p.is_file()}
    assert found == {*files, "page.html"}
    assert (tmp_path / "dst/a.txt").read_text() == CLEAN
    assert (tmp_path / "dst/sub/b.md").read_bytes() == CLEAN.replace("\n", "\r\n").encode()
    assert (tmp_path / "dst/page.html").read_text().split() == ["It", "rained.", "It", "snowed."]
    run("restore", "dst", "--ledger", "l.jsonl", "-o", "back")
    for name in found:
        assert (tmp_path / "back" / name).read_bytes() == (tmp_path / "src" / name).read_bytes()


@pytest.mark.parametrize("workers", [1, 2])
def test_documents_that_fail_are_listed_and_the_others_are_done(run, tmp_path, workers):
    (tmp_path / "a.jsonl").write_text('{"text": "a"}\nnot json\n{"text": 1}\n{"text": "Read more"}\n')
    process = run("batch", "a.jsonl", "--out", "b.jsonl", "--on-error", "skip", "--workers", workers, code=3)
    assert "a.jsonl:2: not JSON" in process.stderr.decode()
    assert "a.jsonl:3: the field text is number" in process.stderr.decode()
    assert (tmp_path / "b.jsonl").read_text() == '{"text": "a"}\n{"text": ""}\n'
    run("batch", "a.jsonl", "--out", "c.jsonl", "--on-error", "keep", code=3)
    assert (tmp_path / "c.jsonl").read_text() == '{"text": "a"}\nnot json\n{"text": 1}\n{"text": ""}\n'


@pytest.mark.parametrize("how", ["skip", "keep"])
def test_documents_that_failed_are_restored_too(run, tmp_path, how):
    source = json.dumps({"text": ARTICLE}) + '\nnot json\n{"text": 1}\n\n{"text": "Read more"}\nlast'
    (tmp_path / "a.jsonl").write_text(source)
    run("batch", "a.jsonl", "--out", "b.jsonl", "--on-error", how, "--ledger", "l.jsonl", code=3)
    run("restore", "b.jsonl", "--ledger", "l.jsonl", "-o", "c.jsonl")
    assert (tmp_path / "c.jsonl").read_text() == source


def test_one_bad_file_stops_a_folder_and_nothing_is_written(run, tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.txt").write_text(ARTICLE)
    (tmp_path / "src/b.txt").write_bytes(b"caf\xe9")
    assert "src/b.txt: not utf-8" in run("batch", "src", "--out", "dst", code=2).stderr.decode()
    assert not [path for path in (tmp_path / "dst").rglob("*") if path.is_file()]
    run("batch", "src", "--out", "dst", "--on-error", "skip", code=3)
    assert [path.name for path in (tmp_path / "dst").iterdir()] == ["a.txt"]


def test_the_number_of_workers_does_not_change_a_byte(run, tmp_path):
    texts = [f"Story {n}.\n\n{ARTICLE}\n{'It went on and on. ' * 60}\n" for n in range(3000)]
    write_records(tmp_path / "a.jsonl", texts)
    for workers in (1, 2):
        run(
            "batch",
            "a.jsonl",
            "--out",
            f"b{workers}.jsonl",
            "--ledger",
            f"l{workers}.jsonl",
            "--workers",
            workers,
        )
    assert (tmp_path / "b1.jsonl").read_bytes() == (tmp_path / "b2.jsonl").read_bytes()
    assert (tmp_path / "l1.jsonl").read_bytes() == (tmp_path / "l2.jsonl").read_bytes()


def test_pages_in_records(run, tmp_path):
    page = "<html><body><p>It rained.</p><p>Read more</p></body></html>"
    (tmp_path / "a.jsonl").write_text(json.dumps({"id": "x", "html": page}) + "\n")
    args = ("--text-field", "html", "--input-format", "html", "--ledger", "l.jsonl")
    run("batch", "a.jsonl", "--out", "b.jsonl", *args)
    assert json.loads((tmp_path / "b.jsonl").read_text()) == {
        "id": "x",
        "html": page,
        "text": "It rained.",
    }
    run("batch", "a.jsonl", "--out", "c.jsonl", *args[:-2], "--out-field", "body")
    assert json.loads((tmp_path / "c.jsonl").read_text())["body"] == "It rained."
    run("restore", "b.jsonl", "--ledger", "l.jsonl", "--source-field", "html", "-o", "d.jsonl")
    assert json.loads((tmp_path / "d.jsonl").read_text())["html"] == page


def test_records_from_and_to_standard_streams(run):
    line = json.dumps({"text": ARTICLE}).encode()
    assert json.loads(run("batch", "-", "--out", "-", stdin=line).stdout) == {"text": CLEAN}


def test_a_byte_order_mark_and_lone_surrogates_stay(run, tmp_path):
    line = b'\xef\xbb\xbf{"text": "\\ud800 It rained.\\n\\nRead more\\n"}\n'
    (tmp_path / "a.jsonl").write_bytes(line)
    run("batch", "a.jsonl", "--out", "b.jsonl", "--ledger", "l.jsonl")
    assert (tmp_path / "b.jsonl").read_bytes() == line.replace(b"\\n\\nRead more\\n", b"\\n")
    run("restore", "b.jsonl", "--ledger", "l.jsonl", "-o", "c.jsonl")
    assert (tmp_path / "c.jsonl").read_bytes() == line


def test_a_damaged_ledger_is_told(run, tmp_path):
    write_records(tmp_path / "a.jsonl", [ARTICLE])
    run("batch", "a.jsonl", "--out", "b.jsonl", "--ledger", "l.jsonl")
    ledger = (tmp_path / "l.jsonl").read_text()
    for wrong in (
        ledger.replace("- Advertisement -", "- Advertisements -"),
        ledger.replace('"edits":[[', '"edits":[[9'),
        ledger.replace('"cleaner-ledger":1', '"cleaner-ledger":99'),
        ledger.replace('"hash":{', '"hsah":{'),
        ledger[:-20],
        "",
    ):
        (tmp_path / "l.jsonl").write_text(wrong)
        run("restore", "b.jsonl", "--ledger", "l.jsonl", "-o", "c.jsonl", code=2)
        assert not (tmp_path / "c.jsonl").exists()


def test_a_ledger_that_names_a_place_outside_is_refused(run, tmp_path):
    (tmp_path / "src").mkdir()
    (tmp_path / "src/a.txt").write_text(ARTICLE)
    run("batch", "src", "--out", "dst", "--ledger", "l.jsonl")
    text = (tmp_path / "l.jsonl").read_text().replace('"id":"a.txt"', '"id":"../a.txt"')
    (tmp_path / "l.jsonl").write_text(text)
    process = run("restore", "dst", "--ledger", "l.jsonl", "-o", "back", code=2)
    assert "lies outside the folder" in process.stderr.decode()
