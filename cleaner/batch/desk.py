"""The desk of a run: outcomes come to it in order, and it writes, counts and keeps the place."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping
from contextlib import ExitStack, closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cleaner import ledger, words
from cleaner.batch import dedup, journal
from cleaner.batch.cleaned import left_out_entry
from cleaner.batch.job import Job, Outcome
from cleaner.batch.journal import Entry, Journal
from cleaner.batch.outputs import Lock
from cleaner.batch.reading import Place
from cleaner.batch.seen import Seen
from cleaner.batch.spool import spooled
from cleaner.batch.tally import Tally
from cleaner.batch.targets import STREAM, refuse_taken
from cleaner.batch.telling import Telling, Watch, ident, told
from cleaner.batch.writer import Sides, Writer, make_folder
from cleaner.errors import InputError, OptionError
from cleaner.files import write_bytes

if TYPE_CHECKING:
    from cleaner.batch.run import Run

MARK_BYTES = 4_000_000  # of the sources, decompressed, after which there is a place to go on from
MARK_JOBS = 5_000
JOURNAL_SECONDS = 1.0  # between two entries of the journal


class Desk:
    """A run under way: takes outcomes in order, and sees to it that the run can be gone on with."""

    def __init__(self, run: Run, watch: Watch) -> None:
        self.run = run
        self.plan = run.plan
        self.tally = run.tally
        self.watch = watch
        self.work = run.work
        late = run.plan.on_error == "fail"
        self.writer = Writer(run.targets, run.fields, late=late, longest=run.plan.longest, lost=self._lost)
        self.sides = Sides(run.plan.ledger, run.ledger_form, run.plan.errors)
        self.seen: Seen | None = None
        self.journal = self._journal()
        self.start = Place()
        self.ending = False
        self.begun = self.began_to_learn = False
        self.began = self.written = time.monotonic()
        self.weight = self.jobs = 0
        self.told = Telling(watch)

    def _journal(self) -> Journal | None:
        if not self.plan.writes or self.plan.out == STREAM:
            if self.plan.resume:
                raise OptionError("only a run that writes files can be gone on with; --resume needs --out")
            return None
        bound = journal.bound(self.plan, self.run.cleaner, self.run.sources)
        return Journal(str(self.plan.out), folder=self.run.targets.folder, bound=bound)

    # -- the beginning ------------------------------------------------------------------------

    def begin(self, stack: ExitStack) -> None:
        """Makes everything ready, anew or as an earlier run left it."""
        for path in (self.plan.ledger, self.plan.report, self.plan.errors):
            make_folder(path)
        entry = None
        if self.journal:
            make_folder(str(self.journal.path))
            stack.callback(Lock(self.journal.lock, str(self.plan.out)).release)
            entry = self._earlier(self.journal)
        if self.plan.learn:
            self._learn(stack, again=entry is not None)
        if self.plan.dedup:
            place = self.journal.seen if self.journal else None
            self.seen = Seen(place, entry.seen if entry else 0)
        if not (entry and entry.ending):
            self._sides(entry.sides if entry else {})
        if entry:
            self._go_on(entry)
        self.begun = True

    def _learn(self, stack: ExitStack, *, again: bool) -> None:
        """Looks at all documents first, and cleans by what their sites repeat as well.

        A run that goes on does so by what its first start has learnt.
        """
        from cleaner.learning.corpus import Namer, Reader, heard
        from cleaner.learning.first_pass import FirstPass

        run, plan, options = self.run, self.plan, self.run.cleaner.options
        bound = journal.bound(plan, run.cleaner, run.sources)
        first = FirstPass(self.journal.learnt if self.journal else None, tuple(bound.values()))
        first.threads = plan.workers
        pack = first.earlier() if again else None
        if pack is None:
            named = f"field {run.fields.site}" if run.fields.site else "site"
            reader = Reader(Namer(named, options.site or ""), run.fields, options.input_format)
            piped = any(source.path == STREAM for source in run.sources)
            rewind = stack.enter_context(spooled()) if piped else None
            self.began_to_learn = True
            pack = first.go(heard(run.reading.jobs(), reader, plan.workers, plan.limit, plan.timeout))
            run.learnt = first.told
            if rewind:
                rewind()
        if pack.rules:
            run.cleaner = run.cleaner.with_packs((*run.cleaner.packs, pack))
            self.work = run.work

    def _earlier(self, book: Journal) -> Entry | None:
        """The entry of a run that was stopped, when it is to be gone on with."""
        if book.exists and self.plan.resume:
            return book.read()
        if not self.plan.overwrite:
            if book.exists:
                raise InputError(
                    f"{self.plan.out}: a run was stopped here; --resume goes on, --overwrite begins anew"
                )
            refuse_taken(self.run.targets)
        if book.exists:
            self.watch.tell(f"{self.plan.out}: what an earlier run had done is forgotten")
            self.writer.slot = self.writer.last
            self.writer.discard()
            self.writer.slot = 0
        book.forget()
        return None

    def _sides(self, lengths: Mapping[str, int]) -> None:
        self.sides.open(lengths)
        if not lengths.get("ledger"):
            self.sides.write("ledger", ledger.dump(self.run.cleaner.receipt).encode("utf-8") + b"\n")

    def _go_on(self, entry: Entry) -> None:
        vars(self.tally).update(vars(Tally.from_json(entry.tally)))
        self.run.taken, self.start, self.ending = entry.taken, entry.place, entry.ending
        self.began -= self.tally.elapsed
        if self.ending:
            self.writer.slot = self.writer.last + 1
            return
        self.writer.resume(self.run.targets.slot(entry.place.index), entry.output)
        self.watch.tell(f"{self.plan.out}: goes on after {self.tally.documents:,} documents")

    # -- the documents ------------------------------------------------------------------------

    def clean(self) -> None:
        """Takes all outcomes, up to the limit."""
        if self.ending:
            return
        with closing(self._outcomes()) as outcomes:
            for outcome in outcomes:
                self._take(outcome)
                self.watch.update(self.tally, self.run.reading.passed())
                if self._enough():
                    break
                self._mark(outcome)
        if self._enough():
            self.writer.end_output()
            self.writer.slot = self.writer.last + 1
        else:
            self.writer.to(len(self.run.sources))

    def _enough(self) -> bool:
        return self.plan.limit is not None and self.run.taken >= self.plan.limit

    def _outcomes(self) -> Generator[Outcome]:
        if self._enough():
            return
        yield from self.run.in_order(
            self.work,
            self.run.reading.jobs(self.start, told=True),
            self.plan.workers,
            size=_weight,
            lost=_lost,
            timeout=self.plan.timeout,
        )

    def _take(self, outcome: Outcome) -> None:
        """Writes what became of a job, or tells that it failed."""
        job = outcome.job
        self.writer.to(job.index)
        if outcome.error:
            self._failed(outcome)
        elif outcome.blank:
            if job.codec is not None or not job.to:
                self.writer.put(job, outcome.data)
        else:
            self._document(outcome)

    def _document(self, outcome: Outcome) -> None:
        self.run.taken += 1
        if outcome.detected:
            self.told.detected(outcome)
        reason = outcome.skipped or self._duplicate(outcome)
        if not reason and outcome.paragraphs:
            self._cut_repeated(outcome)
        if outcome.digest:
            self.tally.add(outcome.digest, ident(outcome.job))
            if outcome.changed and not self.plan.writes:
                self.told.changed(outcome, self.tally.edited)
        if reason:
            self._leave_out(outcome, reason)
            return
        self.writer.put(outcome.job, outcome.data)
        if outcome.entry:
            self.sides.write("ledger", outcome.entry.encode("utf-8") + b"\n")

    def _duplicate(self, outcome: Outcome) -> str:
        if not self.seen or not outcome.key or self.seen.new_key(outcome.key):
            return ""
        self.tally.duplicate("documents", outcome.digest.words if outcome.digest else 0)
        return "duplicate"

    def _cut_repeated(self, outcome: Outcome) -> None:
        """Cuts the paragraphs that earlier documents have."""
        if not self.seen or not outcome.result or not outcome.digest:
            return
        spans = dedup.repeated(outcome.paragraphs, self.seen)
        if not spans:
            return
        result, lost = dedup.without(outcome.result, spans, self.run.cleaner.options.max_loss)
        if lost:
            for start, end in spans:
                self.tally.duplicate("paragraphs", words.count(outcome.result.text[start:end]))
        self.work.finish(outcome, result, outcome.digest.seconds)

    def _leave_out(self, outcome: Outcome, reason: str) -> None:
        """A document that is cleaned and not written; the ledger keeps it."""
        if reason != "duplicate":
            self.tally.leave_out(reason)
        if "ledger" in self.sides:
            line = left_out_entry(self.work, outcome, **{"left out": reason}, kept=False)
            self.sides.write("ledger", line)

    def _failed(self, outcome: Outcome) -> None:
        job = outcome.job
        message = told(outcome)
        if self.plan.on_error == "fail":
            raise InputError(f"{message} (--on-error skip or keep goes on)")
        self.writer.unread |= job.codec is None  # the source itself cannot be read
        kept = self.plan.on_error == "keep" and self._keep(outcome)
        self.run.taken += job.count
        self.tally.fail(ident(job), outcome.error, job.count)
        self.told.failure(message, job)
        entry = {
            "source": job.source, "ordinal": job.ordinal, "at": job.at, "error": outcome.error,
            "kept": kept, **({"count": job.count} if job.count > 1 else {}),
        }  # fmt: skip
        self.sides.write("errors", ledger.dump(entry).encode("utf-8") + b"\n")
        if "ledger" in self.sides:
            self.sides.write("ledger", left_out_entry(self.work, outcome, error=outcome.error, kept=kept))

    def _keep(self, outcome: Outcome) -> bool:
        """Passes a document that failed on; whether there was something to pass on."""
        job = outcome.job
        if job.codec is None or job.cut:
            return False
        data = outcome.data if job.to else job.codec.kept(job)
        self.writer.put(job, data)
        return bool(data)

    def _lost(self, path: str, row: int, count: int, why: str) -> None:
        """Tells of rows of a parquet file that were cleaned and then could not be read."""
        place = f"{path}:{row}"
        self.tally.fail(place, f"{count} rows are lost: {why}", count, cleaned=True)
        self.watch.tell(f"{place}: {count} rows are lost: {why}")
        entry = {"source": path, "ordinal": row, "at": row, "count": count, "error": why, "kept": False}
        self.sides.write("errors", ledger.dump(entry).encode("utf-8") + b"\n")

    # -- what must outlive a fault ------------------------------------------------------------

    def _mark(self, outcome: Outcome) -> None:
        """At places that the data alone decides on, makes it possible to go on from here."""
        job = outcome.job
        self.weight += _weight(job)
        self.jobs += 1
        if job.fault or (self.weight < MARK_BYTES and self.jobs < MARK_JOBS):
            return
        self.weight = self.jobs = 0
        length, sides = self.writer.mark(), self.sides.mark()
        now = time.monotonic()
        if self.journal and now - self.written >= JOURNAL_SECONDS:
            place = Place(job.index, job.at, job.ordinal + 1)
            self._write(Entry(place, length, sides))
            self.written = now

    def _write(self, entry: Entry) -> None:
        """Brings all to the disk, then the journal that tells of it, then the names."""
        if not self.journal:
            return
        self.writer.sync()
        if not entry.ending:
            self.sides.sync()
        self.tally.elapsed = time.monotonic() - self.began
        step = self.seen.commit() if self.seen else 0
        self.journal.write(replace(entry, tally=self.tally.to_json(), taken=self.run.taken, seen=step))
        self.writer.settle()

    # -- the end ------------------------------------------------------------------------------

    def end(self) -> None:
        """Gives all that was written its name."""
        if not self.ending:
            self.sides.finish()
            self._report()
            several = len(self.run.sources) > 1 or self.sides.paths
            if self.journal and (several or self.journal.exists):
                self._write(Entry(Place(len(self.run.sources)), ending=True))
            else:
                self.writer.sync()
        self.writer.end()
        self.sides.end()
        if self.seen:
            self.seen.close()
            self.seen = None
        if self.journal:
            self.journal.forget()

    def _report(self) -> None:
        self.tally.elapsed = time.monotonic() - self.began
        if not self.plan.report:
            return
        from cleaner import report

        about = {
            "sources": ", ".join(self.plan.sources), "output": self.plan.out or "none",
            "workers": self.plan.workers,
            **{name: _shown(value) for name in REPORTED if (value := getattr(self.plan, name))},
        }  # fmt: skip
        form = report.form_of(self.plan.report)
        data = report.render(self.tally, self.run.cleaner.receipt, about, form)
        write_bytes(self.plan.report, data)

    def close(self) -> None:
        """Lets go of every file."""
        self.writer.close()
        self.sides.close()
        if self.seen:
            self.seen.close()

    def leave(self) -> None:
        """What remains of a run that was stopped: all when it can be gone on with, else nothing."""
        self.close()
        if self.journal and self.journal.exists:
            if self.begun:
                self.watch.tell("what was done so far is kept; --resume goes on")
            return
        self.sides.discard()
        if self.begun:
            self.writer.discard()
        if self.journal and (self.begun or self.began_to_learn):
            self.journal.forget()


REPORTED = ("limit", "sample", "learn", "only_states", "drop_states", "dedup", "encoding", "container")


def _shown(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, tuple) else value


def _lost(job: Job, why: str) -> Outcome:
    return Outcome(job, error=why)


def _weight(job: Job) -> int:
    return job.size or 1
