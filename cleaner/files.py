"""Text files: read without loss, written whole or not at all."""

from __future__ import annotations

import codecs
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from cleaner import remote
from cleaner.errors import InputError

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


LEAST_DETECTED = 64  # bytes; in fewer any encoding may be the right one
MOST_DETECTED = 200_000  # bytes that are looked at


@dataclass(frozen=True)
class TextFile:
    """A text as it stood in a file: enough to write its bytes again.

    ``detected`` says that its encoding was found by its bytes alone.
    """

    text: str
    encoding: str = "utf-8"
    bom: bytes = b""
    detected: bool = False

    def encoded(self, text: str) -> bytes:
        """Another text as this file would hold it.  Raises ``InputError`` when it cannot."""
        try:
            return self.bom + text.encode(self.encoding)
        except UnicodeEncodeError as error:
            char = text[error.start]
            raise InputError(f"{char!r} (U+{ord(char):04X}) cannot be written in {self.encoding}") from None


def codec_name(encoding: str) -> str:
    """The one name of an encoding of text.  Raises ``InputError`` when there is none of that name."""
    try:
        codec = codecs.lookup(encoding)
    except (LookupError, ValueError):
        raise InputError(f"there is no encoding {encoding}") from None
    if not getattr(codec, "_is_text_encoding", True):
        raise InputError(f"{encoding} is no encoding of text")
    return codec.name


def decode(data: bytes, name: str, encoding: str | None = None, *, detect: bool = False) -> TextFile:
    """Bytes as text: by ``encoding``, else by their byte order mark, else as UTF-8.

    With ``detect``, what is not UTF-8 is detected where charset-normalizer is installed and there is
    enough of it; the caller tells of it (``TextFile.detected``).
    Raises ``InputError`` with the offset of the byte that does not fit.
    """
    bom, marked = next(((bom, code) for bom, code in BOMS if data.startswith(bom)), (b"", ""))
    codec = codec_name(encoding or marked or "utf-8")
    if bom and codecs.lookup(marked).name != codec:
        bom = b""
    try:
        return TextFile(data[len(bom) :].decode(codec), codec, bom)
    except UnicodeDecodeError as error:
        if detect and not encoding and not bom and (found := _detected(data)):
            return found
        place = error.start + len(bom)
        hint = (
            ""
            if encoding
            else "; say its encoding, for example --encoding cp1252" + _detectable(detect=detect)
        )
        raise InputError(f"{name}: not {codec}: byte 0x{data[place]:02X} at offset {place}{hint}") from None
    except UnicodeError as error:
        raise InputError(f"{name}: not {codec}: {error}") from None


def _detectable(*, detect: bool) -> str:
    """What would have it detected, when that is wanted and not there."""
    from importlib.util import find_spec

    try:
        missing = detect and find_spec("charset_normalizer") is None
    except ValueError:
        missing = detect
    return ", or pip install 'article-cleaner[encoding]' to have it detected" if missing else ""


def _detected(data: bytes) -> TextFile | None:
    """Bytes in the encoding that they seem to be in, if they come out the same when written again."""
    if len(data) < LEAST_DETECTED:
        return None
    try:
        from charset_normalizer import from_bytes
    except ImportError:
        return None
    best = from_bytes(data[:MOST_DETECTED]).best()
    if best is None:
        return None
    try:
        text = data.decode(best.encoding)
        if text.encode(best.encoding) != data:
            return None
    except UnicodeError:
        return None
    return TextFile(text, codecs.lookup(best.encoding).name, b"", detected=True)


def read_bytes(path: str) -> bytes:
    """The bytes of a file, or of standard input for ``-``.  Raises ``InputError``."""
    if path == "-":
        return sys.stdin.buffer.read()
    try:
        with opened(path) as file:
            return file.read()
    except OSError as error:
        raise InputError(f"{path}: {_reason(error)}") from None


def opened(path: str) -> IO[bytes]:
    """A file opened for reading bytes, or standard input for ``-``.  Raises ``InputError``.

    What is no file here and looks like an address is read from there; see ``cleaner.remote``.
    """
    if path == "-":
        return sys.stdin.buffer
    try:
        return Path(path).open("rb")
    except (OSError, ValueError) as error:
        if remote.is_remote(path):
            return remote.opened(path)
        raise InputError(f"{path}: {_reason(error)}") from None


def size(path: str) -> int | None:
    """The bytes of a file as it lies on its disk, if they are known; see ``opened``."""
    if path == "-":
        return None
    try:
        return Path(path).stat().st_size
    except (OSError, ValueError):
        return remote.size(path) if remote.is_remote(path) else None


def _reason(error: OSError | ValueError) -> str:
    if isinstance(error, FileNotFoundError):
        return "there is no such file"
    if isinstance(error, IsADirectoryError):
        return "is a folder, not a file; `cleaner batch` takes folders"
    return getattr(error, "strerror", "") or str(error)


def same_file(one: str | Path, other: str | Path) -> bool:
    """Whether both names are of one existing file."""
    try:
        return os.path.samefile(one, other)  # noqa: PTH121 - Path.samefile is the same call
    except OSError:
        return False


class Pending:
    """A file that is written beside its place and takes it only on ``commit``.

    The bytes go to a hidden file in the same folder.  Raises ``InputError`` when the folder
    cannot be written or the place is a folder.
    """

    def __init__(self, path: str | Path) -> None:
        if Path(path).is_dir():
            raise InputError(f"{path}: is a folder, not a file")
        self.target = Path(os.path.realpath(path))
        prefix = f".{self.target.name[:80]}."
        try:
            handle, name = tempfile.mkstemp(prefix=prefix, dir=self.target.parent)
        except OSError as error:
            raise InputError(f"{path}: cannot be written: {error.strerror}") from None
        self.beside = Path(name)
        self.file: IO[bytes] = os.fdopen(handle, "wb")

    def close(self) -> None:
        """Brings every byte to the disk."""
        if not self.file.closed:
            self.file.flush()
            os.fsync(self.file.fileno())
            self.file.close()
            _keep_mode(self.target, self.beside)

    def commit(self) -> None:
        """Puts the file in its place."""
        self.close()
        self.beside.replace(self.target)

    def discard(self) -> None:
        """Leaves nothing behind; does nothing after ``commit``."""
        self.file.close()
        self.beside.unlink(missing_ok=True)


@contextmanager
def written_whole(path: str | Path) -> Iterator[IO[bytes]]:
    """A file to write that takes its name only when all is written; see ``Pending``."""
    pending = Pending(path)
    try:
        yield pending.file
        pending.commit()
    finally:
        pending.discard()


def _keep_mode(target: Path, new: Path) -> None:
    """Gives the new file the permissions of the one it replaces, or those of a new file."""
    mask = os.umask(0)
    os.umask(mask)
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o666 & ~mask
    new.chmod(mode)


def write_bytes(path: str, data: bytes) -> None:
    """Writes a file whole, or to standard output for ``-``."""
    if path == "-":
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        with written_whole(path) as file:
            file.write(data)
    except OSError as error:
        raise InputError(f"{path}: cannot be written: {error.strerror}") from None
