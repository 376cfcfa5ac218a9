"""Where each source is written to, and in what form."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cleaner.batch.containers.names import PARQUET, TXT, WARC, WET, Form, form_of
from cleaner.batch.plan import Plan
from cleaner.batch.sources import Source
from cleaner.errors import InputError
from cleaner.remote import is_remote

STREAM = "-"
FOLDER_ENDS = ("/", "\\")


@dataclass(frozen=True)
class Target:
    """A file to write, and its form."""

    path: str
    form: Form


class Targets:
    """The outputs of a run.  Each source has its own, or all share one (``gathered``).

    Raises ``InputError`` when an output is an input, is there already, or cannot be.
    """

    def __init__(self, plan: Plan, sources: Sequence[Source]) -> None:
        self.plan = plan
        self.sources = sources
        self.out = plan.out or ""
        self.several = len(sources) > 1 or any(source.within for source in sources)
        self.folder = plan.writes and self._is_folder()
        self.gathered = plan.writes and self.several and not self.folder
        if plan.writes:
            self._refuse()
        _refuse_inputs(_sides(plan), sources)

    def form(self, source: Source) -> Form:
        """The form of a source: as said, else as its name tells, else text.

        Standard input is taken for what the output's name tells, JSON lines if that tells nothing.
        """
        if source.path == STREAM:
            own = form_of(self.out).container
            return Form(self.plan.container or (own if own and own != WARC else "jsonl"))
        found = form_of(source.path, self.plan.container)
        return found if found.container else Form(TXT, found.compression)

    def of(self, index: int) -> Target:
        """The output of a source, by its number."""
        source = self.sources[index]
        own = self.form(source)
        if self.folder:
            name = source.name
            return Target(str(Path(self.out, _archive_name(name) if own.container == WARC else name)),
                          _written_as(own))  # fmt: skip
        named = form_of(self.out)
        if self.out == STREAM:
            return Target(STREAM, Form(_written_as(own).container))
        return Target(self.out, Form(named.container or _written_as(own).container, named.compression))

    def slot(self, index: int) -> int:
        """The number of the output that a source goes to."""
        return 0 if self.gathered else index

    def to(self, index: int) -> str:
        """The container that a source's records must be brought into, nothing for their own."""
        own, target = self.form(self.sources[index]), self.of(index).form
        same = own.container == target.container
        if same and not (self.gathered and own.is_table):
            return ""
        return "" if same and self.all_parquet else target.container

    @cached_property
    def all_parquet(self) -> bool:
        """Whether all sources are parquet, so that no column's type can be lost on the way.

        Other tables that share an output need one header, which is known when all are read.
        """
        return all(self.form(source).container == PARQUET for source in self.sources)

    def _is_folder(self) -> bool:
        if self.out == STREAM:
            if len(self.sources) > 1:
                raise InputError("several sources cannot be written to standard output; give --out DIR")
            return False
        if Path(self.out).is_dir() or self.out.endswith(FOLDER_ENDS):
            return True
        named = form_of(self.out).container
        return self.several and (not named or named == TXT)

    def _refuse(self) -> None:
        if is_remote(self.out):
            raise InputError(f"{self.out}: outputs are written to files here; copy them there afterwards")
        if self.folder and Path(self.out).is_file():
            raise InputError(f"{self.out}: is a file; several sources need a folder")
        if not self.folder and form_of(self.out).container == WARC:
            raise InputError(f"{self.out}: a WARC cannot be written; name it .wet, .jsonl or .parquet")
        if self.out == STREAM and self.form(self.sources[0]).container == PARQUET:
            raise InputError("parquet cannot be written to standard output; give --out FILE")
        self._refuse_clashes()

    def _refuse_clashes(self) -> None:
        inputs = _identities(self.sources)
        taken: dict[str, str] = {}
        for index in range(1 if self.gathered else len(self.sources)):
            path, source = self.of(index).path, self.sources[index].path
            if path == STREAM:
                continue
            if path in taken:
                raise InputError(f"{source} and {taken[path]} would both be written as {path}")
            taken[path] = source
            _refuse_input(path, inputs, "output", "--out")
            if Path(path).is_dir():
                raise InputError(f"{path}: is a folder, not a file")


def outside(sources: Sequence[Source], plan: Plan) -> list[Source]:
    """The sources but those in an output's folder that lies in a source's: an earlier run left them."""
    out = plan.out
    if not out or out == STREAM or not Path(out).is_dir():
        return list(sources)
    own, roots = _folder(out), [_folder(name) for name in plan.sources]
    if not any(own.startswith(root) and own != root for root in roots):
        return list(sources)
    return [
        source for source in sources if not (source.within and os.path.realpath(source.path).startswith(own))
    ]


def _folder(path: str) -> str:
    """A folder's real path with the mark that all in it have."""
    return os.path.join(os.path.realpath(path), "")  # noqa: PTH118 - Path drops the mark


def _sides(plan: Plan) -> list[tuple[str, str]]:
    named = (("ledger", plan.ledger), ("report", plan.report), ("errors", plan.errors))
    return [(name, path) for name, path in named if path]


def refuse_taken(targets: Targets) -> None:
    """Raises ``InputError`` for an output that is there already."""
    for index in range(1 if targets.gathered else len(targets.sources)):
        path = targets.of(index).path
        if path != STREAM and Path(path).exists():
            raise InputError(f"{path}: is there already; --overwrite replaces it")


def _refuse_inputs(sides: Iterable[tuple[str, str]], sources: Sequence[Source]) -> None:
    inputs = _identities(sources)
    for name, path in sides:
        _refuse_input(path, inputs, name, f"--{name}")


def _refuse_input(path: str, inputs: dict[tuple[int, int], str], name: str, option: str) -> None:
    if found := inputs.get(_identity(path) or (-1, -1)):
        where = path if name == "output" else found
        raise InputError(f"{where}: the {name} is an input; name another {option}")


def _identities(sources: Iterable[Source]) -> dict[tuple[int, int], str]:
    """The sources by device and inode, so that a file of two names is known by either."""
    found = ((_identity(source.path), source.path) for source in sources)
    return {identity: path for identity, path in found if identity}


def _identity(path: str) -> tuple[int, int] | None:
    try:
        stat = Path(path).stat()
    except (OSError, ValueError):
        return None
    return stat.st_dev, stat.st_ino


def _written_as(form: Form) -> Form:
    """The form in which a source is written when no name tells another: pages of a WARC become texts."""
    return Form(WET, form.compression) if form.container == WARC else form


def _archive_name(name: str) -> str:
    """What Common Crawl calls the texts of a WARC: ``x.warc.gz`` becomes ``x.warc.wet.gz``."""
    stem, dot, end = name.rpartition(".")
    return f"{stem}.wet.{end}" if dot and end.lower() != "warc" else f"{name}.wet"
