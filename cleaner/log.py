"""Log lines as JSON: one object a line, for those who collect logs by machine.

What is logged goes through the standard library, by the ``logger`` of this module, whose name is
``cleaner``; nothing is shown unless the caller, or an option, asks for it.
``extra={"about": {...}}`` of a log call adds fields.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import IO

ROOT = "cleaner"
logger = logging.getLogger(ROOT)
logger.addHandler(logging.NullHandler())
OWN = ("time", "level", "logger", "message", "error")


class JsonLines(logging.Formatter):
    """A log record as one line of ASCII JSON: ``time`` (UTC), ``level``, ``logger``, ``message``.

    Fields in ``about`` follow; one that has the name of a field of ours gets a ``_`` at its end.
    Nothing in a message can break the line or act on a terminal, since JSON escapes it.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its line break."""
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1]:
            error = record.exc_info[1]
            line["error"] = f"{type(error).__name__}: {error}"
        about = getattr(record, "about", None) or {}
        line |= {f"{name}_" if name in OWN else str(name): value for name, value in about.items()}
        return json.dumps(line, default=str)


@contextmanager
def json_lines(stream: IO[str], level: int = logging.INFO) -> Iterator[logging.Logger]:
    """Writes what ``cleaner`` logs to ``stream`` as JSON lines, while the context lasts."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    before = logger.level, logger.propagate
    logger.addHandler(handler)
    logger.setLevel(level)
    logger.propagate = False
    try:
        yield logger
    finally:
        logger.removeHandler(handler)
        logger.setLevel(before[0])
        logger.propagate = before[1]
