"""The files that a run writes: hidden parts beside their targets, which take their names when whole.

A part is only ever appended to, so that a run that was stopped can cut it back to a place that is
known to be good and go on.  What is compressed is a row of members, each whole by itself.
"""

from __future__ import annotations

import bz2
import errno
import lzma
import os
import stat
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Protocol

from cleaner.batch.containers.stream import zstandard
from cleaner.errors import InputError

PART = ".cleaner-part"
MADE = ".cleaner-made"
LONGEST_NAME = 200  # characters of a hidden file's name, of the 255 bytes that file systems allow
ENGINES: dict[str, Callable[[], Any]] = {
    "gz": lambda: zlib.compressobj(6, zlib.DEFLATED, 31),
    "bz2": bz2.BZ2Compressor,
    "xz": lzma.LZMACompressor,
    "zst": lambda: zstandard().ZstdCompressor(level=3).compressobj(),
}


def beside(path: str | Path, suffix: str) -> Path:
    """The hidden file that goes with an output, in the folder where the output really is."""
    target = Path(os.path.realpath(path))
    name = target.name
    if len(os.fsencode(name)) > LONGEST_NAME:
        import hashlib

        name = name[:60] + hashlib.blake2b(os.fsencode(target.name), digest_size=8).hexdigest()
    return target.parent / f".{name}{suffix}"


def locked(handle: int) -> bool:
    """Takes a file for this process alone; whether it was free.  Where there are no locks it is."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        return error.errno not in (errno.EWOULDBLOCK, errno.EAGAIN, errno.EACCES)
    return True


class Lock:
    """A hidden file that says that a run is at work; nothing is left of it when the run ends.

    Raises ``InputError`` when another run has it.
    """

    def __init__(self, path: Path, what: str) -> None:
        self.path = path
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        try:
            self.handle = os.open(path, flags, 0o666)
        except OSError as error:
            raise InputError(f"{what}: cannot be written: {error.strerror}") from None
        if not (locked(self.handle) and self._is_there()):
            os.close(self.handle)
            raise InputError(f"{what}: another run is writing it")

    def _is_there(self) -> bool:
        """Whether the file is still that of this name: who had it may have taken it away since."""
        try:
            found, mine = self.path.stat(), os.fstat(self.handle)
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == (mine.st_dev, mine.st_ino)

    def release(self) -> None:
        """Lets others in."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
        os.close(self.handle)


def sync_folder(folder: Path) -> None:
    """Brings the names in a folder to the disk, where the system has a way to."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


class Part:
    """A hidden file that is appended to, from its first ``length`` bytes on; the rest is cut off.

    Raises ``InputError`` when another run has it, when it is shorter than it should be, or is no
    plain file (no link is followed).
    """

    def __init__(self, target: str, length: int = 0) -> None:
        self.target = target
        self.path = beside(target, PART)
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path, flags, 0o666)
        except OSError as error:
            why = "is a link" if error.errno == errno.ELOOP else error.strerror
            raise InputError(f"{target}: cannot be written: {self.path.name}: {why}") from None
        self.file: IO[bytes] = os.fdopen(handle, "r+b")
        try:
            self._begin(handle, length)
        except BaseException:
            self.file.close()
            raise

    def _begin(self, handle: int, length: int) -> None:
        found = os.fstat(handle)
        if not stat.S_ISREG(found.st_mode):
            raise InputError(f"{self.target}: cannot be written: {self.path.name} is no plain file")
        if not locked(handle):
            raise InputError(f"{self.target}: another run is writing it")
        if found.st_size < length:
            raise InputError(
                f"{self.target}: {self.path.name} is shorter than it was; --overwrite begins anew"
            )
        os.ftruncate(handle, length)
        self.file.seek(length)

    @property
    def length(self) -> int:
        """The bytes in it."""
        return self.file.tell()

    def sync(self) -> None:
        """Brings every byte to the disk."""
        self.file.flush()
        os.fsync(self.file.fileno())

    def close(self) -> None:
        """Lets go of the file."""
        self.file.close()


class Output(Protocol):
    """What a run writes documents to."""

    def write(self, data: bytes) -> None:
        """Adds bytes."""

    def mark(self) -> int:
        """Ends what is open, so that the output can be cut here; its length in bytes."""

    def sync(self) -> None:
        """Brings all that was written to the disk."""

    def finish(self) -> None:
        """Makes the output whole; nothing more is written."""

    def close(self) -> None:
        """Lets go of everything, whole or not."""


class Appended:
    """An output that is what was appended, compressed in members or not."""

    def __init__(self, target: str, compression: str = "", length: int = 0) -> None:
        self.part = Part(target, length)
        self.file = self.part.file
        self.compression = compression
        self.engine: Any = None

    def write(self, data: bytes) -> None:
        """Adds bytes."""
        if not self.compression:
            self.file.write(data)
        elif data:
            self.engine = self.engine or ENGINES[self.compression]()
            self.file.write(self.engine.compress(data))

    def mark(self) -> int:
        """Ends the member."""
        if self.engine:
            self.file.write(self.engine.flush())
            self.engine = None
        return self.part.length

    def sync(self) -> None:
        """Brings all that was written to the disk."""
        self.part.sync()

    def finish(self) -> None:
        """Ends the last member; of nothing at all one with nothing in it."""
        if self.compression and not self.mark():
            self.file.write(ENGINES[self.compression]().flush())
        self.file.flush()
        self.close()

    def close(self) -> None:
        """Lets go of the file."""
        self.part.close()


class Spooled:
    """An output that is made of what was appended when that is whole: ``make(spool, target)``."""

    def __init__(
        self,
        target: str,
        make: Callable[[IO[bytes], IO[bytes]], None],
        compression: str = "",
        length: int = 0,
    ) -> None:
        self.part = Part(target, length)
        self.make = make
        self.compression = compression
        self.made = beside(target, MADE)

    def write(self, data: bytes) -> None:
        """Adds bytes to the spool."""
        self.part.file.write(data)

    def mark(self) -> int:
        """The length of the spool."""
        return self.part.length

    def sync(self) -> None:
        """Brings the spool to the disk."""
        self.part.sync()

    def finish(self) -> None:
        """Makes the output, in a file beside the spool."""
        self.part.file.flush()
        self.part.file.seek(0)
        self.made.unlink(missing_ok=True)
        handle = os.open(self.made, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o666)
        with os.fdopen(handle, "w+b") as file:
            if self.compression:
                with Packed(file, self.compression) as packed:
                    self.make(self.part.file, packed)
            else:
                self.make(self.part.file, file)
        self.close()

    def close(self) -> None:
        """Lets go of the spool."""
        self.part.close()


class Packed:
    """A file to write that compresses what it is given; enough of one for pyarrow and ours."""

    def __init__(self, file: IO[bytes], compression: str) -> None:
        self.file = file
        self.engine = ENGINES[compression]()
        self.at = 0
        self.closed = False

    def __enter__(self) -> Any:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self.file.write(self.engine.flush())
        self.closed = True

    def writable(self) -> bool:
        """It is for writing."""
        return True

    def readable(self) -> bool:
        """It is not for reading."""
        return False

    def seekable(self) -> bool:
        """There is no way back."""
        return False

    def write(self, data: Any) -> int:
        """Adds bytes."""
        piece = bytes(data)
        self.file.write(self.engine.compress(piece))
        self.at += len(piece)
        return len(piece)

    def tell(self) -> int:
        """The bytes that were added."""
        return self.at

    def flush(self) -> None:
        """Keeps what waits, so that the bytes do not depend on who flushes."""

    def close(self) -> None:
        """Leaves the end to the context."""


class Streamed:
    """Standard output."""

    def write(self, data: bytes) -> None:
        """Adds bytes."""
        sys.stdout.buffer.write(data)

    def mark(self) -> int:
        """There is no way back."""
        return 0

    def sync(self) -> None:
        """Sends on what waits."""
        sys.stdout.buffer.flush()

    finish = close = sync


class Nothing:
    """An output that nobody wants."""

    def write(self, data: bytes) -> None:
        """Forgets bytes."""

    def mark(self) -> int:
        """Nothing is there."""
        return 0

    def sync(self) -> None:
        """Nothing to do."""

    finish = close = sync


def sync_finished(target: str) -> None:
    """Brings a finished output, which has not its name yet, to the disk."""
    for path in (beside(target, MADE), beside(target, PART)):
        if path.exists():
            with path.open("r+b") as file:
                os.fsync(file.fileno())
            return


def commit(target: str) -> bool:
    """Gives a finished output its name; whether there was one."""
    made, part = beside(target, MADE), beside(target, PART)
    place = Path(os.path.realpath(target))
    if made.exists():
        _keep_mode(place, made)
        made.replace(place)
        part.unlink(missing_ok=True)
        return True
    if part.exists():
        _keep_mode(place, part)
        part.replace(place)
        return True
    return False


def discard(target: str) -> None:
    """Leaves nothing of an output that has not its name yet."""
    for suffix in (PART, MADE):
        with suppress(OSError):
            beside(target, suffix).unlink(missing_ok=True)


def _keep_mode(target: Path, new: Path) -> None:
    """Gives the new file the permissions of the one it replaces."""
    if target.exists():
        new.chmod(target.stat().st_mode & 0o777)
