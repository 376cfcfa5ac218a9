"""Which layers, families, packs and rules take part, by the options ``only`` and ``without``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cleaner.errors import OptionError
from cleaner.rules.rule import LEVELS, Rule

# Families that ``drop`` switches on at any level.
DROPPED = {"byline": "bylines", "date": "timestamps", "caption": "captions"}


@dataclass(frozen=True)
class Selection:
    """Answers what is wanted; names are layers, families, packs or full rule ids."""

    only: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    level: str = "standard"
    drop: frozenset[str] = frozenset()

    def wants(self, *names: str) -> bool:
        """Whether something that goes by all of ``names`` (layer, family, pack, id) takes part."""
        if self.without.intersection(names):
            return False
        return not self.only or bool(self.only.intersection(names))

    def wants_rule(self, rule: Rule) -> bool:
        """Whether a rule of a pack takes part: by its names, and its level or ``drop``."""
        if not self.wants("site" if rule.family == "site" else "rules", rule.family, rule.pack, rule.id):
            return False
        dropped = any(DROPPED.get(part) == rule.family for part in self.drop)
        return dropped or rule.id in self.only or LEVELS.index(rule.level) <= LEVELS.index(self.level)


def names_in(values: Iterable[str]) -> frozenset[str]:
    """The names in ``only``/``without`` values, each one name or several with commas between."""
    return frozenset(name.strip() for value in values for name in value.split(",") if name.strip())


def refuse_unknown(option: str, names: Iterable[str], known: Iterable[str]) -> None:
    """Raises ``OptionError`` for a name that is nothing, with the nearest that is something."""
    from difflib import get_close_matches

    known = set(known)
    for name in sorted(names):
        if name not in known:
            near = get_close_matches(name, sorted(known), n=1)
            hint = f"; did you mean {near[0]}?" if near else "; see `cleaner rules list`"
            raise OptionError(f"{option}: there is no layer, family, pack or rule {name}{hint}")
