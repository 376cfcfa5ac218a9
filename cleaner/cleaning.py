"""The cleaner itself: a configuration with its compiled pipeline, and the functions over it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleaner import ledger
from cleaner.document import Edit, Facts
from cleaner.document import apply as apply_edits
from cleaner.filters.site import STOCK, Lines, is_learnt
from cleaner.language import detect
from cleaner.options import Options, SavedPack, make
from cleaner.pipeline import LAYERS, Pipeline, rule_table
from cleaner.result import Result
from cleaner.rules.index import Index
from cleaner.rules.pack import load, load_shipped
from cleaner.rules.rule import Pack, Rule
from cleaner.selection import Selection, names_in, refuse_unknown

if TYPE_CHECKING:
    from cleaner.whynot import WhyNot

CODE_RULES = {
    "characters/mojibake": "Letters were garbled by reading the text in a wrong encoding.",
    "characters/worn-mojibake": "Of a garbled quote, dash or space only one letter was left.",
    "characters/entity": "An HTML entity stood in the text instead of its character.",
    "characters/invisible": "A character that cannot be seen and has no meaning stood in the text.",
    "characters/ligature": "A printer's ligature stood in the place of its letters.",
    "characters/stray-tag": "A tag was left over from the page's markup.",
    STOCK.id: STOCK.why,
    "structure/menu": "Menu lines before the article.",
    "structure/before-article": "Lines of the page before the article.",
    "structure/comments": "Readers' comments after the article.",
    "structure/teasers": "Teasers for other articles.",
    "structure/footer": "Footer of the page after the article.",
    "structure/after-article": "Lines of the page after the article.",
    "structure/aside": "Lines of the page amid the article.",
    "structure/repeat": "A second copy of what the article says already.",
    "dropped/title": "The line is the document's title, which was to be dropped.",
    "repeats/paragraph": "The paragraph says word for word what the one before it said.",
    "dedup/paragraph": "An earlier document of the run has the same paragraph.",
    "repairs/drop-cap": "The first letter was split from its word.",
    "repairs/lost-letter": "The first letter of the paragraph was lost.",
    "repairs/glued-sentence": "Two sentences were glued together.",
    "repairs/glued-word": "Two words were glued together.",
    "repairs/hyphen": "A word was divided at the end of a line.",
    "repairs/wrap": "A paragraph was broken into lines.",
    "repairs/cut-marker": "A mark tells that the text was cut here.",
    "repairs/cut-end": "The last sentence was cut off.",
}


@lru_cache(maxsize=1)
def _shipped() -> tuple[Pack, ...]:
    return load_shipped()


def packs_of(options: Options) -> tuple[Pack, ...]:
    """The packs that a configuration works with.  Raises ``PackError`` for a broken one."""
    own = tuple(
        item.pack if isinstance(item, SavedPack) else load(Path(item))
        for item in (*options.packs_only, *options.packs)
    )
    return own if options.packs_only else (*_shipped(), *own)


def known_names(packs: Iterable[Pack]) -> set[str]:
    """Every name that ``only`` and ``without`` take."""
    names = {name for layer in LAYERS for name in (layer.name, *layer.names)} | set(CODE_RULES)
    for pack in packs:
        names |= {pack.name, pack.family}
        names.update(rule.id for rule in pack.rules)
    return names


class Cleaner:
    """Cleans texts in one way; build it once, use it for any number of texts.

    Options are those of ``Options``, as keywords.  Picklable and safe to share by threads.
    Raises ``OptionError`` and ``PackError`` when it is built, never while it cleans; a user's
    regex that runs too long raises ``RuleTimeoutError`` for the text at hand.
    """

    def __init__(self, **options: Any) -> None:
        self.options = make(options)
        self._build(packs_of(self.options))

    @classmethod
    def of_packs(cls, packs: Iterable[Pack], beside: Iterable[Pack] = (), **options: Any) -> Cleaner:
        """A cleaner that works with these packs, whatever the options say of packs.

        ``only`` and ``without`` may name what is in packs ``beside`` these too.
        """
        made = cls.__new__(cls)
        made.options = make(options)
        made._build(tuple(packs), beside)  # noqa: SLF001 - its own
        return made

    def with_packs(self, packs: Iterable[Pack], **changed: Any) -> Cleaner:
        """A cleaner of the same options but for those changed, that works with these packs."""
        made = type(self).__new__(type(self))
        made.options = replace(self.options, **changed)
        made._build(tuple(packs))  # noqa: SLF001 - its own
        return made

    def _build(self, packs: tuple[Pack, ...], beside: Iterable[Pack] = ()) -> None:
        self.packs = packs
        only, without = names_in(self.options.only), names_in(self.options.without)
        known = known_names((*packs, *beside))
        refuse_unknown("only", only, known)
        refuse_unknown("without", without, known)
        self._selection = Selection(only, without, self.options.level, frozenset(self.options.drop))
        rules = [rule for pack in packs for rule in pack.rules if self._selection.wants_rule(rule)]
        learnt = Lines(rule for rule in rules if is_learnt(rule))
        index = Index([rule for rule in rules if not is_learnt(rule)])
        self._pipeline = Pipeline(self.options, index, self._selection, learnt=learnt)
        self._pipeline.protection  # noqa: B018 - read now, so that a fault shows now

    def __repr__(self) -> str:
        changed = {k: v for k, v in asdict(self.options).items() if v != getattr(Options, k)}
        return f"Cleaner({', '.join(f'{name}={value!r}' for name, value in changed.items())})"

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of packs that take part, in the order in which they are asked."""
        return (*self._pipeline.index.rules, *self._pipeline.learnt.rules)

    def clean(self, text: str, **about: str | None) -> str:
        """The cleaned text; ``about`` may give ``lang``, ``url``, ``title`` and ``site`` of this one."""
        return self.explain(text, **about).text

    def explain(
        self,
        text: str,
        *,
        lang: str | None = None,
        url: str | None = None,
        title: str | None = None,
        site: str | None = None,
    ) -> Result:
        """The cleaned text with an account of every change."""
        return self._pipeline.run(*self._read(text, lang, url, title, site))

    def why_not(self, text: str, **about: str | None) -> WhyNot:
        """Who can be asked why lines of ``text`` stayed; ``about`` is that of ``explain``."""
        from cleaner.whynot import WhyNot

        names = ("lang", "url", "title", "site")
        source, facts = self._read(text, *(about.get(name) for name in names))
        return WhyNot(self._pipeline, self._every_rule, source, facts)

    @cached_property
    def _every_rule(self) -> Index:
        """All rules of the packs, those that do not take part included."""
        return Index([rule for pack in self.packs for rule in pack.rules])

    def _read(
        self, text: str, lang: str | None, url: str | None, title: str | None, site: str | None
    ) -> tuple[str, Facts]:
        """The text to clean with what is known of it."""
        facts = Facts(
            lang=lang or self.options.lang,
            url=url,
            title=title,
            site=site or self.options.site,
            detect=detect,
        )
        return self._text_of(text, facts), facts

    def _text_of(self, text: str, facts: Facts) -> str:
        """The text to clean: of HTML, its blocks; what the page says of itself goes to ``facts``."""
        kind = self.options.input_format
        if kind not in ("html", "auto"):
            return text
        from cleaner.markup import html_to_text, looks_like_html

        if kind == "auto" and not looks_like_html(text):
            return text
        page = html_to_text(text)
        facts.title = facts.title or page.title
        facts.url = facts.url or page.url
        facts.hint = page.language  # pages often say the language of their template
        return page.text

    def clean_many(self, texts: Iterable[str], workers: int = 1) -> Iterator[str]:
        """The cleaned texts, in order, one by one; with ``workers`` above 1 in that many processes."""
        if workers <= 1:
            return map(self.clean, texts)
        from cleaner.workers import in_order

        return in_order(self.clean, texts, workers, size=len)

    @cached_property
    def receipt(self) -> dict[str, Any]:
        """The header of a ledger: versions, configuration, and the table of rules."""
        table = rule_table(self.rules)
        table += [
            {"id": name, "family": name.partition("/")[0], "why": why, "pack": "", "level": "light"}
            for name, why in CODE_RULES.items()
        ]
        return ledger.header(asdict(self.options), table)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {rule["id"]: number for number, rule in enumerate(self.receipt["rules"])}

    def ledger_entry(self, result: Result, **about: Any) -> dict[str, Any]:
        """A document's line under ``receipt``: rules by their numbers in its table."""
        return ledger.entry(result, lambda edit: self._numbers[edit.rule], **about)


@lru_cache(maxsize=8)
def _cleaner(options: Options) -> Cleaner:
    return Cleaner(**asdict(options))


def clean(
    text: str,
    lang: str | None = None,
    url: str | None = None,
    title: str | None = None,
    **options: Any,
) -> str:
    """The article in ``text``, without the page that stood around it; options as for ``Cleaner``."""
    return explain(text, lang, url, title, **options).text


def explain(
    text: str,
    lang: str | None = None,
    url: str | None = None,
    title: str | None = None,
    **options: Any,
) -> Result:
    """As ``clean``, with an account of every change: see ``Result``."""
    return _cleaner(make(options)).explain(text, lang=lang, url=url, title=title)


def apply(source: str, edits: Iterable[Edit]) -> str:
    """What ``edits`` (in source offsets, sorted, disjoint) make of ``source``."""
    return apply_edits(source, edits)


def restore(text: str, entry: Mapping[str, Any]) -> str:
    """The source of a cleaned ``text``, by its line of a ledger.  Raises ``LedgerError``."""
    return ledger.restore(text, entry)
