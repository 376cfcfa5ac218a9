"""The report's page in a browser: nothing in the data runs, nothing is loaded, all can be read."""

import sys
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

sys.path.insert(0, str(Path(__file__).parents[1]))

from test_report import hostile_tally, page_of, real_tally

# The contrast of every text with what is behind it, as WCAG 2 reckons it; returns those that are too low.
CONTRAST = """
function rgba(colour) { return colour.match(/[\\d.]+/g).map(Number); }
function behind(element) {
  for (let e = element; e; e = e.parentElement) {
    const c = rgba(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c;
  }
  return [255, 255, 255];
}
function light(c) {
  const linear = v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const [r, g, b] = c.slice(0, 3).map(v => linear(v / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
const low = new Set();
for (const element of document.querySelectorAll('body *:not(title):not(desc)')) {
  if (![...element.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
  const style = getComputedStyle(element);
  const ink = rgba(element instanceof SVGElement ? style.fill : style.color);
  const [a, b] = [light(ink), light(behind(element))].sort((x, y) => y - x);
  const ratio = (a + 0.05) / (b + 0.05);
  if (ratio < 4.5) low.add(element.tagName + '.' + element.getAttribute('class') + ' ' + ratio.toFixed(2));
}
return [...low];
"""


def opened(browser, path, html):
    path.write_text(html, "utf-8")
    browser.get_log("browser")
    browser.get(path.as_uri())


def emulate(browser, scheme):
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})


@pytest.fixture
def real(browser, tmp_path):
    opened(browser, tmp_path / "report.html", page_of(real_tally(), {"sources": ["texts"], "out": "clean"}))


@pytest.fixture
def hostile(browser, tmp_path):
    opened(browser, tmp_path / "hostile.html", page_of(hostile_tally(), {"sources": ["<b>"]}))


@pytest.mark.usefixtures("hostile")
def test_nothing_in_the_data_runs(browser):
    assert browser.find_elements(By.TAG_NAME, "script") == []
    assert browser.find_elements(By.CSS_SELECTOR, "main img, main b, main style") == []
    assert browser.title == "Cleaning report"
    assert browser.get_log("browser") == []


@pytest.mark.usefixtures("real")
def test_nothing_is_loaded_and_nothing_is_refused(browser):
    loaded = browser.execute_script("return performance.getEntriesByType('resource').map(e => e.name)")
    assert [name for name in loaded if not name.startswith("data:")] == []
    assert browser.get_log("browser") == []


@pytest.mark.usefixtures("real")
def test_the_policy_holds(browser):
    browser.execute_script(
        "for (const [name, key, value] of ["
        "  ['script', 'textContent', 'window.ran = 1'], ['img', 'src', 'http://localhost:9/x.png']"
        "]) { const e = document.createElement(name); e[key] = value; document.body.append(e); }"
    )
    assert browser.execute_script("return window.ran") is None
    told = " ".join(entry["message"] for entry in browser.get_log("browser"))
    assert "Content Security Policy" in told


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", ["real", "hostile"])
def test_all_text_can_be_read_in_the_light_and_in_the_dark(browser, scheme, page, request):
    emulate(browser, scheme)
    request.getfixturevalue(page)
    background = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert (int(background[4:].split(",")[0]) < 60) == (scheme == "dark")
    assert browser.execute_script(CONTRAST) == []


@pytest.mark.parametrize("width", [360, 800, 1400])
@pytest.mark.parametrize("page", ["real", "hostile"])
def test_the_page_fits_its_window(browser, width, page, request):
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    request.getfixturevalue(page)
    wide = browser.execute_script("return document.documentElement.scrollWidth")
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert wide <= width


@pytest.mark.usefixtures("real")
def test_charts_and_tables_are_named_for_those_who_cannot_see_them(browser):
    charts = browser.find_elements(By.CSS_SELECTOR, "svg[role=img]")
    assert len(charts) == 2
    for chart in charts:
        assert chart.accessible_name
        assert chart.rect["height"] > 100
    tables = [table for table in browser.find_elements(By.TAG_NAME, "table") if table.is_displayed()]
    assert len(tables) >= 9
    for table in tables:
        assert table.accessible_name
        assert {h.aria_role for h in table.find_elements(By.CSS_SELECTOR, "tbody th")} == {"rowheader"}


@pytest.mark.usefixtures("real")
def test_columns_of_a_chart_are_as_high_as_their_numbers(browser):
    bars = browser.execute_script(
        "return [...document.querySelector('svg[role=img]').querySelectorAll('rect')]"
        ".map(r => [r.getBoundingClientRect().height, r.parentNode.querySelector('title').textContent])"
    )
    numbers = [(height, int(label.rpartition(":")[2])) for height, label in bars]
    highest = max(numbers)
    assert highest[1] > 0
    for height, number in numbers:
        assert abs(height / highest[0] - number / highest[1]) < 0.02


@pytest.mark.usefixtures("real")
def test_a_rule_leads_to_its_samples(browser):
    link = browser.find_element(By.CSS_SELECTOR, "#rules ~ .scroll tbody a")
    rule = link.text
    link.click()
    target = browser.find_element(By.CSS_SELECTOR, "article:target")
    assert target.find_element(By.TAG_NAME, "h4").text.startswith(rule)
    assert target.find_element(By.TAG_NAME, "del").is_displayed()
    top, bar = browser.execute_script(
        "return [arguments[0].getBoundingClientRect().top, document.querySelector('nav').offsetHeight]",
        target,
    )
    assert bar <= top < 800


@pytest.mark.usefixtures("real")
def test_the_first_key_leads_past_the_menu(browser):
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    focused = browser.switch_to.active_element
    assert focused.text == "Skip to the figures"
    assert focused.rect["x"] >= 0
