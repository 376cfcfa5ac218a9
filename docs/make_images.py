"""Makes the screenshots in `docs/images` from the texts of `fixtures`.

    python docs/make_images.py [NAME...]

Needs chromium and chromedriver (`.ci/browser` tells how they are installed), selenium, Pillow, and the extra
`serve`.
Names are those of the images, without their ending; without any all are made.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

from cleaner import marks

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
DEMO = ROOT / "fixtures" / "demo" / "ferry-news.txt"
CASES = ("adverts", "articles", "mixed", "newsletter", "paywall", "related", "share", "pages", "glued")
MOST_BYTES = 150_000
COLOURS = 128
WIDTH, HEIGHT = 1280, 800


@contextmanager
def browser() -> Iterator[webdriver.Chrome]:
    """A headless browser with a fresh profile."""
    options = webdriver.ChromeOptions()
    options.binary_location = os.environ.get("CHROMIUM", "/usr/bin/chromium")
    with tempfile.TemporaryDirectory() as profile:
        for flag in ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
            options.add_argument(flag)
        options.add_argument(f"--user-data-dir={profile}")
        service = Service(os.environ.get("CHROMEDRIVER", "/usr/bin/chromedriver"))
        driver = webdriver.Chrome(options=options, service=service)
        try:
            yield driver
        finally:
            driver.quit()


def cleaner(*args: object, folder: Path) -> None:
    """Runs the command; its exit code 3 (some documents failed) is as good as 0."""
    command = [sys.executable, "-m", "cleaner", *map(str, args)]
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False, text=True)  # noqa: S603
    if done.returncode not in (0, 3):
        sys.exit(f"{' '.join(command)}: {done.stderr}")


def corpus(folder: Path) -> None:
    """The sources of fixtures as a folder of texts."""
    (folder / "texts").mkdir()
    (folder / "texts" / DEMO.name).write_bytes(DEMO.read_bytes())
    for family in CASES:
        for path in sorted((ROOT / "fixtures" / family).glob("*.txt")):
            _, _, marked = path.read_bytes().decode("utf-8").partition("\n")
            source, _ = marks.read(marked.removesuffix("\n"))
            (folder / "texts" / f"{family}-{path.name}").write_bytes(source.encode("utf-8"))


def shoot(driver: webdriver.Chrome, name: str, theme: str = "light", height: int = HEIGHT) -> None:
    """Writes the picture of what the browser shows."""
    media = [{"name": "prefers-color-scheme", "value": theme}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
    size = {"width": WIDTH, "height": height, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    time.sleep(0.5)
    path = IMAGES / f"{name}.png"
    picture = Image.open(io.BytesIO(driver.get_screenshot_as_png())).convert("RGB")
    picture.quantize(COLOURS, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)
    if path.stat().st_size > MOST_BYTES:
        sys.exit(f"{path}: {path.stat().st_size:,} bytes; at most {MOST_BYTES:,} may be")


def press(driver: webdriver.Chrome, keys: str) -> None:
    """Presses keys of the page, one by one."""
    for key in keys:
        driver.switch_to.active_element.send_keys(key)


def review(driver: webdriver.Chrome, folder: Path) -> None:
    """The review page of a run, light and dark."""
    corpus(folder)
    out = ("--out", "clean", "--ledger", "run.jsonl", "--report", "report.html", "--workers", 1)
    cleaner("batch", "texts", *out, folder=folder)
    cleaner("review", "run.jsonl", "--clean", "clean", "--out", "review.html", "--sample", 40, folder=folder)
    driver.get((folder / "review.html").as_uri())
    driver.execute_script(
        "const box = document.getElementById('filter'); box.value = 'ferry'; "
        "box.dispatchEvent(new Event('input'));"
        "document.querySelector('.row').click(); box.value = ''; box.dispatchEvent(new Event('input'));"
        "document.getElementById('text').focus()"
    )
    press(driver, "npjar")
    driver.execute_script("document.activeElement.scrollIntoView({ block: 'center', behavior: 'instant' })")
    time.sleep(3)  # the message of the last key goes
    shoot(driver, "review")
    shoot(driver, "review-dark", theme="dark")


def report(driver: webdriver.Chrome, folder: Path) -> None:
    """The report of the same run."""
    if not (folder / "report.html").exists():
        review(driver, folder)
    driver.get((folder / "report.html").as_uri())
    shoot(driver, "report", height=1000)


def serve(driver: webdriver.Chrome, folder: Path) -> None:
    """The live page with a text pasted into it."""
    command = [sys.executable, "-m", "cleaner", "serve", "--port", "0", "--workers", "1"]
    with subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE) as server:  # noqa: S603
        try:
            told = server.stderr.readline().decode() if server.stderr else ""
            driver.get(re.search(r"http://\S+", told)[0])  # type: ignore[index]
            driver.execute_script(
                "const box = document.getElementById('source'); box.value = arguments[0];"
                "box.dispatchEvent(new Event('input'))",
                DEMO.read_text("utf-8"),
            )
            while not driver.execute_script("return review.documents().length"):
                time.sleep(0.1)
            time.sleep(1)  # the first text waits for the word lists, which is not what is to be seen
            driver.execute_script("document.getElementById('mode').dispatchEvent(new Event('change'))")
            time.sleep(2)
            driver.execute_script("document.getElementById('text').focus()")
            press(driver, "jj")
            driver.execute_script("window.scrollTo(0, 0)")
            shoot(driver, "serve")
        finally:
            server.terminate()


def side(driver: webdriver.Chrome, folder: Path) -> None:
    """What `cleaner explain --view side` writes to a terminal, by rich's export."""
    from rich.console import Console

    from cleaner.cleaning import Cleaner
    from cleaner.cli.views import show
    from cleaner.explanation import Explanation

    worker = Cleaner()
    explanation = Explanation(
        worker.explain(DEMO.read_text("utf-8")), worker.receipt["rules"], f"fixtures/demo/{DEMO.name}"
    )
    plain = {"markup": False, "highlight": False, "emoji": False}
    terminal = Console(record=True, width=118, file=io.StringIO(), force_terminal=True, **plain)
    show(explanation, "side", terminal)
    picture = terminal.export_svg(title=f"cleaner explain {DEMO.name} --view side")
    picture = re.sub(r"@font-face \{.*?\}", "", picture, flags=re.DOTALL)  # fonts from elsewhere
    page = folder / "side.html"
    style = "<style>body { margin: 0 } svg { width: 100%; height: auto; display: block }</style>"
    page.write_text(f"<!doctype html><meta charset=utf-8>{style}{picture}", "utf-8")
    driver.get(page.as_uri())
    driver.set_window_size(WIDTH, HEIGHT)
    height = driver.execute_script(
        "return Math.ceil(document.querySelector('svg').getBoundingClientRect().height)"
    )
    shoot(driver, "explain-side", height=height)


MAKERS: dict[str, Callable[[webdriver.Chrome, Path], None]] = {
    "review": review,
    "report": report,
    "serve": serve,
    "explain-side": side,
}


def main() -> None:
    """Makes the images that are named, or all."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(MAKERS)}")
    names = parser.parse_args().names or list(MAKERS)
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, browser() as driver:
        for name in names:
            MAKERS[name](driver, Path(folder))


if __name__ == "__main__":
    main()
