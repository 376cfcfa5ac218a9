"""Files elsewhere, by their address: whatever fsspec has a way to (``s3://``, ``https://``, …)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

from cleaner.errors import InputError

ADDRESS = re.compile(r"[a-z][a-z0-9+.-]+(?:::|://)", re.IGNORECASE)
WEB = ("http://", "https://")
MAGIC = re.compile(r"[*?\[]")
BUFFER = 1 << 20  # bytes


def is_remote(path: str) -> bool:
    """Whether a path is an address; a drive's letter on Windows is none."""
    return bool(ADDRESS.match(path))


def opened(path: str) -> IO[bytes]:
    """A file opened for reading bytes.  Raises ``InputError``."""
    system, place = _system(path)
    web = path.lower().startswith(WEB)
    with _faults(path):
        # Of the web in one go: many servers give no parts.
        file = system.open(place, "rb", **({"block_size": 0} if web else {}))
        return io.BufferedReader(_Raw(file, seeks=not web and file.seekable()), BUFFER)


def size(path: str) -> int | None:
    """The bytes of a file, if they are known."""
    try:
        system, place = _system(path)
        found = system.size(place)
    except Exception:  # noqa: BLE001 - every kind of place has errors of its own
        return None
    return int(found) if found is not None else None


def find(name: str) -> list[tuple[str, str, bool]]:
    """The files that an address stands for: address, name, and whether it was found in a folder.

    The names of files in a folder are those below it.  Raises ``InputError`` when there is nothing.
    """
    if name.lower().startswith(WEB):
        return [(name, _last(name), False)]
    system, place = _system(name)
    with _faults(name):
        if MAGIC.search(place):
            return [(_address(system, item), _last(item), False) for item in sorted(system.glob(place))
                    if system.isfile(item) and not _last(item).startswith(".")]  # fmt: skip
        if system.isdir(place):
            start = place.rstrip("/") + "/"
            return [(_address(system, item), item.removeprefix(start), True)
                    for item in sorted(system.find(place))]  # fmt: skip
        if system.exists(place):
            return [(name, _last(place), False)]
    raise InputError(f"{name}: there is no such file, folder or pattern")


def _last(path: str) -> str:
    """The last part of an address, without a query."""
    from urllib.parse import unquote, urlsplit

    where = urlsplit(path).path if is_remote(path) else path
    return unquote(where.rstrip("/").rpartition("/")[2]) or "index"


def _address(system: Any, place: str) -> str:
    return str(system.unstrip_protocol(place))


def _system(path: str) -> tuple[Any, str]:
    """The file system of an address and the place in it.  Raises ``InputError``."""
    try:
        from fsspec.core import url_to_fs
    except ImportError:
        raise InputError(
            f"{path}: files elsewhere need a package: pip install 'article-cleaner[cloud]'"
        ) from None
    try:
        system, place = url_to_fs(path)
    except ImportError as error:
        raise InputError(f"{path}: needs another package: {_line(error)}") from None
    except Exception as error:  # noqa: BLE001 - every kind of place has errors of its own
        raise InputError(f"{path}: {_line(error)}") from None
    return system, place


@contextmanager
def _faults(path: str) -> Iterator[None]:
    """Makes the errors of a place ours, with the address."""
    try:
        yield
    except FileNotFoundError:
        raise InputError(f"{path}: there is no such file") from None
    except Exception as error:  # noqa: BLE001 - every kind of place has errors of its own
        raise InputError(f"{path}: cannot be read: {_line(error)}") from None


def _line(error: Exception) -> str:
    return (str(error).splitlines() or [""])[0] or type(error).__name__


class _Raw(io.RawIOBase):
    """A file of fsspec; whatever goes wrong with it is an ``OSError`` of one line."""

    def __init__(self, file: Any, *, seeks: bool) -> None:
        self.file = file
        self.seeks = seeks
        self.at = 0

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def seekable(self) -> bool:
        """Whether there is a way back."""
        return self.seeks

    def readinto(self, target: Any) -> int:
        """Puts the next bytes into ``target``."""
        try:
            data = self.file.read(len(target))
        except Exception as error:  # noqa: BLE001 - every kind of place has errors of its own
            raise OSError(_line(error)) from None
        target[: len(data)] = data
        self.at += len(data)
        return len(data)

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        """Goes to a place."""
        try:
            self.at = int(self.file.seek(place, whence))
        except Exception as error:  # noqa: BLE001 - as above
            raise OSError(_line(error)) from None
        return self.at

    def tell(self) -> int:
        """The place in the file."""
        return self.at

    def close(self) -> None:
        """Lets go of the file."""
        if not self.closed:
            self.file.close()
        super().close()
