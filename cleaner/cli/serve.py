"""``cleaner serve``: a page on this machine to paste texts into, and JSON endpoints."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

from cleaner.cli.options import cleaning_options, settings_of

if TYPE_CHECKING:
    import socket

MISSING = (
    "the server needs starlette and uvicorn, which are not installed: pip install 'article-cleaner[serve]'"
)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option(
    "--port", type=click.IntRange(0, 65_535), default=8765, show_default=True, help="0 takes any free one."
)
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    metavar="N",
    help="Processes that clean [one per CPU, at most 4].",
)
@click.option(
    "--limit-bytes",
    type=click.IntRange(1_000, 1_000_000_000),
    default=16_000_000,
    show_default=True,
    help="Size that a request may have.",
)
@click.option(
    "--timeout",
    type=click.FloatRange(0, 86_400, min_open=True),
    default=30.0,
    show_default=True,
    metavar="SECONDS",
    help="For a request to come in, to wait for a worker, and to be worked on.",
)
@click.option(
    "--allow-host", multiple=True, metavar="NAME", help="Another name by which the server may be asked for."
)
@click.option("--open", "open_page", is_flag=True, help="Open the page in a browser.")
@cleaning_options
def serve(host: str, port: int, workers: int | None, **values: Any) -> int:
    """Serve a page to paste texts into, live, and JSON at POST /clean and /explain.

    Only this machine can reach it unless --host says otherwise.  Ctrl-C ends it.
    """
    import logging

    from cleaner.errors import InputError
    from cleaner.log import logger

    try:
        from cleaner.serving import server
    except ModuleNotFoundError:
        raise InputError(MISSING) from None

    settings = server.Settings(
        host=host,
        port=port,
        workers=workers or min(4, os.cpu_count() or 1),
        limit=values["limit_bytes"],
        seconds=values["timeout"],
        names=frozenset(values["allow_host"]),
        cleaning=settings_of(values),
    )
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("cleaner: %(message)s"))
    logger.addHandler(handler)
    with server.listening(host, port) as bound:
        return server.serve(settings, bound, lambda: _tell(bound, host, open_page=values["open_page"]))


def _tell(bound: socket.socket, host: str, *, open_page: bool) -> None:
    """Says where the page is, and opens it if asked to."""
    from cleaner.serving.server import address, is_loopback

    url = address(bound, host)
    if not is_loopback(bound):
        click.echo(
            f"cleaner: warning: anyone who can reach {host} over the network may use this server: "
            "it asks for no password and does not encrypt",
            err=True,
        )
    click.echo(f"cleaner: serving at {url} (Ctrl-C ends it)", err=True)
    if open_page:
        import threading
        import webbrowser

        threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()
