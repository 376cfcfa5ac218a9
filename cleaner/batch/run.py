"""A run: sources in, cleaned documents out, in order, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

from cleaner.batch import ledgers, reading
from cleaner.batch.cleaned import DocumentCleaner, Wanted
from cleaner.batch.containers.names import WARC, Form, form_of
from cleaner.batch.desk import Desk
from cleaner.batch.job import Outcome
from cleaner.batch.plan import Plan
from cleaner.batch.reading import Reading, Ways
from cleaner.batch.sources import find
from cleaner.batch.tally import Tally
from cleaner.batch.targets import Targets, outside
from cleaner.batch.telling import Watch
from cleaner.cleaning import Cleaner
from cleaner.errors import InputError
from cleaner.workers import in_order


class Run:
    """One batch.  Raises ``InputError`` when it cannot begin, or at the first fault under ``fail``.

    All that a document goes through is in ``reading`` (jobs) and ``work`` (a job's outcome).  What
    shares the work among workers is ``in_order``.
    """

    def __init__(self, plan: Plan, cleaner: Cleaner) -> None:
        self.plan = plan
        self.cleaner = cleaner
        self.fields = reading.resolved(plan.fields, pages=cleaner.options.input_format == "html")
        self.notes: list[str] = []
        self.sources = outside(find(plan.sources, self.notes.append, self._known), plan)
        if not self.sources:
            raise InputError(f"{', '.join(plan.sources)}: nothing to clean is there")
        self.targets = Targets(plan, self.sources)
        self.reading = self._reading()
        self.ledger_form = ledgers.form_of(plan.ledger, plan.ledger_form) if plan.ledger else ""
        if plan.report:
            from cleaner import report

            report.form_of(plan.report)
        self.tally = Tally()
        self.taken = 0
        self.learnt = ""
        self.in_order: Callable[..., Iterator[Outcome]] = in_order

    def _known(self, name: str) -> bool:
        """Whether a file of a folder is one to read."""
        return bool(form_of(name, self.plan.container).container)

    def _reading(self) -> Reading:
        known: dict[Form, Form] = {}
        forms = [known.setdefault(form, form) for form in map(self.targets.form, self.sources)]
        reading.needed(list(known))
        to = [self.targets.to(index) if self.plan.writes else "" for index in range(len(self.sources))]
        ways = Ways(self.fields, self.plan.encoding, self.plan.longest)
        return Reading(self.sources, forms, ways, to, self.plan.sample)

    @property
    def work(self) -> DocumentCleaner:
        """What cleans a document, wherever it is from."""
        pages = any(form.page or form.container == WARC for form in self.reading.forms)
        wanted = Wanted(
            ledger=bool(self.plan.ledger),
            report=bool(self.plan.report),
            only=frozenset(self.plan.only_states),
            drop=frozenset(self.plan.drop_states),
            documents=self.plan.dedups("documents"),
            paragraphs=self.plan.dedups("paragraphs"),
        )
        as_pages = _for_pages(self.cleaner) if pages else self.cleaner
        return DocumentCleaner(self.cleaner, as_pages, self.fields, wanted)

    def go(self, watch: Watch) -> Tally:
        """Cleans everything; each output takes its name only when it is whole.

        Under ``on_error="fail"`` no output takes its name before all are whole.
        """
        with ExitStack() as stack:
            desk = Desk(self, watch)
            stack.callback(desk.close)
            for note in self.notes:
                watch.tell(note)
            try:
                desk.begin(stack)
                desk.clean()
                desk.end()
            except BaseException as error:
                desk.leave()
                if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
                    where = error.filename or self.plan.out or "the ledger, the report or the errors"
                    raise InputError(f"{where}: cannot be written: {error.strerror or error}") from None
                raise
        return self.tally


def _for_pages(cleaner: Cleaner) -> Cleaner:
    """Pages are read as pages unless the option says what all inputs are."""
    if cleaner.options.input_format != "text":
        return cleaner
    return cleaner.with_packs(cleaner.packs, input_format="html")
