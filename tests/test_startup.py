"""What is loaded before the command can answer; `benchmarks/startup.py` has the times."""

import subprocess
import sys

import pytest


def loaded(program):
    """The names of the modules that a program has loaded when it ends."""
    told = "\nimport sys\nprint(*sys.modules, sep='\\n', file=sys.stderr)"
    command = [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}\n{program}{told}"]
    process = subprocess.run(command, capture_output=True, check=True, text=True)
    return set(process.stderr.split())


def test_the_version_is_told_before_anything_is_loaded():
    program = "sys.argv = ['cleaner', '--version']\nfrom cleaner.__main__ import main\nmain()"
    mine = loaded(program) - loaded("")
    assert mine == {"__future__", "cleaner", "cleaner.__main__", "cleaner.version"}


@pytest.mark.parametrize("heavy", ["tomllib", "regex", "logging", "rich", "numpy", "lxml", "ftfy"])
def test_help_loads_little_but_click(heavy):
    assert heavy not in loaded("import cleaner.cli") - loaded("import click")
