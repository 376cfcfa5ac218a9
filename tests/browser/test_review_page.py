"""The review page in a browser: what it shows is what cleaner does, and nothing in the data runs."""

import io
import json
import random
import time
import tomllib
import zipfile

import pytest
from selenium.webdriver.common.keys import Keys

import cleaner
from cleaner import marks
from cleaner.document import Edit
from cleaner.review.one import page_of
from cleaner.review.page import html_page

ARTICLE = (
    "Ferry 🛳 gets a reprieve\n\nThe ferry will sail on, the ministry said on Wednesday.\n\n"
    "- Advertisement -\n\nIt carries nineteen passengers 👩‍👩‍👧 and the post.\n\n"
    "Read more: What the last boat home carries\n\nA decision comes in the spring.\n\n"
    "Leave a Reply\n\nYour email address will not be published.\n"
)
ODD = "ab{}-+\\ \n\r\t🙂é\u200b\u2028\ud800<&\x07"


def opened(browser, path, html):
    path.write_text(html, "utf-8")
    browser.get(path.as_uri())
    browser.execute_script("localStorage.clear()")
    browser.refresh()
    browser.get_log("browser")


def key(browser, text):
    browser.switch_to.active_element.send_keys(text)


@pytest.fixture
def one(browser, tmp_path):
    worker = cleaner.Cleaner()
    result = worker.explain(ARTICLE)
    opened(browser, tmp_path / "one.html", page_of(worker, result, "ferry.txt"))
    return result


def test_the_page_makes_the_text_that_cleaner_makes(browser, one):
    assert len(one.edits) >= 3
    assert browser.execute_script("return review.text(0)") == one.text


def random_edits(chance, text):
    edits, at = [], 0
    while at < len(text):
        start = chance.randint(at, len(text))
        end = min(len(text), start + chance.randint(0, 4))
        edits.append(Edit(start, end, "".join(chance.choices(ODD, k=chance.randint(0, 2))), "r"))
        at = end + 1
    return [edit for edit in edits if chance.random() < 0.5]


@pytest.mark.usefixtures("one")
def test_any_subset_of_edits_gives_what_python_gives_and_marks_that_it_reads(browser):
    chance = random.Random(8)  # noqa: S311 - the same cases every time
    cases = []
    for _ in range(300):
        text = "".join(chance.choices(ODD, k=chance.randint(0, 40)))
        edits = random_edits(chance, text)
        cases.append((text, edits))
    asked = json.dumps([[text, [[e.start, e.end, e.new] for e in edits]] for text, edits in cases])
    script = (
        "return JSON.parse(arguments[0]).map(([t, e]) => "
        "[review.applyPoints(t, e), review.markPoints(t, e)].map(x => JSON.stringify(x)))"
    )
    for (text, edits), answer in zip(cases, browser.execute_script(script, asked), strict=True):
        applied, marked = map(json.loads, answer)
        assert applied == cleaner.apply(text, edits)
        assert marked == marks.write(text, edits)


def test_rejecting_one_edit_applies_the_others(browser, one):
    key(browser, "j")
    key(browser, "r")
    assert browser.execute_script("return review.text(0)") == cleaner.apply(one.source, one.edits[1:])
    key(browser, "u")
    assert browser.execute_script("return review.text(0)") == one.text


def test_a_family_switched_off_comes_back_at_once(browser, one):
    family = one.edits[0].filter
    browser.find_element("css selector", f"[aria-label='Family {family}']").click()
    rest = [edit for edit in one.edits if edit.filter != family]
    assert browser.execute_script("return review.text(0)") == cleaner.apply(one.source, rest)
    assert browser.find_element("css selector", ".edit.undone .core").text == "- Advertisement -"


def test_keys_go_through_the_removals_and_the_panel_tells_of_them(browser, one):
    for edit in one.edits:
        key(browser, "j")
        told = browser.find_element("id", "detail-body").text
        assert edit.rule in told
        assert edit.why in told
        assert edit.rule in browser.find_element("id", "live").get_attribute("textContent")


def test_help_opens_and_escape_closes_it(browser, one):
    assert one
    key(browser, "?")
    assert browser.find_element("id", "help").is_displayed()
    key(browser, Keys.ESCAPE)
    assert not browser.find_element("id", "help").is_displayed()


def test_decisions_outlive_a_reload(browser, one):
    assert one
    key(browser, "j")
    key(browser, "r")
    time.sleep(0.6)  # they are written a moment later
    browser.refresh()
    assert browser.execute_script("return review.documents()[0].edits[0].decision") == "reject"


def test_exports_are_what_cleaner_reads(browser, one, tmp_path):
    key(browser, "j")
    key(browser, "r")
    for _ in one.edits[1:]:
        key(browser, "a")
    (fixture,) = browser.execute_script("return review.fixtures(false)")
    head, _, body = fixture["text"].partition("\n")
    assert head == "#! mode=article level=standard | Reviewed: ferry.txt." or " lang=" in head
    source, edits = marks.read(body.removesuffix("\n"))
    assert source == one.source
    assert cleaner.apply(source, edits) == cleaner.apply(one.source, one.edits[1:])
    rules = tomllib.loads(browser.execute_script("return review.rulesToml()"))
    assert rules[one.edits[0].rule] == {"keeps": ["- Advertisement -"]}
    assert rules[one.edits[1].rule]["strips"] == ["Read more: What the last boat home carries"]
    keep = tmp_path / "keep.txt"
    keep.write_text(browser.execute_script("return review.keepList().text"), "utf-8")
    kept = cleaner.clean(one.source, keep=[f"@{keep}"])
    assert kept == cleaner.apply(one.source, one.edits[1:])


def test_toml_and_zip_hold_any_text(browser, one):
    assert one
    odd = 'a"b\\\n\r\t\x01\x7f🙂é'
    written = browser.execute_script("return review.tomlString(arguments[0])", odd)
    assert tomllib.loads(f"x = {written}")["x"] == odd
    script = (
        "const done = arguments[1]; review.zip(arguments[0]).arrayBuffer()"
        ".then(b => done(Array.from(new Uint8Array(b))))"
    )
    files = [{"name": "ä.txt", "text": "one 🙂"}, {"name": "b.txt", "text": ""}]
    archive = zipfile.ZipFile(io.BytesIO(bytes(browser.execute_async_script(script, files))))
    assert archive.testzip() is None
    assert {name: archive.read(name).decode() for name in archive.namelist()} == {
        "ä.txt": "one 🙂", "b.txt": "",
    }  # fmt: skip


def test_nothing_in_the_data_runs_or_upsets_the_page(browser, tmp_path):
    evil = (
        "</script><script>document.title='broken'</script><!--<script> "
        "<img src=x onerror=\"document.title='broken'\">"
        " \u202e\x00\x1b\x85\u2028 \ud800 &lt;b&gt; ${1} {{script}}"
    )
    rule = {"id": evil, "family": evil, "level": "light", "why": evil, "pack": evil}
    document = {
        "name": evil, "chosen": evil, "url": evil, "text": evil, "words": 5, "language": evil, "mode": evil,
        "state": evil, "evidence": [evil], "warnings": [evil], "edits": [[0, 9, "", 0, 0.5, [evil], 1]],
        "overruled": [[10, 20, 0]],
    }  # fmt: skip
    data = {"kind": "review", "title": evil, "hash": "evil", "level": "standard", "notes": [evil]}
    page = html_page({**data, "rules": [rule], "documents": [document]})
    opened(browser, tmp_path / "evil.html", page.encode("utf-8", "replace").decode())
    key(browser, "j")
    assert browser.title != "broken"
    assert browser.execute_script("return review.text(0) === review.documents()[0].text.slice(9)")
    assert not browser.find_elements("css selector", "img, #head script, #body script")
    assert [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []


CONTRAST = """
const channel = (v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; };
const light = (c) => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
const rgba = (text) => text.match(/[\\d.]+/g).map(Number);
const paper = (e) => { for (; e; e = e.parentElement) {
  const c = rgba(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] === 1) return c; }
  return [255, 255, 255]; };
const bad = [];
for (const e of document.body.querySelectorAll('*')) {
  if (e.closest('script, [hidden], :disabled, .unseen, .skip') || !e.checkVisibility()) continue;
  if (![...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim())) continue;
  const a = light(rgba(getComputedStyle(e).color)), b = light(paper(e));
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < 4.5) bad.push([e.tagName, e.className, e.textContent.slice(0, 30), ratio]);
}
return bad;
"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_text_stands_out_from_its_ground(browser, one, theme):
    assert one
    key(browser, "j")
    key(browser, "a")
    key(browser, "r")
    browser.execute_script("document.documentElement.dataset.theme = arguments[0]", theme)
    assert browser.execute_script(CONTRAST) == []


def test_everything_that_can_be_used_has_a_name(browser, one):
    assert one
    script = (
        "return [...document.querySelectorAll('button, input, select, textarea, [tabindex]')].filter(e => "
        "!(e.textContent.trim() || e.ariaLabel || e.getAttribute('aria-labelledby') || (e.labels || [])[0]"
        ")).map(e => e.outerHTML)"
    )
    assert browser.execute_script(script) == []


def test_of_many_documents_only_what_is_seen_is_there(browser, tmp_path):
    rule = {"id": "en/a:b", "family": "a", "level": "light", "why": "It is.", "pack": "en/a"}
    line = "A line of the text that stays where it is.\n\nGone gone\n\n"
    edits = [[n * len(line) + 44, n * len(line) + 55, "", 0, 0.9, [], 2] for n in range(200)]
    base = {"text": line * 200, "words": 2400, "language": "en", "mode": "article", "state": "complete"}
    base |= {"evidence": [], "warnings": [], "overruled": [], "edits": edits}
    data = {
        "kind": "review",
        "title": "many",
        "hash": "many",
        "level": "standard",
        "notes": [],
        "rules": [rule],
    }
    documents = [{**base, "name": f"document {n}"} for n in range(500)]
    opened(browser, tmp_path / "many.html", html_page({**data, "documents": documents}))
    assert browser.execute_script("return document.querySelectorAll('.row').length") < 40
    assert browser.execute_script("return document.querySelectorAll('.edit').length") < 200
    script = "return document.querySelector('[aria-selected=true]').textContent"
    key(browser, "n")
    assert "document 1" in browser.execute_script(script)
    for _ in range(90):
        key(browser, "j")
    assert "90 of 200" in browser.find_element("id", "detail-body").text
