"""The compiled packs in one file: reading and checking a thousand rules takes seconds, this does not.

The file stands in the user's cache folder (``$CLEANER_CACHE``, else ``$XDG_CACHE_HOME/cleaner``,
else ``~/.cache/cleaner``; an empty ``$CLEANER_CACHE`` means none).  Its name is the hash of the
packs and the version, so it cannot be stale; one that cannot be read is made again, and where
nothing can be written the packs are compiled in memory.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from cleaner.errors import InputError
from cleaner.files import written_whole
from cleaner.rules.rule import Condition, Pack, Rule
from cleaner.rules.syntax import Alternative
from cleaner.version import __version__

DERIVED = 11  # raised when what is derived from a regex changes
FIELDS = tuple(field.name for field in fields(Rule))


def folder() -> Path | None:
    """Where the cache is kept, ``None`` for nowhere."""
    said = os.environ.get("CLEANER_CACHE")
    if said is not None:
        return Path(said) if said else None
    try:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    except RuntimeError:
        return None
    return Path(base) / "cleaner"


def through(
    texts: Mapping[str, str], compile_packs: Callable[[Mapping[str, str]], tuple[Pack, ...]]
) -> tuple[Pack, ...]:
    """The packs of ``texts``: from the cache, else compiled and put there."""
    place = folder()
    path = place / f"packs-{_key(texts)}.json" if place else None
    packs = _read(path) if path else None
    if packs is None:
        packs = compile_packs(texts)
        if path:
            _write(path, packs)
    return packs


def _key(texts: Mapping[str, str]) -> str:
    stamped = json.dumps([__version__, DERIVED, FIELDS, sorted(texts.items())])
    return hashlib.blake2b(stamped.encode("utf-8"), digest_size=12).hexdigest()


def _read(path: Path) -> tuple[Pack, ...] | None:
    try:
        return tuple(_pack(raw) for raw in json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _pack(raw: dict[str, Any]) -> Pack:
    rules = tuple(_rule(values) for values in raw["rules"])
    return Pack(raw["name"], raw["family"], raw["language"], raw["about"], rules)


def _rule(values: dict[str, Any]) -> Rule:
    for name in ("when", "unless"):
        values[name] = [Condition(**item) for item in values.get(name, ())]
    values["alternatives"] = [
        Alternative(least, most, (*needs,), (*starts,))
        for least, most, needs, starts in values.get("alternatives", ())
    ]
    made: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
    return Rule(**made)


def _write(path: Path, packs: tuple[Pack, ...]) -> None:
    raw = [asdict(pack) for pack in packs]
    for pack in raw:
        pack["rules"] = [{k: v for k, v in rule.items() if v or k == "trusted"} for rule in pack["rules"]]
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with written_whole(path) as file:
            file.write(json.dumps(raw).encode("utf-8"))
    except (OSError, InputError):  # nowhere to write: memory will do
        return
