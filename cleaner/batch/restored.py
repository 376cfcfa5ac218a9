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
    """What to restore and where to; field names are for JSON lines.

    ``ledger_out`` is for the ledger of what is left when some edits only are undone; ``left`` are its lines.
    """

    clean: str
    ledger: str
    out: str
    text_field: str = "text"
    source_field: str = "text"
    undoing: Undoing = field(default_factory=Undoing)
    ledger_out: str = ""
    left: list[str] = field(default_factory=list)

    def go(self) -> int:
        """Restores everything; the number of documents.  Raises ``LedgerError`` or ``InputError``."""
        if self.clean != "-" and same_file(self.clean, self.out):
            raise InputError(f"{self.out}: the output is the input; name another --out")
        self._check_ledger_out()
        count = self._restored()
        if self.ledger_out:
            write_bytes(self.ledger_out, "".join(f"{line}\n" for line in self.left).encode("utf-8"))
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
                self._leave(entry)
            elif isinstance(entry, dict):
                yield {**entry, "rules": rules}

    def _file(self) -> int:
        data = read_bytes(self.clean)
        for entry in self._entries():
            if restored := self._bytes_if_it_is(data, entry):
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
            if "error" in entry:
                restored: tuple[bytes] | None = (self.unpacked(entry),)
            else:
                restored = self._bytes_if_it_is(read_bytes(str(source)), entry)
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
            return self.unpacked(entry)
        bom = b"\xef\xbb\xbf" if line.startswith(b"\xef\xbb\xbf") else b""
        try:
            text = line[len(bom) :].decode("utf-8")
            cleaned = record.text_of(record.parse(text), self.text_field)
            if "packed" in entry and not self.undoing:
                source = unpacked(entry["packed"]).decode("utf-8", "surrogatepass")
            else:
                source = self.undone(cleaned, entry)
        except (CleanerError, UnicodeDecodeError) as error:
            raise LedgerError(f"{self.clean}:{number}: {error}") from None
        if source == cleaned and self.text_field == self.source_field:
            return line
        return bom + record.with_field(text, self.source_field, source).encode("utf-8")

    def undone(self, text: str, entry: dict[str, Any]) -> str:
        """A cleaned text with what is to be undone undone; what is left goes to the new ledger."""
        source = self.undoing.restored(text, entry, entry["rules"])
        self._leave(self.undoing.after(source, entry, entry["rules"]) if self.ledger_out else {})
        return source

    def unpacked(self, entry: dict[str, Any]) -> bytes:
        """The bytes that the ledger keeps of a document that was not cleaned."""
        self._leave({name: value for name, value in entry.items() if name != "kept"})
        return unpacked(entry["packed"])

    def _leave(self, line: dict[str, Any]) -> None:
        """Takes a line into the new ledger, if there is to be one; only the header has the table of rules."""
        if self.ledger_out:
            if "cleaner-ledger" not in line:
                line = {name: value for name, value in line.items() if name != "rules"}
            self.left.append(ledger.dump(line))

    def _bytes_if_it_is(self, data: bytes, entry: dict[str, Any]) -> tuple[bytes] | None:
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
        if "packed" in entry and not self.undoing:
            return (unpacked(entry["packed"]),)
        return (bom + self.undone(text, entry).encode(encoding),)


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
            self._put(self.job.unpacked(self.entries.popleft()))


def _to_stdout(data: bytes) -> int:
    write_bytes("-", data)
    return len(data)


def _inside(name: str) -> str:
    """A relative name that stays inside its folder.  Raises ``LedgerError`` for any other."""
    path = Path(name)
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise LedgerError(f"the ledger names {name!r}, which lies outside the folder")
    return name
