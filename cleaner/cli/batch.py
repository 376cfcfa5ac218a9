"""``cleaner batch``: many documents."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.options import ENCODING, cleaner_of, cleaning_options
from cleaner.errors import InputError

if TYPE_CHECKING:
    import logging

    from cleaner.batch.plan import Plan
    from cleaner.batch.progress import Progress
    from cleaner.batch.run import Run
    from cleaner.batch.tally import Tally

SOMETHING_TO_REMOVE = 1
SOME_FAILED = 3
GUARDED = 4
MEGABYTE = 1_000_000
FIELDS = ("text", "out", "id", "url", "title", "lang", "site")

RECORDS = (
    click.option("--container", metavar="KIND",
                 help="txt, jsonl, csv, tsv, parquet, wet or warc [what the sources' names tell]."),
    click.option("--text-field", default="text", metavar="NAME",
                 help="Field of the text; a.b is field b in a [text]."),
    click.option("--out-field", default="", metavar="NAME",
                 help="Field of the cleaned text [the text field]."),
    click.option("--id-field", default="id", metavar="NAME", help="Field of the id, for the ledger [id]."),
    click.option("--url-field", default="url", metavar="NAME", help="Field of the address [url]."),
    click.option("--title-field", default="title", metavar="NAME", help="Field of the title [title]."),
    click.option("--lang-field", default="lang", metavar="NAME", help="Field of the language [lang]."),
    click.option("--site-field", default="", metavar="NAME",
                 help="Field of the site whose learnt rules apply [the address tells]."),
)  # fmt: skip
CHOICE = (
    click.option("--limit", type=click.IntRange(1), metavar="N", help="Clean the first N documents only."),
    click.option("--sample", type=click.FloatRange(0, 1), metavar="SHARE",
                 help="Clean this share of the documents only, always the same ones."),
    click.option("--only-state", multiple=True, metavar="STATES",
                 help="Write only documents of these states (complete, cut, error page and so on)."),
    click.option("--drop-state", multiple=True, metavar="STATES", help="Do not write documents of these."),
    click.option("--dedup", type=click.Choice(["documents", "paragraphs", "both"]),
                 help="Leave out what an earlier document of the run has word for word."),
    click.option("--learn", is_flag=True,
                 help="Read all documents first, and clean each of what its site repeats as well."),
)  # fmt: skip
FAULTS = (
    click.option("--on-error", type=click.Choice(["fail", "skip", "keep"]), default="fail", show_default=True,
                 help="A document that cannot be cleaned: stop, leave it out, or pass it on."),
    click.option("--timeout", type=click.FloatRange(0, min_open=True), metavar="SECONDS",
                 help="A document that takes longer fails [no limit]."),
    click.option("--max-document", type=click.FloatRange(0, min_open=True), metavar="MB",
                 help="A document that is longer, decompressed, fails [256]."),
    click.option("--resume", is_flag=True, help="Go on where an earlier run of this command was stopped."),
    click.option("--overwrite", is_flag=True, help="Replace outputs that are there already."),
)  # fmt: skip
ACCOUNT = (
    click.option("--ledger", metavar="FILE", help="Write what was done, enough to restore every source."),
    click.option("--ledger-format", type=click.Choice(["jsonl", "dolma", "parquet"]),
                 help="Form of the ledger; jsonl alone restores [told from its name]."),
    click.option("--report", metavar="FILE", help="Write what the run did, as a page (.html) or .json."),
    click.option("--errors", metavar="FILE", help="Write the documents that failed, as JSON lines."),
    click.option("--dry-run", is_flag=True, help="Write no documents; name those that would change."),
    click.option("--check", is_flag=True,
                 help="As --dry-run; exit with 1 when there is something to remove."),
    click.option("--strict-loss", is_flag=True, help="Exit with 4 when the loss guard stopped a rule."),
    click.option("--log-format", type=click.Choice(["text", "json"]), default="text", show_default=True,
                 help="How the run tells what happens."),
    click.option("-q", "--quiet", is_flag=True, help="Tell no summary, show no progress."),
)  # fmt: skip


def _options(command: Callable[..., int]) -> Callable[..., int]:
    for option in reversed((*RECORDS, *CHOICE, *FAULTS, *ACCOUNT)):
        command = option(command)
    return command


@click.command()
@click.argument("src", nargs=-1, required=True)
@click.option("--out", metavar="DST", help="File or folder to write; - is standard output.")
@_options
@click.option("--workers", type=click.IntRange(1), help="Processes [one per core].")
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="Whose processes: of this machine, or of a Ray cluster.",
)
@click.option(
    "--address",
    metavar="ADDRESS",
    help="The Ray cluster; auto finds the one this machine is of [$RAY_ADDRESS, else a new one].",
)
@ENCODING
@cleaning_options
def batch(src: tuple[str, ...], **values: Any) -> int:
    """Clean many documents: text and HTML files, JSON lines, tables, parquet, WET and WARC.

    SRC are files, folders, patterns, or - for standard input; plain, .gz, .bz2, .xz, .zst.  Names,
    folders, the order of records and every field but the text are kept; another kind of name for DST
    converts.  Several sources go into a folder, or into one file of records.
    """
    from cleaner.batch.run import Run

    run = Run(_plan(src, values), cleaner_of(values))
    with _engine(run, values), _watch(run, values) as watch:
        tally = run.go(watch)
        if not values["quiet"]:
            if run.learnt:
                watch.tell(run.learnt)
            watch.summary(tally)
    return _code(tally, values)


def _plan(src: tuple[str, ...], values: dict[str, Any]) -> Plan:
    """What the options ask for.  Raises ``click.UsageError`` when it is not said where to write."""
    from cleaner.batch.containers.stream import LONGEST
    from cleaner.batch.job import Fields
    from cleaner.batch.plan import Plan

    writes = not (values["dry_run"] or values["check"])
    if writes and not values["out"]:
        raise click.UsageError("Missing option '--out'.")
    same = ("container", "encoding", "ledger", "report", "errors", "on_error", "overwrite", "resume",
            "timeout", "limit", "sample", "dedup", "learn")  # fmt: skip
    return Plan(
        sources=src,
        out=values["out"] if writes else None,
        fields=Fields(*(values[f"{name}_field"] for name in FIELDS)),
        ledger_form=values["ledger_format"],
        workers=values["workers"] or _cores(),
        only_states=_split(values["only_state"]),
        drop_states=_split(values["drop_state"]),
        longest=int(values["max_document"] * MEGABYTE) if values["max_document"] else LONGEST,
        **{name: values[name] for name in same},
    )


@contextmanager
def _engine(run: Run, values: dict[str, Any]) -> Iterator[None]:
    """Gives a run the workers of an engine, for its time.  Raises ``InputError`` when there are none."""
    if values["engine"] == "local":
        if values["address"]:
            raise click.UsageError("--address is that of a cluster; say --engine ray too.")
        yield
        return
    try:
        from cleaner.integrations import ray_workers
    except ImportError:
        raise InputError("the engine ray needs a package: pip install 'article-cleaner[ray]'") from None
    with ray_workers.cluster(values["address"], values["workers"]) as workers:
        run.in_order, run.plan = ray_workers.in_order, replace(run.plan, workers=workers)
        yield


def _cores() -> int:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _split(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def _code(tally: Tally, values: dict[str, Any]) -> int:
    if tally.failed:
        return SOME_FAILED
    if tally.guarded and values["strict_loss"]:
        return GUARDED
    return SOMETHING_TO_REMOVE if values["check"] and (tally.edited or tally.duplicates) else 0


# -- who looks on -------------------------------------------------------------------------


@contextmanager
def _watch(run: Run, values: dict[str, Any]) -> Iterator[_Person | _Machine]:
    if values["log_format"] == "json":
        from cleaner.log import json_lines

        with json_lines(sys.stderr) as logger:
            yield _Machine(logger)
        return
    from cleaner.batch.progress import Progress

    with Progress(run.reading.size, wanted=not values["quiet"]) as progress:
        yield _Person(progress)


@dataclass
class _Person:
    """Someone at a terminal, or who reads what was told later."""

    progress: Progress

    def update(self, tally: Tally, done: int) -> None:
        self.progress.update(tally, done)

    def tell(self, message: str, **_: Any) -> None:
        self.progress.tell(f"cleaner: {message}")

    def summary(self, tally: Tally) -> None:
        self.progress.finish(tally)
        self.tell(_summary(tally))


@dataclass
class _Machine:
    """A program that collects lines of JSON."""

    logger: logging.Logger

    def update(self, tally: Tally, done: int) -> None:
        """Wants no progress."""

    def tell(self, message: str, **about: Any) -> None:
        self.logger.warning("%s", message, extra={"about": about})

    def summary(self, tally: Tally) -> None:
        about = {
            "documents": tally.documents, "changed": tally.edited, "words_removed": tally.removed,
            "failed": tally.failed, "guarded": tally.guarded, "left_out": dict(tally.left_out),
            "seconds": round(tally.elapsed, 3),
        }  # fmt: skip
        self.logger.info("%s", _summary(tally), extra={"about": about})


def _summary(tally: Tally) -> str:
    documents, removed = _number(tally.documents, "document"), _number(tally.removed, "word")
    parts = [f"{documents}, {tally.edited} changed, {removed} removed"]
    if tally.guarded:
        parts.append(f"{tally.guarded} with a rule stopped by the loss guard")
    parts += [f"{number} left out ({state})" for state, number in sorted(tally.left_out.items())]
    parts += [
        _number(group.documents, f"duplicate {kind.removesuffix('s')}")
        for kind, group in sorted(tally.duplicates.items())
    ]
    if tally.failed:
        parts.append(f"{tally.failed} failed")
    return ", ".join(parts)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
