"""Split drop caps are joined; letters that are words or symbols stay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.document import Document, Facts
from cleaner.repairs.drop_caps import DropCaps
from tests import strategies as texts

FILTER = DropCaps()


def repaired(text, lang="en", title=None):
    document = Document(text, facts=Facts(lang=lang, title=title))
    return document.edited(FILTER.edits(document)).text


@pytest.mark.parametrize("gap", [" ", "\u00a0", "\n", "\n\n", "\r\n", "\n  "])
@pytest.mark.parametrize(
    "whole",
    [
        "The bridge was closed on Monday.",
        "THE bridge was closed on Monday.",
        "After the flood the bridge was closed.",
        "It was late when the council met.",
        "I\u2019m not sure that the bridge will hold.",
        "Let\u2019s begin with the bridge.",
        "Another bridge was closed on Monday.",
        "On Monday the bridge was closed.",
        "So the bridge was closed.",
    ],
)
def test_a_split_first_letter_is_put_back(whole, gap):
    split = f"{whole[0]}{gap}{whole[1:]}"
    assert repaired(split) == whole
    assert repaired(f"The old bridge\n\n{split}\n\nIt rained.") == f"The old bridge\n\n{whole}\n\nIt rained."


def test_a_letter_behind_an_opening_quote_is_put_back():
    assert (
        repaired("\u201cW e must read the plan,\u201d he said.")
        == "\u201cWe must read the plan,\u201d he said."
    )


def test_the_edit_is_the_gap_alone():
    text = "T\n\nhe bridge was closed on Monday."
    (edit,) = FILTER.edits(Document(text, facts=Facts(lang="en")))
    assert (edit.start, edit.end, edit.new) == (1, 3, "")
    assert (edit.rule, edit.filter) == ("repairs/drop-cap", "repairs")
    assert edit.why
    assert 0 < edit.confidence <= 1


@pytest.mark.parametrize(
    "text",
    [
        "I ran to the bridge when it fell.",
        "A side street led to the bridge.",
        "A long way from home he stopped.",
        "A round of talks was held on Monday.",
        "A QA team looked at the bridge.",
        "A CT scan showed nothing.",
        "A re-enchantment with the world may be near.",
        "A z shaped bridge was built.",
        "R is a language for statistics.",
        "C is older than most of its users.",
        "X attracts those who write in haste.",
        "T cells are part of the body's defence.",
        "X ray pictures were taken.",
        "E mail was not yet known.",
        "T shirt sizes vary.",
        "K means is a method.",
        "I am late.",
        "O king, live for ever.",
        "U S troops crossed the bridge.",
        "A\nB\nC",
        "S\np\no\nn\ns\no\nr\ne\nd",
        "A\n\nApples and pears are fruit.",
        "C\n\nCats and dogs are animals.",
        "Section A\nthe first of three",
        "T (he) said so.",
        "T = he + x;",
    ],
)
def test_letters_that_are_meant_stay(text):
    assert repaired(text) == text


@pytest.mark.parametrize(
    ("split", "whole", "lang"),
    [
        ("D er Anstieg ist hoch.", "Der Anstieg ist hoch.", "de"),
        ("\u00dc ber die Br\u00fccke ging er.", "\u00dcber die Br\u00fccke ging er.", "de"),
        ("E l puente fue cerrado.", "El puente fue cerrado.", "es"),
        ("L e pont est ferm\u00e9.", "Le pont est ferm\u00e9.", "fr"),
        ("\u0412 \u0447\u0435\u0440\u0430 \u0431\u044b\u043b\u043e \u0442\u0438\u0445\u043e.",
         "\u0412\u0447\u0435\u0440\u0430 \u0431\u044b\u043b\u043e \u0442\u0438\u0445\u043e.", "ru"),
    ],
)  # fmt: skip
def test_other_languages_are_repaired_when_they_are_known(split, whole, lang):
    assert repaired(split, lang) == whole


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        (
            "В интервью он сказал.",
            "ru",
        ),
        (
            "В интервью он сказал.",
            None,
        ),
        (
            "\u0412 \u0447\u0435\u0440\u0430 \u0431\u044b\u043b\u043e \u0442\u0438\u0445\u043e.",
            None,
        ),
        ("W domu by\u0142o cicho.", "pl"),
        ("Z domu wyszed\u0142 rano.", "pl"),
        ("Y dijo que no.", "es"),
        ("\u00c0 la mairie, on attend.", "fr"),
        ("V nov\u00e9m dom\u011b bylo ticho.", "cs"),
        ("W domu by\u0142o cicho.", None),
        (
            "Η γέφυρα έκλεισε.",
            "de",
        ),
    ],
)
def test_words_of_one_letter_stay(text, lang):
    assert repaired(text, lang) == text


def test_english_is_told_by_its_words_when_no_language_is_known():
    assert repaired("T he bridge was closed on Monday.", None) == "The bridge was closed on Monday."


def test_a_name_is_joined_when_the_document_has_it():
    text = "Z orbinia has a new bridge.\n\nThe bridge of Zorbinia is of stone."
    assert repaired(text).startswith("Zorbinia has")
    assert repaired("Art Nouveau\n\nA RT Nouveau was a style.") == "Art Nouveau\n\nART Nouveau was a style."
    assert repaired("A RT Nouveau was a style.", title="Art Nouveau") == "ART Nouveau was a style."


openings = st.sampled_from(
    [
        "T he ",
        "T\nhe cat ",
        "A\n\nbout it ",
        "I t ",
        "S\nh\ne is",
        "W E ",
        "\n",
        "A side ",
        "\u201cT he ",
    ]
)
split_texts = st.lists(st.one_of(openings, texts.pieces), max_size=15).map("".join)


@given(split_texts, st.sampled_from(["en", "de", None]))
def test_a_second_run_finds_nothing(text, lang):
    once = repaired(text, lang)
    assert repaired(once, lang) == once


@given(split_texts)
def test_only_white_space_goes(text):
    at = 0
    for edit in FILTER.edits(Document(text, facts=Facts(lang="en"))):
        assert at <= edit.start < edit.end <= len(text)
        assert text[edit.start : edit.end].isspace()
        assert edit.new == ""
        at = edit.end
