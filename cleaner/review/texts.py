"""The cleaned texts of a run, wherever and in whatever form it wrote them, told apart by their hashes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cleaner.batch.containers.names import WARC, WET, form_of
from cleaner.batch.containers.stream import Stream
from cleaner.batch.job import Fields
from cleaner.batch.reading import Reading, Ways, needed
from cleaner.batch.sources import Source
from cleaner.errors import CleanerError, InputError, LedgerError
from cleaner.ledger import check_header, digest


def entries(path: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The lines of a ledger with their numbers (from 1), the header first.  Raises ``LedgerError``."""
    number = 0
    with Stream(path, form_of(path).compression) as lines:
        for number, line in enumerate(iter(lines.readline, b""), 1):
            if line.strip() and not lines.fault:
                yield number, _entry(line, path, number)
    if lines.fault:
        raise LedgerError(f"{path}: {lines.fault}")
    if not number:
        raise LedgerError(f"{path}: is empty, not a ledger")


def _entry(line: bytes, path: str, number: int) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        raise LedgerError(f"{path}:{number}: not JSON: is it a ledger?") from None
    if number == 1:
        try:
            return check_header(entry)
        except LedgerError as error:
            raise LedgerError(f"{path}: {error}") from None
    if not isinstance(entry, dict):
        raise LedgerError(f"{path}:{number}: not a document's line of a ledger")
    return entry


def clean_hash(entry: Mapping[str, Any]) -> str:
    """The hash of the cleaned text that a document's line tells of, or nothing."""
    hashes = entry.get("hash")
    return str(hashes.get("clean") or "") if isinstance(hashes, dict) else ""


def find(out: str, wanted: Iterable[Mapping[str, Any]], text_field: str) -> dict[str, str]:
    """The cleaned texts of the ``wanted`` documents' lines, by their hashes.

    ``out`` is what the run wrote: a folder, a file, or one of records in any form.  A text that is no longer
    there, or no longer what it was, is left out.  Raises ``InputError`` when ``out`` cannot be read.
    """
    lines = list(wanted)
    hashes = {clean_hash(line) for line in lines}
    found: dict[str, str] = {}
    for text in _texts(Path(out), lines, text_field):
        if len(found) == len(hashes):
            break
        key = digest(text)
        if key in hashes:
            found[key] = text
    return found


def _texts(out: Path, lines: list[Mapping[str, Any]], text_field: str) -> Iterator[str]:
    if not out.is_dir():
        yield from _of_file(out, lines[0] if lines else {}, text_field)
        return
    others: dict[Path, None] = {}
    for line in lines:
        own = _inside(out, str(line.get("id")))
        if own:
            yield from _of_file(own, line, text_field)
        else:
            others |= dict.fromkeys(_records_of(out, str(line.get("source"))))
    for path in others:
        yield from _of_file(path, {}, text_field)


def _inside(folder: Path, name: str) -> Path | None:
    """The file of that name in the folder, if there is one."""
    if Path(name).is_absolute() or ".." in Path(name).parts or "\0" in name:
        return None
    path = folder / name
    return path if path.is_file() else None


def _records_of(folder: Path, source: str) -> list[Path]:
    """The files of records in a folder that can be of a source: of its name, with its tree or without.

    Of a web archive the run wrote the texts, as WET.
    """
    name = Path(source).name
    names = {name, name.replace(f".{WARC}", f".{WARC}.{WET}", 1)}
    return sorted(path for path in folder.rglob("*") if path.name in names and path.is_file())


def _of_file(path: Path, line: Mapping[str, Any], text_field: str) -> Iterator[str]:
    """The texts in a file; what the run itself could not clean, or left damaged, is passed over."""
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    form = form_of(str(path))
    needed([form])
    ways = Ways(Fields(text=text_field), line.get("encoding"))
    for job in Reading([Source(str(path), path.name)], [form], ways).jobs():
        if job.codec is None or job.fault:
            continue
        try:
            record = job.codec.opened(job, ways.fields)
        except CleanerError:
            continue
        if record:
            yield record.text
