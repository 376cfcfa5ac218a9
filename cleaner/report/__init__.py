"""What a run did, for people (a page that needs nothing but itself) and for programs (JSON)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cleaner.batch.tally import Tally
from cleaner.errors import OptionError

FORMS = {".html": "html", ".htm": "html", ".json": "json"}


def form_of(path: str) -> str:
    """The form that a report's name asks for, ``html`` or ``json``.  Raises ``OptionError``."""
    form = FORMS.get(Path(path).suffix.lower())
    if form is None:
        raise OptionError(f"{path}: a report is a page or JSON; name it .html or .json")
    return form


def render(tally: Tally, receipt: Mapping[str, Any], about: Mapping[str, Any], form: str) -> bytes:
    """A report as the bytes of a file.

    ``receipt`` is that of the ``Cleaner`` (the header of a ledger), ``about`` what is to be said of the
    run besides, by name, in the order in which it is shown.
    """
    from cleaner.report.figures import figures

    told = figures(tally, receipt, about)
    if form == "json":
        return _json(told)
    from cleaner.report.page import page

    return page(told).encode("utf-8")


def _json(told: Mapping[str, Any]) -> bytes:
    """JSON with an indent; lone surrogates, which UTF-8 has no bytes for, stand as escapes."""
    text = json.dumps(told, ensure_ascii=False, indent=1)
    try:
        return text.encode("utf-8") + b"\n"
    except UnicodeEncodeError:
        return json.dumps(told, indent=1).encode("ascii") + b"\n"
