"""datatrove: a step of its pipelines, in one process and in several."""

import gzip
import json

import pytest
from corpus import CLUB, PACK, WITHOUT_CLUB, cleaned, library, run_examples, texts

import cleaner
from cleaner.integrations.account import removed_words

library("datatrove.executor")

from datatrove.data import Document  # noqa: E402
from datatrove.executor import LocalPipelineExecutor  # noqa: E402
from datatrove.pipeline.readers import JsonlReader  # noqa: E402
from datatrove.pipeline.writers import JsonlWriter  # noqa: E402

from cleaner.integrations.datatrove import ArticleCleaner  # noqa: E402

pytestmark = pytest.mark.filterwarnings("default")
BODY = [text for text in texts() if text]  # its readers leave out documents without text
CLEAN = [after for before, after in zip(texts(), cleaned(), strict=True) if before]


def documents(bodies=BODY):
    return [Document(text=text, id=str(n), metadata={"n": n}) for n, text in enumerate(bodies)]


def numbers(step):
    return {name: stat.total for name, stat in step.stats.stats.items()}


def test_texts_come_out_as_from_the_cleaner_and_are_counted():
    step = ArticleCleaner()
    out = list(step.run(iter(documents())))
    assert [document.text for document in out] == CLEAN
    assert [(document.id, document.metadata) for document in out] == [(d.id, d.metadata) for d in documents()]
    said = numbers(step)
    gone = sum(
        (removed_words(cleaner.explain(text)) for text in BODY), start=removed_words(cleaner.explain(""))
    )
    assert said["total"] == said["forwarded"] == len(BODY)
    assert {name: said[f"removed_words_{name}"] for name in gone} == dict(gone)
    assert said["edited"] == sum(bool(cleaner.explain(text).edits) for text in BODY)


@pytest.mark.parametrize("workers", [1, 2])
def test_an_executor_gives_the_same_with_any_number_of_workers(tmp_path, workers):
    for shard in range(4):
        lines = [json.dumps({"id": str(n), "text": t}) for n, t in enumerate(BODY) if n % 4 == shard]
        (tmp_path / f"{shard}.jsonl").write_text("\n".join(lines) + "\n")
    executor = LocalPipelineExecutor(
        pipeline=[
            JsonlReader(str(tmp_path), glob_pattern="*.jsonl"),
            ArticleCleaner(),
            JsonlWriter(str(tmp_path / "out"), compression=None),
        ],
        tasks=4,
        workers=workers,
        logging_dir=str(tmp_path / "logs"),
        start_method="spawn",
    )
    stats = executor.run()
    lines = [json.loads(x) for p in (tmp_path / "out").glob("*.jsonl") for x in p.read_text().splitlines()]
    rows = {int(row["id"]): row.get("text", "") for row in lines}  # its writer leaves out what is empty
    assert [rows[n] for n in range(len(BODY))] == CLEAN
    (said,) = (part.stats for part in stats.stats if "article-cleaner" in part.name)
    assert said["total"].total == len(BODY)


def test_documents_of_the_states_to_drop_go_to_the_exclusion_writer_as_they_were(tmp_path):
    writer = JsonlWriter(str(tmp_path), output_filename="${rank}.jsonl.gz")
    step = ArticleCleaner(drop_states=["empty"], exclusion_writer=writer)
    out = list(step.run(iter(documents(["It rained.", "Read more", "  "])), rank=3))
    assert [document.text for document in out] == ["It rained."]
    with gzip.open(tmp_path / "00003.jsonl.gz") as file:
        dropped = [json.loads(line) for line in file]
    assert [(row["text"], row["metadata"]["filter_reason"]) for row in dropped] == [
        ("Read more", "empty"),
        ("  ", "empty"),
    ]
    assert (numbers(step)["dropped"], numbers(step)["dropped_empty"], numbers(step)["forwarded"]) == (2, 2, 1)


def test_nothing_is_dropped_unless_asked():
    assert [d.text for d in ArticleCleaner().run(iter(documents(["Read more", "A."])))] == ["", "A."]


def test_packs_metadata_and_the_account(tmp_path):
    pack = tmp_path / "mine.toml"
    pack.write_text(PACK)
    given = Document(text=f"A Title\n\n{CLUB}", id="1", metadata={"title": "A Title", "url": None})
    (out,) = ArticleCleaner(packs=[pack], drop="title", ledger=True).run(iter([given]))
    assert out.text == WITHOUT_CLUB
    assert [e["rule"] for e in out.metadata["cleaner"]["edits"]] == ["dropped/title", "mine:ferry-club"]


def test_a_text_that_fails_stays_and_is_counted(tmp_path):
    pack = tmp_path / "slow.toml"
    pack.write_text(PACK.replace('phrases = ["join the ferry club"]', "match = '''(?:a|aa|a?a)+[bc]'''"))
    step = ArticleCleaner(packs=[pack])
    assert [d.text for d in step.run(iter(documents(["a" * 900, "Read more"])))] == ["a" * 900, ""]
    assert numbers(step)["failed"] == 1
    dropping = ArticleCleaner(packs=[pack], drop_states="failed")
    assert [d.text for d in dropping.run(iter(documents(["a" * 900, "Read more"])))] == [""]
    with pytest.raises(cleaner.RuleTimeoutError):
        list(ArticleCleaner(packs=[pack], on_error="fail").run(iter(documents(["a" * 900]))))


def test_an_unknown_state_is_refused():
    with pytest.raises(cleaner.OptionError, match="no state emtpy"):
        ArticleCleaner(drop_states=["emtpy"])


def test_the_examples_of_the_page_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run_examples("datatrove")
