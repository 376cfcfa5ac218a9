"""The rule doctor: what it finds in a user's pack, and that ours has nothing to find."""

import json
import subprocess
import sys

import pytest

from cleaner.doctor import Doctor
from cleaner.rules.effort import MOST_WAYS, ways
from cleaner.rules.pack import load_shipped, parse

SHIPPED = [rule for pack in load_shipped() for rule in pack.rules]
RULE = """
[[rule]]
id = "{id}"
kind = "{kind}"
{body}
why = "The line asks readers to join a club."
strips = [{strips}]
keeps = ["Join our book club, she said.", "A book club has joined us."]
"""


def pack(*rules):
    text = 'family = "mine"\nlanguage = "en"\n'
    for number, (body, *strips) in enumerate(rules):
        quoted = ", ".join(json.dumps(text) for text in strips)
        text += RULE.format(id=f"r{number}", kind="line", body=body, strips=quoted)
    return parse(text, "mine", trusted=False).rules


def findings(*rules, others=()):
    own = pack(*rules)
    return [str(finding) for finding in Doctor(own, [*own, *others]).findings()]


CLUB = ('phrases = ["join our book club"]', "Join our book club", "JOIN OUR BOOK CLUB!")


def test_a_sound_pack_has_nothing_to_find():
    assert findings(CLUB) == []


def test_a_rule_whose_examples_all_go_without_it_is_shadowed():
    wider = ("match = '''join our (?:book|chess) club!?'''", "Join our chess club", "Join our book club")
    found = findings(CLUB, wider)
    assert any("mine:r0: is shadowed: all it strips goes by mine:r1" in line for line in found)
    assert not any("mine:r1: is shadowed" in line for line in found)


def test_a_phrase_that_another_rule_of_the_same_kind_has_is_told():
    found = findings(
        CLUB, ('phrases = ["be a member", "Join our book club!"]', "Be a member", "Be a member!")
    )
    assert any("mine:r1: 'join our book club' is also in mine:r0" in line for line in found)


def test_a_phrase_that_differs_by_its_marks_only_is_there_twice():
    found = findings((CLUB[0].replace("]", ', "- Join our book club -"]'), *CLUB[1:]))
    assert any("is there twice" in line for line in found)


@pytest.mark.parametrize("phrase", [r"read more\\.", "read .* more", "(?:read) more", "[a-z] more"])
def test_a_phrase_that_is_written_as_a_regex_is_told(phrase):
    found = findings((f'phrases = ["join our book club", "{phrase}"]', *CLUB[1:]))
    assert any("looks like a regex" in line for line in found)


def test_a_bare_dot_and_an_unescaped_question_mark_are_told():
    found = findings(("match = '''what do you think?'''", "What do you think", "What do you think?"))
    assert any("'think?' makes the last letter optional" in line for line in found)
    found = findings(("match = '''visit club.example'''", "Visit club.example", "Visit club-example"))
    assert any("a dot in 'visit club.example' takes any character" in line for line in found)


def test_a_plural_and_a_repeated_dot_are_not_told():
    assert findings(("match = '''join our clubs?[.]'''", "Join our club.", "Join our clubs.")) == []
    assert findings(("match = '''join our .{1,20}club'''", "Join our book club", "Join our chess club")) == []


def test_a_honest_example_of_another_rule_that_goes_is_told():
    greedy = ("match = '''[a-z ]{5,30}'''", "Join us now", "Come and read")
    other = pack(CLUB)[0]
    found = [str(item) for item in Doctor(pack(greedy), [*pack(greedy), *SHIPPED]).findings()]
    assert any("mine:r0: strips a keep of en/" in line for line in found)
    assert other.id == "mine:r0"


RUNAWAYS = [
    "(?: ?[0-9]{1,3}){0,30}x",
    "(?:.{0,80}casino){2,6}.{0,120}",
    "(?:[a-z ]{1,20}){1,10}!",
    ".{0,300}a.{0,300}b.{0,300}c.{0,300}d.{0,300}e",
]
TAME = [
    "(?:[a-z]{1,20} ){1,10}!",
    "read more ?[:|-] ?.{10,150}[^.;]",
    "(?>[a-z ]{1,20}){1,10}!",
    "[^.!?]{0,200}newsletter[^.!?]{0,200}",
    "(?:one|two|three){1,9}",
]


@pytest.mark.parametrize("pattern", RUNAWAYS)
def test_repeats_that_share_a_text_in_too_many_ways_are_told(pattern):
    assert ways(pattern) > MOST_WAYS


@pytest.mark.parametrize("pattern", TAME)
def test_repeats_that_cannot_share_are_not_told(pattern):
    assert ways(pattern) <= MOST_WAYS


def run(*args):
    return subprocess.run(  # noqa: PLW1510 - exit codes are looked at
        [sys.executable, "-m", "cleaner", *map(str, args)], capture_output=True, text=True, timeout=120
    )


def test_the_command_counts_the_hits_of_a_corpus_and_shows_them_in_context(tmp_path):
    corpus = tmp_path / "corpus.jsonl"
    texts = ["It rained all day.\nADVERTISEMENT\nIt snowed all night.", "Nothing is to be found here."]
    corpus.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    done = run("rules", "test", "en/adverts", "--corpus", corpus)
    assert done.returncode == 0, done.stdout
    assert "2 documents" in done.stdout
    assert "en/adverts:label: 1 documents, 1 edits, 1 words" in done.stdout
    assert "It rained all day.⏎{--ADVERTISEMENT⏎--}It snowed" in done.stdout
    assert "rules met nothing: " in done.stdout


def test_a_broken_corpus_is_told_with_its_line(tmp_path):
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text('{"text": "a"}\n{"body": "b"}\n')
    done = run("rules", "test", "en/adverts", "--corpus", corpus)
    assert done.returncode == 2
    assert f"{corpus}:2: the record has no field text" in done.stderr
    assert "Traceback" not in done.stderr


def test_every_main_family_has_rules_in_every_language():
    done = run("rules", "coverage", "--format", "json")
    found = json.loads(done.stdout)
    assert found["empty"] == []
    assert found["families"]["adverts"]["en"]["rules"] > 1
    assert "main families without a rule: none" in run("rules", "coverage").stdout


def test_our_rules_have_no_fault_and_no_phrase_twice():
    found = Doctor(SHIPPED, SHIPPED).findings()
    told = [str(item) for item in found if not item.harmless or "is shadowed" not in item.fault]
    assert told == []
