"""Markers of a cut go and the cut is told; whole texts are silent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.document import Document, Facts
from cleaner.repairs.cut_ends import CutEnds, evidence
from tests import strategies as texts

BODY = (
    "The council met on Tuesday to talk about the bridge that the flood had taken"
    " away in March.\n\nNobody spoke against a new one. The mayor said that the old"
    " bridge had been built by his grandfather and that he would miss it"
)


def repaired(text, *, trim=False, lang="en"):
    document = Document(text, facts=Facts(lang=lang))
    return document.edited(CutEnds(trim=trim).edits(document)).text


@pytest.mark.parametrize(
    ("marked", "bare"),
    [
        ("\u2026 [+1234 chars]", "\u2026"),
        ("... [+99 chars]", "..."),
        (" [+1234 chars]", ""),
        ("\u2026 [Read more]", "\u2026"),
        ("\u2026 Read more", "\u2026"),
        ("... Read More \u00bb", "..."),
        ("\u2026 Continue reading", "\u2026"),
        ("\u2026 Continue reading \u2192", "\u2026"),
        ("\u2026 Weiterlesen", "\u2026"),
        ("\u2026 Lire la suite", "\u2026"),
        (" [\u2026]", ""),
        (" [...]", ""),
        (" (more\u2026)", ""),
        (" (more...)", ""),
        ("\u2026 [+12 chars]\n", "\u2026\n"),
    ],
)
def test_markers_go_and_the_cut_is_told(marked, bare):
    assert repaired(BODY + marked) == BODY + bare
    assert evidence(BODY + marked)


@pytest.mark.parametrize(
    "link",
    ["Read more", "Read More \u00bb", "Continue reading", "Read the full story", "[Read more]"],
)
def test_a_link_to_the_rest_goes(link):
    whole = BODY + "."
    assert repaired(f"{whole}\n\n{link}").rstrip() == whole
    assert evidence(f"{whole}\n\n{link}") == ()
    assert evidence(f"{BODY}\n\n{link}")


@pytest.mark.parametrize(
    "ending",
    [
        ".",
        ".\u201d",
        "\u2026",
        "!",
        " (he is ninety).",
        ".\n\nRead more about bridges in our series on rivers.",
        ".\n\nWhat does it all mean for the more?",
        ".\n\nAnn Example is a reporter",
        ".\n\n\u00a9 2023 The Daily Example",
        ".\n\nSources: the council, the mayor, the mill",
        ".\n\nThe list [...] was long.",
    ],
)
def test_whole_texts_are_silent_and_stay(ending):
    assert evidence(BODY + ending, "en") == ()
    assert repaired(BODY + ending) == BODY + ending
    assert repaired(BODY + ending, trim=True) == BODY + ending


@pytest.mark.parametrize("ending", [" and the", " because of", ", his father and,", " unti", " dearl"])
def test_a_cut_without_a_marker_is_told_when_it_is_plain(ending):
    assert evidence(BODY + ending, "en")
    assert repaired(BODY + ending) == BODY + ending


def test_the_broken_sentence_is_trimmed_only_when_asked_for():
    text = BODY + " and the\u2026 [+1234 chars]"
    assert repaired(text).endswith("and the\u2026")
    assert repaired(text, trim=True).endswith("Nobody spoke against a new one.")


def test_a_text_that_is_a_marker_stays():
    assert repaired("Read more") == "Read more"
    assert repaired("") == ""


def test_edits_have_their_rules():
    text = BODY + " and the\u2026 [Read more]"
    edits = list(CutEnds(trim=True).edits(Document(text, facts=Facts(lang="en"))))
    assert {edit.rule for edit in edits} <= {"repairs/cut-marker", "repairs/cut-end"}
    assert all(edit.filter == "repairs" and edit.new == "" and edit.why for edit in edits)


def test_the_evidence_names_the_marker():
    (reason,) = CutEnds().evidence(BODY + "\u2026 [+1234 chars]")
    assert "[+1234 chars]" in reason


tails = st.sampled_from(
    [
        "\u2026 [Read more]",
        " [\u2026]",
        "\nRead more",
        "\n\nContinue reading",
        "...",
        " and the",
        "(more\u2026)",
        "\n",
        BODY,
        " [+1 chars]",
    ]
)
cut_texts = st.lists(st.one_of(tails, texts.pieces), max_size=12).map("".join)


@given(cut_texts, st.booleans())
def test_a_second_run_finds_nothing(text, trim):
    once = repaired(text, trim=trim)
    assert repaired(once, trim=trim) == once


@given(cut_texts, st.booleans())
def test_only_the_end_goes(text, trim):
    at = 0
    for edit in CutEnds(trim=trim).edits(Document(text, facts=Facts(lang="en"))):
        assert at <= edit.start < edit.end <= len(text)
        assert edit.new == ""
        at = edit.end
