"""The options: one frozen record whose field names are the CLI's flags and the file's keys."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

from cleaner.errors import OptionError
from cleaner.rules.rule import LEVELS, Pack

MODES = ("auto", "article", "page", "flat")
DROPPABLE = ("title", "byline", "date", "caption")
FORMATS = ("text", "markdown", "html", "auto")
CONFIG_NAMES = ("cleaner.toml", "pyproject.toml")


class SavedPack(str):
    """A pack that was made in the program, in the place of a file's name; its text tells packs apart."""

    __slots__ = ("pack",)
    pack: Pack

    def __new__(cls, pack: Pack) -> Self:
        """The name of a pack, which has the pack itself."""
        digest = hashlib.blake2b(repr(pack).encode("utf-8", "backslashreplace"), digest_size=6)
        made = super().__new__(cls, f"{pack.name}@{digest.hexdigest()}")
        made.pack = pack
        return made

    def __reduce__(self) -> tuple[type[SavedPack], tuple[Pack]]:
        return SavedPack, (self.pack,)


@dataclass(frozen=True)
class Options:
    """How a ``Cleaner`` works; every field has a default, and the same name everywhere.

    ``level``: how sure it must be, ``light``, ``standard`` or ``strict``.
    ``mode``: ``auto``, or what the texts are: ``article``, ``page``, ``flat``.
    ``drop``: parts of the article itself to remove: ``title``, ``byline``, ``date``, ``caption``.
    ``only``/``without``: layers, families, packs or rule ids.
    ``keep``: phrases (or regexes, ``/.../``) that stay whatever a rule says; ``@FILE`` reads them.
    ``packs``: files of rules added to those that ship; ``packs_only``: files used instead.
    ``max_loss``: the share of a text's words that blocks, tails and heads may take together.
    ``unwrap``, ``split_words``, ``trim_cut``: repairs that are off unless asked for.
    ``site``: the site whose rules apply, when the document's URL does not tell.
    ``input_format``: the markup of the text.
    """

    level: str = "standard"
    mode: str = "auto"
    drop: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    packs_only: tuple[str, ...] = ()
    max_loss: float = 0.6
    unwrap: bool = False
    split_words: bool = False
    trim_cut: bool = False
    site: str | None = None
    lang: str | None = None
    input_format: str = "text"

    def __post_init__(self) -> None:
        """Checks every value.  Raises ``OptionError``."""
        for field in fields(self):
            object.__setattr__(self, field.name, _checked(field.name, getattr(self, field.name)))
        _one_of("level", (self.level,), LEVELS)
        _one_of("mode", (self.mode,), MODES)
        _one_of("drop", self.drop, DROPPABLE)
        _one_of("input_format", (self.input_format,), FORMATS)
        if not 0 <= self.max_loss <= 1:
            raise OptionError(f"max_loss is {self.max_loss}; it must be from 0 to 1")


NAMES = tuple(field.name for field in fields(Options))
_LISTS = {"drop", "only", "without", "keep", "packs", "packs_only"}
_SWITCHES = {"unwrap", "split_words", "trim_cut"}
_OPTIONAL = {"site", "lang"}


def make(values: Mapping[str, Any], where: str = "") -> Options:
    """Options from names and values.  Raises ``OptionError`` for an unknown name or a bad value."""
    for name in values:
        if name not in NAMES:
            raise OptionError(
                f"{where}{': ' if where else ''}unknown option {name}; the options are {', '.join(NAMES)}"
            )
    try:
        return Options(**values)
    except OptionError as error:
        raise OptionError(f"{where}{': ' if where else ''}{error}") from None


def _checked(name: str, value: Any) -> Any:
    if name in _LISTS:
        return _listed(name, value)
    if name in _OPTIONAL and value is None:
        return None
    expected = bool if name in _SWITCHES else float if name == "max_loss" else str
    if expected is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if not isinstance(value, expected):
        raise OptionError(f"{name} must be {_NAMES_OF[expected]}, not {value!r}")
    return value


_NAMES_OF: dict[type, str] = {bool: "true or false", float: "a number", str: "a string"}


def _listed(name: str, value: Any) -> tuple[str, ...]:
    if isinstance(value, str | Path | Pack):
        value = (value,)
    if not isinstance(value, list | tuple | set | frozenset):
        raise OptionError(f"{name} must be a list of strings, not {value!r}")
    items: Iterable[Any] = sorted(value) if isinstance(value, set | frozenset) else value
    if name in {"packs", "packs_only"}:
        items = [SavedPack(item) if isinstance(item, Pack) else item for item in items]
    if not all(isinstance(item, str | Path) for item in items):
        raise OptionError(f"{name} must be a list of strings, not {value!r}")
    return tuple(item if isinstance(item, SavedPack) else str(item) for item in items)


def _one_of(name: str, values: tuple[str, ...], allowed: tuple[str, ...]) -> None:
    for value in values:
        if value not in allowed:
            raise OptionError(f"{name} is {value!r}; it must be one of {', '.join(allowed)}")


def read_config(path: Path) -> dict[str, Any]:
    """The options in a ``cleaner.toml``, or in ``[tool.cleaner]`` of a ``pyproject.toml``.

    Paths of packs and ``@FILE`` lists in it are taken from the file's own folder.  Raises
    ``OptionError``: one line with the file, what is wrong, and what to do.
    """
    import tomllib

    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except OSError as error:
        raise OptionError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise OptionError(f"{path}: not UTF-8 at byte {error.start}") from None
    except tomllib.TOMLDecodeError as error:
        raise OptionError(f"{path}: not TOML: {error}") from None
    table = raw.get("tool", {}).get("cleaner", {}) if path.name == "pyproject.toml" else raw
    if not isinstance(table, dict):
        raise OptionError(f"{path}: [tool.cleaner] must be a table")
    values = {name.replace("-", "_"): value for name, value in table.items()}
    make(values, str(path))
    return {name: _from_folder(path.parent, name, value) for name, value in values.items()}


def _from_folder(folder: Path, name: str, value: Any) -> Any:
    if name in ("packs", "packs_only"):
        return tuple(str(folder / item) for item in _listed(name, value))
    if name == "keep":
        items = _listed(name, value)
        return tuple("@" + str(folder / item[1:]) if item[:1] == "@" else item for item in items)
    return value


def find_config(folder: Path) -> Path | None:
    """The configuration that applies in ``folder``: its own, else the nearest one above it."""
    for place in (folder, *folder.parents):
        for name in CONFIG_NAMES:
            path = place / name
            if path.is_file() and (name == "cleaner.toml" or "[tool.cleaner]" in _text(path)):
                return path
    return None


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", errors="replace")
    except OSError:
        return ""
