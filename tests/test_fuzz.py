"""Mutated files of every format through the command, a short time; `benchmarks/fuzz.py` does it for long."""

import importlib.util
import random
import signal
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "benchmarks" / "fuzz.py"
pytestmark = pytest.mark.skipif(
    not SCRIPT.exists() or not hasattr(signal, "SIGALRM"), reason="the script is not here, or cannot work"
)


@pytest.fixture(scope="module")
def fuzz():
    """The script as a module."""
    spec = importlib.util.spec_from_file_location("fuzz", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("way", ["passed on", "in count", "together", "one or nothing", "restored"])
@pytest.mark.parametrize("seed", range(2))
def test_no_mutated_file_brings_a_traceback_a_hang_or_a_lost_record(fuzz, tmp_path, way, seed):
    chance = random.Random(f"{way} {seed}")  # noqa: S311 - for chance, not for secrets
    fuzz.attack(tmp_path / "w", way, 4 if way == "one or nothing" else 15, chance, fuzz.run_inside)


def test_the_script_finds_what_does_not_hold(fuzz):
    with pytest.raises(fuzz.Fault, match="exit code 1"):
        fuzz.check_messages(1, "", {0, 3})
    with pytest.raises(fuzz.Fault, match="no message"):
        fuzz.check_messages(0, "oh\n", {0})
    with pytest.raises(fuzz.Fault, match="internal error"):
        fuzz.check_messages(3, "cleaner: a.txt: internal error: KeyError\n", {3})


def test_a_run_that_loses_a_line_is_found_out(fuzz, tmp_path):
    def losing(args, given=b""):
        done = fuzz.run_inside(args, given)
        for path in (tmp_path / "w" / "out").glob("*.jsonl"):
            path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[1:]))
        return done

    (tmp_path / "w" / "in").mkdir(parents=True)
    (tmp_path / "w" / "in" / "a.jsonl").write_bytes(data := b'{"text": "a"}\n{"text": "b"}\n')
    with pytest.raises(fuzz.Fault, match="the output is not the source"):
        fuzz.passed_on(tmp_path / "w", {"a.jsonl": data}, losing)
