"""``cleaner review``: a page on which the decisions of a run are looked at and judged."""

from __future__ import annotations

from typing import Any

import click


@click.command()
@click.argument("ledger")
@click.option("--clean", required=True, metavar="DST", help="What the run wrote: file, folder, JSON lines.")
@click.option("--out", "-o", required=True, metavar="FILE", help="The page to write; - is standard output.")
@click.option(
    "--sample",
    type=click.IntRange(1, 10_000),
    default=100,
    show_default=True,
    help="How many documents: some for every rule, the greatest losses, the rest by lot.",
)
@click.option("--text-field", default="text", metavar="NAME", help="Field of the cleaned text [text].")
@click.option("-q", "--quiet", is_flag=True, help="Tell no summary.")
def review(ledger: str, clean: str, out: str, **values: Any) -> int:
    """Write a page to judge what a run removed, from its LEDGER and its output.

    The page is one file that works offline: look at every removal, accept or reject it, switch rules off
    and on, and export the decisions as fixtures, examples for rules, and an allow list.
    """
    from cleaner.errors import InputError
    from cleaner.files import same_file, write_bytes
    from cleaner.review.run import Review

    for name in (ledger, clean):
        if same_file(name, out):
            raise InputError(f"{out}: the page would replace what it is made of; name another --out")
    work = Review(ledger, clean, values["sample"], values["text_field"])
    write_bytes(out, work.page().encode("utf-8"))
    if not values["quiet"]:
        click.echo(f"cleaner: {out}: {' '.join(work.notes)}", err=True)
    return 0
