"""Reading packs: TOML files of rules, checked field by field, each error one line with its cure."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from cleaner.errors import PackError
from cleaner.rules import cache, syntax
from cleaner.rules.lint import check
from cleaner.rules.rule import Condition, Pack, Rule
from cleaner.rules.shipped import shipped
from cleaner.rules.speech import FILE

PACK_FIELDS = {"family", "language", "about", "unless", "rule"}
TEXTS = {"id", "kind", "match", "new", "level", "why", "source"}
NUMBERS = {"within_words", "max_lines"}
LISTS = {
    "phrases", "keywords", "languages", "only_in", "followers", "at", "domains", "strips", "keeps",
}  # fmt: skip
CONDITIONS = {"when", "unless"}
RULE_FIELDS = TEXTS | NUMBERS | LISTS | CONDITIONS | {"confidence", "doubt"}


def pack_files(folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    """Name (``en/adverts``) and file of each pack in a folder and its subfolders, sorted.

    The signs of reported speech, which stand beside them, are no pack.
    """
    for entry in sorted(folder.iterdir(), key=lambda item: item.name):
        if entry.is_dir():
            for name, file in pack_files(entry):
                yield f"{entry.name}/{name}", file
        elif entry.name.endswith(".toml") and entry.name != FILE:
            yield entry.name.removesuffix(".toml"), entry


def load_shipped() -> tuple[Pack, ...]:
    """All packs that ship, from the compiled cache where there is one.

    Raises ``PackError`` when the folder holds none (a broken install).
    """
    texts = {name: file.read_text("utf-8") for name, file in pack_files(shipped())}
    if not texts:
        raise PackError(str(shipped()), "", "no packs are there; install cleaner again")
    return cache.through(texts, parse_shipped)


def parse_shipped(texts: Mapping[str, str]) -> tuple[Pack, ...]:
    """The packs of so many texts by their names; they were checked before they shipped."""
    return tuple(parse(text, name, trusted=True, checked=True) for name, text in texts.items())


def load(path: str | Path) -> Pack:
    """A user's pack; its name is the file's name without ``.toml``."""
    path = Path(path)
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise PackError(str(path), "", f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise PackError(str(path), "", f"not UTF-8 at byte {error.start}; save it as UTF-8") from None
    return parse(text, path.name.removesuffix(".toml"), trusted=False)


def parse(text: str, name: str, *, trusted: bool, checked: bool = False) -> Pack:
    """A pack from its text.  ``trusted`` packs ship: they are held to more, and run unlimited.

    Rules are looked through for faults unless they are ``checked`` already.

    Raises ``PackError``: one line with the pack, the rule, what is wrong and what to do.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PackError(name, "", f"not TOML: {error}") from None
    _refuse_unknown(name, "", raw, PACK_FIELDS)
    family = _text(name, "", raw, "family") or name.rpartition("/")[2]
    language = _text(name, "", raw, "language") or "any"
    about = _text(name, "", raw, "about")
    tables = raw.get("rule", [])
    if not isinstance(tables, list) or not all(isinstance(item, dict) for item in tables):
        raise PackError(name, "", "rules are written as [[rule]] tables")
    vetoes = _conditions(name, "", raw.get("unless", []), "unless")
    rules = tuple(_vetoed(_rule(name, family, language, table, trusted=trusted), vetoes) for table in tables)
    if not rules:
        raise PackError(name, "", "holds no [[rule]]; write one, or delete the file")
    _refuse_twins(name, rules)
    for rule in rules if not checked else ():
        check(rule)
    return Pack(name, family, language, about, rules)


def _rule(pack: str, family: str, language: str, raw: Mapping[str, Any], *, trusted: bool) -> Rule:
    short = raw.get("id")
    if not isinstance(short, str) or not short:
        raise PackError(pack, "", "a [[rule]] has no id; give it one in kebab-case")
    _refuse_unknown(pack, short, raw, RULE_FIELDS)
    texts = {field: _text(pack, short, raw, field) for field in TEXTS & raw.keys()}
    lists = {field: _texts(pack, short, raw, field) for field in LISTS & raw.keys()}
    numbers = {field: _number(pack, short, raw, field) for field in NUMBERS & raw.keys()}
    conditions = {field: _conditions(pack, short, raw[field], field) for field in CONDITIONS & raw.keys()}
    texts.pop("id")
    fields: dict[str, Any] = {"kind": "", "why": "", **texts, **lists, **numbers, **conditions}
    if "confidence" in raw:
        fields["confidence"] = _share(pack, short, raw["confidence"])
    if "doubt" in raw:
        fields["doubt"] = _flag(pack, short, raw["doubt"])
    return _derived(Rule(f"{pack}:{short}", pack, family, language, trusted=trusted, **fields))


def _vetoed(rule: Rule, vetoes: tuple[Condition, ...]) -> Rule:
    """The rule with the vetoes of its whole pack; whole-line phrases and what reaches on need none."""
    if not rule.match or rule.kind not in ("line", "span"):
        return rule
    return replace(rule, unless=(*rule.unless, *vetoes))


def _derived(rule: Rule) -> Rule:
    """The rule with what its regex tells the index."""
    if not rule.match:
        return rule
    return replace(
        rule,
        alternatives=syntax.alternatives(rule.match) if rule.whole_line else (),
        literal=syntax.literal(rule.match),
        width=syntax.width(rule.match),
        least=syntax.least(rule.match),
    )


def _refuse_unknown(pack: str, rule: str, raw: Mapping[str, Any], known: set[str]) -> None:
    for field in raw:
        if field not in known:
            names = ", ".join(sorted(known))
            raise PackError(pack, rule, f"unknown field {field}; the fields are {names}")


def _refuse_twins(pack: str, rules: tuple[Rule, ...]) -> None:
    seen: set[str] = set()
    for rule in rules:
        if rule.id in seen:
            raise PackError(pack, rule.id.rpartition(":")[2], "the id is taken; rename one of them")
        seen.add(rule.id)


def _text(pack: str, rule: str, raw: Mapping[str, Any], field: str) -> str:
    value = raw.get(field, "")
    if not isinstance(value, str):
        raise PackError(pack, rule, f"{field} must be a string, in quotes")
    return value


def _texts(pack: str, rule: str, raw: Mapping[str, Any], field: str) -> tuple[str, ...]:
    value = raw[field]
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise PackError(pack, rule, f'{field} must be a list of strings, ["...", "..."]')
    return tuple(value)


def _number(pack: str, rule: str, raw: Mapping[str, Any], field: str) -> int:
    value = raw[field]
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise PackError(pack, rule, f"{field} must be a whole number of 1 or more")
    return value


def _share(pack: str, rule: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 1:
        raise PackError(pack, rule, "confidence must be a number above 0 and at most 1")
    return float(value)


def _flag(pack: str, rule: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise PackError(pack, rule, "doubt must be true or false")
    return value


def _conditions(pack: str, rule: str, value: object, field: str) -> tuple[Condition, ...]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise PackError(pack, rule, f'{field} must be a list of {{where = "...", match = "..."}}')
    for item in value:
        if set(item) != {"where", "match"} or not all(isinstance(v, str) for v in item.values()):
            raise PackError(pack, rule, f"{field} takes where and match, both strings")
    return tuple(Condition(item["where"], item["match"]) for item in value)
