"""What a request asks for: its JSON read and every value checked, before anything is done with it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cleaner.errors import CleanerError, OptionError
from cleaner.options import NAMES, Options, make

ABOUT = ("url", "title", "lang")
FIELDS = ("text", *ABOUT, "options")
# Options that name files of the server's machine, which are not for a client to choose.
OF_FILES = ("packs", "packs_only")
LONGEST_LIST = 1_000  # items of an option that is a list


class RefusedError(CleanerError):
    """A request that is not answered; ``status`` is that of HTTP."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


@dataclass(frozen=True)
class Asked:
    """A text with what is known of it, and the options to clean it with."""

    text: str
    about: Mapping[str, str | None]
    options: Options


def read(body: bytes, settings: Mapping[str, Any]) -> Asked:
    """What the body of a request asks for; ``settings`` are the server's own options, which it overrides.

    Raises ``RefusedError``: 400 for what is not JSON, 422 for wrong fields, types and options.
    """
    values = _object(body)
    for name in values:
        if name not in FIELDS:
            raise RefusedError(422, f"there is no field {_shown(name)}; the fields are {', '.join(FIELDS)}")
    if "text" not in values:
        raise RefusedError(422, "the field text is missing; it is the text to clean, a string")
    text = _string("text", values["text"])
    about = {name: _string(name, values[name]) for name in ABOUT if values.get(name) is not None}
    return Asked(text, about, _options(values.get("options"), settings))


def _object(body: bytes) -> dict[str, Any]:
    try:
        values = json.loads(body)
    except RecursionError:
        raise RefusedError(400, "the JSON is nested too deeply") from None
    except ValueError as error:
        raise RefusedError(400, f"the body is not JSON: {error}") from None
    if not isinstance(values, dict):
        raise RefusedError(422, 'the JSON must be an object, such as {"text": "..."}')
    return values


def _string(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise RefusedError(422, f"{name} must be a string, not {_shown(value)}")
    return value


def _options(values: Any, settings: Mapping[str, Any]) -> Options:
    if values is None:
        values = {}
    if not isinstance(values, dict):
        raise RefusedError(422, f"options must be an object, not {_shown(values)}")
    for name, value in values.items():
        _refuse_files(name, value)
    try:
        make(values)
        return make({**settings, **values})
    except OptionError as error:
        raise RefusedError(422, _short(str(error))) from None


def _refuse_files(name: str, value: Any) -> None:
    if name in OF_FILES:
        raise RefusedError(422, f"{name} names files, which only the server's own command line may")
    if name not in NAMES:
        known = ", ".join(sorted(set(NAMES).difference(OF_FILES)))
        raise RefusedError(422, f"unknown option {_shown(name)}; the options are {known}")
    if isinstance(value, list) and len(value) > LONGEST_LIST:
        raise RefusedError(422, f"{name} has {len(value)} items; at most {LONGEST_LIST} may be given")
    items = value if isinstance(value, list) else [value]
    if name == "keep" and any(isinstance(item, str) and item.startswith("@") for item in items):
        raise RefusedError(422, "keep: @FILE reads a file, which only the server's own command line may")


def _shown(value: Any) -> str:
    return _short(json.dumps(value))


def _short(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:200]}..."
