"""Hugging Face datasets: batches, processes, and the cache."""

import os
import subprocess
import sys

import pytest
from corpus import PACK, cleaned, library, run_examples, texts

import cleaner

datasets = library("datasets")

from cleaner.integrations.datasets import Clean, clean  # noqa: E402

pytestmark = pytest.mark.filterwarnings("default")


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path)
    datasets.disable_progress_bars()


def corpus():
    return datasets.Dataset.from_dict({"n": list(range(len(texts()))), "text": texts()})


@pytest.mark.parametrize(
    "how", [{"batched": True}, {"batched": True, "num_proc": 2}, {"batched": False}], ids=str
)
def test_texts_come_out_as_from_the_cleaner(how):
    out = corpus().map(clean, **how)
    assert out["text"][:] == cleaned()
    assert out["n"][:] == corpus()["n"][:]


def test_a_streaming_dataset_takes_the_same_function():
    out = corpus().to_iterable_dataset().map(clean, batched=True, batch_size=7)
    assert [row["text"] for row in out] == cleaned()


def test_the_account_says_what_the_result_says():
    out = corpus().map(Clean(ledger=True), batched=True)
    for text, entry in zip(texts(), out["cleaner"][:], strict=True):
        result = cleaner.explain(text)
        assert [(e["rule"], e["start"], e["end"]) for e in entry["edits"]] == [
            (e.rule, e.start, e.end) for e in result.edits
        ]


def fingerprint(pack, seed):
    program = (
        "import datasets; from cleaner.integrations.datasets import Clean\n"
        "rows = datasets.Dataset.from_dict({'text': ['A.']}); datasets.disable_progress_bars()\n"
        f"out = rows.map(Clean(packs=[{str(pack)!r}], without={{'share', 'repairs'}}), batched=True)\n"
        "print(out._fingerprint)"
    )
    command = [sys.executable, "-W", "ignore", "-c", program]
    env = {**os.environ, "PYTHONHASHSEED": seed}
    return subprocess.run(command, env=env, capture_output=True, check=True, text=True).stdout


def test_the_fingerprint_is_the_same_in_every_process_and_changes_with_a_pack(tmp_path):
    pack = tmp_path / "mine.toml"
    pack.write_text(PACK)
    before = fingerprint(pack, "1")
    assert before == fingerprint(pack, "2")
    pack.write_text(PACK.replace("ferry-club", "boat-club"))
    assert fingerprint(pack, "1") != before


def test_a_missing_column_is_told():
    with pytest.raises(cleaner.InputError, match="there is no column body"):
        Clean("body")({"text": ["A."]})


def test_the_examples_of_the_page_run():
    assert run_examples("datasets")["cleaned"].num_rows == 1
