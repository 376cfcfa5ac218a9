"""The application: how much may be asked at once, and what comes back."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from cleaner.log import logger
from cleaner.review.page import html_page, policy
from cleaner.serving.answers import as_json, trouble
from cleaner.serving.asked import RefusedError
from cleaner.serving.budget import Budget, Share
from cleaner.serving.guard import check_form, check_host, check_origin
from cleaner.serving.pool import Pool
from cleaner.version import __version__

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

PART = 262_144  # bytes of an answer that are written at a time
GRACE = 1.0  # seconds that a worker may go on for a client that has gone: less than a new one takes
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}


@dataclass
class Desk:
    """Takes requests in, hands them to the workers, gives their answers back.

    ``limit`` is for the bytes of one request's body, ``seconds`` for its coming in; ``shown`` are
    the options that the page begins with.
    """

    pool: Pool
    budget: Budget
    limit: int
    seconds: float
    shown: Mapping[str, Any] = field(default_factory=dict)

    def app(self, hosts: frozenset[str]) -> ASGIApp:
        """The application, which can be asked for by these names."""
        routes = [
            Route("/", self.page, methods=["GET"]),
            Route("/health", self.health, methods=["GET"]),
            Route("/favicon.ico", _no_icon, methods=["GET"]),
            Route("/clean", self.clean, methods=["POST"]),
            Route("/explain", self.explain, methods=["POST"]),
        ]
        handlers: Any = {RefusedError: _refused, HTTPException: _http_error, Exception: _failed}
        return Guarded(Starlette(routes=routes, exception_handlers=handlers), hosts)

    async def page(self, _: Request) -> Response:
        """The page to paste texts into."""
        about = {"kind": "serve", "version": __version__, "title": "", "hash": "", **self.shown}
        page = html_page({**about, "notes": [], "rules": [], "documents": []}, live=True)
        rules = {"Content-Security-Policy": f"{policy(live=True)}; frame-ancestors 'none'"}
        return Response(page, headers=HEADERS | rules, media_type="text/html")

    async def health(self, _: Request) -> Response:
        """Whether the server is there, and how much it has to do."""
        budget = self.budget
        told = {"status": "ok", "version": __version__, "workers": self.pool.most}
        return _json(200, as_json({**told, "bytes": budget.held, "most_bytes": budget.most}))

    async def clean(self, request: Request) -> Response:
        """The cleaned text."""
        return await self._answer("clean", request)

    async def explain(self, request: Request) -> Response:
        """The cleaned text with all that was done."""
        return await self._answer("explain", request)

    async def _answer(self, kind: str, request: Request) -> Response:
        check_form(request.headers)
        with Share(self.budget) as share:
            body = await self._body(request, share)
            status, told = await self._worked(kind, body, request)
        return Parts(status, told, self.budget)

    async def _body(self, request: Request, share: Share) -> bytearray:
        """The body of a request, held against the budget.  Raises ``RefusedError``: 408, 413, 503."""
        self._hold(share, int(request.headers.get("content-length", "0")))
        body = bytearray()
        try:
            async with asyncio.timeout(self.seconds):
                async for part in request.stream():
                    self._hold(share, len(body) + len(part))
                    body += part
        except TimeoutError:
            raise RefusedError(408, f"the body did not come within {self.seconds:g} seconds") from None
        return body

    def _hold(self, share: Share, size: int) -> None:
        if size > self.limit:
            raise RefusedError(413, f"a request may have {self.limit:,} bytes; send the text in parts")
        if not share.reach(size):
            raise RefusedError(503, "too many bytes are under way already; try again later")

    async def _worked(self, kind: str, body: bytearray, request: Request) -> tuple[int, bytes]:
        """The workers' answer; nobody works long for a client that has gone."""
        asked = asyncio.create_task(self.pool.answer(kind, body))
        gone = asyncio.create_task(_gone(request))
        try:
            await asyncio.wait((asked, gone), return_when=asyncio.FIRST_COMPLETED)
            await asyncio.wait((asked,), timeout=GRACE if gone.done() else None)
            if not asked.done():
                raise ClientDisconnect
            return asked.result()
        finally:
            asked.cancel()
            gone.cancel()
            await asyncio.gather(asked, gone, return_exceptions=True)


class Guarded:
    """An application for those who ask for it by its name and not from another site's page."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str]) -> None:
        self.app = app
        self.hosts = hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers a request, or refuses it."""
        headers = Headers(scope=scope)
        try:
            check_host(headers, self.hosts)
            if scope["method"] not in ("GET", "HEAD"):
                check_origin(headers)
        except RefusedError as error:
            await _error(error.status, str(error))(scope, receive, send)
            return
        try:
            await self.app(scope, receive, send)
        except Exception as error:  # noqa: BLE001 - it has been answered with 500; the server goes on
            logger.error("a request failed: %s: %s", type(error).__name__, error)


class Parts(Response):
    """An answer that is written part by part, and counts against the budget until it is gone."""

    def __init__(self, status: int, body: bytes, budget: Budget) -> None:
        super().__init__(None, status, _headers(status), "application/json")
        self.headers["content-length"] = str(len(body))
        self.told = memoryview(body)
        self.budget = budget

    async def __call__(self, _: Scope, __: Receive, send: Send) -> None:
        """Sends it."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        with Share(self.budget) as share:
            share.add(len(self.told))
            for start in range(0, len(self.told), PART):
                part = bytes(self.told[start : start + PART])
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b""})


async def _gone(request: Request) -> None:
    """Waits until the client is gone."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _no_icon(_: Request) -> Response:
    return Response(status_code=204, headers=HEADERS)


async def _refused(_: Request, error: RefusedError) -> Response:
    return _error(error.status, str(error))


async def _http_error(_: Request, error: HTTPException) -> Response:
    response = _error(error.status_code, error.detail)
    response.headers.update(error.headers or {})
    return response


async def _failed(_: Request, error: Exception) -> Response:
    if isinstance(error, ClientDisconnect):
        return _error(400, "the client has gone")
    return _error(500, f"the server has a fault: {type(error).__name__}")


def _error(status: int, message: str) -> Response:
    return _json(status, trouble(message))


def _json(status: int, body: bytes) -> Response:
    return Response(body, status, _headers(status), "application/json")


def _headers(status: int) -> dict[str, str]:
    """The headers of an answer; who is refused for want of room is told when to come again."""
    more = {503: {"Retry-After": "1"}, 408: {"Connection": "close"}}
    return HEADERS | more.get(status, {})
