"""Scrapy: an item pipeline in a crawl."""

import json
import subprocess
import sys
from dataclasses import dataclass

import pytest
from corpus import CLUB, cleaned, examples, library, texts

import cleaner

library("scrapy")

from scrapy.utils.test import get_crawler  # noqa: E402

from cleaner.integrations.scrapy import ArticleCleaner  # noqa: E402

CRAWL = """
import json, pathlib, sys
import scrapy
from scrapy.crawler import CrawlerProcess

class Articles(scrapy.Spider):
    name = "articles"
    start_urls = [pathlib.Path(sys.argv[1]).resolve().as_uri()]

    def parse(self, response):
        for text in json.loads(response.text):
            yield {"body": text, "n": len(text)}

settings = {"FEEDS": {sys.argv[2]: {"format": "json"}}, "LOG_LEVEL": "ERROR", "TELNETCONSOLE_ENABLED": False}
exec(sys.argv[3], settings)
process = CrawlerProcess({name: value for name, value in settings.items() if name.isupper()})
crawler = process.create_crawler(Articles)
process.crawl(crawler)
process.start()
print(json.dumps({k: v for k, v in crawler.stats.get_stats().items() if k.startswith("cleaner/")}))
"""


@pytest.fixture(scope="module")
def crawled(tmp_path_factory):
    """The items of a crawl with the settings of the page of the docs, and its stats."""
    place = tmp_path_factory.mktemp("crawl")
    (place / "page.json").write_text(json.dumps(texts()))
    (settings,) = examples("scrapy")
    command = [sys.executable, "-W", "ignore", "-c", CRAWL, "page.json", "out.json", settings]
    process = subprocess.run(command, cwd=place, capture_output=True, check=False, text=True)
    assert process.returncode == 0, process.stderr
    return json.loads((place / "out.json").read_text()), json.loads(process.stdout)


def test_items_of_a_crawl_are_cleaned_as_by_the_cleaner(crawled):
    items, stats = crawled
    assert [item["body"] for item in items] == cleaned()
    assert [item["n"] for item in items] == [len(text) for text in texts()]
    assert stats["cleaner/items"] == len(texts())


def test_the_stats_count_the_words_that_are_gone(crawled):
    _, stats = crawled
    counted = sum(value for name, value in stats.items() if name.startswith("cleaner/removed_words/"))
    assert counted == sum(cleaner.explain(text).removed_words() for text in texts())


@dataclass
class Article:
    text: str | None
    url: str = ""
    title: str = ""
    told: dict | None = None


def pipeline(**settings):
    return ArticleCleaner.from_crawler(get_crawler(settings_dict=settings))


def test_an_object_with_fields_is_an_item_too():
    work = pipeline(CLEANER_LEDGER_FIELD="told", CLEANER_OPTIONS={"drop": ["title"]})
    item = work.process_item(Article("A Title\n\n" + CLUB, title="A Title"))
    assert item.text == CLUB
    assert item.told["edits"][0]["rule"] == "dropped/title"
    assert work.process_item({"n": 1}) == {"n": 1}
    assert work.process_item(Article(None)).text is None


def test_broken_options_stop_the_crawl_before_it_begins():
    with pytest.raises(cleaner.OptionError, match="unknown option levl"):
        pipeline(CLEANER_OPTIONS={"levl": "strict"})
    with pytest.raises(cleaner.InputError, match="the field text is int, not text"):
        pipeline().process_item({"text": 1})
