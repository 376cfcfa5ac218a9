"""The matching index finds what trying every rule finds."""

from hypothesis import given
from hypothesis import strategies as st

from cleaner.document import split_lines
from cleaner.rules.folding import fold
from cleaner.rules.index import Index, unmarked
from cleaner.rules.pack import load_shipped
from cleaner.rules.syntax import literal, prefixes, runaway

RULES = [rule for pack in load_shipped() for rule in pack.rules]
INDEX = Index(RULES)
EXAMPLES = [
    line
    for rule in RULES
    for text in (*rule.strips, *rule.keeps, *rule.phrases)
    for line in text.splitlines()
]
DRESS = ["", "- ", "## ", "**", "* ", "> ", "\u00bb ", "[", " |", "\u200f", "  "]

lines = st.one_of(
    st.sampled_from(EXAMPLES),
    st.tuples(st.sampled_from(DRESS), st.sampled_from(EXAMPLES), st.sampled_from(DRESS)).map("".join),
    st.tuples(st.sampled_from(EXAMPLES), st.sampled_from(["", "x", " 5", "."])).map("".join),
    st.text(max_size=30),
)


@given(st.lists(lines, max_size=5))
def test_the_index_finds_what_brute_force_finds(raw):
    for line in map(fold, raw):
        assert INDEX.find(line) == INDEX.brute(line)


def test_on_every_example_of_every_rule():
    for line in map(fold, EXAMPLES[::6]):
        assert INDEX.find(line) == INDEX.brute(line), line


def test_a_line_is_found_in_any_company():
    text = fold("\n".join(EXAMPLES[:500]))
    lines, starts = split_lines(text)
    found, _ = INDEX.hits(text, lines, starts)
    for number, line in enumerate(lines):
        assert found.get(number, ()) == INDEX.find(line)


@given(st.text())
def test_folding_keeps_every_character_in_its_place(text):
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded
    for end in "\n\r\u2028\u2029":
        assert [c == end for c in folded] == [c == end for c in text]


def test_case_quotes_dashes_width_and_turkish_i_are_folded():
    assert (
        fold("\u201cREAD\u201d \u2014 \u2018x\u2019\u00a0\uff21\uff11 I\u0130\u0131")
        == "\"read\" - 'x' a1 iii"
    )


def test_markdown_does_not_hide_a_line():
    assert unmarked("## **[read more](https://example.org/a?b=1)**") == "read more"


def test_how_a_regex_may_begin():
    assert prefixes("(?:read|see) more") == {"rea", "see"}
    assert prefixes("a?bc") == {"abc", "bc"}
    assert prefixes(".*more") is None
    assert prefixes(r"no\w+") == {"no\0"}
    assert literal("a{1,3}(?:x|y) comments? here") == " comment"


def test_regexes_that_can_run_away_are_known():
    assert runaway("(a+)+")
    assert runaway("a*b?a*")
    assert not runaway("a*ba*")
    assert not runaway("(?:ab){1,9} [0-9]{1,4}")
