"""The options that mean the same in every command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cleaner.options import DROPPABLE, FORMATS, MODES, NAMES, find_config, read_config
from cleaner.rules.rule import LEVELS

if TYPE_CHECKING:
    from cleaner.cleaning import Cleaner

Command = TypeVar("Command", bound=Callable[..., Any])

CLEANING = (
    click.option("--level", type=click.Choice(LEVELS), help="How sure to be of what goes [standard]."),
    click.option("--mode", type=click.Choice(MODES), help="What the texts are [auto]."),
    click.option("--lang", metavar="CODE", help="Their language, ISO 639-1 [detected when needed]."),
    click.option("--site", metavar="HOST", help="The site whose rules apply [the URL's]."),
    click.option(
        "--drop", multiple=True, metavar="PARTS",
        help=f"Parts of the article to remove too: {', '.join(DROPPABLE)}.",
    ),
    click.option("--only", multiple=True, metavar="NAMES", help="Only these layers, families, packs, rules."),
    click.option("--without", multiple=True, metavar="NAMES", help="Not these."),
    click.option("--keep", multiple=True, metavar="TEXT", help="Text that stays; /regex/ or @FILE too."),
    click.option("--packs", multiple=True, metavar="FILE", help="Rules of your own, added to ours."),
    click.option("--packs-only", multiple=True, metavar="FILE", help="Rules of your own, instead of ours."),
    click.option("--max-loss", type=click.FloatRange(0, 1), help="Share that far cuts may take [0.6]."),
    click.option("--unwrap/--no-unwrap", default=None, help="Join paragraphs broken into lines."),
    click.option("--split-words/--no-split-words", default=None, help="Split words glued together."),
    click.option("--trim-cut/--no-trim-cut", default=None, help="Trim a cut end to its last sentence."),
    click.option("--input-format", type=click.Choice(FORMATS), help="The markup of the text [text]."),
    click.option("--config", metavar="FILE", help="Settings [nearest cleaner.toml or pyproject.toml]."),
)  # fmt: skip
ENCODING = click.option("--encoding", metavar="NAME", help="Encoding of the input [UTF-8].")
OF_ONE_TEXT = (
    click.option("--url", help="The document's address."),
    click.option("--title", help="The document's title."),
)


def cleaning_options(command: Command) -> Command:
    """Adds the options of ``Options``, and ``--config``."""
    for option in reversed(CLEANING):
        command = option(command)
    return command


def document_options(command: Command) -> Command:
    """Adds what can be said of a single document."""
    for option in reversed(OF_ONE_TEXT):
        command = option(command)
    return command


def names_of(option: Callable[..., Any]) -> set[str]:
    """The names of the parameters that an option adds to a command."""

    def command() -> None:
        pass

    option(command)
    return {param.name or "" for param in command.__click_params__}  # type: ignore[attr-defined]


def cleaner_of(values: dict[str, Any]) -> Cleaner:
    """The cleaner that the command line and the configuration file ask for; the line wins."""
    from cleaner.cleaning import Cleaner

    return Cleaner(**settings_of(values))


def settings_of(values: dict[str, Any]) -> dict[str, Any]:
    """The options that the command line and the configuration file give; the line wins."""
    path = Path(values["config"]) if values.get("config") else find_config(Path.cwd())
    settings = read_config(path) if path else {}
    for name in NAMES:
        value = values.get(name)
        if value is not None and value != ():
            settings[name] = _split(value) if name == "drop" else value
    return settings


def _split(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())
