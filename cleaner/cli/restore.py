"""``cleaner restore``: the sources back, from cleaned texts and their ledger."""

from __future__ import annotations

import click


@click.command()
@click.argument("clean")
@click.option("--ledger", "book", required=True, metavar="FILE", help="The ledger of the run.")
@click.option("-o", "--out", default="-", metavar="DST", help="Where to write [standard output].")
@click.option("--text-field", default="text", metavar="NAME", help="Field of the cleaned text [text].")
@click.option("--source-field", default="", metavar="NAME", help="Field of the source [the text field].")
def restore(clean: str, book: str, out: str, text_field: str, source_field: str) -> int:
    """Give the sources back byte for byte: of a file, a folder, or JSON lines."""
    from cleaner.batch.restored import Restoration

    count = Restoration(clean, book, out, text_field, source_field or text_field).go()
    click.echo(f"cleaner: {count} documents restored", err=True)
    return 0
