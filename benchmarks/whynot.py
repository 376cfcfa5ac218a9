"""Asks why lines stayed: every kept line of some texts, and lines of a corpus taken by chance.

    python benchmarks/whynot.py article.txt --corpus texts.jsonl.gz --lines 200

Told is how many have an answer, of what kind it is, and how long it takes.  1 when one has none.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import sys
import time
from collections import Counter
from pathlib import Path

import cleaner
from cleaner.whynot import Answer, WhyNot


def kinds(answer: Answer) -> list[str]:
    """What an answer is made of."""
    names = {
        "met by a rule": answer.held,
        "near a rule": answer.near,
        "no rule came near": any(told.startswith("No rule came near") for told in answer.told),
        "the model's word": answer.model,
    }
    return [name for name, there in names.items() if there]


def kept(asked: WhyNot) -> list[Answer]:
    """The answers for the lines that are not blank and did not go."""
    answers = map(asked.answer, range(1, len(asked.lines) + 1))
    return [answer for answer in answers if answer.fate in ("stayed", "changed")]


def main() -> int:
    """Asks, counts and tells."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path, help="texts of which every kept line is asked for")
    parser.add_argument("--corpus", type=Path, help="JSON lines, .gz, with the field text")
    parser.add_argument("--lines", type=int, default=200, help="lines of the corpus")
    given = parser.parse_args()
    work, found, began = cleaner.Cleaner(), Counter[str](), time.perf_counter()
    answers = [answer for path in given.files for answer in kept(work.why_not(path.read_text("utf-8")))]
    if given.corpus:
        with gzip.open(given.corpus, "rt", encoding="utf-8") as file:
            texts = [json.loads(line)["text"] for line in file]
        chance = random.Random(0)  # noqa: S311 - a sample, the same each time
        while len(answers) < given.lines + found["of files"]:
            found["of files"] = found["of files"] or len(answers)
            asked = work.why_not(chance.choice(texts))
            filled = [n for n, line in enumerate(asked.lines, 1) if line.strip()]
            answer = asked.answer(chance.choice(filled)) if filled else None
            if answer and answer.fate in ("stayed", "changed"):
                answers.append(answer)
    for answer in answers:
        found.update(kinds(answer))
        found["without an answer"] += not (answer.told or answer.held or answer.near)
    spent = (time.perf_counter() - began) / max(1, len(answers))
    told = ", ".join(f"{number} {name}" for name, number in found.items())
    sys.stdout.write(f"{len(answers)} lines: {told}; {1000 * spent:.0f} ms a line\n")
    return 1 if found["without an answer"] else 0


if __name__ == "__main__":
    sys.exit(main())
