"""``cleaner restore``: the sources back, or some of what went, from cleaned texts and their ledger."""

from __future__ import annotations

from typing import Any

import click

CHOICES = (
    ("only-rule", "only_rules", "Undo what this rule did, and nothing else"),
    ("except-rule", "except_rules", "Undo all but what this rule did"),
    ("only-family", "only_families", "The same for a family, such as related"),
    ("except-family", "except_families", "The same for a family"),
)


def _choosing(command: Any) -> Any:
    """Adds the options that choose among the edits."""
    for name, place, told in reversed(CHOICES):
        told_whole = f"{told}; may be given again, or with commas."
        command = click.option(f"--{name}", place, multiple=True, metavar="NAMES", help=told_whole)(command)
    return command


@click.command()
@click.argument("clean")
@click.option("--ledger", "book", required=True, metavar="FILE", help="The ledger of the run.")
@click.option("-o", "--out", default="-", metavar="DST", help="Where to write [standard output].")
@click.option("--text-field", default="text", metavar="NAME", help="Field of the cleaned text [text].")
@click.option("--source-field", default="", metavar="NAME", help="Field of the source [the text field].")
@click.option(
    "--ledger-out",
    default="",
    metavar="FILE",
    help="Of some edits undone: the ledger of those that are left.",
)
@_choosing
def restore(clean: str, book: str, out: str, **values: Any) -> int:
    """Give the sources back byte for byte, of a file, a folder, or records; or undo only some edits.

    Some edits: the others are applied to the source again; nothing is cleaned anew.
    """
    from cleaner.batch.restored import Restoration
    from cleaner.selection import names_in
    from cleaner.undoing import Undoing

    undoing = Undoing(**{place: names_in(values[place]) for _, place, _ in CHOICES})
    field = values["text_field"]
    fields = (field, values["source_field"] or field)
    job = Restoration(clean, book, out, *fields, undoing, values["ledger_out"])
    count = job.go()
    told = "documents with some edits undone" if undoing else "documents restored"
    missing = f", {job.missing} that the run left out are not put back" if job.missing else ""
    click.echo(f"cleaner: {count} {told}{missing}", err=True)
    return 0
