"""The journal of a run: how far it is, so that it can go on after whatever stopped it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from cleaner.batch.outputs import beside, sync_folder
from cleaner.batch.plan import Plan
from cleaner.batch.reading import Place
from cleaner.batch.sources import Source
from cleaner.cleaning import Cleaner
from cleaner.errors import InputError
from cleaner.files import size
from cleaner.protection import entries

FORMAT = 1
JOURNAL = ".cleaner-journal"
SEEN = ".cleaner-seen"
LEARNT = ".cleaner-learnt.toml"
LOCK = ".cleaner-lock"
CURE = "--overwrite begins anew"


@dataclass(frozen=True)
class Entry:
    """What a journal tells: all documents before ``place`` are done.

    ``output`` is the length of the output under way, ``sides`` those of ledger and errors, ``taken``
    the number of documents that count for a limit, ``seen`` the step of the list of texts seen.
    ``ending`` says that all is written and only names are to be given.
    """

    place: Place
    output: int = 0
    sides: Mapping[str, int] = field(default_factory=dict)
    tally: Mapping[str, Any] = field(default_factory=dict)
    taken: int = 0
    seen: int = 0
    ending: bool = False


class Journal:
    """A file beside the output (in the folder, when that is one) that is replaced whole."""

    def __init__(self, out: str, *, folder: bool, bound: Mapping[str, str]) -> None:
        self.path = Path(out, JOURNAL) if folder else beside(out, JOURNAL)
        self.seen = self._beside(SEEN)
        self.learnt = self._beside(LEARNT)
        self.lock = self._beside(LOCK)
        self.bound = dict(bound)

    def _beside(self, suffix: str) -> Path:
        return self.path.with_name(self.path.name.removesuffix(JOURNAL) + suffix)

    @property
    def exists(self) -> bool:
        """Whether a run was stopped here."""
        return self.path.exists()

    def read(self) -> Entry:
        """The last entry.  Raises ``InputError`` when it is another run's, or no journal."""
        try:
            told = json.loads(self.path.read_bytes())
            kind, bound = told["cleaner-journal"], told["bound"]
            entry = Entry(**{**told["entry"], "place": Place(**told["entry"]["place"])})
        except (OSError, ValueError, KeyError, TypeError):
            raise InputError(f"{self.path}: not a journal that can be read; {CURE}") from None
        if kind != FORMAT:
            raise InputError(f"{self.path}: is of another version of cleaner; {CURE}")
        for name, value in self.bound.items():
            if bound.get(name) != value:
                raise InputError(f"{self.path}: the run that was stopped had other {name}; {CURE}")
        return entry

    def write(self, entry: Entry) -> None:
        """Replaces the entry; when this is back it is on the disk."""
        told = {"cleaner-journal": FORMAT, "bound": self.bound, "entry": asdict(entry)}
        fresh = self.path.with_name(f"{self.path.name}-new")
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
        with os.fdopen(os.open(fresh, flags, 0o666), "wb") as file:
            file.write(json.dumps(told).encode("ascii"))
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.path)
        sync_folder(self.path.parent)

    def forget(self) -> None:
        """Leaves nothing of the journal and what goes with it."""
        names = [self.path, self.path.with_name(f"{self.path.name}-new"), self.learnt]
        names += [self.seen.with_name(self.seen.name + end) for end in ("", "-wal", "-shm", "-journal")]
        for path in names:
            with suppress(OSError):
                path.unlink(missing_ok=True)


def bound(plan: Plan, cleaner: Cleaner, sources: Iterable[Source]) -> dict[str, str]:
    """What must be the same for a run to go on, as hashes: options, rules, sources."""
    lists = list(entries(cleaner.options.keep))
    return {
        "options": _hash([plan.about(), asdict(cleaner.options), lists]),
        "rules": _hash([cleaner.receipt["hash"], [repr(pack) for pack in cleaner.packs]]),
        "sources": _hashed(json.dumps(_state(source)) for source in sources),
    }


def _hash(told: Any) -> str:
    return _hashed([json.dumps(told, default=str, sort_keys=True)])


def _hashed(texts: Iterable[str]) -> str:
    found = hashlib.blake2b(digest_size=16)
    for text in texts:
        found.update(text.encode("ascii") + b"\n")
    return found.hexdigest()


def _state(source: Source) -> list[Any]:
    if source.path == "-":
        return ["-"]
    try:
        found = Path(source.path).stat()
    except (OSError, ValueError):
        return [source.path, source.name, size(source.path)]
    return [source.path, source.name, found.st_size, found.st_mtime_ns]
