"""The cleaned texts of a run, wherever it wrote them, told apart by their hashes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cleaner.batch import record
from cleaner.batch.sources import container
from cleaner.errors import CleanerError, InputError, LedgerError
from cleaner.files import decode, opened, read_bytes
from cleaner.ledger import check_header, digest


def entries(path: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The lines of a ledger with their numbers (from 1), the header first.  Raises ``LedgerError``."""
    number = 0
    with opened(path) as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield number, _entry(line, path, number)
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

    ``out`` is what the run wrote: a file, a folder, or JSON lines.  A text that is no longer
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
    """The files of records in a folder that can be of a source: of its name, with its tree or without."""
    name = Path(source).name
    return sorted(path for path in folder.rglob("*") if path.name == name and path.is_file())


def _of_file(path: Path, line: Mapping[str, Any], text_field: str) -> Iterator[str]:
    if container(str(path)) == "jsonl":
        yield from _of_records(path, text_field)
        return
    try:
        yield decode(read_bytes(str(path)), str(path), line.get("encoding")).text
    except InputError:
        if not path.is_file():
            raise


def _of_records(path: Path, text_field: str) -> Iterator[str]:
    with opened(str(path)) as lines:
        for line in lines:
            try:
                yield record.text_of(record.parse(line.decode("utf-8-sig")), text_field)
            except (CleanerError, UnicodeDecodeError):
                continue  # a record that the run itself could not clean
