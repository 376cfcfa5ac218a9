"""What a batch reads: files here and elsewhere, folders with their tree, globs, and standard input."""

from __future__ import annotations

import glob
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from cleaner import remote
from cleaner.batch.containers.names import JSONL, TXT, form_of
from cleaner.errors import InputError


@dataclass(frozen=True)
class Source:
    """A file to read and the name (relative, with ``/``) that its output bears.

    ``within`` says that it was found in a folder.
    """

    path: str
    name: str
    within: bool = False

    @property
    def is_records(self) -> bool:
        """Whether each line is a record of its own."""
        return container(self.path) == JSONL


def container(path: str) -> str:
    """Of a file that can be read as it lies there what its name says: ``jsonl``, ``txt``, or nothing."""
    form = form_of(path)
    return form.container if form.container in (JSONL, TXT) and not form.compression else ""


def find(
    names: Iterable[str],
    tell: Callable[[str], None] | None = None,
    known: Callable[[str], object] = container,
) -> list[Source]:
    """The sources that the names stand for, those of a folder sorted.

    Of a folder those files are taken whose names are ``known``; ``tell`` is given a line on what
    it holds besides.  Raises ``InputError`` for a name that is nothing.
    """
    aside = _Aside(known)
    sources = [source for name in names for source in _found(name, aside)]
    if tell:
        for line in aside.lines():
            tell(line)
    return sources


@dataclass
class _Aside:
    """What folders hold and is not read: files of other kinds, by the ends of their names, and links."""

    known: Callable[[str], object]
    kinds: Counter[str] = field(default_factory=Counter)
    links: int = 0

    def lines(self) -> Iterator[str]:
        """What to tell of them."""
        if self.kinds:
            kinds = ", ".join(f"{number} {kind}" for kind, number in self.kinds.most_common(8))
            yield f"files of kinds that are not read are left out: {kinds}"
        if self.links:
            yield f"links to folders are not followed: {self.links}"


def _found(name: str, aside: _Aside) -> Iterator[Source]:
    path = Path(name)
    try:
        folder, file = path.is_dir(), path.exists()
    except (OSError, ValueError) as error:
        raise InputError(f"{name}: cannot be read: {getattr(error, 'strerror', '') or error}") from None
    if name == "-":
        yield Source("-", "-")
    elif folder:
        yield from _in_folder(path, aside)
    elif file:
        yield Source(name, path.name)
    elif remote.is_remote(name):
        yield from _elsewhere(name, aside)
    elif matches := sorted(glob.glob(name, recursive=True)):  # noqa: PTH207 - keeps names as given
        yield from (Source(item, Path(item).name) for item in matches if Path(item).is_file())
    else:
        raise InputError(f"{name}: there is no such file, folder or pattern")


def _elsewhere(name: str, aside: _Aside) -> Iterator[Source]:
    for path, item, within in remote.find(name):
        parts = [part for part in item.split("/") if part not in ("", ".")]
        if ".." in parts:
            raise InputError(f"{path}: its name leads out of its folder; give it by itself")
        if not within or _is_wanted(parts[-1], aside):
            yield Source(path, "/".join(parts), within)


def _is_wanted(name: str, aside: _Aside) -> bool:
    """Whether a file in a folder is one to read; hidden ones never are."""
    if name.startswith("."):
        return False
    if aside.known(name):
        return True
    aside.kinds[PurePath(name).suffix.lower() or "without an ending"] += 1
    return False


def _in_folder(folder: Path, aside: _Aside) -> Iterator[Source]:
    """The files of known names below a folder; links to folders are not followed.

    A link that leads nowhere is a source, so that it is told of.
    """
    for place, folders, files in os.walk(folder, onerror=_unreadable):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        aside.links += sum(Path(place, name).is_symlink() for name in folders)
        for file in sorted(files):
            path = Path(place) / file
            if (path.is_file() or not path.exists()) and _is_wanted(file, aside):
                yield Source(str(path), path.relative_to(folder).as_posix(), within=True)


def _unreadable(error: OSError) -> None:
    raise InputError(f"{error.filename}: cannot be read: {error.strerror}") from None
