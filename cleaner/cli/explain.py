"""``cleaner explain``: what goes from a text, and why; and why what stayed did."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.options import ENCODING, cleaner_of, cleaning_options, document_options
from cleaner.cli.views import VIEWS
from cleaner.errors import OptionError

if TYPE_CHECKING:
    from cleaner.cleaning import Cleaner
    from cleaner.result import Result

FORMATS = ("text", "marked", "json", "sarif")
GUARDED = 4


@click.command()
@click.argument("file", default="-")
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="For people, as CriticMarkup (a fixture), as JSON, or as findings for editors and reviews.",
)
@click.option(
    "--view",
    type=click.Choice(VIEWS),
    default="edits",
    show_default=True,
    help="Of the text format: edit by edit, in the text, or source and clean text side by side.",
)
@click.option("--why-not", metavar="LINE", help="Why a line stayed: its number, or text that stands on it.")
@click.option(
    "--html", "page", metavar="FILE", help="Write a page to look through and judge; - is standard output."
)
@click.option("--color/--no-color", default=None, help="Colours [on a terminal].")
@click.option("--strict-loss", is_flag=True, help="Exit with 4 when the loss guard stopped a rule.")
@ENCODING
@document_options
@cleaning_options
def explain(file: str, form: str, page: str | None, **values: Any) -> int:
    """Show what would go from a text, the rule that says so, and why; or why a line stays."""
    from cleaner.files import decode, read_bytes

    cleaner = cleaner_of(values)
    read = decode(read_bytes(file), file, values["encoding"])
    if values["why_not"] is not None:
        return _why_not(cleaner, read.text, file, form, values)
    result = cleaner.explain(read.text, url=values["url"], title=values["title"])
    if page:
        _write_page(page, file, cleaner, result, values["url"])
    elif form == "marked":
        click.echo(result.marked().encode("utf-8", "surrogatepass"), nl=False)
    else:
        _told(cleaner, result, file, form, values)
    return GUARDED if result.stopped and values["strict_loss"] else 0


def _told(cleaner: Cleaner, result: Result, file: str, form: str, values: dict[str, Any]) -> None:
    from cleaner.explanation import Explanation

    explanation = Explanation(result, cleaner.receipt["rules"], file)
    if form == "json":
        write_json(explanation.told())
    elif form == "sarif":
        from cleaner.sarif import sarif

        write_json(sarif(explanation))
    else:
        from cleaner.cli.views import console, show

        show(explanation, values["view"], console(color=values["color"]))


def _why_not(cleaner: Cleaner, text: str, file: str, form: str, values: dict[str, Any]) -> int:
    if form not in ("text", "json"):
        raise OptionError(f"--why-not answers as text or json, not as {form}")
    answers = cleaner.why_not(text, url=values["url"], title=values["title"]).ask(values["why_not"])
    if form == "json":
        write_json([answer.as_json() for answer in answers])
    else:
        from cleaner.cli.views import console, show_answers

        show_answers(answers, file, console(color=values["color"]))
    return 0


def write_json(value: Any) -> None:
    """JSON on standard output; as ASCII when a lone surrogate is in it."""
    text = json.dumps(value, ensure_ascii=False, indent=1)
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError:
        data = json.dumps(value, indent=1).encode("ascii")
    click.echo(data)


def _write_page(page: str, file: str, cleaner: Cleaner, result: Result, url: str | None) -> None:
    from cleaner.errors import InputError
    from cleaner.files import same_file, write_bytes
    from cleaner.review.one import page_of

    if same_file(page, file):
        raise InputError(f"{page}: the page would replace the text; name another --html")
    write_bytes(page, page_of(cleaner, result, file, url).encode("utf-8"))
