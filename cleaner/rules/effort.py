"""How much work a regex may cost on the worst line: the ways in which its repeats can share a text.

A backtracking matcher that fails has tried every way to split the line among the repeats of
the pattern.  Where a repeat is followed by something that it cannot eat itself there is one
way; where two repeats can eat the same characters, their bounds multiply.  The estimate is an
upper bound for lines of ``LONGEST`` characters, found from the syntax tree alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from cleaner.rules.matcher import LONGEST
from cleaner.rules.syntax import Node, constants, tree

MOST_WAYS = 1_000_000_000  # of an estimate that is far above what is tried: a second on the worst line
CEILING = 10.0**30
# Characters that stand for all others: a class is told by those of them that it takes.
SAMPLE = frozenset(map(chr, range(9, 127))) | frozenset(
    "\u00e9\u00df\u044f\u0627\u3042\u4e2d\uac00\u2026\u00ab\u00bb\u00a9\u2022"
)
Chars = frozenset[str]


def ways(pattern: str) -> float:
    """The most ways in which a line of ``LONGEST`` characters can be tried; 1 when there is no choice.

    A pattern that the standard library cannot read counts as one way.
    """
    nodes = tree(pattern)
    return 1.0 if nodes is None else _sequence(list(nodes), frozenset())


def _sequence(nodes: Sequence[Node], after: Chars) -> float:
    """The ways of nodes in a row, before something that begins with ``after`` (empty: the end)."""
    product, gap = 1.0, 0
    for place, node in enumerate(nodes):
        following = _first(nodes[place + 1 :], after)
        found = _node(node, following)
        product = min(product * max(found / (1 + gap), 1.0), CEILING)
        gap = 0 if _spread(node) else gap + _least(node)
    return product


def _node(node: Node, after: Chars) -> float:
    op, value = node
    if op is constants.SUBPATTERN:
        return _sequence(list(value[3]), after)
    if op is constants.BRANCH:
        return min(sum(_sequence(list(branch), after) - 1 for branch in value[1]) + 1, CEILING)
    if op in (constants.ASSERT, constants.ASSERT_NOT):
        return _sequence(list(value[1]), frozenset())
    if op in (constants.MAX_REPEAT, constants.MIN_REPEAT):
        return _repeat(value, after)
    return 1.0


def _repeat(value: tuple[int, int, Any], after: Chars) -> float:
    least, most = value[0], min(int(value[1]), LONGEST)
    body = list(value[2])
    again = _first(body, frozenset()) if most > 1 else frozenset()
    inner = _sequence(body, again | after)
    clash = bool(_first(body, after) & after)
    length = max(_least_of(body), 1)
    choices = max((most - least) / length, 1.0) if clash and most > least else 1.0
    if inner <= 1.0:
        return choices
    turns = min(most, LONGEST // length)
    return min(choices * inner ** min(turns, 60), CEILING)


def _spread(node: Node) -> bool:
    """Whether the node's length may differ from match to match."""
    op, value = node
    if op is constants.SUBPATTERN:
        return any(map(_spread, value[3]))
    if op is constants.BRANCH:
        return True
    if op in (constants.MAX_REPEAT, constants.MIN_REPEAT):
        return bool(value[0] != value[1] and int(value[1]) > 1)
    return False


def _least(node: Node) -> int:
    op, value = node
    if op in (constants.AT, constants.ASSERT, constants.ASSERT_NOT):
        return 0
    if op is constants.SUBPATTERN:
        return _least_of(value[3])
    if op is constants.BRANCH:
        return min(map(_least_of, value[1]))
    if op in (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT):
        return int(value[0]) * _least_of(value[2])
    return 1


def _least_of(nodes: Any) -> int:
    return sum(map(_least, nodes))


def _first(nodes: Sequence[Node], after: Chars) -> Chars:
    """The characters with which a match of the nodes, or of what follows them, can begin."""
    chars: Chars = frozenset()
    for node in nodes:
        chars |= _begin(node)
        if _least(node) > 0:
            return chars
    return chars | after


def _begin(node: Node) -> Chars:
    op, value = node
    if op is constants.SUBPATTERN:
        return _first(list(value[3]), frozenset())
    if op is constants.ATOMIC_GROUP:
        return _first(list(value), frozenset())
    if op is constants.BRANCH:
        return frozenset().union(*(_first(list(branch), frozenset()) for branch in value[1]))
    if op in (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT):
        return _first(list(value[2]), frozenset())
    if op in (constants.AT, constants.ASSERT, constants.ASSERT_NOT):
        return frozenset()
    return _taken(op, value)


def _taken(op: Any, value: Any) -> Chars:
    """The characters that a node of one character takes."""
    if op is constants.LITERAL:
        return frozenset(chr(value))
    if op is constants.NOT_LITERAL:
        return SAMPLE - {chr(value)}
    if op is constants.IN:
        return _class(value)
    return SAMPLE


def _class(items: Sequence[Node]) -> Chars:
    chars: Chars = frozenset()
    negated = False
    for kind, item in items:
        if kind is constants.NEGATE:
            negated = True
        elif kind is constants.RANGE:
            chars |= {chr(code) for code in range(item[0], min(item[1], item[0] + 500) + 1)}
        elif kind is constants.CATEGORY:
            chars |= _category(item)
        else:
            chars |= {chr(item)}
    return SAMPLE - chars if negated else chars


@lru_cache(maxsize=16)
def _category(name: Any) -> Chars:
    letter = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}
    negative = {f"NOT_{key}": form.upper() for key, form in letter.items()}
    form = (letter | negative).get(str(name).removeprefix("CATEGORY_"), ".")
    return frozenset(char for char in SAMPLE if re.match(form, char))
