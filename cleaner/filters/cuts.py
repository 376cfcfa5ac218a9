"""Deciding which lines go: rules that met a line, judged by what stands around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from urllib.parse import urlsplit

from cleaner.filters.scene import Scene
from cleaner.rules.index import Hits, Index, Plan
from cleaner.rules.lint import is_regex
from cleaner.rules.matcher import LONGEST
from cleaner.rules.rule import Rule

SUBHEAD_WORDS = 8  # a follower as short as this, right before prose, may be a heading of the article
TITLE_WORDS = 25
BLURB_WORDS = 40
NOWHERE: frozenset[int] = frozenset()
Spot = tuple[int, int, frozenset[int]]  # up to which line, from which line, and at which others
ANYWHERE: Spot = (-1, 0, NOWHERE)


def applies(index: Index, number: int, scene: Scene, line: int) -> bool:
    """Whether a rule may act on a line: its site, what it demands of other lines, language, document.

    What costs most is asked last.
    """
    rule, facts = index.rules[number], scene.document.facts
    if facts.blocked and rule.id in facts.blocked:
        return False
    if rule.domains and not on_site(facts.site or facts.url, rule.domains):
        return False
    demands = index.demands(number)
    for matcher, step, veto in demands.lines:
        if scene.holds(matcher, scene.neighbour(line, step), LONGEST) is veto:
            return False
    if demands.languages is not None:
        language = scene.document.language
        if language not in demands.languages and (demands.sure or language is not None):
            return False
    asked = demands.document
    return not asked or all(scene.holds_anywhere(matcher) is not veto for matcher, veto in asked)


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


def _around(place: int) -> tuple[int, int]:
    return place - 1, place + 1


class Cuts:
    """Which lines the rules that met them really take.

    ``plans`` has the rules that met a line by the line's number (from 0), lines in order.
    """

    def __init__(self, index: Index, scene: Scene, plans: Mapping[int, Plan]) -> None:
        self.index = index
        self.scene = scene
        self.plans = plans
        self._refused: set[tuple[int, int]] = set()
        self._taken: dict[int, Rule] = {}
        self._spots: dict[int, Spot] = {0: ANYWHERE}

    def decided(self) -> dict[int, Rule]:
        """The rule that takes each line that goes, by the line's number (from 0).

        What names its line comes before what reaches on: lines, blocks, tails, heads.
        """
        taken = self._taken
        spots = self._spots
        for line, plan in self.plans.items():
            for place, numbers in plan.placed:
                last, first, beside = spots.get(place) or self._spot(place)
                if last < line < first and line not in beside:
                    continue
                number = self._first(numbers, line)
                if number is not None:
                    taken[line] = self.index.rules[number]
                    break
        self._take_further(taken)
        if taken:
            self._take_beside(taken)
        return taken

    def _take_further(self, taken: dict[int, Rule]) -> None:
        """Takes what blocks, tails and heads reach."""
        reaching = [(line, plan.reaching) for line, plan in self.plans.items() if plan.reaching]
        for kind in ("block", "tail", "head") if reaching else ():
            for line, kinds in reaching:
                for number in kinds.get(kind, ()):
                    for other in self.reach(number, line):
                        taken.setdefault(other, self.index.rules[number])

    def _take_beside(self, taken: dict[int, Rule]) -> None:
        """Takes the lines beside taken ones, both ways, so that runs go whole."""
        beside = [
            (line, plan.beside) for line, plan in self.plans.items() if plan.beside and line not in taken
        ]
        if not beside:
            return
        place = self.scene.place
        touched = {near for line in taken for near in _around(place(line))}
        backwards = [(line, numbers[::-1]) for line, numbers in reversed(beside)]
        for line, numbers in (*beside, *backwards):
            if line not in taken and place(line) in touched:
                number = self._first(numbers, line)
                if number is not None:
                    taken[line] = self.index.rules[number]
                    touched.update(_around(place(line)))

    def _first(self, numbers: Hits, line: int) -> int | None:
        """The first of some rules that applies to a line."""
        for number in numbers:
            if self._applies(number, line):
                return number
        return None

    def _applies(self, number: int, line: int) -> bool:
        if (number, line) in self._refused:
            return False
        if applies(self.index, number, self.scene, line):
            return True
        self._refused.add((number, line))
        return False

    def reach(self, number: int, line: int) -> Iterable[int]:
        """The lines that a rule takes which has met one, none when its place or bounds forbid it."""
        rule = self.index.rules[number]
        within = {"tail": self.scene.within_tail, "head": self.scene.within_head}.get(rule.kind)
        if within and not within(line, rule.within_words):
            return ()
        if not self._applies(number, line):
            return ()
        return {"block": self._block, "tail": self._tail, "head": self._head}[rule.kind](number, line)

    def _spot(self, place: int) -> Spot:
        """The last line near the head, the first near the tail, and those beside what went before."""
        edges, within = self.index.places[place]
        scene = self.scene
        last = scene.last_at_head(within) if "head" in edges else -1
        first = scene.first_at_tail(within) if "tail" in edges else len(scene.document.lines)
        spot = last, first, scene.exposed if "beside" in edges else NOWHERE
        self._spots[place] = spot
        return spot

    def _block(self, number: int, line: int) -> list[int]:
        """The header, and the lines after it that are its list.

        In the midst of the article a list longer than ``max_lines`` is not believed, and a
        last short line right before prose is taken for a heading of the article.  A header that
        may be the author's own (``at``) is believed only at the end or beside other residue.
        """
        followers = list(self._followers(number, line))
        rest = next(self.scene.after(followers[-1] if followers else line), None)
        if self.index.rules[number].at and not self._among_residue(line, rest):
            return []
        if rest is None or self._residue_from(rest):
            return [line, *followers]
        if len(followers) > self.index.rules[number].max_lines:
            return [line]
        if followers and rest not in self.plans and self.scene.count(followers[-1]) <= SUBHEAD_WORDS:
            followers.pop()
        return [line, *followers]

    def _among_residue(self, line: int, rest: int | None) -> bool:
        """Whether nothing comes after a list (no ``rest``), or what stands next to it is sure to go.

        That a rule met a line is not enough: conditions may still spare it.
        """
        if rest is None or self.scene.beside_removal(line) or self._reaches(rest):
            return True
        if not self._taken.keys().isdisjoint((self.scene.neighbour(line, -1), rest)):
            return True
        return self._residue_from(rest) and bool(self.plans[rest].beside)

    def _followers(self, number: int, line: int) -> Iterator[int]:
        """Lines of the list; one that a rule of its own has met is passed over and goes by that rule."""
        left = self.index.rules[number].within_words
        for other in self.scene.after(line):
            left -= self.scene.count(other)
            if left < 0 or self._reaches(other):
                return
            if other not in self.plans:
                if not self._follows(number, other):
                    return
                yield other

    def _reaches(self, line: int) -> bool:
        """Whether a rule met the line that takes more than the line, as a header does."""
        return line in self.plans and self.plans[line].reaches

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
        return next((n for n in numbers if n not in self.plans and not self.scene.blank(n)), -1)

    def _tail(self, number: int, line: int) -> list[int]:
        return self._bounded(number, line, [line, *self.scene.after(line)])

    def _head(self, number: int, line: int) -> list[int]:
        return self._bounded(number, line, [other for other in self.scene.filled if other <= line])

    def _bounded(self, number: int, line: int, lines: list[int]) -> list[int]:
        """``lines`` when the rule's bounds allow them all, else none."""
        rule = self.index.rules[number]
        if len(lines) > rule.max_lines:
            return []
        others = (other for other in lines if other != line and other not in self.plans)
        if rule.followers and not all(self._follows(number, other) for other in others):
            return []
        return lines
