"""Two passes in one command: what a batch learns from its documents before it cleans them."""

import csv
import io
import json

import pytest
from batches import Onlooker, go, left, standard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_cli import run
from test_learn import document

import cleaner
from cleaner import workers
from cleaner.batch import desk as module
from cleaner.batch.job import Fields
from cleaner.batch.plan import Plan
from cleaner.batch.run import Run

__all__ = ["go", "run"]

SITES = ("ann.example", "bob.example", "eve.example")


def documents(count=12):
    """Pages of three sites, of which each has a line of its own in its menu."""
    made = [document(number, site=SITES[number % 3]) for number in range(count)]
    for number, each in enumerate(made):
        each["id"] = number
        each["text"] = f"The paper of {SITES[number % 3][:3]}\n\n{each['text']}"
    return made


def lines(found):
    return "".join(json.dumps(each) + "\n" for each in found)


def read(path):
    return [json.loads(line) for line in path.read_text().splitlines() if line]


def texts(path):
    return {each["id"]: each["text"] for each in read(path)}


def expected(found, **options):
    work = cleaner.Cleaner(packs=[cleaner.learn(found)], **options)
    return {each["id"]: work.clean(each["text"], url=each["url"]) for each in found}


def test_a_batch_cleans_as_by_a_pack_that_was_learnt_from_the_same_documents(go, tmp_path):
    (tmp_path / "c.jsonl").write_text(lines(documents()))
    go("c.jsonl", out="o.jsonl", learn=True)
    found = texts(tmp_path / "o.jsonl")
    assert found == expected(documents())
    assert not any("The paper of" in text or "Write to the editor" in text for text in found.values())
    assert left(tmp_path) == ["c.jsonl", "o.jsonl"]


def test_the_ledger_tells_how_often_and_gives_every_source_back(go, tmp_path):
    (tmp_path / "c.jsonl").write_text(lines(documents()))
    go("c.jsonl", out="o.jsonl", learn=True, ledger="l.jsonl")
    head, *entries = read(tmp_path / "l.jsonl")
    reasons = {rule["why"] for rule in head["rules"] if rule["family"] == "site"}
    assert "Repeated on 4 of 4 documents of ann.example." in reasons
    given = [each["text"] for each in documents()]
    assert [
        cleaner.restore(each["text"], entry)
        for each, entry in zip(read(tmp_path / "o.jsonl"), entries, strict=True)
    ] == given


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(order=st.permutations(range(12)))
def test_the_order_of_the_documents_changes_no_text(go, tmp_path, order):
    found = documents()
    (tmp_path / "c.jsonl").write_text(lines(found[number] for number in order))
    go("c.jsonl", out="o.jsonl", learn=True, overwrite=True)
    assert texts(tmp_path / "o.jsonl") == expected(found)


def test_the_number_of_workers_changes_no_byte(go, tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "CHUNK", 4000)
    (tmp_path / "c.jsonl").write_text(lines(documents(30)))
    for count in (1, 3):
        go("c.jsonl", out=f"{count}.jsonl", ledger=f"{count}.ledger", learn=True, workers=count)
    assert (tmp_path / "1.jsonl").read_bytes() == (tmp_path / "3.jsonl").read_bytes()
    assert (tmp_path / "1.ledger").read_bytes() == (tmp_path / "3.ledger").read_bytes()


def test_documents_beyond_the_limit_teach_nothing(go, tmp_path):
    found = documents()
    (tmp_path / "c.jsonl").write_text("\n" + lines(found[:4]) + "\n" + lines(found[4:]))
    go("c.jsonl", out="o.jsonl", learn=True, limit=7)
    assert texts(tmp_path / "o.jsonl") == expected(found[:7])


def test_documents_outside_the_sample_teach_nothing(go, tmp_path):
    found = documents(30)
    (tmp_path / "c.jsonl").write_text(lines(found))
    go("c.jsonl", out="o.jsonl", learn=True, sample=0.4)
    chosen = texts(tmp_path / "o.jsonl")
    assert 3 < len(chosen) < 27
    assert chosen == expected([each for each in found if each["id"] in chosen])


# --- where the site is told ------------------------------------------------------------------


def test_the_address_may_stand_in_another_field(go, tmp_path):
    found = [{"id": each["id"], "text": each["text"], "at": {"link": each["url"]}} for each in documents()]
    (tmp_path / "c.jsonl").write_text(lines(found))
    go("c.jsonl", out="o.jsonl", learn=True, fields=Fields(url="at.link"))
    assert texts(tmp_path / "o.jsonl") == expected(documents())


def test_the_site_may_stand_in_a_field(go, tmp_path):
    found = [
        {"id": each["id"], "text": each["text"], "paper": f"The: {each['id'] % 3}"} for each in documents()
    ]
    (tmp_path / "c.jsonl").write_text(lines(found))
    go("c.jsonl", out="o.jsonl", learn=True, fields=Fields(site="paper"))
    assert texts(tmp_path / "o.jsonl") == expected(documents())


def test_one_site_may_be_said_for_all(go, tmp_path):
    found = [each for each in documents() if each["id"] % 3 == 0]
    (tmp_path / "c.jsonl").write_text(lines({"id": e["id"], "text": e["text"]} for e in found))
    go("c.jsonl", out="o.jsonl", learn=True, cleaner=cleaner.Cleaner(site="ann.example"))
    assert texts(tmp_path / "o.jsonl") == expected(found)


def test_tables_and_pages_teach_too(go, tmp_path):
    table = io.StringIO()
    rows = csv.DictWriter(table, ["id", "text", "url"])
    rows.writeheader()
    rows.writerows(documents())
    (tmp_path / "c.csv").write_text(table.getvalue())
    go("c.csv", out="o.csv", learn=True)
    assert "Write to the editor" not in (tmp_path / "o.csv").read_text()
    (tmp_path / "pages").mkdir()
    for number in range(4):
        body = "".join(f"<p>{line}</p>" for line in document(number)["text"].splitlines() if line)
        (tmp_path / "pages" / f"{number}.html").write_text(f"<html><body>{body}</body></html>")
    work = cleaner.Cleaner(site="ann.example", mode="article")
    go("pages", out="clean", learn=True, cleaner=work)
    assert "Write to the editor" not in (tmp_path / "clean" / "1.html").read_text()


def test_a_document_that_cannot_be_read_teaches_nothing_and_is_told_once(go, tmp_path):
    found = documents()
    (tmp_path / "c.jsonl").write_text(lines(found[:5]) + "{broken\n" + lines(found[5:]))
    tally, told = go("c.jsonl", out="o.jsonl", learn=True, on_error="skip")
    assert tally.failed == 1
    assert sum("c.jsonl:6" in line for line in told) == 1
    assert texts(tmp_path / "o.jsonl") == expected(found)


def test_characters_that_are_put_right_are_learnt_as_they_will_be(go, tmp_path):
    found = [{**each, "text": f"{each['text']}\n\nTerms &amp; conditions apply"} for each in documents()]
    (tmp_path / "c.jsonl").write_text(lines(found))
    go("c.jsonl", out="o.jsonl", learn=True)
    assert "Terms &" not in (tmp_path / "o.jsonl").read_text()


# --- a run that is stopped -------------------------------------------------------------------


class StoppedError(Exception):
    """Stands for a kill."""


class Stopping(Onlooker):
    def __init__(self, after):
        super().__init__()
        self.after = after

    def update(self, *_):
        self.after -= 1
        if self.after < 0:
            raise StoppedError


@pytest.fixture
def stopped(tmp_path, monkeypatch):
    """A run that learns, stopped after ten documents, and the bytes that it should have come to."""
    monkeypatch.setattr(module, "MARK_JOBS", 3)
    monkeypatch.setattr(module, "JOURNAL_SECONDS", 0)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "c.jsonl").write_text(lines(documents(24)))
    Run(Plan(("c.jsonl",), "whole.jsonl", learn=True), standard()).go(Onlooker())
    whole = (tmp_path / "whole.jsonl").read_bytes()
    (tmp_path / "whole.jsonl").unlink()
    with pytest.raises(StoppedError):
        Run(Plan(("c.jsonl",), "o.jsonl", learn=True), standard()).go(Stopping(10))
    return whole


def test_a_run_that_goes_on_has_the_rules_of_its_first_start(go, tmp_path, stopped, monkeypatch):
    assert ".o.jsonl.cleaner-learnt.toml" in left(tmp_path)
    monkeypatch.setattr("cleaner.learning.first_pass.FirstPass.go", lambda *_: pytest.fail("learnt again"))
    go("c.jsonl", out="o.jsonl", learn=True, resume=True)
    assert (tmp_path / "o.jsonl").read_bytes() == stopped
    assert left(tmp_path) == ["c.jsonl", "o.jsonl"]


def test_rules_that_are_lost_are_learnt_again(go, tmp_path, stopped):
    (tmp_path / ".o.jsonl.cleaner-learnt.toml").unlink()
    go("c.jsonl", out="o.jsonl", learn=True, resume=True)
    assert (tmp_path / "o.jsonl").read_bytes() == stopped


@pytest.mark.usefixtures("stopped")
def test_a_run_without_learning_is_another_run(go):
    with pytest.raises(cleaner.InputError, match="other options"):
        go("c.jsonl", out="o.jsonl", resume=True)


def test_a_stop_in_the_first_pass_leaves_nothing(go, tmp_path, monkeypatch):
    (tmp_path / "c.jsonl").write_text(lines(documents()))

    def stop(*_):
        raise StoppedError

    monkeypatch.setattr("cleaner.learning.counts.Count.sites", stop)
    with pytest.raises(StoppedError):
        go("c.jsonl", out="o.jsonl", learn=True)
    assert left(tmp_path) == ["c.jsonl"]


# --- the command -----------------------------------------------------------------------------


def test_standard_input_is_read_twice(run, tmp_path):
    given = lines(documents()).encode()
    (tmp_path / "c.jsonl").write_bytes(given)
    process = run("batch", "c.jsonl", "--out", "o.jsonl", "--learn")
    assert b"learnt from 12 documents: 3 sites repeat" in process.stderr
    piped = run("batch", "-", "--out", "-", "--learn", "-q", stdin=given)
    assert piped.stdout == (tmp_path / "o.jsonl").read_bytes()
    assert not piped.stderr


def test_a_dry_run_learns_and_leaves_nothing(run, tmp_path):
    (tmp_path / "c.jsonl").write_text(lines(documents()))
    process = run("batch", "c.jsonl", "--check", "--learn", code=1)
    assert b"(this-run:ann-example-4-of-4" in process.stderr
    assert left(tmp_path) == ["c.jsonl"]


def test_documents_that_tell_no_site_are_told(run, tmp_path):
    (tmp_path / "c.jsonl").write_text(lines({"text": each["text"]} for each in documents()))
    process = run("batch", "c.jsonl", "--out", "o.jsonl", "--learn")
    assert b"12 documents tell no site: --url-field" in process.stderr


def test_the_site_field_is_an_option(run, tmp_path):
    found = [{"id": each["id"], "text": each["text"], "paper": str(each["id"] % 3)} for each in documents()]
    (tmp_path / "c.jsonl").write_text(lines(found))
    run("batch", "c.jsonl", "--out", "o.jsonl", "--learn", "--site-field", "paper")
    assert texts(tmp_path / "o.jsonl") == expected(documents())
