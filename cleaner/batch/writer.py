"""Writing what became of the documents: each to its source's output, in order."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import IO, Any

from cleaner.batch.containers import archives, arrow, tables
from cleaner.batch.containers.lines import BOM
from cleaner.batch.containers.names import CSV, JSONL, PARQUET, TSV, TXT, WET, form_of
from cleaner.batch.job import Fields, Job
from cleaner.batch.outputs import (
    Appended,
    Nothing,
    Output,
    Spooled,
    Streamed,
    commit,
    discard,
    sync_finished,
)
from cleaner.batch.reading import parquet
from cleaner.batch.targets import STREAM, Target, Targets
from cleaner.errors import InputError

UNOPENED = -1
Lost = Callable[[str, int, int, str], None]


class Writer:
    """The outputs of a run, of which one is under way at a time.

    With ``late`` no output takes its name before ``end``; else those that are whole take theirs
    with ``settle``.  ``slot`` is the number of the output under way.  ``lost`` is told of rows of
    parquet that were cleaned and then could not be read.
    """

    def __init__(
        self, targets: Targets, fields: Fields, *, late: bool, longest: int, lost: Lost | None = None
    ) -> None:
        self.targets = targets
        self.lost = lost
        self.fields = fields
        self.late = late
        self.longest = longest
        self.slot = 0
        self.output: Output | None = None
        self.unread = False
        self.finished: list[int] = []
        self.gathered = targets.of(0).form.container if targets.gathered else ""
        self.last = -1 if not targets.sources else targets.slot(len(targets.sources) - 1)
        if targets.plan.writes and (targets.gathered or fields.out != fields.text):
            arrow.check(self._first_looks(), fields.out, together=targets.gathered)

    def put(self, job: Job, data: Any) -> None:
        """Writes a document as ``data`` has it, or (``None``) as it was."""
        output = self.output or self._open()
        if isinstance(output, _Decisions):
            output.decide(job, arrow.SAME_LINE * job.count if data is None else data)
            return
        written = job.data if data is None else data
        output.write(_gathered(job, written, self.gathered) if self.gathered else written)

    def to(self, index: int) -> None:
        """Ends the outputs before that of a source, those included that nothing was written to."""
        slot = self.targets.slot(index) if index < len(self.targets.sources) else self.last + 1
        while self.slot < slot:
            self.end_output()
            self.slot += 1

    def end_output(self) -> None:
        """Makes the output under way whole."""
        if not self.targets.plan.writes:
            return
        if self.output is None and not self._may_be_empty():
            self.unread = False
            return
        output = self.output or self._open()
        output.finish()
        self.output, self.unread = None, False
        if not isinstance(output, Streamed):
            self.finished.append(self.slot)

    def _may_be_empty(self) -> bool:
        """Whether the output is there though no document was written."""
        return not self.unread and self._target.form.container != TXT

    @property
    def _target(self) -> Target:
        return self.targets.of(self.slot)

    def resume(self, slot: int, length: int) -> None:
        """Goes on with an output of which that many bytes count; those before it are whole.

        ``length`` is ``UNOPENED`` when nothing was written to it yet.
        """
        for earlier in range(slot):
            self._name(earlier)
        self.slot = slot
        if length != UNOPENED:
            self._open(length)

    def _open(self, length: int = 0) -> Output:
        self.output = self._made(length) if self.targets.plan.writes else Nothing()
        return self.output

    def _made(self, length: int) -> Output:
        target = self._target
        if target.path == STREAM:
            return Streamed()
        packed, kind = target.form.compression, target.form.container
        if kind == PARQUET and not self.targets.to(self.slot):
            return _Decisions(target.path, self._put_together, packed, length, self._indices)
        if kind == PARQUET:
            return Spooled(target.path, arrow.made, packed, length)
        if kind in (CSV, TSV) and self.targets.to(self.slot):
            return Spooled(target.path, _tabled("\t" if kind == TSV else ","), packed, length)
        return Appended(target.path, packed, length)

    @property
    def _indices(self) -> range:
        """The numbers of the sources of the output under way."""
        return range(len(self.targets.sources)) if self.targets.gathered else range(self.slot, self.slot + 1)

    def _first_looks(self) -> Iterator[tuple[str, IO[bytes]]]:
        """The sources whose rows stay rows of parquet, but for those that can be read only once."""
        for index, source in enumerate(self.targets.sources):
            form = self.targets.form(source)
            stays = form.container == PARQUET and not self.targets.to(index)
            if stays and not form.compression and source.path != STREAM:
                with suppress(InputError), parquet(source, form, self.longest) as file:
                    yield source.path, file

    def _parquets(self) -> Iterator[tuple[str, IO[bytes]]]:
        for index in self._indices:
            source = self.targets.sources[index]
            with parquet(source, self.targets.form(source), self.longest) as file:
                yield source.path, file

    def _put_together(self, decisions: IO[bytes], target: IO[bytes]) -> None:
        lost = None if self.late else self.lost
        arrow.put_all_together(self._parquets, decisions, target, self.fields.out, lost=lost)

    def mark(self) -> int:
        """Makes a place at which the output under way can be cut; its length in bytes, or ``UNOPENED``."""
        return self.output.mark() if self.output else UNOPENED

    def sync(self) -> None:
        """Brings all that was written to the disk."""
        if self.output:
            self.output.sync()
        for slot in self.finished:
            sync_finished(self.targets.of(slot).path)

    def settle(self) -> None:
        """Gives their names to the outputs that are whole and on the disk, unless they must wait."""
        if not self.late:
            for slot in self.finished:
                self._name(slot)
        self.finished.clear()

    def end(self) -> None:
        """Gives all outputs their names."""
        for slot in range(self.last + 1) if self.late else self.finished:
            self._name(slot)

    def _name(self, slot: int) -> None:
        path = self.targets.of(slot).path
        if self.targets.plan.writes and path != STREAM and (not self.late or self.slot > self.last):
            commit(path)

    def close(self) -> None:
        """Lets go of the output under way, as it is."""
        if self.output:
            with suppress(OSError):
                self.output.close()

    def discard(self) -> None:
        """Leaves nothing of what was written so far and has not its name yet."""
        if self.targets.plan.writes:
            for slot in range(min(self.slot, self.last) + 1):
                discard(self.targets.of(slot).path)


class _Decisions(Spooled):
    """What becomes of each row of parquet files; of a row that nothing is said of, that it goes."""

    def __init__(
        self,
        target: str,
        make: Callable[[IO[bytes], IO[bytes]], None],
        compression: str,
        length: int,
        sources: range,
    ) -> None:
        super().__init__(target, make, compression, length)
        self.sources = sources
        self.index = sources.start
        self.decided = 0
        self.part.file.seek(0)
        for line in self.part.file:
            self._count(line)

    def _count(self, line: bytes) -> None:
        ends = line == arrow.END_LINE
        self.decided = 0 if ends else self.decided + 1
        self.index += ends

    def decide(self, job: Job, lines: bytes) -> None:
        """Decides on the rows of a job; those before it that nothing was said of are gone."""
        self._to(job.index)
        self.write(arrow.GONE_LINE * (job.at - job.count - self.decided) + lines)
        self.decided = job.at

    def _to(self, index: int) -> None:
        while self.index < index:
            self.write(arrow.END_LINE)
            self._count(arrow.END_LINE)

    def finish(self) -> None:
        """Ends all sources, and makes the file."""
        self._to(self.sources.stop)
        super().finish()


def _gathered(job: Job, data: bytes, container: str) -> bytes:
    """A record among those of several sources, with its end; a byte order mark is only before all."""
    if container == WET:
        return archives.ended(data)
    if container != JSONL:
        return data
    if job.index and job.ordinal == 1:
        data = data.removeprefix(BOM)
    return data if not data or data.endswith(b"\n") else data + b"\n"


def _tabled(delimiter: str) -> Callable[[IO[bytes], IO[bytes]], None]:
    """What makes a table of a spool of JSON lines; columns are in the order in which they first come."""

    def make(spool: IO[bytes], target: IO[bytes]) -> None:
        columns: dict[str, None] = {}
        for line in spool:
            columns |= dict.fromkeys(json.loads(line))
        spool.seek(0)
        for row in tables.table(map(json.loads, spool), columns, delimiter) if columns else ():
            target.write(row)

    return make


class Sides:
    """What a run writes beside its outputs: the ledger, and the list of errors."""

    def __init__(self, ledger: str | None, form: str, errors: str | None) -> None:
        self.paths = {name: path for name, path in (("ledger", ledger), ("errors", errors)) if path}
        self.files: dict[str, Appended | Spooled] = {}
        self.form = form

    def open(self, lengths: Mapping[str, int]) -> None:
        """Begins them, or goes on after the bytes of each that count."""
        for name, path in self.paths.items():
            self.files[name] = self._opened(name, path, lengths.get(name, 0))

    def _opened(self, name: str, path: str, length: int) -> Appended | Spooled:
        packed = form_of(path).compression
        if name == "ledger" and self.form != "jsonl":
            return Spooled(path, self._converted, packed, length)
        return Appended(path, packed, length)

    def _converted(self, spool: IO[bytes], target: IO[bytes]) -> None:
        from cleaner.batch.ledgers import convert

        convert(spool, target, self.form)

    def __contains__(self, name: str) -> bool:
        return name in self.files

    def write(self, name: str, line: bytes) -> None:
        """Adds a line to one of them, when it is wanted."""
        if name in self.files:
            self.files[name].write(line)

    def mark(self) -> dict[str, int]:
        """Makes a place at which they can be cut; their lengths."""
        return {name: file.mark() for name, file in self.files.items()}

    def sync(self) -> None:
        """Brings all to the disk."""
        for file in self.files.values():
            file.sync()

    def finish(self) -> None:
        """Makes them whole."""
        with ExitStack() as stack:
            for file in self.files.values():
                stack.callback(file.close)
                file.finish()
        for path in self.paths.values():
            sync_finished(path)

    def end(self) -> None:
        """Gives them their names."""
        for path in self.paths.values():
            commit(path)

    def close(self) -> None:
        """Lets go of them, as they are."""
        for file in self.files.values():
            with suppress(OSError):
                file.close()

    def discard(self) -> None:
        """Leaves nothing of those that were begun."""
        for name in self.files:
            discard(self.paths[name])


def make_folder(path: str | None) -> None:
    """Makes the folder that a file is to be in.  Raises ``InputError``."""
    if not path or path == STREAM:
        return
    folder = Path(path).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"{folder}: cannot be written: {error.strerror}") from None
