"""What tests of batches share: running one in this process, and looking at what it left."""

import json
from functools import cache

import pytest

from cleaner.batch.job import Fields
from cleaner.batch.plan import Plan
from cleaner.batch.run import Run
from cleaner.cleaning import Cleaner


@cache
def standard():
    return Cleaner()


class Onlooker:
    """Hears what is told."""

    def __init__(self):
        self.told = []

    def update(self, tally, done):
        """Is told after every document."""

    def tell(self, message, **_):
        self.told.append(message)


@pytest.fixture
def go(tmp_path, monkeypatch):
    """Runs a batch in this process, in a folder of its own; what it did, and what it told."""
    monkeypatch.chdir(tmp_path)

    def call(*sources, out, **plan):
        watch = Onlooker()
        text = plan.pop("text", "text")
        fields = plan.pop("fields", Fields(text=text))
        work = plan.pop("cleaner", None) or standard()
        tally = Run(Plan(sources, out, fields=fields, **plan), work).go(watch)
        return tally, watch.told

    return call


def left(folder):
    """All files in a folder, hidden ones too."""
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def records(*texts):
    return "".join(json.dumps({"id": number, "text": text}) + "\n" for number, text in enumerate(texts))
