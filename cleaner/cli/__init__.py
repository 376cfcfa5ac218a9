"""The command line: each command reads its options, makes one call, and tells what came of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from cleaner.cli.batch import batch
from cleaner.cli.clean import clean
from cleaner.cli.diff import diff
from cleaner.cli.explain import explain
from cleaner.cli.learn import learn
from cleaner.cli.restore import restore
from cleaner.cli.review import review
from cleaner.cli.rules import rules
from cleaner.cli.serve import serve
from cleaner.errors import CleanerError
from cleaner.version import __version__

WRONG_USE = 2
INTERRUPTED = 130


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, message="cleaner %(version)s")
def main() -> None:
    """Gives back the article in the text of a scraped page: no boilerplate, nothing lost."""


for command in (clean, batch, explain, learn, rules, restore, review, diff, serve):
    main.add_command(command)


def run() -> int:
    """Runs the command; the exit code.  Every error is one line on standard error."""
    _open_closed_streams()
    try:
        code = main.main(standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        sys.stderr.write("cleaner: interrupted\n")
        return INTERRUPTED
    except (click.ClickException, CleanerError) as error:
        return _told(error.format_message() if isinstance(error, click.ClickException) else str(error))
    except (BrokenPipeError, SystemExit):  # click makes the one of the other
        _forget_output()
        return 0
    except OSError as error:
        _forget_output()
        where = error.filename or "standard output: cannot be written"
        return _told(f"{where}: {error.strerror or 'it is closed'}")
    except MemoryError:
        return _told("out of memory; give smaller documents or fewer --workers")
    return code if isinstance(code, int) else 0


def _open_closed_streams() -> None:
    """Opens the standard streams that the caller has closed, lest files that are opened take their place.

    Input is then empty, messages go nowhere, and to write output is an error.
    """
    for name, mode in (("stdin", "r"), ("stdout", "r"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115 - for good


def _forget_output() -> None:
    """Lets what waits to be written go nowhere, so that the end of the process does not fail on it."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _told(message: str) -> int:
    line = " ".join(message.split("\n"))
    sys.stderr.write(f"cleaner: {line}\n".encode("utf-8", "backslashreplace").decode("utf-8"))
    return WRONG_USE
