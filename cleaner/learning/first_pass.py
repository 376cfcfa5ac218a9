"""The first of two passes: learning from the documents of a run before they are cleaned.

What was learnt is kept in a file beside the output for as long as the run may have to go on where
it was stopped, so that the rest is cleaned by the same rules.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cleaner.errors import InputError
from cleaner.files import write_bytes
from cleaner.learning.decision import Terms

if TYPE_CHECKING:
    from cleaner.learning.corpus import Lecture
    from cleaner.rules.rule import Pack

PACK = "this-run"  # the name of the pack, by which the ledger calls its rules
STAMP = "# first pass "


@dataclass
class FirstPass:
    """Learns once for a run.

    ``place`` is the file of rules beside the output, if there is one; ``about`` is all that the
    result depends on besides the documents (names of sources, fields, limits), by which the file of
    an earlier start of the same run is known again.  ``told`` says in a line what was learnt.
    """

    place: Path | None
    about: tuple[str, ...] = ()
    terms: Terms = field(default_factory=Terms)
    memory: str = "4GB"
    threads: int = 1
    told: str = ""

    @property
    def _stamp(self) -> str:
        said = json.dumps([self.about, asdict(self.terms)], ensure_ascii=True)
        return STAMP + hashlib.blake2b(said.encode("ascii"), digest_size=12).hexdigest() + "\n"

    def earlier(self) -> Pack | None:
        """What an earlier start of the same run has learnt, ``None`` when there was none.

        Raises ``InputError`` when the file there is that of another run.
        """
        if not self.place or not self.place.exists():
            return None
        text = self.place.read_text("utf-8", errors="replace")
        if not text.startswith(self._stamp):
            raise InputError(f"{self.place}: was learnt by another run; --overwrite begins anew")
        return _pack(text)

    def go(self, lectures: Iterable[Lecture]) -> Pack:
        """Learns from what was read, and keeps it; what cannot be read is left to the second pass.

        The file is written whole, before the second pass begins.
        """
        from cleaner.learning import lessons, pack_text
        from cleaner.learning.counts import Count

        nowhere = 0
        with Count(memory=self.memory, threads=self.threads) as count:
            for lecture in lectures:
                if lecture.told:
                    count.add(lecture.told)
                elif not lecture.error:
                    nowhere += lecture.documents
            found = lessons(count, self.terms)
            self.told = _told(count.documents, nowhere, [len(lesson.lines) for lesson in found])
        text = self._stamp + pack_text(found)
        if self.place:
            write_bytes(str(self.place), text.encode("utf-8"))
        return _pack(text)


def _pack(text: str) -> Pack:
    from cleaner.learning import empty_pack
    from cleaner.rules.pack import parse

    return parse(text, PACK, trusted=False) if "[[rule]]" in text else empty_pack(PACK)


def _told(documents: int, nowhere: int, lines: list[int]) -> str:
    repeating = sum(1 for number in lines if number)
    said = f"learnt from {documents} documents: {repeating} sites repeat {sum(lines)} lines"
    hint = "--url-field, --site-field or --site says where they are from"
    return f"{said}; {nowhere} documents tell no site: {hint}" if nowhere else said
