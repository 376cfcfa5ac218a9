"""Whether ten times the text takes about ten times the time: CPU time of texts of growing size.

    python benchmarks/linear.py

An article with residue and damage in every paragraph is repeated to 50,000, 500,000 and
5,000,000 characters; told is the time and its ratio to that of a tenth of the text.
"""

from __future__ import annotations

import sys
import time

import cleaner

PARAGRAPHS = (
    "The council met on Tuesday to talk about the bridge that the flood had taken away in March.",
    "- Advertisement -",
    "\u201cWe can do without it,\u201d the mayor said, \u201cbut not for long &amp; not in winter.\u201d",
    "Read more: What the flood took, and what it left",
    "ast week, the river stood two metres higher than on any day since the records began.",
    "A decision was put off until spring.It will cost 4 million, the treasurer said.",
)
SIZES = (50_000, 500_000, 5_000_000)


def text_of(size):
    once = "\n\n".join(PARAGRAPHS) + "\n\n"
    return (once * (size // len(once) + 1))[:size]


def cpu(function, text):
    start = time.process_time()
    function(text)
    return time.process_time() - start


def main():
    work = cleaner.Cleaner(mode="article", without=["structure"])
    work.clean(text_of(SIZES[0]))
    before = None
    for size in SIZES:
        taken = min(cpu(work.clean, text_of(size)) for _ in range(3 if size < SIZES[-1] else 1))
        ratio = f"{taken / before:6.2f} x" if before else ""
        sys.stdout.write(f"{size:>9,} characters  {taken:8.3f} s  {ratio}\n")
        before = taken


if __name__ == "__main__":
    main()
