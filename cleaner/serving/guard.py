"""Who may ask: requests for another name (DNS rebinding) and from pages of other sites are refused."""

from __future__ import annotations

from collections.abc import Collection
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cleaner.serving.asked import RefusedError

if TYPE_CHECKING:
    from starlette.datastructures import Headers

SAME = ("same-origin", "none")  # what a browser says of a request from our own page, or typed by a person


def check_host(headers: Headers, names: Collection[str]) -> None:
    """Raises ``RefusedError`` (421) unless the server is asked for by a number or one of its names.

    A site whose name is made to point here (DNS rebinding) cannot ask by a number.
    """
    host = _name(f"//{headers.get('host', '')}")
    if host not in names and not _is_number(host):
        raise RefusedError(421, "this server does not go by that name; it can be given with --allow-host")


def check_origin(headers: Headers) -> None:
    """Raises ``RefusedError`` (403) for what another site's page sends."""
    origin = headers.get("origin")
    foreign = origin is not None and urlsplit(origin).netloc != headers.get("host", "")
    if foreign or headers.get("sec-fetch-site", "none") not in SAME:
        raise RefusedError(403, "pages of other sites may not ask")


def check_form(headers: Headers) -> None:
    """Raises ``RefusedError`` (415) unless the body is said to be plain JSON in UTF-8.

    A page of another site can send no such body without asking for leave, which it does not get.
    """
    kind, _, more = headers.get("content-type", "").partition(";")
    charset = more.replace(" ", "").replace('"', "").lower()
    if kind.strip().lower() != "application/json" or charset not in ("", "charset=utf-8"):
        raise RefusedError(415, "send JSON in UTF-8, with Content-Type: application/json")
    if headers.get("content-encoding", "identity") != "identity":
        raise RefusedError(415, "send the body plain, without Content-Encoding")


def _name(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_number(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
