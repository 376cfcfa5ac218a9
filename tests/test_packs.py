"""Packs: what they must hold to, and that every rule that ships is proved by its examples."""

import re

import pytest

import cleaner
from cleaner.errors import PackError
from cleaner.rules.pack import load, load_shipped, pack_files, parse
from cleaner.rules.shipped import shipped
from cleaner.selftest import SelfTest

PACKS = load_shipped()
ALL = [rule for pack in PACKS for rule in pack.rules]
TEST = SelfTest(ALL)

GOOD = """
family = "mine"
language = "en"
[[rule]]
id = "club"
kind = "line"
phrases = ["join our book club"]
why = "The line asks readers to join a club."
source = "seen twice"
strips = ["Join our book club", "JOIN OUR BOOK CLUB!"]
keeps = ["Join our book club, she said.", "A book club has joined us."]
"""


TWICE = r"""
family = "mine"
language = "en"
[[rule]]
id = "twice"
kind = "repair"
match = '''(?P<word>and) and'''
new = '\g<word>'
keywords = ["and and"]
why = "A word stood twice."
source = "unproven"
strips = ["salt and{-- and--} tea", "tea and{-- and--} salt"]
keeps = ["salt and tea", "tea"]
"""


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
def test_every_rule_takes_its_strips_and_leaves_its_keeps(pack):
    assert [str(failure) for failure in TEST.failures(pack.rules)] == []


def test_every_shipped_pack_holds_to_the_format():
    for name, file in pack_files(shipped()):
        assert parse(file.read_text("utf-8"), name, trusted=True).rules


def test_all_sources_have_one_wording():
    wording = re.compile(
        r"unproven|[0-9,]+ of [0-9,]+ pages, in the extracted article of [0-9,]+"
        r"; [0-9,]+ of [0-9,]+ clean texts"
    )
    assert [rule.id for rule in ALL if not wording.fullmatch(rule.source)] == []


def test_ids_are_unique_over_all_packs():
    ids = [rule.id for rule in ALL]
    assert len(ids) == len(set(ids))


def changed(old, new):
    assert old in GOOD
    return GOOD.replace(old, new)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = [", "mine: not TOML"),
        ("family = 'x'", "mine: holds no [[rule]]"),
        ("rule = 3", "rules are written as [[rule]] tables"),
        (changed("kind =", "knid ="), "mine: club: unknown field knid"),
        (changed('"line"', '"lines"'), "kind is 'lines'; it must be one of line, span"),
        (changed('id = "club"', 'id = "The Club"'), "the id must be kebab-case"),
        (changed('id = "club"', ""), "a [[rule]] has no id"),
        (changed("why =", "source2 ="), "unknown field source2"),
        (changed('why = "The line asks readers to join a club."', ""), "needs why"),
        (changed('phrases = ["join our book club"]', ""), "give either phrases or match"),
        (changed('phrases = ["join our book club"]', "phrases = 'x'"), "phrases must be a list"),
        (
            changed('phrases = ["join our book club"]', "match = '''Join'''"),
            "write 'j' (lines are folded)",
        ),
        (changed('phrases = ["join our book club"]', "match = '''(join'''"), "does not compile"),
        (changed('"Join our book club", ', ""), "needs at least 2 strips"),
        (changed('kind = "line"', 'kind = "tail"'), "a tail needs within_words and max_lines"),
        (changed('kind = "line"', 'kind = "line"\nnew = "x"'), "only a repair has it"),
        (
            changed('kind = "line"', 'kind = "line"\nconfidence = 2'),
            "confidence must be a number above 0",
        ),
        (
            changed('kind = "line"', 'kind = "line"\nmax_lines = 0'),
            "max_lines must be a whole number",
        ),
        (changed('kind = "line"', 'kind = "line"\nat = ["middle"]'), "at is 'middle'"),
        (
            changed('kind = "line"', 'kind = "line"\nunless = [{where = "line"}]'),
            "unless takes where and match",
        ),
        (GOOD + GOOD[GOOD.index("[[rule]]") :], "the id is taken"),
        (TWICE.replace("P<word>", "P<other>"), "new names the group word, which match has not"),
        (TWICE.replace("g<word>", "2"), "new names the group 2, which match has not"),
    ],
)
def test_a_broken_pack_is_told_in_one_line_with_its_cure(text, message):
    with pytest.raises(PackError) as error:
        parse(text, "mine", trusted=False)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("group", ["<word>", "<1>", "<01>", "1"])
@pytest.mark.parametrize("trusted", [False, True])
def test_a_repair_puts_in_a_group_by_name_or_number(group, trusted):
    text = TWICE.replace("g<word>", group if group == "1" else f"g{group}")
    pack = parse(text, "mine", trusted=trusted)
    assert cleaner.clean("Salt AND and tea.", packs_only=[pack]) == "Salt AND tea."


def test_a_shipped_regex_must_be_bounded_found_and_sourced():
    for old, new, message in (
        ('phrases = ["join our book club"]', "match = '''(?:a+)+'''", "can run away"),
        (
            'phrases = ["join our book club"]',
            "match = '''a(?:.{0,80}casino){2,6}.{0,120}'''",
            "in too many ways",
        ),
        ('phrases = ["join our book club"]', "match = '''.{0,9}'''", "give keywords"),
        ('source = "seen twice"', "", "needs source"),
    ):
        with pytest.raises(PackError) as error:
            parse(changed(old, new), "mine", trusted=True)
        assert message in str(error.value)


def test_a_rule_that_takes_anothers_keep_fails_the_test():
    own = parse(GOOD.replace("join our book club", "she said"), "mine", trusted=False).rules
    other = parse(
        GOOD.replace('"Join our book club, she said."', '"She said:"'), "other", trusted=False
    ).rules
    failures = list(SelfTest([*own, *other]).failures(other))
    assert any(failure.field == "keeps" and "mine:club" in failure.reason for failure in failures)


def test_a_users_pack_is_added_and_can_stand_alone(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(GOOD)
    text = "It rained.\n\nJoin our book club!\n\n- Advertisement -\n\nIt snowed."
    assert cleaner.clean(text, packs=[path]) == "It rained.\n\nIt snowed."
    assert cleaner.clean(text, packs_only=[path]) == "It rained.\n\n- Advertisement -\n\nIt snowed."
    assert cleaner.clean(text, packs=[path], without=["mine"]) == text.replace("- Advertisement -\n\n", "")


def test_a_users_regex_that_runs_away_fails_the_document_by_name(tmp_path):
    path = tmp_path / "slow.toml"
    path.write_text(changed('phrases = ["join our book club"]', "match = '''(?:a|aa|a?a)+[bc]'''"))
    with pytest.raises(cleaner.RuleTimeoutError, match="slow:club"):
        cleaner.clean("a" * 900, packs=[path])


@pytest.mark.parametrize(("data", "message"), [(None, "cannot be read"), (b"\xff", "not UTF-8 at byte 0")])
def test_a_pack_that_cannot_be_read_is_told(tmp_path, data, message):
    path = tmp_path / "mine.toml"
    if data:
        path.write_bytes(data)
    with pytest.raises(PackError, match=message):
        load(path)
