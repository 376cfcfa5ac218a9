"""A space is put between sentences that touch; names, domains, versions and code stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.document import Document, Facts
from cleaner.repairs.glued import GluedSentences
from tests import strategies as texts


def repaired(text, lang="en", *, words=False):
    document = Document(text, facts=Facts(lang=lang))
    return document.edited(GluedSentences(words=words).edits(document)).text


@pytest.mark.parametrize(
    ("glued", "parted"),
    [
        ("It was the end.Next came the rain.", "It was the end. Next came the rain."),
        ("Was it late?It was.", "Was it late? It was."),
        ("How late it was!Nobody came.", "How late it was! Nobody came."),
        ("They went home.I stayed.", "They went home. I stayed."),
        ("They went home.A dog stayed.", "They went home. A dog stayed."),
        ("It didn\u2019t.They left.", "It didn\u2019t. They left."),
        ("Nobody came to Ljubljana.The rain fell.", "Nobody came to Ljubljana. The rain fell."),
        ("He left in 2019.The bridge stayed.", "He left in 2019. The bridge stayed."),
        ("He said \u201cno.\u201dThe others left.", "He said \u201cno.\u201d The others left."),
        ('He said "no."The others left.', 'He said "no." The others left.'),
        ("It rained (a lot).The river rose.", "It rained (a lot). The river rose."),
        ("For now.Details: see below.", "For now. Details: see below."),
    ],
)
def test_glued_sentences_are_parted(glued, parted):
    assert repaired(glued) == parted
    assert repaired(parted) == parted


@pytest.mark.parametrize(
    "text",
    [
        "They write on Rocket.Chat and St.Gallen is far.",
        "ASP.NET and Node.js and Vue.Js and Booking.Com are names.",
        "See Example.Org or www.Example.com for more.",
        "Version 2.Beta and file report.Txt came.",
        "Call decimal.Decimal or console.Log(x).",
        "e.g.The U.S.Army and Dr.Jim and Mr.The",
        "The key is a.B in it",
        "mail ann@example.Com now",
        "The class is time.Duration here.\nreturn time.Duration(x);",
        "1.The first of three",
        "say/what.Ever",
    ],
)
def test_names_domains_and_code_stay(text):
    assert repaired(text) == text


def test_a_name_that_comes_twice_stays():
    text = "We use happy.Coffee for this.\n\nWith happy.Coffee all is well."
    assert repaired(text) == text


def test_other_languages_have_their_own_words():
    assert (
        repaired("Das war das Ende.Danach kam der Regen.", "de") == "Das war das Ende. Danach kam der Regen."
    )


def test_the_edit_is_an_insertion():
    (edit,) = GluedSentences().edits(Document("It was the end.Next came the rain.", facts=Facts(lang="en")))
    assert (edit.start, edit.end, edit.new) == (15, 15, " ")
    assert (edit.rule, edit.filter) == ("repairs/glued-sentence", "repairs")
    assert edit.why


def test_words_are_parted_only_when_asked_for():
    text = "He saidMonday was the best proof oftechnology."
    assert repaired(text) == text
    assert repaired(text, words=True) == "He said Monday was the best proof of technology."


@pytest.mark.parametrize(
    "text",
    [
        "The JavaScript of a YouTube iPhone and McDonald and someone else.",
        "Whenever the sunflower opens, nobody cannot see it.",
        "Set fooBar = theValue; in the file_name.",
    ],
)
def test_whole_words_are_never_parted(text):
    assert repaired(text, words=True) == text


ENDS = ["the end.Next", "home?It", 'no."The', "b.The cat", "2019.The end", ".A ", "x.Y", '"']
marks = st.sampled_from([*ENDS, "ofthe ", "saidMonday", "\u201d"])
glued_texts = st.lists(st.one_of(marks, texts.pieces), max_size=15).map("".join)


@given(glued_texts)
def test_a_second_run_finds_nothing(text):
    once = repaired(text)
    assert repaired(once) == once


@given(glued_texts)
def test_words_are_parted_to_the_end_in_a_few_runs(text):
    for _ in range(8):
        text, before = repaired(text, words=True), text
    assert text == before


@given(glued_texts, st.booleans())
def test_nothing_but_spaces_is_put_in(text, words):
    edits = list(GluedSentences(words=words).edits(Document(text, facts=Facts(lang="en"))))
    assert all(edit.start == edit.end and edit.new == " " for edit in edits)
    places = [edit.start for edit in sorted(edits, key=lambda edit: edit.start)]
    assert len(set(places)) == len(places)
    assert all(0 < place < len(text) for place in places)
