"""``cleaner rules``: what rules there are, whether they hold, and a new one to begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cleaner.errors import OptionError

if TYPE_CHECKING:
    from cleaner.rules.rule import Pack, Rule

FAILED = 5
TEMPLATE = """# Rules of your own.  `cleaner rules test {name}` proves them; `--packs {name}` adds them.
family = "{family}"
language = "en"
about = "What these rules find, in one sentence."

[[rule]]
id = "name-of-what-is-found"
kind = "line"
phrases = ["join our book club"]
level = "standard"
why = "The line asks readers to join a club and says nothing of the story."
source = "seen on 12 of 40 pages"
strips = ["Join our book club", "JOIN OUR BOOK CLUB!"]
keeps = ["Join our book club, the poster said, and she did.", "Our book club has joined yours."]
"""


@click.group()
def rules() -> None:
    """List, show, test and begin rules."""


@rules.command("list")
@click.argument("names", nargs=-1)
@click.option("--packs", multiple=True, metavar="FILE", help="Rules of your own too.")
def list_rules(names: tuple[str, ...], packs: tuple[str, ...]) -> int:
    """List packs and rules; NAMES of packs, families or rules choose among them."""
    for pack in _packs(packs):
        chosen = [rule for rule in pack.rules if not names or _named(rule, names)]
        if chosen:
            click.echo(f"{pack.name}  ({pack.family}, {len(chosen)} rules)")
        for rule in chosen:
            click.echo(f"  {rule.id:<45} {rule.kind:<6} {rule.level:<8} {rule.why}")
    if not names:
        _list_code()
    return 0


def _list_code() -> None:
    from cleaner.cleaning import CODE_RULES

    click.echo(f"found by code  ({len(CODE_RULES)} rules)")
    for name, why in CODE_RULES.items():
        click.echo(f"  {name:<45} {'code':<6} {'light':<8} {why}")


def _named(rule: Rule, names: tuple[str, ...]) -> bool:
    return bool({rule.id, rule.pack, rule.family, rule.language}.intersection(names))


@rules.command()
@click.argument("name")
@click.option("--packs", multiple=True, metavar="FILE", help="Rules of your own too.")
def show(name: str, packs: tuple[str, ...]) -> int:
    """Show a rule with all its fields and examples."""
    from dataclasses import asdict

    found = [rule for pack in _packs(packs) for rule in pack.rules if _named(rule, (name,))]
    if not found:
        raise OptionError(f"there is no rule {name}; `cleaner rules list` lists them")
    for rule in found:
        click.echo(f"[{rule.id}]")
        for field, value in asdict(rule).items():
            if value and field not in ("id", "trusted"):
                click.echo(f"  {field}: {_shown(value)}")
    return 0


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return "".join(f"\n    {item!r}" for item in value)
    return str(value)


@rules.command("test")
@click.argument("packs", nargs=-1)
def test_rules(packs: tuple[str, ...]) -> int:
    """Test packs, yours (files) or ours (names such as en/adverts); all of ours when none is named.

    Every example under strips must go, every one under keeps must stay in the company of all rules.
    """
    from pathlib import Path

    from cleaner.rules.pack import load, load_shipped
    from cleaner.selftest import SelfTest

    shipped = load_shipped()
    files = [name for name in packs if name.endswith(".toml") or Path(name).is_file()]
    own = [load(name) for name in files]
    named = [pack for pack in shipped if not packs or _matches(pack, packs)]
    if len(packs) > len(files) and not named:
        raise OptionError(f"there is no pack {', '.join(packs)}; `cleaner rules list` lists them")
    tested = [rule for pack in (*own, *named) for rule in pack.rules]
    company = [rule for pack in (*shipped, *own) for rule in pack.rules]
    failures = list(SelfTest(company).failures(tested))
    for failure in failures:
        click.echo(str(failure))
    click.echo(f"{len(tested)} rules, {len(failures)} examples failed", err=True)
    return FAILED if failures else 0


def _matches(pack: Pack, names: tuple[str, ...]) -> bool:
    return bool({pack.name, pack.family, pack.language}.intersection(names))


@rules.command()
@click.argument("file")
def new(file: str) -> int:
    """Begin a pack of your own: FILE.toml with one rule that holds, to change."""
    from pathlib import Path

    from cleaner.files import write_bytes

    path = Path(file if file.endswith(".toml") else f"{file}.toml")
    if path.exists():
        raise OptionError(f"{path}: is there already; name another file")
    write_bytes(str(path), TEMPLATE.format(name=path, family=path.stem).encode("utf-8"))
    click.echo(f"{path}: change it, then run `cleaner rules test {path}`")
    return 0


def _packs(extra: tuple[str, ...]) -> list[Pack]:
    from cleaner.rules.pack import load, load_shipped

    return [*load_shipped(), *(load(path) for path in extra)]
