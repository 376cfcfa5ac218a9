"""The command ``cleaner``; ``python -m cleaner`` is the same."""

from __future__ import annotations

import sys


def main() -> None:
    """Runs the command and ends the process with its exit code."""
    if sys.argv[1:] == ["--version"] and sys.stdout:
        from cleaner.version import __version__

        sys.stdout.write(f"cleaner {__version__}\n")
        return
    from cleaner.cli import run

    sys.exit(run())


if __name__ == "__main__":
    main()
