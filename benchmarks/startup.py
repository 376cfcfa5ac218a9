"""How long the command takes to begin, beside what it cannot do without, in one run.

    python benchmarks/startup.py [--times 40]

`cleaner --version` beside an empty Python program, and `cleaner --help` beside `import click`.
The commands take turns; told are the medians of the clock and of the CPU time, in milliseconds.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time

PYTHON = sys.executable
COMMANDS = {
    "python, nothing": [PYTHON, "-c", "pass"],
    "cleaner --version": [PYTHON, "-m", "cleaner", "--version"],
    "import click": [PYTHON, "-c", "import click"],
    "cleaner --help": [PYTHON, "-m", "cleaner", "--help"],
}


def took(command):
    """Seconds of the clock and of the CPU that a command takes."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)} failed")
    return time.perf_counter() - start, usage.ru_utime + usage.ru_stime


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--times", type=int, default=40)
    args = parser.parse_args()
    taken = {name: [] for name in COMMANDS}
    for number in range(args.times + 1):
        for name, command in COMMANDS.items():
            if number:
                taken[name].append(took(command))
            else:
                took(command)  # what is compiled on first use is compiled
    print(f"{'':20}{'clock':>10}{'CPU':>10}   (ms, medians of {args.times})")
    medians = {}
    for name, times in taken.items():
        medians[name] = [1000 * statistics.median(column) for column in zip(*times, strict=True)]
        print(f"{name:20}{medians[name][0]:10.1f}{medians[name][1]:10.1f}")
    version, bare = medians["cleaner --version"], medians["python, nothing"]
    help_, click = medians["cleaner --help"], medians["import click"]
    ratios = [one / other for one, other in zip(version, bare, strict=True)]
    more = [one - other for one, other in zip(help_, click, strict=True)]
    print(f"--version: {ratios[0]:.2f} x bare Python by the clock, {ratios[1]:.2f} x of CPU (asked: 1.5 x)")
    print(f"--help: import click + {more[0]:.1f} ms by the clock, + {more[1]:.1f} ms of CPU (asked: + 30 ms)")


if __name__ == "__main__":
    main()
