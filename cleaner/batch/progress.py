"""How far a run is: documents, speed, words removed, time left; on a terminal only."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self

from cleaner.batch.tally import Tally

if TYPE_CHECKING:
    from rich.progress import Progress as Bar

EVERY = 0.1  # seconds between two looks at the figures
MEGABYTE = 1_000_000


class Progress:
    """A line on the terminal that tells how far the run is.

    ``total`` is the size of all sources in bytes as they lie on the disk (``None``: not known).
    Where ``stream`` is no terminal, or ``wanted`` is false, nothing is shown and rich is not loaded.
    ``earlier`` is the ``size`` of the tally that a resumed run begins with.  Use it as a context;
    ``tell`` writes a line above.
    """

    def __init__(
        self, total: int | None, *, wanted: bool = True, stream: IO[str] | None = None, earlier: int = 0
    ) -> None:
        self.stream = stream or sys.stderr
        self.total = total
        self.bar = self._bar() if wanted and self.stream.isatty() else None
        self.looked = self.began = 0.0
        self.earlier = earlier

    def __enter__(self) -> Self:
        self.began = time.monotonic()
        if self.bar:
            self.bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.bar:
            self.bar.stop()

    def update(self, tally: Tally, done: int) -> None:
        """Tells the figures when it is time to; ``done`` are bytes of the sources that are read."""
        if not self.bar:
            return
        now = time.monotonic()
        if now - self.looked >= EVERY:
            self.looked = now
            self._show(tally, done)

    def finish(self, tally: Tally) -> None:
        """Tells the last figures."""
        if self.bar:
            self._show(tally, self.total or 0)

    def tell(self, line: str) -> None:
        """Writes a line, above the bar when there is one; what could act on a terminal is escaped."""
        shown = escaped(line)
        if self.bar:
            self.bar.console.print(shown, markup=False, highlight=False, soft_wrap=True, emoji=False)
        else:
            self.stream.write(f"{shown}\n")

    def _bar(self) -> Bar:
        from rich.console import Console
        from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bar

        bar = Bar(
            TextColumn("{task.percentage:>3.0f}%") if self.total else TextColumn("cleaning"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[told]}", markup=False),
            *((TextColumn("left"), TimeRemainingColumn(compact=True)) if self.total else ()),
            console=Console(file=self.stream),
            refresh_per_second=4,
            transient=True,
        )
        bar.add_task("", total=self.total, told="")
        return bar

    def _show(self, tally: Tally, done: int) -> None:
        changes: dict[str, Any] = {"completed": done, "told": self.told(tally)}
        if self.bar:
            self.bar.update(self.bar.task_ids[0], **changes)

    def told(self, tally: Tally) -> str:
        """The figures in one line; what an earlier run had done does not count for the speed."""
        passed = max(time.monotonic() - self.began, 1e-9)
        speed = (tally.size - self.earlier) / MEGABYTE / passed
        parts = [f"{tally.documents:,} documents", f"{speed:.1f} MB/s", f"{tally.removed:,} words removed"]
        if tally.failed:
            parts.append(f"{tally.failed:,} failed")
        return "  ".join(parts)


def escaped(line: str) -> str:
    """A line in which what no one should see on a terminal stands as its escape."""
    if line.isprintable():
        return line
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in line)
