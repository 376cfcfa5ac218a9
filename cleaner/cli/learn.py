"""``cleaner learn``: rules from what sites repeat."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.options import ENCODING
from cleaner.errors import InputError
from cleaner.options import FORMATS

if TYPE_CHECKING:
    from cleaner.learning.memory import News
    from cleaner.learning.packs import Lesson as SiteLesson
    from cleaner.rules.rule import Pack

SOME_FAILED = 3
MOST_TOLD = 20  # lines that are told of each kind of news


class FieldNames(click.Command):
    """A command whose ``--by`` takes one word, or two: ``field NAME``."""

    def parse_args(self, context: click.Context, args: list[str]) -> list[str]:
        """The arguments with ``--by field NAME`` made one value."""
        joined = list(args)
        for at in range(len(joined) - 2):
            if joined[at : at + 2] == ["--by", "field"]:
                joined[at + 1 : at + 3] = [f"field {joined[at + 2]}"]
                break
        return super().parse_args(context, joined)


@click.command(cls=FieldNames)
@click.argument("corpus", nargs=-1, required=True)
@click.option("--out", required=True, metavar="PACK", help="File of rules to write; - is standard output.")
@click.option(
    "--by",
    default="site",
    show_default=True,
    metavar="WHAT",
    help="What tells sites apart: site (the host), domain, field NAME, or all for one site.",
)
@click.option("--site", metavar="HOST", help="The one site that all documents are of.")
@click.option(
    "--min-docs",
    type=click.IntRange(2),
    default=2,
    show_default=True,
    help="Documents of its site that must have a line.",
)
@click.option(
    "--min-share",
    type=click.FloatRange(0, 1),
    default=0.1,
    show_default=True,
    help="Share of its site's documents that must have it.",
)
@click.option("--keep", multiple=True, metavar="TEXT", help="Lines not to learn; @FILE reads a list.")
@click.option("--update", is_flag=True, help="Add to PACK: count on, and tell what is seen no more.")
@click.option("--overwrite", is_flag=True, help="Replace PACK.")
@click.option(
    "--container", metavar="KIND", help="txt, jsonl, csv, tsv, parquet, wet or warc [by the names]."
)
@click.option("--text-field", default="text", metavar="NAME", help="Field of the text [text].")
@click.option("--url-field", default="url", metavar="NAME", help="Field of the address [url].")
@click.option("--input-format", type=click.Choice(FORMATS), default="text", help="The markup of the text.")
@click.option(
    "--on-error",
    type=click.Choice(["fail", "skip"]),
    default="fail",
    show_default=True,
    help="A document that cannot be read: stop, or go on without it.",
)
@click.option("--workers", type=click.IntRange(1), help="Processes [one per core].")
@click.option("--memory", default="4GB", show_default=True, metavar="SIZE", help="Memory to count in.")
@click.option("-q", "--quiet", is_flag=True, help="Tell no summary.")
@ENCODING
def learn(corpus: tuple[str, ...], out: str, **values: Any) -> int:
    """Learn from many documents what their sites repeat, and write it as rules to read and change.

    CORPUS is what a batch reads: texts, HTML, records, tables, archives. `cleaner rules test PACK`
    proves the rules, `--packs PACK` applies them to documents of the same sites.
    """
    from cleaner.files import write_bytes
    from cleaner.learning import pack_text

    old = _old(out, update=values["update"], overwrite=values["overwrite"])
    lesson = Lesson(corpus, values)
    found, number = lesson.learnt(), 1
    told = [] if values["quiet"] else lesson.summary(found)
    if old:
        found, number, news = lesson.together(old, found)
        told += [] if values["quiet"] else _news(news)
    for line in told:
        click.echo(f"cleaner: {line}", err=True)
    if not any(site.lines for site in found):
        raise InputError("nothing repeats, so no rule was written: a site needs two documents of its own")
    write_bytes(out, pack_text(found, number).encode("utf-8"))
    return SOME_FAILED if lesson.failed else 0


def _old(out: str, *, update: bool, overwrite: bool) -> Pack | None:
    """The pack to add to, if any.  Raises ``InputError`` for one that would be lost."""
    from pathlib import Path

    from cleaner.rules.pack import load

    if update:
        return load(out)
    if out != "-" and Path(out).exists() and not overwrite:
        raise InputError(f"{out}: is there already; --update adds to it, --overwrite replaces it")
    return None


class Lesson:
    """One run over a corpus: what was read, and what could not be."""

    def __init__(self, corpus: tuple[str, ...], values: dict[str, Any]) -> None:
        from cleaner.batch.job import Fields
        from cleaner.learning.corpus import Namer, Reader
        from cleaner.learning.decision import Terms
        from cleaner.protection import Protection

        self.corpus = corpus
        self.skips = values["on_error"] == "skip"
        self.workers = values["workers"] or os.cpu_count() or 1
        self.memory = values["memory"]
        self.keep = Protection(values["keep"])
        self.terms = Terms(values["min_docs"], values["min_share"])
        fields = Fields(text=values["text_field"], url=values["url_field"])
        self.reader = Reader(Namer(values["by"], values["site"] or ""), fields, values["input_format"])
        self.ways = {"container": values["container"], "encoding": values["encoding"]}
        self.failed = self.documents = self.nowhere = 0

    def learnt(self) -> list[SiteLesson]:
        """What each site repeats."""
        from cleaner.learning import lessons
        from cleaner.learning.corpus import lectures
        from cleaner.learning.counts import Count

        with Count(memory=self.memory, threads=self.workers) as count:
            for lecture in lectures(self.corpus, self.reader, self.workers, **self.ways):
                if lecture.error:
                    self._failed(lecture.error)
                elif lecture.told:
                    count.add(lecture.told)
                else:
                    self.nowhere += lecture.documents
            self.documents = count.documents
            return lessons(count, self.terms, lambda line: bool(self.keep.spans(line)))

    def _failed(self, message: str) -> None:
        if not self.skips:
            raise InputError(f"{message} (--on-error skip goes on)")
        self.failed += 1
        if self.failed <= MOST_TOLD:
            click.echo(f"cleaner: {message}", err=True)

    def together(self, old: Pack, found: list[SiteLesson]) -> tuple[list[SiteLesson], int, News]:
        """The lesson of an earlier pack and this one as one, its number, and what changed."""
        from cleaner.learning.memory import lesson_number, remembered, updated

        number = lesson_number(old) + 1
        merged, news = updated(remembered(old), found, number, self.terms)
        return merged, number, news

    def summary(self, found: list[SiteLesson]) -> list[str]:
        """What was read and learnt, in lines."""
        repeating = [site for site in found if site.lines]
        lines = sum(len(site.lines) for site in repeating)
        enough = f"{len(found)} sites have {self.terms.min_docs} or more"
        told = [f"{self.documents} documents; {enough}, {len(repeating)} of them repeat {lines} lines"]
        if self.nowhere:
            told.append(
                f"{self.nowhere} documents tell no site and were left out; "
                "--url-field, --site or --by all says where they are from"
            )
        if self.failed:
            told.append(f"{self.failed} documents could not be read")
        return told


def _news(news: News) -> list[str]:
    """The lines that are seen no more, and those that an update has dropped."""
    told = []
    for what, lines in (
        ("not seen this time", news.unseen),
        ("repeats too little now, dropped", news.dropped),
    ):
        told += [
            f"{site}: {what}: {line.example!r} ({line.pages} of {line.of}, last in lesson {line.seen})"
            for site, line in lines[:MOST_TOLD]
        ]
        if len(lines) > MOST_TOLD:
            told.append(f"{len(lines) - MOST_TOLD} more lines: {what}")
    return told
