"""Why a line stayed: the replay of conditions agrees with the rules, and every line has an answer."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from strategies import texts

import cleaner
from cleaner import marks
from cleaner.errors import InputError

ROOT = Path(__file__).parents[1]
CLEANER = cleaner.Cleaner()
STRICT = cleaner.Cleaner(level="strict", mode="article")
FIXTURES = sorted((ROOT / "fixtures").rglob("*.txt"))
CASES = [path for path in FIXTURES if path.parent.name != "demo"]
PROSE = (
    "The council met on Tuesday to talk about the bridge that the flood had taken away in March, "
    "and found that the money would not reach before the autumn."
)
NAMES = "Ann Bob Cid Dan Eve Fay Gus Hal Ida Jim Kay Lou".split()


def source_of(path):
    text = path.read_text("utf-8")
    if path.parent.name == "demo":
        return text
    return marks.read(text.partition("\n")[2])[0]


def only(text, what, **options):
    (answer,) = cleaner.Cleaner(**options).why_not(text).ask(what)
    return answer


def rules(answer):
    return [held.rule for held in answer.held]


def conditions(answer, rule):
    return next(held.conditions for held in answer.held if held.rule == rule)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_rule_takes_a_line_that_it_met_just_when_no_condition_fails(path):
    """The replay in this module against the rules themselves, on every line of the fixtures."""
    asked = STRICT.why_not(source_of(path))
    asked.facts.blocked = frozenset()
    for view in (asked.first, asked.last):
        for line, numbers in view.hits.items():
            free = {asked.index.rules[n].id for n in numbers if not [*view.replay.failing(n, line)]}
            taker = view.taken.get(line)
            assert taker is not None or not free
            if taker is not None and (not free or taker.kind == "line"):
                assert taker.id in free or taker.guarded


@pytest.mark.parametrize("path", FIXTURES[::4], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_line_of_a_fixture_has_an_answer_that_agrees_with_the_result(path):
    source = source_of(path)
    result = CLEANER.explain(source)
    asked = CLEANER.why_not(source)
    assert asked.text == result.text
    for number, line in enumerate(source.splitlines(), 1):
        answer = asked.answer(number) if number <= len(asked.lines) else None
        if answer is None or not line.strip():
            continue
        assert answer.told or answer.held or answer.near
        assert answer.model is not None
        if answer.fate == "stayed":
            assert line.strip() in result.text


@settings(max_examples=30)
@given(texts)
def test_any_line_of_any_text_has_an_answer(text):
    asked = CLEANER.why_not(text)
    for number in range(1, len(asked.lines) + 1):
        answer = asked.answer(number)
        assert answer.line == number
        assert answer.told or answer.held or answer.near


def test_a_level_that_is_too_high_is_told():
    text = f"{PROSE}\n\n{PROSE} Twice.\n\nBy Jane Miller\n\n{PROSE} Again.\n\n{PROSE} And again."
    answer = only(text, "By Jane Miller")
    assert conditions(answer, "en/bylines:anywhere") == (
        "it works at the level strict, and the level is standard",
    )


def test_a_language_gate_is_told():
    text = f"{PROSE}\n\nFoto: Hafen im Regen\n\n{PROSE} Again."
    told = " ".join(c for held in only(text, 3, lang="en").held for c in held.conditions)
    assert "runs in texts of the language de only; this one's is en" in told


def test_what_is_left_out_is_told_by_its_name():
    text = f"{PROSE}\n\n- Advertisement -\n\n{PROSE} Again."
    assert "without adverts" in conditions(only(text, 3, without=["adverts"]), "en/adverts:label")[0]
    assert "only others do" in conditions(only(text, 3, only=["comments"]), "en/adverts:label")[0]


def test_protected_text_and_the_rule_that_it_overruled_are_told():
    answer = only(f"{PROSE}\n\n- Advertisement -", 3, keep=["Advertisement"])
    assert answer.fate == "stayed"
    assert any("en/adverts:label would have taken it, but protected text" in told for told in answer.told)


def test_the_loss_guard_is_told():
    thread = "\n\n".join(f"{name} said:\nI liked the story of the bridge." for name in NAMES)
    answer = only(f"{PROSE}\n\nReaders' comments\n\n{thread}", "Ann said", mode="article")
    assert any("but the loss guard stopped the rule" in told for told in answer.told), answer


@pytest.fixture
def pack(tmp_path):
    def write(fields):
        path = tmp_path / "mine.toml"
        path.write_text(
            'family = "mine"\n[[rule]]\nid = "r"\nwhy = "It is so."\nsource = "unproven"\n'
            'strips = ["x", "y"]\nkeeps = ["z", "w"]\n' + fields
        )
        return {"packs_only": [str(path)], "mode": "article"}

    return write


CONDITIONS = {
    "previous": (
        "when = [{where = 'previous', match = 'storm'}]",
        "it wants /storm/ in the line before, \u201cthe",
    ),
    "next": ("when = [{where = 'next', match = 'storm'}]", "it wants /storm/ in the line after, \u201cthe"),
    "document": ("when = [{where = 'document', match = 'storm'}]", "it wants /storm/ in the text"),
    "veto": ("unless = [{where = 'line', match = 'club'}]", "its veto /club/ holds in the line"),
    "domains": ("domains = ['example.com']", "it is for example.com only, and the site is not told"),
    "only_in": ("only_in = ['de', 'fr']", "it runs in texts of the language de, fr only; this one's is en"),
    "head": ("at = ['head']\nwithin_words = 10", "near the head (29 words stand before it, at most 10 may"),
    "tail": ("at = ['tail']\nwithin_words = 10", "near the tail (29 words stand after it, at most 10 may"),
    "beside": ("at = ['beside']", "beside a line that goes (none of its neighbours does)"),
}


@pytest.mark.parametrize(("fields", "told"), CONDITIONS.values(), ids=CONDITIONS)
def test_each_condition_that_fails_is_told(pack, fields, told):
    options = pack(f"kind = 'line'\nphrases = ['join our book club']\n{fields}\n")
    answer = only(f"{PROSE}\n\nJoin our book club\n\n{PROSE}", 3, **options)
    (held,) = answer.held
    assert len(held.conditions) == 1
    assert told in held.conditions[0]


REACH = {
    "words": ("within_words = 10\nmax_lines = 9", "34 words stand from it to the end; at most 10 may"),
    "lines": ("within_words = 90\nmax_lines = 1", "2 lines stand from it to the end; at most 1 may"),
    "shapes": (
        "within_words = 90\nmax_lines = 9\nfollowers = ['label']",
        "on the way to the end is none of the shapes that may stand there (label)",
    ),
}


@pytest.mark.parametrize(("fields", "told"), REACH.values(), ids=REACH)
def test_the_bounds_of_a_tail_are_told(pack, fields, told):
    options = pack(f"kind = 'tail'\nphrases = ['more from our book club']\n{fields}\n")
    answer = only(f"{PROSE}\n\nMore from our book club\n\n{PROSE}", 3, **options)
    assert told in answer.held[0].conditions[0]


def test_a_line_after_a_list_is_told_why_the_list_ended():
    text = f"{PROSE}\n\nRelated stories\n\nBridge closed for good after the flood\n{PROSE}\n\n{PROSE} Again."
    answer = only(text, 6)
    assert any("went, but the line is none of the shapes" in c for h in answer.held for c in h.conditions)


def test_phrases_and_patterns_that_are_nearly_so_are_told(pack):
    options = pack("kind = 'line'\nphrases = ['join our book club today']\n")
    for line, told in {
        "Join our book club": "has more words than the line",
        "Join our book club today, she said": "the line begins with its phrase",
        "Joyn our book club today": "is alike",
    }.items():
        answer = only(f"{PROSE}\n\n{line}\n\n{PROSE}", 3, **options)
        assert told in answer.near[0].told
    options = pack("kind = 'line'\nmatch = 'join (?:our|the) (?:book|chess) club(?: today)?'\n")
    near = only(f"{PROSE}\n\nJoin our chess club tomorrow\n\n{PROSE}", 3, **options).near[0]
    assert near.told == (
        "the pattern goes as far as \u201cjoin our chess club\u201d, and does not allow "
        "\u201ctomorrow\u201d after it"
    )


def test_a_line_that_nothing_came_near_is_told_so():
    answer = only(f"{PROSE}\n\nKjx vbq wpz\n\n{PROSE}", 3)
    assert (answer.held, answer.near) == ((), ())
    assert "No rule came near" in answer.told[-1]


def test_a_line_that_went_is_told_the_rule_that_took_it():
    answer = only(f"{PROSE}\n\n- Advertisement -", 3)
    assert answer.fate == "went"
    assert answer.told[0].startswith("en/adverts:label removed it: ")


def test_the_model_tells_of_a_page_and_of_its_lines():
    page = next(path for path in CASES if path.parent.name == "pages")
    asked = cleaner.Cleaner(mode="page").why_not(source_of(page))
    prose = max(range(len(asked.lines)), key=lambda n: len(asked.lines[n])) + 1
    opinion = asked.answer(prose).model
    assert opinion.mode == "page"
    assert 0 <= opinion.page <= 1
    assert opinion.score > opinion.limit == 0.5


def test_flat_text_and_texts_without_the_layer_are_told():
    assert only("It rained. " * 200, 1).model.mode == "flat"
    assert only(PROSE, 1, without=["structure"]).model is None


def test_lines_are_asked_for_by_number_or_text():
    asked = CLEANER.why_not(f"Rain.\n\n{PROSE}\n\nRain again.")
    assert [answer.line for answer in asked.ask("rain")] == [1, 5]
    assert asked.ask(3)[0].line == 3
    assert asked.ask("2")[0].fate == "blank"
    with pytest.raises(InputError, match="from 1 to 5"):
        asked.ask("99")


def test_an_answer_is_json():
    import json

    assert json.loads(json.dumps(only(PROSE, 1).as_json()))["line"] == 1
