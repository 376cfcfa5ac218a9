"""The conditions of rules that met a line, judged one by one, each that fails told in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from cleaner.document import Facts
from cleaner.filters.cuts import BLURB_WORDS, SUBHEAD_WORDS, TITLE_WORDS
from cleaner.filters.scene import NEAR_EDGE, Scene
from cleaner.rules.index import Hits, Index
from cleaner.rules.lint import is_regex
from cleaner.rules.matcher import LONGEST
from cleaner.rules.rule import Condition, Rule

SHOWN = 60  # characters of a line or regex that are told
PLACES = {
    "sentence": "the sentence",
    "line": "the line",
    "previous": "the line before",
    "next": "the line after",
    "document": "the text",
}


def short(text: str) -> str:
    """The beginning of a text, in quotes."""
    cut = text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}\u2026"
    return f"\u201c{cut}\u201d"


class Replay:
    """Judges rules of an index on a document's scene.

    ``hits`` are the rules that met each line, ``taken`` the lines that go by them.
    """

    def __init__(
        self, index: Index, scene: Scene, hits: Mapping[int, Hits], taken: Mapping[int, Rule]
    ) -> None:
        self.index = index
        self.scene = scene
        self.hits = hits
        self.taken = taken

    def failing(self, number: int, line: int) -> Iterator[str]:
        """Why a rule that met a line does not take it; nothing when it does."""
        rule = self.index.rules[number]
        yield from self.gates(number, line)
        if rule.at and not self._placed(rule, line):
            yield self._misplaced(rule, line)
        if rule.kind in ("tail", "head"):
            yield from self._out_of_reach(number, line)

    def gates(self, number: int, line: int) -> Iterator[str]:
        """The conditions that do not hang on the rule's kind: site, language, ``when``, ``unless``."""
        rule, facts = self.index.rules[number], self.scene.document.facts
        if rule.id in facts.blocked:
            yield "the loss guard stopped the rule in this document"
        if rule.domains and not on_site(facts, rule.domains):
            site = facts.site or facts.url or "not told"
            yield f"it is for {_listed(rule.domains)} only, and the site is {site}"
        yield from self._languages(rule)
        for item in rule.when:
            if not self._holds(number, line, item):
                yield f"it wants {_regex(item.match)} in {self._place(item, line)}"
        for item in rule.unless:
            if self._holds(number, line, item):
                yield f"its veto {_regex(item.match)} holds in {self._place(item, line)}"

    def _languages(self, rule: Rule) -> Iterator[str]:
        """The gate of languages, which English phrases and whole lines do not have."""
        if rule.only_in:
            allowed: tuple[str | None, ...] = rule.only_in
        elif rule.match and rule.language not in ("any", "en"):
            allowed = (None, rule.language, *rule.languages)
        else:
            return
        found = self.scene.document.language
        if found not in allowed:
            names = _listed(name for name in allowed if name)
            yield f"it runs in texts of the language {names} only; this one's is {found or 'not to be told'}"

    def _holds(self, number: int, line: int, condition: Condition) -> bool:
        matcher = self.index.matcher(number, condition.match)
        if condition.where == "document":
            return bool(matcher.found(self.scene.folded))
        return bool(matcher.found(self.scene.text(self._other(condition, line))[:LONGEST]))

    def _other(self, condition: Condition, line: int) -> int | None:
        step = {"sentence": 0, "line": 0, "previous": -1, "next": 1}[condition.where]
        return line if step == 0 else self.scene.neighbour(line, step)

    def _place(self, condition: Condition, line: int) -> str:
        name = PLACES[condition.where]
        if condition.where in ("sentence", "line", "document"):
            return name
        other = self._other(condition, line)
        return f"{name}, {'of which there is none' if other is None else short(self.scene.text(other))}"

    def _placed(self, rule: Rule, line: int) -> bool:
        edges = (edge for edge in rule.at if edge != "beside")
        if any(self.scene.near_edge(line, edge, rule.within_words) for edge in edges):
            return True
        if "beside" not in rule.at:
            return False
        near = (self.scene.neighbour(line, step) for step in (-1, 1))
        return self.scene.beside_removal(line) or any(other in self.taken for other in near)

    def _misplaced(self, rule: Rule, line: int) -> str:
        scene, bound = self.scene, rule.within_words or NEAR_EDGE
        facts: dict[str, Callable[[], str]] = {
            "head": lambda: (
                f"near the head ({scene.words_before(line)} words stand before it, "
                f"at most {bound} may, and of sentences one)"
            ),
            "tail": lambda: (
                f"near the tail ({scene.words_from(line) - scene.counts[line]} words stand after "
                f"it, at most {bound} may, and no sentence)"
            ),
            "beside": lambda: "beside a line that goes (none of its neighbours does)",
        }
        return "it must stand " + ", or ".join(facts[edge]() for edge in rule.at)

    def _out_of_reach(self, number: int, line: int) -> Iterator[str]:
        """The bounds of a tail or head that what lies between the line and the edge breaks."""
        rule, scene = self.index.rules[number], self.scene
        tail = rule.kind == "tail"
        lines = [line, *scene.after(line)] if tail else scene.filled[: scene.place(line) + 1]
        count = scene.words_from(line) if tail else scene.words_before(line) + scene.counts[line]
        edge = "end" if tail else "beginning"
        if count > rule.within_words:
            yield f"{count} words stand from it to the {edge}; at most {rule.within_words} may"
        if len(lines) > rule.max_lines:
            yield f"{len(lines)} lines stand from it to the {edge}; at most {rule.max_lines} may"
        for other in lines:
            if (
                rule.followers
                and other != line
                and other not in self.hits
                and not self.follows(number, other)
            ):
                yield (
                    f"line {short(scene.text(other))} on the way to the {edge} is none of the shapes "
                    f"that may stand there ({_listed(rule.followers)})"
                )
                return

    # -- lists under a header ---------------------------------------------------------------

    def list_end(self, number: int, header: int, line: int) -> str:
        """Why the list under a block's header does not take a line after it; ``""`` when too far off."""
        left, listed, found = self.index.rules[number].within_words, 0, False
        for other in self.scene.after(header):
            left -= self.scene.counts[other]
            reason = self._list_stops(number, other, left)
            if reason:
                return reason if other == line else self._list_disbelieved(number, listed) if found else ""
            found = found or other == line
            listed += other not in self.hits
        return self._list_disbelieved(number, listed) if found else ""

    def _list_stops(self, number: int, other: int, left: int) -> str:
        rule = self.index.rules[number]
        if left < 0:
            return f"the list has more than {rule.within_words} words with it"
        if any(self.index.rules[n].guarded for n in self.hits.get(other, ())):
            return "the line is a header of its own"
        if other not in self.hits and not self.follows(number, other):
            return f"the line is none of the shapes that may follow ({_listed(rule.followers)})"
        return ""

    def _list_disbelieved(self, number: int, listed: int) -> str:
        """Why a list that holds the line, of so many lines, did not take it."""
        most = self.index.rules[number].max_lines
        if listed > most:
            return f"its list of {listed} lines stands amid the article, where at most {most} are believed"
        return (
            f"the line ends its list, has at most {SUBHEAD_WORDS} words and stands right before the text "
            "goes on, so that it may be a heading of the article"
        )

    def follows(self, number: int, line: int) -> bool:
        """Whether a line is of a shape that may follow a rule's header."""
        text, count = self.scene.text(line), self.scene.counts[line]
        return any(self._shaped(number, name, text, count) for name in self.index.rules[number].followers)

    def _shaped(self, number: int, name: str, text: str, count: int) -> bool:
        if is_regex(name):
            return bool(self.index.matcher(number, name[1:-1]).whole(text))
        if name == "label":
            return count <= 4 and text[-1] not in ".;,"
        if name == "title":
            ends_open = text[-1] not in ".;,:\u3002" or text.endswith("...")
            return 2 <= count <= TITLE_WORDS and ends_open
        return name == "any" or count <= BLURB_WORDS


def on_site(facts: Facts, domains: tuple[str, ...]) -> bool:
    """Whether the document is of one of the sites."""
    url = facts.site or facts.url or ""
    try:
        host = (urlsplit(url).hostname or "") if "//" in url else url.partition("/")[0]
    except ValueError:
        return False
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _regex(pattern: str) -> str:
    return f"/{pattern}/" if len(pattern) <= SHOWN else f"/{pattern[: SHOWN - 1]}\u2026/"
