"""Progress is told on a terminal only, and says how far the run is."""

import io
import os
import pty
import re
import subprocess
import sys

import pytest

from cleaner.batch.progress import Progress, escaped
from cleaner.batch.tally import Digest, Tally

SHOWN = """
from cleaner.batch.progress import Progress
from cleaner.batch.tally import Digest, Tally
tally = Tally()
with Progress(1000) as progress:
    for number in range(4):
        tally.add(Digest(50, 250_000, "en", "article", "complete", (("r", "adverts", 1, 300),)), str(number))
        progress.update(tally, 250 * (number + 1))
        progress.tell(f"a[b].jsonl:{number}: not JSON\\x1b[2J")
    progress.finish(tally)
"""
CONTROL = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")


def on_a_terminal(program):
    """What a program writes to its standard error when that is a terminal of 100 columns."""
    parent, child = pty.openpty()
    env = {**os.environ, "COLUMNS": "100", "TERM": "xterm", "PYTHONWARNINGS": "ignore"}
    process = subprocess.Popen([sys.executable, "-c", program], stderr=child, env=env)
    os.close(child)
    parts = []
    try:
        while part := os.read(parent, 65536):
            parts.append(part)
    except OSError:  # Linux says so when the other end is closed
        pass
    os.close(parent)
    assert process.wait(30) == 0
    return b"".join(parts).decode()


@pytest.mark.skipif(os.name == "nt", reason="pty is of Unix")
def test_a_terminal_is_told_documents_speed_words_and_what_is_left():
    shown = on_a_terminal(SHOWN)
    assert "\x1b[2J" not in shown
    lines = CONTROL.sub("", shown)
    assert "100%" in lines
    assert "4 documents" in lines
    assert "1,200 words removed" in lines
    assert re.search(r"\d+\.\d MB/s", lines)
    assert "left" in lines
    for number in range(4):
        assert f"a[b].jsonl:{number}: not JSON\\x1b[2J" in lines


def test_no_terminal_is_told_nothing_but_the_lines():
    stream = io.StringIO()
    with Progress(1000, stream=stream) as progress:
        progress.update(Tally(documents=1), 10)
        progress.tell("one line")
        progress.finish(Tally(documents=1))
    assert stream.getvalue() == "one line\n"


def test_rich_is_not_loaded_where_nothing_is_shown():
    program = (
        "import sys\nfrom cleaner.batch.progress import Progress\n"
        "with Progress(9) as p: p.tell('x')\nassert 'rich' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, stderr=subprocess.DEVNULL)


def test_a_resumed_run_does_not_count_what_was_done_before():
    progress = Progress(None, stream=io.StringIO(), earlier=10**15)
    tally = Tally(documents=7, size=10**15)
    with progress:
        assert "7 documents  0.0 MB/s" in progress.told(tally)
        tally.add(Digest(1, 5, "", "article", "complete"), "a")
        tally.fail("b", "broken")
        assert "1 failed" in progress.told(tally)


def test_names_cannot_act_on_a_terminal():
    assert escaped("caf\u00e9 \u5317.txt") == "caf\u00e9 \u5317.txt"
    assert escaped("a\nb\x1b[31m\u202e\ud800") == "a\\nb\\x1b[31m\\u202e\\ud800"
