"""Learning what a site repeats: over the documents of a site, the lines that are not the article.

Counted per page, never per line, and over pages that are not the same one; what repeats at like
places becomes rules that can be read, changed and tested.  The order of the documents does not
matter to a single byte.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cleaner.learning.counts import Count
    from cleaner.learning.decision import Terms
    from cleaner.learning.packs import Lesson
    from cleaner.rules.rule import Pack

NAME = "learnt"


def lessons(count: Count, terms: Terms, kept: Callable[[str], bool] | None = None) -> list[Lesson]:
    """What was learnt of each site of a count that has pages enough, by the sites' names."""
    from cleaner.learning.decision import boilerplate
    from cleaner.learning.packs import Lesson

    return [
        Lesson(site.name, site.pages, boilerplate(site, terms, kept), site.singular)
        for site in count.sites(max(2, terms.min_docs))
    ]


def pack_text(found: Sequence[Lesson], number: int = 1) -> str:
    """The text of the pack of some lessons; its examples hold in the company of the shipped rules."""
    from cleaner.learning.packs import written
    from cleaner.rules.pack import load_shipped
    from cleaner.selftest import SelfTest

    company = SelfTest([rule for pack in load_shipped() for rule in pack.rules])
    return written([lesson for lesson in found if lesson.lines], company.stays, number)


def empty_pack(name: str = NAME) -> Pack:
    """The pack of documents that repeat nothing."""
    from cleaner.rules.rule import Pack

    return Pack(name, "site", "any", "Nothing repeats.", ())


def pack_of(found: Sequence[Lesson], name: str = NAME) -> Pack:
    """The pack of some lessons; it has no rules when nothing repeats."""
    from cleaner.rules.pack import parse

    if not any(lesson.lines for lesson in found):
        return empty_pack(name)
    return parse(pack_text(found), name, trusted=False)


def learn(
    documents: Iterable[Mapping[str, Any]],
    by: str = "site",
    *,
    min_docs: int = 2,
    min_share: float = 0.1,
    name: str = NAME,
) -> Pack:
    """What the sites of ``documents`` repeat, as a pack for ``Cleaner(packs=[...])``.

    A document has ``text``, and ``url`` (or the field that ``by`` names: ``field NAME``).  A site
    with one document teaches nothing; where nothing repeats the pack has no rules.
    """
    from cleaner.errors import InputError
    from cleaner.learning.corpus import Namer, Reader
    from cleaner.learning.counts import Count
    from cleaner.learning.decision import Terms

    reader, terms = Reader(Namer(by)), Terms(min_docs, min_share)
    with Count() as count:
        for number, document in enumerate(documents, 1):
            text = document.get("text")
            if not isinstance(text, str):
                raise InputError(f"document {number} has no text: give mappings with text and url")
            told = reader.lecture(document, text).told
            if told:
                count.add(told)
        return pack_of(lessons(count, terms), name)
