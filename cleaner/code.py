"""Program code and talk about markup: text in which odd characters are meant."""

from __future__ import annotations

import re
from functools import lru_cache

SIGNS = ("{", "}", "\\", "::", "->", "=>", "()", "==", "!=", "&&", "||", ">>>", "</", "/>", "+=")
STATEMENT = re.compile(
    r"^\s*(?:\$ |#!|//|/\*|#include\b|import [\w.]+$|from [\w.]+ import |def \w+\(|class \w+[(:]"
    r"|(?:const|let|var|int|char|void|public|private|static|return|sudo|git|docker|npm|pip) "
    r".*[;=(])"
    r"|^(?:\S+\s+){0,5}\S*[\w)\]\"'];\s*$|\w\(\)|\w = [\w\"'(\[]|\w\.\w+\([^)]"
)
ENTITY = re.compile(r"&(?:[A-Za-z]\w{1,30}|#\w{1,8});")
PROMPT = re.compile(r"\s*(?:&(?:gt|GT|#62|#x3[eE]);){3} ")  # of an interactive session, escaped with it
WINDOW = 400  # characters looked at on each side of a place in a long line

MARKUP_WORDS = re.compile(
    r"\b(?:HTML5?|XHTML|XML|CSS|DOM|JSX|SVG|BBCode|JavaScript|markup|hypertext|stylesheets?"
    r"|(?:opening|closing|end|start|meta|head|header|script|anchor|image|body|title|heading) tags?"
    r"|tags? like|tag names?|(?:the|a|an|its) tags?(?= <)"
    r"|angle brackets?|escap(?:e|ed|ing)|entit(?:y|ies)|ampersand"
    r"|HTTP response|web components?|Markdown|WYSIWYG|XSS)\b"
)


@lru_cache(maxsize=256)  # many places in one line ask about the same part of it
def is_code(line: str) -> bool:
    """Whether ``line`` reads like program code, a command or markup rather than prose."""
    if "&" in line and ";" in line:
        if PROMPT.match(line):
            return True
        line = ENTITY.sub(" ", line)
    return any(sign in line for sign in SIGNS) or STATEMENT.search(line) is not None


def around(text: str, start: int, end: int) -> str:
    """The part of the line round ``text[start:end)`` that tells whether it is code."""
    first, last = max(0, (start // WINDOW - 1) * WINDOW), (end // WINDOW + 2) * WINDOW
    low = text.rfind("\n", first, start) + 1 or first
    high = text.find("\n", end, last)
    return text[low : high if high >= 0 else last]


def is_code_at(text: str, start: int, end: int) -> bool:
    """Whether the line round ``text[start:end)`` reads like code."""
    return is_code(around(text, start, end))


def talks_of_markup(text: str) -> bool:
    """Whether ``text`` is about markup, so that tags and entities in it may be meant."""
    return MARKUP_WORDS.search(text) is not None
