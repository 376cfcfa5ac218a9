"""A text under way through the layers: its source, its edits, and where each character is from."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from operator import add

LINE_END = re.compile("\r\n|[\n\r\u2028\u2029]")
RARE_LINE_ENDS = ("\r", "\u2028", "\u2029")


@dataclass(slots=True, unsafe_hash=True)  # not frozen: to make one would take four times as long
class Edit:
    """Put ``new`` in the place of the source's characters ``[start:end)``.

    Offsets are code points of the source.  ``new == ""`` is a removal, anything else a
    repair; ``start == end`` is an insertion.  ``rule`` is the full id of what decided,
    ``filter`` its family or layer, ``why`` one sentence for the person whose text it is.
    ``over`` names the rules whose earlier edits this one has swallowed.  ``through`` says that
    an earlier insertion right at ``end`` goes with it, which offsets alone cannot tell.
    An edit is never changed once it is made.
    """

    start: int
    end: int
    new: str
    rule: str
    filter: str = ""
    why: str = ""
    confidence: float = 1.0
    over: tuple[str, ...] = ()
    through: bool = field(default=False, compare=False, repr=False)

    @property
    def removes(self) -> bool:
        """Whether nothing takes the place of what goes."""
        return not self.new

    def swallowing(self, others: Iterable[Edit]) -> Edit:
        """The edit with the rules of ``others`` (and of those that they swallowed) in ``over``."""
        names = dict.fromkeys(self.over)
        for other in others:
            names.update(dict.fromkeys((other.rule, *other.over)))
        names.pop(self.rule, None)
        over = tuple(names)
        return self if over == self.over else replace(self, over=over)


@dataclass(slots=True)
class Facts:
    """What is known of a document besides its text, shared by all its states.

    ``lang`` is what the caller said; ``language`` is found on first need by ``detect``, or
    else is ``hint`` (what the page says of itself), and then stays.  ``blocked`` are the
    rules that the loss guard has stopped here.  ``seen`` is the source as rules see it, for
    them alone; ``repeated`` are spans of it that its site repeats, ``doubted`` those that a page
    has in common with another of its site (``None`` before the first pass has looked).
    """

    lang: str | None = None
    hint: str | None = None
    url: str | None = None
    title: str | None = None
    site: str | None = None
    mode: str = "article"
    blocked: frozenset[str] = frozenset()
    detect: Callable[[str], str | None] | None = None
    _found: list[str | None] = field(default_factory=list)
    seen: object = None
    repeated: tuple[tuple[int, int], ...] | None = None
    doubted: tuple[tuple[int, int], ...] = ()

    @property
    def known(self) -> str | None:
        """The language said, or found so far."""
        return self.lang or (self._found[0] if self._found else None)

    def language(self, text: str) -> str | None:
        """The document's language (ISO 639-1), detected in ``text`` when nobody said it."""
        if self.lang or self.detect is None:
            return self.lang or self.hint
        if not self._found:
            self._found.append(self.detect(text) or self.hint)
        return self._found[0]


def split_lines(text: str) -> tuple[list[str], list[int]]:
    r"""The lines of ``text`` without their ends, and the offset at which each begins.

    Lines end at ``\n``, ``\r\n``, ``\r``, U+2028 and U+2029 only.  A text that ends in a
    line break has an empty last line, so that lines and breaks can be told apart.
    """
    if not any(rare in text for rare in RARE_LINE_ENDS):
        lines = text.split("\n")
        return lines, line_starts(lines)
    starts, lines, at = [0], [], 0
    for match in LINE_END.finditer(text):
        lines.append(text[at : match.start()])
        at = match.end()
        starts.append(at)
    lines.append(text[at:])
    return lines, starts


def line_starts(lines: Sequence[str]) -> list[int]:
    """The offset of each line, where each line but the last ends in one character."""
    return list(map(add, accumulate(map(len, lines), initial=0), range(len(lines))))


def apply(source: str, edits: Iterable[Edit]) -> str:
    """The text that ``edits`` (sorted, disjoint, in source offsets) make of ``source``.

    Raises ``ValueError`` when the edits overlap, are unsorted or leave the text.
    """
    parts: list[str] = []
    at = 0
    for edit in edits:
        if not at <= edit.start <= edit.end <= len(source):
            message = f"edit {edit.start}-{edit.end} overlaps another or leaves the text"
            raise ValueError(message)
        parts += (source[at : edit.start], edit.new)
        at = edit.end
    parts.append(source[at:])
    return "".join(parts)


class PieceTable:
    """Where each character of an edited text came from: edits with their places in both texts."""

    def __init__(self, edits: Sequence[Edit]) -> None:
        self.edits = edits
        self.starts: list[int] = []
        self.ends: list[int] = []
        shift = 0
        for edit in edits:
            self.starts.append(edit.start + shift)
            shift += len(edit.new) - (edit.end - edit.start)
            self.ends.append(edit.end + shift)

    def outside(self, current: int, before: int) -> int:
        """The source offset of ``current``, which lies after the first ``before`` edits only."""
        if not before:
            return current
        return current - self.ends[before - 1] + self.edits[before - 1].end

    def touched(self, start: int, end: int) -> tuple[int, int]:
        """The range of edits that the edited text's ``[start:end)`` touches.

        An insertion that would begin where ``[start:end)`` begins counts as touched, since
        no two edits may begin at one place; so does an edit in whose midst an empty span lies.
        """
        low = bisect_right(self.ends, start)
        high = max(low, bisect_left(self.starts, end))
        origin = self.outside(start, low)
        if low and self.edits[low - 1].start == origin:
            low -= 1
        if high == low and high < len(self.edits) and start == end == self.starts[high]:
            high += self.edits[high].start == origin
        return low, high

    def to_source(self, start: int, end: int) -> tuple[int, int]:
        """The source span of the edited text's ``[start:end)``, widened to whole replaced spans."""
        low = bisect_right(self.ends, start)
        high = max(low, bisect_left(self.starts, end))
        first = self.outside(start, low)
        if low < high:
            first = min(first, self.edits[low].start) if self.starts[low] <= start else first
            last_in = self.ends[high - 1] >= end
            return first, self.edits[high - 1].end if last_in else self.outside(end, high)
        return first, max(first, self.outside(end, low))

    def to_edited(self, start: int, end: int) -> tuple[int, int]:
        """The edited text's span of the source's ``[start:end)``; what is gone is empty there."""
        low = bisect_right(self._source_ends, start)
        if start == end and low and self.edits[low - 1].start == start:
            return self.starts[low - 1], self.ends[low - 1]  # the place of an insertion
        if low < len(self.edits) and self.edits[low].start <= start:
            first = self.starts[low]
        else:
            first = self._after(start, low)
        high = bisect_left(self._source_starts, end)
        if high and self.edits[high - 1].end >= end:
            return first, max(first, self.ends[high - 1])
        return first, max(first, self._after(end, high))

    def _after(self, offset: int, before: int) -> int:
        """The place in the edited text of a source offset that lies after ``before`` edits."""
        if not before:
            return offset
        return offset - self.edits[before - 1].end + self.ends[before - 1]

    @cached_property
    def _source_starts(self) -> list[int]:
        return [edit.start for edit in self.edits]

    @cached_property
    def _source_ends(self) -> list[int]:
        return [edit.end for edit in self.edits]


class Document:
    """A text as it stands between two layers.

    ``source`` never changes; ``text`` is the source with ``edits`` applied.  ``lines`` and
    ``starts`` are the current lines without their ends and their offsets in ``text``.
    """

    def __init__(self, source: str, edits: tuple[Edit, ...] = (), facts: Facts | None = None) -> None:
        self.source = source
        self.edits = edits
        self.facts = facts or Facts()
        self.text = apply(source, edits) if edits else source

    @cached_property
    def lines(self) -> list[str]:
        """The current lines, without their ends."""
        if any(rare in self.text for rare in RARE_LINE_ENDS):
            return split_lines(self.text)[0]
        return self.text.split("\n")

    @cached_property
    def starts(self) -> list[int]:
        """The offset in ``text`` at which each line begins."""
        if any(rare in self.text for rare in RARE_LINE_ENDS):
            return split_lines(self.text)[1]
        return line_starts(self.lines)

    @property
    def language(self) -> str | None:
        """The language said or found, ISO 639-1; ``None`` when nothing tells."""
        return self.facts.language(self.text)

    @cached_property
    def pieces(self) -> PieceTable:
        """The map between ``text`` and ``source``."""
        return PieceTable(self.edits)

    def edit(  # noqa: PLR0913 - the fields of an Edit, by name
        self,
        start: int,
        end: int,
        new: str,
        *,
        rule: str,
        filter: str = "",  # noqa: A002 - the name of the field
        why: str = "",
        confidence: float = 1.0,
    ) -> Edit:
        """An edit that puts ``new`` for ``text[start:end]``, in source offsets.

        Where the span touches a part of what an earlier edit has put in, the edit is
        widened to the whole of it.
        """
        if not self.edits:
            return Edit(start, end, new, rule, filter, why, confidence)
        low, high = self.pieces.touched(start, end)
        origin = self.pieces.outside(start, low)
        if low == high:
            stop = self.pieces.outside(end, low)
            return Edit(origin, stop, new, rule, filter, why, confidence)
        first, last = self.pieces.edits[low], self.pieces.edits[high - 1]
        lead = trail = ""
        if self.pieces.starts[low] < start or first.start < origin:
            lead = self.text[self.pieces.starts[low] : start]
            origin = first.start
        if self.pieces.ends[high - 1] > end:
            trail = self.text[end : self.pieces.ends[high - 1]]
            stop = last.end
        else:
            stop = self.pieces.outside(end, high)
        origin, stop = min(origin, first.start), max(stop, last.end)
        through = last.start == last.end == stop > origin
        whole = lead + new + trail
        return Edit(origin, stop, whole, rule, filter, why, confidence, through=through)

    def edited(self, edits: Iterable[Edit]) -> Document:
        """The document with more edits; of those that overlap each other the first stays.

        An edit that covers earlier ones takes their place and names them in ``over``; one
        that gives the source back undoes them.
        """
        fresh = _disjoint(sorted(edits, key=_place))
        return Document(self.source, _merged(self.source, self.edits, fresh), self.facts)


def _place(edit: Edit) -> tuple[int, int]:
    return edit.start, -edit.end


def _disjoint(edits: Iterable[Edit]) -> list[Edit]:
    kept: list[Edit] = []
    for edit in edits:
        if not kept or (edit.start >= kept[-1].end and edit.start > kept[-1].start):
            kept.append(edit)
    return kept


def _merged(source: str, old: Sequence[Edit], new: Sequence[Edit]) -> tuple[Edit, ...]:
    """Both lists as one; an edit of ``new`` swallows those of ``old`` that it covers."""
    merged: list[Edit] = []
    at = 0
    for edit in new:
        while at < len(old) and old[at].end <= edit.start and old[at].start < edit.start:
            merged.append(old[at])
            at += 1
        covered = []
        while at < len(old) and old[at].start <= edit.end and old[at].end <= edit.end:
            if old[at].start == edit.end and old[at].start > edit.start and not edit.through:
                break
            covered.append(old[at])
            at += 1
        if at < len(old) and old[at].start < edit.end:
            message = f"edit {edit.start}-{edit.end} of {edit.rule} cuts an earlier edit in two"
            raise ValueError(message)
        if edit.new != source[edit.start : edit.end]:
            merged.append(edit.swallowing(covered) if covered else edit)
    merged.extend(old[at:])
    return tuple(merged)
