"""Deciding which lines go: rules that met a line, judged by what stands around it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from urllib.parse import urlsplit

from cleaner.filters.scene import Scene
from cleaner.rules.index import Hits, Index
from cleaner.rules.lint import is_regex
from cleaner.rules.matcher import LONGEST
from cleaner.rules.rule import Condition, Rule

PRECEDENCE = ("line", "block", "tail", "head")  # what names its line comes before what reaches on
SUBHEAD_WORDS = 8  # a follower as short as this, right before prose, may be a heading of the article
TITLE_WORDS = 25
BLURB_WORDS = 40


def applies(index: Index, number: int, scene: Scene, line: int) -> bool:
    """Whether a rule may act on a line at all: its site, language and conditions."""
    rule, facts = index.rules[number], scene.document.facts
    if rule.id in facts.blocked:
        return False
    if rule.domains and not _on_site(facts.site or facts.url, rule.domains):
        return False
    if not _in_language(rule, scene):
        return False
    if not all(_holds(index, number, scene, line, item) for item in rule.when):
        return False
    return not any(_holds(index, number, scene, line, item) for item in rule.unless)


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
        key = number, condition.match
        if key not in scene.holds:
            scene.holds[key] = matcher.found(scene.folded)
        return scene.holds[key]
    step = {"line": 0, "previous": -1, "next": 1}[condition.where]
    other = line if step == 0 else scene.neighbour(line, step)
    return matcher.found(scene.text(other)[:LONGEST])


def _on_site(url: str | None, domains: tuple[str, ...]) -> bool:
    if not url:
        return False
    try:
        host = urlsplit(url).hostname if "//" in url else url.partition("/")[0]
    except ValueError:
        return False
    return any(host == domain or (host or "").endswith("." + domain) for domain in domains)


class Cuts:
    """Which lines the rules that met them really take."""

    def __init__(self, index: Index, scene: Scene, hits: dict[int, Hits]) -> None:
        self.index = index
        self.scene = scene
        self.hits = hits

    def decided(self) -> dict[int, Rule]:
        """The rule that takes each line that goes, by the line's number (from 0)."""
        taken: dict[int, Rule] = {}
        for kind in PRECEDENCE:
            for line, number in self._met(kind):
                for other in self._taken_by(number, line):
                    taken.setdefault(other, self.index.rules[number])
        beside = [pair for pair in self._met("line") if "beside" in self.index.rules[pair[1]].at]
        for line, number in (*beside, *reversed(beside)):  # both ways, so that runs go whole
            if line not in taken and self._touches(line, taken) and self._applies(number, line):
                taken[line] = self.index.rules[number]
        return taken

    def _met(self, kind: str) -> list[tuple[int, int]]:
        rules = self.index.rules
        return [(at, n) for at, numbers in self.hits.items() for n in numbers if rules[n].kind == kind]

    def _applies(self, number: int, line: int) -> bool:
        return applies(self.index, number, self.scene, line)

    def _taken_by(self, number: int, line: int) -> Iterable[int]:
        rule = self.index.rules[number]
        if not self._placed(rule, line) or not self._applies(number, line):
            return ()
        if rule.kind == "line":
            return (line,)
        return {"block": self._block, "tail": self._tail, "head": self._head}[rule.kind](number, line)

    def _placed(self, rule: Rule, line: int) -> bool:
        """Whether the line stands where the rule's ``at`` wants it."""
        if not rule.at:
            return True
        edges = (edge for edge in rule.at if edge != "beside")
        if any(self.scene.near_edge(line, edge, rule.within_words) for edge in edges):
            return True
        return "beside" in rule.at and self.scene.beside_removal(line)

    def _touches(self, line: int, taken: dict[int, Rule]) -> bool:
        return any(self.scene.neighbour(line, step) in taken for step in (-1, 1))

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
        if followers and rest not in self.hits and self.scene.counts[followers[-1]] <= SUBHEAD_WORDS:
            followers.pop()
        return [line, *followers]

    def _followers(self, number: int, line: int) -> Iterator[int]:
        """Lines of the list; one that a rule of its own has met is passed over and goes by that rule."""
        left = self.index.rules[number].within_words
        for other in self.scene.after(line):
            left -= self.scene.counts[other]
            if left < 0 or self._reaches(other):
                return
            if other not in self.hits:
                if not self._follows(number, other):
                    return
                yield other

    def _reaches(self, line: int) -> bool:
        """Whether a rule met the line that takes more than the line, as a header does."""
        return any(self.index.rules[number].guarded for number in self.hits.get(line, ()))

    def _follows(self, number: int, line: int) -> bool:
        return any(self._shaped(number, name, line) for name in self.index.rules[number].followers)

    def _shaped(self, number: int, name: str, line: int) -> bool:
        text, count = self.scene.text(line), self.scene.counts[line]
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
        return next((n for n in reversed(self.scene.filled) if n not in self.hits), -1)

    def _tail(self, number: int, line: int) -> list[int]:
        if self.scene.words_from(line) > self.index.rules[number].within_words:
            return []
        return self._reach(number, line, [line, *self.scene.after(line)])

    def _head(self, number: int, line: int) -> list[int]:
        words = self.scene.words_before(line) + self.scene.counts[line]
        if words > self.index.rules[number].within_words:
            return []
        return self._reach(number, line, self.scene.filled[: self.scene.place(line) + 1])

    def _reach(self, number: int, line: int, lines: list[int]) -> list[int]:
        """``lines`` when the rule's bounds allow them all, else none."""
        rule = self.index.rules[number]
        if len(lines) > rule.max_lines:
            return []
        others = (other for other in lines if other != line and other not in self.hits)
        if rule.followers and not all(self._follows(number, other) for other in others):
            return []
        return lines
