"""Reported speech: what a text tells that somebody said stays, in every language."""

import pytest

import cleaner
from cleaner.rules.coverage import LANGUAGES
from cleaner.rules.pack import parse
from cleaner.rules.sentence import around
from cleaner.rules.speech import spoken

PACK = """
family = "club"
language = "en"
unless = [{ where = "sentence", match = "{told}" }]
[[rule]]
id = "join"
kind = "KIND"
match = '''join our book club\\b.{0,60}'''
keywords = ["book club"]
why = "The line asks readers to join a club."
source = "seen twice"
strips = ["Join our book club today", "Join our book club!"]
keeps = ["Join our book club, she said.", "A book club has joined us."]
"""
CALL = "Join our book club"


def pack(kind):
    return parse(PACK.replace("KIND", kind), "mine", trusted=False)


def clean(text, kind):
    return cleaner.clean(text, packs_only=[pack(kind)], lang="en")


@pytest.mark.parametrize("kind", ["line", "span"])
@pytest.mark.parametrize(
    "rest",
    [", he begged.", "! shouted the crowd.", " - so began the letter.", ", reads the sign on the wall."],
)
def test_the_veto_of_a_pack_keeps_what_is_told(kind, rest):
    assert clean(CALL + rest, kind) == CALL + rest


@pytest.mark.parametrize("kind", ["line", "span"])
def test_what_is_not_told_goes(kind):
    assert clean(f"It rained.\n\n{CALL} today", kind) == "It rained."


def test_a_part_is_judged_by_its_own_sentence():
    assert clean(f"“It rained,” he said. {CALL}", "span") == "“It rained,” he said."


def test_every_language_has_its_signs():
    assert [language for language in LANGUAGES if spoken("{told}", language).startswith("(?:(?x")] == []


@pytest.mark.parametrize(
    ("line", "part", "sentence"),
    [
        ("One. Two three. Four.", "Two", "Two three. "),
        ("Go! cried the girl. Two.", "Go!", "Go! cried the girl. "),
        ("One. Two.", " Two.", "Two."),
        ("一。二三。四。", "二三", "二三。"),
    ],
)
def test_the_sentence_of_a_part_ends_before_a_capital(line, part, sentence):
    start = line.index(part)
    assert line[around(line, start, start + len(part))] == sentence
