"""What every rule must hold to; each fault is one line that names the cure."""

from __future__ import annotations

import re

from cleaner.errors import PackError
from cleaner.rules import syntax
from cleaner.rules.effort import MOST_WAYS, ways
from cleaner.rules.folding import fold, phrase_key
from cleaner.rules.keywords import SEPARATORS, anchor
from cleaner.rules.rule import EDGES, FOLLOWERS, GROUP, KINDS, LEVELS, PLACES, Rule, group_of
from cleaner.rules.speech import spoken

KEBAB = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LEAST_EXAMPLES = 2
BLOCK_EDGES = ("tail", "beside")  # where a header that may be the author's own is believed


def check(rule: Rule) -> None:
    """Raises ``PackError`` for the first fault of ``rule``."""
    fault = next((text for finder in FINDERS if (text := finder(rule))), None)
    if fault:
        pack, _, name = rule.id.rpartition(":")
        raise PackError(pack, name, fault)


def _name(rule: Rule) -> str | None:
    if KEBAB.fullmatch(rule.id.rpartition(":")[2]):
        return None
    return "the id must be kebab-case: small letters and digits, joined by hyphens"


def _words(rule: Rule) -> str | None:
    choices = (
        ("kind", (rule.kind,), KINDS),
        ("level", (rule.level,), LEVELS),
        ("at", rule.at, EDGES),
        ("where", tuple(item.where for item in (*rule.when, *rule.unless)), PLACES),
    )
    for field, values, allowed in choices:
        for value in values:
            if value not in allowed:
                return f"{field} is {value!r}; it must be one of {', '.join(allowed)}"
    return None


def _doubted(rule: Rule) -> str | None:
    learnt = rule.family == "site" and rule.kind == "line" and not (rule.when or rule.unless)
    if rule.doubt and not learnt:
        return "doubt is for lines of the family site, without when and unless"
    return None


def _pattern(rule: Rule) -> str | None:
    if bool(rule.phrases) == bool(rule.match):
        return "give either phrases or match"
    if rule.phrases and not rule.whole_line:
        return f"a {rule.kind} needs match; phrases are whole lines"
    for phrase in rule.phrases:
        if not phrase_key(fold(phrase)):
            return f"the phrase {phrase!r} is nothing but marks; use match"
    return None


def _regexes(rule: Rule) -> str | None:
    conditions = (spoken(item.match, rule.language) for item in (*rule.when, *rule.unless))
    patterns = (rule.match, *conditions)
    patterns += tuple(name[1:-1] for name in rule.followers if is_regex(name))
    return next((fault for pattern in patterns if (fault := _regex(rule, pattern))), None)


def is_regex(name: str) -> bool:
    """Whether a follower is a regex, written ``/.../``, and not a shape's name."""
    return len(name) > 1 and name.startswith("/") and name.endswith("/")


def _regex(rule: Rule, pattern: str) -> str | None:
    if not pattern:
        return None
    fault = _compiles(rule, pattern)
    if fault:
        return fault
    for char in syntax.literals(pattern):
        if fold(char) != char and char not in "\t\n":
            return f"the regex has {char!r}, which lines never have: write {fold(char)!r} (lines are folded)"
    return _effort(pattern) if rule.trusted else None


def _effort(pattern: str) -> str | None:
    """Shipped regexes run without a time limit, so the worst line must be bearable."""
    if reason := syntax.runaway(pattern):
        return f"the regex can run away ({reason}): bound it, as in .{{0,80}}"
    if ways(pattern) > MOST_WAYS:
        return (
            "the regex can run away (its repeats can share a line in too many ways): let what follows "
            "a repeat begin with something that the repeat cannot take, or use (?>...)"
        )
    return None


def _compiles(rule: Rule, pattern: str) -> str | None:
    try:
        if rule.trusted:
            re.compile(pattern)
        else:
            import regex

            regex.compile(pattern)
    except Exception as error:  # noqa: BLE001 - both packages have error classes of their own
        return f"the regex {pattern!r} does not compile: {error}"
    return None


def _bounds(rule: Rule) -> str | None:
    if rule.guarded and not (rule.within_words and rule.max_lines):
        return f"a {rule.kind} needs within_words and max_lines, so that it cannot eat an article"
    if rule.kind == "block" and not rule.followers:
        return f"a block needs followers: {', '.join(FOLLOWERS)} or a regex as '/.../'"
    for name in rule.followers:
        if name not in FOLLOWERS and not is_regex(name):
            return f"followers has {name!r}; it takes {', '.join(FOLLOWERS)} or a regex as '/.../'"
    if rule.max_lines and not rule.guarded:
        return "max_lines is for block, tail and head"
    if rule.at and rule.kind != "line" and (rule.kind, rule.at) != ("block", BLOCK_EDGES):
        return "at is for lines; a block may have ['tail', 'beside']"
    return None


def _repair(rule: Rule) -> str | None:
    if (rule.kind == "repair") != bool(rule.new):
        return "new is what a repair puts in, and only a repair has it"
    if not rule.new or _compiles(rule, rule.match):
        return None
    groups = _groups(rule)
    for name in map(group_of, GROUP.finditer(rule.new)):
        if name not in groups:
            return f"new names the group {name}, which match has not"
    return None


def _groups(rule: Rule) -> set[str | int]:
    """The names and numbers of the groups of a rule's regex."""
    import regex

    pattern = (re if rule.trusted else regex).compile(rule.match)
    return {*range(pattern.groups + 1), *pattern.groupindex}


def _dispatch(rule: Rule) -> str | None:
    """A shipped regex must be found without trying it on every line."""
    if not rule.trusted or not rule.match or rule.keywords:
        return None
    if rule.whole_line and syntax.prefixes(rule.match) is not None:
        return None
    derived = syntax.literal(rule.match)
    if derived and derived[0] in SEPARATORS and anchor(derived):
        return None
    return "a match may begin with anything: give keywords, one of which begins a word in every match"


def _keywords(rule: Rule) -> str | None:
    for keyword in rule.keywords:
        if not keyword or fold(keyword) != keyword:
            return f"the keyword {keyword!r} must be written as lines are folded: {fold(keyword)!r}"
    return None


def _reason(rule: Rule) -> str | None:
    if not rule.why:
        return "needs why: one sentence for the person whose line is gone"
    if rule.trusted and not rule.source:
        return "needs source: where it was seen and how often, or unproven"
    return None


def _examples(rule: Rule) -> str | None:
    for field, examples in (("strips", rule.strips), ("keeps", rule.keeps)):
        if len(examples) < LEAST_EXAMPLES:
            return f"needs at least {LEAST_EXAMPLES} {field}: texts that prove it"
    return None


FINDERS = (
    _name, _words, _doubted, _pattern, _repair, _bounds, _keywords, _regexes, _dispatch, _reason, _examples,
)  # fmt: skip
