"""The units of a text that are judged: lines, paragraphs re-joined from lines, or sentences.

A unit is a stretch of whole lines of the source (of whole sentences where the text has no
lines) and the words in it as a reader would see them: joined over hard wraps and over the
breaks that text extraction leaves round links, without indentation, bullets and Markdown.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field

from cleaner.document import split_lines

FLAT_LINE, FLAT_TEXT = 800, 1000
"""Mean characters of a line, and of the text, from which it counts as flat."""
LONG = 40
"""Characters from which a line can be a part of a sentence that a link broke."""
WRAP_MIN, WRAP_MAX = 50, 100
"""Widths, in characters, at which programs wrap text."""
WORD_MAX = 30
"""Characters of a word at most: longer ones are addresses, or script without spaces."""
WRAPS_MIN = 3
"""Full lines from which a text can be called wrapped."""
SENTENCE_MAX = 1500
"""Characters after which flat text without sentence ends is cut all the same."""

MARK = re.compile(r"(?:#{1,6}\s+|>\s+|[*+•·▪–-]\s+|\d{1,3}\.\s+)+")
LINK = re.compile(r"!?\[([^\[\]]{0,300})\]\([^()\s]{0,500}\)")
BYLINE = re.compile(r"(?:by|von|par|por|di|door)\s[^\s,.;:!?]+(?:\s[^\s,.;:!?]+){0,4}$")
SENTENCE = re.compile(r"(?<=[.!?…])[\"'”’»)\]]{0,2}\s+(?=\S)|(?<=[。！？])[」』”）]?")
TERMINAL = frozenset(".!?…。！？:;»")
QUOTES = "\"'”’“‘»«)]*_」』）"
CONTINUING = frozenset(",.;:)]!?’”%")
"""First characters of a line that goes on with the sentence of the line before."""
OPENING = frozenset("([“‘«„,–—-&/")
"""Last characters of a line whose sentence goes on."""
JOINERS = frozenset(
    "the of by a an and or in to with for from on at as is are was were that this said his her its "
    "their which who than then but not have has had be been der die das den dem des ein eine "
    "einen einem einer und oder mit von vom zu zum zur im in am an auf für bei nach aus über als "
    "wie ist le la les un une du de des et ou en à au aux dans par pour sur avec el los las un "
    "una y o en de del al por para con su il lo gli e di da nel della per con um uma os as do dos "
    "em no na que het een van en op met voor te w z na do od i".split()
)


@dataclass(slots=True)
class Layout:
    """The units of a text, one entry per unit in each list.

    ``starts`` and ``ends`` are character offsets in the text (an end is after the line
    end), ``gaps`` the number of blank lines before the unit, ``indents`` its indentation,
    ``bullets`` whether a list mark stood before it, ``parts`` how many lines it has.
    """

    texts: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    gaps: list[int] = field(default_factory=list)
    indents: list[int] = field(default_factory=list)
    bullets: list[int] = field(default_factory=list)
    parts: list[int] = field(default_factory=list)
    wrapped: bool = False
    flat: bool = False

    def __len__(self) -> int:
        return len(self.texts)


def is_flat(text: str, lines: list[str]) -> bool:
    """Whether the text has no line structure: hardly a line, and those of page length."""
    return len(text) > FLAT_TEXT and flat(len(text), sum(1 for line in lines if line.strip()))


def flat(size: int, filled: int) -> bool:
    """Whether a text of ``size`` characters is flat with so many lines that are not blank."""
    return filled > 0 and size > max(FLAT_LINE * filled, FLAT_TEXT)


def layout(text: str, *, sentences: bool = False) -> Layout:
    """The units of ``text``; with ``sentences`` a flat text is cut into its sentences."""
    lines, starts = split_lines(text)
    if is_flat(text, lines):
        return _sentences(text, lines, starts) if sentences else Layout(flat=True)
    width = wrap_width(lines)
    found = Layout(wrapped=width > 0)
    groups = _wrapped_groups(lines, width) if width else _broken_groups(lines)
    ends = [*starts[1:], len(text)]
    gap_at = 0
    for first, last in groups:
        _add(found, lines[first : last + 1], starts[first], ends[last], first - gap_at)
        gap_at = last + 1
    return found


def _add(found: Layout, lines: list[str], start: int, end: int, gap: int) -> None:
    head = lines[0]
    body = head.lstrip()
    mark = None if body[:1].isalpha() else MARK.match(body)
    text = body[mark.end() :] if mark else body
    text = " ".join([text, *lines[1:]]).strip() if len(lines) > 1 else text.rstrip()
    if "](" in text:
        text = LINK.sub(r"\1", text)
    found.texts.append(text)
    found.starts.append(start)
    found.ends.append(end)
    found.gaps.append(gap)
    found.indents.append(len(head) - len(body))
    found.bullets.append(mark is not None)
    found.parts.append(len(lines))


def wrap_width(lines: list[str]) -> int:
    """The width at which a program has wrapped the text, in characters; 0 if it has not.

    In wrapped text nearly every long line that is followed by another could not have taken
    the next line's first word.
    """
    if not any(WRAP_MIN <= len(line) <= WRAP_MAX for line in lines):
        return 0
    firsts = [line.split(None, 1)[0] if line and not line.isspace() else "" for line in lines]
    pairs = [
        (len(line), len(line) + 1 + len(word))
        for line, word in zip(lines, firsts[1:], strict=False)
        if WRAP_MIN <= len(line.rstrip()) <= WRAP_MAX and 0 < len(word) <= WORD_MAX
    ]
    if len(pairs) < WRAPS_MIN:
        return 0
    ordered = sorted(size for size, _ in pairs)
    width = ordered[len(ordered) * 9 // 10]
    full = sum(1 for size, more in pairs if size <= width + 8 and more > width)
    over = sum(len(line) for line in lines if len(line) > WRAP_MAX)
    inside = sum(size for size, _ in pairs)
    return width if full >= 0.75 * len(pairs) and over < inside else 0


def _wrapped_groups(lines: list[str], width: int) -> list[tuple[int, int]]:
    """First and last line of each paragraph of hard-wrapped text."""
    groups: list[tuple[int, int]] = []
    open_line = ""
    for number, line in enumerate(lines):
        body = line.strip()
        if not body:
            open_line = ""
            continue
        word = body.split(None, 1)[0]
        if open_line and len(open_line) + 1 + len(word) > width - 4 and not MARK.match(body):
            groups[-1] = (groups[-1][0], number)
        else:
            groups.append((number, number))
        open_line = line.rstrip()
    return groups


def _broken_groups(lines: list[str]) -> list[tuple[int, int]]:
    """First and last line of each unit, lines that a link or bold word broke re-joined."""
    groups: list[tuple[int, int]] = []
    size = 0  # characters of the open unit
    previous = ""
    for number, line in enumerate(lines):
        body = line.strip()
        if not body:
            previous = ""
            continue
        if previous and _goes_on(previous, body, size):
            first = groups[-1][0]
            if len(groups) > 1 and groups[-1][0] == groups[-1][1] == number - 1:
                first = _reach_back(lines, groups, previous)
            groups[-1] = (first, number)
            size += len(body)
        else:
            groups.append((number, number))
            size = len(body)
        previous = body
    return groups


def _goes_on(previous: str, body: str, size: int) -> bool:
    """Whether ``body`` goes on with the sentence that ``previous`` has begun."""
    first, last = body[0], previous.rstrip(QUOTES)[-1:] or previous[-1]
    if first in CONTINUING:
        return last not in TERMINAL or len(body) > 1
    if last in TERMINAL:
        return False
    if first.islower():
        return max(size, len(body)) >= LONG and not BYLINE.match(body)
    if size < LONG // 2:
        return False
    return last in OPENING or previous.rsplit(None, 1)[-1] in JOINERS


def _reach_back(lines: list[str], groups: list[tuple[int, int]], link: str) -> int:
    """The first line of the sentence in whose midst the single line ``link`` stands.

    The line before the link is taken in when it is long and its sentence unfinished; its
    group is removed from ``groups``, whose last then is the link's.
    """
    first, last = groups[-2]
    before = lines[last].strip()
    ended = before.rstrip(QUOTES)[-1:] in TERMINAL
    if last != groups[-1][0] - 1 or ended or len(before) < LONG or len(link) > 3 * LONG:
        return groups[-1][0]
    groups.pop()
    return first


def _sentences(text: str, lines: list[str], starts: list[int]) -> Layout:
    """The sentences of a text without lines as units."""
    found = Layout(flat=True)
    ends = [*starts[1:], len(text)]
    for line, start, stop in zip(lines, starts, ends, strict=True):
        cuts = [0, *_cuts(line), stop - start]
        for low, high in itertools.pairwise(cuts):
            body = line[low:high].strip()
            if body:
                _add(found, [body], start + low, start + high, 0)
    return found


def _cuts(line: str) -> list[int]:
    """The offsets in ``line`` at which a sentence, or a piece of one, begins."""
    cuts: list[int] = []
    at = 0
    for match in SENTENCE.finditer(line):
        cuts += range(at + SENTENCE_MAX, match.end() - SENTENCE_MAX // 4, SENTENCE_MAX)
        cuts.append(match.end())
        at = match.end()
    cuts += range(at + SENTENCE_MAX, len(line), SENTENCE_MAX)
    return [cut for cut in cuts if 0 < cut < len(line)]
