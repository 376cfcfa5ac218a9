"""``cleaner diff``: what a change of rules gains and loses on a corpus."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.options import CLEANING, ENCODING, settings_of
from cleaner.errors import CleanerError

if TYPE_CHECKING:
    from rich.text import Text

    from cleaner.batch.job import Fields, Job
    from cleaner.comparison import Account, Comparison, Row

DIFFERENT = 1
SOME_FAILED = 3
FORMATS = ("text", "json")
FIELDS = ("text", "id", "url", "title", "lang")


def _cleaning_options(command: Any) -> Any:
    """The options of cleaning but those that name packs, which are here the two sides."""
    from cleaner.cli.options import names_of

    for option in reversed(CLEANING):
        if not {"packs", "packs_only"} & names_of(option):
            command = option(command)
    return command


def _field_options(command: Any) -> Any:
    for name in reversed(FIELDS):
        told = f"Field of JSON lines: the {name} [{name}]."
        command = click.option(f"--{name}-field", default=name, metavar="NAME", help=told)(command)
    return command


@click.command()
@click.argument("corpus", nargs=-1, required=True)
@click.option(
    "--packs",
    "sides",
    nargs=2,
    required=True,
    metavar="OLD NEW",
    help="The two sides: a pack, a folder of packs, or shipped; several with commas.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="For people, or with all rules as JSON.",
)
@click.option(
    "--samples", type=click.IntRange(0), default=3, show_default=True, help="Samples of a rule and side."
)
@click.option("--limit", type=click.IntRange(1), metavar="N", help="Compare the first N documents only.")
@click.option("--workers", type=click.IntRange(1), help="Processes [one per core].")
@click.option("--check", is_flag=True, help="Exit with 1 when the sides differ.")
@click.option("--color/--no-color", default=None, help="Colours [on a terminal].")
@ENCODING
@_field_options
@_cleaning_options
def diff(corpus: tuple[str, ...], sides: tuple[str, str], form: str, **values: Any) -> int:
    """Compare two sets of packs on a corpus: files and folders of texts, JSON lines.

    For each rule: words that both sides remove, only the old one, only the new one, with samples.
    """
    from cleaner.batch.job import Fields
    from cleaner.cli.explain import write_json
    from cleaner.comparison import Account, Comparison

    fields = Fields(**{name: values[f"{name}_field"] for name in FIELDS})
    work = Compared(Comparison.of(*sides, **settings_of(values)), fields, values["encoding"])
    account, failed = Account(values["samples"]), 0
    for rows, error in _compared(work, corpus, values):
        if error:
            click.echo(f"cleaner: {error}", err=True)
            failed += 1
        elif rows is not None:
            account.add(rows)
    if form == "json":
        write_json({"old": sides[0], "new": sides[1], **account.told(), "failed": failed})
    else:
        _show(account, color=values["color"])
    if failed:
        return SOME_FAILED
    return DIFFERENT if values["check"] and account.differing else 0


Outcome = tuple[dict[str, "Row"] | None, str]


@dataclass(frozen=True)
class Compared:
    """Compares one document, wherever it is from; picklable."""

    comparison: Comparison
    fields: Fields
    encoding: str | None

    def __call__(self, job: Job) -> Outcome:
        """The rows of the document, none for a blank line, or why it failed in one line."""
        place = job.source if job.name else f"{job.source}:{job.ordinal}"
        try:
            return (self._file(job) if job.name else self._record(job)), ""
        except CleanerError as error:
            told = str(error)
            return None, told if told.startswith(place) else f"{place}: {told}"

    def _file(self, job: Job) -> dict[str, Row]:
        from cleaner.files import decode

        return self.comparison.rows(job.source, decode(job.data, job.source, self.encoding).text)

    def _record(self, job: Job) -> dict[str, Row] | None:
        from cleaner.batch import record
        from cleaner.files import decode

        line = decode(job.data, f"{job.source}:{job.ordinal}").text
        if not line.strip():
            return None
        values = record.parse(line)
        about = {name: values.get(getattr(self.fields, name)) for name in ("url", "title", "lang")}
        told = {name: value for name, value in about.items() if isinstance(value, str) and value}
        ident = values.get(self.fields.id) or f"{job.source}:{job.ordinal}"
        return self.comparison.rows(str(ident), record.text_of(values, self.fields.text), **told)


def _compared(work: Compared, corpus: tuple[str, ...], values: dict[str, Any]) -> Iterator[Outcome]:
    from itertools import islice

    from cleaner.workers import in_order

    jobs = islice(_jobs(corpus), values["limit"])
    return in_order(work, jobs, values["workers"] or os.cpu_count() or 1, size=lambda job: len(job.data))


def _jobs(corpus: tuple[str, ...]) -> Iterator[Job]:
    """Each file, and each line of JSON lines, as a job."""
    from cleaner.batch.job import Job
    from cleaner.batch.sources import find
    from cleaner.files import opened, read_bytes

    for source in find(corpus):
        if not source.is_records:
            yield Job(source.path, 1, read_bytes(source.path), source.name)
            continue
        with opened(source.path) as file:
            for ordinal, line in enumerate(file, 1):
                yield Job(source.path, ordinal, line)


# -- for people ---------------------------------------------------------------------------


def _show(account: Account, *, color: bool | None) -> None:
    from rich.table import Table

    from cleaner.cli.views import console

    out = console(color=color)
    changed = {rule: row for rule, row in sorted(account.rows.items()) if row.differs}
    table = Table(box=None, header_style="bold")
    table.add_column("rule", overflow="fold")
    for name in ("both", "only old", "only new", "elsewhere", "documents"):
        table.add_column(name, justify="right")
    for rule, row in changed.items():
        counts = {side: row.words[side] + row.repairs.get(side, 0) for side in row.words}
        table.add_row(rule, *map(str, counts.values()), str(row.documents))
    if changed:
        out.print(table)
    for rule, row in changed.items():
        for line in _samples(rule, row):
            out.print(line, soft_wrap=True)
    total = account.totals
    out.print(
        f"{account.documents} documents, {account.differing} differ; words removed by both {total['both']}, "
        f"only old {total['only_old']}, only new {total['only_new']}",
        soft_wrap=True,
    )


def _samples(rule: str, row: Row) -> Iterator[Text]:
    from cleaner.cli.views import assembled, visible

    if any(row.samples.values()):
        yield assembled("")
        yield assembled((rule, "bold cyan"))
    marks = (("only_old", "- only old", "red"), ("only_new", "+ only new", "green"))
    for side, mark, style in marks:
        for sample in row.samples[side]:
            before, text, after = (visible(" \u23ce ".join(part.split("\n"))) for part in sample[1:])
            place = f"  {mark}  {visible(sample.document)}: "
            yield assembled((place, "dim"), before, (f"[-{text}-]", style), after)
