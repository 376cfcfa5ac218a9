"""Looks for honest sentences that are lost: sets each into articles, and names the rule that takes it.

    python benchmarks/harm.py                        the sentences of fixtures/honest, all languages
    python benchmarks/harm.py --lang de mine.txt     sentences of your own, a passage a line

A passage may have several lines, written with \\n.  Each stands alone, at the start, amid, near the
end and at the end of an article, as a paragraph and within one; then all on one line, and
wrapped at 72 columns.  All that goes is shown, since all of it is honest.  Exits with 1 for a loss.
"""

from __future__ import annotations

import argparse
import textwrap
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import cleaner

HONEST = Path(__file__).parents[1] / "fixtures" / "honest"
SPACELESS = {"zh", "ja"}
COLUMNS = 72  # of wrapped text
PARAGRAPHS, SENTENCES = 9, 3  # of the article in which a passage is set
Paragraphs = list[str]


def passages(path: Path) -> list[str]:
    """The passages of a file, one a line, in which ``\\n`` is a line break; ``#`` begins a remark."""
    lines = path.read_text("utf-8").splitlines()
    return [line.replace("\\n", "\n") for line in lines if line.strip() and not line.startswith("# ")]


def article(language: str) -> Paragraphs:
    """Paragraphs of honest sentences in a language: what nothing may be taken from either."""
    first, second, *rest = passages(HONEST / f"{language}.txt")
    prose = [first, *sorted(rest, key=len, reverse=True)[: PARAGRAPHS * SENTENCES - 2], second]
    space = "" if language in SPACELESS else " "
    return [space.join(prose[start : start + SENTENCES]) for start in range(0, len(prose), SENTENCES)]


def documents(passage: str, prose: Paragraphs, space: str) -> Iterator[tuple[str, str]]:
    """Where a passage stands, and the document in which it stands there."""
    yield "alone", passage
    places = {
        "first": 0,
        "second": 1,
        "amid": len(prose) // 2,
        "near the end": len(prose) - 1,
        "last": len(prose),
    }
    for name, place in places.items():
        paragraphs = [*prose[:place], passage, *prose[place:]]
        yield name, "\n\n".join(paragraphs)
        if name == "amid":
            yield "amid, no blank lines", "\n".join(paragraphs)
    if "\n" in passage:
        return
    middle = len(prose) // 2
    for name, parts in _within(passage, prose[middle]).items():
        paragraphs = [*prose[:middle], space.join(parts), *prose[middle + 1 :]]
        yield name, "\n\n".join(paragraphs)
        if name == "within":
            yield "on one line", space.join(paragraphs)
            yield (
                "wrapped",
                "\n\n".join(textwrap.fill(part, COLUMNS, break_on_hyphens=False) for part in paragraphs),
            )


def _within(passage: str, paragraph: str) -> dict[str, Paragraphs]:
    return {
        "begins a paragraph": [passage, paragraph],
        "ends a paragraph": [paragraph, passage],
        "within": [paragraph, passage, paragraph],
    }


def losses(
    passage: str, language: str, prose: Paragraphs, clean: cleaner.Cleaner
) -> dict[tuple[str, str], list[str]]:
    """By rule and what went: the places in which it did."""
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    space = "" if language in SPACELESS else " "
    for place, text in documents(passage, prose, space):
        for edit in clean.explain(text).edits:
            gone = text[edit.start : edit.end].strip()
            found[edit.rule, f"{gone} -> {edit.new}" if edit.new else gone].append(place)
    return found


def attacked(language: str, files: list[Path], level: str) -> int:
    """Tries all passages of a language, shows what is lost, and tells how many lost something."""
    prose, clean = article(language), cleaner.Cleaner(level=level)
    tried = [passage for path in files for passage in passages(path)]
    harmed = 0
    for passage in tried:
        found = losses(passage, language, prose, clean)
        harmed += bool(found)
        for (rule, gone), places in found.items():
            print(f"{rule}\n    {gone!r}\n    of {passage!r}\n    {', '.join(places)}")
    print(f"{language}: {len(tried)} passages tried, {harmed} harmed")
    return harmed


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--lang", action="append", help="languages; default: all (with files: en)")
    parser.add_argument("--level", default="standard")
    asked = parser.parse_args()
    languages = asked.lang or (["en"] if asked.files else sorted(path.stem for path in HONEST.glob("*.txt")))
    harmed = sum(
        attacked(language, asked.files or [HONEST / f"{language}.txt"], asked.level) for language in languages
    )
    raise SystemExit(1 if harmed else 0)


if __name__ == "__main__":
    main()
