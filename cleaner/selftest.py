"""The self-test of rules: each must take what its ``strips`` say, and leave its ``keeps``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from cleaner import marks
from cleaner.document import Facts, apply
from cleaner.filters.site import Lines, is_learnt
from cleaner.language import detect
from cleaner.options import Options
from cleaner.pipeline import Pipeline
from cleaner.result import Result
from cleaner.rules.index import Index
from cleaner.rules.rule import LEVELS, Rule
from cleaner.selection import Selection

RULES_ONLY = Selection(only=frozenset({"rules", "site"}), level="strict")


@dataclass(frozen=True)
class Failure:
    """An example that came out otherwise than it says."""

    rule: str
    field: str
    example: str
    came: str
    reason: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.field} {self.example!r}: {self.reason}"


class SelfTest:
    """Tests rules alone and in the company of ``others``, without the loss guard.

    A rule's ``strips`` must go by the rule alone, or, when it needs a neighbour that another
    rule takes, in company and with its help.  Its ``keeps`` must stay in the company of
    all rules of its level and below.
    """

    def __init__(self, others: Sequence[Rule]) -> None:
        self.others = tuple(others)

    @cached_property
    def _company(self) -> dict[str, Pipeline]:
        return {
            level: strict_pipeline(
                [rule for rule in self.others if LEVELS.index(rule.level) <= LEVELS.index(level)]
            )
            for level in LEVELS
        }

    def failures(self, rules: Iterable[Rule]) -> Iterator[Failure]:
        """Every example of ``rules`` that does not hold."""
        for rule in rules:
            alone = strict_pipeline([replace(rule, doubt=False)])
            for example in rule.strips:
                yield from self._strip(rule, example, alone)
            for example in rule.keeps:
                yield from self._keep(rule, example)

    def stays(self, text: str) -> bool:
        """Whether no rule of the company, at any level, touches a text."""
        return self._company["strict"].edited(text, Facts(detect=detect)) == text

    def _strip(self, rule: Rule, example: str, alone: Pipeline) -> Iterator[Failure]:
        try:
            source, expected = _expected(example)
        except ValueError as error:
            yield Failure(rule.id, "strips", example, "", str(error))
            return
        result = _run(alone, source, rule)
        if result.text == expected:
            return
        company = _run(self._company[rule.level], source, rule)
        helped = any(rule.id in (edit.rule, *edit.over) for edit in company.edits)
        if company.text != expected or not helped:
            reason = f"leaves {result.text!r}, should leave {expected!r}"
            yield Failure(rule.id, "strips", example, result.text, reason)

    def _keep(self, rule: Rule, example: str) -> Iterator[Failure]:
        result = _run(self._company[rule.level], example, rule)
        if result.edits:
            takers = ", ".join(dict.fromkeys(edit.rule for edit in result.edits))
            reason = f"is changed by {takers} to {result.text!r}"
            yield Failure(rule.id, "keeps", example, result.text, reason)


def strict_pipeline(rules: Sequence[Rule]) -> Pipeline:
    """The rules and nothing else, without the loss guard: what examples are tried on."""
    learnt = Lines(rule for rule in rules if is_learnt(rule))
    index = Index([rule for rule in rules if not is_learnt(rule)])
    return Pipeline(Options(mode="article", level="strict"), index, RULES_ONLY, guard=False, learnt=learnt)


def _expected(example: str) -> tuple[str, str]:
    source, edits = marks.read(example)
    return (source, apply(source, edits)) if edits else (source, "")


def _run(pipeline: Pipeline, source: str, rule: Rule) -> Result:
    return pipeline.run(source, facts_of(rule))


def facts_of(rule: Rule) -> Facts:
    """A document in which a rule's examples stand: of its language, on its site."""
    language = (rule.only_in or rule.languages or (rule.language,))[0]
    url = f"https://{rule.domains[0]}/" if rule.domains else None
    lang = None if language == "any" else language
    return Facts(lang=lang, url=url, detect=detect)
