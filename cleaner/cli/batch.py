"""``cleaner batch``: many documents."""

from __future__ import annotations

import os
from typing import Any

import click

from cleaner.cli.options import ENCODING, cleaner_of, cleaning_options

SOME_FAILED = 3
GUARDED = 4


@click.command()
@click.argument("src", nargs=-1, required=True)
@click.option("--out", required=True, metavar="DST", help="File or folder to write; - is standard output.")
@click.option("--text-field", default="text", metavar="NAME", help="Field of the text [text].")
@click.option("--out-field", default="", metavar="NAME", help="Field of the cleaned text [the text field].")
@click.option("--id-field", default="id", metavar="NAME", help="Field of the id, for the ledger [id].")
@click.option("--url-field", default="url", metavar="NAME", help="Field of the address [url].")
@click.option("--title-field", default="title", metavar="NAME", help="Field of the title [title].")
@click.option("--lang-field", default="lang", metavar="NAME", help="Field of the language [lang].")
@click.option("--ledger", metavar="FILE", help="Write what was done, enough to restore every source.")
@click.option(
    "--on-error",
    type=click.Choice(["fail", "skip", "keep"]),
    default="fail",
    show_default=True,
    help="A document that cannot be cleaned: stop and write nothing, leave it out, or pass it on.",
)
@click.option("--workers", type=click.IntRange(1), help="Processes [one per core].")
@click.option("--overwrite", is_flag=True, help="Replace outputs that are there already.")
@click.option("--strict-loss", is_flag=True, help="Exit with 4 when the loss guard stopped a rule.")
@click.option("-q", "--quiet", is_flag=True, help="Tell no summary.")
@ENCODING
@cleaning_options
def batch(src: tuple[str, ...], out: str, **values: Any) -> int:
    """Clean many documents: text and HTML files, folders of them, JSON lines.

    Names and folders are kept, records keep their order, and every field but the text its bytes.
    """
    from cleaner.batch.cleaned import Fields
    from cleaner.batch.run import Plan, Run

    fields = Fields(*(values[f"{name}_field"] for name in ("text", "out", "id", "url", "title", "lang")))
    plan = Plan(
        sources=src,
        out=out,
        fields=fields,
        encoding=values["encoding"],
        ledger=values["ledger"],
        workers=values["workers"] or os.cpu_count() or 1,
        on_error=values["on_error"],
        overwrite=values["overwrite"],
    )
    totals = Run(plan, cleaner_of(values), lambda line: click.echo(f"cleaner: {line}", err=True)).go()
    if not values["quiet"]:
        click.echo(_summary(totals), err=True)
    if totals.failed:
        return SOME_FAILED
    return GUARDED if totals.guarded and values["strict_loss"] else 0


def _summary(totals: Any) -> str:
    parts = [f"{totals.documents} documents, {totals.edited} changed, {totals.words.total()} words removed"]
    if totals.guarded:
        parts.append(f"{totals.guarded} with a rule stopped by the loss guard")
    if totals.failed:
        parts.append(f"{totals.failed} failed")
    return "cleaner: " + ", ".join(parts)
