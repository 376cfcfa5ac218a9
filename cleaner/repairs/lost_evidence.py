"""What speaks for each letter that a paragraph may have lost, and for its having lost none."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING

from cleaner.repairs.lost_tables import UNSEEN, Lexicon, Row, Table, count_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TOKEN = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,:]\d+)*|[^\w\s]|_")
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
END = "¶"
"""The token that stands for the end of the paragraph."""
CAP, UPPER, DIGIT, MARK, OTHER = "^Cap", "^UP", "^0", "^.", "~"
COMMON_MARKS = frozenset(",.:;!?()'\"“”’-–—…/&%$" + END)
SHORTEST_NAME = 5
LEAST_LETTERS = 4
"""Letters of a word that has an ending."""
READ = 400_000
"""Characters of a document that its counts are taken from."""
AHEAD = 300
"""Characters of a paragraph that are looked at."""
WRAPPED = 50
"""Characters from which an unterminated line may go on in the next one."""
SHORT = 40
"""Characters below which a line is a heading or an item rather than a paragraph."""
TERMINATORS = '.!?…:"”’)»“'
STOPS = frozenset(".!?…")
CODE = re.compile(r"[{}\\|=<>]|::|->|\(\)|[a-z]_[a-z]|[a-z][A-Z]|[a-z]\.[a-z]|https?:|^\w+\(|@\w")


def fold(word: str) -> str:
    """``word`` as the tables have it: in lower case, with straight apostrophes."""
    return word.lower().replace("’", "'")


def shape(token: str, table: Table) -> str:
    """The shape class of a token: itself if it is a function word or a mark, else its ending."""
    if token[0].isdigit():
        return DIGIT
    if not token[0].isalpha():
        return token if token in COMMON_MARKS else MARK
    low = fold(token)
    if low in table.functions and not (token[0].isupper() and low != "i"):
        return low
    if token[0].isupper():
        return UPPER if len(token) > 1 and token.isupper() else CAP
    return ending(low, table)


def asks(tokens: Iterable[str]) -> bool:
    """Whether the first sentence of ``tokens`` is a question."""
    return next((mark == "?" for mark in tokens if mark in STOPS), False)


def ending(word: str, table: Table) -> str:
    """The class of a word that is told by its last two letters."""
    last = word[-2:]
    return OTHER + last if len(word) >= LEAST_LETTERS and last in table.endings else OTHER


def group(word: str, row: Row, table: Table) -> str:
    """The class of words that ``word`` shares its expected followers with."""
    if row.capital > row.lower:
        return CAP
    return ending(word, table)


@dataclass(frozen=True)
class Witness:
    """What the document itself shows: its words in their case, those of its title, its lines."""

    words: Counter[str]
    capitals: tuple[str, ...]
    title: frozenset[str]
    lower_share: float
    lower_lines: int

    @classmethod
    def of(cls, text: str, lines: Iterable[str], title: str | None) -> Witness:
        """The counts of a document; of a very long one those of its beginning."""
        words = Counter(WORD.findall(text[:READ].replace("’", "'")))
        begun = [line for line in map(str.strip, lines) if line and line[0].isalpha()]
        lower = sum(line[0].islower() for line in begun)
        return cls(
            words=words,
            capitals=tuple(sorted({word[0] for word in words if word[0].isupper()})),
            title=frozenset(map(fold, WORD.findall(title or ""))),
            lower_share=lower / max(1, len(begun)),
            lower_lines=lower,
        )

    def seen(self, word: str) -> tuple[int, int]:
        """How often ``word`` (in lower case) stands in the document: so, and with a capital."""
        capital = word[:1].upper() + word[1:]
        return self.words[word], self.words[capital]

    def letter_of(self, remainder: str) -> str | None:
        """The capital that ``remainder`` has elsewhere, when nothing else can be meant.

        The whole word must stand twice (once will do if it has capitals within or is in
        the title), the remainder nowhere else.
        """
        shortest = SHORTEST_NAME if remainder.islower() else 3
        if len(remainder) < shortest or self.words[remainder] > 1:
            return None
        letters = [first for first in self.capitals if self.words[first + remainder]]
        if len(letters) != 1:
            return None
        known = self.words[letters[0] + remainder]
        sure = not remainder.islower() or fold(letters[0] + remainder) in self.title
        return letters[0] if known > 1 or sure else None


@dataclass(frozen=True)
class Opening:
    """The beginning of a paragraph: what is left of its first word, and the tokens after it."""

    remainder: str
    after: tuple[str, ...]
    asks: bool
    line: str
    quoted: bool
    previous: str
    blank_before: bool

    @classmethod
    def of(cls, line: str, at: int, previous: str, *, blank_before: bool) -> Opening:
        """The opening of ``line``, whose first letter is at ``at``."""
        tokens = TOKEN.findall(line, at, at + AHEAD)
        after = (*tokens[1:3], END, END)[:2]
        quoted = bool(line[:at].strip())
        return cls(tokens[0], after, asks(tokens), line, quoted, previous, blank_before)

    @property
    def followers(self) -> tuple[str, str]:
        """The next two tokens, folded."""
        return fold(self.after[0]), fold(self.after[1])


@dataclass(frozen=True)
class Candidate:
    """A letter that may be lost, the word it makes, and the features that speak for it."""

    letter: str
    word: str
    features: tuple[float, ...]


CANDIDATE_FEATURES = (
    "frequency", "start", "paragraph", "follower", "class", "second", "in document",
    "capital in document", "title", "unseen at a start", "name", "follower seen", "question",
)  # fmt: skip


@dataclass(frozen=True)
class Judge:
    """Weighs openings in one document by a table and a lexicon."""

    table: Table
    lexicon: Lexicon
    witness: Witness

    def candidates(self, opening: Opening) -> list[Candidate]:
        """The letters that make a known word of the remainder."""
        rest = fold(opening.remainder)
        found = []
        for letter in self.table.letters:
            word = letter.lower() + rest
            if self._known(word):
                row = self.table.row(word)
                found.append(Candidate(letter, word, self._weigh(word, row, opening)))
        return found

    def _known(self, word: str) -> bool:
        return (
            self.lexicon.frequency(word) > 0 or self.witness.seen(word)[1] > 0 or word in self.witness.title
        )

    def base(self, token: str) -> float:
        """The share of a token in running text."""
        known = self.table.functions.get(token)
        return known or max(self.lexicon.frequency(token), UNSEEN * 10)

    def _weigh(self, word: str, row: Row, opening: Opening) -> tuple[float, ...]:
        first, second = opening.followers
        frequency = max(self.lexicon.frequency(word), UNSEEN)
        totals = self.table.totals
        capital = (row.capital + 1) / (row.capital + row.lower + 2)
        start = (row.sentences + 2000 * frequency) / (totals["sentences"] + 2000)
        paragraph = (row.paragraphs + 2000 * start) / (totals["paragraphs"] + 2000)
        base = self.base(first)
        by_class = self.class_ratio(word, row, opening.after[0])
        follows, seen = self.follower(row, first, base, by_class)
        here, here_capital = self.witness.seen(word)
        return (
            log(frequency),
            log(start),
            log(paragraph),
            log(follows / base),
            log(by_class),
            self.second(word, first, second),
            log(1 + here),
            log(1 + here_capital),
            float(word in self.witness.title),
            float(row.sentences == 0),
            log(capital),
            float(seen),
            self.question(row, asks=opening.asks),
        )

    def class_ratio(self, word: str, row: Row, follower: str) -> float:
        """How much likelier a token of the follower's class is after this word than after any."""
        name = shape(follower, self.table)
        kind = group(word, row, self.table)
        everywhere = self.table.groups["*"]
        overall = (everywhere.get(name, 0) + 1) / (self.table.group_sums["*"] + 100)
        of_group = self.table.groups.get(kind, {})
        prior = (of_group.get(name, 0) + 20 * overall) / (self.table.group_sums.get(kind, 0) + 20)
        total = count_in(row.classes, "*")
        return (count_in(row.classes, name) + 5 * prior) / (total + 5) / overall

    def question(self, row: Row, *, asks: bool) -> float:
        """The log ratio by which the sentence's being a question or not speaks for the word."""
        usual = (self.table.totals["questions"] + 1) / (self.table.totals["sentences"] + 20)
        share = (row.questions + 5 * usual) / (row.sentences + 5)
        return log(share / usual) if asks else log((1 - share) / (1 - usual))

    def follower(self, row: Row, first: str, base: float, by_class: float) -> tuple[float, int]:
        """P(follower | word at a start), backing off to anywhere and to classes (Witten-Bell)."""
        chance = min(1.0, base * by_class)
        anywhere = count_in(row.bigrams, first)
        if row.bigrams:
            kinds = row.bigram_kinds
            chance = (anywhere + kinds * chance) / (row.total + kinds)
        at_start = count_in(row.starts, first)
        if row.starts:
            kinds = row.start_kinds
            chance = (at_start + kinds * chance) / (row.sentences + kinds)
        return chance, min(2, anywhere + at_start)

    def second(self, word: str, first: str, second: str) -> float:
        """The log ratio by which the token after next speaks for the word."""
        count, total, kinds = self.table.trigram(word, first, second)
        if not total:
            return 0.0
        if not count:
            return log((kinds + 1) / (total + kinds + 1))
        base = self.base(second)
        return log((count + (kinds + 1) * base) / (total + kinds + 1) / base)


@dataclass(frozen=True)
class Verdict:
    """The best letter of an opening, its share among the letters, and features of the whole."""

    best: Candidate
    share: float
    features: tuple[float, ...]

    @property
    def contradicted(self) -> bool:
        """Whether the remainder is a word that what follows fits much better than the best."""
        return bool(self.features[KNOWN]) and self.features[GAIN] < LEAST_GAIN


VERDICT_FEATURES = (
    "share", "margin", "candidates", "best frequency", "remainder frequency", "remainder known",
    "gain over none", "class gain", "remainder in document", "word in document", "capital word",
    "lower share", "lower lines", "previous unterminated", "previous comma", "blank before",
    "terminated", "comma end", "short", "code", "length", "one letter", "quoted", "apostrophe",
    "starts seen", "follower seen", "remainder capital", "hyphen next", "previous short",
    "remainder in running text",
)  # fmt: skip


GAIN = VERDICT_FEATURES.index("gain over none")
KNOWN = VERDICT_FEATURES.index("remainder known")
LEAST_GAIN = -1.5
"""In logs.  "hey everyone" has -5.3 against "They everyone"; of 564 right repairs 3 have less."""


def softmax(scores: Sequence[float]) -> list[float]:
    """The shares that add up to one of scores in logs."""
    top = max(scores)
    powers = [exp(score - top) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def logit(share: float) -> float:
    """The log odds of a share, within -14 and 14."""
    share = min(max(share, 1e-6), 1 - 1e-6)
    return log(share / (1 - share))


def verdict(
    judge: Judge, opening: Opening, candidates: Sequence[Candidate], weights: Sequence[float]
) -> Verdict:
    """The weighing of an opening by its candidates, of which there must be one at least."""
    scores = [sum(map(float.__mul__, weights, each.features)) for each in candidates]
    shares = softmax(scores)
    order = sorted(range(len(shares)), key=lambda at: (-shares[at], candidates[at].letter))
    best = candidates[order[0]]
    second = shares[order[1]] if len(order) > 1 else 0.0
    facts = _facts(judge, opening, best, len(candidates))
    share = shares[order[0]]
    margin = log((share + 1e-9) / (second + 1e-6))
    return Verdict(best, share, (logit(share), margin, *facts))


def _facts(judge: Judge, opening: Opening, best: Candidate, number: int) -> tuple[float, ...]:
    table, lexicon, witness = judge.table, judge.lexicon, judge.witness
    rest = fold(opening.remainder)
    row = table.row(rest)
    frequency = lexicon.frequency(rest)
    first = opening.followers[0]
    base = judge.base(first)
    by_class = judge.class_ratio(rest, row, opening.after[0])
    none, _ = judge.follower(row, first, base, by_class)
    here, here_capital = witness.seen(rest)
    previous = opening.previous
    open_before = bool(previous) and previous[-1] not in TERMINATORS
    line = opening.line.rstrip()
    known = dict(zip(CANDIDATE_FEATURES, best.features, strict=True))
    return (
        log(1 + number),
        known["frequency"],
        log(max(frequency, UNSEEN)),
        float(frequency > 0),
        known["follower"] - log(none / base),
        known["class"] - log(by_class),
        log(1 + max(0, here - 1)),
        known["in document"],
        known["capital in document"],
        witness.lower_share,
        log(1 + max(0, witness.lower_lines - 1)),
        float(open_before and len(previous) > WRAPPED),
        float(previous.endswith((",", ";", "-", "–", "—"))),
        float(opening.blank_before),
        float(line[-1:] in TERMINATORS),
        float(line.endswith((",", ";"))),
        float(len(line) < SHORT),
        float(bool(CODE.search(line[:AHEAD]))),
        log(1 + len(line)),
        float(len(rest) == 1),
        float(opening.quoted),
        float("'" in rest),
        known["start"],
        known["follower seen"],
        log(1 + here_capital),
        float(opening.after[0] in "-–_./@#"),
        float(0 < len(previous) <= WRAPPED and open_before),
        log(1 + row.lower),
    )


def chance(features: Sequence[float], weights: Sequence[float], bias: float) -> float:
    """The value of a logistic model."""
    value = bias + sum(map(float.__mul__, weights, features))
    return 1 / (1 + exp(-max(-40.0, min(40.0, value))))
