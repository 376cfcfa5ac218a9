"""Undoing a run: the sources of a file, a folder or records of any container, by the run's ledger."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import chain, groupby
from pathlib import Path
from typing import IO, Any

from cleaner import ledger
from cleaner.batch.cleaned import unpacked
from cleaner.batch.containers import arrow
from cleaner.batch.containers.names import PARQUET, TXT, form_of
from cleaner.batch.containers.stream import Stream
from cleaner.batch.job import Fields, Job
from cleaner.batch.outputs import Packed
from cleaner.batch.reading import Reading, Ways, parquet
from cleaner.batch.sources import Source
from cleaner.errors import CleanerError, InputError, LedgerError
from cleaner.files import decode, same_file, write_bytes, written_whole
from cleaner.undoing import Undoing

Entry = dict[str, Any]


@dataclass
class Restoration:
    """What to restore and where to; field names are for records.

    ``ledger_out`` is for the ledger of what is left when some edits only are undone; ``left`` are its lines.
    ``missing`` counts the documents that the run left out and that cannot be put back, since they
    came from another container than the output's.
    """

    clean: str
    ledger: str
    out: str
    text_field: str = "text"
    source_field: str = "text"
    undoing: Undoing = field(default_factory=Undoing)
    ledger_out: str = ""
    left: list[str] = field(default_factory=list)
    missing: int = 0

    def go(self) -> int:
        """Restores everything; the number of documents.  Raises ``LedgerError`` or ``InputError``."""
        if self.clean != "-" and same_file(self.clean, self.out):
            raise InputError(f"{self.out}: the output is the input; name another --out")
        self._check_ledger_out()
        count = self._restored()
        if self.ledger_out:
            _write(self.ledger_out, "".join(f"{line}\n" for line in self.left).encode("utf-8"))
        return count

    def _check_ledger_out(self) -> None:
        if not self.ledger_out:
            return
        if not self.undoing:
            raise InputError(
                "--ledger-out goes with a choice of rules or families: else nothing is left to undo"
            )
        for name, place in (("clean text", self.clean), ("ledger", self.ledger), ("output", self.out)):
            if same_file(place, self.ledger_out) or place == self.ledger_out:
                raise InputError(f"{self.ledger_out}: the new ledger would replace the {name}")

    def _restored(self) -> int:
        if Path(self.clean).is_dir():
            return self._folder()
        if _is_text(self.clean):
            return self._file()
        return _Records(self, self.clean, self.out).go(self._entries())

    def _entries(self) -> Iterator[Entry]:
        """The documents' lines; the header is checked first."""
        rules: list[Any] = []
        with Stream(self.ledger, form_of(self.ledger).compression) as lines:
            for number, line in enumerate(iter(lines.readline, b""), 1):
                if not line.strip():
                    continue
                try:
                    entry = json.loads(line)
                except ValueError:
                    raise LedgerError(f"{self.ledger}:{number}: not JSON") from None
                if number == 1:
                    rules = ledger.check_header(entry).get("rules", [])
                    self.undoing.check(rules)
                    self.leave(entry)
                elif isinstance(entry, dict):
                    yield {**entry, "rules": rules}
        if lines.fault:
            raise LedgerError(f"{self.ledger}: {lines.fault}")

    def _file(self) -> int:
        data = _read(self.clean)
        for entry in self._entries():
            if restored := self._bytes_if_it_is(data, entry):
                _write(self.out, restored[0])
                return 1
        raise LedgerError(f"{self.clean}: no line of {self.ledger} belongs to this text (by its hash)")

    def _folder(self) -> int:
        if self.out == "-":
            raise InputError("a folder cannot be restored to standard output; give --out DIR")
        count = 0
        for source, entries in groupby(self._entries(), key=lambda entry: str(entry.get("source"))):
            first = next(entries)
            if _is_of_file(first):
                count += self._file_of_folder(first)
                continue
            name = self._name(source)
            target = Path(self.out, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            whole = chain([first], entries)  # noqa: B031 - what is left of the group
            count += _Records(self, str(Path(self.clean, name)), str(target)).go(whole)
        return count

    def _name(self, source: str) -> str:
        """The name in the folder of what a source was written to: as much of its path as is there."""
        parts = [part for part in Path(source).parts if part not in ("/", "..")]
        for start in range(len(parts)):
            name = str(Path(*parts[start:]))
            if Path(self.clean, name).is_file():
                return name
        raise LedgerError(f"{self.clean}: has no file {Path(source).name}, which the ledger tells of")

    def _file_of_folder(self, entry: Entry) -> int:
        name = _inside(str(entry.get("id")))
        path = str(Path(self.clean, name))
        if "error" in entry or "left out" in entry:
            restored: tuple[bytes] | None = (self.unpacked(entry),)
        else:
            restored = self._bytes_if_it_is(_read(path), entry)
        if restored is None:
            raise LedgerError(f"{path}: not the text that the ledger tells of (its hash differs)")
        target = Path(self.out, name)
        target.parent.mkdir(parents=True, exist_ok=True)
        _write(str(target), restored[0])
        return 1

    def undone(self, text: str, entry: Entry) -> str:
        """A cleaned text with what is to be undone undone; what is left goes to the new ledger."""
        source = self.undoing.restored(text, entry, entry["rules"])
        self.leave(self.undoing.after(source, entry, entry["rules"]) if self.ledger_out else {})
        return source

    def unpacked(self, entry: Entry) -> bytes:
        """The bytes that the ledger keeps of a document that was not cleaned."""
        self.leave({name: value for name, value in entry.items() if name != "kept"})
        return unpacked(entry["packed"])

    def leave(self, line: Entry) -> None:
        """Takes a line into the new ledger, if there is to be one; only the header has the table of rules."""
        if self.ledger_out:
            if "cleaner-ledger" not in line:
                line = {name: value for name, value in line.items() if name != "rules"}
            self.left.append(ledger.dump(line))

    def _bytes_if_it_is(self, data: bytes, entry: Entry) -> tuple[bytes] | None:
        """The source's bytes when ``entry`` tells of the text in ``data``, else nothing.

        Of a page some of whose edits are not undone it is the page's text.
        """
        encoding, bom = str(entry.get("encoding") or "utf-8"), bytes.fromhex(entry.get("bom") or "")
        if "written" in entry:
            encoding, bom = str(entry["written"]), b""
        try:  # a text may begin with the character that a byte order mark is
            text = data.removeprefix(bom).decode(encoding)
        except (UnicodeError, LookupError):
            return None
        if ledger.digest(text) != entry.get("hash", {}).get("clean"):
            return None
        if "packed" in entry and not self.undoing:
            return (unpacked(entry["packed"]),)
        return (bom + self.undone(text, entry).encode(encoding),)


class _Records:
    """Records and their entries side by side: a blank line has no entry, a skipped record no line."""

    def __init__(self, job: Restoration, clean: str, out: str) -> None:
        self.job = job
        self.clean = clean
        self.out = out
        self.form = form_of(clean) if clean != "-" else form_of("-", "jsonl")
        self.fields = Fields(text=job.text_field, out=job.source_field)
        self.entries: Iterator[Entry] = iter(())
        self.next: Entry | None = None
        self.source: Any = None
        self.written = 0
        self.count = 0
        self.write: Callable[[bytes], object] = _to_stdout

    def go(self, entries: Iterable[Entry]) -> int:
        """Restores the records; their number."""
        self.entries = iter(entries)
        self._step()
        if self.form.container == PARQUET:
            self._tables()
            return self.count
        with ExitStack() as stack:
            if self.out != "-":
                self.write = stack.enter_context(_written(self.out)).write
            for job in self._jobs():
                self._put(job)
            self._end()
        return self.count

    def _jobs(self) -> Iterator[Job]:
        source = Source(self.clean, Path(self.clean).name)
        for job in Reading([source], [self.form], Ways(self.fields)).jobs():
            if job.fault:
                raise InputError(f"{self.clean}:{job.ordinal}: {job.fault}")
            yield job

    def _put(self, job: Job) -> None:
        if job.codec is None:
            self.write(job.data)
            return
        self._skipped()
        # A line that failed and was kept can be anything, so that it is not looked into.
        failed = (
            self.next is not None and "error" in self.next and self.next.get("ordinal") == self.written + 1
        )
        if not failed and self._record(job) is None:
            self._emit(job.data)
            return
        self._emit(self._restored(job))
        self.count += 1

    def _record(self, job: Job) -> Any:
        if job.codec is None:
            return None
        try:
            return job.codec.opened(job, self.fields)
        except CleanerError as error:
            raise LedgerError(f"{self.clean}:{job.ordinal}: {error}") from None

    def _restored(self, job: Job) -> bytes:
        """A record with its source's text, by the entry that tells of it."""
        entry = self.next
        if entry is None:
            raise LedgerError(f"{self.clean}:{job.ordinal}: the ledger tells of fewer documents")
        self._step()
        if "error" in entry:
            return self.job.unpacked(entry)
        record = self._record(job)
        try:
            if "packed" in entry and not self.job.undoing:
                source = _unpacked_text(entry)
            else:
                source = self.job.undone(record.text, entry)
            if job.codec is None or (source == record.text and self.fields.text == self.fields.out):
                return bytes(job.codec.kept(job)) if job.codec else b""
            return bytes(job.codec.closed(job, record, self.fields.out, source))
        except CleanerError as error:
            raise LedgerError(f"{self.clean}:{job.ordinal}: {error}") from None

    def _emit(self, data: bytes) -> None:
        self.write(data)
        self.written += 1

    def _step(self) -> None:
        self.next = next(self.entries, None)
        if self.next is not None and self.next.get("source") != self.source:
            self.source, self.written = self.next.get("source"), 0

    def _skipped(self) -> None:
        """Writes the records that were left out here from what the ledger kept of them."""
        while self.next is not None and self.next.get("kept") is False:
            if form_of(str(self.source)).container not in (self.form.container, ""):
                self.job.missing += 1
                self.job.leave(self.next)
            elif self.next.get("ordinal") != self.written + 1:
                return
            else:
                self._emit(self.job.unpacked(self.next))
                self.count += 1
            self._step()

    def _end(self) -> None:
        self._skipped()
        if self.next is not None:
            raise LedgerError(f"{self.clean}: record {self.next.get('ordinal')} of the ledger is missing")

    def _tables(self) -> None:
        """Restores parquet: rows that were left out are not there, nor in the ledger as they were."""
        if self.out == "-":
            raise InputError("parquet cannot be restored to standard output; give --out FILE")
        with tempfile.TemporaryFile() as decisions:
            for job in self._jobs():
                self._pass_left_out()
                decisions.write(self._restored(job) if not self._failed() else self._kept())
                self.count += 1
            self._pass_left_out()
            self._end()
            decisions.write(arrow.END_LINE)
            decisions.seek(0)
            source = Source(self.clean, self.clean)
            with (
                parquet(source, self.form, Ways(self.fields).longest) as file,
                written_whole(self.out) as out,
            ):
                arrow.put_together(self.clean, file, decisions, out, self.fields.out)

    def _failed(self) -> bool:
        return self.next is not None and "error" in self.next

    def _kept(self) -> bytes:
        if self.next is not None:
            self.job.leave(self.next)
        self._step()
        return arrow.SAME_LINE

    def _pass_left_out(self) -> None:
        while self.next is not None and self.next.get("kept") is False:
            self.job.missing += 1
            self.job.leave(self.next)
            self._step()


def _is_text(path: str) -> bool:
    return path != "-" and form_of(path).container in ("", TXT)


def _is_of_file(entry: Entry) -> bool:
    """Whether an entry tells of a file that is one document."""
    failed = "error" in entry or "left out" in entry
    return "encoding" in entry or (failed and _is_text(str(entry.get("source"))))


def _unpacked_text(entry: Entry) -> str:
    """The source's text that an entry has packed."""
    data = unpacked(entry["packed"])
    if "encoding" in entry:
        return decode(data, "", entry["encoding"]).text
    try:
        return data.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return data.decode("utf-8", "replace")


def _to_stdout(data: bytes) -> int:
    write_bytes("-", data)
    return len(data)


def _read(path: str) -> bytes:
    """The bytes of a file, decompressed."""
    with Stream(path, form_of(path).compression) as stream:
        data = stream.read(stream.longest)
    if stream.fault:
        raise InputError(f"{path}: {stream.fault}")
    return data


def _write(path: str, data: bytes) -> None:
    """Writes a file, compressed as its name says."""
    if path == "-":
        write_bytes(path, data)
        return
    with _written(path) as file:
        file.write(data)


@contextmanager
def _written(path: str) -> Iterator[IO[bytes]]:
    compression = form_of(path).compression
    with written_whole(path) as file:
        if not compression:
            yield file
            return
        with Packed(file, compression) as packed:
            yield packed


def _inside(name: str) -> str:
    """A relative name that stays inside its folder.  Raises ``LedgerError`` for any other."""
    path = Path(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise LedgerError(f"the ledger names {name!r}, which lies outside the folder")
    return name
