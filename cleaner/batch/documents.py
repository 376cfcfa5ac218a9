"""The documents of a corpus, only read: for counting, comparing and learning."""

from __future__ import annotations

from collections.abc import Iterator

from cleaner.batch import record
from cleaner.batch.sources import find
from cleaner.errors import InputError
from cleaner.files import decode, opened, read_bytes


def documents(name: str, field: str = "text") -> Iterator[tuple[str, str]]:
    """Name and text of each document in a file, folder or pattern.

    Raises ``InputError`` for what cannot be read, with file and line.
    """
    for source in find([name]):
        if source.is_records:
            yield from _records(source.path, field)
        else:
            yield source.name, decode(read_bytes(source.path), source.path).text


def _records(path: str, field: str) -> Iterator[tuple[str, str]]:
    with opened(path) as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                place = f"{path}:{number}"
                yield place, _text(decode(line, place).text, field, place)


def _text(line: str, field: str, place: str) -> str:
    try:
        return record.text_of(record.parse(line), field)
    except InputError as error:
        raise InputError(f"{place}: {error}") from None
