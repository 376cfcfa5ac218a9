"""``cleaner explain``: what goes from a text, and why."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.options import ENCODING, cleaner_of, cleaning_options, document_options

if TYPE_CHECKING:
    from cleaner.cleaning import Cleaner
    from cleaner.document import Edit
    from cleaner.result import Result

CONTEXT = 2  # lines told round an edit
SHOWN = 300  # characters of a removed text that are told


@click.command()
@click.argument("file", default="-")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "marked", "json"]),
    default="text",
    show_default=True,
    help="For people, as CriticMarkup (a fixture), or as a ledger line.",
)
@click.option(
    "--html", "page", metavar="FILE", help="Write a page to look through and judge; - is standard output."
)
@click.option("--color/--no-color", default=None, help="Colours [on a terminal].")
@ENCODING
@document_options
@cleaning_options
def explain(file: str, form: str, page: str | None, **values: Any) -> int:
    """Show what would go from a text, the rule that says so, and why."""
    from cleaner.files import decode, read_bytes

    cleaner = cleaner_of(values)
    read = decode(read_bytes(file), file, values["encoding"])
    result = cleaner.explain(read.text, url=values["url"], title=values["title"])
    if page:
        _write_page(page, file, cleaner, result, values["url"])
    elif form == "marked":
        click.echo(result.marked().encode("utf-8", "surrogatepass"), nl=False)
    elif form == "json":
        click.echo(_json(result, file))
    else:
        click.echo(_told(result, file), color=values["color"])
    return 0


def _write_page(page: str, file: str, cleaner: Cleaner, result: Result, url: str | None) -> None:
    from cleaner.errors import InputError
    from cleaner.files import same_file, write_bytes
    from cleaner.review.one import page_of

    if same_file(page, file):
        raise InputError(f"{page}: the page would replace the text; name another --html")
    write_bytes(page, page_of(cleaner, result, file, url).encode("utf-8"))


def _json(result: Result, file: str) -> str:
    told = result.ledger(id=file, source=file)
    for edit, row in zip(result.edits, told["edits"], strict=True):
        row.append(edit.why)
    return json.dumps(told, ensure_ascii=False, indent=1)


def _told(result: Result, file: str) -> str:
    """Each edit as ``file:line``, its rule and reason, and the text with what goes marked."""
    from cleaner.document import split_lines

    starts = split_lines(result.source)[1]
    parts = [_one(result, edit, file, starts) for edit in result.edits]
    parts += [click.style(f"{file}: {warning}", fg="yellow") for warning in result.warnings]
    words = result.removed_words()
    count = len(result.edits)
    parts.append(f"{file}: {count} edit{'s' * (count != 1)}, {words} words removed, {result.state}")
    return "\n\n".join(parts)


def _one(result: Result, edit: Edit, file: str, starts: list[int]) -> str:
    from bisect import bisect_right

    line = bisect_right(starts, edit.start)
    head = click.style(f"{file}:{line}: ", bold=True) + click.style(edit.rule, fg="cyan")
    why = f"{edit.why} ({edit.confidence:.0%} sure)"
    old = _short(result.source[edit.start : edit.end].strip("\r\n"))
    body = []
    if old.strip():
        body += [click.style(f"- {text}", fg="red") for text in old.splitlines() if text.strip()]
    if edit.new:
        body.append(_repaired(result, edit))
    over = [f"  (took the place of {', '.join(edit.over)})"] if edit.over else []
    return "\n".join([head, f"  {why}", *over, *(f"  {text}" for text in body)])


def _short(text: str) -> str:
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _repaired(result: Result, edit: Edit) -> str:
    """The repaired place with a few characters round it."""
    source = result.source
    before = source[max(0, edit.start - 20) : edit.start].rpartition("\n")[2]
    after = source[edit.end : edit.end + 30].partition("\n")[0]
    return f"+ {before}{click.style(edit.new, fg='green', bold=True)}{after}"
