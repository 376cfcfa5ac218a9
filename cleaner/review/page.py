"""The page as one file: template, style, script and data, and a policy that lets nothing else run."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

SLOT = re.compile(r"\{\{(\w+)\}\}")
# What would end or upset the element that holds the data, or cannot be written in UTF-8.
UNSAFE = re.compile("[<>&\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]")


def html_page(data: Mapping[str, Any], *, live: bool = False) -> str:
    """The whole page; a ``live`` one may ask the server that it came from, any other asks nobody."""
    slots = {
        "title": html.escape(str(data.get("title") or "cleaner")),
        "kind": html.escape(str(data.get("kind") or "")),
        "policy": html.escape(policy(live=live)),
        "style": _part("page.css"),
        "script": _part("page.js"),
        "data": as_json(data),
    }
    return SLOT.sub(lambda match: slots[match[1]], _part("page.html"))


def as_json(data: Mapping[str, Any]) -> str:
    """``data`` as JSON that no parser of markup takes for anything else."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def policy(*, live: bool = False) -> str:
    """The content security policy: our script and style by their hashes, and nothing else."""
    rules = {
        "default-src": "'none'",
        "script-src": _hash("page.js"),
        "style-src": _hash("page.css"),
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    if live:
        rules["connect-src"] = "'self'"
    return "; ".join(f"{name} {value}" for name, value in rules.items())


@lru_cache(maxsize=8)
def _part(name: str) -> str:
    return files("cleaner.review").joinpath("data", name).read_text("utf-8")


def _hash(name: str) -> str:
    digest = hashlib.sha256(_part(name).encode("utf-8")).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"
