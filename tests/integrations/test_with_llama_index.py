"""LlamaIndex: a step of an ingestion pipeline."""

from corpus import CLUB, PACK, cleaned, library, run_examples, texts

library("llama_index.core.ingestion")

from llama_index.core import Document  # noqa: E402
from llama_index.core.ingestion import IngestionPipeline  # noqa: E402
from llama_index.core.ingestion.pipeline import get_transformation_hash  # noqa: E402
from llama_index.core.schema import MetadataMode  # noqa: E402

from cleaner.integrations.llama_index import ArticleCleaner  # noqa: E402


def documents():
    return [Document(text=text, id_=str(n), metadata={"n": n}) for n, text in enumerate(texts())]


def test_texts_come_out_as_from_the_cleaner():
    given = documents()
    out = ArticleCleaner()(given)
    assert [node.text for node in out] == cleaned()
    assert [(node.id_, node.metadata) for node in out] == [(node.id_, node.metadata) for node in given]
    assert [node.text for node in given] == texts()


def test_processes_make_no_difference():
    out = IngestionPipeline(transformations=[ArticleCleaner()]).run(documents=documents(), num_workers=2)
    assert [node.text for node in out] == cleaned()


def test_the_account_is_hidden_from_models():
    (out,) = ArticleCleaner(ledger=True)([Document(text=CLUB + "\n\nRead more")])
    assert out.metadata["cleaner"]["edits"]
    for mode in (MetadataMode.EMBED, MetadataMode.LLM):
        assert out.get_content(metadata_mode=mode) == CLUB


def test_the_cache_knows_the_step_by_its_options_and_packs(tmp_path):
    pack = tmp_path / "mine.toml"
    pack.write_text(PACK)

    def key(**options):
        return get_transformation_hash(documents(), ArticleCleaner(options=options))

    before = key(packs=[str(pack)])
    assert before == key(packs=[str(pack)])
    assert key() == key() != key(level="strict")
    pack.write_text(PACK.replace("ferry-club", "boat-club"))
    assert key(packs=[str(pack)]) != before


def test_the_step_survives_being_written_and_read():
    step = ArticleCleaner(options={"level": "strict"})
    assert ArticleCleaner.from_dict(step.to_dict())([Document(text=CLUB)])[0].text == CLUB


def test_the_examples_of_the_page_run():
    assert run_examples("llama-index")["nodes"]
