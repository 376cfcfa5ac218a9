"""``cleaner clean``: one text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.options import ENCODING, cleaner_of, cleaning_options, document_options
from cleaner.errors import InputError

if TYPE_CHECKING:
    from cleaner.cleaning import Cleaner
    from cleaner.result import Result

FOUND = 1
GUARDED = 4


@click.command()
@click.argument("file", default="-")
@click.option("-o", "--out", default="-", metavar="FILE", help="Where to write [standard output].")
@click.option("--in-place", is_flag=True, help="Write the file itself.")
@click.option("--backup", is_flag=True, help="With --in-place: keep the file as FILE.bak.")
@click.option("--ledger", metavar="FILE", help="Write what was done, enough to restore the source.")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when something would change.")
@click.option("--strict-loss", is_flag=True, help="Exit with 4 when the loss guard stopped a rule.")
@click.option("-q", "--quiet", is_flag=True, help="Tell no warnings.")
@click.option(
    "-v", "--verbose", is_flag=True, help="Tell every edit, and what protection or the guard held back."
)
@ENCODING
@document_options
@cleaning_options
def clean(file: str, out: str, **values: Any) -> int:
    """Clean one text: FILE, or standard input."""
    from cleaner.files import decode, read_bytes, write_bytes

    out = _target(file, out, values)
    cleaner = cleaner_of(values)
    data = read_bytes(file)
    read = decode(data, file, values["encoding"])
    result = cleaner.explain(read.text, url=values["url"], title=values["title"])
    if not values["quiet"]:
        _tell(cleaner, result, file, verbose=values["verbose"])
    guarded = bool(result.stopped) and values["strict_loss"]
    if values["check"]:
        return GUARDED if guarded else FOUND if result.text != read.text else 0
    cleaned = data if result.text == read.text else read.encoded(result.text)
    if values["backup"]:
        write_bytes(f"{file}.bak", data)
    if values["ledger"]:
        write_bytes(values["ledger"], _ledger(cleaner, result, file, read, data))
    write_bytes(out, cleaned)
    return GUARDED if guarded else 0


def _tell(cleaner: Cleaner, result: Result, file: str, *, verbose: bool) -> None:
    """Warnings on standard error; with ``verbose`` a line for each edit, done or not."""
    if verbose:
        from cleaner.cli.views import change_lines
        from cleaner.explanation import Explanation

        for line in change_lines(Explanation(result, cleaner.receipt["rules"], file)):
            click.echo(f"cleaner: {line}", err=True)
    for warning in result.warnings:
        click.echo(f"cleaner: {file}: {warning}", err=True)


def _target(file: str, out: str, values: dict[str, Any]) -> str:
    """Where the cleaned text goes.  Raises ``InputError`` for a place that would harm."""
    from cleaner.files import same_file

    if values["backup"] and not values["in_place"]:
        raise InputError("--backup goes with --in-place")
    if values["in_place"]:
        if file == "-" or out != "-":
            raise InputError("--in-place needs a FILE, and no --out")
        if values["ledger"] and same_file(values["ledger"], file):
            raise InputError(f"{file}: the ledger would replace the text; name another --ledger")
        return file
    for name, place in (("output", out), ("ledger", values["ledger"] or "")):
        if file != "-" and same_file(file, place):
            raise InputError(f"{place}: the {name} is the input; --in-place writes a file itself")
    return out


def _ledger(cleaner: Any, result: Any, file: str, read: Any, data: bytes) -> bytes:
    from cleaner import ledger
    from cleaner.batch.cleaned import packed

    about = {
        "id": file,
        "ordinal": 1,
        "source": file,
        "encoding": read.encoding,
        "bom": read.bom.hex(),
    }
    if result.source != read.text:
        about["packed"] = packed(data)
    lines = (cleaner.receipt, cleaner.ledger_entry(result, **about))
    return "".join(ledger.dump(line) + "\n" for line in lines).encode("utf-8")
