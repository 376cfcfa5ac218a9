"""Standard streams that are closed, full or cut off: one line and a documented exit code, no traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

CLEANER = f"{sys.executable} -m cleaner"
pytestmark = pytest.mark.skipif(not Path("/bin/sh").exists(), reason="needs a shell")


def shell(command):
    """A command of the shell, in which ``cleaner`` is ours: exit code, output, messages."""
    line = command.replace("cleaner", CLEANER)
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        ("cleaner clean - <&-", 0, ""),
        ("cleaner batch - --out - <&-", 0, "cleaner: 0 documents, 0 changed, 0 words removed\n"),
        ("echo a | cleaner clean - >&-", 2, "cleaner: standard output: cannot be written: it is closed\n"),
        ("cleaner rules list >&-", 2, "cleaner: standard output: cannot be written: it is closed\n"),
        ("cleaner --version >&-", 2, "cleaner: standard output: cannot be written: it is closed\n"),
        ("echo a | cleaner clean - 2>&-", 0, ""),
        ("cleaner clean /none 2>&-", 2, ""),
        ("cleaner batch /none --out /none <&- >&- 2>&-", 2, ""),
    ],
)
def test_a_stream_that_is_closed_is_no_traceback(command, code, told):
    done = shell(command)
    assert (done[0], done[2]) == (code, told)


def test_records_that_nobody_takes_are_an_error(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "a"}\n')
    code, _, told = shell(f"cleaner batch {tmp_path}/a.jsonl --out - >&-")
    assert (code, told.count("\n")) == (2, 1)
    assert told.startswith("cleaner: -: cannot be written")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is full")
@pytest.mark.parametrize("command", ["cleaner rules list", "echo a | cleaner clean -", "cleaner --help"])
def test_a_full_disk_under_standard_output_is_one_line(command):
    code, _, told = shell(f"{command} > /dev/full")
    assert (code, told) == (2, "cleaner: standard output: cannot be written: No space left on device\n")


def test_a_reader_that_has_enough_is_no_error():
    code, out, told = shell("{ cleaner rules list; echo $? >&2; } | head -n 1")
    assert (code, out.count("\n"), told) == (0, 1, "0\n")
