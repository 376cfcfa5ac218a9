"""Ray: datasets in parallel, counters, and workers that are killed."""

import json
import os
import signal
import threading
import time
from pathlib import Path

import pytest
from corpus import CLUB, PACK, WITHOUT_CLUB, cleaned, library, run_examples, texts

import cleaner
from cleaner.errors import InputError
from cleaner.integrations.account import removed_words

ray = library("ray")
pa = library("pyarrow")
library("ray.data")

from cleaner.integrations.ray import Counts, clean, clean_shards  # noqa: E402

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(scope="module", autouse=True)
def cluster():
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    ray.init(num_cpus=3, include_dashboard=False, log_to_driver=False, logging_level="error")
    ray.data.DataContext.get_current().enable_progress_bars = False
    yield
    ray.shutdown()


def corpus(blocks=4):
    rows = pa.table({"n": list(range(len(texts()))), "text": texts()})
    return ray.data.from_arrow(rows).repartition(blocks)


def rows_of(dataset):
    return sorted(dataset.take_all(), key=lambda row: row["n"])


def words_gone():
    total = sum(
        (removed_words(cleaner.explain(text)) for text in texts()), start=removed_words(cleaner.explain(""))
    )
    return {family: words for family, words in sorted(total.items()) if words}


@pytest.mark.parametrize("workers", [1, 2])
def test_texts_come_out_as_from_the_cleaner_and_are_counted(workers):
    counts = Counts()
    rows = rows_of(clean(corpus(), workers=workers, batch_size=16, counts=counts))
    assert [row["text"] for row in rows] == cleaned()
    assert counts.tally.documents == len(texts())
    assert counts.removed_words == words_gone()


def test_counts_are_of_each_document_once_however_often_data_are_asked_for():
    counts = Counts()
    made = clean(corpus(), workers=1, batch_size=10, counts=counts).materialize()
    assert made.count() == len(made.take_all()) == counts.tally.documents


def test_the_account_and_packs_go_with_the_data(tmp_path):
    pack = tmp_path / "mine.toml"
    pack.write_text(PACK)
    dataset = clean(ray.data.from_items([{"text": CLUB, "n": 1}]), workers=1, packs=[pack], ledger=True)
    pack.unlink()
    (row,) = dataset.take_all()
    assert row["text"] == WITHOUT_CLUB
    assert row["cleaner"]["edits"][0]["rule"] == "mine:ferry-club"


def actors(since):
    """The processes of the actors that clean, started by this test run, once they have worked."""
    for entry in Path("/proc").iterdir():
        try:
            name = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except (OSError, UnicodeDecodeError):
            continue
        if (
            "ray::MapWorker" in name
            and int(fields[11]) / os.sysconf("SC_CLK_TCK") > since
            and ours(int(entry.name))
        ):
            yield int(entry.name)


def ours(pid):
    """Whether a process is below this one."""
    while pid > 1:
        if pid == os.getpid():
            return True
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            return False
    return False


def kill_one(killed, since):
    until = time.monotonic() + 60
    while time.monotonic() < until and not killed:
        for pid in actors(since):
            os.kill(pid, signal.SIGKILL)
            killed.append(pid)
            return
        time.sleep(0.02)


def test_a_worker_that_is_killed_costs_nothing_and_counts_nothing_twice():
    counts, killed = Counts(), []
    many = pa.table({"n": list(range(len(texts()) * 8)), "text": texts() * 8})
    thread = threading.Thread(target=kill_one, args=(killed, 1.5))
    thread.start()
    rows = rows_of(clean(ray.data.from_arrow(many).repartition(8), workers=2, batch_size=8, counts=counts))
    thread.join()
    assert killed
    assert [row["text"] for row in rows] == cleaned() * 8
    assert counts.tally.documents == len(rows)
    assert counts.removed_words == {family: words * 8 for family, words in words_gone().items()}


@pytest.fixture
def folder(tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    for shard in range(4):
        lines = [json.dumps({"n": n, "text": text}) for n, text in enumerate(texts()) if n % 4 == shard]
        (source / f"{shard}.jsonl").write_text("\n".join(lines) + "\n")
    return source


def lines_of(folder):
    rows = [json.loads(line) for path in folder.glob("*.jsonl") for line in path.read_text().splitlines()]
    return [row["text"] for row in sorted(rows, key=lambda row: row["n"])]


def test_a_corpus_is_cleaned_shard_by_shard_and_goes_on_where_it_was(folder, tmp_path):
    out = tmp_path / "out"
    tally = clean_shards(str(folder), str(out), workers=2)
    assert lines_of(out) == cleaned()
    assert {name: cuts.words for name, cuts in sorted(tally.families.items()) if cuts.words} == words_gone()
    (out / "2.jsonl").unlink()
    times = {path.name: path.stat().st_mtime_ns for path in out.glob("*.jsonl")}
    again = clean_shards(str(folder), str(out), workers=1)
    assert again.to_json() == tally.to_json()
    assert lines_of(out) == cleaned()
    assert {name: (out / name).stat().st_mtime_ns for name in times} == times


def test_a_fault_in_a_shard_is_told_in_one_line_and_the_others_are_done(folder, tmp_path):
    (folder / "3.jsonl").write_text("not json\n")
    with pytest.raises(InputError, match=r"^3\.jsonl:1: not JSON"):
        clean_shards(str(folder), str(tmp_path / "out"), workers=1)
    assert {path.name for path in (tmp_path / "out").glob("*.jsonl")} == {"0.jsonl", "1.jsonl", "2.jsonl"}
    tally = clean_shards(str(folder), str(tmp_path / "out"), workers=1, on_error="keep")
    assert tally.failed == 1


def test_the_examples_of_the_page_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run_examples("ray")
