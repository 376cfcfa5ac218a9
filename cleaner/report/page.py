"""The page of a report: one file that loads nothing, runs no script, and can be read anywhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from cleaner.batch.digest import CONTEXT
from cleaner.report.charts import bar, histogram
from cleaner.report.element import Child, Safe, lone, tag, visible
from cleaner.report.names import name

Row = Mapping[str, Any]
Figures = Mapping[str, Any]

NO_BREAK = "\u00a0"  # a space at which no line breaks
FIRST_RULES = 25  # rules shown before the rest is folded away
FIRST_LOSSES = 15
FIRST_SAMPLES = 2  # of each rule


@cache
def style() -> str:
    """The page's style sheet."""
    return (files("cleaner.report") / "page.css").read_text("utf-8")


def policy() -> str:
    """What the page may do: show itself in its own style, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
    )


def page(told: Figures) -> str:
    """The page that shows the figures of ``cleaner.report.figures``."""
    title = "Cleaning report"
    head = tag(
        "head",
        lone("meta", charset="utf-8"),
        lone("meta", http_equiv="Content-Security-Policy", content=policy()),
        lone("meta", name="viewport", content="width=device-width, initial-scale=1"),
        lone("meta", name="color-scheme", content="light dark"),
        lone("meta", name="referrer", content="no-referrer"),
        lone("link", rel="icon", href="data:,"),
        tag("title", title),
        tag("style", Safe(style())),
    )
    chosen = [(ident, heading, build) for ident, heading, build in SECTIONS if build(told)]
    body = tag(
        "body",
        tag("a", "Skip to the figures", href="#figures", class_="skip"),
        tag("header", tag("div", tag("h1", title), _subtitle(told), class_="wide")),
        _menu([(ident, heading) for ident, heading, _ in chosen]),
        tag(
            "main",
            _notices(told),
            _tiles(told),
            [_section(ident, heading, build(told)) for ident, heading, build in chosen],
            id="figures",
            class_="wide",
        ),
        tag("footer", tag("div", _ending(told), class_="wide")),
    )
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='en')}\n"


# -- pieces -------------------------------------------------------------------------------


def percent(part: float) -> str:
    """A share in percent, in as many places as it needs."""
    if 0 < part < 0.001:
        return f"< 0.1{NO_BREAK}%"
    return f"{100 * part:.1f}{NO_BREAK}%" if part else f"0{NO_BREAK}%"


def data(text: object) -> Safe:
    """A string of the run's data: kept from turning the direction of what stands around it."""
    return tag("bdi", str(text))


def code(text: str) -> Safe:
    """A name as it is written elsewhere: a rule, a file."""
    return tag("code", data(text))


def table(
    caption: str, columns: Sequence[tuple[str, str]], rows: Iterable[Sequence[Child]], *, titled: bool = False
) -> Safe:
    """A table that scrolls on its own where it is too wide.

    A column is its heading and its class: ``t`` for text, ``n`` for numbers, ``b`` for bars.  The
    first cell of a row is its heading.  The caption of a table that is ``titled`` by what stands
    above it is only read out.
    """
    heads = [
        tag("th", title or tag("span", "Bar", class_="unseen"), class_=kind, scope="col")
        for title, kind in columns
    ]
    kinds = [kind for _, kind in columns]
    body = [
        tag(
            "tr",
            [
                tag("th" if not n else "td", cell, class_=kind, scope=None if n else "row")
                for n, (cell, kind) in enumerate(zip(row, kinds, strict=True))
            ],
        )
        for row in rows
    ]
    title = tag("caption", caption, class_="unseen" if titled else None)
    return tag(
        "div",
        tag("table", title, tag("thead", tag("tr", heads)), tag("tbody", body)),
        class_="scroll", role="region", aria_label=caption, tabindex=0,
    )  # fmt: skip


def folded(summary: str, *children: Child) -> Safe:
    """What is shown only when it is asked for."""
    return tag("details", tag("summary", summary), children)


def _section(ident: str, heading: str, children: Child) -> Safe:
    return tag("section", tag("h2", heading, id=ident), children, aria_labelledby=ident)


def _menu(entries: Iterable[tuple[str, str]]) -> Safe:
    items = [tag("li", tag("a", heading, href=f"#{ident}")) for ident, heading in entries]
    return tag("nav", tag("ul", items, class_="wide"), aria_label="Parts of the report")


def _subtitle(told: Figures) -> Safe:
    pairs = [(str(key), value) for key, value in told["run"].items()]
    options = told["configuration"]
    pairs += [(key, options[key]) for key in ("level", "mode") if key in options]
    pairs.append(("cleaner", told["version"]))
    return tag("dl", [tag("div", tag("dt", key), tag("dd", data(_listed(value)))) for key, value in pairs])


def _listed(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "\u2013"
    return "\u2013" if value is None or value == "" else str(value)


def _notices(told: Figures) -> Safe | None:
    totals, notes = told["totals"], []
    if totals["failed"]:
        link = tag("a", "They are listed below.", href="#failures")
        notes.append([tag("strong", _many(totals["failed"], "document")), " could not be cleaned. ", link])
    if totals["guarded"]:
        link = tag("a", "Which rules it stopped.", href="#guard")
        many = tag("strong", _many(totals["guarded"], "document"))
        notes.append(["In ", many, " the loss guard stopped a rule that would have taken too much. ", link])
    return tag("ul", [tag("li", note) for note in notes], class_="notices") if notes else None


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _tiles(told: Figures) -> Safe:
    totals, speed = told["totals"], told["speed"]
    cleaned = totals["documents"] - totals["failed"]
    tiles = [
        (
            "Documents",
            f"{totals['documents']:,}",
            f"{totals['failed']:,} failed" if totals["failed"] else "none failed",
        ),
        ("Changed", percent(totals["changed"] / cleaned if cleaned else 0), f"{totals['changed']:,} of them"),
        ("Words read", f"{totals['words']:,}", f"{totals['bytes'] / 1e6:,.1f} MB of text"),
        ("Words removed", f"{totals['words_removed']:,}", f"{percent(totals['share_removed'])} of all words"),
    ]
    if speed["worker_seconds"] or speed["elapsed_seconds"]:
        taken = speed["elapsed_seconds"] or speed["worker_seconds"]
        tiles.append(("Speed", f"{speed['megabytes_per_second']:,.2f} MB/s", f"in {duration(taken)}"))
    tiles += [
        (f"Repeated {row['kind']}", f"{row['number']:,}", f"{row['words']:,} words")
        for row in told["duplicates"]
    ]
    if totals["left_out"]:
        reasons = ", ".join(f"{row['reason']} {row['documents']:,}" for row in told["left_out"])
        tiles.append(("Left out", f"{totals['left_out']:,}", reasons))
    return tag(
        "dl",
        [
            tag("div", tag("dt", label), tag("dd", value, class_="big"), tag("dd", data(note)))
            for label, value, note in tiles
        ],
        class_="tiles",
    )


def duration(seconds: float) -> str:
    """A time for people: 3.2 s, 4 min 10 s, 2 h 5 min."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60:,} h {minutes % 60} min"


# -- sections -----------------------------------------------------------------------------


def _share_removed(told: Figures) -> Child:
    shares, totals = told["share_removed"], told["totals"]
    bands = [row for row in shares["bands"] if row["to"]]
    if not totals["words_removed"]:
        return tag("p", "No words were removed from any document.")
    cleaned = totals["documents"] - totals["failed"]
    nothing = shares["bands"][0]["documents"]
    words = (
        f"{nothing:,} of {_many(cleaned, 'document')} ({percent(nothing / cleaned)}) lost no word. "
        f"Half of all lost {_at_most(shares['median'])} of their words, nine in ten "
        f"{_at_most(shares['90th'])}, ninety-nine in a hundred {_at_most(shares['99th'])}."
    )
    chart = histogram(
        "Documents by the share of their words that was removed", words,
        [(_band(row), row["documents"]) for row in bands],
        "share of its words that a document lost, in percent (bands of unequal width)", "share-chart",
    )  # fmt: skip
    rows = [
        (_band_in_words(row), row["documents"], percent(row["documents"] / cleaned))
        for row in shares["bands"]
    ]
    columns = (("Lost", "t"), ("Documents", "n"), ("Of all", "n"))
    return [
        tag("p", words),
        tag(
            "div",
            tag("figure", chart, tag("figcaption", "Documents that lost no word are not drawn.")),
            table("Documents by share removed", columns, rows),
            class_="beside",
        ),
    ]


def _at_most(percents: int) -> str:
    return f"at most {percents}{NO_BREAK}%" if percents else "none"


def _band(row: Row) -> str:
    if row["to"] == 100:
        return "> 99"
    low = row["from"] - 1
    return f"\u2264 {row['to']}" if not low else f"{low}\u2013{row['to']}"


def _band_in_words(row: Row) -> str:
    if not row["to"]:
        return "nothing"
    if row["to"] == 100:
        return "more than 99 %"
    low = row["from"] - 1
    return f"up to {row['to']} %" if not low else f"over {low} to {row['to']} %"


CUTS = (
    ("", "b"), ("Words removed", "n"), ("Share", "n"), ("Edits", "n"), ("Documents", "n"),
)  # fmt: skip


def _cut_cells(row: Row, most: int) -> tuple[Child, ...]:
    words = row["words"]
    return bar(words, most), words, percent(row["share_of_removed"]), row["edits"], row["documents"]


def _families(told: Figures) -> Child:
    rows = told["families"]
    if not rows:
        return None
    most = rows[0]["words"]
    body = [(data(row["family"]), *_cut_cells(row, most)) for row in rows]
    return [
        tag(
            "p",
            "A family is one kind of residue, or of repair. Repairs change text; they remove hardly a word.",
        ),
        table("Words removed by family", (("Family", "t"), *CUTS), body),
    ]


def _rules(told: Figures) -> Child:
    rows = told["rules"]
    if not rows:
        return None
    most = rows[0]["words"]
    body = [
        ([tag("a", code(row["rule"]), href=f"#rule-{n}"), _why(row)], *_cut_cells(row, most))
        for n, row in enumerate(rows)
    ]
    columns = (("Rule", "t"), *CUTS)
    first = table("Words removed by rule", columns, body[:FIRST_RULES])
    rest = body[FIRST_RULES:]
    if not rest:
        return first
    return [
        first,
        folded(f"{_many(len(rest), 'rule')} more", table("Words removed by the other rules", columns, rest)),
    ]


def _why(row: Row) -> Safe | None:
    return tag("span", data(row["why"]), class_="why") if row["why"] else None


def _languages(told: Figures) -> Child:
    rows = sorted(told["languages"], key=lambda row: (-row["words_removed"], -row["documents"]))
    if not rows:
        return None
    return _grouped("Words removed by language", "Language", rows, _language)


def _language(row: Row) -> Child:
    known = name(row["language"])
    return known if known == row["language"] or not row["language"] else [known, " ", code(row["language"])]


def _grouped(caption: str, heading: str, rows: Sequence[Row], named: Callable[[Row], Child]) -> Safe:
    most = max(row["words_removed"] for row in rows)
    columns = (
        (heading, "t"), ("", "b"), ("Words removed", "n"), ("Of its words", "n"), ("Words", "n"),
        ("Documents", "n"),
    )  # fmt: skip
    body = [
        (
            named(row), bar(row["words_removed"], most), row["words_removed"],
            percent(row["share_removed"]), row["words"], row["documents"],
        )
        for row in rows
    ]  # fmt: skip
    return table(caption, columns, body)


def _kinds(told: Figures) -> Child:
    parts = [
        _grouped(caption, heading, told[key], _called(heading.lower()))
        for key, caption, heading in (
            ("states", "Documents by state", "State"),
            ("modes", "Documents by mode", "Mode"),
        )
        if told[key]
    ]
    return tag("div", parts, class_="stack") if parts else None


def _called(field: str) -> Callable[[Row], Child]:
    return lambda row: data(row[field])


def _losses(told: Figures) -> Child:
    lists = (
        ("most_words", "Documents with the most words removed"),
        ("highest_share", "Documents of 50 words or more with the highest share removed"),
    )
    parts = [part for key, caption in lists if told["losses"][key] for part in _lost(told, key, caption)]
    return tag("div", parts, class_="losses") if parts else None


def _lost(told: Figures, key: str, caption: str) -> Iterable[Safe]:
    places = {row["rule"]: n for n, row in enumerate(told["rules"])}
    rows = told["losses"][key]
    columns = (
        ("Document", "t"), ("", "b"), ("Share", "n"), ("Words removed", "n"), ("Words", "n"),
        ("What it is", "t"), ("Rules that took most", "t"),
    )  # fmt: skip
    body = [
        (
            data(row["document"]), bar(row["share_removed"], 1), percent(row["share_removed"]),
            row["words_removed"], row["words"], _facts(row), _takers(row, places),
        )
        for row in rows
    ]  # fmt: skip
    yield tag("h3", caption)
    yield table(caption, columns, body[:FIRST_LOSSES], titled=True)
    if rest := body[FIRST_LOSSES:]:
        more = _many(len(rest), "document")
        yield folded(f"{more} more", table(f"{caption}: the next {more}", columns, rest))


def _facts(row: Row) -> Child:
    facts = [row["mode"], row["state"], name(row["language"]) if row["language"] else ""]
    facts += ["loss guard"] if row["guarded"] else []
    return data(", ".join(fact for fact in facts if fact))


def _takers(row: Row, places: Mapping[str, int]) -> Safe:
    items = []
    for taker in row["rules"]:
        link: Child = code(taker["rule"])
        if taker["rule"] in places:
            link = tag("a", link, href=f"#rule-{places[taker['rule']]}")
        items.append(tag("li", link, f" {taker['words']:,}"))
    return tag("ul", items, class_="plain")


def _guard(told: Figures) -> Child:
    parts = []
    for key, field, number, caption in (
        ("loss_guard", "rule", "documents", "Rules that the loss guard stopped"),
        ("overruled", "rule", "edits", "Rules that met protected text"),
        ("warnings", "warning", "documents", "Warnings"),
    ):
        if told[key]:
            columns = ((field.capitalize(), "t"), (number.capitalize(), "n"))
            parts.append(table(caption, columns, [(code(row[field]), row[number]) for row in told[key]]))
    return tag("div", parts, class_="beside") if parts else None


def _speed(told: Figures) -> Child:
    speed = told["speed"]
    if not speed["times"]:
        return None
    total = sum(row["documents"] for row in speed["times"])
    words = (
        f"{speed['megabytes_per_second']:,.2f} MB, {speed['words_per_second']:,.0f} words, "
        f"{speed['documents_per_second']:,.0f} documents a second; "
        f"{speed['megabytes_per_worker_second']:,.2f} MB for each second of a worker. "
        f"Half of the documents took at most {speed['median_milliseconds']:g} ms, "
        f"ninety-nine in a hundred at most {speed['99th_milliseconds']:g} ms."
    )
    bands = [(milliseconds(row["to_milliseconds"]), row["documents"]) for row in speed["times"]]
    chart = histogram(
        "Documents by the time that they took", words, bands,
        "time that a document took, at most", "speed-chart",
    )  # fmt: skip
    rows = [(label, number, percent(number / total)) for label, number in bands]
    slowest = [
        (data(row["document"]), f"{row['milliseconds']:,.1f}", f"{row['bytes'] / 1000:,.1f}")
        for row in speed["slowest"]
    ]
    columns = (("At most", "t"), ("Documents", "n"), ("Of all", "n"))
    return [
        tag("p", words),
        tag("div", tag("figure", chart), table("Documents by time", columns, rows), class_="beside"),
        table("The slowest documents", (("Document", "t"), ("ms", "n"), ("kB of text", "n")), slowest),
    ]


def milliseconds(time: float) -> str:
    """A bound of time: 0.5 ms, 20 ms, 5 s."""
    return f"{time:g} ms" if time < 1000 else f"{time / 1000:g} s"


def _failures(told: Figures) -> Child:
    rows, failed = told["failures"], told["totals"]["failed"]
    if not rows:
        return None
    shown = f"The first {len(rows):,} of {failed:,}." if failed > len(rows) else None
    body = [(data(row["document"]), data(row["error"])) for row in rows]
    return [
        tag("p", shown) if shown else None,
        table("Documents that failed", (("Document", "t"), ("Why", "t")), body),
    ]


def _samples(told: Figures) -> Child:
    if not told["rules"]:
        return None
    families: dict[str, list[Child]] = {}
    for n, row in enumerate(told["rules"]):
        families.setdefault(row["family"], []).append(_rule(n, row))
    intro = (
        "Of each rule up to five different texts, drawn from all documents that it touched. ",
        tag("del", "What went"), " is struck through, ", tag("ins", "what came in its place"),
        " underlined; signs such as ", tag("span", "\u21b5", class_="c n"), " and ",
        tag("span", "U+200B", class_="c"), " stand for characters that cannot be seen.",
    )  # fmt: skip
    return [
        tag("p", intro),
        [
            tag(
                "details",
                tag("summary", tag("h3", data(family)), " ", tag("small", _many(len(rules), "rule"))),
                rules,
                open=True,
            )
            for family, rules in sorted(families.items())
        ],
    ]


def _rule(number: int, row: Row) -> Safe:
    samples = [_sample(sample) for sample in row["samples"]]
    first, rest = samples[:FIRST_SAMPLES], samples[FIRST_SAMPLES:]
    figures = (
        f"{_many(row['words'], 'word')}, {_many(row['edits'], 'edit')}, {_many(row['documents'], 'document')}"
    )
    return tag(
        "article",
        tag("h4", code(row["rule"]), " ", tag("small", figures)),
        tag("p", data(row["why"]), class_="why") if row["why"] else None,
        first or tag("p", "No sample was kept.", class_="why"),
        folded(f"{len(rest)} more", rest) if rest else None,
        id=f"rule-{number}",
    )


def _sample(sample: Row) -> Safe:
    gone = sample["removed"]
    more = sample["length"] - len(gone)
    cut = [
        visible(gone, every=True),
        tag("em", f" \u2026 and {_many(more, 'character')} more") if more else None,
    ]
    return tag(
        "figure",
        tag(
            "blockquote",
            "\u2026" if len(sample["before"]) == CONTEXT else None,
            sample["before"],
            tag("del", cut) if gone else None,
            tag("ins", visible(sample["new"], every=True)) if sample["new"] else None,
            sample["after"],
            "\u2026" if len(sample["after"]) == CONTEXT else None,
            dir="auto",
        ),
        tag("figcaption", data(sample["document"])),
        class_="sample",
    )


def _settings(told: Figures) -> Child:
    rows = [(code(key), data(_listed(value))) for key, value in told["configuration"].items()]
    return folded("All options", table("Options of the run", (("Option", "t"), ("Value", "t")), rows))


def _ending(told: Figures) -> list[Safe]:
    return [
        tag("p", "Made by cleaner ", told["version"], "; rules and options ", code(told["hash"]), "."),
        tag("p", "This page loads nothing and runs no script. ",
            "Words of languages written without spaces are counted as half their characters."),
    ]  # fmt: skip


SECTIONS: tuple[tuple[str, str, Callable[[Figures], Child]], ...] = (
    ("failures", "Failures", _failures),
    ("share", "Share removed", _share_removed),
    ("families", "Families", _families),
    ("rules", "Rules", _rules),
    ("languages", "Languages", _languages),
    ("kinds", "States and modes", _kinds),
    ("losses", "Greatest losses", _losses),
    ("guard", "Guard and warnings", _guard),
    ("speed", "Speed", _speed),
    ("samples", "Samples", _samples),
    ("settings", "Settings", _settings),
)
