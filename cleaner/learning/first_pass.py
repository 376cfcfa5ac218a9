"""The first of two passes: learning from the documents of a run before they are cleaned.

What was learnt is kept in a file beside the output, so that a run that goes on where it was
stopped cleans the rest by the same rules, and so that it can be read afterwards.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cleaner.errors import InputError
from cleaner.files import write_bytes
from cleaner.learning.decision import Terms

if TYPE_CHECKING:
    from cleaner.learning.corpus import Lecture
    from cleaner.rules.rule import Pack

SUFFIX = ".learnt.toml"
STAMP = "# first pass "


@dataclass(frozen=True)
class FirstPass:
    """Learns once for a run.

    ``place`` is the file of rules beside the output; ``about`` is all that the result depends on
    besides the documents (names of sources, fields, limits), by which the file of an earlier start
    of the same run is known again.
    """

    place: Path
    about: tuple[str, ...] = ()
    terms: Terms = field(default_factory=Terms)
    memory: str = "4GB"
    threads: int = 1

    @property
    def _stamp(self) -> str:
        said = json.dumps([self.about, asdict(self.terms)], ensure_ascii=True)
        return STAMP + hashlib.blake2b(said.encode("ascii"), digest_size=12).hexdigest() + "\n"

    def earlier(self) -> Pack | None:
        """What an earlier start of the same run has learnt, ``None`` when there was none.

        Raises ``InputError`` when the file there is that of another run.
        """
        from cleaner.learning import empty_pack
        from cleaner.rules.pack import load

        if not self.place.exists():
            return None
        text = self.place.read_text("utf-8", errors="replace")
        if not text.startswith(self._stamp):
            raise InputError(f"{self.place}: was learnt by another run; --overwrite begins anew")
        return load(self.place) if "[[rule]]" in text else empty_pack()

    def go(self, lectures: Iterable[Lecture], failed: Callable[[str], None]) -> Pack:
        """Learns from what was read, and keeps it; ``failed`` is told of documents that cannot be read.

        The file is written whole, before the second pass begins.
        """
        from cleaner.learning import empty_pack, lessons, pack_text
        from cleaner.learning.counts import Count
        from cleaner.rules.pack import load

        with Count(memory=self.memory, threads=self.threads) as count:
            for lecture in lectures:
                if lecture.error:
                    failed(lecture.error)
                elif lecture.told:
                    count.add(lecture.told)
            found = lessons(count, self.terms)
        write_bytes(str(self.place), (self._stamp + pack_text(found)).encode("utf-8"))
        return load(self.place) if any(lesson.lines for lesson in found) else empty_pack()
