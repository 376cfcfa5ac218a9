"""Bytes of a source, decompressed as they are read; a fault ends them and is kept to be told."""

from __future__ import annotations

import bz2
import io
import lzma
import sys
import zlib
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any, Self

from cleaner.errors import InputError
from cleaner.files import opened

PIECE = 1 << 18  # bytes asked of the source, and at most given, at a time
ZSTD_PIECE = 1 << 10  # bytes of zstd taken at a time: they may become 32,768 times as many
XZ_MEMORY = 1 << 29  # bytes that a stream may ask for, whatever it claims; xz -9 asks for 65 MB
SKIPPED = 1 << 20  # bytes read at a time to get to a place
LONGEST = 256_000_000  # bytes of one document, decompressed
MAGIC = ((b"\x1f\x8b", "gz"), (b"BZh", "bz2"), (b"\xfd7zXZ\0", "xz"), (b"\x28\xb5\x2f\xfd", "zst"))
_Errors = (OSError, zlib.error, lzma.LZMAError, EOFError, ValueError)


class _Zstd:
    """A decompressor of the shape that those of the standard library have."""

    def __init__(self) -> None:
        self.inner = zstandard().ZstdDecompressor(max_window_size=1 << 31).decompressobj()
        self.rest = b""

    def decompress(self, data: bytes, _most: int) -> bytes:
        """Some of the data; what it did not take waits in ``rest``."""
        self.rest = data[ZSTD_PIECE:]
        try:
            return bytes(self.inner.decompress(data[:ZSTD_PIECE]))
        except zstandard().ZstdError as error:
            raise OSError(str(error)) from None

    @property
    def eof(self) -> bool:
        """Whether a frame has ended."""
        return bool(self.inner.eof)

    @property
    def unused_data(self) -> bytes:
        """What comes after the frame."""
        return bytes(self.inner.unused_data) + self.rest


def zstandard() -> Any:
    """The package for zstd.  Raises ``InputError`` when it is not installed."""
    try:
        import zstandard as package
    except ImportError:
        raise InputError("zstd needs a package: pip install 'article-cleaner[zstd]'") from None
    return package


_MAKERS: dict[str, Callable[[], Any]] = {
    "gz": lambda: zlib.decompressobj(31),
    "bz2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(memlimit=XZ_MEMORY),
    "zst": _Zstd,
}


class Inflated(io.RawIOBase):
    """A compressed file as the bytes in it; members or frames in a row are one stream.

    What is wrong with the data ends the stream and is told by ``fault``, so that the records
    before it are not lost.  Output is made in bounded pieces, whatever the input claims.
    """

    def __init__(self, file: IO[bytes], compression: str) -> None:
        self.file = file
        self.make = _MAKERS[compression]
        self.name = compression
        self.engine: Any = self.make()
        self.fresh = True  # no byte of this member has been read
        self.members = 0
        self.waiting = b""
        self.full = False  # the last piece was as long as it might be: there may be more inside
        self.left = memoryview(b"")
        self.ended = False
        self.fault = ""

    def readable(self) -> bool:
        """It is for reading."""
        return True

    def readinto(self, target: Any) -> int:
        """Puts the next bytes into ``target``; none at the end or at a fault."""
        while not self.left and not self.fault and not self.ended:
            try:
                self.left = memoryview(self._next())
            except _Errors as error:
                self.fault = f"the {self.name} data is damaged: {error or type(error).__name__}"
        size = min(len(target), len(self.left))
        target[:size] = self.left[:size]
        self.left = self.left[size:]
        return size

    def _next(self) -> bytes:
        if self.engine.eof and not self._goes_on():
            return b""
        if self._hungry():
            self.waiting = self._more()
            if not self.waiting:
                if not self.fresh or not self.members:
                    self.fault = f"the {self.name} data ends too early"
                self.ended = True
                return b""
        return self._fed()

    def _hungry(self) -> bool:
        return not self.waiting and bool(getattr(self.engine, "needs_input", not self.full))

    def _more(self) -> bytes:
        return self.file.read(ZSTD_PIECE if self.name == "zst" else PIECE)

    def _fed(self) -> bytes:
        data: bytes = self.engine.decompress(self.waiting, PIECE)
        self.full = len(data) >= PIECE
        self.fresh = False
        self.waiting = getattr(self.engine, "unconsumed_tail", getattr(self.engine, "rest", b""))
        return data

    def _goes_on(self) -> bool:
        """Begins the next member, when there is one; zeros after a member are padding."""
        self.members += 1
        rest: bytes = self.engine.unused_data or self._more()
        while rest and not rest.strip(b"\0"):
            rest = self._more()
        self.engine = self.make()
        self.fresh, self.full = True, False
        self.waiting = rest.lstrip(b"\0") if self.name != "zst" else rest
        self.ended = not self.waiting
        return not self.ended


class Stream:
    """A source's bytes from the beginning: ``readline`` and ``read``, their place, and a fault."""

    def __init__(self, path: str, compression: str, longest: int = LONGEST) -> None:
        self.path = path
        self.longest = longest
        self.at = 0
        if compression == "zst":
            zstandard()
        file = opened(path)
        self.under = file
        self.inflated: Inflated | None = None
        if path == "-":
            compression = _sniffed(file)
        self.seekable = not compression and path != "-" and file.seekable()
        if compression:
            self.inflated = Inflated(file, compression)
            file = io.BufferedReader(self.inflated, PIECE)
        self.file = file
        self.error = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.under is not sys.stdin.buffer:
            self.file.close()
            self.under.close()

    @property
    def fault(self) -> str:
        """What is wrong with the data after its last byte that could be read; mostly nothing."""
        return self.error or (self.inflated.fault if self.inflated else "")

    def readline(self) -> bytes:
        """The next line with its break.  Of a line longer than allowed one byte more than that."""
        return self._read(self.file.readline, self.longest + 1)

    def read(self, size: int) -> bytes:
        """That many bytes, fewer only at the end.  Memory is taken as they come, not as many as are asked."""
        pieces, left = [], size
        while left > 0 and (data := self._read(self.file.read, min(left, SKIPPED))):
            pieces.append(data)
            left -= len(data)
        return b"".join(pieces)

    def _read(self, method: Callable[[int], bytes], size: int) -> bytes:
        try:
            data = method(size)
        except OSError as error:
            self.error = error.strerror or str(error)
            return b""
        self.at += len(data)
        return data

    def rest_of_line(self) -> None:
        """Passes over what is left of a line that is too long."""
        while data := self._read(self.file.readline, SKIPPED):
            if data.endswith(b"\n"):
                return

    def go_to(self, at: int) -> None:
        """Goes on from a place (in decompressed bytes), not before the present one."""
        if self.seekable:
            with suppress(OSError):  # a server may only give all in one
                self.at = self.file.seek(at)
        while self.at < at and self.read(min(SKIPPED, at - self.at)):
            pass


def _sniffed(file: Any) -> str:
    """How standard input is compressed, by its first bytes."""
    start = file.peek(6)[:6]
    return next((kind for magic, kind in MAGIC if start.startswith(magic)), "")
