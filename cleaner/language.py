"""The language of a text: its script first, then function words, langdetect where they cannot tell.

Everything is asked of one sample of the longest lines, so that menus do not decide, and is a
function of the text alone.
"""

from __future__ import annotations

import re
import threading
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from langdetect.detector_factory import DetectorFactory

# The languages that the packs are at home in.
SUPPORTED = tuple("en de fr es it pt nl pl ru uk tr ar zh ja ko cs".split())

# Characters looked at; 300 decide nearly as well (agreement .935 against .932).
SAMPLE = 600
# So many lines share the sample, lest one quotation decide.
SAMPLE_LINES = 6
# A text longer than this is seen through windows, this many characters in all.
SEEN = 24_000
# Bytes of UTF-8 per character from which a text counts as not written in Latin letters.
WIDE = 1.4
WINDOWS = 4

# Scripts that several languages share, and those that tell the language.
SHARED_SCRIPTS = {
    "cyrillic": "\u0400-\u052f",
    "arabic": "\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufefc",
    "devanagari": "\u0900-\u097f",
}
OWN_SCRIPTS = {
    "el": "\u0370-\u03ff\u1f00-\u1fff",
    "hy": "\u0530-\u058f",
    "he": "\u0590-\u05ff",
    "bn": "\u0980-\u09ff",
    "pa": "\u0a00-\u0a7f",
    "gu": "\u0a80-\u0aff",
    "ta": "\u0b80-\u0bff",
    "te": "\u0c00-\u0c7f",
    "kn": "\u0c80-\u0cff",
    "ml": "\u0d00-\u0d7f",
    "si": "\u0d80-\u0dff",
    "th": "\u0e00-\u0e7f",
    "lo": "\u0e80-\u0eff",
    "my": "\u1000-\u109f",
    "ka": "\u10a0-\u10ff",
    "am": "\u1200-\u137f",
    "km": "\u1780-\u17ff",
}
EAST_ASIAN = {
    "ja": "\u3041-\u3096\u30a1-\u30fa\uff66-\uff9d",
    "ko": "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3",
    "zh": "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f",
}
# A character of these says as much as two or three letters of an alphabet.
EAST_ASIAN_WEIGHT = 2
# Japanese has kana and Korean has hangul in nearly every word; Chinese quotes a few at most.
EAST_ASIAN_SHARE = 0.1

RANGES = SHARED_SCRIPTS | OWN_SCRIPTS | EAST_ASIAN
SCRIPTS = {name: re.compile(f"[{ranges}]") for name, ranges in RANGES.items()}
NOT_LATIN = re.compile("[" + "".join(RANGES.values()) + "]")
WORD = re.compile(r"[^\W\d_]+")
LATIN_WORD = re.compile("[a-z\u00df-\u00f6\u00f8-\u024f\u1e00-\u1eff]+")
NOT_ASCII = re.compile("[^\0-\x7f]")
# Vowel signs are no letters to Python; those of Devanagari are parts of words, the points of
# Arabic are seldom written.
SIGNED_WORD = re.compile("(?:[^\\W\\d_]|[\u0900-\u0963])+")
NOISE = re.compile("(?:[^\\w\n\r\u0300-\u036f\u064b-\u0652\u0900-\u0963]|[\\d_])+")
ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"]{1,500}|[\w.+-]{1,64}@[\w.-]{1,64}")
ARABIC_MARKS = re.compile("[\u0640\u064b-\u0652]")

# The least words and the least share of words that the best language must know.
FEWEST_HITS = 3
LEAST_SHARE = 0.1
# How far the words that only the best knows must outnumber those that only a rival knows.
FEWEST_OWN = 3
LEAD = 2.5
# One word or letter, however often repeated (in a name, in a song), is only so much evidence.
MOST_HITS = 4

# What langdetect chooses from, by script; the fewer, the faster and the surer.
PROFILES = {
    "latin": "en de fr es it pt nl pl tr cs sv da no fi hu ro hr sl sk id vi ca lt lv et sq tl sw",
    "cyrillic": "ru uk bg mk",
    "arabic": "ar fa ur",
    "devanagari": "hi mr ne",
}
# langdetect answers 'tl' to "A": fewer letters than these are no evidence.
FEWEST_LETTERS = 24
TRIALS = 3
LEAST_PROBABILITY = 0.8
# Nor is it believed when a rival has more than half as many words of its own, and a few.
DOUBLE = 2

_loading = threading.Lock()


def detect(text: str) -> str | None:
    """The language of ``text``, ISO 639-1 (``zh`` for Chinese); ``None`` when undecided.

    Looks at 600 characters at most, of the longest lines; at as many once more, of the lines
    with the most letters, when the first are figures or too mixed.  Croatian stands for Bosnian
    and for Serbian in Latin letters too, ``no`` for both Norwegians, Indonesian for Malay.
    """
    seen = _seen(text)
    sample = _Sample.of(seen)
    if found := sample.told():
        return found
    sample = _Sample.of(NOISE.sub(" ", _without_addresses(seen)))
    return sample.told() or sample.guessed()


# -- the sample ---------------------------------------------------------------------------


def _longest(text: str) -> str:
    """The middles of the longest lines, without addresses, ``SAMPLE`` characters in all."""
    lines = [line for line in text.splitlines() if line]
    # Where most characters take two bytes or more, a line is as long as what it says.
    wide = not text.isascii() and _bytes(text) > WIDE * len(text)
    lines.sort(key=_bytes if wide else len, reverse=True)
    del lines[SAMPLE_LINES:]
    share = SAMPLE // max(len(lines), 1)
    return _without_addresses("\n".join([_part(line, share) for line in lines]))


def _without_addresses(text: str) -> str:
    if "www." in text or "://" in text or "@" in text:
        return ADDRESS.sub(" ", text)
    return text


def _seen(text: str) -> str:
    """``text``, or a few windows of a long one."""
    if len(text) <= SEEN:
        return text
    size = SEEN // WINDOWS
    step = (len(text) - size) // (WINDOWS - 1)
    return "\n".join(text[at * step : at * step + size] for at in range(WINDOWS))


def _bytes(line: str) -> int:
    return len(line.encode("utf-8", "surrogatepass"))


def _part(line: str, share: int) -> str:
    """``share`` characters from the middle of a line, whole words."""
    if len(line) <= share:
        return line
    at = (len(line) - share) // 2
    part = line[at : at + share]
    first, last = part.find(" "), part.rfind(" ")
    return part[first + 1 : last] if 0 <= first < last else part


# -- script -------------------------------------------------------------------------------


def _script(sample: str) -> str:
    """The script of most letters, or its language when it has one only; else ``latin``."""
    if sample.isascii():
        return "latin"
    others = NOT_LATIN.findall(sample)
    if not others:
        return "latin"
    latin = sum(map(str.isalpha, sample)) - len(others)
    if EAST_ASIAN_WEIGHT * len(others) <= latin:
        return "latin"
    counts = {name: len(script.findall("".join(others))) for name, script in SCRIPTS.items()}
    east_asian = sum(counts.pop(name) for name in EAST_ASIAN)
    name = max(counts, key=lambda name: counts[name])
    if EAST_ASIAN_WEIGHT * east_asian > max(counts[name], latin):
        return _east_asian("".join(others), east_asian)
    return name if counts[name] > latin else "latin"


def _east_asian(letters: str, total: int) -> str:
    for language in ("ko", "ja"):
        if len(SCRIPTS[language].findall(letters)) >= EAST_ASIAN_SHARE * total:
            return language
    return "zh"


# -- function words -----------------------------------------------------------------------


@dataclass(slots=True)
class _Sample:
    """A piece of a text, its script, its words, and what they say."""

    script: str
    lowered: str
    words: list[str]
    hits: Mapping[tuple[str, ...], int]

    @classmethod
    def of(cls, text: str) -> _Sample:
        """The sample of a text's longest lines."""
        sample = _longest(text)
        script = _script(sample)
        if script not in PROFILES:
            return cls(script, "", [], {})
        lowered, letters = _lowered(sample)
        words = _words(script, lowered)
        return cls(script, lowered, words, _hits(script, words, letters))

    def told(self) -> str | None:
        """What the script and the function words say."""
        return _told(self.hits, len(self.words)) if self.script in PROFILES else self.script

    def guessed(self) -> str | None:
        """What langdetect says, when it is sure and the function words do not speak against it."""
        if not self.hits or sum(map(len, self.words)) < FEWEST_LETTERS:
            return None
        language = _langdetect(self.script, self.lowered)
        if language is None or language not in _votes(self.hits):
            return None
        against = _against(language, self.hits, _votes(self.hits))
        believed = all(own + FEWEST_OWN > DOUBLE * other for own, other in against)
        return language if believed else None


def _words(script: str, lowered: str) -> list[str]:
    if script == "latin":
        return LATIN_WORD.findall(lowered)
    if script == "devanagari":
        return SIGNED_WORD.findall(lowered)
    return WORD.findall(ARABIC_MARKS.sub("", lowered) if script == "arabic" else lowered)


def _lowered(sample: str) -> tuple[str, str]:
    """The sample in lower case without its dotless i, for words; and with it, for letters."""
    if sample.isascii():
        return sample.lower(), ""
    plain = unicodedata.normalize("NFC", sample).replace("\u0130", "i").lower()
    return plain.replace("\u0131", "i"), plain


@cache
def _stop_words(script: str) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]:
    """The function words and the rare letters of a script, each with the languages that have it."""
    words: dict[str, tuple[str, ...]] = {}
    letters: dict[str, tuple[str, ...]] = {}
    for code, listed in _listed():
        table = letters if code.endswith("+") else words
        for word in listed:
            if _script(word) == script:
                table[word] = (*table.get(word, ()), code.rstrip("+"))
    return words, letters


def _listed() -> Iterator[tuple[str, list[str]]]:
    """The lines of the list of function words: the language (with ``+`` for its letters), the words."""
    source = files("cleaner").joinpath("language_data/stopwords.txt").read_text("utf-8")
    for line in source.splitlines():
        if not line.startswith("#"):
            code, _, listed = line.partition(":")
            yield code, listed.split()


@cache
def function_words() -> frozenset[str]:
    """The function words of all languages, in lower case."""
    return frozenset(word for code, listed in _listed() if not code.endswith("+") for word in listed)


def _hits(script: str, words: list[str], letters: str) -> dict[tuple[str, ...], int]:
    """How often each group of languages is seen by a word or a letter that just they share."""
    known, rare = _stop_words(script)
    hits: dict[tuple[str, ...], int] = {}
    for table, signs in ((known, words), (rare, NOT_ASCII.findall(letters))):
        for sign, count in Counter(signs).items():
            if group := table.get(sign):
                hits[group] = hits.get(group, 0) + min(count, MOST_HITS)
    return hits


def _told(hits: Mapping[tuple[str, ...], int], words: int) -> str | None:
    """The language whose words are there and that no other explains nearly as well."""
    scores = _votes(hits)
    if not scores:
        return None
    best = max(scores, key=lambda language: (scores[language], language))
    score = scores[best]
    if score < max(FEWEST_HITS, LEAST_SHARE * words):
        return None
    leads = all(own >= max(FEWEST_OWN, LEAD * other) for own, other in _against(best, hits, scores))
    return best if leads else None


def _against(
    language: str, hits: Mapping[tuple[str, ...], int], scores: Mapping[str, int]
) -> Iterator[tuple[int, int]]:
    """Of each rival: how many hits ``language`` has without it, and it without ``language``."""
    shared = _votes({group: count for group, count in hits.items() if language in group})
    for rival, score in scores.items():
        if rival != language:
            both = shared.get(rival, 0)
            yield scores[language] - both, score - both


def _votes(hits: Mapping[tuple[str, ...], int]) -> dict[str, int]:
    """How many of the hits each language has a part in."""
    votes: dict[str, int] = {}
    for languages, count in hits.items():
        for language in languages:
            votes[language] = votes.get(language, 0) + count
    return votes


# -- langdetect ---------------------------------------------------------------------------


def _langdetect(script: str, text: str) -> str | None:
    from langdetect.lang_detect_exception import LangDetectException

    with _loading:
        factory = _factory(script)
    detector = factory.create()
    detector.n_trial = TRIALS
    try:
        detector.append(text)
        found = detector.get_probabilities()
    except LangDetectException:
        return None
    return str(found[0].lang) if found and found[0].prob >= LEAST_PROBABILITY else None


@cache
def _factory(script: str) -> DetectorFactory:
    """A factory of our own with a seed of its own; the caller's global one stays as it is."""
    import json

    from langdetect.detector_factory import DetectorFactory
    from langdetect.utils.lang_profile import LangProfile

    factory = DetectorFactory()
    factory.seed = 0
    languages = PROFILES[script].split()
    folder = files("langdetect").joinpath("profiles")
    for place, language in enumerate(languages):
        profile = json.loads(folder.joinpath(language).read_text("utf-8"))
        factory.add_profile(LangProfile(**profile), place, len(languages))
    return factory
