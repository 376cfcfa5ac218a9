"""The pipeline: the layers in their order, the only place where edits are applied."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Protocol

from cleaner import words
from cleaner.document import Document, Edit, Facts, apply
from cleaner.filters.characters import Characters
from cleaner.filters.repeats import Repeats
from cleaner.filters.rules import Rules
from cleaner.filters.site import Lines, Site
from cleaner.gaps import settle
from cleaner.options import Options
from cleaner.protection import Protection, spare
from cleaner.result import Result
from cleaner.rules.index import Index
from cleaner.rules.rule import Rule
from cleaner.selection import Selection
from cleaner.state import state_of

MOST_PASSES = 8
QUIET = ("complete", "empty")  # states that are no cause for a warning
LEAST_LOSS = 50  # words below which the loss guard does not look
DOUBTED = "structure: sure of no paragraph of this page, so that doubtful lines stayed"
ARTICLE = 100  # words of a page's prose that are an article, however many comments go


class Filter(Protocol):
    """Finds edits in a document and changes nothing itself."""

    @property
    def name(self) -> str:
        """What the filter is called in ``only``, ``without`` and reports."""

    def edits(self, document: Document) -> Iterable[Edit]:
        """The edits that the filter would make to the document as it stands."""


@dataclass(frozen=True)
class Layer:
    """A step of the pipeline: its name, why it stands where it stands, and its filters.

    ``names`` are those of its filters; ``guarded`` says that the loss guard looks at it,
    and ``once`` that it judges the source and not what other layers made of it.
    """

    name: str
    reason: str
    make: Callable[[Options, Index], Sequence[Filter]]
    names: tuple[str, ...] = ()
    guarded: bool = False
    once: bool = False


def _characters(options: Options, index: Index) -> Sequence[Filter]:
    del options, index
    return (Characters(),)


def _rules(options: Options, index: Index) -> Sequence[Filter]:
    del options
    return (Rules(index),)


def _site(options: Options, index: Index) -> Sequence[Filter]:
    del options, index
    return ()  # made by the pipeline, of the learnt lines that it has


def _structure(options: Options, index: Index) -> Sequence[Filter]:
    del index
    from cleaner.structure import Structure

    return (Structure(mode=options.mode, level=options.level),)


def _dropped(options: Options, index: Index) -> Sequence[Filter]:
    del index
    from cleaner.filters.dropped import Title

    return (Title(),) if "title" in options.drop else ()


def _repeats(options: Options, index: Index) -> Sequence[Filter]:
    del index
    return (Repeats(everywhere=options.level == "strict"),)


def _repairs(options: Options, index: Index) -> Sequence[Filter]:
    del index
    from cleaner.repairs.cut_ends import CutEnds
    from cleaner.repairs.drop_caps import DropCaps
    from cleaner.repairs.glued import GluedSentences
    from cleaner.repairs.hyphenation import Hyphenation
    from cleaner.repairs.lost_letters import LostLetters
    from cleaner.repairs.wraps import Unwrap

    return (
        CutEnds(trim=options.trim_cut),  # first: a marker is no part of the last sentence
        Hyphenation(),  # before unwrapping, which would put a space into the word
        *((Unwrap(),) if options.unwrap else ()),
        DropCaps(),  # before lost letters: "T" and "he" are a split word, not a lost letter
        GluedSentences(words=options.split_words),
        LostLetters(),
    )


LAYERS = (
    Layer("characters", "first, because all others read the text", _characters),
    Layer(
        "site",
        "before rules, whose headers would reach out of a menu, and structure, which it informs",
        _site,
        guarded=True,
    ),
    Layer("rules", "before structure, so that what is known by its words is named by it", _rules),
    Layer(
        "structure",
        "judges once, on the source, where the headers that rules take still stand",
        _structure,
        guarded=True,
        once=True,
    ),
    Layer("dropped", "after rules, which take what stands before the title", _dropped),
    Layer("repeats", "after what is no part of the article is gone", _repeats, guarded=True),
    Layer(
        "repairs",
        "last, because removals expose the heads and ends of paragraphs",
        _repairs,
        ("cut-ends", "hyphenation", "unwrap", "drop-caps", "glued-sentences", "lost-letters"),
    ),
)


GUARDED_LAYERS = frozenset(layer.name for layer in LAYERS if layer.guarded)


@dataclass(frozen=True)
class Pipeline:
    """The layers of one configuration, ready to run.  Frozen, picklable, safe in threads."""

    options: Options
    index: Index
    selection: Selection = field(default_factory=Selection)
    guard: bool = True
    learnt: Lines = field(default_factory=Lines)

    @cached_property
    def filters(self) -> tuple[tuple[Layer, Filter], ...]:
        """The filters that take part, in order, each with its layer."""
        return tuple(
            (layer, item)
            for layer in LAYERS
            if self._takes_part(layer, *layer.names)
            for item in (
                (Site(self.learnt),) if layer.name == "site" else layer.make(self.options, self.index)
            )
            if self._takes_part(layer, item.name)
        )

    def _takes_part(self, layer: Layer, *names: str) -> bool:
        """Whether any edit of a layer's filters could be wanted; which are is asked of each edit."""
        only, without = self.selection.only, self.selection.without
        if layer.name == "rules":
            return "rules" not in without and bool(self.index.rules)
        if layer.name == "site":
            return "site" not in without and bool(self.learnt)
        if layer.name in without or (names and without.issuperset(names)):
            return False
        wanted = {layer.name, *names}
        return not only or any(name in wanted or name.startswith(f"{layer.name}/") for name in only)

    @cached_property
    def protection(self) -> Protection:
        """What must stay.  Raises ``OptionError`` when ``keep`` cannot be read."""
        return Protection(self.options.keep)

    @cached_property
    def guarded(self) -> frozenset[str]:
        """The rules whose cuts the loss guard looks at."""
        return frozenset(rule.id for rule in self.index.rules if rule.guarded)

    def run(self, source: str, facts: Facts) -> Result:
        """Cleans one text.  Raises ``RuleTimeoutError`` when a user's regex runs too long."""
        facts.mode = self.mode_of(source, facts)
        run = Run(self, source, facts)
        document = run.document()
        edits = settle(source, document.edits)
        text = apply(source, edits)
        state, evidence = self._state(source, text, edits, facts)
        return Result(
            text=text,
            source=source,
            edits=edits,
            language=facts.known,
            mode=facts.mode,
            state=state,
            evidence=evidence,
            warnings=(*run.warnings, *(evidence if state not in QUIET else ())),
            overruled=tuple(run.overruled.values()),
            stopped=tuple(edit for edits in run.stopped.values() for edit in edits),
        )

    def edited(self, source: str, facts: Facts) -> str:
        """The text that the layers make of one, with no account of it and no judgement on it."""
        facts.mode = self.mode_of(source, facts)
        return Run(self, source, facts).document().text

    def mode_of(self, source: str, facts: Facts | None = None) -> str:
        """What the text is: as the option says, else as its structure tells, or what its site repeats."""
        if self.options.mode != "auto":
            return self.options.mode
        if not any(layer.name == "structure" for layer, _ in self.filters):
            return "article"
        from cleaner.structure import judge

        verdict = str(judge(source))
        if verdict == "article" and facts and self.learnt.are_page(source, facts.site or facts.url):
            return "page"
        return verdict

    def _state(
        self, source: str, text: str, edits: Sequence[Edit], facts: Facts
    ) -> tuple[str, tuple[str, ...]]:
        """The document's state with its evidence."""
        signs: tuple[str, ...] = ()
        judged = _with_markers(source, text, edits)
        if judged.strip() and not _ends_whole(judged):
            from cleaner.repairs.cut_ends import CutEnds

            signs = CutEnds().evidence(judged, partial(facts.language, judged))
        return state_of(source, text, edits, signs)


def _ends_whole(text: str) -> bool:
    """Whether the text plainly ends with the end of a sentence, so that no sign need be looked for."""
    end = text[-40:].rstrip()
    return end.endswith((".", "!", "?", '."', ".\u201d", "\u3002")) and not end.endswith("..")


def _with_markers(source: str, text: str, edits: Sequence[Edit]) -> str:
    """The cleaned text, its cut marker still there: what the state of the end is judged by."""
    kept = [edit for edit in edits if not edit.rule.startswith("repairs/cut-")]
    return text if len(kept) == len(edits) else apply(source, kept)


class Run:
    """One document's way through the layers, again and again until nothing changes."""

    def __init__(self, pipeline: Pipeline, source: str, facts: Facts) -> None:
        self.pipeline = pipeline
        self.source = source
        self.facts = facts
        self.protected = pipeline.protection.spans(source)
        self.overruled: dict[tuple[int, int, str], Edit] = {}
        self.stopped: dict[str, tuple[Edit, ...]] = {}
        self.unsettled = False
        self.doubted = False

    @property
    def warnings(self) -> list[str]:
        """What the reader of the result should know."""
        kept = [
            f"kept: {rule} was overruled" for rule in dict.fromkeys(e.rule for e in self.overruled.values())
        ]
        stopped = [f"loss guard: {rule} would have taken too much and was stopped" for rule in self.stopped]
        still = [f"still changing after {MOST_PASSES} passes"] if self.unsettled else []
        doubted = [DOUBTED] if self.doubted else []
        return [*stopped, *doubted, *kept, *still]

    def document(self) -> Document:
        """The document after all layers; a rule that takes too much is stopped, and all is done again."""
        while True:
            document = self._settled()
            offender = self._offender(document)
            if offender is None:
                self.doubted = self.facts.mode == "page" and self._is_doubted(document)
                return document
            held = [edit for edit in document.edits if edit.rule == offender]
            self.stopped[offender] = settle(self.source, held)
            self.facts.blocked |= {offender}

    def _is_doubted(self, document: Document) -> bool:
        """Whether structure takes part and does not know the page's article."""
        from cleaner.structure import Structure

        return any(item.doubts(document) for _, item in self.pipeline.filters if isinstance(item, Structure))

    def seen_by(self, name: str) -> Document:
        """The document as the layer ``name`` sees it first."""
        document = Document(self.source, facts=self.facts)
        for layer, item in self.pipeline.filters:
            if layer.name == name:
                break
            document = self._after(document, layer, item)
        return document

    def _settled(self) -> Document:
        self.facts.repeated, self.facts.doubted = None, ()
        document = Document(self.source, facts=self.facts)
        for number in range(MOST_PASSES):
            before = document
            for layer, item in self.pipeline.filters:
                if number == 0 or not layer.once:
                    document = self._after(document, layer, item)
            if document.edits == before.edits:
                self.unsettled = False
                return document
        self.unsettled = True
        return document

    def _after(self, document: Document, layer: Layer, item: Filter) -> Document:
        selection = self.pipeline.selection
        edits = [
            edit
            for edit in item.edits(document)
            if edit.rule not in self.facts.blocked
            and (
                layer.name in {"rules", "site"}
                or selection.wants(layer.name, item.name, edit.filter, edit.rule)
            )
        ]
        if edits and self.protected:
            edits, overruled = spare(self.source, edits, self.protected)
            self.overruled |= {(e.start, e.end, e.rule): e for e in overruled}
        return document.edited(edits) if edits else document

    def _offender(self, document: Document) -> str | None:
        """The rule that must be stopped because far-reaching cuts take too much, if any."""
        pipeline = self.pipeline
        if not pipeline.guard:
            return None
        cuts = [edit for edit in document.edits if self._reaches(edit)]
        if not cuts:
            return None
        if self.facts.mode == "page":
            return self._offender_of_page(document, cuts)
        taken: dict[str, int] = {}
        for edit in cuts:
            lost = words.count(self.source[edit.start : edit.end])
            taken[edit.rule] = taken.get(edit.rule, 0) + lost
        lost = sum(taken.values())
        if lost > LEAST_LOSS and lost > pipeline.options.max_loss * words.count(self.source):
            return max(sorted(taken), key=taken.__getitem__)
        return self._taker_of_longest(cuts)

    def _offender_of_page(self, document: Document, cuts: Sequence[Edit]) -> str | None:
        """The rule that takes most of the prose which structure would keep, when hardly any is left of it.

        A whole page may lose most of its words, but a header in its menu must not take its article.
        """
        rules = [edit for edit in cuts if edit.filter != "structure"]
        if sum(words.count(self.source[edit.start : edit.end]) for edit in rules) <= LEAST_LOSS:
            return None
        from cleaner.structure import Structure

        options = self.pipeline.options
        prose = Structure(mode=options.mode, level=options.level).prose(document)
        taken: dict[str, float] = {}
        for start, _, count in prose:
            for edit in rules:
                if edit.start <= start < edit.end:
                    taken[edit.rule] = taken.get(edit.rule, 0) + count
        total, lost = sum(count for _, _, count in prose), sum(taken.values())
        spared = lost <= max(LEAST_LOSS, options.max_loss * total) or total - lost >= ARTICLE
        return None if spared else max(sorted(taken), key=taken.__getitem__)

    def _reaches(self, edit: Edit) -> bool:
        return edit.removes and (edit.rule in self.pipeline.guarded or edit.filter in GUARDED_LAYERS)

    def _taker_of_longest(self, cuts: Sequence[Edit]) -> str | None:
        """The rule of the cut that holds the source's longest paragraph of prose."""
        longest = max(Document(self.source).lines, key=len)
        if not words.is_prose(longest):
            return None
        start = self.source.find(longest)  # no other line is as long and holds it
        end = start + len(longest)
        found = (edit.rule for edit in cuts if edit.start < end and start < edit.end)
        return next(found, None)


def rule_table(rules: Iterable[Rule]) -> list[dict[str, str]]:
    """What the header of a ledger tells of each rule."""
    return [
        {
            "id": rule.id, "family": rule.family, "why": rule.why, "pack": rule.pack,
            "level": rule.level,
        }
        for rule in rules
    ]  # fmt: skip
