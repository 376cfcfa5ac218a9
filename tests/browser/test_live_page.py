"""The page of `cleaner serve` in a browser: texts go in, and what cleaner does to them is shown at once."""

import pytest
from running import serving
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select, WebDriverWait

import cleaner

ARTICLE = (
    "Ferry gets a reprieve\n\nThe ferry will sail on, the ministry said on Wednesday.\n\n"
    "- Advertisement -\n\nIt carries nineteen passengers and the post.\n\n"
    "Photo: The ferry at the quay in winter\n\nA decision comes in the spring.\n\nLeave a Reply\n"
)
EVIL = (
    "</script><script>document.title='broken'</script><img src=x onerror=\"document.title='broken'\">"
    " <b>It rained</b> &lt;i&gt; {{script}} \u202e all day.\n\n- Advertisement -\n\n<svg onload=alert(1)>\n"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("live"), "--workers", 1, "--limit-bytes", 100_000) as running:
        yield running


@pytest.fixture
def live(browser, server):
    browser.get(f"http://127.0.0.1:{server.port}/")
    browser.get_log("browser")
    yield browser
    assert [entry for entry in browser.get_log("browser") if "favicon" in entry["message"]] == []


def until(browser, fact):
    return WebDriverWait(browser, 20, 0.05).until(lambda _: fact())


def comes_out(browser, text):
    """Waits until the page's text is that."""
    script = "return review.documents().length ? review.text(0) : ''"
    return until(browser, lambda: browser.execute_script(script) == text)


def paste(browser, text):
    """Puts a text in as pasting does, with one event of input."""
    script = (
        "arguments[0].focus(); arguments[0].select(); document.execCommand('insertText', false, arguments[1])"
    )
    browser.execute_script(script, browser.find_element(By.ID, "source"), text)


def severe(browser):
    return [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]


def test_a_pasted_text_is_cleaned_and_every_removal_is_shown(live):
    paste(live, ARTICLE)
    result = cleaner.explain(ARTICLE)
    assert result.edits
    assert comes_out(live, result.text)
    assert len(live.find_elements(By.CSS_SELECTOR, ".edit")) == len(result.edits)
    live.find_element(By.ID, "text").click()
    live.switch_to.active_element.send_keys("j")
    assert result.edits[0].rule in live.find_element(By.ID, "detail-body").text
    assert result.edits[0].why in live.find_element(By.ID, "detail-body").text
    assert severe(live) == []


def test_what_is_typed_changes_the_text_and_is_no_key_of_the_page(live):
    paste(live, ARTICLE)
    assert comes_out(live, cleaner.clean(ARTICLE))
    live.find_element(By.ID, "source").send_keys(Keys.END, "jarvunpte?")
    assert comes_out(live, cleaner.clean(f"{ARTICLE}jarvunpte?"))
    assert not live.find_element(By.ID, "help").is_displayed()


def test_options_count_at_once(live):
    paste(live, ARTICLE)
    assert comes_out(live, cleaner.clean(ARTICLE))
    assert len({cleaner.clean(ARTICLE, level=level) for level in ("light", "standard", "strict")}) > 1
    for level in ("strict", "light", "standard"):
        Select(live.find_element(By.ID, "level")).select_by_visible_text(level)
        assert comes_out(live, cleaner.clean(ARTICLE, level=level))
    page = "<p>The ferry will sail on.</p><p>- Advertisement -</p>"
    paste(live, page)
    assert comes_out(live, cleaner.clean(page))
    Select(live.find_element(By.ID, "input_format")).select_by_visible_text("html")
    assert comes_out(live, cleaner.clean(page, input_format="html"))


def test_a_family_that_is_off_stays_off_for_the_next_text(live):
    paste(live, ARTICLE)
    assert comes_out(live, cleaner.clean(ARTICLE))
    live.find_element(By.CSS_SELECTOR, "[aria-label='Family adverts']").click()
    assert comes_out(live, cleaner.clean(ARTICLE, without=["adverts"]))
    paste(live, f"It rained.\n\n{ARTICLE}")
    assert comes_out(live, cleaner.clean(f"It rained.\n\n{ARTICLE}", without=["adverts"]))


def test_a_file_that_is_chosen_keeps_its_line_ends(live, tmp_path):
    text = ARTICLE.replace("\n", "\r\n")
    (tmp_path / "ferry.txt").write_bytes(text.encode())
    live.find_element(By.ID, "file").send_keys(str(tmp_path / "ferry.txt"))
    assert comes_out(live, cleaner.clean(text))
    assert "ferry.txt" in live.find_element(By.ID, "head").text


DROP = """
const carried = new DataTransfer();
carried.items.add(new File([arguments[1]], arguments[0]));
for (const kind of ["dragover", "drop"]) {
  const event = new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: carried });
  document.querySelector("main").dispatchEvent(event);
}
"""


def test_a_file_that_is_dropped_is_cleaned(live):
    live.execute_script(DROP, "ferry.txt", ARTICLE)
    assert comes_out(live, cleaner.clean(ARTICLE))
    page = "<h1>Ferry</h1><p>It sails on.</p><p>- Advertisement -</p>"
    live.execute_script(DROP, "ferry.html", page)
    assert comes_out(live, cleaner.clean(page, input_format="html"))


def test_a_file_that_is_not_text_is_told(live, tmp_path):
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    live.find_element(By.ID, "file").send_keys(str(tmp_path / "photo.jpg"))
    assert until(live, lambda: "photo.jpg is not UTF-8" in live.find_element(By.ID, "served").text)


def test_markup_in_a_text_stays_text(live):
    paste(live, EVIL)
    assert comes_out(live, cleaner.clean(EVIL))
    assert live.title != "broken"
    assert not live.find_elements(By.CSS_SELECTOR, "main script, main img, main svg, main b")
    assert severe(live) == []


def test_a_text_too_large_is_told_and_no_older_answer_is_left(live):
    paste(live, ARTICLE)
    assert comes_out(live, cleaner.clean(ARTICLE))
    live.execute_script(DROP, "long.txt", "It rained all day.\n" * 6_000)
    assert until(live, lambda: "100,000 bytes" in live.find_element(By.ID, "served").text)
    assert live.execute_script("return review.documents().length") == 0
    paste(live, ARTICLE)
    assert comes_out(live, cleaner.clean(ARTICLE))


def test_keys_on_an_empty_page_do_no_harm(live):
    live.find_element(By.ID, "text").click()
    for key in "jkarunpvo":
        live.switch_to.active_element.send_keys(key)
    paste(live, ARTICLE)
    assert comes_out(live, cleaner.clean(ARTICLE))
    paste(live, "")
    assert until(live, lambda: "Paste a text" in live.find_element(By.ID, "head").text)
    assert severe(live) == []


def test_the_page_says_when_the_server_is_gone(browser, tmp_path):
    with serving(tmp_path, "--workers", 1) as running:
        browser.get(f"http://127.0.0.1:{running.port}/")
    paste(browser, ARTICLE)
    assert until(browser, lambda: "does not answer" in browser.find_element(By.ID, "served").text)


def test_another_site_cannot_ask(live, server, tmp_path):
    """A page of a file, whose origin is null, gets nothing out of the server."""
    (tmp_path / "evil.html").write_text("<p>evil</p>")
    live.get((tmp_path / "evil.html").as_uri())
    script = """
    const done = arguments[1], url = arguments[0];
    const post = (kind) => ({ method: "POST", headers: { "Content-Type": kind }, body: '{"text": ""}' });
    const ask = (kind) => fetch(url, post(kind)).then((answer) => answer.text()).catch((error) => error.name);
    Promise.all([ask("application/json"), ask("text/plain")]).then(done);
    """
    url = f"http://127.0.0.1:{server.port}/clean"
    assert live.execute_async_script(script, url) == ["TypeError", "TypeError"]
    live.get_log("browser")
