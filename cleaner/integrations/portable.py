"""A cleaner that travels: its options and the text of the files they name, built once in each process.

What goes to a worker, another machine or a cache's fingerprint must be small, the same bytes each
time, and hold all that decides.  A pack or a list of protected phrases is named by its path in the options;
here its text goes along, so that workers need no copy of the file.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from cleaner.cleaning import Cleaner
from cleaner.errors import CleanerError, InputError, OptionError
from cleaner.options import Options, SavedPack
from cleaner.result import Result
from cleaner.version import __version__

ON_ERROR = ("fail", "keep")
FAILED = "failed: "  # how the warning begins of a text that could not be cleaned


class Row(NamedTuple):
    """A text with what is known of it; no text gives no text."""

    text: str | None
    url: str | None = None
    title: str | None = None
    lang: str | None = None


@dataclass(frozen=True)
class Portable:
    """Options with the files they name (path and content), and the version of cleaner.

    Equal when they clean alike; picklable to the same bytes in every process.  ``on_error``:
    a text that cannot be cleaned raises (``fail``), or stays as it was with a warning (``keep``).
    """

    options: Options
    files: tuple[tuple[str, bytes], ...] = ()
    on_error: str = "fail"
    version: str = __version__

    @property
    def cleaner(self) -> Cleaner:
        """The cleaner itself, built on first use in each process."""
        return _built(self)

    def explain(self, row: Row) -> Result | None:
        """The row's text cleaned, with the account of it; nothing where there is no text."""
        if row.text is None:
            return None
        try:
            return self.cleaner.explain(row.text, url=row.url, title=row.title, lang=row.lang)
        except Exception as error:  # a defect of ours, too, fails one document, not the run
            if self.on_error == "fail":
                raise
            return Result(text=row.text, source=row.text, warnings=(f"{FAILED}{error}",))

    def clean(self, row: Row) -> str | None:
        """The row's text cleaned."""
        result = self.explain(row)
        return None if result is None else result.text

    def clean_many(self, rows: Iterable[Row], workers: int = 1) -> Iterator[str | None]:
        """The rows' texts cleaned, in order, by so many processes."""
        if workers <= 1:
            return map(self.clean, rows)
        from cleaner.workers import in_order

        return in_order(self.clean, rows, workers, size=_size)


def portable(cleaner: Cleaner | Portable | None = None, on_error: str = "fail", **options: Any) -> Portable:
    """What travels of a cleaner, or of options as for ``Cleaner``.

    All is read and checked here, before any work is sent: raises ``OptionError`` and ``PackError``.
    """
    if on_error not in ON_ERROR:
        raise OptionError(f"on_error is {on_error!r}; it must be one of {', '.join(ON_ERROR)}")
    if cleaner is not None and options:
        raise OptionError(f"give a cleaner or options, not both: {', '.join(options)}")
    if isinstance(cleaner, Portable):
        return cleaner
    chosen = (cleaner or Cleaner(**options)).options
    return Portable(chosen, tuple(_files(chosen)), on_error)


def _files(options: Options) -> Iterator[tuple[str, bytes]]:
    """Path and content of each file that the options name, each once."""
    lists = (item[1:] for item in options.keep if item.startswith("@"))
    packs = (item for item in (*options.packs, *options.packs_only) if not isinstance(item, SavedPack))
    for path in dict.fromkeys((*packs, *lists)):
        try:
            yield path, Path(path).read_bytes()
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror}") from None


@lru_cache(maxsize=8)
def _built(work: Portable) -> Cleaner:
    if work.version != __version__:  # it would not clean alike
        raise CleanerError(f"the work was sent by cleaner {work.version}, this worker has {__version__}")
    options = _unpacked(work) if work.files else work.options
    return Cleaner(**asdict(options))


@lru_cache(maxsize=1)
def _folder() -> tempfile.TemporaryDirectory[str]:
    """A folder of this process, gone when it ends."""
    return tempfile.TemporaryDirectory(prefix="cleaner-")


def _unpacked(work: Portable) -> Options:
    """The options with their files written where this process can read them, each under its own name."""
    base = Path(tempfile.mkdtemp(dir=_folder().name))
    places: dict[str, str] = {}
    for number, (path, data) in enumerate(work.files):
        target = base / str(number) / Path(path).name
        target.parent.mkdir()
        target.write_bytes(data)
        places[path] = str(target)
    return replace(
        work.options,
        packs=tuple(places.get(path, path) for path in work.options.packs),
        packs_only=tuple(places.get(path, path) for path in work.options.packs_only),
        keep=tuple(f"@{places[item[1:]]}" if item[:1] == "@" else item for item in work.options.keep),
    )


def _size(row: Row) -> int:
    return len(row.text or "")
