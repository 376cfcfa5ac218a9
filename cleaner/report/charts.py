"""Charts as SVG that is part of the page; the figures stand in a table beside each."""

from __future__ import annotations

from collections.abc import Sequence

from cleaner.report.element import Safe, tag

WIDTH, HEIGHT = 660, 380  # of a histogram, in units of its own
LEFT, RIGHT, TOP, BOTTOM = 52, 8, 24, 46
STEPS = (1, 2, 2.5, 5, 10)
MOST_TICKS = 5


def bar(part: float, whole: float) -> Safe:
    """A bar for the cell of a table; its number stands in the next cell."""
    length = 100 * part / whole if whole else 0.0
    shown = max(length, 0.6) if part else 0.0  # what is there must be seen
    return tag(
        "svg",
        tag("rect", width=f"{shown:.2f}%", height="100%", rx=2),
        class_="bar", aria_hidden="true", focusable="false",
    )  # fmt: skip


def histogram(title: str, describes: str, bands: Sequence[tuple[str, int]], axis: str, ident: str) -> Safe:
    """Bars of numbers in bands, with an axis for each."""
    top = ticks(max((number for _, number in bands), default=0))
    plot = WIDTH - LEFT - RIGHT
    step = plot / max(len(bands), 1)
    marks = [_column(n, label, number, top[-1], step) for n, (label, number) in enumerate(bands)]
    middle = LEFT + plot / 2
    return tag(
        "svg",
        tag("title", title, id=f"{ident}-title"),
        tag("desc", describes, id=f"{ident}-desc"),
        [_grid(value, top[-1]) for value in top],
        marks,
        tag("text", axis, x=f"{middle:.1f}", y=HEIGHT - 6, class_="axis", text_anchor="middle"),
        class_="histogram",
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        role="img",
        aria_labelledby=f"{ident}-title {ident}-desc",
    )


def _y(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (value / top if top else 0)


def _grid(value: float, top: float) -> Safe:
    y = f"{_y(value, top):.1f}"
    return tag(
        "g",
        tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=y, y2=y, class_="grid" if value else "base"),
        tag("text", short(value), x=LEFT - 6, y=y, dy="0.32em", text_anchor="end"),
    )


def _column(place: int, label: str, number: int, top: float, step: float) -> Safe:
    x, y = LEFT + place * step, _y(number, top)
    high = max(HEIGHT - BOTTOM - y, 1.5) if number else 0.0
    middle = f"{x + step / 2:.1f}"
    ground = HEIGHT - BOTTOM
    return tag(
        "g",
        tag("title", f"{label}: {number:,}"),
        tag(
            "rect", x=f"{x + step * 0.08:.1f}", y=f"{ground - high:.1f}", width=f"{step * 0.84:.1f}",
            height=f"{high:.1f}", rx=2, class_="column",
        ),
        tag("text", short(number), x=middle, y=f"{ground - high - 5:.1f}", text_anchor="middle")
        if number
        else None,
        tag("text", label, x=middle, y=ground + 15, text_anchor="middle"),
    )  # fmt: skip


def ticks(most: int) -> list[float]:
    """Round numbers from 0 to at least ``most``, at most six."""
    if most <= 0:
        return [0, 1]
    power = 10 ** (len(str(most)) - 1) / 10
    step = next(
        size * power * more
        for more in (1, 10)
        for size in STEPS
        if size * power * more * MOST_TICKS >= most and (size * power * more).is_integer()
    )
    return [step * n for n in range(-int(-most // step) + 1)]


def short(number: float) -> str:
    """A number in at most three figures: 950, 1.25k, 34k, 5.6M."""
    for size, sign in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if number >= size:
            value = number / size
            places = 2 if value < 10 else 1 if value < 100 else 0
            text = f"{value:.{places}f}"
            return (text.rstrip("0").rstrip(".") if places else text) + sign
    return f"{number:,.0f}"
