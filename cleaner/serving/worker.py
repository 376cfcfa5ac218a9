"""A worker of the server: requests come in on standard input, answers go out on standard output.

A frame is a head of fixed size, with the length of what follows it in bytes.  The first frame
that comes in holds the server's settings.  The worker ends when its input does.
"""

from __future__ import annotations

import json
import os
import signal
import struct
import sys
from typing import BinaryIO

from cleaner.serving.answers import KINDS, answer, trouble

ASKED = struct.Struct(">BQ")  # kind of the request, length of its body
ANSWERED = struct.Struct(">HQ")  # status, length of the answer
SETTINGS = 255  # kind of the first frame


def main() -> None:
    """Answers until the input ends.  Anything printed by others goes to standard error."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server decides what an interruption means
    into = sys.stdin.buffer
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _, body = _frame(into) or (SETTINGS, b"{}")
    settings = json.loads(body)
    # The cleaner that most requests will need is built; the answer tells what is wrong with the settings.
    _say(out, *_answered("explain", b'{"text": ""}', settings))
    while frame := _frame(into):
        number, body = frame
        _say(out, *_answered(KINDS[number], body, settings))


def _answered(kind: str, body: bytes, settings: dict[str, object]) -> tuple[int, bytes]:
    try:
        return answer(kind, body, settings)
    except Exception as error:  # noqa: BLE001 - a fault of ours costs one request, not the worker
        return 500, trouble(f"the text could not be cleaned: {type(error).__name__}: {error}")


def _frame(into: BinaryIO) -> tuple[int, bytes] | None:
    head = into.read(ASKED.size)
    if len(head) < ASKED.size:
        return None
    kind, length = ASKED.unpack(head)
    body = into.read(length)
    return (kind, body) if len(body) == length else None


def _say(out: BinaryIO, status: int, body: bytes) -> None:
    out.write(ANSWERED.pack(status, len(body)))
    out.write(body)
    out.flush()
