"""The name of the site that an address belongs to, and the names that rules may know it by.

Some hosts carry many sites: of most the subdomain tells them apart, which the host's name
holds anyway; of others the first part of the path does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from urllib.parse import urlsplit

# Faces of one site: the rest of the name is the same site.
FACES = ("www.", "m.", "mobile.", "amp.", "wap.")
# Hosts on which the first part (or two) of the path is the site.
BY_PATH = {
    "medium.com": 1,
    "sites.google.com": 2,
    "github.com": 1,
    "gitlab.com": 1,
    "tumblr.com": 1,
    "substack.com": 1,
    "telegra.ph": 0,
    "facebook.com": 1,
    "reddit.com": 2,
    "linkedin.com": 1,
    "t.me": 1,
    "patreon.com": 1,
    "people.com.cn": 0,
    "livejournal.com": 1,
    "blog.naver.com": 1,
    "note.com": 1,
    "qiita.com": 1,
    "ameblo.jp": 1,
    "zen.yandex.ru": 1,
    "dzen.ru": 1,
}
# Hosts below which each subdomain is a site of its own, and which the list of public suffixes lacks.
BY_SUBDOMAIN = (
    "wordpress.com", "tumblr.com", "medium.com", "substack.com", "livejournal.com", "typepad.com",
    "over-blog.com", "blog.hu", "blogg.se", "hatenablog.com", "livedoor.jp", "squarespace.com",
    "wixsite.com", "weebly.com", "webnode.com", "jimdofree.com", "ghost.io", "hubpages.com", "blog.jp",
)  # fmt: skip
ARCHIVED = re.compile(r"/web/\d{4,14}[a-z_]{0,4}/(?:https?:/{1,2})?(.+)", re.IGNORECASE)
ARCHIVE = "web.archive.org"


def parts(url: str) -> tuple[str, list[str]]:
    """Host (lower case, without ``www.`` and the like) and path of an address; ``""`` for no host.

    A page in a web archive is of the site that was archived.
    """
    try:
        split = urlsplit(url if "//" in url else f"//{url}")
        host = (split.hostname or "").rstrip(".")
    except ValueError:
        return "", []
    if host == ARCHIVE and (found := ARCHIVED.match(split.path)):
        return parts(f"//{found[1]}")
    return _without_face(host), [part for part in split.path.split("/") if part]


def _without_face(host: str) -> str:
    for face in FACES:
        if host.startswith(face) and "." in host[len(face) :]:
            return host[len(face) :]
    return host


def site(url: str) -> str:
    """The name of the address's site: its host, with the path's beginning where that tells sites apart."""
    host, path = parts(url)
    return "/".join((host, *(part.lower() for part in path[: BY_PATH.get(host, 0)])))


def domain(url: str) -> str:
    """The registered domain of an address, or the subdomain on hosts that carry many sites.

    Raises ``ImportError`` when ``publicsuffixlist`` (extra ``learn``) is missing.
    """
    host, _ = parts(url)
    if not host or host.replace(".", "").isdigit() or ":" in host:
        return host
    for many in BY_SUBDOMAIN:
        if host.endswith("." + many):
            return host.removesuffix("." + many).rpartition(".")[2] + "." + many
    if host in BY_PATH:
        return site(url)
    return _suffixes().privatesuffix(host) or host


@cache
def _suffixes():  # type: ignore[no-untyped-def] # noqa: ANN202 - the package's own class
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


def names(address: str) -> Iterator[str]:
    """The names by which rules may know the site of an address or of a site's name, nearest first.

    ``blog.example.com/ann/1`` is known as ``blog.example.com/ann/1``, ``blog.example.com/ann``,
    ``blog.example.com``, ``example.com``.
    """
    host, path = parts(address)
    for size in range(min(2, len(path)), 0, -1):
        yield "/".join((host, *(part.lower() for part in path[:size])))
    while host:
        yield host
        _, _, host = host.partition(".")
