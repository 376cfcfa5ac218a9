"""The matching index finds what trying every rule finds."""

import re

from hypothesis import given
from hypothesis import strategies as st

from cleaner.rules.folding import FoldedLines, fold
from cleaner.rules.index import Index, unmarked
from cleaner.rules.keywords import Keywords
from cleaner.rules.matcher import LONGEST, REACH, Matcher, windows
from cleaner.rules.pack import load_shipped
from cleaner.rules.rule import Rule
from cleaner.rules.syntax import begins_lines, first_lines, literal, needs, openings, prefixes, runaway

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


CASES = [str, str.upper, str.title, lambda text: text.replace("i", "\u0131").replace("k", "\u212a")]


@given(st.lists(st.tuples(lines, st.sampled_from(CASES)), max_size=5))
def test_lines_as_they_stand_meet_what_they_meet_folded(raw):
    for line, case in raw:
        assert INDEX.find(case(line)) == INDEX.brute(fold(case(line)))


def test_a_keyword_is_found_by_any_letters_that_it_has():
    keywords = ["f\u00e9vrier", "read more", "\u00a9 ", "\u0440\u0435\u043a\u043b\u0430\u043c", "not be "]
    found = Keywords((word, number, 1000) for number, word in enumerate(keywords))
    lines = [
        "12 F\u00c9VRIERS 2020",
        "x",
        "Read\u00a0More",
        "\u00a9 2020",
        "\u0420\u0435\u043a\u043b\u0430\u043c\u0430",
        "Not be-",
    ]
    places = list(found.found(FoldedLines(lines)))
    assert sorted(places) == [(0, 0, 3), (2, 1, 0), (3, 2, 0), (4, 3, 0)]


def test_a_keyword_without_its_pattern_meets_nothing():
    rule = Rule("x:y", "x", "x", "any", "span", "x", match=r"\[ad: [a-z]{1,9}\]", keywords=("ad",))
    met = Index([rule]).met(["An ad: here", "It rained. [Ad: now] It rained.", "z " * 900 + "[ad: far] ad"])
    assert not met[0]
    assert met[1].parts == ((0, ((0, 31),)),)
    assert met[2].parts == ((0, ((1301, 1812),)),)


@given(st.integers(0, 5000), st.lists(st.integers(0, 5000)))
def test_every_keyword_of_a_line_has_a_window_round_it(length, places):
    found = list(windows(length, sorted(place for place in places if place < length)))
    for place in places:
        if place < length:
            reach = (max(0, place - REACH), min(length, place + REACH))
            assert any(start <= reach[0] and reach[1] <= end for start, end in found)


def test_on_every_example_of_every_rule():
    for line in map(fold, EXAMPLES[::6]):
        assert INDEX.find(line) == INDEX.brute(line), line


def test_a_line_is_found_in_any_company():
    lines = EXAMPLES[:500]
    index = Index(RULES)
    for line, met in zip(lines, index.met(lines), strict=True):
        assert (met.all if met else ()) == INDEX.find(line)


LETTERS = st.text() | st.text(
    "\u0130I\u0131iK\u212a\u03a3\u03c2\u00c9\u00e9\uff21\u0663\u2019\u2014`\t \u0416\u0410\u0411\u0412"
)


@given(LETTERS)
def test_folding_looks_at_each_character_alone(text):
    assert fold(text) == "".join(map(fold, text))


@given(st.lists(LETTERS, min_size=1))
def test_lines_folded_at_once_are_those_folded_one_by_one(raw):
    lines = [line.replace("\n", "") for line in raw]
    folded = FoldedLines(lines)
    assert folded.lines == list(map(fold, lines))
    assert folded.raw.decode("utf-8", "surrogatepass") == folded.text == "\n".join(folded.lines)
    assert folded.others >= {char for char in folded.text if not char.isascii()}


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


def test_what_a_match_begins_with_and_what_it_needs():
    assert openings(r"\b(?:read|see) more") == ("read", "see")
    assert openings(r"(?:^|\n)more") == ()
    assert needs(r".{0,9}(?:comments? here|replies)\b") == (("comment", "replies"), 1)
    assert needs("(?:is|was|were) sponsored") == ((" sponsored",), 1)
    assert needs("(?>cookie[^.]{1,99}?){4}") == (("cookie",), 4)
    assert needs("(?:(?:see|read) more ?[:|].{0,9}){3}")[1] == 3
    assert needs(".(?:ab|abc|b)") == ((), 1)
    assert needs(".(?:ab|abc|bb)") == (("ab", "bb"), 1)
    assert begins_lines(r"(?>(?:^|\n)more[^\n]*\n){2}")
    assert not begins_lines(r"(?:^|\n|x)more")
    assert first_lines(r"(?:^|\n)[^a-z\n]{0,3}(?:see also|more\n)[^\n]*\nx") == (("more", "see also"), 11, 1)
    assert first_lines(r"(?>\n(?:is|was) also[^\n]*\n){3}") == (("s also",), 8, 3)
    assert first_lines(r"(?:^|\n)[^a-z]{0,3}more").literals == ()
    assert needs("(?:more)?x*") == needs("(?:more)?+") == ((), 1)


def test_a_condition_on_a_whole_text_is_met_just_when_a_search_meets_it():
    texts = ["\n".join(EXAMPLES[at : at + 40]) for at in range(0, len(EXAMPLES), 400)]
    texts = [fold(text) for text in texts if len(text) > LONGEST]
    patterns = {item.match: rule for rule in RULES for item in (*rule.when, *rule.unless)}
    for pattern, rule in sorted(patterns.items())[::5]:
        matcher, regex = Matcher(pattern, rule), re.compile(pattern)
        for text in texts:
            assert matcher.found(text) is (regex.search(text) is not None), pattern


def test_remembered_lines_change_nothing():
    index = Index(RULES)
    lines = [*EXAMPLES[:300], *EXAMPLES[:300]]
    first = [met and (met.hits, met.parts) for met in index.met(lines)]
    assert first[:300] == first[300:] == [met and (met.hits, met.parts) for met in index.met(EXAMPLES[:300])]
    index.forget()
    assert first == [met and (met.hits, met.parts) for met in index.met(lines)]


def test_rules_for_other_sites_meet_no_line():
    rules = [
        Rule(
            f"site:{n}", "site", "site", "any", "line", "x", phrases=("our menu",), domains=(f"{n}.example",)
        )
        for n in range(3000)
    ]
    (met,) = Index(rules).met(["Our menu"])
    assert met.hits == ()
    assert met.at(("www.7.example", "7.example", "example")) == (7,)
    assert len(met.all) == 3000


def test_regexes_that_can_run_away_are_known():
    assert runaway("(a+)+")
    assert runaway("a*b?a*")
    assert not runaway("a*ba*")
    assert not runaway("(?:ab){1,9} [0-9]{1,4}")
