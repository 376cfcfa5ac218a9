"""LangChain: documents between loader and splitter."""

import asyncio

from corpus import CLUB, cleaned, library, run_examples, texts

library("langchain_core.documents")

from langchain_core.documents import Document  # noqa: E402

from cleaner.integrations.langchain import ArticleCleaner  # noqa: E402


def documents():
    return [Document(page_content=text, metadata={"n": n}, id=str(n)) for n, text in enumerate(texts())]


def test_texts_come_out_as_from_the_cleaner():
    given = documents()
    out = ArticleCleaner().transform_documents(given)
    assert [document.page_content for document in out] == cleaned()
    assert [(document.id, document.metadata) for document in out] == [(d.id, d.metadata) for d in given]
    assert given == documents()
    assert asyncio.run(ArticleCleaner().atransform_documents(given)) == out


def test_address_and_title_are_taken_from_the_metadata():
    given = [Document(page_content="A Title\n\n" + CLUB, metadata={"title": "A Title", "source": 3})]
    assert ArticleCleaner(drop="title").transform_documents(given)[0].page_content == CLUB


def test_the_examples_of_the_page_run():
    assert run_examples("langchain")["cleaned"]
