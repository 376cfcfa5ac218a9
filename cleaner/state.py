"""The state of a document: whether it is an article at all, and whether it is whole.

A page in the place of an article is told by two signs at least, never by one phrase.  Only short
texts are searched for phrases: a wall, a consent tool or an error leaves little else.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from cleaner import words
from cleaner.document import Edit, split_lines
from cleaner.rules.folding import fold

STATES = ("complete", "cut", "teaser", "consent page", "error page", "empty")

TEASER_TEXT = 3_500  # characters of a cleaned text that may still be a teaser
CONSENT_SOURCE = 16_000  # characters of a source that may still be a consent tool's text
CONSENT_WORDS = 2  # words of consent in a source before its sentences are looked at
ERROR_TEXT = 1_500  # characters of a cleaned text that may still be the page of an error
TEASER_WORDS = 500
ERROR_WORDS = 40  # words besides the error's own that a page of it may hold
LONE_WORDS = 12  # the same where one phrase only tells of the error
CONSENT_APART = 500  # characters for each of them
CONSENT_SHARE = 0.8  # share of the words that the consent tool's sentences must make up
CONSENT_OF_ALL = 0.5  # the same, what other rules have removed included
CONSENT_LEAST = 20  # words: fewer are a line of residue
SENTENCE_WORDS = 12  # words from which a line that ends like a sentence is told prose
WALL_WORDS = 40  # words of a wall's sentence, at most
LATEST = 12  # characters before what addresses the reader; in an article a sentence leads up to it
UNIT = 60  # characters from which a line is cut into its sentences
SENTENCE = re.compile(r"(?<=[.!?\u2026])[\"'\u201d\u2019\u00bb)\]]{0,2}\s+(?=\S)")
# Words of which some stand in every page of the kind, looked for before any sentence is.
CONSENT_HINTS = ("ookie", "OOKIE", "onsent", "inwillig", "opt-out")
ERROR_HINTS = frozenset(
    """
    401 402 403 404 410 451 500 502 503 504 520 521 522 523 524 525 adblock adblocker blocked captcha
    cloudflare denied error forbidden gateway interruption javascript oops robot verify verifying wrong
    fehler roboter serverfehler zugriff erreur introuvable refusé denegado
    """.encode().split()
)
# The same, of which two are looked for.
WEAK_HINTS = frozenset(
    """
    access address article available block blocker browser content country disabled enable exist exists
    expired find found human legal link maintenance moment page permission reasons region requests
    security service site sorry story unavailable unusual url wait website
    einen erreichbar gefunden inhalt mensch seite verfügbar vorhanden
    accès autorisation disponible indisponible robot trouvée
    acceso encontrada encontrado existe página permiso servidor
    """.encode().split()
)
WALL_HINTS = frozenset(
    """
    log login logged member members membership register registered registration sign subscribe subscribed
    subscriber subscribers subscribing subscription subscriptions unlock unlimited
    abo abonnement abonnent abonnenten abonnieren abonniert anmelden mitglied mitglieder registrieren
    weiterlesen weiterzulesen
    abonne abonné abonnée abonnés abonnez abonnement abonnements connectez identifiez inscrivez
    leyendo regístrate sesión socio socios suscribe suscribirse suscripción suscriptor suscriptores suscríbete
    """.encode().split()
)
BLANKED = bytes(code if code > 127 or chr(code).isalnum() else 32 for code in range(256))
WALL_REACH = 2_000  # characters at the end of a source in which a wall begins
TRAILS_OFF = re.compile(r"(?:\u2026|\.\.\.+|\. \. \.)[\"'\u201d\u2019\u00bb)\]]*$")

ERROR_FAMILIES = ("scripts", "paywall", "cookies")  # families whose removed lines are looked at too
STANDING_BEFORE = 3  # kinds of walls, from the first, that stand between a reader and the text
CONSENT_NEEDS = 2  # kinds of consent, from the first, that must all be there
ERRORS_TELL = -1  # kinds of errors, to the last, that tell of one by themselves

Evidence = tuple[str, ...]


def state_of(source: str, text: str, edits: Sequence[Edit], cut: Sequence[str]) -> tuple[str, Evidence]:
    """The state of a document with its evidence, a short sentence each.

    ``text`` is what the edits made of ``source``; ``cut`` are the signs that its end is cut.
    """
    if not source.strip():
        return "empty", ("no text is there",)
    scene = _Scene(source, edits)
    found = _error(scene, text) or _consent(scene) or _teaser(scene, text, cut)
    if found:
        return found
    if not text.strip():
        return "empty", ("all of it went",)
    return ("cut", tuple(cut)) if cut else ("complete", ())


@dataclass(frozen=True, slots=True)
class Unit:
    """A line or sentence of the source: folded, its words, and the rule's family that took it."""

    text: str
    count: int
    taker: str

    @property
    def prose(self) -> bool:
        """Whether it tells something in a whole sentence, and no rule knew it by its words."""
        unknown = self.taker in ("", "structure", "repeats")
        return unknown and self.count >= SENTENCE_WORDS and words.ends_sentence(self.text)


class _Scene:
    """The source in units, made when a text is short enough to be looked at."""

    def __init__(self, source: str, edits: Sequence[Edit]) -> None:
        self.source = source
        self.edits = edits

    @cached_property
    def units(self) -> list[Unit]:
        """All units, in order."""
        return list(self.each())

    def each(self) -> Iterator[Unit]:
        """The units in order, made one by one."""
        return (self._unit(*sentence) for sentence in _sentences(self.source) if sentence[1].strip())

    def hints(self, of: frozenset[bytes], *, least: int = 1, reach: int | None = None) -> bool:
        """Whether so many words of a kind stand in the source, or its last ``reach`` characters."""
        short = reach is None or reach >= len(self.source)
        there = self._words if short else _words(self.source[-(reach or 0) :])
        return len(of.intersection(there)) >= least

    @cached_property
    def _words(self) -> list[bytes]:
        return _words(self.source)

    def end(self) -> Iterator[Unit]:
        """The units from the last to the first of the stretch in which a wall may stand."""
        offset = max(0, len(self.source) - WALL_REACH)
        lines, starts = split_lines(self.source[offset:])
        for line, start in zip(reversed(lines), reversed(starts), strict=True):
            for place, text in reversed(list(_within(line))):
                if text.strip():
                    yield self._unit(offset + start + place, text)

    def _unit(self, start: int, text: str) -> Unit:
        return Unit(fold(text).strip(), words.count(text), self._taker(start, start + len(text)))

    def _taker(self, start: int, end: int) -> str:
        """The family that removed all that can be read of a stretch of the source, if one did."""
        over = [edit for edit in self.edits if edit.start < end and start < edit.end and edit.removes]
        left = self.source[start:end]
        for edit in reversed(over):
            left = left[: max(0, edit.start - start)] + left[max(0, edit.end - start) :]
        return over[0].filter if over and not left.strip() else ""


def _words(text: str) -> list[bytes]:
    """The words of a text in lower case, as UTF-8, without the marks between them."""
    plain = text.lower().replace("\u2026", " ").replace("\u2019", " ")
    return plain.encode("utf-8", "surrogatepass").translate(BLANKED).split()


def _sentences(source: str) -> Iterator[tuple[int, str]]:
    """The lines of a source with their offsets, long ones in their sentences."""
    for line, start in zip(*split_lines(source), strict=True):
        for place, text in _within(line):
            yield start + place, text


def _within(line: str) -> Iterator[tuple[int, str]]:
    """The sentences of a line with their offsets; a short one as it is."""
    at = 0
    if len(line) > UNIT:
        for match in SENTENCE.finditer(line):
            yield at, line[at : match.start()]
            at = match.end()
    yield at, line[at:]


@cache
def _signs(name: str) -> dict[str, re.Pattern[str]]:
    """The kinds of signs in a table of the data, each with one regex for all languages.

    But for those of consent, it is to be matched: a sign begins within the first ``LATEST`` characters.
    """
    lead = "" if name == "consent" else f".{{0,{LATEST}}}?"
    path = files("cleaner") / "state_data" / "signs.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))[name]
    return {
        kind: re.compile(f"{lead}(?:{'|'.join(part for parts in languages.values() for part in parts)})")
        for kind, languages in table.items()
    }


def _kinds(text: str, name: str) -> list[str]:
    """What a folded unit says of a table's kinds."""
    if name == "consent":
        return [kind for kind, pattern in _signs(name).items() if pattern.search(text)]
    return [kind for kind, pattern in _signs(name).items() if pattern.match(text)]


def _listed(names: Iterable[str], subject: str) -> Iterator[str]:
    return (f"{subject} {name}." for name in dict.fromkeys(names))


def _error(scene: _Scene, text: str) -> tuple[str, Evidence] | None:
    """``error page``: wording of errors, hardly another word, and no prose."""
    if len(text) > ERROR_TEXT or len(scene.source) > CONSENT_SOURCE:
        return None
    if not (scene.hints(ERROR_HINTS) or scene.hints(WEAK_HINTS, least=2)):
        return None
    first = next((unit for unit in scene.each() if unit.prose), None)
    if first and not _kinds(first.text, "errors"):  # an article's: most end here
        return None
    found: list[str] = []
    rest = 0
    for unit in scene.each():
        if unit.taker and unit.taker not in ERROR_FAMILIES and not unit.prose:
            continue
        kinds = _kinds(unit.text, "errors")
        found += kinds[:1]
        if unit.prose and not kinds:
            return None
        rest += 0 if kinds or unit.taker else unit.count
    enough = rest <= (ERROR_WORDS if len(set(found)) > 1 else LONE_WORDS)
    if not enough or not set(found).intersection([*_signs("errors")][:ERRORS_TELL]):
        return None
    besides = f"Only {rest} words besides are there, and no sentence of a story."
    return "error page", (*_listed(found, "A line"), besides)


def _consent(scene: _Scene) -> tuple[str, Evidence] | None:
    """``consent page``: nearly all words are those of a consent tool, which says two things at least."""
    size = len(scene.source)
    hints = sum(map(scene.source.count, CONSENT_HINTS)) if size <= CONSENT_SOURCE else 0
    if hints < max(CONSENT_WORDS, size / CONSENT_APART):
        return None
    found: list[str] = []
    told = total = everything = 0
    for unit in scene.units:
        kinds = _kinds(unit.text, "consent")
        everything += unit.count
        if kinds or unit.taker == "cookies":
            found += kinds
            told += unit.count
        if kinds or unit.taker in ("", "cookies"):
            total += unit.count
    enough = told >= max(CONSENT_LEAST, CONSENT_SHARE * total, CONSENT_OF_ALL * everything)
    if not enough or not set(found).issuperset([*_signs("consent")][:CONSENT_NEEDS]):
        return None
    share = f"{told} of {total} words are those of a consent tool."
    return "consent page", (share, *_listed(found, "A sentence"))


def _teaser(scene: _Scene, text: str, cut: Sequence[str]) -> tuple[str, Evidence] | None:
    """``teaser``: a short text that ends at a wall, and either breaks off or meets a second one."""
    if len(text) > TEASER_TEXT or not scene.hints(WALL_HINTS, reach=WALL_REACH):
        return None
    walls = dict.fromkeys(_walls(scene.end()))
    if not set(walls).intersection([*_signs("walls")][:STANDING_BEFORE]):
        return None
    count = words.count(text)
    if count > TEASER_WORDS:
        return None
    signs = [*_listed(walls, "A line at the end"), *(cut or _trailing(text))]
    if len(signs) < 2:
        return None
    return "teaser", (f"Only {count} words are there.", *signs)


def _walls(units: Iterable[Unit]) -> Iterator[str]:
    """What the lines of a wall say, from the end of the text back to its last sentence of prose."""
    for unit in units:
        found = _wall(unit)
        if unit.prose and not found:
            return
        yield from found[:1]  # one sentence is one sign, whatever it says


def _wall(unit: Unit) -> list[str]:
    return _kinds(unit.text, "walls") if unit.count <= WALL_WORDS else []


def _trailing(text: str) -> Evidence:
    """The sign that the text's last line trails off."""
    return ("The text ends in an ellipsis.",) if TRAILS_OFF.search(text.rstrip()[-12:]) else ()
