"""What a batch reads: files, folders with their tree, globs, and standard input."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from cleaner.errors import InputError

TEXTS = (".txt", ".text", ".md", ".markdown", ".html", ".htm", ".xhtml")
RECORDS = (".jsonl", ".ndjson")


@dataclass(frozen=True)
class Source:
    """A file to read and the name (relative, with ``/``) that its output bears."""

    path: str
    name: str

    @property
    def is_records(self) -> bool:
        """Whether each line is a record of its own."""
        return container(self.path) == "jsonl"


def container(path: str) -> str:
    """What a file's name says that it holds: ``jsonl``, ``txt``, or nothing (``""``)."""
    suffix = Path(path).suffix.lower()
    if suffix in RECORDS:
        return "jsonl"
    return "txt" if suffix in TEXTS else ""


def find(names: Iterable[str], known: Callable[[str], object] = container) -> list[Source]:
    """The sources that the names stand for, those of a folder sorted.

    Of a folder those files are taken whose names are ``known``.  Raises ``InputError`` for a
    name that is nothing, and for two sources of one name.
    """
    sources = [source for name in names for source in _found(name, known)]
    seen: dict[str, str] = {}
    for source in sources:
        if source.name in seen:
            raise InputError(f"{source.path} and {seen[source.name]} would both be written as {source.name}")
        seen[source.name] = source.path
    return sources


def _found(name: str, known: Callable[[str], object]) -> Iterator[Source]:
    path = Path(name)
    if name == "-":
        yield Source("-", "-")
    elif path.is_dir():
        yield from _in_folder(path, known)
    elif path.exists():
        yield Source(name, path.name)
    elif matches := sorted(glob.glob(name, recursive=True)):  # noqa: PTH207 - keeps names as given
        yield from (Source(item, Path(item).name) for item in matches if Path(item).is_file())
    else:
        raise InputError(f"{name}: there is no such file, folder or pattern")


def _in_folder(folder: Path, known: Callable[[str], object]) -> Iterator[Source]:
    """The files of known names below a folder; links to folders are not followed."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for file in sorted(files):
            path = Path(place) / file
            if not file.startswith(".") and known(file) and path.is_file():
                yield Source(str(path), path.relative_to(folder).as_posix())
