"""The docs say what is so: options, README commands, README program."""

import json
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cleaner.cli.reference import commands, main, table
from cleaner.options import NAMES

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
PAGES = [README, *(path.read_text("utf-8") for path in sorted((ROOT / "docs").glob("*.md")))]
COMMANDS = [
    line.partition("#")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
]
SET_UP = [line for line in COMMANDS if line.startswith("python3 -m venv")]
PARAGRAPHS = (
    "It rained all night, and by the morning the lower road was under water.",
    "The council voted for the bridge, seven to four, after a long debate.",
    "Two swans have come back to the pond that was dug for them last year.",
)
JSONL = "".join(
    json.dumps(
        {
            "id": number,
            "url": f"https://news.example.com/{number}",
            "text": f"{text}\n\nThe valley's own paper since ever\n\nRead more",
            "html": f"<p>{text}</p><p>Read more</p>",
        }
    )
    + "\n"
    for number, text in enumerate(PARAGRAPHS, 1)
)


def test_the_table_of_options_is_that_of_the_commands():
    assert (ROOT / "docs/options.md").read_text("utf-8") == table()


def test_every_option_of_cleaning_is_a_flag_of_each_cleaning_command():
    for name, command in commands(main, "cleaner"):
        if name in ("cleaner clean", "cleaner batch", "cleaner explain"):
            assert set(NAMES) <= {param.name for param in command.params}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder as the README sees it."""
    folder = tmp_path_factory.mktemp("readme")
    shutil.copytree(ROOT / "fixtures" / "demo", folder / "fixtures" / "demo")
    for name in ("corpus.jsonl", "pages.jsonl"):
        (folder / name).write_text(JSONL)
    return folder


def test_every_command_of_the_readme_runs_in_its_order(place):
    lines = [line for line in COMMANDS if line.startswith("cleaner ")]
    assert len(lines) >= 9
    for line in lines:
        words = [sys.executable, "-m", *shlex.split(line)]
        process = subprocess.run(words, cwd=place, capture_output=True, check=False)
        assert process.returncode == 0, f"{line}: {process.stderr.decode()}"
    sources = sorted(path.name for path in (place / "fixtures/demo").iterdir())
    assert sorted(path.name for path in (place / "sources").iterdir()) == sources


def test_the_two_commands_that_set_all_up_are_run_by_ci():
    assert len(SET_UP) == 2
    scripts = (ROOT / ".ci/run").read_text() + (ROOT / ".ci/fresh").read_text()
    assert all(line in scripts for line in SET_UP)


def test_the_program_of_the_readme_runs():
    (program,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    process = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert process.returncode == 0, process.stderr.decode()


@pytest.mark.parametrize("page", PAGES)
def test_links_between_the_docs_lead_somewhere(page):
    for link in re.findall(r"\]\(([^)#:]+)\)", page):
        assert (ROOT / link).exists() or (ROOT / "docs" / link).exists(), link
