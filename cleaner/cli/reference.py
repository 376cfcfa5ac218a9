"""The table of all commands and options for the docs, made from the commands themselves.

``python -m cleaner.cli.reference > docs/options.md`` renews it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

import click

from cleaner.cli import main
from cleaner.options import NAMES

HEAD = """# Commands and options

Every option of cleaning is also a key of `cleaner.toml` (or of `[tool.cleaner]` in `pyproject.toml`;
the nearest file from the working folder upwards counts) and a keyword argument of
`cleaner.Cleaner`, with `_` for `-`:
{names}. The command line wins over the file.

"""


def commands(group: click.Group, name: str) -> Iterator[tuple[str, click.Command]]:
    """Every command below a group with its full name."""
    for part, command in sorted(group.commands.items()):
        if isinstance(command, click.Group):
            yield from commands(command, f"{name} {part}")
        else:
            yield f"{name} {part}", command


def table() -> str:
    """The page as Markdown."""
    parts = [HEAD.format(names=", ".join(f"`{name}`" for name in NAMES))]
    for name, command in commands(main, "cleaner"):
        parts.append(f"## `{_usage(name, command)}`\n\n{_help(command)}\n\n")
        rows = [_row(item) for item in command.params if isinstance(item, click.Option)]
        if rows:
            parts.append("| option | |\n| --- | --- |\n" + "".join(rows) + "\n")
    return "".join(parts).rstrip("\n") + "\n"


def _usage(name: str, command: click.Command) -> str:
    words = [
        item.make_metavar(click.Context(command))
        for item in command.params
        if isinstance(item, click.Argument)
    ]
    return " ".join([name, *words])


def _help(command: click.Command) -> str:
    lines = (line.strip() for line in (command.help or "").splitlines())
    return "\n".join(lines).strip()


def _row(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    kind = option.type
    values = f" ({', '.join(kind.choices)})" if isinstance(kind, click.Choice) else ""
    metavar = f" `{option.metavar}`" if option.metavar else ""
    default = f" [{option.default}]" if option.show_default and option.default else ""
    return f"| {names}{metavar} | {option.help}{values}{default} |\n".replace("|regex|", "\\|regex\\|")


if __name__ == "__main__":
    sys.stdout.write(table())
