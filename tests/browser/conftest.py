"""Tests in a browser: Debian's chromium by selenium; `.ci/browser` installs both and runs them.

``CHROMIUM`` and ``CHROMEDRIVER`` name others than those on the path.
"""

import os
import shutil

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-quic",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run", "--window-size=1400,900",
)  # fmt: skip


def program(variable, name):
    """The path of a program, by a variable of the environment or its usual name."""
    wanted = os.environ.get(variable, name)
    found = shutil.which(wanted)
    assert found, f"{wanted} is not there: `.ci/browser` installs it"
    return found


@pytest.fixture(scope="session")
def downloads(tmp_path_factory):
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="session")
def browser(tmp_path_factory, downloads):
    """A browser of its own, with a fresh profile; its console is in ``get_log("browser")``."""
    options = webdriver.ChromeOptions()
    options.binary_location = program("CHROMIUM", "chromium")
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(program("CHROMEDRIVER", "chromedriver")))
    yield driver
    driver.quit()
