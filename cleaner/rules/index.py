"""The index: which rules a line meets, found without trying each rule on each line.

A line is folded once, looked up whole in a dictionary of phrases, and handed by its first
characters to the few regexes that can begin there; the regex then confirms.  Measured, this
costs about twice a bare loop over the lines, where trying every rule costs 300 times.
Rules that may begin with anything are found by their keywords, over the whole text at once.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property, lru_cache

from cleaner.rules.folding import BLANK, EDGE, SPACE_RUN, fold, phrase_key
from cleaner.rules.keywords import SEPARATORS, Keywords, anchor, occurrences
from cleaner.rules.matcher import LONGEST, Matcher
from cleaner.rules.rule import Rule
from cleaner.rules.syntax import PREFIX

CACHED_LENGTH = 160  # longer lines are prose, which seldom comes twice
CACHED_LINES = 100_000
MARKS = "#>*+-|_`~[\u2022\u25aa\u25ba\u25b6\u25cf\u25c6\u2192\u00bb\U0001f449\U0001f447\U0001f517\U0001f4e2"
MARKUP = re.compile(r"!?\[([^\[\]\n]{0,300})\](?:\([^()\n]{0,500}\)|\[[^\[\]\n]{0,60}\])|\*\*|__|~~|`")
Hits = tuple[int, ...]


def unmarked(line: str) -> str:
    """A folded line without the Markdown that dresses it: headings, links, emphasis, bullets."""
    bare = MARKUP.sub(lambda match: match[1] or "", line)
    return bare.strip(MARKS + BLANK)


class Index:
    """The rules of one configuration, ready to be asked about folded texts.

    Rules are numbered by their place in ``rules``.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self._cache: dict[str, Hits] = {}
        self._phrases: dict[str, list[int]] = {}
        self._starts: dict[str, list[int]] = {}
        self._always: list[int] = []
        self._matchers: dict[tuple[int, str], Matcher] = {}
        sought: list[tuple[str, int]] = []
        for number, rule in enumerate(self.rules):
            sought += self._add(number, rule)
        self._keywords = Keywords(sought)

    def __reduce__(self) -> tuple[type[Index], tuple[tuple[Rule, ...]]]:
        return Index, (self.rules,)

    def _add(self, number: int, rule: Rule) -> list[tuple[str, int]]:
        """Files a rule under what it is found by; its keywords, when it is found by them."""
        for key in dict.fromkeys(phrase_key(fold(phrase)) for phrase in rule.phrases):
            self._phrases.setdefault(key, []).append(number)
        if rule.phrases:
            return []
        if rule.starts and rule.whole_line and not rule.keywords:
            for key in rule.starts:
                self._starts.setdefault(key, []).append(number)
            return []
        keywords = keywords_of(rule)
        if not keywords:
            self._always.append(number)
        return [(keyword, number) for keyword in keywords]

    def matcher(self, number: int, pattern: str) -> Matcher:
        """The compiled regex ``pattern`` of a rule, made on first use."""
        found = self._matchers.get((number, pattern))
        if found is None:
            found = self._matchers[number, pattern] = Matcher(pattern, self.rules[number])
        return found

    def hits(
        self, text: str, lines: Sequence[str], starts: Sequence[int]
    ) -> tuple[dict[int, Hits], dict[int, list[tuple[int, int]]]]:
        """What rules meet in a folded text with its lines and their offsets.

        First, for each line (from 0) that whole-line rules meet, their numbers.  Second, for
        each rule on parts of lines, the lines and offsets (within them) of its keywords.
        """
        whole = self._begun(lines)
        parts: dict[int, list[tuple[int, int]]] = {}
        tried: set[tuple[int, int]] = set()
        for number, at in self._keywords.found(text):
            line = bisect_right(starts, at) - 1
            if not self.rules[number].whole_line:
                parts.setdefault(number, []).append((line, at - starts[line]))
            elif (line, number) not in tried:
                tried.add((line, number))
                if self._matches(number, lines[line]):
                    whole[line] = (*whole.get(line, ()), number)
        for number in self._always:
            self._try_everywhere(number, lines, whole, parts)
        return {line: tuple(sorted(whole[line])) for line in sorted(whole)}, parts

    def _begun(self, lines: Sequence[str]) -> dict[int, Hits]:
        """For each line, the rules found by its phrase or by how it begins."""
        cache, found = self._cache, {}
        for at, line in enumerate(lines):
            if not line:
                continue
            rules = cache.get(line)
            if rules is None:
                rules = self._find(line)
                if len(line) <= CACHED_LENGTH:
                    cache[line] = rules
            if rules:
                found[at] = rules
        if len(cache) > CACHED_LINES:
            cache.clear()
        return found

    def _find(self, line: str) -> Hits:
        found: set[int] = set()
        for form in _forms(line):
            key = form.strip(EDGE)
            if "  " in key:
                key = SPACE_RUN.sub(" ", key)
            if key in self._phrases:
                found.update(self._phrases[key])
            for begin in (form[:PREFIX], form[0]):
                if begin in self._starts:
                    found.update(n for n in self._starts[begin] if self._whole(n, form))
        return tuple(found)

    def _whole(self, number: int, form: str) -> bool:
        rule = self.rules[number]
        return len(form) <= rule.width and self.matcher(number, rule.match).whole(form)

    def _matches(self, number: int, line: str) -> bool:
        return any(self._whole(number, form) for form in _forms(line))

    def _try_everywhere(
        self,
        number: int,
        lines: Sequence[str],
        whole: dict[int, Hits],
        parts: dict[int, list[tuple[int, int]]],
    ) -> None:
        """Tries a rule that nothing tells of (only users' rules may be so) on every line."""
        for at, line in enumerate(lines):
            if not self.rules[number].whole_line:
                parts.setdefault(number, []).append((at, 0))
            elif self._matches(number, line):
                whole[at] = (*whole.get(at, ()), number)

    def find(self, line: str) -> Hits:
        """The whole-line rules that a folded line meets, whatever stands around it."""
        return self.hits(line, [line], [0])[0].get(0, ())

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


def _present(keyword: str, line: str) -> bool:
    return next(occurrences(keyword, line), None) is not None


def keywords_of(rule: Rule) -> tuple[str, ...]:
    """The keywords by which a rule is found: its own, or what its regex says must be there."""
    if rule.keywords:
        return rule.keywords
    derived = rule.literal
    return (derived,) if derived and derived[0] in SEPARATORS and anchor(derived) else ()


@lru_cache(maxsize=4096)
def _forms(line: str) -> tuple[str, ...]:
    """A folded line as rules see it: without blanks at its ends, and also without Markdown."""
    bare = line.strip(BLANK)
    if not bare or len(bare) > LONGEST:
        return ()
    if bare[0] not in MARKS and bare[-1] not in MARKS and "](" not in bare:
        return (bare,)
    plain = unmarked(bare)
    return (bare, plain) if plain and plain != bare else (bare,)
