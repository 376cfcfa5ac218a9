"""HTML elements that are safe by construction: whatever is not made here is text, and is escaped."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from html import escape

HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))  # categories that have no look of their own
JOINERS = "\u200c\u200d\ufe0f"  # parts of words and emoji
BLANK = frozenset("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")  # letters that look like nothing
SIGNS = {"\n": "\u21b5", "\r": "\u240d", "\t": "\u21e5", "\u2028": "\u21b5", "\u2029": "\u21b5"}


class Safe(str):
    """Markup that is made here."""

    __slots__ = ()


Child = str | int | Safe | None | Iterable["Child"]


def tag(name: str, /, *children: Child, **attributes: str | float | bool | None) -> Safe:
    """An element.  ``class_`` is the attribute ``class``, ``aria_label`` is ``aria-label``."""
    written = _written(attributes)
    return Safe(f"<{name}{written}>{inside(children)}</{name}>")


def lone(name: str, /, **attributes: str | float | bool | None) -> Safe:
    """An element that has no inside, such as ``meta``."""
    return Safe(f"<{name}{_written(attributes)}>")


def _written(attributes: Mapping[str, str | float | bool | None]) -> str:
    parts = []
    for key, value in attributes.items():
        name = key.rstrip("_").replace("_", "-")
        if value is True:
            parts.append(f" {name}")
        elif value is not None and value is not False:
            parts.append(f' {name}="{escape(printable(str(value)))}"')
    return "".join(parts)


def inside(children: Iterable[Child]) -> Safe:
    """Children as markup; strings are text."""
    return Safe("".join(map(_child, children)))


def _child(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Safe):
        return child
    if isinstance(child, str):
        return visible(child)
    return f"{child:,}" if isinstance(child, int) else inside(child)


def printable(text: str) -> str:
    """A text in which each character that cannot be seen, or that turns the line, is its number."""
    if text.isprintable():
        return text
    return "".join(name_of(char) if _hidden(char) else char for char in text)


def visible(text: str, *, every: bool = False) -> Safe:
    """A text as markup, in which each character that cannot be seen is a small sign.

    With ``every``, that goes for odd spaces, and for joiners, too.
    """
    if text.isprintable() and BLANK.isdisjoint(text):
        return Safe(escape(text))
    return Safe("".join(_shown(char, every=every) for char in text))


def _shown(char: str, *, every: bool) -> str:
    if not (_hidden(char) or (every and _odd(char))):
        return escape(char)
    if not every and char in JOINERS:
        return char
    named = SIGNS.get(char) or name_of(char)
    kind = "c n" if char in SIGNS else "c"
    title = unicodedata.name(char, "control character")
    return f'<span class="{kind}" title="{escape(title.capitalize())}">{named}</span>'


def _hidden(char: str) -> bool:
    return char in BLANK or unicodedata.category(char) in HIDDEN


def _odd(char: str) -> bool:
    return char in JOINERS or (char != " " and unicodedata.category(char) == "Zs")


def name_of(char: str) -> str:
    """A character's number, as Unicode writes it."""
    return f"U+{ord(char):04X}"
