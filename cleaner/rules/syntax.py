"""What the syntax tree of a regex tells: how a match may begin, what it must contain, what is unsafe.

The tree is that of the standard library's own parser; a pattern that it cannot read (users
may write for the package ``regex``) tells nothing, which is always sound.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import islice, product, takewhile
from typing import Any, NamedTuple

from cleaner.rules.folding import EDGE

try:
    from re import _compiler, _constants, _parser  # type: ignore[attr-defined]
except ImportError:  # pragma: no cover - an interpreter without these insides
    _compiler = _parser = _constants = None
compiler: Any = _compiler
parser: Any = _parser
constants: Any = _constants

PREFIX = 3  # characters by which rules are dispatched at the least
LONG_PREFIX = 6  # and where so many are known
MARKED = "\0"  # before a mark, as a key of lines that begin with it
MOST_ALIKE = 4  # more long prefixes that begin alike are not worth their place in memory
MOST_OPENINGS = 12  # literals that are looked for one by one
MOST_COUNTED = 100  # literals that are counted
SHARED = 6  # characters at the beginning or end of literals that may stand for all that share them
FEW_CHOICES = 4  # a class of more characters ends a prefix that is long enough without it
MOST_PREFIXES = 3000  # a rule that may begin in more ways is found by a keyword instead
MOST_LONG = 20_000  # the same for long prefixes, which are gathered
NO_BOUND = 1_000_000
MOST_ALTERNATIVES = 60  # alternatives of a pattern that are told apart
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


def prefixes(pattern: str, size: int = PREFIX, passed: str = "") -> frozenset[str] | None:
    """All that the first ``size`` characters of a match can be, or ``None``: anything.

    Characters of ``passed`` at the very beginning are passed over.  In what
    begins with a digit every digit is told as 0, and what comes to a digit otherwise ends there.

    A shorter string is a whole match that is that short, or the part of the beginning that
    is known, marked by a final NUL when more may follow.
    """
    nodes = tree(pattern)
    return None if nodes is None else _prefixes(nodes, size, passed)


def _prefixes(nodes: Iterable[Node], size: int = PREFIX, passed: str = "") -> frozenset[str] | None:
    try:
        found = _starts(nodes, [("", True)], (size, passed))
    except _TooManyError:
        return None
    result = {text if whole or len(text) == size else text + "\0" for text, whole in found}
    return None if "\0" in result or (not passed and "" in result) else frozenset(result)


class Alternative(NamedTuple):
    """One way to match a pattern: least and most characters, literals of which one is there, beginnings."""

    least: int
    most: int
    needs: tuple[str, ...]
    starts: tuple[str, ...]


def alternatives(pattern: str) -> tuple[Alternative, ...]:
    """The ways of a pattern: its alternatives, each with the keys by which an index finds it.

    ``()`` when one may begin with anything.
    """
    nodes = tree(pattern)
    if nodes is None:
        return ()
    found = [_alternative(nodes.state, way) for way in _alternatives(list(nodes))]
    return tuple(found) if all(way.starts for way in found) else ()


def _alternative(state: Any, nodes: list[Node]) -> Alternative:
    least, most = parser.SubPattern(state, nodes).getwidth()
    return Alternative(int(least), min(int(most), NO_BOUND), _shared(_best(_needed(nodes))), _keys(nodes))


def _alternatives(nodes: list[Node]) -> list[list[Node]]:
    """What a pattern matches as patterns without the first choice between others, as long as they are few."""
    for at, (op, value) in enumerate(nodes):
        plain = op is constants.SUBPATTERN and not (value[1] or value[2])
        body = list(value[3]) if plain and len(value[3]) == 1 else [(op, value)]
        if body[0][0] is constants.BRANCH:
            branches = [[*nodes[:at], *branch, *nodes[at + 1 :]] for branch in body[0][1][1]]
            if len(branches) > MOST_ALTERNATIVES:
                break
            found = [way for branch in branches for way in _alternatives(branch)]
            return found if len(found) <= MOST_ALTERNATIVES else branches
    return [nodes]


def _keys(nodes: list[Node]) -> tuple[str, ...]:
    """The keys by which an index finds a pattern: its beginnings, ``()`` when unknown.

    Marks and blanks at the very beginning are passed over: they come in too many ways.  Where
    a mark is all that is known, the key is that mark after ``MARKED``.
    A beginning of which less than ``LONG_PREFIX`` is known is cut to ``PREFIX`` characters, and
    one of which less than that is known to one.
    """
    for size in (LONG_PREFIX, PREFIX):
        found = _prefixes(nodes, size, EDGE)
        if found is not None:
            return tuple(sorted(_gathered({_cut(key) for key in found})))
    raw = _prefixes(nodes) or frozenset()
    return tuple(sorted({MARKED + key[0] if key[0] in EDGE else _cut(key) for key in raw}))


def _gathered(keys: set[str]) -> set[str]:
    """The keys, those cut to ``PREFIX`` characters of which many would begin alike."""
    alike = Counter(key[:PREFIX] for key in keys)
    return {key[:PREFIX] if alike[key[:PREFIX]] > MOST_ALIKE else key for key in keys}


def _cut(key: str) -> str:
    """A beginning as it is filed: whole, or (where more may follow) as long as lines are asked."""
    if not key.endswith("\0"):
        return key
    known = len(key) - 1
    return key[: min(known, PREFIX)]


def beginnings_of(text: str) -> tuple[str, ...]:
    """The keys under which a regex that matches the whole of a text can be filed, longest first.

    The text is to be without marks and blanks at its beginning.
    """
    long = text[:LONG_PREFIX]
    if long[:1] in DIGITS:
        long = long.translate(_ONE_DIGIT)
    keys = (long, long[:3], long[:2], long[:1])
    return keys if len(long) > PREFIX else tuple(dict.fromkeys(keys))


class _TooManyError(Exception):
    """More beginnings than are worth a table."""


# In what begins with a digit all digits count as one, since there are too many of them together.
DIGITS = frozenset("0123456789")
_ONE_DIGIT = dict.fromkeys(map(ord, "123456789"), "0")

# A beginning is its text and whether it may still grow (False: what follows is unknown).
Beginning = tuple[str, bool]
Aim = tuple[int, str]  # how long a beginning is wanted, and what is passed over before it


def _starts(nodes: Iterable[Node], begun: list[Beginning], aim: Aim) -> list[Beginning]:
    for node in nodes:
        open_ = [item for item in begun if _grows(item, aim)]
        if not open_:
            break
        done = [item for item in begun if not _grows(item, aim)]
        begun = list(dict.fromkeys(done + _grown(node, open_, aim)))
        if len(begun) > (MOST_PREFIXES if aim[0] == PREFIX else MOST_LONG):
            raise _TooManyError
    return begun


def _grows(begun: Beginning, aim: Aim) -> bool:
    text, grows = begun
    return grows and len(text) < aim[0]


def _grown(node: Node, begun: list[Beginning], aim: Aim) -> list[Beginning]:
    """The beginnings with what ``node`` adds to each."""
    op, value = node
    if op is constants.AT or op in (constants.ASSERT, constants.ASSERT_NOT):
        return begun
    chars = _choices(node)
    if chars is not None:
        return list(
            dict.fromkeys(_joined(text, char, aim, len(chars)) for (text, _), char in product(begun, chars))
        )
    if op in (constants.SUBPATTERN, constants.ATOMIC_GROUP, constants.BRANCH):
        return [item for body in _bodies(node) for item in _starts(body, begun, aim)]
    if op in (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT):
        return _repeated(value, begun, aim)
    return [(text, False) for text, _ in begun]


def _joined(text: str, char: str, aim: Aim, choices: int) -> Beginning:
    """A beginning with one more character, or as it is when that is not worth following."""
    if not text and char in aim[1]:
        return "", True
    if char in DIGITS:
        return (text + "0", True) if not text or text[0] == "0" else (text, False)
    return (text, False) if len(text) >= PREFIX and choices > FEW_CHOICES else (text + char, True)


def _repeated(value: tuple[int, int, Any], begun: list[Beginning], aim: Aim) -> list[Beginning]:
    least, most, body = value
    size, _ = aim
    for _ in range(min(least, size)):
        begun = _starts(body, begun, aim)
    result = list(begun) if least <= size else []
    for _ in range(min(int(most) - least, size)):
        longer = _starts(body, begun, aim)
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


def openings(pattern: str) -> tuple[str, ...]:
    """Few literals, with one of which every match begins, ``()`` when there are none.

    Where a regex begins with a word boundary, looking for these and matching there is ten
    times as fast as a search.
    """
    nodes = tree(pattern)
    found = _first_literals(nodes) if nodes else []
    return tuple(found) if len(found) <= MOST_OPENINGS and all(found) else ()


def begins_lines(pattern: str) -> bool:
    """Whether a match begins with a line break or at the very beginning of the text, and only there."""
    nodes = tree(pattern)
    return bool(nodes) and not nodes.state.flags & re.MULTILINE and _begins_line(nodes)


def _begins_line(nodes: Sequence[Node]) -> bool:
    """Whether what the nodes match begins so."""
    if not nodes:
        return False
    op, value = nodes[0]
    if op in _REPEATS and value[0] < 1:
        return False
    if op in (constants.SUBPATTERN, constants.BRANCH, constants.ATOMIC_GROUP, *_REPEATS):
        return all(map(_begins_line, _bodies(nodes[0])))
    return nodes[0] in _LINE_STARTS


class FirstLines(NamedTuple):
    """What the lines on which a match begins must have.

    One of the literals is in each, beginning at most ``reach`` characters after the break, and
    there must be ``times`` such lines.
    """

    literals: tuple[str, ...]
    reach: int
    times: int


def first_lines(pattern: str) -> FirstLines:
    """What is known of the first line of every match, no literals for nothing.

    That is asked of patterns of which ``begins_lines`` is true.
    """
    nodes = tree(pattern)
    first = _until_break(_without_first(nodes))
    while first and _optional(first[-1]):
        first.pop()
    reach = parser.SubPattern(nodes.state, first).getwidth()[1]
    times = nodes[0][1][0] if nodes[0][0] in _REPEATS else 1
    return FirstLines(_shared(_best(_needed(first), MOST_COUNTED)), int(reach), times)


class Rounds(NamedTuple):
    """What a pattern that begins lines and is repeated needs, so many times, one after the other.

    ``head`` matches the beginning of each round behind its line break, and ``ahead`` what must
    come behind the last, with its break.
    """

    head: re.Pattern[str]
    ahead: re.Pattern[str] | None
    times: int


def rounds(pattern: str) -> Rounds | None:
    """The rounds of a pattern that begins lines, ``None`` when it is not repeated."""
    nodes = tree(pattern)
    op, value = nodes[0]
    if op not in _REPEATS or value[0] < 2 or any(op is constants.GROUPREF for op, _ in walk(nodes)):
        return None
    body = list(value[2])
    while len(body) == 1 and body[0][0] in (constants.ATOMIC_GROUP, constants.SUBPATTERN):
        body = list(_bodies(body[0])[0])
    last, what = body[-1]
    ahead = what[1] if last is constants.ASSERT and what[0] > 0 and _begins_line(what[1]) else None
    head = parser.SubPattern(nodes.state, _until_break(_without_first(nodes)))
    return Rounds(compiler.compile(head), compiler.compile(ahead) if ahead else None, value[0])


def _without_first(nodes: Iterable[Node]) -> list[Node]:
    """The nodes of a pattern that begins lines without what stands for the break, as far as they go once."""
    first, *rest = nodes
    op, value = first
    if op is constants.SUBPATTERN and not _is_break(value[3]):
        return [*_without_first(value[3]), *rest]
    if op is constants.ATOMIC_GROUP:
        return [*_without_first(value), *rest]
    if op in _REPEATS:
        return _without_first(value[2])
    return rest if _is_break([first]) else []


def _is_break(nodes: Sequence[Node]) -> bool:
    """Whether the nodes match a line break or the beginning of the text, and nothing else."""
    if len(nodes) != 1:
        return False
    op, value = nodes[0]
    if op is constants.SUBPATTERN:
        return _is_break(value[3])
    return all(map(_is_break, value[1])) if op is constants.BRANCH else nodes[0] in _LINE_STARTS


def _until_break(nodes: Iterable[Node]) -> list[Node]:
    """The nodes up to the first that can hold a line break, and of that one what comes before it."""
    kept: list[Node] = []
    for op, value in nodes:
        if not _takes_break((op, value)):
            kept.append((op, value))
            continue
        if op in (constants.SUBPATTERN, constants.ATOMIC_GROUP):
            kept += _until_break(_bodies((op, value))[0])
        elif op is constants.BRANCH:
            cut = [parser.SubPattern(branch.state, _until_break(branch)) for branch in value[1]]
            kept.append((op, (None, cut)))
        break
    return kept


def _takes_break(node: Node) -> bool:
    """Whether what the node matches can hold a line break."""
    op, value = node
    if op in (constants.AT, constants.ASSERT, constants.ASSERT_NOT, constants.ANY):
        return False
    if op in (constants.LITERAL, constants.NOT_LITERAL):
        return bool(value == ord("\n")) is (op is constants.LITERAL)
    if op is constants.IN:
        return _class_takes_break(value)
    return not _bodies(node) or any(_takes_break(inner) for body in _bodies(node) for inner in body)


def _class_takes_break(items: Sequence[Node]) -> bool:
    """The same of a class; one with categories counts as if it could."""
    held = any(
        kind is constants.CATEGORY
        or (kind is constants.LITERAL and item == ord("\n"))
        or (kind is constants.RANGE and item[0] <= ord("\n") <= item[1])
        for kind, item in items
    )
    negated = any(kind is constants.NEGATE for kind, _ in items)
    named = any(kind is constants.LITERAL and item == ord("\n") for kind, item in items)
    return not named if negated else held


def _first_literals(nodes: Iterable[Node]) -> list[str]:
    """The literals that can begin what the nodes match; one is empty when something else can."""
    run = ""
    for op, value in nodes:
        if op is constants.LITERAL:
            run += chr(value)
        elif op in (constants.AT, constants.ASSERT, constants.ASSERT_NOT) and not run:
            continue
        elif run or op not in (constants.SUBPATTERN, constants.BRANCH):
            break
        else:
            bodies = [value[3]] if op is constants.SUBPATTERN else value[1]
            return [text for body in bodies for text in _first_literals(body)]
    return [run]


def needs(pattern: str) -> tuple[tuple[str, ...], int]:
    """Literals of which one is in every match, and how often at the least; ``()`` for none known.

    Of several such sets it is the one whose shortest literal is the longest.
    """
    nodes = tree(pattern)
    if not nodes:
        return (), 0
    often = [(_best(_needed([node]), MOST_COUNTED), node[1][0]) for node in nodes if node[0] in _REPEATS]
    literals, times = max(often, key=lambda found: (bool(found[0]), found[1]), default=((), 0))
    if not literals or times <= 1:
        literals, times = _best(_needed(nodes)), 1
    return _shared(literals), times


def _shared(literals: tuple[str, ...]) -> tuple[str, ...]:
    """Fewer literals: those that begin or end alike by what they share, when that is long enough."""
    for cut, common in ((slice(SHARED), _common_start), (slice(-SHARED, None), _common_end)):
        groups: dict[str, list[str]] = {}
        for text in literals:
            groups.setdefault(text[cut], []).append(text)
        literals = tuple(common(group) for group in groups.values())
    return tuple(sorted(literals, key=len))  # a short one is the more likely to be there


def _common_start(texts: Sequence[str]) -> str:
    return "".join(chars[0] for chars in takewhile(_alike, zip(*texts, strict=False)))


def _common_end(texts: Sequence[str]) -> str:
    return _common_start([text[::-1] for text in texts])[::-1]


def _alike(chars: Sequence[str]) -> bool:
    return len(set(chars)) == 1


_REPEATS = (
    (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT) if constants is not None else ()
)


_LINE_STARTS = (
    ((constants.LITERAL, ord("\n")), (constants.AT, constants.AT_BEGINNING)) if constants is not None else ()
)


def _best(sets: Iterable[tuple[str, ...]], most: int = MOST_OPENINGS) -> tuple[str, ...]:
    fit = [found for found in map(_least_of, sets) if 0 < len(found) <= most and all(map(_telling, found))]
    return max(fit, key=lambda found: (min(map(len, found)), -len(found)), default=())


def _telling(text: str) -> bool:
    """Whether not every text can be thought to have these characters."""
    return len(text) > 1 or not text.isascii()


def _least_of(texts: tuple[str, ...]) -> tuple[str, ...]:
    """The texts without those that hold another of them, and so say nothing more."""
    return tuple(text for text in texts if not any(other in text for other in texts if other != text))


def _needed(nodes: Iterable[Node]) -> Iterator[tuple[str, ...]]:
    """Sets of literals, of each of which one is in whatever the nodes match."""
    run = [""]
    for node in nodes:
        texts = _texts(node)
        longer = _joined_all(run, texts) if texts else None
        if longer is not None:
            run = longer
            continue
        yield tuple(run)
        run = texts or [""]
        if not texts:
            yield from _needed_within(node)
    yield tuple(run)


def _texts(node: Node) -> list[str] | None:
    """All that a node can match, when that is little; looking ahead or behind matches nothing."""
    op, value = node
    if op in (constants.AT, constants.ASSERT, constants.ASSERT_NOT):
        return [""]
    chars = _choices(node)
    if chars is not None:
        return chars
    if op in (constants.SUBPATTERN, constants.ATOMIC_GROUP, constants.BRANCH):
        bodies = [_texts_of(body) for body in _bodies(node)]
        return None if None in bodies else _few(text for body in bodies for text in body or ())
    if op in _REPEATS and value[:2] == (0, 1):
        once = _texts_of(value[2])
        return None if once is None else _few(["", *once])
    return None


def _texts_of(nodes: Iterable[Node]) -> list[str] | None:
    run: list[str] | None = [""]
    for node in nodes:
        texts = _texts(node)
        run = _joined_all(run, texts) if run is not None and texts is not None else None
    return run


def _joined_all(first: list[str], second: list[str]) -> list[str] | None:
    return _few(one + other for one, other in product(first, second))


def _few(texts: Iterable[str]) -> list[str] | None:
    """The texts, each once, or ``None`` for too many."""
    found = list(dict.fromkeys(islice(texts, MOST_COUNTED * MOST_COUNTED)))
    return found if len(found) <= MOST_COUNTED else None


def _needed_within(node: Node) -> Iterator[tuple[str, ...]]:
    """The same of one node: of a body that comes at least once, and of all branches together."""
    op, value = node
    if op is constants.BRANCH:
        branches = [_best(_needed(branch)) for branch in value[1]]
        if all(branches):
            yield tuple(sorted({text for branch in branches for text in branch}))
    elif op not in (constants.ASSERT, constants.ASSERT_NOT) and not _optional(node):
        for body in _bodies(node):
            yield from _needed(body)


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


def least(pattern: str) -> int:
    """The fewest characters that a match can have, 0 when that cannot be told."""
    nodes = tree(pattern)
    return 0 if nodes is None else int(nodes.getwidth()[0])


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
    repeats = (constants.MAX_REPEAT, constants.MIN_REPEAT, constants.POSSESSIVE_REPEAT)
    return op in repeats and value[0] == 0


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
