"""The site layer: lines that the document's site repeats, as learnt packs say.

Looked up by the site's name first, so that rules of other sites cost nothing: each site has a
dictionary of whole lines, and a few regexes for the lines that have slots.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from importlib.resources import files

from cleaner import sites
from cleaner.document import Document, Edit, split_lines
from cleaner.filters.dropped import titles
from cleaner.filters.scene import Scene
from cleaner.rules.folding import fold, phrase_key
from cleaner.rules.matcher import LONGEST, Matcher
from cleaner.rules.rule import Rule

FAMILY = "site"
HEADLINE_WORDS = 5  # of a first line that may be the title of the article
PAGE_LINES, PAGE_SHARE = 10, 0.3  # learnt lines, and their share of all, from which a text is a page's dump


def is_learnt(rule: Rule) -> bool:
    """Whether a rule is this layer's: a whole line of the family ``site``."""
    return rule.family == FAMILY and rule.kind == "line" and not rule.when and not rule.unless


STOCK = Rule(
    "site/stock-line", "", FAMILY, "any", "line", at=("beside",), confidence=0.9,
    why="The line stands on the pages of many sites, here beside what this site repeats.",
)  # fmt: skip


@cache
def stock() -> frozenset[str]:
    """The lines that many sites have, as dictionaries know them; see ``training/stock_lines.py``."""
    text = (files("cleaner.filters") / "data" / "stock.txt").read_text("utf-8")
    return frozenset(line.partition("\t")[0] for line in text.splitlines())


@dataclass
class Known:
    """The learnt lines of one site."""

    phrases: dict[str, Rule] = field(default_factory=dict)
    slotted: list[tuple[Rule, Matcher]] = field(default_factory=list)

    def add(self, rule: Rule) -> None:
        """Files a rule under its phrases, or among those with slots."""
        for phrase in rule.phrases:
            self.phrases.setdefault(phrase_key(fold(phrase)), rule)
        if rule.match:
            self.slotted.append((rule, Matcher(rule.match, rule)))

    def find(self, key: str, line: str) -> Rule | None:
        """The rule that a folded line meets, if any; ``key`` is what dictionaries know it by."""
        rule = self.phrases.get(key)
        if rule or len(line) > LONGEST:
            return rule
        return next(
            (rule for rule, matcher in self.slotted if rule.literal in line and matcher.whole(line)), None
        )


class Lines:
    """The learnt lines of all sites."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        self.rules = tuple(rules)

    def __reduce__(self) -> tuple[type[Lines], tuple[tuple[Rule, ...]]]:
        return Lines, (self.rules,)

    def __bool__(self) -> bool:
        return bool(self.rules)

    @cached_property
    def doubtful(self) -> Lines:
        """Those that count against a line of a page, and take none."""
        return Lines(replace(rule, doubt=False) for rule in self.rules if rule.doubt)

    @cached_property
    def _by_site(self) -> dict[str, Known]:
        table: dict[str, Known] = {}
        for rule in self.rules:
            for name in rule.domains or ("",) if not rule.doubt else ():
                table.setdefault(name.lower(), Known()).add(rule)
        return table

    def of(self, address: str | None) -> list[Known]:
        """What is known of the site of an address (or of a site's name), nearest name first."""
        table = self._by_site
        names = dict.fromkeys([address.strip().lower(), *sites.names(address)] if address else ())
        found = [table[name] for name in names if name in table]
        return [*found, table[""]] if "" in table else found

    def are_page(self, text: str, address: str | None) -> bool:
        """Whether so much of a text is what its site repeats that it must be the dump of a page."""
        if not self.of(address):
            return False
        lines = split_lines(fold(text))[0]
        filled = sum(1 for line in lines if line.strip())
        met = sum(1 for rule in self.met(lines, address).values() if rule is not STOCK)
        return met >= PAGE_LINES and met >= PAGE_SHARE * filled

    def met(self, lines: Sequence[str], address: str | None) -> dict[int, Rule]:
        """The rules that folded lines meet, by the numbers of the lines (from 0)."""
        known = self.of(address)
        if not known:
            return {}
        found: dict[int, Rule] = {}
        for number, line in enumerate(lines):
            key = phrase_key(line)
            if key:
                body = line.strip()
                rule = next((rule for each in known if (rule := each.find(key, body))), None)
                rule = rule or (STOCK if key in stock() else None)
                if rule:
                    found[number] = rule
        return found


@dataclass(frozen=True)
class Site:
    """Removes the lines that the site of the document repeats."""

    lines: Lines
    name: str = "site"

    def edits(self, document: Document) -> Iterator[Edit]:
        """A removal for each learnt line, those with ``at`` only at an edge or beside another."""
        facts = document.facts
        address = facts.site or facts.url
        if not self.lines.of(address) and not self.lines.doubtful.of(address):
            return
        scene = Scene(document)
        met = self.lines.met(scene.lines, address)
        doubted = self.lines.doubtful.met(scene.lines, address) if facts.mode == "page" else {}
        taken = list(self._taken(scene, met, doubted)) if met else []
        if facts.repeated is None:
            facts.repeated = tuple(_spans(scene, taken))
            facts.doubted = tuple(_spans(scene, doubted))
        for number in taken:
            rule = met[number]
            yield document.edit(
                document.starts[number], scene.end(number), "",
                rule=rule.id, filter=rule.family, why=rule.why, confidence=rule.confidence,
            )  # fmt: skip

    def _taken(self, scene: Scene, met: dict[int, Rule], doubted: dict[int, Rule]) -> Iterator[int]:
        facts = scene.document.facts
        title = titles(facts.title or "") | self._headline(scene)
        met = {n: rule for n, rule in met.items() if phrase_key(scene.lines[n]) not in title}
        around = {**doubted, **met}
        for number, rule in met.items():
            if rule.id not in facts.blocked and (not rule.at or self._placed(scene, number, around)):
                yield number

    def _headline(self, scene: Scene) -> set[str]:
        """What the text begins with, when it may be the article's own title: others may tease it."""
        first = phrase_key(scene.lines[scene.filled[0]]) if scene.filled else ""
        return {first} if first.count(" ") + 1 >= HEADLINE_WORDS else set()

    def _placed(self, scene: Scene, number: int, met: dict[int, Rule]) -> bool:
        """Whether a line is the text's first or last, or beside one that is learnt or gone."""
        around = [scene.neighbour(number, step) for step in (-1, 1)]
        if met[number] is STOCK:
            return any(other in met and met[other] is not STOCK for other in around)
        return any(other is None or other in met for other in around) or scene.beside_removal(number)


def _spans(scene: Scene, numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The spans in the source of some lines of a document."""
    document = scene.document
    for number in numbers:
        span = document.starts[number], scene.end(number)
        yield document.pieces.to_source(*span) if document.edits else span
