"""The index: which rules a line meets, found without trying each rule on each line.

A line is folded once, looked up whole in a dictionary of phrases, and handed by its first
characters to the few regexes that can begin there; the regex then confirms.  Measured, this
costs about twice a bare loop over the lines, where trying every rule costs 300 times.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property

from cleaner.rules import syntax
from cleaner.rules.folding import BLANK, EDGE, SPACE_RUN, fold, phrase_key
from cleaner.rules.matcher import LONGEST, Matcher
from cleaner.rules.rule import Rule

CACHED_LENGTH = 160  # longer lines are prose, which seldom comes twice
CACHED_LINES = 100_000
MARKS = "#>*+-|_`~["
MARKUP = re.compile(
    r"!?\[([^\[\]\n]{0,300})\](?:\([^()\n]{0,500}\)|\[[^\[\]\n]{0,60}\])|\*\*|__|~~|`"
)
Hits = tuple[int, ...]


def unmarked(line: str) -> str:
    """A folded line without the Markdown that dresses it: headings, links, emphasis, bullets."""
    bare = MARKUP.sub(lambda match: match[1] or "", line)
    return bare.strip(MARKS + BLANK)




class Index:
    """The rules of one configuration, ready to be asked about lines.

    Rules are numbered by their place in ``rules``.  Lines are folded text without line ends.
    """

    def __init__(self, rules: Sequence[Rule]) -> None:
        self.rules = tuple(rules)
        self._cache: dict[str, Hits] = {}
        self._phrases: dict[str, list[int]] = defaultdict(list)
        self._starts: dict[str, list[int]] = defaultdict(list)
        self._anywhere: list[tuple[tuple[str, ...], int]] = []
        self._matchers: dict[tuple[int, str], Matcher] = {}
        for number, rule in enumerate(self.rules):
            if rule.whole_line:
                self._add(number, rule)
        self._phrases, self._starts = dict(self._phrases), dict(self._starts)

    def __reduce__(self) -> tuple[type[Index], tuple[tuple[Rule, ...]]]:
        return Index, (self.rules,)

    def _add(self, number: int, rule: Rule) -> None:
        for phrase in rule.phrases:
            numbers = self._phrases[phrase_key(fold(phrase))]
            if number not in numbers:
                numbers.append(number)
        if rule.match:
            self._dispatch(number, rule)

    def _dispatch(self, number: int, rule: Rule) -> None:
        starts = syntax.prefixes(rule.match)
        if starts is None or rule.keywords:
            keywords = rule.keywords or tuple(filter(None, [syntax.literal(rule.match)]))
            self._anywhere.append((keywords, number))
            return
        # A beginning of which less than a whole prefix is known, or a digit (of which there
        # are too many together), is dispatched by its first character.
        keys = {start[:1] if start[-1] == "\0" or start[0].isdigit() else start for start in starts}
        for key in sorted(keys):
            self._starts[key].append(number)

    def matcher(self, number: int, pattern: str) -> Matcher:
        """The compiled regex ``pattern`` of a rule, made on first use."""
        found = self._matchers.get((number, pattern))
        if found is None:
            found = self._matchers[number, pattern] = Matcher(pattern, self.rules[number])
        return found

    def hits(self, lines: Iterable[str]) -> list[tuple[int, Hits]]:
        """For each line that some rule meets: its number (from 0) and the rules' numbers."""
        cache, found = self._cache, []
        for at, line in enumerate(lines):
            if not line:
                continue
            rules = cache.get(line)
            if rules is None:
                rules = self.find(line)
                if len(line) <= CACHED_LENGTH:
                    cache[line] = rules
            if rules:
                found.append((at, rules))
        if len(cache) > CACHED_LINES:
            cache.clear()
        return found

    def find(self, line: str) -> Hits:
        """The whole-line rules that ``line`` meets, whatever stands around it."""
        bare = line.strip(BLANK)
        if not bare or len(bare) > LONGEST:
            return ()
        found = self._found(bare)
        if (bare[0] in MARKS or bare[-1] in MARKS or "](" in bare) and (plain := unmarked(bare)):
            found = found | self._found(plain)
        return tuple(sorted(found)) if found else ()

    def _found(self, line: str) -> set[int]:
        found: set[int] = set()
        key = line.strip(EDGE)
        if "  " in key:
            key = SPACE_RUN.sub(" ", key)
        if key in self._phrases:
            found.update(self._phrases[key])
        starts = self._starts
        begun = starts.get(line[:3])
        first = starts.get(line[0])
        if begun:
            found.update(n for n in begun if self.matcher(n, self.rules[n].match).whole(line))
        if first:
            found.update(n for n in first if self.matcher(n, self.rules[n].match).whole(line))
        for keywords, number in self._anywhere:
            if (not keywords or any(word in line for word in keywords)) and self.matcher(
                number, self.rules[number].match
            ).whole(line):
                found.add(number)
        return found

    def brute(self, line: str) -> Hits:
        """What ``find`` must find, by trying every rule: the measure of the index."""
        bare = line.strip(BLANK)
        if not bare or len(bare) > LONGEST:
            return ()
        forms = [bare]
        if (bare[0] in MARKS or bare[-1] in MARKS or "](" in bare) and (plain := unmarked(bare)):
            forms.append(plain)
        return tuple(
            number
            for number, rule in enumerate(self.rules)
            if rule.whole_line and any(self._meets(number, rule, form) for form in forms)
        )

    def _meets(self, number: int, rule: Rule, line: str) -> bool:
        if rule.phrases:
            return phrase_key(line) in {phrase_key(fold(phrase)) for phrase in rule.phrases}
        if rule.keywords and not any(word in line for word in rule.keywords):
            return False
        return self.matcher(number, rule.match).whole(line)

    @cached_property
    def spans(self) -> tuple[tuple[str, Hits], ...]:
        """The rules on parts of lines, by a keyword that must be there (``""``: by none)."""
        table: dict[str, list[int]] = defaultdict(list)
        for number, rule in enumerate(self.rules):
            if rule.whole_line:
                continue
            for keyword in rule.keywords or (syntax.literal(rule.match),):
                table[keyword].append(number)
        return tuple((keyword, tuple(numbers)) for keyword, numbers in sorted(table.items()))
