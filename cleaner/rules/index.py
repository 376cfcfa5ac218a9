"""The index: which rules a line meets, found without trying each rule on each line.

A line is folded once, looked up whole in a dictionary of phrases, and handed by its first
characters to the few regexes that can begin there; the regex then confirms.  Rules that may
begin with anything are found by their keywords, over all new lines at once.  What a line meets
depends on the line alone and is remembered, so a line that comes again costs one look-up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from itertools import groupby, repeat
from typing import cast

from cleaner.rules.folding import BLANK, EDGE, SPACE_RUN, fold, phrase_key
from cleaner.rules.keywords import SEPARATORS, Keywords, anchor, occurrences
from cleaner.rules.matcher import LONGEST, Matcher
from cleaner.rules.rule import Condition, Rule
from cleaner.rules.syntax import MARKED, beginnings, beginnings_of

SHORT = 160  # characters; longer lines are prose, which seldom comes twice
MOST_SHORT, MOST_PROSE = 100_000, 1_000  # lines of either kind that are remembered
MOST_PLANS = 10_000
MARKS = "#>*+-|_`~[\u2022\u25aa\u25ba\u25b6\u25cf\u25c6\u2192\u00bb\U0001f449\U0001f447\U0001f517\U0001f4e2"
MARKUP = re.compile(r"!?\[([^\[\]\n]{0,300})\](?:\([^()\n]{0,500}\)|\[[^\[\]\n]{0,60}\])|\*\*|__|~~|`")
MARKS_AFTER = frozenset(MARKS + BLANK)  # ends of lines that may have a second form
NO_BUCKETS = [None] * 4
Hits = tuple[int, ...]
Parts = tuple[tuple[int, int], ...]
STEPS = {"previous": -1, "next": 1}
Conditions = tuple[tuple[Condition, bool], ...]
Nothing = tuple[()]
NOTHING: Nothing = ()
Bucket = list[tuple[int, int, int]]  # of rules: least and most characters of a match, number


def unmarked(line: str) -> str:
    """A folded line without the Markdown that dresses it: headings, links, emphasis, bullets."""
    if any(mark in line for mark in ("[", "**", "__", "~~", "`")):
        line = MARKUP.sub(lambda match: match[1] or "", line)
    return line.strip(MARKS + BLANK)


class Plan:
    """The rules that meet a line, sorted by what they ask and take.

    ``placed`` are those for the line alone, in order, neighbours that ask for the same place
    together; ``beside`` those of them that may also stand beside a line that goes; ``reaching``
    those that take further lines, by kind.  Left out is what conditions on the line itself
    forbid, but ``reaches`` says whether any rule that met the line takes further lines.
    """

    __slots__ = ("beside", "placed", "reaches", "reaching")

    def __init__(self, rules: Sequence[Rule], hits: Hits, standing: Hits) -> None:
        lines = [number for number in standing if rules[number].kind == "line"]
        groups = groupby(lines, key=lambda number: (rules[number].at, rules[number].within_words))
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
    of rules with the offset (within the line) of a keyword of theirs.
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


Place = tuple[tuple[str, ...], int]  # where a line must stand (``at``, ``within_words``)
Placed = tuple[tuple[Place, Hits], ...]


class Index:
    """The rules of one configuration, ready to be asked about lines.

    Rules are numbered by their place in ``rules``.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self._phrases: dict[str, list[int]] = {}
        self._starts: dict[str, Bucket] = {}
        self._always: list[int] = []
        self._matchers: dict[tuple[str, str], Matcher] = {}
        self._wholes: list[Callable[[str], object] | None] = [None] * len(self.rules)
        sought: list[tuple[str, int]] = []
        for number, rule in enumerate(self.rules):
            sought += self._add(number, rule)
        self._keywords = Keywords(sought)
        marked = (key[1] for key in self._starts if key.startswith(MARKED))
        self._marks_before = MARKS_AFTER.union(marked)
        self._plans: dict[tuple[Hits, Hits], Plan] = {}
        self._demands: list[Demands | None] = [None] * len(self.rules)
        self._bound = [_conditions(rule, "line") for rule in self.rules]
        self._short: dict[str, Met | Nothing] = {}
        self._prose: dict[str, Met | Nothing] = {}
        self.forget()

    def __reduce__(self) -> tuple[type[Index], tuple[tuple[Rule, ...]]]:
        return Index, (self.rules,)

    def _add(self, number: int, rule: Rule) -> list[tuple[str, int]]:
        """Files a rule under what it is found by; its keywords, when it is found by them."""
        for key in dict.fromkeys(phrase_key(fold(phrase)) for phrase in rule.phrases):
            self._phrases.setdefault(key, []).append(number)
        if rule.phrases:
            return []
        if rule.starts and rule.whole_line and (rule.trusted or not rule.keywords):
            for key in rule.starts:
                self._starts.setdefault(key, []).append((rule.least, rule.width, number))
            return []
        keywords = keywords_of(rule)
        if not keywords:
            self._always.append(number)
        return [(keyword, number) for keyword in keywords]

    def forget(self) -> None:
        """Forgets the lines met so far, which changes no result."""
        self._short, self._prose = {"": NOTHING}, {}

    def matcher(self, number: int, pattern: str) -> Matcher:
        """The compiled regex ``pattern`` of a rule, made on first use."""
        rule = self.rules[number]
        key = pattern, "" if rule.trusted else rule.id
        found = self._matchers.get(key)
        if found is None:
            found = self._matchers[key] = Matcher(pattern, rule)
        return found

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
            found = self._plans[hits, standing] = Plan(self.rules, hits, standing)
        return found

    def stands(self, number: int, line: str) -> bool:
        """Whether a rule's conditions on the line itself, which is given folded, hold."""
        text = line.strip()[:LONGEST]
        return all(
            self.matcher(number, item.match).found(text) is not veto for item, veto in self._bound[number]
        )

    def met(self, lines: Sequence[str]) -> list[Met | Nothing]:
        """What each line (as it stands, not folded) meets, something false for nothing."""
        found = list(map(self._short.get, lines))
        new = [at for at, met in enumerate(found) if met is None]
        if new and self._prose:
            new = list(self._not_prose(lines, new, found))
        if new:
            self._look(lines, new, found)
        return cast("list[Met | Nothing]", found)

    def _not_prose(
        self, lines: Sequence[str], new: list[int], found: list[Met | Nothing | None]
    ) -> Iterator[int]:
        """Those of the new lines that are not remembered as prose either."""
        known = self._prose.get
        for at in new:
            met = found[at] = known(lines[at])
            if met is None:
                yield at

    def _look(self, lines: Sequence[str], new: list[int], found: list[Met | Nothing | None]) -> None:
        """Finds what the new lines meet, and remembers it."""
        if len(self._short) > MOST_SHORT:
            self._short = {"": NOTHING}
        if len(self._prose) > MOST_PROSE:
            self._prose = {}
        short, prose = self._short, self._prose
        fresh = [lines[at] for at in new]
        for at, line, met in zip(new, fresh, self._learnt(fresh), strict=False):
            found[at] = met
            (short if len(line) <= SHORT else prose)[line] = met

    def _learnt(self, lines: list[str]) -> Iterable[Met | Nothing]:
        """What each of some lines meets."""
        text = fold("\n".join(lines))
        folded = text.split("\n")
        whole = self._begun(text, folded)
        parts: dict[int, list[tuple[int, int]]] = {}
        self._add_sought(text, folded, whole, parts)
        for number in self._always:
            self._try_everywhere(number, folded, whole, parts)
        if not parts and not any(whole):
            return repeat(NOTHING)
        return [self._made(folded[at], numbers, parts.get(at, [])) for at, numbers in enumerate(whole)]

    def _made(self, line: str, numbers: Hits, parts: list[tuple[int, int]]) -> Met | Nothing:
        if not numbers and not parts:
            return NOTHING
        sited: dict[str, Hits] = {}
        hits = []
        for number in sorted(set(numbers)):
            domains = self.rules[number].domains
            for domain in domains:
                sited[domain] = (*sited.get(domain, ()), number)
            if not domains:
                hits.append(number)
        return Met(self, line, tuple(hits), tuple(sorted(parts)), sited)

    def _add_sought(
        self,
        text: str,
        lines: list[str],
        whole: list[Hits],
        parts: dict[int, list[tuple[int, int]]],
    ) -> None:
        """Adds what is found by keywords."""
        tried: set[tuple[int, int]] = set()
        for line, number, at in self._keywords.found(text, lines):
            if not self.rules[number].whole_line:
                parts.setdefault(line, []).append((number, at))
            elif (line, number) not in tried:
                tried.add((line, number))
                if self._matches(number, lines[line]):
                    whole[line] = (*whole[line], number)

    def _begun(self, text: str, lines: list[str]) -> list[Hits]:
        """The rules found by each folded line's phrase or by how it begins.

        Dictionaries are asked about all lines at once; most lines are done with that.
        """
        leads = [line.lstrip(EDGE) for line in lines]
        keys = [lead.rstrip(EDGE) for lead in leads]
        phrases, starts = self._phrases.get, self._starts.get
        asked = map(phrases, keys), *(map(starts, begun) for begun in beginnings(leads))
        found: list[Hits] = [()] * len(lines)
        for at, (numbers, *buckets) in enumerate(zip(*asked, strict=True)):
            if numbers or buckets != NO_BUCKETS:
                found[at] = (*(numbers or ()), *self._confirmed(buckets, lines[at], lines[at]))
        dressed = {
            at for at, line in enumerate(lines) if line[:1] in self._marks_before or line[-1:] in MARKS_AFTER
        }
        if "  " in text:
            dressed.update(at for at, key in enumerate(keys) if "  " in key)
        if "](" in text:
            dressed.update(at for at, line in enumerate(lines) if "](" in line)
        for at in dressed:
            found[at] = self._begun_one(lines[at])
        return found

    def _begun_one(self, line: str) -> Hits:
        found: list[int] = []
        for form in _forms(line):
            key = form.strip(EDGE)
            found += self._phrases.get(SPACE_RUN.sub(" ", key) if "  " in key else key, ())
            begun = (*beginnings_of(form.lstrip(EDGE)), MARKED + form[0])
            found += self._confirmed([self._starts[key] for key in begun if key in self._starts], form, line)
        return tuple(found)

    def _confirmed(self, buckets: Iterable[Bucket | None], form: str, line: str) -> list[int]:
        """The rules of those that may begin so whose regex matches a form of a line."""
        size, wholes, found = len(form), self._wholes, []
        for bucket in buckets:
            for least, width, number in bucket or ():
                if least <= size <= width and (wholes[number] or self._regex(number))(form):
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
        lines: list[str],
        whole: list[Hits],
        parts: dict[int, list[tuple[int, int]]],
    ) -> None:
        """Tries a rule that nothing tells of (only users' rules may be so) on every line."""
        for at, line in enumerate(lines):
            if not self.rules[number].whole_line:
                parts.setdefault(at, []).append((number, 0))
            elif self._matches(number, line):
                whole[at] = (*whole[at], number)

    def hits(
        self, text: str, lines: Sequence[str], starts: Sequence[int]
    ) -> tuple[dict[int, Hits], dict[int, list[tuple[int, int]]]]:
        """What rules (of whatever site) meet in a folded text with its lines and their offsets.

        First, for each line (from 0) that whole-line rules meet, their numbers.  Second, for
        each rule on parts of lines, the lines and offsets (within them) of its keywords.
        """
        del text, starts
        whole: dict[int, Hits] = {}
        parts: dict[int, list[tuple[int, int]]] = {}
        for line, met in enumerate(self.met(lines)):
            if met and met.all:
                whole[line] = met.all
            for number, at in met.parts if met else ():
                parts.setdefault(number, []).append((line, at))
        return whole, parts

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
    if bare[0] not in MARKS and bare[-1] not in MARKS and "](" not in bare:
        return (bare,)
    plain = unmarked(bare)
    return (bare, plain) if plain and plain != bare else (bare,)
