"""What the syntax tree of a regex tells: how a match may begin, what it must contain, what is unsafe.

The tree is that of the standard library's own parser; a pattern that it cannot read (users
may write for the package ``regex``) tells nothing, which is always sound.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import product
from typing import Any

try:
    from re import _constants, _parser  # type: ignore[attr-defined]
except ImportError:  # pragma: no cover - an interpreter without these insides
    _parser = _constants = None
parser: Any = _parser
constants: Any = _constants

PREFIX = 3  # characters by which rules are dispatched
MOST_PREFIXES = 3000  # a rule that may begin in more ways is found by a keyword instead
NO_BOUND = 1_000_000
MOST_CHOICES = 64  # a class of more characters counts as "anything"

Node = tuple[Any, Any]


@lru_cache(maxsize=4096)
def tree(pattern: str) -> Any:
    """The parsed pattern, a sequence of nodes, or ``None`` when it cannot be read."""
    if parser is None:
        return None
    try:
        return parser.parse(pattern)
    except (re.error, RecursionError, OverflowError):
        return None


def prefixes(pattern: str) -> frozenset[str] | None:
    """All that the first characters of a match can be (up to ``PREFIX``), or ``None``: anything.

    A shorter string is a whole match that is that short, or the part of the beginning that
    is known, marked by a final NUL when more may follow.
    """
    nodes = tree(pattern)
    if nodes is None:
        return None
    try:
        found = _starts(nodes, [("", True)])
    except _TooManyError:
        return None
    result = {text if whole or len(text) == PREFIX else text + "\0" for text, whole in found}
    return None if "\0" in result or "" in result else frozenset(result)


def dispatch_keys(pattern: str) -> tuple[str, ...]:
    """The keys by which an index finds the pattern: its beginnings, ``()`` when unknown.

    A beginning of which less than ``PREFIX`` is known, or a digit (of which there are too
    many together), is cut to its first character.
    """
    found = prefixes(pattern) or frozenset()
    return tuple(sorted({key[0] if key[-1] == "\0" or key[0].isdigit() else key for key in found}))


class _TooManyError(Exception):
    """More beginnings than are worth a table."""


# A beginning is its text and whether it may still grow (False: what follows is unknown).
Beginning = tuple[str, bool]


def _starts(nodes: Iterable[Node], begun: list[Beginning]) -> list[Beginning]:
    for node in nodes:
        open_ = [item for item in begun if _grows(item)]
        if not open_:
            break
        done = [item for item in begun if not _grows(item)]
        begun = list(dict.fromkeys(done + _grown(node, open_)))
        if len(begun) > MOST_PREFIXES:
            raise _TooManyError
    return begun


def _grows(begun: Beginning) -> bool:
    """Whether more of a beginning is wanted; one with a digit is dispatched by that digit."""
    text, grows = begun
    return grows and len(text) < PREFIX and not text[:1].isdigit()


def _grown(node: Node, begun: list[Beginning]) -> list[Beginning]:
    """The beginnings with what ``node`` adds to each."""
    op, value = node
    if op is constants.AT or op in (constants.ASSERT, constants.ASSERT_NOT):
        return begun
    chars = _choices(node)
    if chars is not None:
        return [(text + char, True) for (text, _), char in product(begun, chars)]
    if op is constants.SUBPATTERN:
        return _starts(value[3], begun)
    if op is constants.BRANCH:
        return [item for branch in value[1] for item in _starts(branch, begun)]
    if op in (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT):
        return _repeated(value, begun)
    return [(text, False) for text, _ in begun]


def _repeated(value: tuple[int, int, Any], begun: list[Beginning]) -> list[Beginning]:
    least, most, body = value
    for _ in range(min(least, PREFIX)):
        begun = _starts(body, begun)
    result = list(begun) if least <= PREFIX else []
    for _ in range(min(int(most) - least, PREFIX)):
        longer = _starts(body, begun)
        if longer == begun:
            break
        begun = longer
        result += begun
    return result or begun


def _choices(node: Node) -> list[str] | None:
    """The characters that a node of one character may be, or ``None``."""
    op, value = node
    if op is constants.LITERAL:
        return [chr(value)]
    if op is not constants.IN:
        return None
    chars: list[str] = []
    for kind, item in value:
        if kind is constants.LITERAL:
            chars.append(chr(item))
        elif kind is constants.RANGE and item[1] - item[0] < MOST_CHOICES:
            chars += map(chr, range(item[0], item[1] + 1))
        else:
            return None
    return chars if len(chars) <= MOST_CHOICES else None


def literal(pattern: str) -> str:
    """The longest run of characters that every match contains, ``""`` when there is none."""
    nodes = tree(pattern)
    return max(_runs(nodes), key=len, default="") if nodes else ""


def _runs(nodes: Iterable[Node]) -> Iterator[str]:
    run = ""
    for op, value in nodes:
        if op is constants.LITERAL:
            run += chr(value)
            continue
        if op is constants.AT:
            continue
        yield run
        run = ""
        if op is constants.SUBPATTERN:
            yield from _runs(value[3])
        elif op in (constants.MAX_REPEAT, constants.MIN_REPEAT) and value[0] > 0:
            yield from _runs(value[2])
    yield run


def width(pattern: str) -> int:
    """The most characters that a match can have, a large number when there is no bound."""
    nodes = tree(pattern)
    return NO_BOUND if nodes is None else min(int(nodes.getwidth()[1]), NO_BOUND)


def walk(nodes: Iterable[Node]) -> Iterator[Node]:
    """Every node of the tree, outermost first."""
    for node in nodes:
        yield node
        for body in _bodies(node):
            yield from walk(body)


def _bodies(node: Node) -> list[Any]:
    op, value = node
    if op is constants.SUBPATTERN:
        return [value[3]]
    if op is constants.BRANCH:
        return list(value[1])
    if op in (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT):
        return [value[2]]
    if op in (constants.ASSERT, constants.ASSERT_NOT):
        return [value[1]]
    if op is constants.ATOMIC_GROUP:
        return [value]
    return []


def unbounded(node: Node) -> bool:
    """Whether the node repeats something without an upper bound."""
    op, value = node
    repeats = (constants.MAX_REPEAT, constants.MIN_REPEAT)
    return op in repeats and value[1] is constants.MAXREPEAT


def runaway(pattern: str) -> str | None:
    """Why matching could take more than linear effort per start, or ``None``.

    Found are an unbounded repeat within another, and two unbounded repeats of the same
    characters with nothing certain between them.
    """
    nodes = tree(pattern)
    if nodes is None:
        return None
    for node in walk(nodes):
        if unbounded(node) and any(map(unbounded, walk(node[1][2]))):
            return "an unbounded repeat inside another"
    sequences = [nodes, *(body for node in walk(nodes) for body in _bodies(node))]
    if any(map(_neighbours_clash, sequences)):
        return "two unbounded repeats of the same characters side by side"
    return None


def _neighbours_clash(nodes: Iterable[Node]) -> bool:
    before: list[Node] = []
    for node in nodes:
        if unbounded(node):
            if any(_overlap(node, other) for other in before):
                return True
            before.append(node)
        elif not _optional(node):
            before = []
    return False


def _optional(node: Node) -> bool:
    op, value = node
    return op in (constants.MAX_REPEAT, constants.MIN_REPEAT) and value[0] == 0


def _overlap(one: Node, other: Node) -> bool:
    first, second = _alphabet(one[1][2]), _alphabet(other[1][2])
    return first is None or second is None or bool(first & second)


def _alphabet(nodes: Iterable[Node]) -> set[str] | None:
    """The characters that the nodes can match, ``None`` when they are not enumerable."""
    chars: set[str] = set()
    for node in nodes:
        found = _choices(node)
        if found is None:
            return None
        chars.update(found)
    return chars


def literals(pattern: str) -> Iterator[str]:
    """Every character that the pattern names, also inside classes."""
    for op, value in walk(tree(pattern) or ()):
        if op in (constants.LITERAL, constants.NOT_LITERAL):
            yield chr(value)
        elif op is constants.IN:
            yield from (chr(item) for kind, item in value if kind is constants.LITERAL)


def groups(pattern: str) -> set[str]:
    """The names of the pattern's groups."""
    return set(re.compile(pattern).groupindex)


def bare_dots(pattern: str) -> int:
    """How many dots stand alone, neither escaped nor repeated: any character, once."""
    return sum(op is constants.ANY for nodes in _sequences(pattern) for op, _ in nodes)


def optional_letters(pattern: str) -> Iterator[tuple[str, str]]:
    """Each optional letter at the end of a word, with the letters before it: ``k`` of ``think?``."""
    for nodes in _sequences(pattern):
        word = ""
        for place, (op, value) in enumerate(nodes):
            letter = _optional_letter((op, value))
            if letter and word and not _goes_on(nodes[place + 1 :]):
                yield letter, word
            word = word + chr(value) if op is constants.LITERAL and chr(value).isalpha() else ""


def _sequences(pattern: str) -> Iterator[list[Node]]:
    """The nodes of the pattern that stand in a row; the one character that a repeat repeats does not."""
    nodes = tree(pattern)
    if nodes is None:
        return
    yield list(nodes)
    repeats = (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT)
    for node in walk(nodes):
        for body in _bodies(node):
            row = [item for item in body if item[0] not in (constants.ASSERT, constants.ASSERT_NOT)]
            if not (node[0] in repeats and len(row) == 1):
                yield row


def _optional_letter(node: Node) -> str:
    op, value = node
    if op is not constants.MAX_REPEAT or value[:2] != (0, 1) or len(value[2]) != 1:
        return ""
    inner, code = value[2][0]
    return chr(code) if inner is constants.LITERAL and chr(code).isalpha() else ""


def _goes_on(nodes: list[Node]) -> bool:
    """Whether a letter follows at once."""
    return bool(nodes) and nodes[0][0] is constants.LITERAL and chr(nodes[0][1]).isalpha()
