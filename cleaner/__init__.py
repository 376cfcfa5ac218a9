r"""Takes the text of a scraped article and gives back the article.

    >>> import cleaner
    >>> cleaner.clean("The vote passed.\n\n- Advertisement -\n\nIt was close.")
    'The vote passed.\n\nIt was close.'

Nothing is loaded before it is used.
"""

from __future__ import annotations

from cleaner.version import __version__ as __version__

TYPE_CHECKING = False  # of typing, which takes longer to load than the command to tell its version
if TYPE_CHECKING:
    from typing import Any

    from cleaner.cleaning import Cleaner as Cleaner
    from cleaner.cleaning import apply as apply
    from cleaner.cleaning import clean as clean
    from cleaner.cleaning import explain as explain
    from cleaner.cleaning import restore as restore
    from cleaner.document import Document as Document
    from cleaner.document import Edit as Edit
    from cleaner.errors import CleanerError as CleanerError
    from cleaner.errors import InputError as InputError
    from cleaner.errors import LedgerError as LedgerError
    from cleaner.errors import OptionError as OptionError
    from cleaner.errors import PackError as PackError
    from cleaner.errors import RuleTimeoutError as RuleTimeoutError
    from cleaner.learning import learn as learn
    from cleaner.options import Options as Options
    from cleaner.result import Result as Result
    from cleaner.undoing import Undoing as Undoing

_HOMES = {
    "Cleaner": "cleaning",
    "apply": "cleaning",
    "clean": "cleaning",
    "explain": "cleaning",
    "restore": "cleaning",
    "Document": "document",
    "Edit": "document",
    "CleanerError": "errors",
    "InputError": "errors",
    "LedgerError": "errors",
    "OptionError": "errors",
    "PackError": "errors",
    "RuleTimeoutError": "errors",
    "learn": "learning",
    "Options": "options",
    "Result": "result",
    "Undoing": "undoing",
}
__all__ = [*_HOMES, "__version__"]  # noqa: PLE0604 - every key is a string


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'cleaner' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"cleaner.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
