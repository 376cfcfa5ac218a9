"""Leftover markup: stray tags and comments of HTML in prose.  The tags go, the words stay."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from cleaner.code import is_code, talks_of_markup
from cleaner.filters.spot import Spot

RULE = "characters/stray-tag"
WHY = "A tag of HTML was left in the text; the words that it marked stay."
CONFIDENCE = 0.95

BLOCK = frozenset(
    """
    p br div li ul ol blockquote h1 h2 h3 h4 h5 h6 hr center figure
""".split()
)
INLINE = frozenset(["a", "b", "i", "u", "em", "strong", "span", "font", "small", "sup", "sub", "s", "img"])
VALUE = r"(?:\"[^\"<>\n]{0,1000}\"|'[^'<>\n]{0,1000}'|[^\s\"'<>=]{1,300})"
ATTRIBUTE = rf"\s{{1,20}}[a-zA-Z][\w:-]{{0,30}}\s?=\s?{VALUE}"
TAG = re.compile(rf"<(/?)([a-zA-Z][a-zA-Z0-9]{{0,11}})((?:{ATTRIBUTE}){{0,12}})\s?/?>")
COMMENT = re.compile(r"<!--[^<>\n]{0,500}?-->")
DEBRIS = re.compile(rf"(?:{TAG.pattern}|{COMMENT.pattern})")
ADDRESS = re.compile(r"<(?:https?://|mailto:|[\w.+-]+@)[^<>\s]*>")
ANY_TAG = re.compile(r"</?[A-Za-z_][^<>\n]{0,300}>")


def spots(text: str) -> Iterator[Spot]:
    """The tags and comments in ``text`` that are plainly debris in prose."""
    if "<" not in text or ">" not in text or not DEBRIS.search(text) or not is_prose(text):
        return
    names = Counter((match[1], match[2].lower()) for match in TAG.finditer(text))
    for run in _runs(match for match in DEBRIS.finditer(text) if _stray(text, match, names)):
        start, end = run[0].start(), run[-1].end()
        new = " " if _glues(text, run) else ""
        yield Spot(start, end, new, RULE, WHY, CONFIDENCE)


def is_prose(text: str) -> bool:
    """Whether no tag of ``text`` can be meant: no code, no talk of markup, no unknown tag."""
    if talks_of_markup(text):
        return False
    bare = ADDRESS.sub(" ", text)
    bare = DEBRIS.sub(lambda match: " " if _known(match) else match[0], bare)
    if ANY_TAG.search(bare):
        return False
    return not any(is_code(line) for line in bare.split("\n") if line)


def _known(match: re.Match[str]) -> bool:
    return match[2] is None or match[2].lower() in BLOCK | INLINE


def _stray(text: str, match: re.Match[str], names: Counter[tuple[str, str]]) -> bool:
    """Whether a match is debris: a comment, a break, one of a pair, or a block's lone tag."""
    if match[2] is None:
        return True
    name = match[2].lower()
    if name not in BLOCK | INLINE:
        return False
    if match[3] or name in ("br", "hr") or (names["", name] and names["/", name]):
        return name != "img" or bool(match[3])
    return name in BLOCK and not _spoken_of(text, match)


def _spoken_of(text: str, match: re.Match[str]) -> bool:
    """Whether a tag stands in a line as a word does."""
    before, after = (
        text[max(0, match.start() - 1) : match.start()],
        text[match.end() : match.end() + 1],
    )
    return before in (" ", "(", '"', "'", "`") and after in (*" ,.;:)!?\"'`s", "")


def _runs(matches: Iterator[re.Match[str]]) -> Iterator[list[re.Match[str]]]:
    """The matches in groups that stand side by side."""
    run: list[re.Match[str]] = []
    for match in matches:
        if run and run[-1].end() != match.start():
            yield run
            run = []
        run.append(match)
    if run:
        yield run


def _glues(text: str, run: list[re.Match[str]]) -> bool:
    """Whether two words would grow together where a run with a break of lines goes."""
    before, after = (
        text[max(0, run[0].start() - 1) : run[0].start()],
        text[run[-1].end() : run[-1].end() + 1],
    )
    breaks = any(match[2] and match[2].lower() in BLOCK for match in run)
    return breaks and bool(before and after) and not (before.isspace() or after.isspace())
