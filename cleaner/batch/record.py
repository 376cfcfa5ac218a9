"""JSON records: one field's value replaced, every other byte left as it was."""

from __future__ import annotations

import json
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import Any

from cleaner.errors import InputError

SPACES = " \t\n\r"
MOST_DIGITS = 4000  # of an integer that is read as one; Python refuses 4,300, since it takes so long
_decoder = json.JSONDecoder()
_patient = json.JSONDecoder(parse_int=lambda digits: int(digits) if len(digits) < MOST_DIGITS else digits)


def parse(line: str) -> dict[str, Any]:
    """The record in a line.  Raises ``InputError`` when it is not a JSON object."""
    try:
        record = _loaded(line)
    except json.JSONDecodeError as error:
        raise InputError(f"not JSON: {error.msg} at column {error.pos + 1}") from None
    except RecursionError:
        raise InputError("not JSON that can be read: nested too deeply") from None
    if not isinstance(record, dict):
        raise InputError(f"a JSON {_kind(record)}, not an object")
    return record


def _loaded(line: str) -> Any:
    try:
        return json.loads(line)
    except json.JSONDecodeError:
        raise
    except ValueError:  # an integer of thousands of digits
        return _patient.decode(line)


def text_of(record: dict[str, Any], field: str) -> str:
    """The text in a field.  Raises ``InputError`` when it is missing or not a string."""
    found, value = value_of(record, field)
    if not found:
        names = ", ".join(sorted(record)[:8]) or "none"
        raise InputError(f"the record has no field {field} (its fields: {names}); say --text-field")
    if not isinstance(value, str):
        raise InputError(f"the field {field} is {_kind(value)}, not a string")
    return value


def value_of(record: dict[str, Any], field: str) -> tuple[bool, Any]:
    """Whether a field is there, and its value; a name with dots reaches into objects."""
    if field in record:
        return True, record[field]
    head, dot, rest = field.partition(".")
    inner = record.get(head)
    return value_of(inner, rest) if dot and isinstance(inner, dict) else (False, None)


def set_value(record: dict[str, Any], field: str, value: Any) -> dict[str, Any]:
    """A copy of ``record`` with a field set, where ``value_of`` would find it."""
    head, dot, rest = field.partition(".")
    if field not in record and dot and isinstance(record.get(head), dict):
        return {**record, head: set_value(record[head], rest, value)}
    return {**record, field: value}


def _kind(value: object) -> str:
    kinds = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}
    return "bytes" if isinstance(value, bytes) else kinds.get(type(value), "number")


def with_field(line: str, field: str, value: str) -> str:
    """``line`` (a JSON object) with ``field`` set to a string; all else keeps its characters.

    Of a field that is there twice the last is set, which is the one that parsers give; one
    that is not there is added at the end.  A name with dots reaches into objects.
    """
    spans, closing, empty = _values(line)
    if field in spans:
        start, end = spans[field]
        return line[:start] + _string(value, line) + line[end:]
    head, dot, rest = field.partition(".")
    if dot and head in spans and line.startswith("{", spans[head][0]):
        start, end = spans[head]
        return line[:start] + with_field(line[start:end], rest, value) + line[end:]
    comma = "" if empty else ", "
    return f"{line[:closing]}{comma}{_string(field, line)}: {_string(value, line)}{line[closing:]}"


def _string(value: str, line: str) -> str:
    """A JSON string in the manner of its line: escaped to ASCII when the line is ASCII."""
    if line.isascii():
        return json.dumps(value)
    text = json.dumps(value, ensure_ascii=False)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:  # a lone surrogate can only be written as an escape
        return json.dumps(value)
    return text


def _values(line: str) -> tuple[dict[str, tuple[int, int]], int, bool]:
    """Where each value of an object begins and ends, where it closes, and whether it is empty."""
    spans: dict[str, tuple[int, int]] = {}
    at = _skip(line, line.index("{") + 1)
    empty = line[at] == "}"
    while line[at] != "}":
        key, at = scanstring(line, at + 1)
        start = _skip(line, _skip(line, at) + 1)
        end = _end(line, start)
        spans[key] = (start, end)
        at = _skip(line, end)
        if line[at] == ",":
            at = _skip(line, at + 1)
    return spans, at, empty


def _end(line: str, start: int) -> int:
    """Where the value ends that begins there."""
    try:
        return _decoder.raw_decode(line, start)[1]
    except ValueError:  # an integer of thousands of digits
        return _patient.raw_decode(line, start)[1]


def _skip(line: str, at: int) -> int:
    while line[at] in SPACES:
        at += 1
    return at
