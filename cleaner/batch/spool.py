"""Standard input, kept so that it can be read twice."""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def spooled() -> Iterator[Callable[[], object]]:
    """Puts a file with all of standard input in its place; what is given back goes to its beginning.

    The file has no name and goes with the process; its folder is that of temporary files.
    """
    with tempfile.TemporaryFile() as spool:
        shutil.copyfileobj(sys.stdin.buffer, spool, 1 << 20)
        spool.seek(0)
        real, sys.stdin = sys.stdin, io.TextIOWrapper(spool)
        try:
            yield lambda: spool.seek(0)
        finally:
            sys.stdin.detach()
            sys.stdin = real
