"""Deciding which lines go: rules that met a line, judged by what stands around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from urllib.parse import urlsplit

from cleaner.filters.scene import Scene
from cleaner.rules.index import Hits, Index, Placed
from cleaner.rules.lint import is_regex
from cleaner.rules.matcher import LONGEST
from cleaner.rules.rule import Condition, Rule

SUBHEAD_WORDS = 8  # a follower as short as this, right before prose, may be a heading of the article
TITLE_WORDS = 25
BLURB_WORDS = 40
STEPS = {"line": 0, "previous": -1, "next": 1}


def applies(index: Index, number: int, scene: Scene, line: int) -> bool:
    """Whether a rule may act on a line at all: its site, language and conditions."""
    return refusal(index, number, scene, line) is None


def refusal(index: Index, number: int, scene: Scene, line: int) -> str | Condition | None:
    """Why a rule may not act on a line that it met, ``None`` when it may.

    Told is the first that fails: ``stopped`` (by the loss guard), ``domains``, ``language``, or the
    condition of ``when`` that does not hold or of ``unless`` that does.  What costs most is asked
    last: conditions on lines, then the language, then conditions on the document.
    """
    rule, facts = index.rules[number], scene.document.facts
    if facts.blocked and rule.id in facts.blocked:
        return "stopped"
    if rule.domains and not on_site(facts.site or facts.url, rule.domains):
        return "domains"
    near, far = index.conditions(number)
    for condition, veto in near:
        if _holds(index, number, scene, line, condition) is veto:
            return condition
    if not _in_language(rule, scene):
        return "language"
    for condition, veto in far:
        if _holds(index, number, scene, line, condition) is veto:
            return condition
    return None


def _in_language(rule: Rule, scene: Scene) -> bool:
    """Whether the document's language lets the rule run; asked for only when it matters.

    A whole phrase means the same in any text, and English stands on pages of all languages;
    but a regex of another language runs in that language only, or where none can be told.
    """
    if rule.only_in:
        return scene.document.language in rule.only_in
    if not rule.match or rule.language in ("any", "en"):
        return True
    return scene.document.language in (None, rule.language, *rule.languages)


def _holds(index: Index, number: int, scene: Scene, line: int, condition: Condition) -> bool:
    matcher = index.matcher(number, condition.match)
    if condition.where == "document":
        return scene.holds_anywhere(matcher)
    step = STEPS[condition.where]
    return scene.holds(matcher, scene.neighbour(line, step) if step else line, LONGEST)


@lru_cache(maxsize=256)
def domains_of(url: str | None) -> tuple[str, ...]:
    """The host of an address (or the host itself) and the domains that it belongs to."""
    if not url:
        return ()
    try:
        host = urlsplit(url).hostname if "//" in url else url.partition("/")[0]
    except ValueError:
        return ()
    names = (host or "").split(".")
    return tuple(".".join(names[place:]) for place in range(len(names)))


def on_site(url: str | None, domains: Iterable[str]) -> bool:
    """Whether an address is of one of the domains."""
    return not set(domains).isdisjoint(domains_of(url))


class Cuts:
    """Which lines the rules that met them really take.

    ``hits`` has the numbers of the rules by line (from 0), lines and numbers in order.
    """

    def __init__(self, index: Index, scene: Scene, hits: Mapping[int, Hits]) -> None:
        self.index = index
        self.scene = scene
        self.hits = hits
        self._refused: set[tuple[int, int]] = set()

    def decided(self) -> dict[int, Rule]:
        """The rule that takes each line that goes, by the line's number (from 0).

        What names its line comes before what reaches on: lines, blocks, tails, heads.
        """
        taken: dict[int, Rule] = {}
        plans = [(line, self.index.plan(numbers)) for line, numbers in self.hits.items()]
        for line, plan in plans:
            number = self._first_placed(plan.placed, line)
            if number is not None:
                taken[line] = self.index.rules[number]
        for kind in ("block", "tail", "head"):
            for line, plan in plans:
                for number in plan.reaching.get(kind, ()):
                    for other in self.reach(number, line):
                        taken.setdefault(other, self.index.rules[number])
        if taken:
            self._take_beside(taken, [(line, plan.beside) for line, plan in plans if plan.beside])
        return taken

    def _first_placed(self, placed: Placed, line: int) -> int | None:
        """The first rule for a line that stands where it must and applies."""
        for (edges, within), numbers in placed:
            if not edges or self._placed(edges, within, line):
                for number in numbers:
                    if self._applies(number, line):
                        return number
        return None

    def _take_beside(self, taken: dict[int, Rule], beside: list[tuple[int, Hits]]) -> None:
        """Takes the lines beside taken ones, both ways, so that runs go whole."""
        backwards = [(line, numbers[::-1]) for line, numbers in reversed(beside)]
        for line, numbers in (*beside, *backwards):
            if line not in taken and self._touches(line, taken):
                number = next((n for n in numbers if self._applies(n, line)), None)
                if number is not None:
                    taken[line] = self.index.rules[number]

    def _applies(self, number: int, line: int) -> bool:
        if (number, line) in self._refused:
            return False
        if refusal(self.index, number, self.scene, line) is None:
            return True
        self._refused.add((number, line))
        return False

    def reach(self, number: int, line: int) -> Iterable[int]:
        """The lines that a rule takes which has met one, none when its place or bounds forbid it."""
        rule = self.index.rules[number]
        if rule.kind == "line":
            return (line,) if self.placed(number, line) and self._applies(number, line) else ()
        within = {"tail": self.scene.within_tail, "head": self.scene.within_head}.get(rule.kind)
        if within and not within(line, rule.within_words):
            return ()
        if not self._applies(number, line):
            return ()
        return {"block": self._block, "tail": self._tail, "head": self._head}[rule.kind](number, line)

    def placed(self, number: int, line: int) -> bool:
        """Whether the line stands where the rule's ``at`` wants it."""
        rule = self.index.rules[number]
        return not rule.at or self._placed(rule.at, rule.within_words, line)

    def _placed(self, edges: tuple[str, ...], within: int, line: int) -> bool:
        scene = self.scene
        for edge in edges:
            if scene.beside_removal(line) if edge == "beside" else scene.near_edge(line, edge, within):
                return True
        return False

    def _touches(self, line: int, taken: Mapping[int, Rule]) -> bool:
        neighbour = self.scene.neighbour
        return neighbour(line, -1) in taken or neighbour(line, 1) in taken

    def _block(self, number: int, line: int) -> list[int]:
        """The header, and the lines after it that are its list.

        In the midst of the article a list longer than ``max_lines`` is not believed, and a
        last short line right before prose is taken for a heading of the article.
        """
        followers = list(self._followers(number, line))
        rest = next(self.scene.after(followers[-1] if followers else line), None)
        if rest is None or self._residue_from(rest):
            return [line, *followers]
        if len(followers) > self.index.rules[number].max_lines:
            return [line]
        if followers and rest not in self.hits and self.scene.count(followers[-1]) <= SUBHEAD_WORDS:
            followers.pop()
        return [line, *followers]

    def _followers(self, number: int, line: int) -> Iterator[int]:
        """Lines of the list; one that a rule of its own has met is passed over and goes by that rule."""
        left = self.index.rules[number].within_words
        for other in self.scene.after(line):
            left -= self.scene.count(other)
            if left < 0 or self._reaches(other):
                return
            if other not in self.hits:
                if not self._follows(number, other):
                    return
                yield other

    def _reaches(self, line: int) -> bool:
        """Whether a rule met the line that takes more than the line, as a header does."""
        return line in self.hits and bool(self.index.plan(self.hits[line]).reaching)

    def _follows(self, number: int, line: int) -> bool:
        return any(self._shaped(number, name, line) for name in self.index.rules[number].followers)

    def _shaped(self, number: int, name: str, line: int) -> bool:
        text, count = self.scene.text(line), self.scene.count(line)
        if is_regex(name):
            return self.index.matcher(number, name[1:-1]).whole(text)
        if name == "label":
            return count <= 4 and text[-1] not in ".;,"
        if name == "title":
            ends_open = text[-1] not in ".;,:\u3002" or text.endswith("...")
            return 2 <= count <= TITLE_WORDS and ends_open
        return name == "any" or count <= BLURB_WORDS

    def _residue_from(self, line: int) -> bool:
        """Whether from this line on nothing stands but lines that rules have met."""
        return line > self._last_unmet

    @cached_property
    def _last_unmet(self) -> int:
        """The last line that no rule met, -1 for none."""
        numbers = reversed(range(len(self.scene.document.lines)))
        return next((n for n in numbers if n not in self.hits and not self.scene.blank(n)), -1)

    def _tail(self, number: int, line: int) -> list[int]:
        return self._bounded(number, line, [line, *self.scene.after(line)])

    def _head(self, number: int, line: int) -> list[int]:
        return self._bounded(number, line, [other for other in self.scene.filled if other <= line])

    def _bounded(self, number: int, line: int, lines: list[int]) -> list[int]:
        """``lines`` when the rule's bounds allow them all, else none."""
        rule = self.index.rules[number]
        if len(lines) > rule.max_lines:
            return []
        others = (other for other in lines if other != line and other not in self.hits)
        if rule.followers and not all(self._follows(number, other) for other in others):
            return []
        return lines
