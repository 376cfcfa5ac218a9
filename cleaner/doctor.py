"""The rule doctor: what is wrong with rules that load and whose examples hold.

It finds rules that other rules make needless, phrases written twice, regexes that may run
away or say something else than was meant, and honest examples of other rules that a rule of
a user's own takes.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from cleaner import marks
from cleaner.document import Facts
from cleaner.language import detect
from cleaner.pipeline import Pipeline
from cleaner.rules.effort import MOST_WAYS, ways
from cleaner.rules.folding import fold, phrase_key
from cleaner.rules.lint import is_regex
from cleaner.rules.rule import LEVELS, Rule
from cleaner.rules.syntax import bare_dots, optional_letters
from cleaner.selftest import facts_of, strict_pipeline

REGEX_SIGNS = re.compile(r"\\[.?()\[\]]|\.\*|\.\+|\(\?|\[a-z|\\[dws]")


@dataclass(frozen=True)
class Finding:
    """What is wrong with a rule, and what to do about it.

    A ``harmless`` one makes the rule needless, or a part of it, and changes no text.
    """

    rule: str
    fault: str
    cure: str
    harmless: bool = False

    def __str__(self) -> str:
        return f"{self.rule}: {self.fault}; {self.cure}"


class Doctor:
    """Looks ``rules`` through in the company of ``others`` (all rules that will run with them)."""

    def __init__(self, rules: Sequence[Rule], others: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self.others = tuple(others)

    def findings(self) -> Iterator[Finding]:
        """Everything found, rule by rule."""
        twins = _twins(self.others)
        for rule in self.rules:
            yield from _phrases(rule)
            yield from _regexes(rule)
            yield from _repeated(rule, twins)
        yield from self._shadowed()
        yield from self._greedy()

    def _shadowed(self) -> Iterator[Finding]:
        """Rules all of whose examples go just as well by others of their language."""
        companies = {level: strict_pipeline(_up_to(self.others, level)) for level in LEVELS}
        language = {rule.id: rule.language for rule in self.others}
        for rule in self.rules:
            takers = _takers_without(rule, companies[rule.level])
            if takers and {language[name] for name in takers} <= {rule.language, "any"}:
                yield Finding(
                    rule.id,
                    f"is shadowed: all it strips goes by {', '.join(sorted(takers))} without it",
                    "delete it, or give it a strip that only it takes",
                    harmless=True,
                )

    def _greedy(self) -> Iterator[Finding]:
        """Keeps of rules that are not looked through themselves, taken by one that is."""
        own = {rule.id for rule in self.rules}
        strangers = [rule for rule in self.others if rule.id not in own]
        if not strangers or not self.rules:
            return
        pipeline = strict_pipeline(self.rules)
        for rule in strangers:
            for example in rule.keeps:
                result = pipeline.run(example, facts_of(rule))
                for taker in dict.fromkeys(edit.rule for edit in result.edits):
                    yield Finding(
                        taker, f"strips a keep of {rule.id}: {example!r}", "narrow it by a longer phrase"
                    )


def _up_to(rules: Iterable[Rule], level: str) -> list[Rule]:
    return [rule for rule in rules if LEVELS.index(rule.level) <= LEVELS.index(level)]


def _takers_without(rule: Rule, company: Pipeline) -> set[str]:
    """The rules by which every strip of ``rule`` goes when it is blocked; none if one stays."""
    takers: set[str] = set()
    for example in rule.strips:
        source, _ = marks.read(example)
        facts = facts_of(rule)
        expected = company.run(source, facts).text
        without = Facts(lang=facts.lang, url=facts.url, detect=detect, blocked=frozenset({rule.id}))
        result = company.run(source, without)
        if not result.edits or result.text != expected:
            return set()
        takers.update(edit.rule for edit in result.edits)
    return takers


def _phrases(rule: Rule) -> Iterator[Finding]:
    seen: dict[str, str] = {}
    for phrase in rule.phrases:
        if REGEX_SIGNS.search(phrase):
            yield Finding(rule.id, f"the phrase {phrase!r} looks like a regex", "use match, or plain words")
        key = phrase_key(fold(phrase))
        if key in seen:
            fault = f"the phrase {phrase!r} is there twice"
            yield Finding(rule.id, fault, f"{seen[key]!r} is the same", harmless=True)
        seen[key] = phrase


Home = tuple[object, ...]


def _home(rule: Rule) -> Home:
    """What makes the same phrase mean something else in another rule.

    A label such as "E-mail" stands in several families, each of which can be chosen alone.
    """
    return rule.family, rule.language, rule.kind, rule.at, rule.when, rule.unless, rule.only_in, rule.domains


def _twins(rules: Iterable[Rule]) -> dict[tuple[str, Home], list[str]]:
    """The rules by phrase and context."""
    found: dict[tuple[str, Home], list[str]] = defaultdict(list)
    for rule in rules:
        for key in {phrase_key(fold(phrase)) for phrase in rule.phrases}:
            found[key, _home(rule)].append(rule.id)
        if rule.match:
            found[rule.match, _home(rule)].append(rule.id)
    return found


def _repeated(rule: Rule, twins: dict[tuple[str, Home], list[str]]) -> Iterator[Finding]:
    texts = [phrase_key(fold(phrase)) for phrase in rule.phrases] or [rule.match]
    for text in dict.fromkeys(texts):
        others = [name for name in twins[text, _home(rule)] if name < rule.id]
        if others:
            fault = f"{text!r} is also in {', '.join(others)}"
            yield Finding(rule.id, fault, "keep it in one of them", harmless=True)


def _regexes(rule: Rule) -> Iterator[Finding]:
    for pattern in patterns_of(rule):
        if ways(pattern) > MOST_WAYS:
            yield Finding(
                rule.id,
                f"the regex {_short(pattern)} may run away on a bad line",
                "let what follows a repeat begin with something that the repeat cannot take, or use (?>...)",
            )
        if bare_dots(pattern):
            yield Finding(
                rule.id, f"a dot in {_short(pattern)} takes any character", r"write \. for a full stop"
            )
    for letter, word in optional_letters(rule.match):
        if any(f"{word}{letter}?" in fold(example) for example in rule.strips):
            yield Finding(rule.id, f"'{word}{letter}?' makes the last letter optional", r"write \?")


def _short(pattern: str) -> str:
    return repr(pattern if len(pattern) <= 60 else pattern[:57] + "...")


def patterns_of(rule: Rule) -> list[str]:
    """Every regex of a rule: its match, its conditions, its followers."""
    conditions = [item.match for item in (*rule.when, *rule.unless)]
    followers = [name[1:-1] for name in rule.followers if is_regex(name)]
    return [pattern for pattern in (rule.match, *conditions, *followers) if pattern]
