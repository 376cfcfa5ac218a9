"""The documents of a corpus of any container, only read: for counting, comparing and learning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from cleaner.batch.containers.names import JSONL, TXT, WARC, Form, form_of
from cleaner.batch.job import Fields, Job, Record
from cleaner.batch.reading import Reading, Ways, needed, resolved
from cleaner.batch.sources import find
from cleaner.errors import InputError


def documents(name: str, field: str = "text") -> Iterator[tuple[str, str]]:
    """Name and text of each document in a file, folder or pattern, of any container that a batch reads.

    The pages of a WARC come as their text.  Raises ``InputError`` for what cannot be read, with file
    and record.
    """
    reading = reading_of([name], Fields(text=field))
    for job in reading.jobs():
        record = _opened(job, reading.ways.fields)
        if record:
            yield _place(job), _text(record, reading.forms[job.index])


def reading_of(
    names: Sequence[str], fields: Fields, container: str | None = None, encoding: str | None = None,
    *, html: bool = False,
) -> Reading:  # fmt: skip
    """The reading of files and folders; ``html`` says that the texts of records are pages.

    Raises ``InputError`` for a name that is nothing, and for a package that is missing.
    """
    sources = find(names, known=lambda name: form_of(name, container).container)
    found = [form_of(source.path, container) for source in sources]
    forms = [
        form if form.container else Form(JSONL if source.path == "-" else TXT, form.compression)
        for source, form in zip(sources, found, strict=True)
    ]
    needed(forms)
    pages = html or any(form.container == WARC for form in forms)
    return Reading(sources, forms, Ways(resolved(fields, pages=pages), encoding))


def _opened(job: Job, fields: Fields) -> Record | None:
    """The record of a job, nothing where there is none.  Raises ``InputError`` with its place."""
    try:
        return _record(job, fields)
    except InputError as error:
        told = str(error)
        place = job.source if job.name else _place(job)
        raise InputError(told if told.startswith(job.source) else f"{place}: {told}") from None


def _record(job: Job, fields: Fields) -> Record | None:
    if job.fault:
        raise InputError(job.fault)
    return job.codec.opened(job, fields) if job.codec else None


def _place(job: Job) -> str:
    return job.name or f"{job.source}:{job.ordinal}"


def _text(record: Record, form: Form) -> str:
    if not (record.page and form.container == WARC):
        return record.text
    from cleaner.markup import html_to_text

    return html_to_text(record.text).text
