"""The index: which rules a line meets, found without trying each rule on each line.

New lines are folded all at once; each is looked up whole in a dictionary of phrases, and handed by its first
characters to the few regexes that can begin there; the regex then confirms.  Rules that may
begin with anything are found by their keywords, over all new lines at once.  What a line meets
depends on the line alone and is remembered, so a line that comes again costs one look-up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import groupby, repeat
from operator import itemgetter
from typing import cast

from cleaner.rules.dispatch import Dispatch, Head
from cleaner.rules.folding import BLANK, LINE_MARKS, FoldedLines, fold, phrase_key
from cleaner.rules.keywords import SEPARATORS, Keywords, anchor, occurrences
from cleaner.rules.matcher import LONGEST, Matcher, Window, windows
from cleaner.rules.rule import Condition, Rule
from cleaner.rules.sentence import around
from cleaner.rules.speech import TOLD, spoken
from cleaner.rules.syntax import NO_BOUND

SHORT = 160  # characters; longer lines are prose or notices, of which only the notices come again
MOST_SHORT, MOST_PROSE = 4_000_000, 2_000_000  # bytes or so of lines of either kind that are remembered
ENTRY = 100  # bytes that a remembered line takes besides its characters
MOST_PLANS = 10_000
MARKUP = re.compile(r"!?\[([^\[\]\n]{0,300})\](?:\([^()\n]{0,500}\)|\[[^\[\]\n]{0,60}\])|\*\*|__|~~|`")
Hits = tuple[int, ...]
Parts = tuple[tuple[int, tuple[Window, ...]], ...]
STEPS = {"previous": -1, "next": 1}
Conditions = tuple[tuple[Condition, bool], ...]
Nothing = tuple[()]
NOTHING: Nothing = ()


def unmarked(line: str) -> str:
    """A folded line without the Markdown that dresses it: headings, links, emphasis, bullets."""
    if any(mark in line for mark in ("[", "**", "__", "~~", "`")):
        line = MARKUP.sub(lambda match: match[1] or "", line)
    return line.strip(LINE_MARKS + BLANK)


Place = tuple[tuple[str, ...], int]  # where a line must stand (``at``, ``within_words``)
Placed = tuple[tuple[int, Hits], ...]


class Plan:
    """The rules that meet a line, sorted by what they ask and take.

    ``placed`` are those for the line alone, in order, neighbours that ask for the same place
    (its number in the index) together; ``beside`` those of them that may also stand beside a line
    that goes; ``reaching``
    those that take further lines, by kind.  Left out is what conditions on the line itself
    forbid, but ``reaches`` says whether any rule that met the line takes further lines.
    """

    __slots__ = ("beside", "placed", "reaches", "reaching")

    def __init__(self, index: Index, hits: Hits, standing: Hits) -> None:
        rules = index.rules
        lines = [number for number in standing if rules[number].kind == "line"]
        groups = groupby(lines, key=index.place_of)
        self.placed: Placed = tuple((place, tuple(numbers)) for place, numbers in groups)
        self.beside: Hits = tuple(number for number in lines if "beside" in rules[number].at)
        self.reaches = any(rules[number].guarded for number in hits)
        self.reaching: dict[str, Hits] = {}
        for number in standing:
            if rules[number].guarded:
                kind = rules[number].kind
                self.reaching[kind] = (*self.reaching.get(kind, ()), number)


class Demands:
    """What a rule asks for beyond its line: conditions on other lines, a language, the document.

    ``lines`` are regexes with the step to the line that they look at and whether they veto,
    ``document`` the same without the step.  ``languages`` are those it runs in (``None``: any);
    ``sure`` says that the language must be known for that.
    """

    __slots__ = ("document", "languages", "lines", "sure")

    def __init__(self, index: Index, number: int) -> None:
        rule = index.rules[number]
        self.lines = tuple(
            (index.matcher(number, item.match), step, veto)
            for where, step in STEPS.items()
            for item, veto in _conditions(rule, where)
        )
        self.document = tuple(
            (index.matcher(number, item.match), veto) for item, veto in _conditions(rule, "document")
        )
        self.languages = _languages(rule)
        self.sure = bool(rule.only_in)


def _languages(rule: Rule) -> frozenset[str] | None:
    """The languages of a document in which a rule runs, ``None`` for all.

    A whole phrase means the same in any text, and English stands on pages of all languages;
    but a regex of another language runs in that language only, or where none can be told.
    """
    if rule.only_in:
        return frozenset(rule.only_in)
    if not rule.match or rule.language in ("any", "en"):
        return None
    return frozenset((rule.language, *rule.languages))


class Met:
    """The rules that a line meets: ``hits`` judge the whole line, ``parts`` look within it.

    ``sited`` has, by domain, further hits that are for one site only.  ``parts`` are numbers
    of rules with the stretches of the line round their keywords in which they match.
    """

    __slots__ = ("_index", "_plan", "hits", "line", "parts", "sited")

    def __init__(self, index: Index, line: str, hits: Hits, parts: Parts, sited: dict[str, Hits]) -> None:
        self._index = index
        self._plan: Plan | None = None
        self.line = line
        self.hits = hits
        self.parts = parts
        self.sited = sited

    def at(self, domains: Iterable[str]) -> Hits:
        """The rules on whole lines that count on a site with these domains (its own and those above)."""
        if not self.sited:
            return self.hits
        return tuple(sorted({*self.hits, *(n for name in domains for n in self.sited.get(name, ()))}))

    def plan(self, domains: Iterable[str]) -> Plan:
        """The same rules, sorted."""
        if self.sited:
            return self._index.plan(self.line, self.at(domains))
        if self._plan is None:
            self._plan = self._index.plan(self.line, self.hits)
        return self._plan

    @property
    def all(self) -> Hits:
        """The rules on whole lines, of whatever site."""
        return self.at(self.sited)


def _size(lines: Sequence[str]) -> int:
    """About how many bytes remembered lines take."""
    return sum(map(len, lines)) + ENTRY * len(lines)


class Index:
    """The rules of one configuration, ready to be asked about lines.

    Rules are numbered by their place in ``rules``.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self._dispatch = Dispatch()
        self._always: list[int] = []
        self._matchers: dict[tuple[str, str], Matcher] = {}
        self._wholes: list[Callable[[str], object] | None] = [None] * len(self.rules)
        sought: list[tuple[str, int, int]] = []
        for number, rule in enumerate(self.rules):
            sought += self._add(number, rule)
        self._keywords = Keywords(sought)
        self._plans: dict[tuple[Hits, Hits], Plan] = {}
        self._demands: list[Demands | None] = [None] * len(self.rules)
        self.places: list[Place] = [((), 0)]
        self._bound = [_bound(rule) for rule in self.rules]
        self._beside = [() if rule.whole_line else _conditions(rule, "sentence") for rule in self.rules]
        self._known: dict[str, Met | Nothing] = {}
        self._prose: list[str] = []
        self._short_size = self._prose_size = 0
        self.forget()

    def __reduce__(self) -> tuple[type[Index], tuple[tuple[Rule, ...]]]:
        return Index, (self.rules,)

    def _add(self, number: int, rule: Rule) -> list[tuple[str, int, int]]:
        """Files a rule under what it is found by; its keywords, when it is found by them."""
        if rule.phrases:
            self._dispatch.add_phrases(number, rule.phrases)
            return []
        if rule.alternatives and rule.whole_line and (rule.trusted or not rule.keywords):
            self._dispatch.add_pattern(number, rule)
            return []
        keywords = keywords_of(rule)
        if not keywords:
            self._always.append(number)
        most = rule.width if rule.whole_line else NO_BOUND
        return [(keyword, number, most) for keyword in keywords]

    def forget(self) -> None:
        """Forgets the lines met so far, which changes no result."""
        self._known, self._prose = {"": NOTHING}, []
        self._short_size = self._prose_size = 0

    def _forget_prose(self) -> None:
        prose, self._prose, self._prose_size = self._prose, [], 0
        for line in prose:
            self._known.pop(line, None)

    def matcher(self, number: int, pattern: str) -> Matcher:
        """The compiled regex ``pattern`` of a rule, made on first use."""
        rule = self.rules[number]
        if TOLD in pattern:
            pattern = spoken(pattern, rule.language)
        key = pattern, "" if rule.trusted else rule.id
        found = self._matchers.get(key)
        if found is None:
            found = self._matchers[key] = Matcher(pattern, rule)
        return found

    def place_of(self, number: int) -> int:
        """The number in ``places`` of where a rule wants its line, 0 for anywhere."""
        rule = self.rules[number]
        place = (rule.at, rule.within_words) if rule.at else ((), 0)
        if place not in self.places:
            self.places.append(place)
        return self.places.index(place)

    def demands(self, number: int) -> Demands:
        """What a rule asks for beyond its line."""
        found = self._demands[number]
        if found is None:
            found = self._demands[number] = Demands(self, number)
        return found

    def plan(self, line: str, hits: Hits) -> Plan:
        """The rules of some hits on a folded line, sorted; remembered, since hits come again."""
        standing = tuple([number for number in hits if not self._bound[number] or self.stands(number, line)])
        found = self._plans.get((hits, standing))
        if found is None:
            if len(self._plans) > MOST_PLANS:
                self._plans.clear()
            found = self._plans[hits, standing] = Plan(self, hits, standing)
        return found

    def stands(self, number: int, line: str) -> bool:
        """Whether a rule's conditions on the line itself, which is given folded, hold."""
        return self._hold(number, self._bound[number], line.strip()[:LONGEST])

    def stands_in(self, number: int, line: str, raw: str, part: tuple[int, int]) -> bool:
        """Whether a rule's conditions on the sentence of a part hold.

        ``line`` is the folded line, ``raw`` the line as it stands, the part begins and ends
        at offsets within it.
        """
        beside = self._beside[number]
        return not beside or self._hold(number, beside, line[around(raw, *part)].strip())

    def _hold(self, number: int, conditions: Conditions, text: str) -> bool:
        return all(self.matcher(number, item.match).found(text) is not veto for item, veto in conditions)

    def met(self, lines: Sequence[str]) -> list[Met | Nothing]:
        """What each line (as it stands, not folded) meets, something false for nothing."""
        found = list(map(self._known.get, lines))
        new = [at for at, met in enumerate(found) if met is None]
        if new:
            fresh = [lines[at] for at in new]
            for at, met in zip(new, self._learnt(fresh), strict=False):
                found[at] = met
            self._remember(fresh, map(found.__getitem__, new))
        return cast("list[Met | Nothing]", found)

    def _remember(self, lines: list[str], met: Iterable[Met | Nothing | None]) -> None:
        """Remembers what lines meet: many short ones, and prose for the passes to come.

        What is forgotten is so before, that the passes over a long text find its own lines.
        """
        if self._short_size > MOST_SHORT:
            self.forget()
        elif self._prose_size > MOST_PROSE:
            self._forget_prose()
        self._known.update(zip(lines, cast("Iterable[Met | Nothing]", met), strict=True))
        prose = [line for line in lines if len(line) > SHORT]
        long, size = _size(prose), _size(lines)
        self._prose += prose
        self._prose_size += long
        self._short_size += size - long

    def _learnt(self, lines: list[str]) -> Iterable[Met | Nothing]:
        """What each of some lines meets."""
        text = FoldedLines(lines)
        whole: dict[int, list[int]] = {}
        for at, head in self._dispatch.candidates(text):
            numbers = self._begun(text.lines[at], head)
            if numbers:
                whole[at] = numbers
        parts: dict[int, list[tuple[int, int]]] = {}
        self._add_sought(text, whole, parts)
        for number in self._always:
            self._try_everywhere(number, text, whole, parts)
        if not parts and not whole:
            return repeat(NOTHING)
        made: list[Met | Nothing] = [NOTHING] * len(lines)
        for at in whole.keys() | parts.keys():
            met = self._made(text.lines[at], whole.get(at, []), parts.get(at, []))
            if met.hits or met.parts or met.sited:
                made[at] = met
        return made

    def _made(self, line: str, numbers: list[int], parts: list[tuple[int, int]]) -> Met:
        sited: dict[str, Hits] = {}
        hits = []
        for number in sorted(set(numbers)):
            domains = self.rules[number].domains
            for domain in domains:
                sited[domain] = (*sited.get(domain, ()), number)
            if not domains:
                hits.append(number)
        return Met(self, line, tuple(hits), tuple(self._matching(line, parts)), sited)

    def _matching(self, line: str, parts: list[tuple[int, int]]) -> Iterator[tuple[int, tuple[Window, ...]]]:
        """The rules on parts of a line (given with the places of their keywords) that match, and where."""
        for number, places in groupby(sorted(parts), key=itemgetter(0)):
            may_match = self.matcher(number, self.rules[number].match).may_match
            found = [each for each in windows(len(line), (at for _, at in places)) if may_match(line, each)]
            if found:
                yield number, tuple(found)

    def _add_sought(
        self,
        text: FoldedLines,
        whole: dict[int, list[int]],
        parts: dict[int, list[tuple[int, int]]],
    ) -> None:
        """Adds what is found by keywords."""
        tried: set[tuple[int, int]] = set()
        for line, number, at in self._keywords.found(text):
            if not self.rules[number].whole_line:
                parts.setdefault(line, []).append((number, at))
            elif (line, number) not in tried:
                tried.add((line, number))
                if self._matches(number, text.lines[line]):
                    whole.setdefault(line, []).append(number)

    def _begun(self, line: str, head: Head) -> list[int]:
        """The rules found by a folded line's phrase or by how it begins."""
        found: list[int] = []
        for form in _forms(line):
            if head.phrases:
                found += self._dispatch.exact(form)
            for number in self._dispatch.likely(form, head):
                if (self._wholes[number] or self._regex(number))(form):
                    words = self.rules[number].keywords
                    if not words or any(_present(word, line) for word in words):
                        found.append(number)
        return found

    def _regex(self, number: int) -> Callable[[str], object]:
        """Whether a rule's regex matches all of a text, as a function that is remembered."""
        found = self._wholes[number] = self.matcher(number, self.rules[number].match).confirms
        return found

    def _whole(self, number: int, form: str) -> bool:
        if not self.rules[number].least <= len(form) <= self.rules[number].width:
            return False
        return bool((self._wholes[number] or self._regex(number))(form))

    def _matches(self, number: int, line: str) -> bool:
        return any(self._whole(number, form) for form in _forms(line))

    def _try_everywhere(
        self,
        number: int,
        text: FoldedLines,
        whole: dict[int, list[int]],
        parts: dict[int, list[tuple[int, int]]],
    ) -> None:
        """Tries a rule that nothing tells of (only users' rules may be so) on every line."""
        for at in range(len(text.lines)):
            if not self.rules[number].whole_line:
                parts.setdefault(at, []).append((number, 0))
            elif self._matches(number, text.lines[at]):
                whole.setdefault(at, []).append(number)

    def find(self, line: str) -> Hits:
        """The whole-line rules that a folded line meets, whatever stands around it."""
        (met,) = self.met([line])
        return met.all if met else ()

    @cached_property
    def _phrase_keys(self) -> list[frozenset[str]]:
        return [frozenset(phrase_key(fold(phrase)) for phrase in rule.phrases) for rule in self.rules]

    def brute(self, line: str) -> Hits:
        """What ``find`` must find, by trying every rule: the measure of the index."""
        return tuple(
            number
            for number, rule in enumerate(self.rules)
            if rule.whole_line and self._meets(number, rule, line)
        )

    def _meets(self, number: int, rule: Rule, line: str) -> bool:
        if rule.phrases:
            return any(phrase_key(form) in self._phrase_keys[number] for form in _forms(line))
        if rule.keywords and not any(_present(word, line) for word in rule.keywords):
            return False
        return self._matches(number, line)


def _conditions(rule: Rule, where: str) -> Conditions:
    """The conditions of a rule that look at one place, each with whether it vetoes."""
    both = (*((item, False) for item in rule.when), *((item, True) for item in rule.unless))
    return tuple((item, veto) for item, veto in both if item.where == where)


def _bound(rule: Rule) -> Conditions:
    """The conditions on a line itself; the sentence of a whole line is the line."""
    sentence = _conditions(rule, "sentence") if rule.whole_line else ()
    return (*_conditions(rule, "line"), *sentence)


def _present(keyword: str, line: str) -> bool:
    return keyword in line and next(occurrences(keyword, line), None) is not None


def keywords_of(rule: Rule) -> tuple[str, ...]:
    """The keywords by which a rule is found: its own, or what its regex says must be there."""
    if rule.keywords:
        return rule.keywords
    derived = rule.literal
    return (derived,) if derived and derived[0] in SEPARATORS and anchor(derived) else ()


def _forms(line: str) -> tuple[str, ...]:
    """A folded line as rules see it: without blanks at its ends, and also without Markdown."""
    bare = line.strip(BLANK)
    if not bare or len(bare) > LONGEST:
        return ()
    if bare[0] not in LINE_MARKS and bare[-1] not in LINE_MARKS and "](" not in bare:
        return (bare,)
    plain = unmarked(bare)
    return (bare, plain) if plain and plain != bare else (bare,)
