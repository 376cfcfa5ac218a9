"""The structure layer: segmentation, gate, features, model and the cuts they make."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cleaner
from cleaner.document import Document, Facts, apply
from cleaner.structure import Structure, families, judge
from cleaner.structure.blocks import WHY, headline, without_tail
from cleaner.structure.features import feature_names, page_of
from cleaner.structure.gate import headed
from cleaner.structure.model import from_arrays, model
from cleaner.structure.reading import Reading, reading
from cleaner.structure.segmentation import layout, wrap_width

PARAGRAPH = (
    "The council met on Monday to hear what the bridge would cost, and most of its members "
    "were still in the room when the answer came at a quarter past eleven."
)
ARTICLE = "\n".join(
    [
        "Bridge to cost twice as much as planned",
        PARAGRAPH,
        (
            "“I have seen worse,” said the mayor, who has been in office for nineteen years. “But "
            "I have not seen it twice in one evening, and not from the same engineer.”"
        ),
        (
            "The engineer had found that the old piers stand on gravel. They will have to be "
            "taken down and founded anew, which can only be done when the river is low."
        ),
        (
            "A vote was put off until May. Until then the ferry will run every half hour, and the "
            "town will pay for it out of the money that was meant for the swimming bath."
        ),
        "The ferryman, who was asked for his opinion, said that he was in no hurry.",
    ]
)
MENU = "\n".join(
    ["Skip to content", "Menu", "Home", "News", "Sport", "Business", "Culture", "Weather",
     "Subscribe", "Log in", "Search", "Contact", "About us", "Advertise"]
)  # fmt: skip
FOOTER = "\n".join(
    ["Related articles", "Ferry gets a new coat of paint", "Swimming bath to stay shut",
     "Gravel prices rise", "Most read", "Dog swims the river", "Comments", "Leave a reply",
     "Name", "Email", "Newsletter", "Subscribe", "Contact us", "Privacy policy",
     "Terms of use", "Cookie settings", "© The Ferry Post. All rights reserved."]
)  # fmt: skip
PAGE = "\n".join([MENU, ARTICLE, FOOTER])


def cleaned(text: str, *, mode: str = "auto", level: str = "standard", **facts: str) -> str:
    """The text after this layer alone."""
    document = Document(text, facts=Facts(**facts))
    return document.edited(Structure(mode=mode, level=level).edits(document)).text


# --- segmentation


def test_lines_broken_round_a_link_are_one_unit() -> None:
    text = "The minister told reporters from\nThe Daily Post\nthat she would not resign.\nNext line."
    found = layout(text)
    assert found.texts == [
        "The minister told reporters from The Daily Post that she would not resign.",
        "Next line.",
    ]
    assert text[found.starts[0] : found.ends[0]].count("\n") == 3


def test_a_line_that_begins_with_a_comma_goes_on_with_the_one_before() -> None:
    assert layout("Jane Doe\n, a teacher from the north\nA new line").texts == [
        "Jane Doe , a teacher from the north",
        "A new line",
    ]


def test_menu_lines_are_not_joined() -> None:
    assert len(layout(MENU)) == MENU.count("\n") + 1


def test_wrapped_paragraphs_are_one_unit_each() -> None:
    import textwrap

    paragraphs = ARTICLE.split("\n")
    wrapped = "\n\n".join(textwrap.fill(p, 78) for p in paragraphs)
    assert layout(wrapped).texts == paragraphs
    assert layout(wrapped).wrapped


def test_a_poem_is_not_taken_for_wrapped_text() -> None:
    assert wrap_width(["A line of verse that is short", "and another one", "and the last"] * 9) == 0


def test_marks_of_lists_and_headings_are_no_words() -> None:
    found = layout("## A heading\n  * an item\n12. a number\n[a link](http://a.example/b)")
    assert found.texts == ["A heading", "an item", "a number", "a link"]
    assert found.bullets == [1, 1, 1, 0]
    assert found.indents == [0, 2, 0, 0]


def test_flat_text_has_units_only_when_asked() -> None:
    flat = ARTICLE.replace("\n", " ") * 3
    assert len(layout(flat)) == 0
    sentences = layout(flat, sentences=True)
    assert sentences.flat
    assert len(sentences) > 20


@given(st.text(alphabet="aB ,.\n\r\u2028-*#。日\U0001f600\ud800", max_size=400), st.booleans())
@settings(max_examples=200, deadline=None)
def test_units_follow_each_other_and_hold_all_that_is_not_blank(
    text: str,
    flat: bool,  # noqa: FBT001
) -> None:
    found = layout(text, sentences=flat)
    at = 0
    for start, end in zip(found.starts, found.ends, strict=True):
        assert at <= start < end <= len(text)
        assert not text[at:start].strip()
        at = end
    if not found.flat:
        assert not text[at:].strip()


# --- the gate


def test_a_page_is_a_page_and_its_article_is_not() -> None:
    assert judge(PAGE) == "page"
    assert judge(ARTICLE) == "article"
    assert judge(PAGE).probability > 0.9
    assert judge(ARTICLE).probability < 0.1


def test_a_page_in_one_line_is_flat() -> None:
    assert judge(PAGE.replace("\n", " ") * 2) == "flat"


@pytest.mark.parametrize("text", ["", "\n", "One line.", "Home\nNews\nSport"])
def test_a_text_of_a_few_lines_is_an_article(text: str) -> None:
    assert judge(text) == "article"


def test_the_source_is_judged_and_not_what_the_rules_left() -> None:
    document = Document(PAGE)
    start = PAGE.index("Related articles")
    cut = document.edit(start, len(PAGE), "", rule="test/all")
    assert judge(document.edited([cut])) == "page"


# --- features and model


def test_features_do_not_look_at_letter_case() -> None:
    odds = model().odds
    lower = page_of(layout(PAGE), odds).matrix
    shouted = layout(PAGE)
    shouted.texts = [text.upper() for text in shouted.texts]
    assert np.array_equal(lower, page_of(shouted, odds).matrix)


def test_every_feature_has_one_name_and_a_finite_value() -> None:
    names = feature_names()
    matrix = page_of(layout(PAGE), {}).matrix
    assert len(set(names)) == len(names) == matrix.shape[1]
    assert np.isfinite(matrix).all()


@given(st.text(alphabet="aB ,.\n1©@|-*#。日\u0301\u0130\ud800", min_size=1, max_size=300))
@settings(max_examples=100, deadline=None)
def test_any_text_has_features(text: str) -> None:
    found = layout(text, sentences=True)
    if len(found):
        page = page_of(found, {"a": 1.0})
        assert page.matrix.shape == (len(found), len(feature_names()))
        assert np.isfinite(page.matrix).all()


def test_two_characters_of_japanese_count_as_a_word() -> None:
    text = "山の分校に最後の入学式があった。\n" * 6
    assert page_of(layout(text), {}).words.tolist() == [7.5] * 6


def test_the_scorer_agrees_with_walking_the_trees() -> None:
    rng = random.Random(3)  # noqa: S311
    feature, threshold, leaf, sizes = [], [], [], []

    def grow(level: int) -> None:
        if level == 0 or rng.random() < 0.2:
            feature.append(255)
            leaf.append(rng.uniform(-1, 1))
            return
        feature.append(rng.randrange(5))
        threshold.append(rng.random())
        grow(level - 1)
        grow(level - 1)

    for _ in range(12):
        before = len(feature)
        grow(5)
        sizes.append(len(feature) - before)

    def walk(row: list[float]) -> float:
        nodes, bounds, values = iter(feature), iter(threshold), iter(leaf)

        def value(active: bool) -> float:  # noqa: FBT001
            node = next(nodes)
            if node == 255:
                return next(values) if active else (next(values), 0.0)[1]
            low = row[node] <= next(bounds)
            return value(active and low) + value(active and not low)

        return sum(value(True) for _ in sizes)

    trees = from_arrays(np.array(sizes), np.array(feature, np.uint8), np.array(threshold), np.array(leaf), {})
    rows = [[rng.random() for _ in range(5)] for _ in range(40)]
    got = trees.scores(np.array(rows, np.float32))
    want = [1 / (1 + np.exp(-walk([float(np.float32(x)) for x in row]))) for row in rows]
    assert np.allclose(got, want, atol=1e-6)


def test_families_are_named() -> None:
    assert "comments" in families("Leave a reply")
    assert "legal" in families("Datenschutz")
    assert families("A cat slept there") == ()


# --- the filter


def test_what_surrounds_the_article_goes() -> None:
    assert cleaned(PAGE).strip() == ARTICLE


def test_an_article_stays_as_it_is() -> None:
    assert cleaned(ARTICLE) == ARTICLE
    assert cleaned(ARTICLE, mode="article") == ARTICLE
    assert cleaned("\n\n".join(ARTICLE.split("\n"))) == "\n\n".join(ARTICLE.split("\n"))


def test_in_an_article_only_a_tail_under_a_header_goes() -> None:
    tail = "Comments\nLeave a reply\nName\nEmail\nRelated articles\nPrivacy policy"
    assert cleaned(f"{ARTICLE}\n{tail}", mode="article").strip() == ARTICLE
    alone = "A last word from the ferry"
    assert cleaned(f"{ARTICLE}\n{alone}", mode="article") == f"{ARTICLE}\n{alone}"


def test_an_article_without_a_header_is_not_even_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr("cleaner.structure.reading.reading", fail)
    assert cleaned(ARTICLE) == ARTICLE


@pytest.mark.parametrize(
    ("tail", "read"),
    [
        ("Comments\nLeave a reply\nName\nEmail\nRelated articles", True),
        ("Comments\nPost", False),
        (f"Related articles\nDog swims\nGravel dear\n{PARAGRAPH} {PARAGRAPH} {PARAGRAPH}", False),
        ("A last word\nfrom the ferry\nto the town\nand to the dog\nthat swam", False),
    ],
    ids=["a tail", "too short", "the article goes on", "no header"],
)
def test_an_article_is_read_only_where_a_tail_may_follow_a_header(tail: str, read: bool) -> None:  # noqa: FBT001
    assert headed(f"{ARTICLE}\n{tail}") is read


def test_a_header_in_the_first_half_counts_when_one_ends_the_text() -> None:
    lines = ["Comments", *ARTICLE.split("\n"), "Related articles"]
    assert headed("\n".join(lines))
    assert not headed("\n".join(lines[:-1]))


def test_a_text_that_may_be_a_page_loses_a_long_tail_without_a_header_but_no_more_than_half() -> None:
    bare = "\n".join(f"Ferry {n} leaves at noon" for n in range(10))
    page = page_of(layout(f"{ARTICLE}\n{bare}"), {})
    article = ARTICLE.count("\n") + 1
    scores = np.array([0.9] * article + [0.02] * 10)
    assert without_tail(page, scores, 0.1, doubtful=True).tolist() == [True] * article + [False] * 10
    assert without_tail(page, scores, 0.1, doubtful=False).all()
    assert without_tail(page, np.where(scores < 0.5, 0.2, scores), 0.1, doubtful=True).all()
    most = np.array([0.9] * 2 + [0.02] * (len(scores) - 2))
    assert without_tail(page, most, 0.1, doubtful=True).all()
    short = page_of(layout("\n".join([ARTICLE, *bare.split("\n")[:7]])), {})
    assert without_tail(short, scores[: article + 7], 0.1, doubtful=True).all()


def test_a_run_of_short_lines_between_paragraphs_stays() -> None:
    head, *rest = ARTICLE.split("\n")
    table = ["Pier one", "1911", "Pier two", "1913", "Pier three", "1920"]
    mixed = "\n".join([head, *rest[:3], *table, *rest[3:]])
    text = "\n".join([MENU, mixed, FOOTER])
    assert cleaned(text).strip() == mixed


def test_flat_mode_and_flat_text_are_left_alone() -> None:
    flat = PAGE.replace("\n", " ") * 2
    assert cleaned(flat) == flat
    assert cleaned(PAGE, mode="flat") == PAGE


def test_edits_are_whole_lines_with_a_reason() -> None:
    document = Document(PAGE)
    edits = list(Structure().edits(document))
    assert edits
    for edit in edits:
        assert edit.start == 0 or PAGE[edit.start - 1] == "\n"
        assert edit.end == len(PAGE) or PAGE[edit.end - 1] == "\n"
        assert edit.filter == "structure"
        assert edit.why in WHY.values()
        assert 0.5 <= edit.confidence <= 1


def test_the_article_ends_with_different_reasons() -> None:
    rules = {edit.rule for edit in Structure().edits(Document(PAGE))}
    assert {"structure/menu", "structure/teasers", "structure/comments"} <= rules


def test_cutting_again_changes_nothing_more() -> None:
    document = Document(PAGE)
    once = document.edited(Structure().edits(document))
    twice = once.edited(Structure().edits(once))
    assert twice.text == once.text


def test_edits_fit_a_document_that_rules_have_been_over() -> None:
    document = Document(PAGE)
    start = PAGE.index("Leave a reply")
    first = document.edited([document.edit(start, start + 14, "", rule="test/reply")])
    second = first.edited(Structure().edits(first))
    assert second.text.strip() == ARTICLE
    assert apply(PAGE, second.edits) == second.text


def test_levels_cut_more_and_more() -> None:
    sizes = [len(cleaned(PAGE, mode="page", level=level)) for level in ("strict", "standard")]
    sizes.append(len(cleaned(PAGE, mode="page", level="light")))
    assert sizes == sorted(sizes)


def test_the_headline_stays_when_the_page_title_has_it() -> None:
    page = page_of(layout(PAGE), {})
    stay = np.array([PARAGRAPH[:20] in text for text in page.layout.texts])
    title = "Bridge to cost twice as much as planned | The Ferry Post"
    at = headline(page, stay, title)
    assert at is not None
    assert page.layout.texts[at] == "Bridge to cost twice as much as planned"
    assert headline(page, stay, "Something else") is None


@given(st.text(alphabet="aB ,.\n\r\u2028*。日\ud800", max_size=500), st.sampled_from(["page", "auto"]))
@settings(max_examples=60, deadline=None)
def test_any_text_can_be_cut_and_restored(text: str, mode: str) -> None:
    document = Document(text)
    result = document.edited(Structure(mode=mode).edits(document))
    assert apply(text, result.edits) == result.text


# --- what rules may take of a page

OPINION = (
    "I have used that bridge for forty years, and nobody has ever asked me what I think of "
    "it, of the piers, of the gravel, or of the council that put the money into a bath."
)
THREAD = "\n".join(f"{name}\n3 hours ago\n{OPINION}\nReply" for name in ("Pete", "Ruth", "Ned"))


def test_a_header_in_the_menu_does_not_take_the_article() -> None:
    menu = MENU.replace("Weather", "Comment\nWeather")
    result = cleaner.explain("\n".join([menu, ARTICLE, "Comments", THREAD, FOOTER]))
    assert result.mode == "page"
    assert ARTICLE in result.text
    assert {edit.rule for edit in result.stopped} == {"en/comments:thread"}
    assert any("en/comments:thread" in warning for warning in result.warnings)


def test_a_thread_longer_than_the_article_goes_all_the_same() -> None:
    result = cleaner.explain("\n".join([MENU, ARTICLE, "Comments", THREAD, THREAD, THREAD, FOOTER]))
    assert result.mode == "page"
    assert result.text.strip() == ARTICLE
    assert result.stopped == ()


def test_of_a_page_whose_article_is_not_known_more_stays_and_the_result_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sure = reading(PAGE)
    assert sure is not None
    unsure = Reading(sure.page, sure.scores * 0.5)
    sizes = {}
    for name, read in (("sure", sure), ("unsure", unsure)):
        monkeypatch.setattr("cleaner.structure.reading.reading", lambda *_, read=read, **__: read)
        result = cleaner.explain(PAGE, mode="page", only="structure")
        sizes[name] = len(result.text)
        assert any("sure of no paragraph" in warning for warning in result.warnings) is (name == "unsure")
        assert PARAGRAPH in result.text
    assert sizes["sure"] <= sizes["unsure"] < len(PAGE)
