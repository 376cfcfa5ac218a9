"""``cleaner rules``: what rules there are, whether they hold, and a new one to begin with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cleaner.errors import OptionError

if TYPE_CHECKING:
    from cleaner.rules.coverage import Cell
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
@click.option("--corpus", metavar="FILE", help="Count each rule's hits in these texts, with samples.")
@click.option("--text-field", default="text", metavar="NAME", help="Field of a corpus's text [text].")
@click.option("--samples", type=click.IntRange(0), default=3, metavar="N", help="Samples of each rule [3].")
def test_rules(packs: tuple[str, ...], corpus: str | None, text_field: str, samples: int) -> int:
    """Test packs, yours (files) or ours (names such as en/adverts); all of ours when none is named.

    Every example under strips must go, every one under keeps must stay in the company of all
    rules.  The doctor then tells of regexes that may run away or say something else than was
    meant (faults too), and of rules that others make needless and phrases written twice.
    """
    from cleaner.doctor import Doctor
    from cleaner.selftest import SelfTest

    tested, company = _chosen(packs)
    findings = list(Doctor(tested, company).findings())
    faults = [*SelfTest(company).failures(tested), *(item for item in findings if not item.harmless)]
    needless = [item for item in findings if item.harmless]
    for told in (*faults, *needless):
        click.echo(str(told))
    if corpus:
        _survey(packs, {rule.id for rule in tested}, corpus, text_field, samples)
    click.echo(f"{len(tested)} rules, {len(faults)} faults, {len(needless)} needless parts", err=True)
    return FAILED if faults else 0


def _chosen(names: tuple[str, ...]) -> tuple[list[Rule], list[Rule]]:
    """The rules to test, and all that will run with them."""
    from cleaner.rules.pack import load, load_shipped

    shipped = load_shipped()
    files = _files(names)
    own = [load(name) for name in files]
    named = [pack for pack in shipped if not names or _matches(pack, names)]
    if len(names) > len(files) and not named:
        raise OptionError(f"there is no pack {', '.join(names)}; `cleaner rules list` lists them")
    tested = [rule for pack in (*own, *named) for rule in pack.rules]
    return tested, [rule for pack in (*shipped, *own) for rule in pack.rules]


def _files(names: tuple[str, ...]) -> list[str]:
    from pathlib import Path

    return [name for name in names if name.endswith(".toml") or Path(name).is_file()]


def _survey(packs: tuple[str, ...], tested: set[str], corpus: str, field: str, samples: int) -> None:
    from cleaner.batch.documents import documents
    from cleaner.cleaning import Cleaner
    from cleaner.hits import Survey

    cleaner = Cleaner(only="rules", level="strict", packs=_files(packs))
    survey = Survey(cleaner, samples)
    survey.read(documents(corpus, field))
    click.echo(f"{corpus}: {survey.documents} documents")
    chosen = [(name, hits) for name, hits in survey.hits.items() if name in tested]
    for name, hits in sorted(chosen, key=lambda item: (-item[1].documents, item[0])):
        if hits.edits:
            click.echo(f"{name}: {hits.documents} documents, {hits.edits} edits, {hits.words} words")
        for sample in hits.samples:
            click.echo(f"    {sample}")
    unmet = [name for name, hits in chosen if not hits.edits]
    click.echo(f"{len(unmet)} rules met nothing: {', '.join(unmet) or 'none'}")


@rules.command()
@click.option("--packs", multiple=True, metavar="FILE", help="Rules of your own too.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def coverage(packs: tuple[str, ...], form: str) -> int:
    """Show each language's families: rules/examples/pages on which the rules were seen.

    A column `any` holds the rules for all languages.  Rules that were seen nowhere rest on
    knowledge of the language alone.
    """
    from cleaner.rules.coverage import coverage as count
    from cleaner.rules.coverage import empty_cells

    table = count(_packs(packs))
    empty = empty_cells(table)
    click.echo(_as_json(table, empty) if form == "json" else _as_table(table))
    if form == "text":
        click.echo(f"main families without a rule: {', '.join(empty) or 'none'}")
    return 0


def _as_json(table: dict[str, dict[str, Cell]], empty: list[str]) -> str:
    import json
    from dataclasses import asdict

    cells = {family: {name: asdict(cell) for name, cell in row.items()} for family, row in table.items()}
    return json.dumps({"families": cells, "empty": empty}, indent=2)


def _as_table(table: dict[str, dict[str, Cell]]) -> str:
    from cleaner.rules.coverage import LANGUAGES, Cell

    known = ("any", *LANGUAGES)
    columns = (*known, *sorted({name for row in table.values() for name in row}.difference(known)))
    grid = [["", *columns]]
    grid += [[family, *(str(row.get(name, Cell())) for name in columns)] for family, row in table.items()]
    widths = [max(map(len, column)) for column in zip(*grid, strict=True)]
    lines = (
        "  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in grid
    )
    return "\n".join(lines)


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
