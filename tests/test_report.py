"""Reports: figures that add up, and a page on which nothing of the data can act."""

import base64
import hashlib
import json
import re
import unicodedata
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_tally import documents, tally_of

import cleaner
from cleaner.batch.tally import Digest, Sample, Tally, digest
from cleaner.errors import OptionError
from cleaner.report import form_of, render
from cleaner.report.charts import short, ticks
from cleaner.report.element import printable, tag, visible
from cleaner.report.figures import BANDS, quantile
from cleaner.report.page import duration, percent

WORK = cleaner.Cleaner()
TEXTS = (
    "It rained.\n\n- Advertisement -\n\nThe river rose.It fell again &amp; rose.\n\nRead more: A boat\n",
    "The council met on Tuesday, and all was quiet.\n",
    "Es regnete den ganzen Tag im Tal und die Stra\u00dfe war nass.\n\nAnzeige\n\nDer Fluss stieg.\n",
)
HOSTILE = (
    "</style><script>hit()</script><img src=x onerror=hit()>\" ' & \u202e\u0007\ud800\x1b[2J\n--></title>"
)
VOID = {"meta", "link"}


class Page(HTMLParser):
    """A page as elements, attributes and text; every element must be closed in its order."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.attributes, self.texts = [], [], [], []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, name, attributes):
        self.tags.append(name)
        self.attributes += [(name, key, value) for key, value in attributes]
        if name not in VOID:
            self.open.append(name)

    def handle_endtag(self, name):
        assert self.open.pop() == name

    def handle_data(self, text):
        self.texts.append((self.open[-1] if self.open else "", text))

    def values(self, name):
        return [value for _, key, value in self.attributes if key == name]


def page_of(tally, about=None):
    return render(tally, WORK.receipt, about or {}, "html").decode("utf-8")


def figures_of(tally, about=None):
    return json.loads(render(tally, WORK.receipt, about or {}, "json"))


def real_tally(times=10):
    tally = Tally()
    for number in range(times):
        for text in TEXTS:
            tally.add(digest(WORK.explain(text), seconds=0.001 * (number + 1)), f"{text[:3]}{number}.txt")
    return tally


def hostile_tally():
    tally = Tally()
    sample = Sample(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, 999)
    cuts = ((HOSTILE, HOSTILE, 1, 60),)
    warnings = (f"loss guard: {HOSTILE}", HOSTILE)
    tally.add(Digest(99, 9, HOSTILE, HOSTILE, HOSTILE, cuts, warnings, (HOSTILE,), (sample,), 1), HOSTILE)
    tally.fail(HOSTILE, HOSTILE)
    tally.leave_out(HOSTILE)
    tally.duplicate(HOSTILE, 5)
    return tally


@pytest.mark.parametrize("about", [{}, {HOSTILE: HOSTILE, "sources": [HOSTILE, None, 3]}])
def test_nothing_in_the_data_becomes_markup(about):
    calm, hostile = Page(page_of(real_tally(), {"sources": ["a"]})), Page(page_of(hostile_tally(), about))
    assert not {"script", "img", "iframe", "object", "form"} & set(hostile.tags)
    assert {"td", "bdi", "del", "ins", "svg"} <= set(hostile.tags)
    assert set(hostile.values("class")) - set(calm.values("class")) <= {"notices", "c", "c n"}
    assert not [key for _, key, _ in hostile.attributes if key.startswith("on")]
    told = "".join(text for _, text in hostile.texts)
    assert told.count("<script>hit()</script>") >= 12
    assert [name for name, text in hostile.texts if "hit()" in text and name in ("style", "title")] == []


def test_characters_that_act_or_hide_stand_as_signs():
    html = page_of(hostile_tally(), {HOSTILE: HOSTILE})
    kinds = {unicodedata.category(char) for char in html if char != "\n"}
    assert not kinds & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    for name in ("U+202E", "U+0007", "U+D800", "U+001B"):
        assert name in html


def test_the_page_may_show_itself_and_nothing_else():
    html = page_of(real_tally())
    page = Page(html)
    (style,) = re.findall("<style>(.*?)</style>", html, re.DOTALL)
    hashed = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = [value for value in page.values("content") if "default-src" in value]
    assert policy.startswith("default-src 'none'")
    assert f"style-src 'sha256-{hashed}'" in policy
    assert "unsafe" not in policy
    assert not re.search(r"@import|url\(", style)
    assert not page.values("src") + page.values("style")
    assert all(link.startswith("#") or link == "data:," for link in page.values("href"))


def test_every_link_leads_somewhere_and_every_name_is_there_once():
    page = Page(page_of(hostile_tally()))
    names = page.values("id")
    assert len(names) == len(set(names))
    pointed = [value[1:] for value in page.values("href") if value.startswith("#")]
    pointed += [name for value in page.values("aria-labelledby") for name in value.split()]
    assert set(pointed) <= set(names)


def test_every_rule_has_its_samples_in_context():
    tally = real_tally()
    figures = figures_of(tally)
    assert {row["rule"] for row in figures["rules"]} == set(tally.rules)
    for row in figures["rules"]:
        assert row["samples"], row["rule"]
        assert row["why"]
        for sample in row["samples"]:
            assert any(sample["before"] + sample["removed"] + sample["after"] in text for text in TEXTS)


def test_figures_add_up():
    figures = figures_of(real_tally(), {"out": "clean"})
    totals, removed = figures["totals"], figures["totals"]["words_removed"]
    assert totals["changed"] + totals["unchanged"] + totals["failed"] == totals["documents"] == 30
    for rows in (figures["rules"], figures["families"]):
        assert sum(row["words"] for row in rows) == removed > 0
    for rows in (figures["languages"], figures["states"], figures["modes"]):
        assert sum(row["words_removed"] for row in rows) == removed
        assert sum(row["words"] for row in rows) == totals["words"]
    bands = figures["share_removed"]["bands"]
    assert sum(band["documents"] for band in bands) == 30
    assert sum(row["documents"] for row in figures["speed"]["times"]) == 30
    assert {row["language"] for row in figures["languages"]} >= {"en", "de"}
    assert figures["run"] == {"out": "clean"}


def test_the_page_shows_the_figures_of_the_json():
    tally = real_tally()
    told = " ".join(text for _, text in Page(page_of(tally)).texts)
    figures = figures_of(tally)
    for row in figures["families"]:
        assert row["family"] in told
    for row in figures["rules"]:
        assert row["rule"] in told
        assert f"{row['words']:,}" in told
    for row in figures["losses"]["most_words"]:
        assert row["document"] in told
    assert f"{figures['totals']['words']:,}" in told


def test_the_bands_hold_every_percent_once():
    assert [percent for low, high in BANDS for percent in range(low, high + 1)] == list(range(101))


@given(documents)
@settings(max_examples=25)
def test_every_tally_has_a_report(pairs):
    tally = tally_of(pairs)
    assert "</html>" in page_of(tally)
    Page(page_of(tally))
    assert figures_of(tally)["totals"]["documents"] == len(pairs)


def test_a_run_of_nothing_has_a_report_too():
    assert "No words were removed" in page_of(Tally())


def test_the_same_run_gives_the_same_bytes():
    assert page_of(real_tally()) == page_of(real_tally())


def test_the_report_does_not_grow_with_the_run():
    assert len(page_of(real_tally(200))) < 1.2 * len(page_of(real_tally(50)))


def test_the_form_is_told_from_the_name():
    assert [form_of(name) for name in ("a.html", "b/a.HTM", "a.json")] == ["html", "html", "json"]
    for name in ("a.txt", "a", "html"):
        with pytest.raises(OptionError, match=r"name it \.html or \.json"):
            form_of(name)


def test_json_is_written_in_the_letters_that_it_tells_of():
    assert "Stra\u00dfe" in render(real_tally(), WORK.receipt, {}, "json").decode("utf-8")
    assert figures_of(hostile_tally())["failures"] == [{"document": HOSTILE, "error": HOSTILE}]


@given(st.text())
def test_text_is_text_whatever_it_holds(text):
    page = Page(tag("p", text, title=text))
    assert set(page.tags) <= {"p", "span"}
    shown = "".join(part for _, part in page.texts)
    signs = {"\n": "\u21b5", "\r": "\u240d", "\t": "\u21e5", "\u2028": "\u21b5", "\u2029": "\u21b5"}
    hidden = {char for char in text if visible(char).startswith("<span")}
    assert shown == "".join(signs.get(c, f"U+{ord(c):04X}") if c in hidden else c for c in text)
    assert page.values("title")[0] == printable(text)


def test_in_an_edit_even_odd_spaces_are_shown():
    assert "U+00A0" in visible("\u00a0", every=True)
    assert visible("a\u00a0b \u0645\u06cc\u200c") == "a\u00a0b \u0645\u06cc\u200c"


@given(st.integers(0, 10**9))
def test_axes_reach_the_highest_bar_in_round_steps(most):
    steps = ticks(most)
    assert steps[0] == 0
    assert steps[-1] >= most
    assert 2 <= len(steps) <= 6
    assert all(step == int(step) for step in steps)


def test_numbers_are_written_for_people():
    assert [short(n) for n in (0, 950, 1250, 34_000, 5_600_000, 999_999)] == [
        "0", "950", "1.25k", "34k", "5.6M", "1000k",
    ]  # fmt: skip
    assert [percent(share) for share in (0, 0.0004, 0.0314, 1)] == [
        "0\u00a0%", "< 0.1\u00a0%", "3.1\u00a0%", "100.0\u00a0%",
    ]  # fmt: skip
    assert [duration(time) for time in (3.21, 250, 7500)] == ["3.2 s", "4 min 10 s", "2 h 5 min"]


def test_quantiles_are_those_of_what_is_counted():
    assert quantile({}, 0.5) == 0
    assert quantile({0: 5, 3: 4, 90: 1}, 0.5) == 0
    assert quantile({0: 5, 3: 4, 90: 1}, 0.9) == 3
    assert quantile({0: 5, 3: 4, 90: 1}, 0.99) == 90
