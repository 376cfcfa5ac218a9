"""Undoing a run: the sources of a file, a folder or JSON lines, by the run's ledger."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cleaner import ledger
from cleaner.batch import record
from cleaner.batch.cleaned import unpacked
from cleaner.batch.sources import container
from cleaner.errors import CleanerError, InputError, LedgerError
from cleaner.files import decode, opened, read_bytes, same_file, write_bytes, written_whole
from cleaner.undoing import Undoing


@dataclass(frozen=True)
class Restoration:
    """What to restore and where to; field names are for JSON lines."""

    clean: str
    ledger: str
    out: str
    text_field: str = "text"
    source_field: str = "text"
    undoing: Undoing = field(default_factory=Undoing)

    def go(self) -> int:
        """Restores everything; the number of documents.  Raises ``LedgerError`` or ``InputError``."""
        if self.clean != "-" and same_file(self.clean, self.out):
            raise InputError(f"{self.out}: the output is the input; name another --out")
        if Path(self.clean).is_dir():
            return self._folder()
        if container(self.clean) == "jsonl":
            return self._records()
        return self._file()

    def _entries(self) -> Iterator[dict[str, Any]]:
        """The documents' lines; the header is checked first."""
        lines = read_bytes(self.ledger).split(b"\n")
        for number, line in enumerate(lines, 1):
            if not line:
                continue
            try:
                entry = json.loads(line)
            except ValueError:
                raise LedgerError(f"{self.ledger}:{number}: not JSON") from None
            if number == 1:
                rules = ledger.check_header(entry).get("rules", [])
                self.undoing.check(rules)
            elif isinstance(entry, dict):
                yield {**entry, "rules": rules}

    def _file(self) -> int:
        data = read_bytes(self.clean)
        for entry in self._entries():
            if restored := _bytes_if_it_is(data, entry, self.undoing):
                write_bytes(self.out, restored[0])
                return 1
        raise LedgerError(f"{self.clean}: no line of {self.ledger} belongs to this text (by its hash)")

    def _folder(self) -> int:
        if self.out == "-":
            raise InputError("a folder cannot be restored to standard output; give --out DIR")
        count = 0
        for entry in self._entries():
            name = _inside(str(entry.get("id")))
            source = Path(self.clean, name)
            failed = "error" in entry
            restored = (
                (unpacked(entry["packed"]),)
                if failed
                else _bytes_if_it_is(read_bytes(str(source)), entry, self.undoing)
            )
            if restored is None:
                raise LedgerError(f"{source}: not the text that the ledger tells of (its hash differs)")
            target = Path(self.out, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(str(target), restored[0])
            count += 1
        return count

    def _records(self) -> int:
        with ExitStack() as stack:
            lines = stack.enter_context(opened(self.clean))
            write = stack.enter_context(written_whole(self.out)).write if self.out != "-" else _to_stdout
            return _Lines(self, deque(self._entries()), write).go(lines)

    def record(self, line: bytes, entry: dict[str, Any], number: int) -> bytes:
        """A line with its source's text, by the entry that tells of it."""
        if "error" in entry:
            return unpacked(entry["packed"])
        bom = b"\xef\xbb\xbf" if line.startswith(b"\xef\xbb\xbf") else b""
        try:
            text = line[len(bom) :].decode("utf-8")
            cleaned = record.text_of(record.parse(text), self.text_field)
            if "packed" in entry and not self.undoing:
                source = unpacked(entry["packed"]).decode("utf-8", "surrogatepass")
            else:
                source = self.undoing.restored(cleaned, entry, entry["rules"])
        except (CleanerError, UnicodeDecodeError) as error:
            raise LedgerError(f"{self.clean}:{number}: {error}") from None
        if source == cleaned and self.text_field == self.source_field:
            return line
        return bom + record.with_field(text, self.source_field, source).encode("utf-8")


class _Lines:
    """JSON lines and their entries side by side: a blank line has no entry, a skipped record no line."""

    def __init__(
        self, job: Restoration, entries: deque[dict[str, Any]], write: Callable[[bytes], object]
    ) -> None:
        self.job = job
        self.entries = entries
        self.write = write
        self.written = 0

    def go(self, lines: Iterable[bytes]) -> int:
        count = 0
        for number, line in enumerate(lines, 1):
            self._skipped()
            if line.strip():
                if not self.entries:
                    raise LedgerError(f"{self.job.clean}:{number}: the ledger tells of fewer documents")
                self._put(self.job.record(line, self.entries.popleft(), number))
                count += 1
            else:
                self._put(line)
        self._skipped()
        if self.entries:
            ordinal = self.entries[0].get("ordinal")
            raise LedgerError(f"{self.job.clean}: record {ordinal} of the ledger is missing")
        return count

    def _put(self, line: bytes) -> None:
        self.write(line)
        self.written += 1

    def _skipped(self) -> None:
        """Writes the records that were left out here from what the ledger kept of them."""
        while self.entries and self.entries[0].get("kept") is False:
            if self.entries[0].get("ordinal") != self.written + 1:
                return
            self._put(unpacked(self.entries.popleft()["packed"]))


def _to_stdout(data: bytes) -> int:
    write_bytes("-", data)
    return len(data)


def _inside(name: str) -> str:
    """A relative name that stays inside its folder.  Raises ``LedgerError`` for any other."""
    path = Path(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise LedgerError(f"the ledger names {name!r}, which lies outside the folder")
    return name


def _bytes_if_it_is(data: bytes, entry: dict[str, Any], undoing: Undoing) -> tuple[bytes] | None:
    """The source's bytes when ``entry`` tells of the text in ``data``, else nothing.

    Of a page some of whose edits are not undone it is the page's text.
    """
    encoding, bom = str(entry.get("encoding") or "utf-8"), bytes.fromhex(entry.get("bom") or "")
    try:
        text = decode(data, "", encoding).text
    except InputError:
        return None
    if ledger.digest(text) != entry.get("hash", {}).get("clean"):
        return None
    if "packed" in entry and not undoing:
        return (unpacked(entry["packed"]),)
    return (bom + undoing.restored(text, entry, entry["rules"]).encode(encoding),)
