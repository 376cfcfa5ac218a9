"""HTTP over a connection whose client may be slow, silent or gone.

The server below sets no limits for heads that trickle in, for bodies that go on after the answer, or for
clients that do not read what they asked for; without them a few clients could hold every connection.
"""

from __future__ import annotations

import asyncio
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

MOST_HEAD = 16_384  # bytes of a request's head
HEAD_SECONDS = 10.0  # for a head, at most
TIMED_OUT = b'{"error":"the head of the request did not come in time"}'


class PatientProtocol(H11Protocol):
    """A connection that is ended when its client keeps it waiting.

    ``head_seconds`` are for the head of a request, or what is left of a body that was refused;
    ``read_seconds`` for a client to read some of what waits for it.
    """

    head_seconds = HEAD_SECONDS
    read_seconds = 30.0

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._waiting: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begins to wait for the head of the first request."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Takes bytes in; waits no longer when they complete what was waited for."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops all clocks."""
        super().connection_lost(exc)
        self._stop_waiting()
        self._stop_stalling()

    def pause_writing(self) -> None:
        """The client does not read: it has so much time to begin."""
        super().pause_writing()
        self._stalled = self.loop.call_later(self.read_seconds, self.transport.abort)

    def resume_writing(self) -> None:
        """The client reads."""
        super().resume_writing()
        self._stop_stalling()

    def timeout_keep_alive_handler(self) -> None:
        """Ends an idle connection; at once when its client has not even read the last answer."""
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        else:
            super().timeout_keep_alive_handler()

    def _watch(self) -> None:
        """Runs the clock while a head, or the end of a body that nobody wants, is awaited."""
        theirs = self.conn.their_state
        refused = theirs is h11.SEND_BODY and self.conn.our_state is h11.DONE
        if not (theirs is h11.IDLE or refused):
            self._stop_waiting()
        elif self._waiting is None:
            self._waiting = self.loop.call_later(self.head_seconds, self._give_up)

    def _give_up(self) -> None:
        self._waiting = None
        if self.transport.is_closing():
            return
        if self.conn.our_state is not h11.IDLE:
            self.transport.abort()
            return
        if self.conn.trailing_data[0]:  # some of a head is there, so that somebody waits for an answer
            self._say_408()
        self.transport.close()

    def _say_408(self) -> None:
        headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
        events = (
            h11.Response(status_code=408, headers=headers, reason=b"Request Timeout"),
            h11.Data(data=TIMED_OUT),
            h11.EndOfMessage(),
        )
        for event in events:
            self.transport.write(self.conn.send(event) or b"")

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _stop_stalling(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None


def patient(seconds: float) -> type[PatientProtocol]:
    """A protocol whose clients may keep it waiting so long."""
    times = {"head_seconds": min(seconds, HEAD_SECONDS), "read_seconds": seconds}
    return type("PatientProtocol", (PatientProtocol,), times)
