"""Learning: what counts as the same line, what is learnt, and that order does not matter."""

import json
import pickle
import random
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cleaner
from cleaner import sites
from cleaner.learning import lessons
from cleaner.learning.corpus import Namer, Reader
from cleaner.learning.counts import Count
from cleaner.learning.decision import Learnt, Terms
from cleaner.learning.first_pass import FirstPass
from cleaner.learning.lines import digest, form, frame, key, near, pattern, sample
from cleaner.learning.memory import remembered, updated
from cleaner.learning.packs import Lesson, written

PROSE = "The council met on {} to talk about the {} that the flood of that year had taken from the {} people."
DAYS = ["Monday", "Tuesday", "Friday", "Sunday", "Thursday", "Wednesday"]
THINGS = ["bridge", "mill", "wall", "quay", "school", "lamp"]
TEMPLATE = ["Front page", "Council and coast", "Write to the editor", "Terms of use"]


def document(number, *, site="example.com", lines=TEMPLATE):
    body = [
        PROSE.format(DAYS[number % 6], thing, "".join(chr(97 + int(d)) for d in str(number)))
        for thing in THINGS[:3]
    ]
    text = "\n\n".join(
        [*lines[:2], f"Headline {DAYS[number % 6]} of {THINGS[number % 6]}s", *body, *lines[2:]]
    )
    return {"text": text, "url": f"https://www.{site}/{number}"}


def pack_of(documents, engine="", **options):
    reader = Reader(Namer(options.pop("by", "site")))
    with Count(engine) as count:
        for each in documents:
            told = reader.lecture(each, each["text"]).told
            if told:
                count.add(told)
        return written([each for each in lessons(count, Terms(**options)) if each.lines], lambda _: True)


def phrases(pack):
    return {phrase for rule in pack.rules for phrase in rule.phrases}


def test_what_the_site_repeats_goes_and_the_edit_says_how_often():
    documents = [document(n) for n in range(5)]
    result = cleaner.explain(documents[0]["text"], url=documents[0]["url"], packs=[cleaner.learn(documents)])
    assert result.text.startswith("Headline")
    assert "Write to the editor" not in result.text
    assert result.edits[0].why == "Repeated on 5 of 5 documents of example.com."


def test_a_site_with_one_document_teaches_nothing():
    assert not cleaner.learn([document(1), document(2, site="other.org")]).rules


def test_documents_of_one_address_count_once():
    again = {**document(1), "text": document(1)["text"] + "\n\nIt rained."}
    assert not cleaner.learn([document(1), again]).rules


def test_documents_that_say_the_same_count_once():
    assert not cleaner.learn([document(1), {**document(1), "url": "https://example.com/copy"}]).rules


def test_a_line_counts_once_a_page():
    shouting = {**document(1), "text": document(1)["text"] + "\n\nTell us" * 9}
    assert "tell us" not in phrases(cleaner.learn([shouting, *(document(n) for n in range(2, 6))]))


def test_a_paragraph_that_two_of_many_share_is_no_template():
    story = (
        "A story told in one long sentence of many words, of a ferry that for three days on end did not sail."
    )
    documents = [document(n) for n in range(6)]
    for each in documents[:2]:
        each["text"] += "\n\n" + story
    pack = cleaner.learn(documents)
    assert story in cleaner.clean(documents[0]["text"], url=documents[0]["url"], packs=[pack])


def test_a_heading_of_a_series_stays():
    documents = []
    for n in range(6):
        one = document(n)
        head, tail = one["text"].rsplit("\n\n", 3)[0], one["text"].rsplit("\n\n", 2)[1:]
        one["text"] = "\n\n".join(
            [head, "What is known", f"On {DAYS[n]} the {n} gates were shut for good.", *tail]
        )
        documents.append(one)
    assert "what is known" not in phrases(cleaner.learn(documents))


def test_the_title_of_the_document_stays_though_other_pages_tease_it():
    documents = [document(n, lines=[*TEMPLATE, "The ferry that did not sail"]) for n in range(5)]
    pack = cleaner.learn(documents)
    text = "The ferry that did not sail\n\nIt lay at the quay all night."
    assert cleaner.clean(text, url="https://example.com/ferry", packs=[pack]) == text


def test_a_stock_line_goes_only_beside_what_the_site_repeats():
    work = cleaner.Cleaner(packs=[cleaner.learn([document(n) for n in range(4)])], only="site")
    prose = "It lay at the quay all night, and nobody came."
    text = f"{prose}\n\nShare this\n\n{prose}\n\nWrite to the editor\n\nShare this"
    assert work.clean(text, url="https://example.com/9") == f"{prose}\n\nShare this\n\n{prose}"


ABOUT = (
    "The gazette is a paper of the coast that for a hundred years has been printed every week in the old "
    "mill beside the harbour, and sold there."
)


def test_prose_that_two_pages_have_is_doubted_and_no_rule_takes_it():
    documents = [document(n) for n in range(2)]
    for each in documents:
        head, tail = each["text"].rsplit("\n\n", 2)[0], each["text"].rsplit("\n\n", 2)[1:]
        each["text"] = "\n\n".join([head, "About the gazette", ABOUT, *tail])
    pack = cleaner.learn(documents)
    (doubt,) = [rule for rule in pack.rules if rule.doubt]
    assert doubt.phrases == (form(ABOUT),)
    for mode in ("article", "flat"):
        text = cleaner.clean(documents[0]["text"], url=documents[0]["url"], packs=[pack], mode=mode)
        assert ABOUT in text
        assert "Write to the editor" not in text


def test_in_the_dump_of_a_page_doubt_counts_against_a_line():
    import numpy as np

    from cleaner.structure.reading import reading
    from cleaner.structure.stretches import informed

    source = "\n\n".join(PROSE.format(day, thing, day) for day, thing in zip(DAYS, THINGS, strict=True))
    read = reading(source)
    start = source.index(THINGS[2])
    span = source.rindex("\n", 0, start) + 1, source.index("\n", start)
    scores = informed(read, (), (span,))
    assert np.flatnonzero(~np.isclose(scores, read.scores)).tolist() == [2]
    assert scores[2] < read.scores[2]


def learnt_scores(*places):
    """The scores of five paragraphs, some of them learnt (``L``) or doubted (``D``), and what they were."""
    from cleaner.structure.reading import reading
    from cleaner.structure.stretches import informed

    source = "\n\n".join(PROSE.format(day, thing, day) for day, thing in zip(DAYS, THINGS, strict=True))
    read = reading(source)
    units = list(zip(read.page.layout.starts, read.page.layout.ends, strict=True))
    spans = {
        kind: [unit for unit, place in zip(units, places, strict=False) if place == kind] for kind in "LD"
    }
    return informed(read, spans["L"], spans["D"]), read.scores


def test_doubted_prose_between_two_learnt_lines_is_no_part_of_the_article():
    scores, _ = learnt_scores("-", "L", "D", "D", "L")
    assert (scores[1:5] <= 0.01).all()


def test_doubted_prose_beside_a_paragraph_of_the_page_is_but_doubted():
    scores, was = learnt_scores("-", "-", "D", "D", "L")
    assert (scores[2:4] > 0.01).all()
    assert (scores[2:4] < was[2:4]).all()


def test_doubt_ends_when_enough_documents_agree():
    old = {"a.org": [Learnt("prose", "", 2, 2, doubt=True)]}
    again = Lesson("a.org", 2, [Learnt("prose", "", 2, 2, doubt=True)])
    (merged,), _ = updated(old, [again], 2, Terms())
    assert merged.lines == [Learnt("prose", "", 4, 4, seen=2)]


def test_doubt_of_prose_without_a_place_of_its_own_stays_however_many_documents_have_it():
    old = {"a.org": [Learnt("prose", "", 2, 2, doubt=True)]}
    again = Lesson("a.org", 2, [Learnt("prose", "", 2, 2, anywhere=True, doubt=True)])
    (merged,), _ = updated(old, [again], 2, Terms())
    assert merged.lines == [Learnt("prose", "", 4, 4, seen=2, anywhere=True, doubt=True)]


def test_prose_at_unlike_places_of_three_pages_is_doubted():
    documents = [document(n) for n in range(3)]
    for at, each in enumerate(documents):
        lines = each["text"].split("\n\n")
        each["text"] = "\n\n".join(
            [*lines[: 3 + at], f"A line {at}.", ABOUT, f"Of {THINGS[at]}.", *lines[3 + at :]]
        )
    (doubt,) = [rule for rule in cleaner.learn(documents).rules if rule.doubt]
    assert doubt.phrases == (form(ABOUT),)
    assert not doubt.at


@settings(max_examples=15)
@given(st.permutations(range(12)))
def test_the_pack_is_the_same_bytes_for_any_order(order):
    documents = [document(n, site=f"{'abc'[n % 3]}.example") for n in range(12)]
    assert pack_of([documents[n] for n in order]) == pack_of(documents)


@settings(max_examples=15)
@given(st.randoms(use_true_random=False))
def test_both_engines_count_alike(chance):
    pytest.importorskip("duckdb")
    lines = [
        *TEMPLATE,
        "2 eggs",
        "By Ann Lake",
        "Follow us now",
        "Page 3 of 9",
        "© 2020 The Site",
        "  ",
        "\ud800",
    ]
    documents = []
    for n in range(chance.randrange(2, 9)):
        chosen = [chance.choice(lines) for _ in range(chance.randrange(1, 12))]
        text = "\n".join([*chosen, PROSE.format(n, n, n)])
        documents.append(
            {"text": text, "url": f"https://{chance.choice('ab')}.example/{chance.randrange(9)}"}
        )
    assert pack_of(documents, "sqlite") == pack_of(documents, "duckdb")


def sqlite_steps(number):
    """What SQLite does to count so many documents on sites of ten, in thousands of its instructions."""
    ticks = []
    with Count("sqlite") as count:
        for n in range(number):
            each = document(n, site=f"s{n // 10}.example")
            count.add(Reader().lecture(each, each["text"]).told)
        count.store.connection.set_progress_handler(lambda: ticks.append(1), 1000)
        assert len(list(count.sites(2))) == number // 10
    return len(ticks)


def test_without_duckdb_the_work_grows_as_the_documents_do():
    assert sqlite_steps(1200) < 6 * sqlite_steps(300)


def test_many_documents_in_batches_give_the_pack_of_any_order(monkeypatch):
    documents = [document(n % 40 + 100 * (n // 40), site=f"s{n % 7}.example") for n in range(200)]
    whole = pack_of(documents)
    monkeypatch.setattr("cleaner.learning.counts.BATCH", 50)
    random.Random(3).shuffle(documents)  # noqa: S311 - any order will do
    assert pack_of(documents) == whole


def test_a_learnt_pack_survives_pickling():
    pack = cleaner.learn([document(n) for n in range(4)])
    work = cleaner.Cleaner(packs=[pack])
    again = pickle.loads(pickle.dumps(work))
    text = document(2)["text"]
    assert (
        again.clean(text, url="https://example.com/2")
        == work.clean(text, url="https://example.com/2")
        != text
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("FOLLOW us  now!", "- Follow us now -"),
        ("12 comments", "3 Comments:"),
        ("Updated 3 March 2024", "Updated 14 May 2023"),
    ],
)
def test_lines_that_are_the_same(one, other):
    assert key(form(one)) == key(form(other))


def test_months_are_slots_only_beside_a_number():
    assert key(form("It may rain")) == "it may rain"


@pytest.mark.parametrize(
    "line", ["By Jane Marrow", "More from Tom Fellside", "Jane Marrow writes on farming"]
)
def test_names_are_slots(line):
    import re

    found = frame(line)
    assert re.fullmatch(pattern(found), form(line))
    assert re.fullmatch(pattern(found), sample(found))


def test_lines_that_differ_in_one_word_are_near():
    one, other = "sign up for our letter", "sign up to our letter"
    assert set(near(one)) & set(near(other))
    assert not set(near(one)) & set(near("write to our editor today"))


@given(st.text())
def test_every_text_has_a_number_of_63_bits(text):
    assert 2 < digest(text) < 1 << 63


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.Example.com:8080/a?b#c", "example.com"),
        ("http://m.example.com/", "example.com"),
        ("example.co.uk/a", "example.co.uk"),
        ("https://ann.wordpress.com/2020/1", "ann.wordpress.com"),
        ("https://medium.com/@ann/story", "medium.com/@ann"),
        ("https://web.archive.org/web/20200101000000/https://www.example.com/a", "example.com"),
        ("not an address [", ""),
    ],
)
def test_the_site_of_an_address(url, site):
    assert sites.site(url) == site


@pytest.mark.parametrize(
    ("url", "domain"),
    [
        ("https://news.example.co.uk/a", "example.co.uk"),
        ("https://ann.blogspot.com/", "ann.blogspot.com"),
        ("https://x.ann.wordpress.com/", "ann.wordpress.com"),
        ("http://10.0.0.1/a", "10.0.0.1"),
    ],
)
def test_the_domain_of_an_address(url, domain):
    pytest.importorskip("publicsuffixlist")
    assert sites.domain(url) == domain


# --- the first of two passes -----------------------------------------------------------------


def lectures_of(documents):
    return (Reader().lecture(each, each["text"]) for each in documents)


def test_a_run_that_goes_on_has_the_rules_of_its_first_start(tmp_path):
    first = FirstPass(tmp_path / "out.jsonl.learnt.toml", ("c.jsonl",))
    assert first.earlier() is None
    pack = first.go(lectures_of(document(n) for n in range(4)))
    assert pack.rules
    assert first.earlier() == pack


def test_a_run_over_documents_that_repeat_nothing_goes_on_too(tmp_path):
    first = FirstPass(tmp_path / "p.toml")
    assert not first.go(lectures_of([document(1)])).rules
    assert not first.earlier().rules


def test_the_rules_of_another_run_are_refused(tmp_path):
    FirstPass(tmp_path / "p.toml", ("a",)).go(lectures_of([document(1)]))
    with pytest.raises(cleaner.InputError, match="another run"):
        FirstPass(tmp_path / "p.toml", ("b",)).earlier()


# --- the command -----------------------------------------------------------------------------


def run(*args, cwd):
    command = [sys.executable, "-m", "cleaner", *map(str, args)]
    return subprocess.run(command, cwd=cwd, capture_output=True, check=False, text=True)


def corpus(path, documents):
    path.write_text("".join(json.dumps(each) + "\n" for each in documents))
    return path


@pytest.fixture
def place(tmp_path):
    corpus(tmp_path / "c.jsonl", [document(n) for n in range(4)])
    return tmp_path


def test_learn_writes_a_pack_that_rules_test_proves_and_batch_applies(place):
    assert run("learn", "c.jsonl", "--out", "p.toml", cwd=place).returncode == 0
    assert run("rules", "test", "p.toml", cwd=place).returncode == 0
    assert run("batch", "c.jsonl", "--packs", "p.toml", "--out", "o.jsonl", cwd=place).returncode == 0
    assert "Write to the editor" not in (place / "o.jsonl").read_text()


def test_learn_replaces_no_pack_unasked_and_says_what_to_do(place):
    (place / "p.toml").write_text("mine")
    process = run("learn", "c.jsonl", "--out", "p.toml", cwd=place)
    assert process.returncode == 2
    assert "--update" in process.stderr
    assert (place / "p.toml").read_text() == "mine"


def test_update_counts_on_and_names_what_is_seen_no_more(place):
    run("learn", "c.jsonl", "--out", "p.toml", cwd=place)
    lines = [*TEMPLATE[:3], "Terms and conditions"]
    corpus(place / "d.jsonl", [document(n, lines=lines) for n in range(10, 14)])
    process = run("learn", "d.jsonl", "--out", "p.toml", "--update", cwd=place)
    assert process.returncode == 0
    assert "not seen this time: 'terms of use' (4 of 8, last in lesson 1)" in process.stderr
    text = (place / "p.toml").read_text()
    assert '"8 of 8 documents, last seen in lesson 2"' in text
    assert '"4 of 8 documents, last seen in lesson 1"' in text
    assert run("rules", "test", "p.toml", cwd=place).returncode == 0


def test_update_refuses_a_pack_of_another_kind(place):
    run("rules", "new", "p.toml", cwd=place)
    process = run("learn", "c.jsonl", "--out", "p.toml", "--update", cwd=place)
    assert process.returncode == 2
    assert "cleaner learn" in process.stderr


@pytest.mark.parametrize(
    ("by", "site"),
    [(["--by", "all"], ""), (["--by", "field", "paper"], "daily"), (["--site", "x.org"], "x.org")],
)
def test_sites_may_be_told_apart_by_other_than_the_address(place, by, site):
    documents = [{"text": document(n)["text"], "paper": "Daily"} for n in range(3)]
    corpus(place / "e.jsonl", documents)
    assert run("learn", "e.jsonl", "--out", "p.toml", *by, cwd=place).returncode == 0
    said = f'domains = ["{site}"]' if site else "of the corpus"
    assert said in (place / "p.toml").read_text()
    assert run("rules", "test", "p.toml", cwd=place).returncode == 0


def test_what_is_kept_is_not_learnt(place):
    run("learn", "c.jsonl", "--out", "p.toml", "--keep", "Write to the editor", cwd=place)
    text = (place / "p.toml").read_text()
    assert "front page" in text
    assert "write to the editor" not in text


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["missing.jsonl"], "there is no such file"),
        (["bad.jsonl"], "bad.jsonl:1: not JSON"),
        (["c.jsonl", "--by", "moon"], "site, domain, field NAME or all"),
        (["one.jsonl"], "nothing repeats"),
    ],
)
def test_a_fault_is_one_line_and_nothing_is_written(place, args, said):
    (place / "bad.jsonl").write_text("{\n")
    corpus(place / "one.jsonl", [document(1)])
    process = run("learn", *args, "--out", "p.toml", cwd=place)
    assert process.returncode == 2
    assert said in process.stderr.splitlines()[-1]
    assert "Traceback" not in process.stderr
    assert not (place / "p.toml").exists()


def test_documents_without_a_site_are_told(place):
    corpus(place / "n.jsonl", [{"text": "It rained."}, *(document(n) for n in range(3))])
    assert "1 documents tell no site" in run("learn", "n.jsonl", "--out", "p.toml", cwd=place).stderr


def test_the_pack_is_the_same_bytes_for_any_order_and_number_of_workers(place):
    found = [document(n, site=f"{'abc'[n % 3]}.example") for n in range(2400)]
    corpus(place / "a.jsonl", found)
    random.Random(5).shuffle(found)  # noqa: S311 - any order will do
    (place / "parts").mkdir()
    for part in range(3):
        corpus(place / "parts" / f"{part}.jsonl", found[part::3])
    assert run("learn", "a.jsonl", "--out", "1.toml", "--workers", "1", cwd=place).returncode == 0
    assert run("learn", "parts", "--out", "2.toml", "--workers", "2", cwd=place).returncode == 0
    assert (place / "1.toml").read_bytes() == (place / "2.toml").read_bytes()


def test_tables_compressed_records_and_pages_are_learnt_from(place):
    import csv
    import gzip

    with (place / "t.csv").open("w", newline="") as file:
        rows = csv.DictWriter(file, ["url", "text"])
        rows.writeheader()
        rows.writerows(document(n) for n in range(4))
    (place / "z.jsonl.gz").write_bytes(gzip.compress((place / "c.jsonl").read_bytes()))
    (place / "pages").mkdir()
    for n in range(4):
        each = document(n)
        body = "".join(f"<p>{line}</p>" for line in each["text"].splitlines() if line)
        head = f'<link rel="canonical" href="{each["url"]}">'
        (place / "pages" / f"{n}.html").write_text(f"<html><head>{head}</head><body>{body}</body></html>")
    packs = set()
    for source in ("c.jsonl", "t.csv", "z.jsonl.gz", "pages"):
        run("learn", source, "--out", "p.toml", "--overwrite", cwd=place)
        packs.add((place / "p.toml").read_bytes())
    assert len(packs) == 1


# --- learning again --------------------------------------------------------------------------


def lesson(site, pages, *lines, anywhere=False):
    return Lesson(site, pages, [Learnt(line, "", on, pages, anywhere=anywhere) for line, on in lines])


def together(old, new, number=2, **terms):
    merged, news = updated(old, new, number, Terms(**terms))
    told = {
        (each.site, line.example): (line.pages, line.of, line.seen) for each in merged for line in each.lines
    }
    return told, news


def test_a_line_that_is_seen_again_counts_on():
    old = {"a.org": [Learnt("share", "", 4, 5)]}
    told, news = together(old, [lesson("a.org", 10, ("share", 9))])
    assert told == {("a.org", "share"): (13, 15, 2)}
    assert not news.unseen
    assert not news.dropped


def test_a_line_that_is_not_seen_ages_until_it_is_dropped():
    old = {"a.org": [Learnt("share", "", 4, 5)]}
    told, news = together(old, [lesson("a.org", 30, ("menu", 20))])
    assert told == {("a.org", "share"): (4, 35, 1), ("a.org", "menu"): (20, 30, 2)}
    assert [line.example for _, line in news.unseen] == ["share"]
    told, news = together(old, [lesson("a.org", 40, ("menu", 20))])
    assert told == {("a.org", "menu"): (20, 40, 2)}
    assert [line.example for _, line in news.dropped] == ["share"]


def test_a_site_of_which_nothing_is_seen_does_not_age():
    old = {"a.org": [Learnt("share", "", 4, 5)]}
    told, news = together(old, [lesson("b.org", 500, ("menu", 20))])
    assert told[("a.org", "share")] == (4, 5, 1)
    assert not news.unseen


def test_what_a_pack_says_is_remembered():
    pack = cleaner.learn([document(n, lines=[*TEMPLATE, f"Printed on {n + 1} May 2024"]) for n in range(6)])
    (lines,) = remembered(pack).values()
    assert {line.example for line in lines} >= {"front page", "write to the editor"}
    assert any(line.match for line in lines)
    assert all(
        (line.pages, line.of, line.seen) == (6, 6, 1) for line in lines if line.example == "front page"
    )


@given(st.lists(st.lists(st.sampled_from(["share", "menu", "search"]), unique=True, min_size=1), max_size=4))
def test_lessons_that_follow_each_other_count_all_pages_of_the_lines_that_last(rounds):
    known, total = {}, 0
    counts = {}
    for number, names in enumerate(rounds, 1):
        total += 10
        for name in names:
            counts[name] = counts.get(name, 0) + 8
        merged, _ = updated(known, [lesson("a.org", 10, *((name, 8) for name in names))], number, Terms())
        known = {each.site: each.lines for each in merged}
    for line in known.get("a.org", ()):
        assert line.pages == counts[line.example]
        assert line.pages <= line.of <= total


def test_what_was_edited_out_comes_back_unless_it_is_kept(place):
    run("learn", "c.jsonl", "--out", "p.toml", cwd=place)
    text = (place / "p.toml").read_text()
    (place / "p.toml").write_text(text.replace('"write to the editor"', '"front page"'))
    run("learn", "c.jsonl", "--out", "p.toml", "--update", "--keep", "Write to the editor", cwd=place)
    assert "write to the editor" not in (place / "p.toml").read_text()
    run("learn", "c.jsonl", "--out", "p.toml", "--update", cwd=place)
    assert "write to the editor" in (place / "p.toml").read_text()
