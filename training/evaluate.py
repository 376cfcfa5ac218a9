"""Evaluates the lost-letter repair in cross-validation by page.

    python training/evaluate.py [--lang en] [--show] FILE[:EXTRACTOR]...

The files are those that ``lost_letters.py`` reads.  The pages of a host are in one fold.  For
each fold, table, model and bars are made from the other folds alone: the examples that the
model is fitted on are weighed by tables that lack their own fold and the tested one.  A
language that borrows the model of another one is judged by that, with tables of its other folds.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from typing import TYPE_CHECKING

from lost_letters import FOLDS, Example, Material, Weighed, fit, read_pages

from cleaner.repairs.lost_model import BORROWED, Model
from cleaner.repairs.lost_model import model as shipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True)
class Outcome:
    """What the repair did to an example."""

    example: Example
    letter: str
    right: float
    lost: float
    committed: bool


def outcomes(material: Material) -> Iterator[Outcome]:
    """Every example, judged by a model that has not seen its page."""
    for fold in range(FOLDS):
        if material.lang in BORROWED:
            by = shipped(material.lang)
            yield from (_outcome(each, by) for each in material.weighed(fold))
            continue
        others = [other for other in range(FOLDS) if other != fold]
        seen = [each for other in others for each in material.weighed(other, fold)]
        model = fit(seen, material.paragraphs([fold]), material.targets)
        print(f"fold {fold}: bars {model.several}, {model.single}", file=sys.stderr, flush=True)
        del seen
        for each in material.weighed(fold):
            yield _outcome(each, model)


def _outcome(each: Weighed, model: Model) -> Outcome:
    begun = each.example.opening
    found = model.weigh(each.judge, begun, each.candidates)
    if found is None or each.example.refused:
        return Outcome(each.example, "", 0.0, 0.0, committed=False)
    verdict, right, lost = found
    return Outcome(each.example, verdict.best.letter, right, lost, model.commits(begun, verdict, right, lost))


def interval(hits: int, number: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    if not number:
        return 0.0, 1.0
    share, z = hits / number, 1.96
    middle = share + z * z / (2 * number)
    width = z * sqrt(share * (1 - share) / number + z * z / (4 * number * number))
    scale = 1 + z * z / number
    return (middle - width) / scale, (middle + width) / scale


def row(name: str, cases: Sequence[Outcome]) -> str:
    """Coverage and accuracy of some cases in which a letter was lost."""
    committed = [case for case in cases if case.committed]
    right = sum(case.letter == case.example.letter for case in committed)
    low, high = interval(len(committed), len(cases))
    good, best = interval(right, len(committed))
    share, accuracy = len(committed) / max(1, len(cases)), right / max(1, len(committed))
    return (
        f"{name:28} {len(cases):6}  coverage {share:.4f} [{low:.4f}, {high:.4f}]  "
        f"accuracy {accuracy:.4f} [{good:.4f}, {best:.4f}]  wrong {len(committed) - right}"
    )


def report(results: Sequence[Outcome], paragraphs: int, *, show: bool) -> None:
    """Print the figures."""
    lost = [each for each in results if each.example.letter]
    counted = [each for each in lost if not each.example.short]
    print(row("all of 60 characters", counted))
    print(row("  several letters left", [each for each in counted if not each.example.single]))
    print(row("  one letter left", [each for each in counted if each.example.single]))
    print(row("  after a quote", [each for each in counted if each.example.opening.quoted]))
    print(row("shorter lines", [each for each in lost if each.example.short]))
    for source in sorted({each.example.page.source for each in counted}):
        print(row(f"  {source}", [each for each in counted if each.example.page.source == source]))
    genuine = [each for each in results if not each.example.letter]
    whole = [each for each in genuine if each.example.whole]
    false = [each for each in whole if each.committed]
    parts = [each for each in genuine if not each.example.whole]
    print(
        f"false repairs: {len(false)} of {len(whole)} lines that begin in lower case, "
        f"{paragraphs} paragraphs = {1e6 * len(false) / paragraphs:.1f} per million; "
        f"in windows {sum(each.committed for each in parts)} of {len(parts)}"
    )
    shown = [each for each in lost if each.committed and each.letter != each.example.letter]
    for each in genuine * show + shown * show:
        if each.committed:
            print(_line(each))


def _line(each: Outcome) -> str:
    line = each.example.opening.line.strip()[:70]
    wanted = each.example.letter or "-"
    return f"{wanted} {each.letter} {each.right:.3f} {each.lost:.4f} {line!r}"


def main() -> None:
    """Evaluate one language."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("sources", nargs="+", metavar="FILE[:EXTRACTOR]")
    parser.add_argument("--lang", default="en")
    parser.add_argument("--show", action="store_true", help="list false and wrong repairs")
    options = parser.parse_args()
    pages = [page for source in options.sources for page in read_pages(source)]
    material = Material.of(options.lang, pages)
    report(list(outcomes(material)), material.paragraphs(), show=options.show)


if __name__ == "__main__":
    main()
