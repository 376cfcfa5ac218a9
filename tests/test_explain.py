"""Explanations: every format tells place, rule, reason, confidence and level, and what was held back."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from strategies import texts

import cleaner
from cleaner.cli.views import VIEWS, visible
from cleaner.explanation import Explanation
from cleaner.sarif import sarif

TEXT = (
    "It rained all day.\n\n- Advertisement -\n\nRead more: the story of the lost bridge\n\n"
    "Snow &amp; ice came.\n\n\u00a9 2024 Amity Star. All rights reserved.\n"
)
CLEANER = cleaner.Cleaner(keep=["lost bridge"])


def explained(text, name="a b.txt", by=CLEANER):
    return Explanation(by.explain(text), by.receipt["rules"], name)


@pytest.fixture
def run(tmp_path):
    (tmp_path / "a.txt").write_text(TEXT)

    def call(*args, stdin=b"", code=0):
        process = subprocess.run(
            [sys.executable, "-m", "cleaner", *map(str, args)],
            input=stdin,
            capture_output=True,
            cwd=tmp_path,
            check=False,
            env={**os.environ, "PYTHONPATH": str(Path(cleaner.__file__).parents[1])},
        )
        assert b"Traceback" not in process.stderr, process.stderr.decode()
        assert process.returncode == code, process.stderr.decode()
        return process

    return call


GUARDED_PACK = """
[[rule]]
id = "all"
kind = "tail"
phrases = ["the end"]
within_words = 9999
max_lines = 999
why = "All after the end goes."
strips = ["The end\\n\\nMore.", "The end"]
keeps = ["The end is near.", "In the end"]
"""
GUARDED_TEXT = ("Short.\n\nThe end\n\n" + "many words " * 100 + "\n").encode()


@pytest.fixture
def guarded(tmp_path):
    (tmp_path / "all.toml").write_text(GUARDED_PACK)
    return ["--packs", "all.toml"]


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_tells_rules_reasons_and_what_was_overruled(run, view):
    told = run("explain", "a.txt", "--view", view, "--keep", "lost bridge").stdout.decode()
    for part in ("en/adverts:label", "- Advertisement -", "characters/entity", "overruled", "complete"):
        assert part in told, part
    if view != "side":
        assert "99% sure" in told
        assert "light, " in told
        assert "The line is the label of an advert that is no longer there." in told


def test_a_change_within_a_line_is_shown_in_its_line(run):
    assert "~ Snow [-&amp;-]{+&+} ice came." in run("explain", "a.txt").stdout.decode()


def test_inline_without_its_marks_is_the_source(run):
    told = run("explain", "a.txt", "--view", "inline").stdout.decode().partition("\n[1] ")[0]
    assert told.startswith("It rained all day.\n\n[-- Advertisement --][1]\n\n")


def test_side_by_side_shows_each_line_with_what_became_of_it(run):
    lines = run("explain", "a.txt", "--view", "side").stdout.decode().splitlines()
    (advert,) = (line for line in lines if "Advertisement" in line)
    assert advert.split() == ["3", "-", "Advertisement", "-", "-", "en/adverts:label"]
    (snow,) = (line for line in lines if "Snow" in line)
    assert "Snow &amp; ice came." in snow
    assert "Snow & ice came." in snow


def test_what_the_guard_stopped_is_in_every_format(run, guarded):
    for view in VIEWS:
        told = run("explain", *guarded, "--view", view, stdin=GUARDED_TEXT).stdout.decode()
        assert "all:all" in told
        assert "stopped by the loss guard" in told
    told = json.loads(run("explain", *guarded, "--format", "json", stdin=GUARDED_TEXT).stdout)
    assert [change["fate"] for change in told["changes"]] == ["stopped"]
    assert told["stopped"][0][2] == "all:all"
    found = json.loads(run("explain", *guarded, "--format", "sarif", stdin=GUARDED_TEXT).stdout)
    (result,) = found["runs"][0]["results"]
    assert result["suppressions"][0]["justification"] == "The loss guard stopped the rule in this document."
    assert "loss guard" in str(found["runs"][0]["invocations"])
    run("explain", *guarded, "--strict-loss", stdin=GUARDED_TEXT, code=4)


def test_clean_tells_edits_and_what_was_held_back_when_verbose(run, guarded):
    told = run("clean", "a.txt", "-v", "--keep", "lost bridge").stderr.decode()
    assert "a.txt:3: en/adverts:label (light) removes: 3 words" in told
    assert "a.txt:5: en/related:label-and-headline (standard) overruled by protected text (keep)" in told
    assert "a.txt:7: characters/entity (light) replaces: '&amp;' \u2192 '&'" in told
    assert "kept: en/related:label-and-headline was overruled" in told
    told = run("clean", *guarded, "-v", stdin=GUARDED_TEXT).stderr.decode()
    assert "-:3: all:all (standard) stopped by the loss guard" in told
    run("clean", *guarded, "--check", "--strict-loss", stdin=GUARDED_TEXT, code=4)
    run("clean", *guarded, "--check", stdin=GUARDED_TEXT)


def test_the_ledger_tells_what_was_overruled_and_stopped(run, guarded, tmp_path):
    run("clean", "a.txt", "-o", "b.txt", "--ledger", "l.jsonl", "--keep", "lost bridge")
    header, line = map(json.loads, (tmp_path / "l.jsonl").read_text().splitlines())
    start, end, number = line["overruled"][0]
    assert TEXT[start:end].startswith("Read more:")
    assert header["rules"][number]["id"] == "en/related:label-and-headline"
    assert "stopped" not in line
    run("clean", *guarded, "-o", "b.txt", "--ledger", "l.jsonl", stdin=GUARDED_TEXT)
    line = json.loads((tmp_path / "l.jsonl").read_text().splitlines()[1])
    assert len(line["stopped"]) == 1


def test_data_cannot_steer_the_terminal(run):
    text = "Rain\x1b[2J came.\n\nRead more: the \x1b]0;x\x07 story of \u202ethe bridge\n".encode()
    for arguments in (*(["--view", view] for view in VIEWS), ["--why-not", "1"]):
        told = run("explain", *arguments, stdin=text).stdout.decode()
        assert not {"\x1b", "\x07", "\u202e"} & set(told)


@given(texts)
def test_visible_text_has_no_control_characters(text):
    assert visible(visible(text).encode("utf-8").decode("utf-8")) == visible(text)
    assert not any(char in visible(text) for char in "\x1b\x07\x08\u202e\r")


@settings(max_examples=50)
@given(texts)
def test_places_are_those_of_the_changes(text):
    explanation = explained(text)
    lines = explanation.lines
    for change in explanation.changes:
        assert change.old == text[change.edit.start : change.edit.end]
        line = lines[change.place.line - 1]
        assert 1 <= change.place.column <= len(line) + 1
        seen = change.old.strip("\r\n\u2028\u2029 \t")
        if seen:
            assert line[change.place.column - 1] == seen[0]


def test_json_is_a_ledger_line_with_places_and_reasons():
    told = json.loads(json.dumps(explained(TEXT).told()))
    assert cleaner.restore(CLEANER.clean(TEXT), told) == TEXT
    change = told["changes"][0]
    assert (change["line"], change["column"], change["rule"]) == (3, 1, "en/adverts:label")
    assert (change["level"], change["family"], change["fate"]) == ("light", "adverts", "done")
    assert told["changes"][1]["fate"] == "kept"
    assert told["words"]["removed"] == CLEANER.explain(TEXT).removed_words()


# The parts of SARIF 2.1.0 that are written: for each object the fields it may have, and must have.
SHAPE = {
    "log": ({"$schema", "version", "runs"}, {"version", "runs"}),
    "run": (
        {"tool", "columnKind", "newlineSequences", "artifacts", "invocations", "results", "properties"},
        {"tool"},
    ),
    "driver": ({"name", "version", "rules"}, {"name"}),
    "rule": ({"id", "shortDescription", "defaultConfiguration", "properties"}, {"id"}),
    "invocation": ({"executionSuccessful", "toolExecutionNotifications"}, {"executionSuccessful"}),
    "result": (
        {
            "ruleId", "ruleIndex", "level", "message", "locations", "fixes", "suppressions", "properties",
        },
        {"message"},
    ),
    "region": (
        {"startLine", "startColumn", "endLine", "endColumn", "charOffset", "charLength", "snippet"},
        {"startLine", "startColumn", "charOffset", "charLength"},
    ),
    "suppression": ({"kind", "status", "justification"}, {"kind"}),
    "fix": ({"description", "artifactChanges"}, {"artifactChanges"}),
    "change": ({"artifactLocation", "replacements"}, {"artifactLocation", "replacements"}),
    "replacement": ({"deletedRegion", "insertedContent"}, {"deletedRegion"}),
}  # fmt: skip


def shaped(kind, value):
    allowed, required = SHAPE[kind]
    assert required <= set(value) <= allowed, kind
    return value


@settings(max_examples=60)
@given(texts)
def test_sarif_has_the_shape_of_its_schema_and_regions_that_hold_what_they_name(text):
    log = shaped("log", json.loads(json.dumps(sarif(explained(text)))))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    shaped("run", run)
    rules = [shaped("rule", rule) for rule in shaped("driver", run["tool"]["driver"])["rules"]]
    assert len({rule["id"] for rule in rules}) == len(rules)
    assert run["columnKind"] == "unicodeCodePoints"
    assert shaped("invocation", run["invocations"][0])["executionSuccessful"] is True
    lines = explained(text).lines
    for result in run["results"]:
        shaped("result", result)
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        physical = result["locations"][0]["physicalLocation"]
        assert physical["artifactLocation"]["uri"] == "a%20b.txt"
        region = shaped("region", physical["region"])
        start = region["charOffset"]
        assert text[start : start + region["charLength"]] == region["snippet"]["text"]
        assert 1 <= region["startLine"] <= region["endLine"] <= len(lines)
        assert 1 <= region["startColumn"] <= len(lines[region["startLine"] - 1]) + 2
        assert ("fixes" in result) != ("suppressions" in result)
        for suppression in result.get("suppressions", ()):
            assert shaped("suppression", suppression)["kind"] == "external"


def test_the_fixes_of_sarif_make_the_cleaned_text():
    text, log = TEXT, sarif(explained(TEXT))
    fixes = [result["fixes"][0] for result in log["runs"][0]["results"] if "fixes" in result]
    for fix in reversed(fixes):
        (change,) = shaped("fix", fix)["artifactChanges"]
        (replacement,) = shaped("change", change)["replacements"]
        region = shaped("replacement", replacement)["deletedRegion"]
        start, end = region["charOffset"], region["charOffset"] + region["charLength"]
        text = text[:start] + replacement.get("insertedContent", {}).get("text", "") + text[end:]
    assert text == CLEANER.clean(TEXT)


def test_why_not_answers_on_the_command_line(run):
    told = run("explain", "a.txt", "--why-not", "It rained").stdout.decode()
    assert told.startswith("a.txt:1: stayed\n  It rained all day.\n")
    assert "structure: taken for article" in told
    told = run("explain", "a.txt", "--why-not", "5", "--keep", "lost bridge").stdout.decode()
    assert "en/related:label-and-headline would have taken it, but protected text" in told
    (answer,) = json.loads(run("explain", "a.txt", "--why-not", "3", "--format", "json").stdout)
    assert answer["fate"] == "went"
    assert "there is no" not in run("explain", "a.txt", "--why-not", "snow").stderr.decode()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--why-not", "99"], "no line '99' is there: say a number from 1 to 10, or its text"),
        (["--why-not", "Sunshine"], "no line 'Sunshine' is there"),
        (["--why-not", "1", "--format", "sarif"], "--why-not answers as text or json, not as sarif"),
    ],
)
def test_a_line_that_is_not_there_is_one_line_and_exit_code_2(run, arguments, told):
    process = run("explain", "a.txt", *arguments, code=2)
    assert process.stdout == b""
    assert process.stderr.decode().count("\n") == 1
    assert told in process.stderr.decode()


def test_lone_surrogates_are_told_in_every_format(run):
    page = b"<p>Rain &#xd800; came.</p><p>- Advertisement \\ud800 -</p>"
    for arguments in (["--format", "json"], ["--format", "sarif"], ["--view", "side"], ["--why-not", "1"]):
        assert run("explain", "--input-format", "html", *arguments, stdin=page).stdout
    explanation = explained("Rain \ud800 came.\n\n- Advertisement -")
    for told in (explanation.told(), sarif(explanation)):
        json.dumps(told).encode("ascii")
