"""The figures of a report, as they stand in its JSON and as its page shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cleaner.batch.bounded import Spread
from cleaner.batch.tally import Cuts, Group, Loss, Tally

FORMAT = 1
# Bands of the share removed, in percent rounded up: from, to.
BANDS = (
    (0, 0), (1, 1), (2, 2), (3, 5), (6, 10), (11, 20), (21, 30), (31, 40), (41, 50), (51, 60),
    (61, 70), (71, 80), (81, 90), (91, 99), (100, 100),
)  # fmt: skip


def figures(tally: Tally, receipt: Mapping[str, Any], about: Mapping[str, Any]) -> dict[str, Any]:
    """All that a report tells.  Words are those of ``cleaner.words``; shares are from 0 to 1."""
    return {
        "cleaner-report": FORMAT,
        "version": receipt["version"],
        "run": dict(about),
        "configuration": receipt["configuration"],
        "hash": receipt["hash"],
        "totals": _totals(tally),
        "families": _families(tally),
        "rules": _rules(tally, receipt["rules"]),
        "languages": _groups(tally.languages, "language"),
        "modes": _groups(tally.modes, "mode"),
        "states": _groups(tally.states, "state"),
        "share_removed": _shares(tally.shares),
        "losses": {
            "most_words": [_loss(loss) for loss in tally.most_removed],
            "highest_share": [_loss(loss) for loss in tally.highest_share],
        },
        "loss_guard": _counted(tally.stopped, "rule", "documents"),
        "overruled": _counted(tally.overruled, "rule", "edits"),
        "warnings": _counted(tally.warnings, "warning", "documents"),
        "left_out": _counted(tally.left_out, "reason", "documents"),
        "duplicates": [
            {"kind": kind, "number": group.documents, "words": group.words}
            for kind, group in sorted(tally.duplicates.items())
        ],
        "speed": _speed(tally),
        "failures": [{"document": ident, "error": message} for ident, message in tally.failures],
    }


def _totals(tally: Tally) -> dict[str, Any]:
    cleaned = tally.documents - tally.failed
    return {
        "documents": tally.documents,
        "changed": tally.edited,
        "unchanged": cleaned - tally.edited,
        "failed": tally.failed,
        "guarded": tally.guarded,
        "left_out": tally.left_out.total(),
        "words": tally.words,
        "words_removed": tally.removed,
        "share_removed": share(tally.removed, tally.words),
        "bytes": tally.size,
    }


def share(part: float, whole: float) -> float:
    """``part`` of ``whole``, from 0 to 1, to six places; of nothing it is 0."""
    return round(min(1.0, part / whole), 6) if whole else 0.0


def _families(tally: Tally) -> list[dict[str, Any]]:
    rows = [{"family": name, **_cuts(cuts, tally.removed)} for name, cuts in tally.families.items()]
    return sorted(rows, key=_most("family"))


def _cuts(cuts: Cuts, removed: int) -> dict[str, Any]:
    return {
        "words": cuts.words,
        "share_of_removed": share(cuts.words, removed),
        "edits": cuts.edits,
        "documents": cuts.documents,
    }


def _most(name: str) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """The order of rows: most words first, then most edits, then by name."""
    return lambda row: (-row["words"], -row["edits"], row[name])


def _rules(tally: Tally, table: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    known = {rule["id"]: rule for rule in table}
    rows = []
    for name, cuts in tally.rules.items():
        rule = known.get(name, {})
        rows.append({
            "rule": name,
            "family": tally.family_of.get(name, ""),
            **{field: rule.get(field, "") for field in ("why", "pack", "level")},
            **_cuts(cuts, tally.removed),
            "samples": _samples(tally.samples.get(name)),
        })  # fmt: skip
    return sorted(rows, key=_most("rule"))


def _samples(spread: Spread | None) -> list[dict[str, Any]]:
    names = ("document", "before", "new", "after", "length")
    rows = [dict(zip(names, rest, strict=True)) | {"removed": text} for _, text, rest in spread or ()]
    order = ("document", "before", "removed", "new", "after", "length")
    return [{name: row[name] for name in order} for row in rows]


def _groups(groups: Mapping[str, Group], name: str) -> list[dict[str, Any]]:
    rows = [
        {
            name: key,
            "documents": group.documents,
            "words": group.words,
            "words_removed": group.removed,
            "share_removed": share(group.removed, group.words),
        }
        for key, group in groups.items()
    ]
    return sorted(rows, key=lambda row: (-row["documents"], row[name]))


def _shares(shares: Counter[int]) -> dict[str, Any]:
    """How many documents lost which share, by whole percents rounded up and in bands."""
    return {
        "percent": {str(percent): number for percent, number in sorted(shares.items())},
        "bands": [
            {"from": low, "to": high, "documents": sum(shares[percent] for percent in range(low, high + 1))}
            for low, high in BANDS
        ],
        "median": quantile(shares, 0.5),
        "90th": quantile(shares, 0.9),
        "99th": quantile(shares, 0.99),
    }


def quantile(numbers: Mapping[int, int], part: float) -> int:
    """The least key that at least ``part`` of all that is counted does not exceed; of nothing 0."""
    wanted, seen = part * sum(numbers.values()), 0
    for key, number in sorted(numbers.items()):
        seen += number
        if seen >= wanted:
            return key
    return 0


def _loss(loss: Loss) -> dict[str, Any]:
    return {
        "document": loss.ident,
        "words": loss.words,
        "words_removed": loss.removed,
        "share_removed": share(loss.removed, loss.words),
        "language": loss.language,
        "mode": loss.mode,
        "state": loss.state,
        "guarded": loss.guarded,
        "rules": [{"rule": rule, "words": words} for rule, words in loss.rules],
    }


def _counted(counter: Counter[str], name: str, number: str) -> list[dict[str, Any]]:
    rows = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    return [{name: key, number: count} for key, count in rows]


def _speed(tally: Tally) -> dict[str, Any]:
    """Speeds by the clock of the run where it is known, else by the time of the workers."""
    clock = tally.elapsed or tally.seconds
    return {
        "elapsed_seconds": round(tally.elapsed, 3),
        "worker_seconds": round(tally.seconds, 3),
        "documents_per_second": _per(tally.documents, clock),
        "words_per_second": _per(tally.words, clock),
        "megabytes_per_second": _per(tally.size / 1e6, clock),
        "megabytes_per_worker_second": _per(tally.size / 1e6, tally.seconds),
        "median_milliseconds": quantile(tally.times, 0.5) / 1000,
        "99th_milliseconds": quantile(tally.times, 0.99) / 1000,
        "times": [
            {"to_milliseconds": bound / 1000, "documents": number}
            for bound, number in sorted(tally.times.items())
        ],
        "slowest": [
            {"document": ident, "milliseconds": round(-negative * 1000, 1), "bytes": size}
            for negative, ident, size in tally.slowest
        ],
    }


def _per(number: float, seconds: float) -> float:
    return round(number / seconds, 3) if seconds > 0 else 0.0
